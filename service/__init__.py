"""Reads handwritten digits from pictures: the service."""
