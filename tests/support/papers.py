"""Digits on the kinds of paper that people photograph, drawn in code."""

import cv2
import numpy as np


def on_paper(ink, *, scale=10, paper=235.0, darkness=190.0, margin=40):
    """A digit image, (28, 28), as dark ink on light paper, enlarged. Float, 0 = black."""
    large = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    drawn = paper - large.astype(float) / 255 * darkness
    return np.pad(drawn, margin, constant_values=paper)


def shade(gray, *, levels):
    """Light that falls off by so many levels from the left top to the right bottom corner."""
    rows, columns = np.indices(gray.shape) / max(gray.shape)
    return gray * (1 - levels / 255 * (rows + columns) / 2)


def grain(gray, *, sigma, seed=0):
    """Sensor noise, as 8-bit pixels."""
    noisy = gray + np.random.default_rng(seed).normal(0, sigma, gray.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
