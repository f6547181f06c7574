"""The versions that serve side by side: the one that answers unasked, and those beside it."""

from collections.abc import Iterable

from service.errors import VersionNotServedError
from service.inference.recognizer import Recognizer
from service.inference.slot import ModelSlot


class Lineup:
    """A slot for the primary and one for each further version."""

    def __init__(self, primary: ModelSlot, beside: Iterable[int] = ()) -> None:
        """Make room.

        Args:
            primary: Where the version is that answers who asks for none.
            beside: Numbers of the versions to serve beside it; the primary's may be among them.
        """
        self.primary = primary
        self.beside = {number: ModelSlot() for number in beside}

    @property
    def serving(self) -> list[Recognizer]:
        """What serves now, one of each version, the primary first."""
        slots = (self.primary, *self.beside.values())
        ready: dict[int, Recognizer] = {}
        for each in (slot.recognizer for slot in slots if slot.ready):
            ready.setdefault(each.model.version, each)
        return list(ready.values())

    def find(self, version: int | None) -> Recognizer:
        """The recognizer of a version; None is the primary.

        Raises:
            NotReadyError: It is still being loaded, or nothing serves at all.
            VersionNotServedError: It is not among those that serve.
        """
        if version is None:
            return self.primary.recognizer
        serving = {each.model.version: each for each in self.serving}
        if version in serving:
            return serving[version]
        wanted = self.beside.get(version, self.primary)
        if serving and (wanted.ready or wanted.failed):
            raise VersionNotServedError(version, serving)
        return wanted.recognizer
