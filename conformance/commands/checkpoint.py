"""The result so far, written while a run goes on: a run that is killed leaves what it had."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from conformance.commands.options import warn
from conformance.commands.outputs import write_reports
from conformance.commands.running import judge_run
from conformance.config import RunConfig
from conformance.engine.outcome import RunOutcome
from conformance.engine.watching import Watcher
from conformance.problems import Problem
from conformance.scenarios.base import Scenario
from conformance.spec.wire import Exchange

#: Seconds between two results so far; and never more than a tenth of the time goes into them.
EVERY = 10.0
SHARE = 10


class Checkpoints:
    """Hands everything on to ``inner``, and now and then writes the JSON report, if one is asked.

    The first is written as soon as there is anything to say, in place of an earlier run's.
    """

    def __init__(
        self, inner: Watcher, config: RunConfig, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = inner
        self._config = config
        self._now = now
        self._due = now() if config.report_json is not None else float("inf")

    def listening(self, bound: str, told: str) -> None:
        self._inner.listening(bound, told)

    def planned(self, scenarios: Sequence[Scenario]) -> None:
        self._inner.planned(scenarios)

    def sent(self, exchange: Exchange) -> None:
        self._inner.sent(exchange)

    def ended(self, scenario: Scenario, so_far: Callable[[], RunOutcome]) -> None:
        self._inner.ended(scenario, so_far)
        begun = self._now()
        if begun < self._due:
            return
        result = judge_run(so_far(), strict=self._config.strict, verbose=self._config.verbose)
        try:
            write_reports(result, {"json": self._config.report_json})
        except Problem as problem:
            warn(str(problem))
            self._due = float("inf")
            return
        ended = self._now()
        self._due = ended + max(EVERY, SHARE * (ended - begun))

    def stopped(self) -> bool:
        return self._inner.stopped()
