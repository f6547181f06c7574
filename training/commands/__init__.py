"""The commands beside `digits-train`, one a module."""
