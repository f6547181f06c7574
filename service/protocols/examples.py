"""What the examples in the OpenAPI document ask about."""

from typing import Final

from pydantic import JsonValue

from digits.contract import SIDE

SEVEN_PNG: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAABQAAAAYAQAAAADSMODbAAAAOklEQVR42mP8z/CRiYGBAYYZPjAUMDEwMDD+//sFIvYXKvcL"
    "SrMwMDF8gLJfQOkLEL3/7T9A9CLMBAAAzQ8rE5WxkgAAAABJRU5ErkJggg=="
)
"""A picture of a seven, in base64."""

BLANK: Final[list[JsonValue]] = [[0] * SIDE] * SIDE
"""A digit image without ink."""
