"""QRY-10 to QRY-17: lists, page by page and walk by walk.

A *page* is one list answer: nothing may stand in it that its parameters exclude. A *walk* is a
scenario that followed NextToken to its end: nothing may be missing from it, and nothing be there
twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from conformance.checks.base import Decisions, Mark, Outcome, broken, ok, unclear
from conformance.checks.facts import Facts
from conformance.spec.names import TAG
from conformance.spec.reading import error_code, jobs_in, next_token, refused, succeeded
from conformance.spec.states import FINAL, STEPS, State, parse_state
from conformance.spec.times import parse_job_time
from conformance.spec.wire import Exchange, Expect, Wanted
from conformance.spec.xml import Node

DEFAULT_SIZE = 10
MOST = 100

#: How old a job has to be, in seconds, before its absence from a list counts.
SETTLING = 0.5


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge every page of the run, then every walk."""
    for page in facts.lists:
        if page.expect is not None and page.expect.wanted is Wanted.REFUSE:
            continue
        if succeeded(page):
            yield from _page(facts, page)
        elif page.expect is not None and "QRY-13" in page.expect.clauses:
            yield _size_refused(page, page.expect)
    yield from _default_size(facts)
    for name, exchanges in facts.by_scenario.items():
        if name.startswith("list/") and exchanges[0].step == "page":
            yield from _walk(facts, exchanges)


@dataclass(frozen=True)
class Filter:
    """What a list's parameters let through."""

    params: dict[str, str]

    @classmethod
    def of(cls, page: Exchange) -> Filter:
        return cls(dict(page.request.params))

    @property
    def size(self) -> int:
        text = self.params.get("size", str(DEFAULT_SIZE))
        return min(int(text), MOST) if text.isascii() and text.isdigit() and int(text) else MOST

    @property
    def ascending(self) -> bool:
        return self.params.get("orderByTime") == "Asc"

    @property
    def states(self) -> frozenset[State] | None:
        """The states asked for, or None for all of them (and for values that are not states)."""
        given = self.params.get("states")
        if given is None:
            return None
        states = [parse_state(name) for name in given.split(",")]
        known = frozenset(state for state in states if state is not None)
        return None if None in states else known

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        start = parse_job_time(self.params.get("startCreationTime"))
        return start, parse_job_time(self.params.get("endCreationTime"))


# ---- one page -----------------------------------------------------------------------------------


def _page(facts: Facts, page: Exchange) -> Iterator[Outcome]:
    wanted = Filter.of(page)
    jobs = jobs_in(page)
    yield from _status(page)
    yield from _queue_and_tag(page, wanted, jobs)
    yield from _size(page, wanted, jobs)
    yield from _order(page, wanted, jobs)
    yield from _states(facts, page, wanted, jobs)
    yield from _bounds(page, wanted, jobs)
    yield from _input(page, wanted, jobs)


def _stray(page: Exchange, clause: str, job: Node, path: str, expected: str) -> Outcome:
    return broken(
        clause,
        page,
        message=f"the list holds a job that its parameters exclude ({job.value('JobId')})",
        expected=expected,
        observed=f"{path} {job.value(path) or ''!r}",
        at=f"Response/JobsDetail/{path}",
    )


def _status(page: Exchange) -> Iterator[Outcome]:
    """QRY-10."""
    assert page.response is not None
    if page.response.status != 200:
        yield broken(
            "QRY-10",
            page,
            message="a list is answered with another status than 200",
            expected="200",
            observed=str(page.response.status),
        )


def _queue_and_tag(page: Exchange, wanted: Filter, jobs: tuple[Node, ...]) -> Iterator[Outcome]:
    """QRY-10."""
    queue, tag = wanted.params.get("queueId"), wanted.params.get("tag", TAG)
    right = 0
    for job in jobs:
        if queue and job.value("QueueId") != queue:
            yield _stray(page, "QRY-10", job, "QueueId", repr(queue))
        elif job.value("Tag") != tag:
            yield _stray(page, "QRY-10", job, "Tag", repr(tag))
        else:
            right += 1
    if right:
        yield ok("QRY-10", page, count=right)


