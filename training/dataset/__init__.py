"""MNIST, from the first of several sources that has it, every file checked."""

from training.dataset.load import Mnist, default_cache, load_mnist, named_folder

__all__ = ["Mnist", "default_cache", "load_mnist", "named_folder"]
