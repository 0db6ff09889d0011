"""Budgets hold under load, the pace is even, the breaker closes again."""

from __future__ import annotations

import threading

from conformance.drivers.limits import Breaker, Budget, Pace
from conformance.spec.wire import Failure, FailureKind


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_pace_is_even_and_saves_nothing_up() -> None:
    clock = Clock()
    pace = Pace(10, clock)
    assert [round(pace.delay(), 3) for _ in range(3)] == [0.0, 0.08, 0.18]
    clock.now += 100
    assert [round(pace.delay(), 3) for _ in range(3)] == [0.0, 0.08, 0.18]


def test_no_rate_no_waiting() -> None:
    assert Pace(None).delay() == 0


def test_a_reservation_that_was_not_sent_is_given_back() -> None:
    budget = Budget(1, 1)
    assert budget.reserve(job=True) is None
    budget.settle(job=True, sent=False, made=False)
    assert (budget.requests, budget.jobs) == (0, 0)
    assert budget.reserve(job=True) is None
    budget.settle(job=True, sent=True, made=True)
    failure = budget.reserve(job=False)
    assert failure is not None
    assert failure.kind is FailureKind.BUDGET
    assert "budget of 1 requests" in failure.message


def test_a_create_waits_for_the_fate_of_the_last_job_that_is_left() -> None:
    budget = Budget(None, 1)
    assert budget.reserve(job=True) is None
    got: list[Failure | None] = []
    thread = threading.Thread(target=lambda: got.append(budget.reserve(job=True)))
    thread.start()
    assert budget.reserve(job=False) is None
    budget.settle(job=True, sent=True, made=False)
    thread.join(5)
    assert got == [None]


def test_closing_turns_away_whoever_waits() -> None:
    budget = Budget(None, 1)
    budget.reserve(job=True)
    got: list[Failure | None] = []
    thread = threading.Thread(target=lambda: got.append(budget.reserve(job=True)))
    thread.start()
    budget.close()
    thread.join(5)
    assert got[0] is not None
    assert got[0].kind is FailureKind.INTERRUPTED


def test_the_breaker_opens_probes_and_closes() -> None:
    clock = Clock()
    breaker = Breaker(limit=2, pause=1.0, now=clock)
    lost = Failure(FailureKind.TIMEOUT, "no answer")
    breaker.note(lost)
    assert breaker.refusal() is None
    breaker.note(lost)
    refusal = breaker.refusal()
    assert refusal is not None
    assert refusal.kind is FailureKind.TIMEOUT
    assert refusal.message == "not sent: 2 tries in a row failed (no answer)"
    clock.now += 1.0
    assert breaker.refusal() is None
    assert breaker.refusal() is not None
    breaker.note(None)
    assert breaker.refusal() is None


def test_a_failure_that_is_an_answer_of_sorts_starts_the_count_anew() -> None:
    breaker = Breaker(limit=2)
    for kind in (FailureKind.CONNECT, FailureKind.INCOMPLETE, FailureKind.CONNECT):
        breaker.note(Failure(kind, "x"))
    assert breaker.refusal() is None
