"""What training and serving agree on: the digit image, the signature, and their version.

A *digit image* is `uint8 (28, 28)`: 0 is paper, 255 is solid ink, framed as MNIST frames its
digits. Pictures become digit images in `digits.imaging`. All that follows (cast, scale, network,
softmax) lies inside the exported graph, so that nobody can forget to divide by 255.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

CONTRACT_VERSION: Final = 1
"""Raised when a digit image or the signature changes its meaning; the service refuses another."""

SIDE: Final = 28
"""Pixels on each side of a digit image."""

BOX: Final = 20
"""Pixels on the longer side of the ink in it (LeCun et al. 1998, section III-A)."""

MASS_CENTER: Final = 14.0
"""Where the ink's center of mass lies on both axes, in pixel coordinates (the first pixel is 0).

The middle of 28 pixels would be 13.5. Only 14.0 gives MNIST's own images back unchanged:
9,997 of its 10,000 test images (`tests/contract/test_framing_identity.py`).
"""

CLASSES: Final = tuple("0123456789")
"""The label of each probability, in order."""

SIGNATURE: Final = "serving_default"
INPUT: Final = "images"
"""uint8 (n, SIDE, SIDE): digit images."""

OUTPUT: Final = "probabilities"
"""float32 (n, 10): each row sums to 1."""

SCORE_OUTPUT: Final = "digit_score"
"""float32 (n,): how much each image looks like a digit at all, 0-1. A model may do without."""

CLASSIFY_SIGNATURE: Final = "classify"
"""The same in labels, as TensorFlow Serving's `:classify` wants it: `tf.Example`s of one feature, INPUT, with
SIDE * SIDE numbers each, give `classes` and `scores`. The service itself does without."""

DigitImage: TypeAlias = NDArray[np.uint8]
"""Shape (SIDE, SIDE), 0 = paper, 255 = ink."""

DigitImages: TypeAlias = NDArray[np.uint8]
"""Shape (n, SIDE, SIDE), 0 = paper, 255 = ink."""

Probabilities: TypeAlias = NDArray[np.float32]
"""Shape (n, 10), each row sums to 1."""

DigitScores: TypeAlias = NDArray[np.float32]
"""Shape (n,), 0 = surely no digit, 1 = surely one."""