def _size(page: Exchange, wanted: Filter, jobs: tuple[Node, ...]) -> Iterator[Outcome]:
    """QRY-13: at most ``size`` (10 by default), and never more than 100."""
    if len(jobs) <= wanted.size:
        yield ok("QRY-13", page)
    else:
        said = wanted.params.get("size")
        yield broken(
            "QRY-13",
            page,
            message="the list holds more jobs than its size allows",
            expected=f"at most {wanted.size}" + ("" if said else " (the default)"),
            observed=f"{len(jobs)} jobs for size {said}" if said else f"{len(jobs)} jobs",
            at="Response/JobsDetail",
        )


def _size_refused(page: Exchange, expect: Expect) -> Outcome:
    """A size above 100 may be refused; a failure of the network says nothing."""
    if page.failure is not None or page.response is None:
        reason = page.failure.message if page.failure else "there was no response"
        return unclear("QRY-13", page, reason=reason)
    status = page.response.status
    if expect.wanted is Wanted.ACCEPT:
        return broken(
            "QRY-13",
            page,
            message=f"a documented size is refused: {expect.note}",
            expected="200",
            observed=f"{status} {error_code(page)}".strip(),
        )
    if refused(page) and status < 500:
        return ok("QRY-13", page)
    return broken(
        "QRY-13",
        page,
        message="a size above 100 is neither held to 100 nor refused",
        expected="at most 100 jobs, or a 4xx",
        observed=f"{status} {error_code(page)}".strip(),
    )


def _order(page: Exchange, wanted: Filter, jobs: tuple[Node, ...]) -> Iterator[Outcome]:
    """QRY-12: by CreationTime, latest first unless ``Asc``; ties are free."""
    times = [(job.value("CreationTime"), parse_job_time(job.value("CreationTime"))) for job in jobs]
    for (earlier, before), (later, after) in pairwise(times):
        if before is None or after is None or before == after:
            continue
        if (before < after) == wanted.ascending:
            yield ok("QRY-12", page)
        else:
            yield broken(
                "QRY-12",
                page,
                message="the list is not in the order of CreationTime that was asked for",
                expected="ascending (Asc)"
                if wanted.ascending
                else "descending (Desc, the default)",
                observed=f"{earlier} before {later}",
                at="Response/JobsDetail/CreationTime",
            )
            return


def _states(
    facts: Facts, page: Exchange, wanted: Filter, jobs: tuple[Node, ...]
) -> Iterator[Outcome]:
    """QRY-15. A job may move on between being picked and being shown, as far as STA-06 lets it."""
    states = wanted.states
    if states is None:
        return
    for job in jobs:
        state = parse_state(job.value("State"))
        if state in states:
            yield ok("QRY-15", page)
        elif state is not None and not _moved_on(facts, page, job, states, state):
            yield _stray(page, "QRY-15", job, "State", wanted.params["states"])


def _moved_on(
    facts: Facts, page: Exchange, job: Node, states: frozenset[State], shown: State
) -> bool:
    """Whether a job that is ``shown`` may have been in one of the ``states`` when it was picked."""
    if shown is State.PAUSE and job.value("QueueId") == facts.target.paused_queue_id:
        looks = facts.looks_at(job.value("JobId"))
        before = [look for look in looks if look.exchange.ended <= page.started - SETTLING]
        if before and before[-1].state is State.PAUSE:
            return False  # in a paused queue jobs stay as they are
    return any(shown in _reachable(state) for state in states)


def _reachable(state: State) -> frozenset[State]:
    """The states that may follow, sooner or later, and the state itself (STA-06)."""
    found = {state}
    while more := frozenset[State]().union(*(STEPS[each] for each in found)) - found:
        found |= more
    return frozenset(found)


def _bounds(page: Exchange, wanted: Filter, jobs: tuple[Node, ...]) -> Iterator[Outcome]:
    """QRY-16; a job exactly on a bound is not judged."""
    start, end = wanted.bounds
    if start is None and end is None:
        return
    for job in jobs:
        created = parse_job_time(job.value("CreationTime"))
        if created is None:
            continue
        early = start is not None and created < start
        late = end is not None and created > end
        if early or late:
            limit = wanted.params["startCreationTime" if early else "endCreationTime"]
            expected = f"not before {limit}" if early else f"not after {limit}"
            yield _stray(page, "QRY-16", job, "CreationTime", expected)
        elif created not in (start, end):
            yield ok("QRY-16", page)


