"""ERR-10, and the second half of every refusal: what was refused has left no job behind.

Every request of the suite that could create a job carries a marker of its own in the key of its
output (and in its user data); the list of all jobs of the run shows whether one with the marker of
a refused request is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.base import Decisions, Outcome, broken, ok, unclear, unmet
from conformance.checks.facts import Facts
from conformance.checks.outcome import ANNOUNCED
from conformance.spec.reading import jobs_in, next_token, refused, succeeded
from conformance.spec.wire import Exchange, Wanted
from conformance.spec.xml import Node

LEDGER = "list/everything"

#: Where a job shows the marker of its request.
_MARKED = ("Input/Object", "Operation/Output/Object", "Operation/UserData")

_MARKER = re.compile(r"picjobs[- ][A-Za-z0-9._/-]+")


def check(facts: Facts) -> Iterator[Outcome]:
    """Look for the markers of refused creates among the jobs that the last walk showed."""
    refusals = [each for each in facts.sent if _is_refused_create(each)]
    if not refusals:
        return
    pages = facts.by_scenario.get(LEDGER, ())
    if not pages or not all(succeeded(page) for page in pages) or next_token(pages[-1]):
        yield from _without_ledger(pages, refusals)
        return
    listed = _by_marker(facts)
    # The same request, asked again after a "try later", may have made the job and lost the answer.
    unknown = {mark for lost in facts.lost_creates for mark in markers(lost)}
    for exchange in refusals:
        marks = markers(exchange) - unknown
        page_and_job = next((listed[mark] for mark in marks if mark in listed), None)
        if page_and_job is None:
            yield ok("ERR-10", exchange)
            continue
        page, job = page_and_job
        for clause in dict.fromkeys(("ERR-10", *_blamed(exchange))):
            yield broken(
                clause,
                exchange,
                page,
                message="a request that was refused has left a job behind",
                expected="no job",
                observed=f"job {job.value('JobId')} in state {job.value('State')}",
                at="Response/JobsDetail",
            )


def _is_refused_create(exchange: Exchange) -> bool:
    return exchange.request.method == "POST" and refused(exchange)


def _blamed(exchange: Exchange) -> tuple[str, ...]:
    expect = exchange.expect
    return expect.clauses if expect is not None and expect.wanted is Wanted.REFUSE else ()


def _without_ledger(pages: tuple[Exchange, ...], refusals: list[Exchange]) -> Iterator[Outcome]:
    lost = next(((page, page.failure) for page in pages if page.failure is not None), None)
    if lost is not None:
        page, failure = lost
        yield unclear("ERR-10", page, reason=f"the jobs could not be listed: {failure.message}")
    elif pages and all(map(succeeded, pages)):
        reason = f"the list of all jobs did not end within {len(pages)} pages"
        yield unclear("ERR-10", pages[-1], reason=reason)
    else:
        reason = "the target does not list its jobs, so that a job left behind cannot be seen"
        yield unmet("ERR-10", refusals[0], reason=reason)


def markers(exchange: Exchange) -> frozenset[str]:
    """The markers in a request's body, read from its bytes: it may not be well-formed."""
    return frozenset(_MARKER.findall(exchange.request.body[:65536].decode(errors="replace")))


def _by_marker(facts: Facts) -> dict[str, tuple[Exchange, Node]]:
    """Every listed job that no create of the run answered for, by the markers that it holds."""
    found: dict[str, tuple[Exchange, Node]] = {}
    for page in facts.lists:
        for job in jobs_in(page):
            if job.value("JobId") in facts.creations:
                continue
            for text in map(job.value, _MARKED):
                for mark in _MARKER.findall(text) if text else ():
                    found.setdefault(mark, (page, job))
    return found


#: Which function decides which clauses.
DECIDES: Decisions = {
    check: ("ERR-10", *ANNOUNCED),
}
