"""What ink lies on: plain or ruled paper, its grain, the light on it."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray


def ruling(shape: tuple[int, int], random: Generator) -> NDArray[np.float32]:
    """How much rules or squares cover the paper: float32 (height, width), 0-1."""
    height, width = shape
    step = random.uniform(0.12, 0.45) * min(shape)
    thickness = max(1, round(random.uniform(0.004, 0.018) * min(shape)))
    strength = random.uniform(0.2, 0.8)
    cover = np.zeros(shape, np.float32)
    tilt = np.tan(np.deg2rad(random.normal(0, 1.2)))
    squared = random.random() < 0.4
    for y in np.arange(random.uniform(0, step), height, step):
        cv2.line(cover, (0, round(y)), (width, round(y + tilt * width)), strength, thickness)
    for x in np.arange(random.uniform(0, step), width, step) if squared else ():
        cv2.line(cover, (round(x), 0), (round(x - tilt * height), height), strength, thickness)
    return cover


def light(shape: tuple[int, int], random: Generator) -> NDArray[np.float32]:
    """What share of the light reaches each pixel: float32 (height, width); a slope, and at times a shadow."""
    height, width = shape
    y, x = np.indices(shape, dtype=np.float32)
    angle = random.uniform(0, 2 * np.pi)
    along = np.float32(np.cos(angle) / width) * x + np.float32(np.sin(angle) / height) * y
    share = 1 - np.float32(abs(random.normal(0, 0.12))) * (along - along.min())
    if random.random() < 0.2:
        edge = along - along.min() - np.float32(random.uniform(0.2, 0.9))
        soft = np.float32(random.uniform(0.02, 0.25))
        share -= np.float32(random.uniform(0.1, 0.4)) / (1 + np.exp(np.clip(-edge / soft, -30, 30)))
    return np.asarray(share, np.float32)


def grain(shape: tuple[int, int], random: Generator) -> NDArray[np.float32]:
    """Levels by which paper and sensor differ from what they should be: float32 (height, width)."""
    fine = random.standard_normal(shape, np.float32) * np.float32(abs(random.normal(0, 4)))
    coarse_shape = (max(2, shape[0] // 12), max(2, shape[1] // 12))
    coarse = random.standard_normal(coarse_shape, np.float32) * np.float32(abs(random.normal(0, 4)))
    return fine + np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
