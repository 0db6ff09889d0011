from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from conformance.drivers.live import LiveDriver

from .support.values import KEYRING, TARGET


@pytest.fixture
def driver_for() -> Iterator[Callable[..., LiveDriver]]:
    """Makes live drivers with a short time-out and closes them."""
    made: list[LiveDriver] = []

    def make(endpoint: str, **options: object) -> LiveDriver:
        settings = {"timeout": 2.0, "workers": 4} | options
        driver = LiveDriver(endpoint, TARGET, KEYRING, **settings)  # type: ignore[arg-type]  # test options
        made.append(driver)
        return driver

    yield make
    for each in made:
        each.close()
