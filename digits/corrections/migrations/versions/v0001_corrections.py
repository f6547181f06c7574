"""Make the table of corrections.

Written out, not imported: the table's present shape is `digits.corrections.schema`'s, this is how it began.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "corrections",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("agreed", sa.DateTime, nullable=False),
        sa.Column("label", sa.String(4), nullable=False),
        sa.Column("predicted", sa.String(4)),
        sa.Column("model_version", sa.Integer),
        sa.Column("request_id", sa.String(64)),
        sa.Column("picture_sha256", sa.String(64), nullable=False),
        sa.Column("picture_bytes", sa.Integer, nullable=False),
        sa.Column("picture", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("id", name="corrections_id"),
        sa.UniqueConstraint("picture_sha256", name="corrections_picture"),
        sa.CheckConstraint(
            "label IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'none')", name="corrections_label"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("corrections_agreed", "corrections", ["agreed"])


def downgrade() -> None:
    """Drop it, with all that it holds."""
    op.drop_table("corrections")
