"""How a run goes on, on stderr: one live line on a terminal, few plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.report.finding import printable
from conformance.scenarios.base import Scenario
from conformance.spec.wire import Direction, Exchange

#: Seconds between two plain lines.
_PLAIN_EVERY = 10.0


class Watcher(Protocol):
    """What a run tells of itself; the engine has the same protocol."""

    def listening(self, bound: str, told: str) -> None: ...

    def planned(self, scenarios: Sequence[Scenario]) -> None: ...

    def sent(self, exchange: Exchange) -> None: ...

    def stopped(self) -> bool: ...


class RunProgress:
    """Counts what was sent and shows it; use as a context manager around the run.

    ``stopped`` is asked by the run whether it is to end early. Safe to call from several threads.
    """

    def __init__(
        self, console: Console, stopped: Callable[[], bool], *, quiet: bool, verbose: bool
    ) -> None:
        self._console = console
        self._stopped = stopped
        self._quiet = quiet
        self._verbose = verbose
        self._lock = threading.Lock()
        self._sent = 0
        self._jobs = 0
        self._about = 0
        self._begun = self._told = time.monotonic()
        live = console.is_terminal and not quiet and not verbose
        self._bar = _bar(console) if live else None
        self._task = self._bar.add_task("", total=None, words="") if self._bar else None

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
        self._about = sum(each.requests for each in scenarios)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, total=max(1, self._about))
        elif not self._quiet:
            self._console.print(f"{len(scenarios)} scenarios, about {self._about} requests")

    def sent(self, exchange: Exchange) -> None:
        with self._lock:
            self._sent += 1
            self._jobs += _made_a_job(exchange)
            words = self._words()
            due = time.monotonic() - self._told > _PLAIN_EVERY
            if due:
                self._told = time.monotonic()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._sent, words=words)
        elif self._verbose:
            self._console.print(printable(wire_line(exchange)))
        elif due and not self._quiet:
            self._console.print(words)

    def stopped(self) -> bool:
        return self._stopped()

    def _words(self) -> str:
        rate = self._sent / max(0.001, time.monotonic() - self._begun)
        return f"{self._sent} of about {self._about} requests, {rate:.0f}/s, {self._jobs} jobs"


def _bar(console: Console) -> Progress:
    return Progress(
        BarColumn(24),
        TextColumn("{task.fields[words]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        refresh_per_second=8,
    )


def _made_a_job(exchange: Exchange) -> bool:
    """Whether this looks like a create that was accepted; for show only."""
    accepted = exchange.response is not None and exchange.response.status == 200
    return accepted and exchange.request.method == "POST"


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
