"""Pieces that several scenarios share: create a job, follow it, read what came back."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from conformance.scenarios.base import Action, Call, Reply, Wait
from conformance.scenarios.calls import accept, create, describe, either, job_request
from conformance.spec.reading import job_id_of, state_of
from conformance.spec.states import FINAL, State
from conformance.spec.target import Target
from conformance.spec.wire import Exchange

_T = TypeVar("_T")

#: A part of a scenario that ends with a value.
Part = Generator[Action, Reply, _T]

#: How much longer each pause between two looks is than the one before.
_SLOWER = 1.5


def send(call: Call) -> Part[Exchange]:
    """Yield one call and return the exchange that it became."""
    reply = yield call
    assert isinstance(reply, Exchange)
    return reply


def callbacks_for(action: Action) -> Part[tuple[Exchange, ...]]:
    """Yield an AwaitCallbacks and return what has come."""
    reply = yield action
    assert isinstance(reply, tuple)
    return reply


def make(call: Call) -> Part[str | None]:
    """Send a create and return the JobId, or None when no job was made."""
    return job_id_of((yield from send(call)))


def held_job(target: Target, marker: str) -> Part[str | None]:
    """A job that waits for certain: in the paused queue, when there is one and it takes jobs."""
    queue = target.paused_queue_id
    if queue is None:
        return None
    job = job_request(target, marker, level="0", call_back="no", queue_id=queue)
    return (yield from make(create(target, job, step="prepare", expect=either("STA-13"))))


def follow(
    target: Target,
    job_id: str,
    *,
    until: frozenset[State] = FINAL,
    limit: float | None = None,
) -> Part[State | None]:
    """Describe the job until it is in one of ``until``; return the state last seen.

    The time spent is measured by the exchanges themselves, so that a replay takes the same way.
    Two answers in a row that hold no such job end it: there is nothing to follow.
    """
    pause = target.poll_first
    began: float | None = None
    state: State | None = None
    silent = 0
    while True:
        seen = yield from send(describe(target, job_id, step="poll", expect=accept("QRY-01")))
        found = state_of(seen, job_id)
        state, silent = (found, 0) if found is not None else (state, silent + 1)
        began = seen.started if began is None else began
        if state in until or state in FINAL or silent >= 2:
            return state
        if seen.ended - began > (limit or target.job_timeout):
            return state
        yield Wait(pause)
        pause = min(pause * _SLOWER, target.poll_most)
