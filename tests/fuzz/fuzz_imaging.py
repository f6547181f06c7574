"""Let libFuzzer look for bytes that are neither read nor refused in a way that we know.

python tests/fuzz/fuzz_imaging.py CORPUS [-max_total_time=3600] [-timeout=10] [-rss_limit_mb=2048]

CORPUS is a folder: small pictures are written into it, and what finds new ways through the code is kept.
A finding is written to the working directory as crash-*, timeout-* or oom-*; run it again with its name in
place of CORPUS.
"""

import contextlib
import sys
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["PIL", "digits.imaging"]):
    from digits.errors import ImageError
    from digits.imaging import read_digit, read_page

from seeds import seeds

MAX_PIXELS = 1_000_000


def one_input(data: bytes) -> None:
    """Both ways through imaging: an answer or an `ImageError`, and nothing else."""
    for way in (read_digit, read_page):
        with contextlib.suppress(ImageError):
            way(data, max_pixels=MAX_PIXELS)


def main() -> None:
    """Fuzz until told to stop."""
    warnings.simplefilter("ignore")  # Pillow's doubts, which a service only logs
    corpus = Path(next((each for each in sys.argv[1:] if not each.startswith("-")), "."))
    if not corpus.is_file():
        corpus.mkdir(parents=True, exist_ok=True)
        for name, data in seeds():
            (corpus / f"seed-{name.replace(';', '')}").write_bytes(data)
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
