"""SIG on cancel: what the answer alone cannot say, because a job may have ended meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.base import Decisions, Outcome, broken, ok, unmet
from conformance.checks.facts import Facts
from conformance.checks.outcome import ANNOUNCED
from conformance.spec.reading import (
    Operation,
    error_code,
    job_id_of,
    operation_of,
    refused,
    state_of,
    succeeded,
)
from conformance.spec.states import State
from conformance.spec.wire import Exchange, Wanted

PREFIX = "signing/cancel/"

#: What cancels are made for.
SIGNATURES = tuple(each for each in ANNOUNCED if each.startswith("SIG-"))

#: Refusals that are about the signature, by status and by code.
_STATUSES = frozenset({401, 403})
_CODES = frozenset(
    {
        "AccessDenied",
        "InvalidAuthorization",
        "MissingAuthorization",
        "SecretidNotExist",
        "SignatureExpired",
    }
)


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge the cancels that were made for their signatures."""
    for name, exchanges in facts.by_scenario.items():
        if name.startswith(PREFIX):
            yield from _cancels(exchanges)


def _cancels(exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    job_id: str | None = None
    attempt: Exchange | None = None
    for exchange in exchanges:
        operation = operation_of(exchange.request)
        if operation is Operation.CREATE:
            job_id, attempt = job_id_of(exchange), None
        elif operation is Operation.CANCEL:
            attempt = exchange
            yield from _if_good(exchange)
        elif exchange.step == "look" and attempt is not None and job_id is not None:
            yield from _judge(job_id, attempt, exchange)


def _if_good(attempt: Exchange) -> Iterator[Outcome]:
    expect = attempt.expect
    if expect is not None and expect.wanted is Wanted.ACCEPT and attempt.failure is None:
        for clause in expect.clauses:
            yield _good(clause, attempt)


def _judge(job_id: str, attempt: Exchange, look: Exchange) -> Iterator[Outcome]:
    """After cancels that had to be refused the job is not in Cancel."""
    expect = attempt.expect
    if expect is None or expect.wanted is not Wanted.REFUSE or not refused(attempt):
        return
    if state_of(look, job_id) is State.CANCEL:
        for clause in expect.clauses:
            yield broken(
                clause,
                attempt,
                look,
                message=f"a refused cancel cancelled the job all the same: {expect.note}",
                expected="the job as it was",
                observed=State.CANCEL,
                at="Response/JobsDetail/State",
            )


def _good(clause: str, attempt: Exchange) -> Outcome:
    """A good cancel: carried out, or refused for a reason that is not its signature."""
    assert attempt.response is not None
    if succeeded(attempt):
        return ok(clause, attempt)
    status, code = attempt.response.status, error_code(attempt)
    if status in _STATUSES or code in _CODES:
        note = attempt.expect.note if attempt.expect else ""
        return broken(
            clause,
            attempt,
            message=f"a well signed cancel was refused for its signature: {note}",
            expected="200",
            observed=f"{status} {code}".strip(),
        )
    return unmet(clause, attempt, reason="the job had ended before it could be cancelled")


#: Which function decides which clauses.
DECIDES: Decisions = {
    _if_good: SIGNATURES,
    _judge: SIGNATURES,
}
