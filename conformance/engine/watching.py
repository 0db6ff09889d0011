"""Who is told how a run goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from conformance.engine.outcome import RunOutcome
from conformance.scenarios.base import Scenario
from conformance.spec.wire import Exchange


class Watcher(Protocol):
    """Who is told how a run goes on, always from the run's own thread.

    ``listening`` says where callbacks are received, and at which URL the target is told that.
    ``planned`` comes once, with all scenarios; ``sent`` with each exchange and ``ended`` with each
    scenario that has come to its end, when ``so_far`` can be asked for the outcome up to now.
    ``stopped`` is asked again and again whether the run is to end early.
    """

    def listening(self, bound: str, told: str) -> None: ...

    def planned(self, scenarios: Sequence[Scenario]) -> None: ...

    def sent(self, exchange: Exchange) -> None: ...

    def ended(self, scenario: Scenario, so_far: Callable[[], RunOutcome]) -> None: ...

    def stopped(self) -> bool: ...


class Silent:
    """Nobody watches."""

    def listening(self, bound: str, told: str) -> None:
        """Say nothing."""

    def planned(self, scenarios: Sequence[Scenario]) -> None:
        """Say nothing."""

    def sent(self, exchange: Exchange) -> None:
        """Say nothing."""

    def ended(self, scenario: Scenario, so_far: Callable[[], RunOutcome]) -> None:
        """Say nothing."""

    def stopped(self) -> bool:
        return False
