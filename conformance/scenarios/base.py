"""The language of scenarios.

A scenario is a generator: it yields actions and is sent back what each became. It never sends,
waits or looks at a clock itself, so the same scenario runs live and on a recording.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cached_property

from conformance.generate.signing import GOOD, Signing
from conformance.spec.reading import created_job
from conformance.spec.target import Target
from conformance.spec.times import parse_http_date, parse_job_time
from conformance.spec.wire import Exchange, Expect, Request, Wanted

OPEN = Expect(Wanted.EITHER)


@dataclass(frozen=True, slots=True)
class Call:
    """Send one request; replied to with an Exchange.

    The driver adds Date, Content-Length and the signature as ``signing`` says; what ``request``
    already has is left alone.
    """

    step: str
    request: Request
    expect: Expect = OPEN
    signing: Signing = GOOD


@dataclass(frozen=True, slots=True)
class Wait:
    """Let ``seconds`` pass (not on replay). Replied to with None."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AwaitCallbacks:
    """Wait until ``count`` callbacks have come or ``timeout`` seconds are over.

    Those count that went to the URL of ``token`` or name ``job_id``. Replied to with all that have
    come so far, as a tuple of Exchange in order of arrival.
    """

    token: str
    job_id: str
    count: int
    timeout: float


@dataclass(frozen=True, slots=True)
class AnswerCallbacks:
    """Have the receiver answer the callbacks for ``token`` with these statuses.

    The last one serves for all that follow. Status 0 closes the connection without an answer.
    Replied to with None.
    """

    token: str
    statuses: tuple[int, ...]


Action = Call | Wait | AwaitCallbacks | AnswerCallbacks
Reply = Exchange | tuple[Exchange, ...] | None
Steps = Generator[Action, Reply, None]


@dataclass(frozen=True)
class Env:
    """What a scenario may know: the target, and what earlier phases of this run exchanged.

    What follows from the history is worked out once: two dozen scenarios ask for it.
    """

    target: Target
    seed: int = 0
    examples: int = 100
    history: tuple[Exchange, ...] = field(default=(), repr=False)

    @cached_property
    def creation_times(self) -> tuple[float, ...]:
        """When this run's jobs were created by the server's clock, in Unix seconds, ascending."""
        jobs = (created_job(exchange) for exchange in self.history)
        moments = (parse_job_time(job.value("CreationTime")) for job in jobs if job)
        return tuple(sorted(moment for moment in moments if moment is not None))

    @cached_property
    def first_moment(self) -> float | None:
        """The earliest time that the server told in this run; None when it told none."""
        answers = (each.response for each in self.history if each.response is not None)
        dates = (parse_http_date(each.headers.get("Date")) for each in answers)
        moments = (*(date for date in dates if date is not None), *self.creation_times[:1])
        return min(moments, default=None)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named way of exercising ``clauses``.

    ``phase`` orders scenarios that would disturb each other: 0 needs a quiet target, 1 is the main
    part (jobs are created), 2 lists what the others left and creates nothing. ``jobs`` is how many
    jobs it may create at most (each may cost money), ``requests`` a rough count for the dry run.
    """

    name: str
    clauses: tuple[str, ...]
    run: Callable[[Env], Steps]
    phase: int = 1
    jobs: int = 0
    requests: int = 1
