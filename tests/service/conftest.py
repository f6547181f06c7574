"""A client of the application in this process, with an engine that needs no model."""

import os

import pytest
from stub_service import StubEngine, running


@pytest.fixture
def engine():
    return StubEngine()


@pytest.fixture
async def client(engine):
    async with running(engine=engine) as client:
        yield client


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith("DIGITS_")]:
        monkeypatch.delenv(name)
