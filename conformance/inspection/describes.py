"""QRY-01 to QRY-04 where a capture does not show how the jobs came to be.

A run knows every job there is; a capture begins in the middle of things. An id whose create it does
not hold may exist or not, and whichever the server says is right, as long as it says one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks import queries
from conformance.checks.base import Outcome, broken, ok
from conformance.checks.facts import Facts
from conformance.spec.messages import JobList
from conformance.spec.reading import (
    Operation,
    asked_ids,
    document,
    jobs_in,
    operation_of,
    succeeded,
)
from conformance.spec.wire import Exchange


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge every describe: by what its creates showed, or by its own answer alone."""
    describes = [each for each in facts.sent if operation_of(each.request) is Operation.DESCRIBE]
    strange = [each for each in describes if not _all_known(facts, each)]
    if len(strange) < len(describes):
        left_out = {each.n for each in strange}
        rest = tuple(each for each in facts.exchanges if each.n not in left_out)
        yield from queries.check(Facts(facts.target, rest) if strange else facts)
    for exchange in strange:
        if succeeded(exchange):
            yield from _itself(exchange)


def _all_known(facts: Facts, exchange: Exchange) -> bool:
    return all(job_id in facts.creations for job_id in asked_ids(exchange.request))


def _itself(exchange: Exchange) -> Iterator[Outcome]:
    """Each id is either shown once or listed as unknown, and nothing else is shown."""
    node = document(exchange)
    if node is None or node.name != "Response":
        return  # RSP-10 says so
    asked = asked_ids(exchange.request)
    listed = JobList.from_node(node).non_exist_job_ids
    shown = [job.value("JobId") or "" for job in jobs_in(exchange)]
    clause = "QRY-01" if len(asked) == 1 else "QRY-04"
    for job_id in dict.fromkeys(asked):
        if job_id in listed:
            yield _listed(exchange, job_id, there=job_id in shown)
        elif shown.count(job_id) == 1:
            yield ok(clause, exchange)
        else:
            yield broken(
                clause,
                exchange,
                message="describe neither shows a job once nor lists its id as unknown",
                expected=f"one JobsDetail for {job_id}, or {job_id} in NonExistJobIds",
                observed=f"JobIds {shown}",
                at="Response/JobsDetail",
            )
    strangers = [job_id for job_id in shown if job_id and job_id not in asked]
    if strangers:
        yield broken(
            clause,
            exchange,
            message="describe shows a job that was not asked for",
            expected=", ".join(asked),
            observed=f"JobIds {strangers}",
            at="Response/JobsDetail/JobId",
        )
    elif not listed and len(set(shown)) == len(set(asked)):
        yield ok("QRY-03", exchange)


def _listed(exchange: Exchange, job_id: str, *, there: bool) -> Outcome:
    """QRY-02."""
    if not there:
        return ok("QRY-02", exchange)
    return broken(
        "QRY-02",
        exchange,
        message="describe shows a job and lists its id as unknown",
        expected=f"{job_id} in a JobsDetail or in NonExistJobIds",
        observed="in both",
        at="Response/NonExistJobIds",
    )
