from __future__ import annotations

import pytest

from .driving import Desk


@pytest.fixture
def desk() -> Desk:
    """A conforming emulator without a network."""
    return Desk()
