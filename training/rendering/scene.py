"""A picture of some ink: a drawing on a canvas, a scan, a photo of paper."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.errors import BlankImageError
from training.rendering.paper import grain, light, ruling

_CANVAS_SHARE: Final = 0.35
"""Share of pictures that are drawings on a flat canvas; the others are photos and scans of paper."""

_LIGHT_ON_DARK_SHARE: Final = 0.15
_STRAY_SHARE: Final = 0.12
"""Share of photos with a thing at the border that does not belong to the digit."""


_TINY_SHARE: Final = 0.12
"""Share of pictures made so small that a digit has hardly more pixels than are needed to tell it."""


def photograph(ink: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """Put ink on a canvas or on paper, and take a picture of it.

    Args:
        ink: uint8 (height, width), 255 = ink, any size.
        random: Draws all else: place, colors, light, blur, noise, compression.

    Returns:
        RGB, uint8 (h, w, 3), the longer side from 40 to 200 pixels, of a few from 8 to 28.

    Raises:
        BlankImageError: There is no ink.
    """
    cover = _place(ink, random)
    picture = (_canvas if random.random() < _CANVAS_SHARE else _photo)(cover, random)
    return _shrink(picture, random) if random.random() < _TINY_SHARE else picture


def _shrink(picture: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    scale = random.uniform(8, 28) / max(picture.shape)
    size = (max(5, round(picture.shape[1] * scale)), max(5, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _place(ink: NDArray[np.uint8], random: Generator) -> NDArray[np.float32]:
    """How much ink covers each pixel of a picture in which it fills a third to all of a side, 0-1."""
    left, top, width, height = cv2.boundingRect(ink)
    if not width:
        raise BlankImageError
    ink = ink[top : top + height, left : left + width]
    fill = random.uniform(0.33, 1.0)
    aspect = np.exp(np.clip(random.normal(0, 0.2), -0.7, 0.6))
    side_px = random.uniform(40, 200)
    frame_h, frame_w = (side_px, side_px * aspect) if aspect <= 1 else (side_px / aspect, side_px)
    scale = fill * min(frame_h / height, frame_w / width)
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    resized = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    frame_h, frame_w = max(round(frame_h), size[1]), max(round(frame_w), size[0])
    middle = np.clip(random.normal(0.5, 0.18, 2), 0, 1)
    y, x = round(middle[0] * (frame_h - size[1])), round(middle[1] * (frame_w - size[0]))
    cover = np.zeros((frame_h, frame_w), np.float32)
    cover[y : y + size[1], x : x + size[0]] = resized * np.float32(1 / 255)
    return cover


def _canvas(cover: NDArray[np.float32], random: Generator) -> NDArray[np.uint8]:
    paper, ink = np.full(3, 255.0), np.zeros(3)
    if random.random() < 0.3:
        ink = random.uniform(0, 130, 3)
        paper = random.uniform(220, 255, 3)
    if random.random() < 0.4:  # hard pixels, as a paint program's pencil leaves them
        cover = (cover > 0.5).astype(np.float32)
    if random.random() < 2 * _LIGHT_ON_DARK_SHARE:
        paper, ink = 255 - paper, 255 - ink
    return _finish(_mix(cover, paper, ink), random, noisy=False)


def _photo(cover: NDArray[np.float32], random: Generator) -> NDArray[np.uint8]:
    shape = (cover.shape[0], cover.shape[1])
    paper = random.uniform(150, 250) + random.normal(0, 8, 3)
    ink = paper - random.uniform(75, 225) + random.normal(0, 25, 3)
    if random.random() < 0.15:  # a blackboard
        paper, ink = 255 - paper, 255 - ink
    cover = _uneven(cover, random)
    picture = _mix(cover, np.clip(paper, 5, 255), np.clip(ink, 0, 255))
    if random.random() < 0.25:
        color = np.clip(paper - random.uniform(20, 110) + random.normal(0, 20, 3), 0, 255).astype(np.float32)
        lines = (ruling(shape, random) * (1 - cover))[..., np.newaxis]
        picture += lines * (color - picture)
    if random.random() < _STRAY_SHARE:
        _add_stray(picture, np.clip(ink, 0, 255), random)
    picture *= light(shape, random)[..., np.newaxis]
    picture += grain(shape, random)[..., np.newaxis]
    return _finish(picture, random, noisy=True)


def _mix(
    cover: NDArray[np.float32], paper: NDArray[np.float64], ink: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Paper where there is no ink, shape (h, w, 3), 0-255."""
    return (paper + cover[..., np.newaxis] * (ink - paper)).astype(np.float32)


def _uneven(cover: NDArray[np.float32], random: Generator) -> NDArray[np.float32]:
    """Ink as a dry pen or a pencil leaves it: fainter here and there, at times with a gap."""
    cells = random.uniform(1 - random.uniform(0, 0.5), 1, (6, 6)).astype(np.float32)
    uneven = cover * cv2.resize(cells, cover.shape[::-1], interpolation=cv2.INTER_LINEAR)
    if random.random() < 0.1:
        start, end = random.uniform(0, 1, (2, 2)) * cover.shape[::-1]
        width = max(1, round(0.03 * max(cover.shape)))
        cv2.line(uneven, np.round(start).astype(int).tolist(), np.round(end).astype(int).tolist(), 0.0, width)
    return np.asarray(uneven, np.float32)


def _add_stray(picture: NDArray[np.float32], ink: NDArray[np.float64], random: Generator) -> None:
    """A neighbor's stroke, a thumb or the table, at one of the corners or borders."""
    height, width = picture.shape[:2]
    corner = random.integers(0, 2, 2) * (height, width)
    color = tuple(map(float, ink if random.random() < 0.5 else random.uniform(0, 200, 3)))
    if random.random() < 0.5:
        axes = np.maximum(1, random.uniform(0.03, 0.16, 2) * (width, height)).astype(int)
        cv2.ellipse(picture, (int(corner[1]), int(corner[0])), axes.tolist(), 0, 0, 360, color, -1)
    else:
        along = random.uniform(0, 1, 2) * (height, width)
        thickness = max(1, round(0.02 * max(height, width)))
        start, end = (int(corner[1]), int(along[0])), (int(abs(corner[1] - 0.06 * width)), int(along[1]))
        cv2.line(picture, start, end, color, thickness)


def _finish(picture: NDArray[np.float32], random: Generator, *, noisy: bool) -> NDArray[np.uint8]:
    """Blur and compression; canvases are seldom blurred."""
    if random.random() < (0.6 if noisy else 0.2):
        blurred = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.3, 0.012 * max(picture.shape)))
        picture = np.asarray(blurred, np.float32)
    done = np.clip(picture, 0, 255).astype(np.uint8)
    if random.random() < (0.6 if noisy else 0.15):
        quality = int(random.integers(30, 96))
        encoded = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        done = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return done
