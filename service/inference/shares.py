"""Which pictures belong to a share of all."""

from hashlib import sha256


def in_share(share: float, picture: bytes, *, purpose: str) -> bool:
    """Whether a picture belongs to a share of all: every time it is sent, or never.

    Args:
        share: 0 is none, 1 is all. What belongs to a share belongs to each larger one.
        picture: A whole file. All of it counts: files begin and end alike.
        purpose: Shares for two purposes have nothing to do with each other.
    """
    if not share:
        return False
    digest = sha256(purpose.encode())
    digest.update(picture)
    return int.from_bytes(digest.digest()[:8]) < share * 2**64
