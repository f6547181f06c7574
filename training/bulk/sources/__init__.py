"""Where pictures are: one module a kind, none of which knows the others."""

from training.bulk.sources.find import open_source

__all__ = ["open_source"]
