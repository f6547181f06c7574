"""The versions that serve side by side: the one that answers unasked, and those beside it."""

from collections.abc import Iterable
from typing import Final

from service.errors import VersionNotServedError
from service.inference.recognizer import Recognizer
from service.inference.shares import Share
from service.inference.slot import ModelSlot, Status

NOTHING: Final = Share("nothing")


class Lineup:
    """A slot for the primary and one for each further version."""

    def __init__(
        self,
        primary: ModelSlot,
        beside: Iterable[int] = (),
        *,
        canary: Share = NOTHING,
        shadow: Share = NOTHING,
    ) -> None:
        """Make room.

        Args:
            primary: Where the version is that answers who asks for none.
            beside: Numbers of the versions to serve beside it; the primary's may be among them.
            canary: What one of these answers in the primary's stead.
            shadow: What one of these looks at after the primary answered.
        """
        self.primary = primary
        self.beside = {number: ModelSlot() for number in beside}
        self.canary = canary
        self.shadow = shadow

    @property
    def serving(self) -> list[Recognizer]:
        """What serves now, one of each version, the primary first."""
        slots = (self.primary, *self.beside.values())
        ready: dict[int, Recognizer] = {}
        for each in (slot.recognizer for slot in slots if slot.ready):
            ready.setdefault(each.model.version, each)
        return list(ready.values())

    @property
    def versions(self) -> list[int]:
        """Numbers of the versions that serve now, the lowest first."""
        return sorted(each.model.version for each in self.serving)

    def statuses(self, primary: int | None) -> dict[int, Status]:
        """How each version is that serves or should, by number.

        Args:
            primary: What the primary's slot waits for, if it is empty and that is known.
        """
        found = {number: slot.status for number, slot in self.beside.items()}
        if self.primary.ready:
            primary = self.primary.recognizer.model.version
        if primary is not None:
            found[primary] = self.primary.status
        return found

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
        return self._for(self.canary, picture) or self.primary.recognizer

    def shadow_of(self, recognizer: Recognizer, picture: bytes) -> Recognizer | None:
        """What looks at a picture after a recognizer answered; only the primary has a shadow."""
        if not self.primary.ready or recognizer is not self.primary.recognizer:
            return None
        shadow = self._for(self.shadow, picture)
        return None if shadow is recognizer else shadow

    def _for(self, share: Share, picture: bytes) -> Recognizer | None:
        slot = self.beside.get(share.version)
        return slot.recognizer if slot and slot.ready and picture in share else None
