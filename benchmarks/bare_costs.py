"""What a picture costs in this process, on one core, without any server: the least that any could take."""

import sys
from pathlib import Path

import cv2
from drawn import DrawnPicture
from imaging import median_us

sys.path.insert(0, str(Path(__file__).with_name("peers")))

from recognition import MAX_PIXELS, LiteRT, image_of

from digits.imaging.decode import decode
from digits.imaging.read import WORK_SIDE


def bare_costs(picture: DrawnPicture, seconds: float = 0.5) -> dict[str, float]:
    """Milliseconds of CPU time: decoding, imaging after it, the network."""
    cv2.setNumThreads(1)
    model, image = LiteRT(), image_of(picture.content)
    decoding_us = median_us(lambda: decode(picture.content, max_pixels=MAX_PIXELS, side=WORK_SIDE), seconds)
    both_us = median_us(lambda: image_of(picture.content), seconds)
    network_us = median_us(lambda: model.probabilities(image), seconds)
    return {
        "decode_ms": round(decoding_us / 1000, 4),
        "imaging_ms": round((both_us - decoding_us) / 1000, 4),
        "network_ms": round(network_us / 1000, 4),
    }
