"""RSP-01, RSP-10, RSP-11, RSP-31 and, through ``checks.jobs``, every rule of a shown job.

Universal: every answer of create, describe and list is judged, whatever scenario made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.checks.base import Decisions, Level, Mark, Outcome, broken, ok
from conformance.checks.facts import Creation, Facts
from conformance.checks.headers import CLOCK_SLACK
from conformance.checks.jobs import JobView, check_job
from conformance.checks.results import check_result
from conformance.spec.reading import (
    Operation,
    created_job,
    document,
    job_id_of,
    operation_of,
    parse_body,
    succeeded,
)
from conformance.spec.times import parse_http_date, parse_job_time
from conformance.spec.wire import Exchange
from conformance.spec.xml import Node, XmlProblem

#: Of one answer no more jobs are judged: the page's bound for lists is 100.
MOST_JOBS = 200

_WITH_DOCUMENT = frozenset({Operation.CREATE, Operation.DESCRIBE, Operation.LIST})


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge every successful answer of the run."""
    seen: dict[str, Exchange] = {}
    shown = _ShownJobs(facts)
    for exchange in facts.sent:
        operation = operation_of(exchange.request)
        if not succeeded(exchange) or operation not in _WITH_DOCUMENT:
            continue
        yield from _status(exchange)
        yield _root(exchange)
        root = document(exchange)
        if root is None or root.name != "Response":
            continue
        if operation is Operation.CREATE:
            yield from _one_job(exchange, root)
            yield from _own_id(exchange, seen)
            yield from _created_now(exchange)
        yield from _beside_jobs(exchange, root)
        for job in root.all("JobsDetail")[:MOST_JOBS]:
            yield from shown.judge(exchange, job, _creation(facts, exchange, operation, job))
    yield from shown.held()


class _ShownJobs:
    """Judges jobs, and each way in which a job is shown only once.

    A run shows the same job in the same words a hundred times (polls, lists); the rules for it
    need nothing but the job and its creation, so the judgement can be kept, and what held again is
    only counted.
    """

    def __init__(self, facts: Facts) -> None:
        self._target = facts.target
        self._kept: dict[tuple[Node, int], tuple[Outcome, ...]] = {}
        self._held: dict[tuple[str, str], list[int]] = {}  # the first exchange, how often

    def judge(self, exchange: Exchange, job: Node, creation: Creation | None) -> Iterator[Outcome]:
        """What is broken in one job; :meth:`held` tells of the rest."""
        key = (job, creation.exchange.n if creation is not None else 0)
        kept = self._kept.get(key)
        if kept is None:
            view = JobView(exchange, job, self._target, creation)
            kept = self._kept[key] = (*check_job(view), *check_result(view))
        for each in kept:
            if each.mark is Mark.OK:
                held = self._held.setdefault((each.clause, each.message), [exchange.n, 0])
                held[1] += 1
            else:
                yield replace(each, exchanges=(exchange.n,), scenario=exchange.scenario)

    def held(self) -> Iterator[Outcome]:
        """One outcome for each clause that held, with how often it did."""
        for (clause, seen), (first, count) in self._held.items():
            yield Outcome(clause, Mark.OK, (first,), seen, count=count)


def _creation(facts: Facts, exchange: Exchange, operation: Operation, job: Node) -> Creation | None:
    """What the job has to echo: a create answers for its own request, others by JobId."""
    job_id = job.value("JobId")
    if operation is not Operation.CREATE or job_id is None:
        return facts.creation(job_id)
    made = facts.creations.get(job_id, ())
    return next((each for each in made if each.exchange is exchange), None)


def _status(exchange: Exchange) -> Iterator[Outcome]:
    assert exchange.response is not None
    if exchange.response.status == 200:
        yield ok("RSP-01", exchange)
    else:
        yield broken(
            "RSP-01",
            exchange,
            message="a successful answer has a status other than 200",
            expected="200",
            observed=str(exchange.response.status),
        )


def _root(exchange: Exchange) -> Outcome:
    """RSP-10: well-formed, and ``Response`` in no namespace at its root."""
    assert exchange.response is not None
    parsed = parse_body(exchange.response.body)
    if isinstance(parsed, XmlProblem):
        observed = str(parsed)
    elif parsed.name != "Response" or parsed.namespace:
        observed = f"root {parsed.name!r}" + (
            f" in namespace {parsed.namespace!r}" if parsed.namespace else ""
        )
    else:
        return ok("RSP-10", exchange)
    return broken(
        "RSP-10",
        exchange,
        message="the body of a successful answer is not a Response document",
        expected="well-formed XML with the root Response, in no namespace",
        observed=observed,
    )


def _one_job(exchange: Exchange, root: Node) -> Iterator[Outcome]:
    """RSP-11: a create answers with exactly one JobsDetail."""
    count = len(root.all("JobsDetail"))
    if count == 1:
        yield ok("RSP-11", exchange)
    else:
        yield broken(
            "RSP-11",
            exchange,
            message="the answer to a create does not hold exactly one JobsDetail",
            expected="one JobsDetail",
            observed=f"{count} of them",
            at="Response/JobsDetail",
        )


def _own_id(exchange: Exchange, seen: dict[str, Exchange]) -> Iterator[Outcome]:
    """RSP-12: every create of the run gives another JobId."""
    job_id = job_id_of(exchange)
    if job_id is None:
        return
    if job_id in seen:
        yield broken(
            "RSP-12",
            exchange,
            seen[job_id],
            message="two creates of the run were given the same JobId",
            expected="a new JobId for every job",
            observed=f"{job_id} again",
            at="Response/JobsDetail/JobId",
        )
    seen.setdefault(job_id, exchange)


def _created_now(exchange: Exchange) -> Iterator[Outcome]:
    """RSP-31: CreationTime against the Date of the very same response."""
    job = created_job(exchange)
    assert exchange.response is not None
    date = parse_http_date(exchange.response.headers.get("Date"))
    created = parse_job_time(job.value("CreationTime")) if job is not None else None
    if date is None or created is None:
        return
    if abs(created - date) <= CLOCK_SLACK:
        yield ok("RSP-31", exchange)
    else:
        yield broken(
            "RSP-31",
            exchange,
            message="CreationTime is more than 15 minutes off the response's Date",
            expected=f"within 15 minutes of {exchange.response.headers.get('Date')}",
            observed=(job.value("CreationTime") or "") if job is not None else "",
            at="Response/JobsDetail/CreationTime",
        )


_BESIDE = {
    Operation.CREATE: frozenset({"JobsDetail"}),
    Operation.DESCRIBE: frozenset({"JobsDetail", "NonExistJobIds"}),
    Operation.LIST: frozenset({"JobsDetail", "NextToken"}),
}


def _beside_jobs(exchange: Exchange, root: Node) -> Iterator[Outcome]:
    """RSP-29 for the children of Response; a RequestId there is information."""
    names = _BESIDE[operation_of(exchange.request)]
    for child in root.children:
        if child.name not in names:
            yield broken(
                "RSP-29",
                exchange,
                message=f"Response holds a node that the page does not name: {child.name}",
                expected=", ".join(sorted(names)),
                observed=child.name,
                level=Level.MAY if child.name == "RequestId" else None,
                at=f"Response/{child.name}",
            )


#: Which function decides which clauses.
DECIDES: Decisions = {
    _status: ("RSP-01",),
    _root: ("RSP-10",),
    _one_job: ("RSP-11",),
    _own_id: ("RSP-12",),
    _created_now: ("RSP-31",),
    _beside_jobs: ("RSP-29",),
}
