"""Corrections that were kept."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from digits.corrections.record import Correction
from service.schemas.schema import Schema

if TYPE_CHECKING:
    from digits.corrections.store import Kept


class KeptCorrection(Schema):
    """A correction that is kept from now on."""

    id: Annotated[str, Field(examples=["971327de5542d672"])]
    label: Annotated[str, Field(examples=["7"])]
    """From 0 to 9, or `none`."""

    token: Annotated[str, Field(examples=["e48900be7faf947bf4d38b5906713f04"])]
    """Sent as the header `Correction-Token`, it lets whoever has it delete the correction."""

    delete: Annotated[str, Field(examples=["/corrections/971327de5542d672"])]
    """The path to delete it at."""

    kept_until: datetime
    """When it is deleted at the latest."""

    @classmethod
    def of(cls, kept: "Kept", *, days: int, root_path: str) -> "KeptCorrection":
        """Tell of a correction to whoever sent it."""
        known = kept.correction
        return cls(
            id=known.id,
            label=known.label,
            token=kept.token,
            delete=f"{root_path}/corrections/{known.id}",
            kept_until=known.agreed + timedelta(days=days),
        )


class ListedCorrection(Schema):
    """A correction as the operator sees it, without its picture and its token."""

    id: Annotated[str, Field(examples=["971327de5542d672"])]
    label: Annotated[str, Field(examples=["7"])]
    agreed: datetime
    """When the person agreed that it is kept."""

    predicted: Annotated[str | None, Field(examples=["1"])]
    model_version: Annotated[int | None, Field(examples=[2])]
    request_id: Annotated[str | None, Field(examples=["5f2b5ad4b8a94ae5a1f54f3a2d25c9f0"])]
    """This and the two before it are of the answer that was corrected; null where nobody told."""


class CorrectionPage(Schema):
    """Some corrections, in the order in which they came."""

    corrections: list[ListedCorrection]
    next: int | None
    """What `after` must be to go on; null at the end."""

    @classmethod
    def of(cls, rows: list[tuple[int, Correction]], *, limit: int) -> "CorrectionPage":
        """One page of at most so many."""
        return cls(
            corrections=[ListedCorrection.model_validate(each, from_attributes=True) for _, each in rows],
            next=rows[-1][0] if len(rows) == limit else None,
        )
