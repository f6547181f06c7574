"""Where on a picture something lies, to fractions of its pixels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in a picture's pixels; it may reach beyond the picture."""

    left: float
    top: float
    width: float
    height: float

    def moved(self, right: float, down: float) -> "Area":
        """The same rectangle, seen from a picture that this one was cut out of at (right, down)."""
        return Area(self.left + right, self.top + down, self.width, self.height)

    def scaled(self, across: float, down: float) -> "Area":
        """The same rectangle on a picture that is so many times as wide and as high."""
        return Area(self.left * across, self.top * down, self.width * across, self.height * down)
