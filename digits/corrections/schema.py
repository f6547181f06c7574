"""The table of corrections, as the newest migration leaves it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from digits.corrections.record import LABELS

metadata = MetaData()

_ONE_OF_THEM = ", ".join(f"'{label}'" for label in LABELS)

corrections = Table(
    "corrections",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True, doc="In the order in which they came."),
    Column("id", String(16), nullable=False),
    Column("token", String(32), nullable=False, doc="Lets whoever sent it delete it again."),
    Column("agreed", DateTime, nullable=False, doc="When the person agreed, in UTC."),
    Column("label", String(4), nullable=False),
    Column("predicted", String(4)),
    Column("model_version", Integer),
    Column("request_id", String(64)),
    Column("picture_sha256", String(64), nullable=False),
    Column("picture_bytes", Integer, nullable=False),
    Column("picture", LargeBinary, nullable=False, doc="A PNG; last, so that a scan need not pass it."),
    UniqueConstraint("id", name="corrections_id"),
    UniqueConstraint("picture_sha256", name="corrections_picture"),
    CheckConstraint(f"label IN ({_ONE_OF_THEM})", name="corrections_label"),
    Index("corrections_agreed", "agreed"),
    sqlite_autoincrement=True,  # a number is never given twice, so that pages of a list do not mix
)
"""One row a picture: sent again, it is labeled anew. The token stands here in plain text, since it must be
told again then; whoever reads the table has more than a token could give."""
