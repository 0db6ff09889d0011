"""How a run goes on, on stderr: one live line on a terminal, few plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from conformance.report.finding import printable
from conformance.scenarios.base import Scenario
from conformance.scenarios.ledger import JobLedger
from conformance.spec.wire import Direction, Exchange

#: Seconds between two plain lines.
_PLAIN_EVERY = 10.0

#: Seconds before it is said how long the rest may take.
_SOME_TIME = 3.0


class RunProgress:
    """Counts what was sent and shows it; use as a context manager around the run.

    ``stopped`` is asked by the run whether it is to end early, ``clauses`` are the ids that are
    asked for (None: whatever the scenarios are about).
    """

    def __init__(
        self,
        console: Console,
        stopped: Callable[[], bool],
        *,
        quiet: bool,
        verbose: bool,
        clauses: frozenset[str] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._stopped = stopped
        self._quiet = quiet
        self._verbose = verbose
        self._now = now
        self._begun = self._told = now()
        self._tally = _Tally(clauses)
        self._bar: Progress | None = None
        self._task = TaskID(0)
        if console.is_terminal and not quiet and not verbose:
            self._bar = _bar(console)
            self._task = self._bar.add_task("", total=None, words="")

    def __enter__(self) -> RunProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def listening(self, bound: str, told: str) -> None:
        """Say where callbacks are received: always when others than this machine can connect."""
        wide = not bound.startswith(("127.", "[::1]", "localhost"))
        if wide or self._verbose:
            self._console.print(f"callbacks: listening on {bound}, to be reached at {told}")

    def planned(self, scenarios: Sequence[Scenario]) -> None:
        self._tally.plan(scenarios)
        if self._bar is None and not self._quiet:
            about = sum(each.requests for each in scenarios)
            self._console.print(f"{len(scenarios)} scenarios, about {about} requests")

    def sent(self, exchange: Exchange) -> None:
        self._tally.count(exchange)
        if self._verbose:
            self._console.print(printable(wire_line(exchange)))
        else:
            self._show()

    def ended(self, scenario: Scenario, so_far: Callable[[], Any]) -> None:  # noqa: ARG002
        self._tally.end(scenario)
        if not self._verbose:
            self._show()

    def stopped(self) -> bool:
        return self._stopped()

    def _show(self) -> None:
        now = self._now()
        if self._bar is not None:
            words = self._tally.words(now - self._begun)
            self._bar.update(
                self._task, completed=self._tally.done, total=max(1, self._tally.total), words=words
            )
        elif not self._quiet and now - self._told > _PLAIN_EVERY:
            self._told = now
            self._console.print(self._tally.words(now - self._begun))


class _Tally:
    """What has been done of what was planned."""

    def __init__(self, clauses: frozenset[str] | None) -> None:
        self._clauses = clauses
        self._open: set[str] = set()
        self._seen: set[str] = set()
        self._jobs = JobLedger()
        self._sent = 0
        self.done = self.total = 0

    def plan(self, scenarios: Sequence[Scenario]) -> None:
        self.total = sum(each.requests for each in scenarios)
        self._open = {clause for each in scenarios for clause in self._asked(each)}

    def _asked(self, scenario: Scenario) -> set[str]:
        clauses = set(scenario.clauses)
        return clauses if self._clauses is None else clauses & self._clauses

    def count(self, exchange: Exchange) -> None:
        self._sent += exchange.response is not None or exchange.failure is None
        self._jobs.note(exchange)

    def end(self, scenario: Scenario) -> None:
        self.done += scenario.requests
        self._seen |= self._asked(scenario) & self._open

    def words(self, elapsed: float) -> str:
        """``87 of 145 clauses, 512 requests, 160/s, 12 jobs waited for, about 8 s left``."""
        parts = [
            f"{len(self._seen)} of {len(self._open)} clauses",
            f"{self._sent} requests",
            f"{self._sent / max(0.001, elapsed):.0f}/s",
        ]
        watched = len(self._jobs.watched)
        if watched:
            parts.append(f"{watched} jobs waited for")
        if self.done and elapsed > _SOME_TIME:
            left = elapsed * (self.total - self.done) / self.done
            parts.append(f"about {_duration(left)} left")
        return ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{max(0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _bar(console: Console) -> Progress:
    return Progress(
        BarColumn(20),
        TextColumn("{task.fields[words]}"),
        console=console,
        transient=True,
        refresh_per_second=8,
    )


def wire_line(exchange: Exchange) -> str:
    """One line of the wire log: who sent what, and what came back."""
    request, response = exchange.request, exchange.response
    arrow = "<-" if exchange.direction is Direction.CALLBACK else "->"
    came = str(response.status) if response is not None else ""
    if exchange.failure is not None:
        came = f"{came} {exchange.failure.kind}: {exchange.failure.message}".strip()
    return (
        f"{arrow} {exchange.scenario} {exchange.step}: {request.method} {request.target} "
        f"({len(request.body)} bytes): {came} in {exchange.elapsed * 1000:.0f} ms"
    )
