"""Databases with corrections."""

from datetime import UTC, datetime

from pictures import draw_seven, encode

from digits.corrections.opening import open_store, prepare
from digits.corrections.picture import clean
from digits.corrections.store import Limits

ROOM = Limits(count=100, total_bytes=10**7)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def sqlite_url(folder):
    return f"sqlite:///{folder}/corrections.db"


def new_store(url):
    store = open_store(url)
    prepare(store)
    return store


def seven(width=22):
    """A picture as it is kept, another for each width of the pen."""
    return clean(encode(draw_seven(width=width)), max_pixels=10**6)


def add(store, width=22, label="7", *, agreed=NOON, limits=ROOM, **known):
    return store.add(seven(width), label, agreed=agreed, limits=limits, **known)
