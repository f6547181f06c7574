"""Connected pieces of solid ink: where each lies, and how large it is."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

SPECK_SHARE: Final = 0.02
"""A component with less than this share of the digit's body's area is a speck."""


@dataclass(frozen=True, slots=True)
class Components:
    """Arrays of shape (n,), in pixels; a box ends before right and bottom."""

    labels: NDArray[np.int32]
    """Shape (height, width) of the part of the picture that has ink: piece i is labeled i + 1."""

    left: NDArray[np.int32]
    top: NDArray[np.int32]
    right: NDArray[np.int32]
    bottom: NDArray[np.int32]
    area: NDArray[np.int32]
    center: NDArray[np.float64]
    """Shape (n, 2): x and y."""

    @classmethod
    def of(cls, solid: NDArray[np.uint8], left: int, top: int) -> "Components":
        """Those of a part of the picture, whose first pixel is at `left` and `top`."""
        _, labels, stats, centers = cv2.connectedComponentsWithStats(solid)
        x, y, width, height, area = np.asarray(stats[1:], np.int32).T
        x, y = x + left, y + top
        center = np.asarray(centers[1:], np.float64) + np.array([left, top])
        return cls(np.asarray(labels, np.int32), x, y, x + width, y + height, area, center)

    def only(self, kept: NDArray[np.bool_]) -> "Components":
        """Those that are kept, labeled anew."""
        if kept.all():
            return self
        label = np.concatenate([[0], np.where(kept, kept.cumsum(), 0)]).astype(np.int32)
        edges = (self.left[kept], self.top[kept], self.right[kept], self.bottom[kept])
        return Components(label[self.labels], *edges, self.area[kept], self.center[kept])
