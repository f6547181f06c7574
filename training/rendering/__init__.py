"""Pictures as people upload them, drawn by ourselves: digits on paper in some light, and what is no digit.

Every picture passes the service's own imaging, so that the network is trained on what it will be shown.
"""

from training.rendering.glyphs import font_files
from training.rendering.kinds import KINDS, NONE, Pool, Sources, draw
from training.rendering.pools import Pools, load_pools
from training.rendering.scene import photograph

__all__ = ["KINDS", "NONE", "Pool", "Pools", "Sources", "draw", "font_files", "load_pools", "photograph"]
