"""MNIST-C style corruptions of digit images, for measuring alone: nothing is ever trained on them.

Written anew from the description, at the severity of the published dataset: Mu and Gilmer (2019),
"MNIST-C: A Robustness Benchmark for Computer Vision", arXiv:1906.02337. Figures on these images
compare with those on MNIST-C, they are not the same images.
"""

from training.corruptions.catalog import CORRUPTIONS, corrupt

__all__ = ["CORRUPTIONS", "corrupt"]
