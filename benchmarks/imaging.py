"""What it costs to turn a picture into a digit image, on one core: each step, and from a file's bytes on.

python benchmarks/imaging.py [--seconds 1] [--url http://127.0.0.1:8000]

With the address of a running service also how long a 12-megapixel JPEG takes there, from request to answer.
"""

import argparse
import io
import time
from collections.abc import Callable
from typing import Any

import cv2
import httpx
import numpy as np
from machine import machine
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digits.imaging import frame, read_digit, to_digit_image
from digits.imaging.decode import decode
from digits.imaging.ink import extract_ink, measure_darkness, to_dark_on_light
from digits.imaging.read import WORK_SIDE
from digits.imaging.rulings import remove_rulings
from digits.imaging.segment import keep_digit
from digits.imaging.sheet import clear_surroundings
from digits.imaging.stroke import thicken

MAX_PIXELS = 50_000_000

Gray = NDArray[np.uint8]


def seven(width: int, height: int, stroke: int) -> Image.Image:
    """A seven on white paper."""
    image = Image.new("L", (width, height), "white")
    line = [(0.3 * width, 0.2 * height), (0.7 * width, 0.2 * height), (0.45 * width, 0.8 * height)]
    ImageDraw.Draw(image).line(line, fill="black", width=stroke, joint="curve")
    return image


def photo() -> Gray:
    """12 megapixels: a seven in pencil on paper that is lit from one side, with a sensor's noise."""
    paper = 225 - 110 * (1 - np.asarray(seven(4000, 3000, 90), np.float32) / 255)
    light = np.linspace(1.0, 0.7, 4000, dtype=np.float32)
    noise = np.random.default_rng(0).normal(0, 4, paper.shape)
    return np.clip(paper * light + noise, 0, 255).astype(np.uint8)


def encoded(gray: Gray, format_: str) -> bytes:
    """The bytes of a file, in color as phones and canvases write them."""
    buffer = io.BytesIO()
    Image.fromarray(gray).convert("RGB").save(buffer, format_)
    return buffer.getvalue()


def median_us(work: Callable[[], Any], seconds: float) -> float:
    """Median CPU time of a call in microseconds, which what else runs on the machine hardly changes."""
    work()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        started = time.thread_time()
        work()
        times.append(time.thread_time() - started)
    return float(np.median(times)) * 1e6


def steps(gray: Gray, seconds: float) -> None:
    """Print what each step costs on a picture of the size that is worked on."""
    dark = to_dark_on_light(gray)
    darkness = measure_darkness(dark)
    ruled_off = remove_rulings(darkness)
    ink = extract_ink(ruled_off)
    kept = keep_digit(ink).ink
    thick = thicken(kept)
    for name, work in (
        ("sheet", lambda: clear_surroundings(gray)),
        ("polarity", lambda: to_dark_on_light(gray)),
        ("paper", lambda: measure_darkness(dark)),
        ("rulings", lambda: remove_rulings(darkness)),
        ("contrast", lambda: extract_ink(ruled_off)),
        ("digit", lambda: keep_digit(ink)),
        ("stroke", lambda: thicken(kept)),
        ("frame", lambda: frame(thick)),
    ):
        print(f"  {name:<10} {median_us(work, seconds / 5):8.0f}")


def answered_ms(url: str, file: bytes, seconds: float) -> tuple[float, float]:
    """Median and 95th percentile of the time from a request to its answer, over one connection."""
    times, end = [], time.perf_counter() + seconds
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.perf_counter() < end or len(times) < 20:
            started = time.perf_counter()
            client.post("/predict", files={"image": ("photo.jpg", file, "image/jpeg")}).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
    return float(np.median(times)), float(np.percentile(times, 95))


def main() -> None:
    """Print one row a picture, and one a step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--url", help="of a running service")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    canvas, large = np.asarray(seven(280, 280, 22)), photo()
    small = cv2.resize(large, (WORK_SIDE, WORK_SIDE * 3 // 4), interpolation=cv2.INTER_AREA)
    print(f"{machine()}; one core, µs of CPU time")
    for name, gray, format_ in (("280 x 280 canvas", canvas, "PNG"), ("12-megapixel photo", large, "JPEG")):
        file = encoded(gray, format_)
        imaging = median_us(lambda gray=gray: to_digit_image(gray), options.seconds)
        decoding = median_us(
            lambda file=file: decode(file, max_pixels=MAX_PIXELS, side=WORK_SIDE), options.seconds
        )
        whole = median_us(lambda file=file: read_digit(file, max_pixels=MAX_PIXELS), options.seconds)
        print(
            f"{name:<20} imaging {imaging:8.0f}   decoding its {format_} {decoding:8.0f}   both {whole:8.0f}"
        )
    if options.url:
        file = encoded(large, "JPEG")
        median, late = answered_ms(options.url, file, options.seconds)
        print(
            f"12-megapixel JPEG of {len(file) / 1e6:.1f} MB over HTTP: "
            f"median {median:.1f} ms, 95th percentile {late:.1f} ms"
        )
    for name, gray in (
        (
            "canvas",
            cv2.resize(canvas, (WORK_SIDE, WORK_SIDE), interpolation=cv2.INTER_AREA),
        ),
        ("photo", small),
    ):
        print(f"steps, {name} of {gray.shape[1]} x {gray.shape[0]}")
        steps(np.asarray(gray, np.uint8), options.seconds)


if __name__ == "__main__":
    main()
