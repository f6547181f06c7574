"""What the service says of itself."""

from importlib.metadata import version
from typing import Final

VERSION: Final = version("digits")
"""Of the program that serves, whichever model it has. Found once: finding it takes reading files."""
