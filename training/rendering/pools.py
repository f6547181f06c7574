"""Many rendered digit images, made once on all cores and kept."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits import imaging
from digits.contract import SIDE, DigitImages
from training.rendering.glyphs import font_files
from training.rendering.kinds import KINDS, Pool, Sources, draw

_CHUNK: Final = 500

Pools: TypeAlias = dict[str, Pool]
"""By kind."""

_Task: TypeAlias = tuple[str, int, int, int]
"""Kind, seed, number of the first picture, and how many."""

_Part: TypeAlias = tuple[DigitImages, NDArray[np.uint8]]


def load_pools(
    cache: Path,
    written: Pool,
    *,
    sizes: Mapping[str, int],
    seed: int,
    held_out: bool = False,
    say: Callable[[str], None],
) -> Pools:
    """Rendered pools from the cache, or made now and kept there.

    Args:
        cache: A folder; a file of some 40 MB is written into it.
        written: The handwriting that is photographed: for validation, images that training never sees.
        sizes: Pictures of each kind.
        seed: Equal seeds give equal pictures.
        held_out: Whether to draw from the fonts that training never sees.
        say: Gets a line when pictures must be made.
    """
    file = cache / f"rendered-{_key(written, sizes, seed, held_out)}.npz"
    if file.is_file():
        with np.load(file) as kept:
            return {kind: Pool(kept[f"{kind}_images"], kept[f"{kind}_labels"]) for kind in sizes}
    say(f"Rendering {sum(sizes.values()):,} pictures; they are kept in {file}.")
    pools = render_pools(written, sizes=sizes, seed=seed, held_out=held_out)
    cache.mkdir(parents=True, exist_ok=True)
    arrays = {f"{kind}_images": pool.images for kind, pool in pools.items()}
    arrays |= {f"{kind}_labels": pool.labels for kind, pool in pools.items()}
    part = file.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)
    part.replace(file)
    return pools


def render_pools(written: Pool, *, sizes: Mapping[str, int], seed: int, held_out: bool) -> Pools:
    """Make all pictures, each from a generator of its own: the number of processes changes none."""
    tasks = [
        (kind, seed, first, min(_CHUNK, size - first))
        for kind, size in sizes.items()
        for first in range(0, size, _CHUNK)
    ]
    sources = Sources(written, font_files(held_out=held_out))
    parts: dict[str, list[_Part]] = {kind: [] for kind in sizes}
    with _workers(sources, len(tasks)) as rendered:
        bar = tqdm(total=len(tasks), desc="rendering", leave=False, disable=not sys.stderr.isatty())
        for (kind, *_), part in zip(tasks, rendered(tasks), strict=True):
            parts[kind].append(part)
            bar.update()
        bar.close()
    return {
        kind: Pool(np.concatenate([images for images, _ in of]), np.concatenate([labels for _, labels in of]))
        for kind, of in parts.items()
    }


def _key(written: Pool, sizes: Mapping[str, int], seed: int, held_out: bool) -> str:
    """Of all that decides a pixel: a change anywhere makes new pictures, without anyone thinking of it."""
    key = hashlib.sha256(json.dumps([dict(sizes), seed, held_out, np.__version__, cv2.__version__]).encode())
    key.update(written.images.tobytes() + written.labels.tobytes())
    for package in (Path(__file__).parent, Path(imaging.__file__).parent):
        for source in sorted(package.glob("*.py")):
            key.update(source.read_bytes())
    return key.hexdigest()[:16]


@contextmanager
def _workers(sources: Sources, tasks: int) -> Iterator[Callable[[list[_Task]], Iterator[_Part]]]:
    """A map over as many processes as there are cores; over this one for a single task."""
    if tasks == 1:
        _start(sources)
        yield lambda of: map(_render, of)
        return
    # Spawned, not forked: TensorFlow may be running threads here already.
    with ProcessPoolExecutor(
        max_workers=min(tasks, os.cpu_count() or 1),
        mp_context=get_context("spawn"),
        initializer=_start,
        initargs=(sources,),
    ) as processes:
        yield lambda of: processes.map(_render, of)


class _Process:
    """What this process renders from."""

    sources: Sources


def _start(sources: Sources) -> None:
    _Process.sources = sources


def _render(task: _Task) -> _Part:
    kind, seed, first, count = task
    images = np.empty((count, SIDE, SIDE), np.uint8)
    labels = np.empty(count, np.uint8)
    for i in range(count):
        random = np.random.default_rng((seed, list(KINDS).index(kind), first + i))
        images[i], labels[i] = draw(kind, _Process.sources, random)
    return images, labels
