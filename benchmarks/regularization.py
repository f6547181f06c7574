"""What each kind of regularization does to a dense network that overfits: 2,000 images, 25 epochs.

    .venv/bin/python benchmarks/regularization.py [--seeds 3]

Prints Markdown: mean over the seeds on the 5,000 validation images, and the difference to none.
"""

import argparse
import os
import statistics
from dataclasses import replace

from machine import machine

from training.config import TrainingConfig
from training.dataset import default_cache, load_mnist
from training.recipes import RECIPES

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

PLAIN = replace(
    RECIPES["one-hidden"].config, hidden=(300, 100), train_images=2000, epochs=25, show_test=False
)

KINDS: dict[str, TrainingConfig] = {
    "none": PLAIN,
    "`--l1 1e-4`": replace(PLAIN, l1=1e-4),
    "`--l2 1e-3`": replace(PLAIN, l2=1e-3),
    "`--l1 5e-5 --l2 5e-4`": replace(PLAIN, l1=5e-5, l2=5e-4),
    "`--weight-decay 0.1`": replace(PLAIN, weight_decay=0.1),
    "`--dropout 0.2`": replace(PLAIN, dropout=0.2),
    "`--dropout 0.5`": replace(PLAIN, dropout=0.5),
    "`--max-norm 1`": replace(PLAIN, max_norm=1.0),
    "`--label-smoothing 0.1`": replace(PLAIN, label_smoothing=0.1),
    "`--weight-averaging 0.99`": replace(PLAIN, weight_averaging=0.99),
    "`--batch-norm`": replace(PLAIN, batch_norm=True),
    "`--patience 3`": replace(PLAIN, patience=3),
    "augmentation": replace(PLAIN, max_rotation_deg=12, max_shift_px=2, max_scale=0.12, max_shear=0.15),
}


def main() -> None:
    """Print a row a kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(1, parser.parse_args().seeds + 1)
    from training import pipeline

    mnist = load_mnist(None, default_cache(), say=lambda _: None)
    print(machine())
    print("| regularization | accuracy | against none | NLL |\n|---|---|---|---|")
    baseline = 0.0
    for name, config in KINDS.items():
        found = []
        for seed in seeds:
            network = pipeline.train(replace(config, seed=seed), mnist, lambda _: None)
            found.append(pipeline.predict_validation(network, mnist).scores)
        accuracy = statistics.mean(scores.accuracy for scores in found)
        spread = statistics.stdev(scores.accuracy for scores in found) if len(found) > 1 else 0.0
        nll = statistics.mean(scores.nll for scores in found)
        baseline = baseline or accuracy
        print(
            f"| {name} | {accuracy:.2%} ± {spread:.2%} | {100 * (accuracy - baseline):+.2f} | {nll:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
