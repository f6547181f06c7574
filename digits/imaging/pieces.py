"""What lies on a page: pieces of ink in lines, each with its box."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; it ends before `right` and `bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns in it."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows in it."""
        return self.bottom - self.top

    def around(self, other: "Box") -> "Box":
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def gaps(self, other: "Box") -> tuple[int, int]:
        """Columns and rows between the two, negative where they overlap."""
        across = max(self.left, other.left) - min(self.right, other.right)
        return across, max(self.top, other.top) - min(self.bottom, other.bottom)

    def scaled(self, across: float, down: float) -> "Box":
        """The same box on a picture so many times as wide and as high."""
        return Box(
            round(self.left * across),
            round(self.top * down),
            round(self.right * across),
            round(self.bottom * down),
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """Ink that may be a digit, or a part of one, or several.

    Attributes:
        box: Where it lies.
        ink: Shape (box.height, box.width), 0 = paper, 255 = solid ink; what is not its own is erased.
        cut: Ink crossed to part it from the piece before it, as a share of the line's height; None
            where it stands apart by itself.
    """

    box: Box
    ink: NDArray[np.uint8]
    cut: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces on one line, from the left.

    Attributes:
        height: Of a typical high digit on it, in pixels.
    """

    pieces: tuple[Piece, ...]
    height: float


def assemble(pieces: tuple[Piece, ...]) -> tuple[Box, NDArray[np.uint8]]:
    """Put pieces together again: the box around them, and the ink in it."""
    box = pieces[0].box
    for piece in pieces[1:]:
        box = box.around(piece.box)
    ink = np.zeros((box.height, box.width), np.uint8)
    for piece in pieces:
        top, left = piece.box.top - box.top, piece.box.left - box.left
        area = ink[top : top + piece.box.height, left : left + piece.box.width]
        np.maximum(area, piece.ink, out=area)
    return box, ink