def _input(page: Exchange, wanted: Filter, jobs: tuple[Node, ...]) -> Iterator[Outcome]:
    """QRY-17."""
    name = wanted.params.get("inputObject")
    if name is None:
        return
    for job in jobs:
        if job.value("Input/Object") != name:
            yield _stray(page, "QRY-17", job, "Input/Object", repr(name))
    if all(job.value("Input/Object") == name for job in jobs):
        yield ok("QRY-17", page)


def _default_size(facts: Facts) -> Iterator[Outcome]:
    """QRY-13: without ``size`` a first page is as long as one with ``size=10``."""
    plain, ten = (
        next(iter(facts.by_scenario.get(name, ())), None)
        for name in ("list/default-size", "list/size-ten")
    )
    if plain is None or ten is None or not succeeded(plain) or not succeeded(ten):
        return
    counts = len(jobs_in(plain)), len(jobs_in(ten))
    if counts[0] == counts[1]:
        yield ok("QRY-13", plain)
    else:
        yield broken(
            "QRY-13",
            plain,
            ten,
            message="a list without size is not as long as one with size=10",
            expected=f"{counts[1]} jobs",
            observed=f"{counts[0]} jobs",
            at="Response/JobsDetail",
        )


# ---- a walk -------------------------------------------------------------------------------------


