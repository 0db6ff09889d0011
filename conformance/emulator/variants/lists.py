"""Variants of describe and list: how missing ids are named, and how pages are cut and joined."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from conformance.emulator import Behaviour, hook
from conformance.emulator.deviation import Variants
from conformance.emulator.listing import DEFAULT_SIZE, LARGEST_SIZE, ListQuery
from conformance.emulator.store import StoredJob
from conformance.emulator.values import Incoming, Refusal
from conformance.spec.times import parse_job_time
from conformance.spec.xml import Node, element

VARIANTS = Variants()

Jobs = tuple[StoredJob, ...]
Page = tuple[Jobs, str | None]


# ---- describe ----


@VARIANTS.add(
    "missing-ids-one-a-node",
    says="Each id that does not exist has a NonExistJobIds node of its own, before the jobs.",
    errata=("E12",),
)
@hook("describe_document")
def missing_ids_one_a_node(
    behaviour: Behaviour, inner: Any, found: Jobs, missing: tuple[str, ...]
) -> Node:
    named = (element("NonExistJobIds", job_id) for job_id in missing)
    return element("Response", *named, *inner(found, ()).children)


@VARIANTS.add(
    "no-such-job-is-404",
    says="When none of the ids exists, describe answers 404 AuditingJobNotFound.",
    errata=("E14",),
)
@hook("describe_document")
def no_such_job_is_404(
    behaviour: Behaviour, inner: Any, found: Jobs, missing: tuple[str, ...]
) -> Any:
    if not found:
        raise Refusal(404, "AuditingJobNotFound", "none of these jobs exists")
    return inner(found, missing)


@VARIANTS.add(
    "any-unknown-job-is-404",
    says="When one of the ids does not exist, describe answers 404 AuditingJobNotFound.",
    errata=("E14",),
)
@hook("describe_document")
def any_unknown_job_is_404(
    behaviour: Behaviour, inner: Any, found: Jobs, missing: tuple[str, ...]
) -> Any:
    if missing:
        raise Refusal(404, "AuditingJobNotFound", f"no such job: {', '.join(missing)}")
    return inner(found, missing)


@VARIANTS.add("described-newest-first", says="Described jobs come newest first, however asked for.")
@hook("describe_document")
def described_newest_first(
    behaviour: Behaviour, inner: Any, found: Jobs, missing: tuple[str, ...]
) -> Any:
    newest = sorted(found, key=lambda job: job.number, reverse=True)
    return inner(tuple(newest), tuple(sorted(missing, reverse=True)))


# ---- list: NextToken ----


@VARIANTS.add("next-token-empty", says="On the last page NextToken is there, and empty.")
@hook("list_document")
def next_token_empty(behaviour: Behaviour, inner: Any, jobs: Jobs, token: str | None) -> Any:
    return inner(jobs, token or "")


@VARIANTS.add("next-token-is-a-number", says="NextToken is a bare number.")
class NextTokenIsANumber(Behaviour):
    def make_token(self, job: StoredJob) -> str:
        return str(job.number)

    def open_token(self, token: str) -> int:
        return int(token)


@VARIANTS.add(
    "next-token-needs-encoding",
    says="NextToken is Base64 with + / = among signs that a query must not hold as they are.",
)
class NextTokenNeedsEncoding(Behaviour):
    def make_token(self, job: StoredJob) -> str:
        packed = base64.b64encode(b"\xfb\xff\xbe" + str(job.number).encode()).decode()
        return f"{packed}&%20 <\u9875>"

    def open_token(self, token: str) -> int:
        return int(base64.b64decode(token.partition("&")[0])[3:])


@VARIANTS.add("next-token-long", says="NextToken has two thousand characters.")
class NextTokenLong(Behaviour):
    def make_token(self, job: StoredJob) -> str:
        return f"{job.number}.{'Zz09-_' * 333}"

    def open_token(self, token: str) -> int:
        return int(token.partition(".")[0])


# ---- list: pages ----


@VARIANTS.add("last-page-empty", says="A full page has a NextToken, even when nothing follows it.")
@hook("page")
def last_page_empty(
    behaviour: Behaviour, inner: Any, jobs: list[StoredJob], query: ListQuery
) -> Page:
    here, token = inner(jobs, query)
    return here, behaviour.make_token(here[-1]) if len(here) == query.size else token


@VARIANTS.add(
    "short-pages", says="A page holds at most three jobs when more than ten are asked for."
)
@hook("page")
def short_pages(behaviour: Behaviour, inner: Any, jobs: list[StoredJob], query: ListQuery) -> Any:
    return inner(jobs, replace(query, size=3) if query.size > DEFAULT_SIZE else query)


@VARIANTS.add(
    "empty-pages-between",
    says="A page that follows a token may be empty and lead on with a token of its own.",
)
class EmptyPagesBetween(Behaviour):
    def make_token(self, job: StoredJob) -> str:
        return f"first-{job.number}"

    def open_token(self, token: str) -> int:
        return int(token.rpartition("-")[2])

    def select_jobs(self, incoming: Incoming) -> Page:
        jobs, token = super().select_jobs(incoming)
        given = incoming.param("nextToken") or ""
        if given.startswith("first-"):
            return (), given.replace("first-", "second-")
        return jobs, token


@VARIANTS.add("ties-by-age", says="Jobs of the same second come oldest first, in either order.")
class TiesByAge(Behaviour):
    def order(self, jobs: list[StoredJob], query: ListQuery) -> list[StoredJob]:
        return sorted(jobs, key=lambda job: _place(self, job, query))

    def follows(self, job: StoredJob, query: ListQuery) -> bool:
        last = next((each for each in self.store.jobs() if each.number == query.after), None)
        return last is None or _place(self, job, query) > _place(self, last, query)


def _place(behaviour: Behaviour, job: StoredJob, query: ListQuery) -> tuple[float, int]:
    """By the second as it is shown, which need not be the one that the clock was in."""
    second = parse_job_time(behaviour.time_text(job.created)) or 0.0
    return (second if query.ascending else -second, job.number)


# ---- list: parameters ----


class _Sizes(Behaviour):
    """Reads size without refusing any."""

    def read_size(self, incoming: Incoming) -> int:
        try:
            return super().read_size(incoming)
        except Refusal:
            return self._size_taken(incoming.param("size") or "")

    def _size_taken(self, given: str) -> int:
        return min(int(given), LARGEST_SIZE) if given.isdecimal() else DEFAULT_SIZE


@VARIANTS.add(
    "size-capped",
    says="A size above 100 is held to 100, one that is no number to 10.",
    errata=("E27",),
)
class SizeCapped(_Sizes):
    def page(self, jobs: list[StoredJob], query: ListQuery) -> Page:
        return super().page(jobs, query) if query.size else ((), None)


@VARIANTS.add("states-all-alone", says="All is taken alone, and refused beside other states.")
@hook("read_states")
def states_all_alone(behaviour: Behaviour, inner: Any, incoming: Incoming) -> Any:
    names = (incoming.param("states") or "").split(",")
    if "All" in names and len(names) > 1:
        raise Refusal(400, "InvalidArgument", "All names every state already")
    return inner(incoming)


@VARIANTS.add(
    "unknown-queue-is-empty",
    says="The list of a queue that does not exist is empty.",
    errata=("E27",),
)
@hook("read_queue_id")
def unknown_queue_is_empty(behaviour: Behaviour, inner: Any, incoming: Incoming) -> Any:
    given = incoming.param("queueId")
    return given or inner(incoming)


@VARIANTS.add("bounds-exclusive", says="A job created exactly on a bound is not listed.")
@hook("matches_created")
def bounds_exclusive(behaviour: Behaviour, inner: Any, job: StoredJob, query: ListQuery) -> bool:
    return bool(inner(job, query)) and int(job.created) not in {query.start, query.end}
