"""Whether a request was accepted, or refused, as the clause it was made for says.

The heart of HTTP-10, SIG-20 to SIG-45 and REQ: a scenario announces what the page promises for a
request, and this module compares it with what came.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.base import Decisions, Level, Outcome, broken, ok, unclear
from conformance.checks.facts import Facts
from conformance.spec.clauses import CATALOGUE
from conformance.spec.reading import (
    Operation,
    error_code,
    operation_of,
    put_off,
    refused,
    succeeded,
)
from conformance.spec.wire import Exchange, Wanted

#: Families whose clauses are decided by acceptance or refusal alone.
FAMILIES = ("HTTP", "SIG", "REQ")

#: Others that are, although their family has more to look at.
ALSO = frozenset(
    {
        "RSP-30",
        "QRY-01",
        "QRY-04",
        "QRY-10",
        "QRY-11",
        "QRY-15",
        "QRY-16",
        "QRY-17",
        "QRY-18",
        "QRY-21",
        "QRY-22",
    }
)

#: Every clause of a server that this module decides when a scenario announces it.
ANNOUNCED = tuple(
    each.id
    for each in CATALOGUE
    if "S" in each.roles and (each.family in FAMILIES or each.id in ALSO)
)


def check(facts: Facts) -> Iterator[Outcome]:
    """Compare every announced outcome with what came."""
    for exchange in facts.sent:
        expect = exchange.expect
        if expect is None or expect.wanted is Wanted.EITHER or _is_good_cancel(exchange):
            continue
        for clause in expect.clauses:
            if clause.partition("-")[0] in FAMILIES or clause in ALSO:
                yield from _compare(exchange, clause)


def busy(exchange: Exchange) -> str:
    """What is said where the target put a request off."""
    status = exchange.response.status if exchange.response is not None else ""
    return f"the target was busy: {status} {error_code(exchange)}".strip()


def _is_good_cancel(exchange: Exchange) -> bool:
    """A cancel may come too late for its job: ``checks.signing`` and ``.queries`` judge it."""
    accepting = exchange.expect is not None and exchange.expect.wanted is Wanted.ACCEPT
    return accepting and operation_of(exchange.request) is Operation.CANCEL


def _compare(exchange: Exchange, clause: str) -> Iterator[Outcome]:
    expect = exchange.expect
    assert expect is not None
    response = exchange.response
    if exchange.failure is not None or response is None:
        reason = exchange.failure.message if exchange.failure else "there was no response"
        yield unclear(clause, exchange, reason=reason)
    elif put_off(exchange):
        yield unclear(clause, exchange, reason=busy(exchange))
    elif expect.wanted is Wanted.ACCEPT:
        yield _accepted(exchange, clause)
    else:
        yield from _refused(exchange, clause)


def _accepted(exchange: Exchange, clause: str) -> Outcome:
    expect = exchange.expect
    assert expect is not None
    if succeeded(exchange):
        return ok(clause, exchange)
    what = expect.note or _named(exchange)
    return broken(
        clause,
        exchange,
        message=f"a conforming request was not accepted: {what}",
        expected="200",
        observed=_answer(exchange),
        level=Level.SHOULD if expect.should else None,
    )


def _refused(exchange: Exchange, clause: str) -> Iterator[Outcome]:
    expect = exchange.expect
    response = exchange.response
    assert expect is not None
    assert response is not None
    what = expect.note or _named(exchange)
    if not refused(exchange):
        yield broken(
            clause,
            exchange,
            message=f"a request that must be refused was accepted: {what}",
            expected="an error response",
            observed=_answer(exchange),
            level=Level.SHOULD if expect.should else None,
        )
    elif expect.statuses and response.status not in expect.statuses and response.status >= 300:
        yield broken(
            clause,
            exchange,
            message=f"refused with another status than the documented one: {what}",
            expected=" or ".join(map(str, expect.statuses)),
            observed=_answer(exchange),
        )
    elif expect.codes and error_code(exchange) not in expect.codes:
        yield broken(
            clause,
            exchange,
            message=f"refused with another code than the documented one: {what}",
            expected=" or ".join(expect.codes),
            observed=_answer(exchange),
            level=Level.SHOULD,
            at="Error/Code",
        )
    else:
        yield ok(clause, exchange)


def _named(exchange: Exchange) -> str:
    operation = operation_of(exchange.request)
    if operation is Operation.OTHER:
        return f"{exchange.request.method} {exchange.request.raw_path}"
    return f"{operation} ({exchange.scenario})"


def _answer(exchange: Exchange) -> str:
    assert exchange.response is not None
    return f"{exchange.response.status} {error_code(exchange)}".strip()


#: Which function decides which clauses.
DECIDES: Decisions = {
    check: ANNOUNCED,
}
