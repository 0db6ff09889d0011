"""In which order a run asks, so that a small budget judges as much as it can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.engine.options import Options
from conformance.scenarios.base import Scenario
from conformance.spec.target import Target


@dataclass(frozen=True)
class Turn:
    """Scenarios that run side by side, while ``hold`` requests are kept back for later turns."""

    scenarios: Sequence[Scenario]
    hold: int = 0


class Agenda:
    """The turns of a run: one for each phase."""

    def __init__(self, options: Options, target: Target, scenarios: Sequence[Scenario]) -> None:
        self._options = options
        self._target = target
        self._scenarios = scenarios

    def turns(self) -> Iterator[Turn]:
        for phase in sorted({each.phase for each in self._scenarios}):
            yield Turn([each for each in self._scenarios if each.phase == phase])