def _walk(facts: Facts, pages: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """What a walk shows; when the target broke off in its midst, its tokens may be void."""
    broke = facts.broke_between(pages[0].started, pages[-1].ended)
    for each in _whole_walk(facts, pages):
        if broke is not None and each.clause == "QRY-14" and each.mark is Mark.BROKEN:
            reason = f"the target could not be reached in the midst of the list: {broke.message}"
            yield unclear("QRY-14", pages[-1], reason=reason)
        else:
            yield each


def _whole_walk(facts: Facts, pages: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """QRY-14 for the paging, and the clause of each filter for what is missing."""
    bad = [page for page in pages if not succeeded(page)]
    if bad and _single(pages):
        return
    if bad:
        yield _page_lost(bad[0])
        return
    paged = len(pages) > 1 or "size" not in Filter.of(pages[0]).params
    shown = Counter(id_ for page in pages for job in jobs_in(page) if (id_ := job.value("JobId")))
    twice = [job_id for job_id, count in shown.items() if count > 1]
    for job_id in twice[:3]:
        holders = [page for page in pages if any(j.value("JobId") == job_id for j in jobs_in(page))]
        yield broken(
            "QRY-14",
            *reversed(holders),
            message=f"following NextToken shows job {job_id} {shown[job_id]} times",
            expected="every job exactly once",
            observed=f"{len(twice)} job(s) more than once on {len(pages)} pages",
            at="Response/JobsDetail/JobId",
        )
    tokens = [token for page in pages if (token := next_token(page))]
    if next_token(pages[-1]) and _single(pages):
        return
    if len(tokens) != len(set(tokens)):
        yield broken(
            "QRY-14",
            pages[-1],
            message="NextToken comes again, so that the list has no end",
            expected="NextToken absent or empty on the last page",
            observed=f"NextToken {next_token(pages[-1])!r} for the second time",
            at="Response/NextToken",
        )
        return
    if next_token(pages[-1]):
        yield unclear("QRY-14", pages[-1], reason=f"the list did not end within {len(pages)} pages")
        return
    yield from _across_pages(pages)
    missing = list(_missing(facts, pages, shown))
    for job_id in missing[:3]:
        yield broken(
            _blamed(facts, pages, missing),
            *_where(facts, pages, job_id),
            message=f"job {job_id} belongs in the list and is on none of its {len(pages)} pages",
            expected="every job that the parameters let through, exactly once",
            observed=f"{len(missing)} job(s) missing",
            at="Response/JobsDetail",
        )
    if not missing and not twice:
        yield ok(_filter_clause(pages), pages[-1])
        if paged:
            yield ok("QRY-14", pages[-1])


def _page_lost(page: Exchange) -> Outcome:
    """A token that the list itself gave must be taken; otherwise nothing can be said."""
    token = Filter.of(page).params.get("nextToken")
    if token is None or not refused(page):
        reason = page.failure.message if page.failure else "a page was refused"
        return unclear("QRY-14", page, reason=reason)
    assert page.response is not None
    return broken(
        "QRY-14",
        page,
        message="a NextToken that the list gave is refused",
        expected="the next page, or no NextToken on the last one",
        observed=f"{page.response.status} {error_code(page)} for nextToken {token!r}",
        at="Response/NextToken",
    )


def _single(pages: tuple[Exchange, ...]) -> bool:
    """A scenario that asks for one page only and does not mean to walk."""
    return pages[0].scenario.startswith("list/size-")


def _across_pages(pages: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """QRY-12 from the last job of a page to the first of the next."""
    ascending = Filter.of(pages[0]).ascending
    ends: list[tuple[Exchange, float, float]] = []
    for page in pages:
        times = [parse_job_time(job.value("CreationTime")) for job in jobs_in(page)]
        known = [moment for moment in times if moment is not None]
        if known:
            ends.append((page, known[0], known[-1]))
    for (_, _, last), (page, first, _) in pairwise(ends):
        if last != first and (last < first) != ascending:
            yield broken(
                "QRY-12",
                page,
                message="a page begins out of the order in which the one before it ended",
                expected="ascending (Asc)" if ascending else "descending (Desc, the default)",
                observed=f"CreationTime {last:.0f} then {first:.0f} (Unix seconds)",
                at="Response/JobsDetail/CreationTime",
            )
            return


def _missing(facts: Facts, pages: tuple[Exchange, ...], shown: Counter[str]) -> Iterator[str]:
    """This run's jobs that the walk should have shown, as far as that is certain."""
    wanted = Filter.of(pages[0])
    start, end = wanted.bounds
    states = wanted.states
    for job_id, creations in facts.creations.items():
        if shown[job_id] or len(creations) > 1:
            continue
        looks = facts.looks_at(job_id)
        before = [look for look in looks if look.exchange.ended <= pages[0].started]
        if not before or before[0].exchange.ended > pages[0].started - SETTLING:
            continue
        job, latest = before[0].job, before[-1]
        created = parse_job_time(job.value("CreationTime"))
        if created is None or job.value("QueueId") != wanted.params.get("queueId"):
            continue
        if (start is not None and created <= start) or (end is not None and created >= end):
            continue
        if states is not None and not (latest.state in states and latest.state in FINAL):
            continue
        name = wanted.params.get("inputObject")
        if name is not None and job.value("Input/Object") != name:
            continue
        if facts.may_have_forgotten(job_id, pages[-1]) is None:
            yield job_id


_FILTERS = (("states", "QRY-15"), ("inputObject", "QRY-17"), ("endCreationTime", "QRY-16"))


def _filter_clause(pages: tuple[Exchange, ...]) -> str:
    """The clause of the filter that a walk puts to the test, or QRY-14 when it has none."""
    if pages[0].scenario.startswith("list/time-"):
        return "QRY-16"
    params = Filter.of(pages[0]).params
    return next((clause for name, clause in _FILTERS if name in params), "QRY-14")


def _blamed(facts: Facts, pages: tuple[Exchange, ...], missing: list[str]) -> str:
    """The clause that missing jobs break: the filter's, or the paging's.

    A few jobs lost from several pages are lost between them, and so are the rest of a list that
    breaks off after a full page; anything else is the filter's doing, and so is a state of which
    there is no job on any page.
    """
    if "states" in Filter.of(pages[0]).params:
        shown = {parse_state(job.value("State")) for page in pages for job in jobs_in(page)}
        if shown.isdisjoint(facts.looks_at(job_id)[-1].state for job_id in missing):
            return "QRY-15"
    broke_off = len(jobs_in(pages[-1])) >= Filter.of(pages[0]).size
    if broke_off or len(missing) <= 2 * (len(pages) - 1):
        return "QRY-14"
    return _filter_clause(pages)


def _where(facts: Facts, pages: tuple[Exchange, ...], job_id: str) -> tuple[Exchange, ...]:
    created = facts.creation(job_id)
    return (pages[-1], created.exchange) if created is not None else (pages[-1],)


#: Which function decides which clauses.
DECIDES: Decisions = {
    _status: ("QRY-10",),
    _queue_and_tag: ("QRY-10",),
    _size: ("QRY-13",),
    _size_refused: ("QRY-13",),
    _order: ("QRY-12",),
    _states: ("QRY-15",),
    _bounds: ("QRY-16",),
    _input: ("QRY-17",),
    _default_size: ("QRY-13",),
    _page_lost: ("QRY-14",),
    _walk: ("QRY-14",),
    _whole_walk: ("QRY-14", "QRY-15", "QRY-16", "QRY-17"),
    _across_pages: ("QRY-12",),
}
