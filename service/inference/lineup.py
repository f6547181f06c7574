"""The versions that serve side by side: the one that answers unasked, and those beside it."""

from collections.abc import Iterable

from service.errors import VersionNotServedError
from service.inference.recognizer import Recognizer
from service.inference.shares import in_share
from service.inference.slot import ModelSlot


class Lineup:
    """A slot for the primary and one for each further version."""

    def __init__(
        self,
        primary: ModelSlot,
        beside: Iterable[int] = (),
        *,
        canary_version: int = 0,
        canary_share: float = 0,
    ) -> None:
        """Make room.

        Args:
            primary: Where the version is that answers who asks for none.
            beside: Numbers of the versions to serve beside it; the primary's may be among them.
            canary_version: Which of those beside it answers a share of who asks for none; 0 is none.
            canary_share: That share, 0-1.
        """
        self.primary = primary
        self.beside = {number: ModelSlot() for number in beside}
        self._canary_version = canary_version
        self._canary_share = canary_share

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

    def choose(self, picture: bytes) -> Recognizer:
        """The recognizer for a picture whose sender asked for no version.

        The canary's share is decided by the picture alone, so that who sends it again gets the same
        answer. A canary that does not serve leaves its share to the primary.

        Raises:
            NotReadyError: The primary is missing.
        """
        canary = self.beside.get(self._canary_version)
        if canary and canary.ready and in_share(self._canary_share, picture, purpose="canary"):
            return canary.recognizer
        return self.primary.recognizer

    def canary_share(self, version: int) -> float:
        """The share of pictures, 0-1, that a version answers as the canary."""
        return self._canary_share if version == self._canary_version else 0.0
