"""A dataset that several processes get only once all of them are there."""

import multiprocessing
import os
import time

from stand_in_mnist import load_stand_in

WORKERS = 2


def load_together(folder, cache, *, say):
    """The stand-in; a worker waits, in the folder named as cache, for the other."""
    if multiprocessing.parent_process() is not None:
        (cache / f"{os.getpid()}").touch()
        end = time.monotonic() + 90
        while len(list(cache.iterdir())) < WORKERS:
            assert time.monotonic() < end, "the other worker did not come"
            time.sleep(0.05)
    return load_stand_in(folder, cache, say=say)
