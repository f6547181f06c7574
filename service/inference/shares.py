"""The share of all pictures that a version gets."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Share:
    """Pictures for one version: each belongs to them every time it is sent, or never.

    Attributes:
        purpose: Shares for two purposes have nothing to do with each other.
        version: Whose they are; 0 is nobody's.
        size: 0 is none, 1 is all. What belongs to a share belongs to each larger one.
    """

    purpose: str
    version: int = 0
    size: float = 0

    def of(self, version: int) -> float:
        """How much of all a version gets, 0-1."""
        return self.size if version == self.version else 0.0

    def __contains__(self, picture: bytes) -> bool:
        """Whether a picture, a whole file, belongs. All of it counts: files begin and end alike."""
        digest = sha256(self.purpose.encode())
        digest.update(picture)
        return int.from_bytes(digest.digest()[:8]) < self.size * 2**64
