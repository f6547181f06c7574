"""Milliseconds that each augmentation takes for a batch of 64, and its share of a training step.

Both are CPU time, so that other work on the machine does not count; that of the step, which keeps all
cores busy, is divided by their number.

python benchmarks/augmentation.py [--seconds 0.5]
"""

import argparse
import os
import time
from collections.abc import Callable

import numpy as np
from machine import machine

from training import augmentation as augment
from training.config import TrainingConfig

BATCH = 64
PICTURE_SIDE = 64
STEPS = 100

OF_DIGIT_IMAGES = {
    "shift": augment.shift(shift_px=2),
    "rotate": augment.rotate(rotation_deg=12),
    "resize": augment.resize(scale=0.12),
    "shear": augment.shear(slant=0.15),
    "crop": augment.crop(share=0.2),
    "elastic": augment.elastic(amount_px=1),
    "stroke": augment.stroke(amount=1),
    "spoil": augment.spoil(),
    "flip": augment.flip(share=0.5),
}
OF_PICTURES = {
    "brightness": augment.brightness(amount=0.2),
    "contrast": augment.contrast(amount=0.5),
    "saturation": augment.saturation(amount=0.5),
    "hue": augment.hue(turn_deg=180),
    "noise": augment.noise(amount=0.1),
    "blur": augment.blur(sigma_px=2),
}


def mean_ms(work: Callable[[], object], seconds: float) -> float:
    """CPU time of a call, over so many seconds of it."""
    work()
    started, calls = time.process_time(), 0
    while time.process_time() - started < seconds:
        work()
        calls += 1
    return (time.process_time() - started) / calls * 1e3


def step_ms(images: np.ndarray, labels: np.ndarray) -> float:
    """A step of the network `conv`, without augmentation."""
    import tensorflow as tf

    from training import networks
    from training.optimization import build_loss, build_optimizer

    config = TrainingConfig(batch_size=BATCH)
    network = networks.build(config)
    network.compile(optimizer=build_optimizer(config, STEPS), loss=build_loss(config), jit_compile=False)
    step = tf.function(network.train_step)
    data = (tf.constant(images), tf.constant(labels))
    for _ in range(5):
        step(data)
    return mean_ms(lambda: step(data), seconds=5) / len(os.sched_getaffinity(0))


def main() -> None:
    """Print one row an augmentation."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=0.5)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (BATCH, 28, 28)).astype(np.uint8)
    pictures = random.integers(0, 256, (BATCH, PICTURE_SIDE, PICTURE_SIDE, 3)).astype(np.uint8)
    step = step_ms(images, random.integers(0, 10, BATCH).astype(np.uint8))
    config = TrainingConfig()
    default = {"the default recipe's": augment.recipe(config)}
    print(machine())
    print(f"a training step of `conv` at batch {BATCH}: {step:.1f} ms")
    for title, kinds, batch in (
        ("of digit images", default | OF_DIGIT_IMAGES, images),
        (f"of RGB pictures, {PICTURE_SIDE} x {PICTURE_SIDE}", OF_PICTURES, pictures),
    ):
        print(f"{title:32}      ms  of a step")
        for name, apply in kinds.items():
            cost = mean_ms(lambda apply=apply, batch=batch: apply(batch, random), options.seconds)
            print(f"  {name:30}  {cost:6.2f}  {cost / step:9.1%}")


if __name__ == "__main__":
    main()
