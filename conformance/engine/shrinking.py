"""Shrinking."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.scenarios.base import Scenario


class Shrinker:
    """stub."""

    def __init__(self, *_: object) -> None: ...

    def scenarios(self) -> Iterator[Scenario]:
        yield from ()
