"""Random changes of digit images, and of pictures of digits, that leave the digit what it is.

On digit images: shift, rotate, resize, shear (or `affine`, all in one resampling), crop, elastic,
stroke, spoil, and flip, which harms. On RGB pictures, before the service's own imaging makes digit images
of them: brightness, contrast, saturation, hue, noise, blur. `chain` composes them, and `recipe` is
the chain that a config asks for.
"""

from training.augmentation.affine import affine, resize, rotate, shear, shift
from training.augmentation.chain import Augmentation, chain
from training.augmentation.color import brightness, contrast, hue, saturation
from training.augmentation.elastic import elastic
from training.augmentation.frame import crop, flip
from training.augmentation.recipe import recipe
from training.augmentation.sensor import blur, noise
from training.augmentation.spoil import spoil
from training.augmentation.stroke import stroke

__all__ = [
    "Augmentation",
    "affine",
    "blur",
    "brightness",
    "chain",
    "contrast",
    "crop",
    "elastic",
    "flip",
    "hue",
    "noise",
    "recipe",
    "resize",
    "rotate",
    "saturation",
    "shear",
    "shift",
    "spoil",
    "stroke",
]
