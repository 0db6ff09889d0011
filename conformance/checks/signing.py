"""SIG and HTTP-10 on cancel and describe, where a refusal may have nothing to do with them.

A job may have ended before it is cancelled, and a describe may name an id that nobody has.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from conformance.checks.base import Decisions, Outcome, broken, ok, unmet
from conformance.checks.facts import Facts
from conformance.checks.outcome import ANNOUNCED
from conformance.spec.reading import (
    Operation,
    error_code,
    job_id_of,
    operation_of,
    put_off,
    refused,
    state_of,
    succeeded,
)
from conformance.spec.states import WAITING, State
from conformance.spec.wire import Exchange, Wanted

PREFIX = "signing/cancel/"

#: The scenario of a cancel whose headers are written in another way; where it is refused, the same
#: cancel follows as it is usually written.
SPELT = "http/upper-case-cancel"

#: The steps of well signed describes of an id that nobody has: in a path as plain as any, and in
#: paths in which decoding matters.
NO_SUCH_JOB = "no-such-job"
NO_SUCH_JOB_ODD = "no-such-job-odd"

#: What cancels are made for.
SIGNATURES = tuple(each for each in ANNOUNCED if each.startswith("SIG-"))

#: Refusals that can only be about the signature, and those that may be about it.
_TELLING = frozenset(
    {"InvalidAuthorization", "MissingAuthorization", "SecretidNotExist", "SignatureExpired"}
)
_POSSIBLE = frozenset({401, 403})


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge the cancels that were made for their signatures, and the describes of unknown ids."""
    for name, exchanges in facts.by_scenario.items():
        if name.startswith(PREFIX):
            yield from _cancels(exchanges)
        elif name.startswith("signing/describe/"):
            yield from _unknown_ids(exchanges)
        elif name == SPELT:
            yield from _spelt(exchanges)


def _cancels(exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """Each cancel with the look that follows it, if there is one."""
    job_id: str | None = None
    for exchange, after in itertools.zip_longest(exchanges, exchanges[1:]):
        operation = operation_of(exchange.request)
        if operation is Operation.CREATE:
            job_id = job_id_of(exchange)
        elif operation is Operation.CANCEL:
            look = after if after is not None and after.step == "look" else None
            state = state_of(look, job_id) if look is not None and job_id is not None else None
            yield from _if_good(exchange, state)
            if look is not None:
                yield from _if_bad(exchange, look, state)


def _if_good(attempt: Exchange, state: State | None) -> Iterator[Outcome]:
    expect = attempt.expect
    if expect is not None and expect.wanted is Wanted.ACCEPT and attempt.failure is None:
        for clause in expect.clauses:
            yield _good(clause, attempt, state)


def _if_bad(attempt: Exchange, look: Exchange, state: State | None) -> Iterator[Outcome]:
    """After cancels that had to be refused the job is not in Cancel."""
    expect = attempt.expect
    if expect is None or expect.wanted is not Wanted.REFUSE or not refused(attempt):
        return
    if state is State.CANCEL:
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


def _spelt(exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """HTTP-10: refused, and carried out when it is written as usual."""
    cancels = [each for each in exchanges if operation_of(each.request) is Operation.CANCEL]
    if not cancels or cancels[0].response is None:
        return
    attempt, *later = cancels
    status, code = cancels[0].response.status, error_code(attempt)
    if succeeded(attempt):
        yield ok("HTTP-10", attempt)
    elif not put_off(attempt) and later and succeeded(later[0]):
        yield broken(
            "HTTP-10",
            attempt,
            later[0],
            message="a cancel was refused for the writing of its headers: "
            f"{attempt.expect.note if attempt.expect else ''}",
            expected="200",
            observed=f"{status} {code}".strip(),
        )
    else:
        yield unmet("HTTP-10", attempt, reason="the job was not there to be cancelled")


def _unknown_ids(exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """The odd paths beside the plain one: E14 lets a server refuse an unknown id, but any of them.

    What the plain one is refused with, AccessDenied among it, is said of the id.
    """
    plain = next((each for each in exchanges if each.step == NO_SUCH_JOB), None)
    if plain is None or plain.failure is not None:
        return
    for odd in exchanges:
        if odd.step == NO_SUCH_JOB_ODD and odd.failure is None and odd.expect is not None:
            for clause in odd.expect.clauses:
                yield _unknown_id(clause, odd, plain)


def _unknown_id(clause: str, odd: Exchange, plain: Exchange) -> Outcome:
    assert odd.response is not None
    status, code = odd.response.status, error_code(odd)
    suspect = code in _TELLING or code == "AccessDenied" or status in _POSSIBLE
    if suspect and code != error_code(plain):
        return broken(
            clause,
            odd,
            plain,
            message="a well signed request was refused for its signature: "
            f"{odd.expect.note if odd.expect else ''}",
            expected="200, or the refusal of an unknown job id",
            observed=f"{status} {code}".strip(),
        )
    return ok(clause, odd)


def _good(clause: str, attempt: Exchange, state: State | None) -> Outcome:
    """A good cancel: carried out, or refused for a reason that is not its signature.

    AccessDenied may be said of a job that no longer waits, too: it counts when the job was seen
    waiting afterwards.
    """
    assert attempt.response is not None
    if succeeded(attempt):
        return ok(clause, attempt)
    status, code = attempt.response.status, error_code(attempt)
    possible = status in _POSSIBLE or code == "AccessDenied"
    if code in _TELLING or (possible and state in WAITING):
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
    _if_bad: SIGNATURES,
    _unknown_id: SIGNATURES,
    _spelt: ("HTTP-10",),
}
