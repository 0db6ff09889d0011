"""``serve --judge``: what reaches the emulator is judged beside it, without holding it up."""

from __future__ import annotations

import queue
import threading
import time
from types import TracebackType
from typing import Any, Self

import click

from conformance.emulator import Behaviour, EmulatorSettings, hook
from conformance.emulator.values import Answer, Incoming
from conformance.generate.signing import Credentials
from conformance.inspection.witness import Witness
from conformance.report.finding import printable
from conformance.spec.clauses import clause
from conformance.spec.wire import Exchange, Response


class Bystander:
    """Judges on a thread of its own, and prints each finding when it is first made.

    ``behaviour`` is what the emulator has to be composed with.
    """

    def __init__(self, settings: EmulatorSettings) -> None:
        pairs = [Credentials(settings.secret_id, settings.secret_key)]
        if settings.tmp_secret_id:
            token = settings.tmp_token
            pairs.append(Credentials(settings.tmp_secret_id, settings.tmp_secret_key, token))
        self._witness = Witness(pairs)
        self._seen: queue.SimpleQueue[tuple[Exchange, bool] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._judge, name="bystander", daemon=True)

    @property
    def behaviour(self) -> type[Behaviour]:
        seen = self._seen

        @hook("handle")
        def overheard(_: Behaviour, inner: Any, incoming: Incoming) -> Answer:
            begun = time.monotonic()
            answer: Answer = inner(incoming)
            request = incoming.request
            response = Response(answer.status, answer.headers, answer.body)
            # By this machine's clock: the emulator's may be off on purpose.
            exchange = Exchange(
                request, response, started=time.time(), elapsed=time.monotonic() - begun
            )
            seen.put((exchange, incoming.body_size == len(request.body)))
            return answer

        return overheard

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._seen.put(None)
        self._thread.join()

    def _judge(self) -> None:
        while (seen := self._seen.get()) is not None:
            exchange, complete = seen
            for finding in self._witness.see(exchange, complete=complete):
                level = finding.level or clause(finding.clause).level
                asked = f"{exchange.request.method} {exchange.request.raw_path}"
                told = f"{finding.clause} ({level}): {finding.message} ({asked})"
                click.echo(printable(told), err=True)

    def result(self, endpoint: str) -> dict[str, Any]:
        """What was seen, as the result that reports are made from."""
        return self._witness.result(f"clients of the emulator at {endpoint}")
