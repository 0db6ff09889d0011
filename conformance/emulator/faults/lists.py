"""Faults of DescribePicJobs: what is picked, in which order and pages (QRY-10 to QRY-18)."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from fnmatch import fnmatchcase
from urllib.parse import unquote

from conformance.emulator.answers import Success
from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.listing import ListQuery
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import grow
from conformance.emulator.values import Incoming, Operation, Refusal
from conformance.spec.clauses import Level
from conformance.spec.names import TAG
from conformance.spec.states import FINAL, State, parse_state
from conformance.spec.times import format_job_time, parse_job_time
from conformance.spec.xml import Node, element

FAULTS = Faults()

SHOULD = Level.SHOULD
Page = tuple[tuple[StoredJob, ...], str | None]


# ---- QRY-10, QRY-11: queue and tag ----


@FAULTS.add("list-every-queue", "QRY-10", says="A list has the jobs of every queue.")
class ListEveryQueue(Behaviour):
    def matches_queue(self, job: StoredJob, query: ListQuery) -> bool:
        return True


@FAULTS.add("list-empty", "QRY-10", "QRY-14", "QRY-15", says="A list is always empty.")
class ListEmpty(Behaviour):
    def matches_queue(self, job: StoredJob, query: ListQuery) -> bool:
        return False


@FAULTS.add("list-needs-size", "QRY-10", "QRY-13", says="A list without size is refused.")
class ListNeedsSize(Behaviour):
    def read_size(self, incoming: Incoming) -> int:
        if incoming.param("size") is None:
            raise Refusal(400, "InvalidArgument", "size is missing")
        return super().read_size(incoming)


@FAULTS.add("list-without-queue", "QRY-11", says="A list without queueId is of the first queue.")
class ListWithoutQueue(Behaviour):
    def read_queue_id(self, incoming: Incoming) -> str:
        absent = incoming.param("queueId") is None
        return self.settings.queue_id if absent else super().read_queue_id(incoming)


@FAULTS.add("list-without-tag", "QRY-11", says="A list without tag is served.")
class ListWithoutTag(Behaviour):
    def read_tag(self, incoming: Incoming) -> str:
        return TAG if incoming.param("tag") is None else super().read_tag(incoming)


@FAULTS.add(
    "list-without-queue-empty", "QRY-11", says="A list without queueId is empty, not an error."
)
class ListWithoutQueueEmpty(Behaviour):
    def read_queue_id(self, incoming: Incoming) -> str:
        return super().read_queue_id(incoming) if incoming.param("queueId") else ""


@FAULTS.add("list-in-parts-206", "QRY-10", says="A page that others follow is answered with 206.")
class ListInParts206(Behaviour):
    def list_jobs(self, incoming: Incoming) -> Success:
        made = super().list_jobs(incoming)
        self._parts = isinstance(made, Node) and made.first("NextToken") is not None
        return made

    def success_status(self, incoming: Incoming) -> int:
        part = incoming.operation is Operation.LIST and self._parts
        return 206 if part else super().success_status(incoming)


# ---- QRY-12: order ----


class _Ordered(Behaviour):
    """Reads orderByTime in its own way."""

    def read_order(self, incoming: Incoming) -> bool:
        super().read_order(incoming)
        return self._ascending(incoming.param("orderByTime"))

    def _ascending(self, given: str | None) -> bool:
        raise NotImplementedError


@FAULTS.add("order-default-asc", "QRY-12", says="Without orderByTime the oldest comes first.")
class OrderDefaultAsc(_Ordered):
    def _ascending(self, given: str | None) -> bool:
        return given != "Desc"


@FAULTS.add("order-asc-ignored", "QRY-12", says="orderByTime=Asc is ignored.")
class OrderAscIgnored(_Ordered):
    def _ascending(self, given: str | None) -> bool:
        return False


@FAULTS.add("order-desc-ignored", "QRY-12", says="orderByTime=Desc gives the oldest first.")
class OrderDescIgnored(_Ordered):
    def _ascending(self, given: str | None) -> bool:
        return given is not None


@FAULTS.add("order-by-id", "QRY-12", says="Jobs are ordered by their id.")
class OrderById(Behaviour):
    def page(self, jobs: list[StoredJob], query: ListQuery) -> Page:
        here, token = super().page(jobs, query)
        return tuple(sorted(here, key=lambda job: job.job_id)), token


@FAULTS.add("order-within-page", "QRY-12", says="Pages come newest first, each oldest first.")
class OrderWithinPage(Behaviour):
    def page(self, jobs: list[StoredJob], query: ListQuery) -> Page:
        here, token = super().page(jobs, query)
        return here if query.ascending else here[::-1], token


# ---- QRY-13: size ----


@FAULTS.add("size-ignored", "QRY-13", says="A page has ten jobs, whatever size says.")
class SizeIgnored(Behaviour):
    def read_size(self, incoming: Incoming) -> int:
        super().read_size(incoming)
        return 10


@FAULTS.add("size-all", "QRY-13", says="The first page has every job, whatever size says.")
class SizeAll(Behaviour):
    def read_size(self, incoming: Incoming) -> int:
        super().read_size(incoming)
        return 10**6


@FAULTS.add("size-plus-one", "QRY-13", says="A page has one job more than size.")
class SizePlusOne(Behaviour):
    def read_size(self, incoming: Incoming) -> int:
        return super().read_size(incoming) + 1


@FAULTS.add("size-default-20", "QRY-13", says="Without size a page has twenty jobs.")
class SizeDefault20(Behaviour):
    def read_size(self, incoming: Incoming) -> int:
        return super().read_size(incoming) if incoming.param("size") else 20


@FAULTS.add("size-unbounded", "QRY-13", says="A size above 100 is taken at its word.")
class SizeUnbounded(Behaviour):
    def read_size(self, incoming: Incoming) -> int:
        given = incoming.param("size") or ""
        big = given.isascii() and given.isdigit() and 100 < int(given[:9]) < 10**6
        return int(given) if big else super().read_size(incoming)


@FAULTS.add("size-100-refused", "QRY-13", says="size=100 is refused, 99 is the most.")
class Size100Refused(Behaviour):
    def read_size(self, incoming: Incoming) -> int:
        size = super().read_size(incoming)
        if size == 100:
            raise Refusal(400, "InvalidArgument", "size must be less than 100")
        return size


# ---- QRY-14: pages ----


@FAULTS.add("page-drops-one", "QRY-14", says="The first job of each later page is left out.")
class PageDropsOne(Behaviour):
    def page(self, jobs: list[StoredJob], query: ListQuery) -> Page:
        if query.after is not None:
            jobs = [job for job in jobs if self.follows(job, query)][1:]
        return super().page(jobs, query)


@FAULTS.add("page-drops-last", "QRY-14", says="The last job of all is never reached.")
class PageDropsLast(Behaviour):
    def page(self, jobs: list[StoredJob], query: ListQuery) -> Page:
        return super().page(jobs if len(jobs) <= query.size else jobs[:-1], query)


@FAULTS.add(
    "page-repeats-one", "QRY-14", says="Each page begins with the last job of the one before."
)
class PageRepeatsOne(Behaviour):
    def follows(self, job: StoredJob, query: ListQuery) -> bool:
        return job.number == query.after or super().follows(job, query)


@FAULTS.add("page-by-second", "QRY-14", says="The next page begins with the next second.")
class PageBySecond(Behaviour):
    def follows(self, job: StoredJob, query: ListQuery) -> bool:
        last = [each for each in self.store.jobs() if each.number == query.after]
        same_second = bool(last) and int(last[0].created) == int(job.created)
        return super().follows(job, query) and not same_second


@FAULTS.add("token-never", "QRY-14", says="There is no NextToken, although more follow.")
class TokenNever(Behaviour):
    def page(self, jobs: list[StoredJob], query: ListQuery) -> Page:
        return super().page(jobs, query)[0], None


@FAULTS.add("token-always", "QRY-14", says="NextToken is there for ever, pages become empty.")
class TokenAlways(Behaviour):
    def page(self, jobs: list[StoredJob], query: ListQuery) -> Page:
        here, token = super().page(jobs, query)
        if here:
            return here, token or self.make_token(here[-1])
        return here, _token(query.after or 0)


@FAULTS.add("token-round", "QRY-14", says="After the last page the first comes again.")
class TokenRound(Behaviour):
    def page(self, jobs: list[StoredJob], query: ListQuery) -> Page:
        here, token = super().page(jobs, query)
        return here, token or _token(0 if query.ascending else 10**9)


@FAULTS.add("token-ignored", "QRY-14", says="nextToken is ignored: always the first page.")
class TokenIgnored(Behaviour):
    def read_token(self, incoming: Incoming) -> int | None:
        super().read_token(incoming)
        return None


@FAULTS.add("token-refused", "QRY-14", says="A NextToken that was given out is refused.")
class TokenRefused(Behaviour):
    def open_token(self, token: str) -> int:
        raise Refusal(400, "InvalidArgument", "nextToken is not known")


@FAULTS.add("token-null", "QRY-14", says="At the end NextToken is null.")
class TokenNull(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        return super().list_document(jobs, token or "null")


@FAULTS.add("token-renamed", "QRY-14", says="NextToken is called nextToken.")
class TokenRenamed(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        made = super().list_document(jobs, None)
        return made if token is None else grow(made, "", element("nextToken", token))


@FAULTS.add("token-desc-only", "QRY-14", says="With Asc nextToken goes the wrong way.")
class TokenDescOnly(Behaviour):
    def follows(self, job: StoredJob, query: ListQuery) -> bool:
        return query.after is None or job.number < query.after


@FAULTS.add(
    "page-forgets-states", "QRY-14", "QRY-15", says="After the first page states is forgotten."
)
class PageForgetsStates(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        return query.after is not None or super().matches_states(job, query)


def _token(number: int) -> str:
    """A token in the emulator's own form."""
    return base64.urlsafe_b64encode(b"after:%d" % number).decode("ascii")


# ---- QRY-15: states ----


@FAULTS.add("states-ignored", "QRY-15", says="states is ignored.")
class StatesIgnored(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        return True


@FAULTS.add("states-by-letter", "QRY-15", says="states goes by the first letter of a state.")
class StatesByLetter(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        if query.states is None:
            return True
        return any(name[0] == self.state_of(job)[0] for name in query.states)


@FAULTS.add("states-first", "QRY-15", says="Of several states only the first counts.")
class StatesFirst(Behaviour):
    def read_states(self, incoming: Incoming) -> frozenset[str] | None:
        usual = super().read_states(incoming)
        first = (incoming.param("states") or "").partition(",")[0]
        return usual and frozenset({first})


@FAULTS.add("states-inverted", "QRY-15", says="states names what is left out.")
class StatesInverted(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        return query.states is None or self.state_of(job) not in query.states


@FAULTS.add("states-all-refused", "QRY-15", says="states=All is refused.")
class StatesAllRefused(Behaviour):
    def read_states(self, incoming: Incoming) -> frozenset[str] | None:
        if incoming.param("states") == "All":
            raise Refusal(400, "InvalidArgument", "All is not a state")
        return super().read_states(incoming)


@FAULTS.add("states-all-but-cancel", "QRY-15", says="All leaves cancelled jobs out.")
class StatesAllButCancel(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        if query.states is None:
            return job.state is not State.CANCEL
        return super().matches_states(job, query)


@FAULTS.add("states-all-means-ended", "QRY-15", says="All is every state that is final.")
class StatesAllMeansEnded(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        return job.state in FINAL if query.states is None else super().matches_states(job, query)


class _MoreStates(Behaviour):
    """Takes one state for two."""

    _asked = State.SUBMITTED
    _too = State.PAUSE

    def read_states(self, incoming: Incoming) -> frozenset[str] | None:
        usual = super().read_states(incoming)
        return usual | {self._too.value} if usual and self._asked.value in usual else usual


@FAULTS.add("states-submitted-or-pause", "QRY-15", says="Submitted is every state that waits.")
class StatesSubmittedOrPause(_MoreStates):
    pass


@FAULTS.add("states-running-or-submitted", "QRY-15", says="Running is every state under way.")
class StatesRunningOrSubmitted(_MoreStates):
    _asked, _too = State.RUNNING, State.SUBMITTED


@FAULTS.add("states-all-among-others", "QRY-15", says="Beside other states All is ignored.")
class StatesAllAmongOthers(Behaviour):
    def read_states(self, incoming: Incoming) -> frozenset[str] | None:
        usual = super().read_states(incoming)
        named = frozenset((incoming.param("states") or "").split(",")) - {"All"}
        return named if usual is None and named - {""} else usual


@FAULTS.add("states-of-the-past", "QRY-15", says="states goes by the state at creation.")
class StatesOfThePast(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        first = self.initial_state(job, self.store.queues[job.request.queue_id or ""])
        return query.states is None or first.value in query.states


# ---- QRY-16: bounds of CreationTime ----


class _Bounds(Behaviour):
    """Leaves bounds out that were asked for."""

    _lost: tuple[str, ...] = ()

    def read_time(self, incoming: Incoming, name: str) -> float | None:
        given = super().read_time(incoming, name)
        return None if name in self._lost else given


@FAULTS.add("bounds-ignored", "QRY-16", says="Both bounds of CreationTime are ignored.")
class BoundsIgnored(_Bounds):
    _lost = ("startCreationTime", "endCreationTime")


@FAULTS.add("bounds-no-start", "QRY-16", says="startCreationTime is ignored.")
class BoundsNoStart(_Bounds):
    _lost = ("startCreationTime",)


@FAULTS.add("bounds-no-end", "QRY-16", says="endCreationTime is ignored.")
class BoundsNoEnd(_Bounds):
    _lost = ("endCreationTime",)


@FAULTS.add("bounds-swapped", "QRY-16", says="startCreationTime and endCreationTime are swapped.")
class BoundsSwapped(Behaviour):
    def read_query(self, incoming: Incoming) -> ListQuery:
        query = super().read_query(incoming)
        return replace(query, start=query.end, end=query.start)


@FAULTS.add("bounds-without-zone", "QRY-16", says="The zone of a bound is taken for +0800.")
class BoundsWithoutZone(Behaviour):
    def read_time(self, incoming: Incoming, name: str) -> float | None:
        if super().read_time(incoming, name) is None:
            return None
        return parse_job_time(f"{(incoming.param(name) or '')[:19]}+0800")


@FAULTS.add("bounds-by-day", "QRY-16", says="Bounds count by the day.")
class BoundsByDay(Behaviour):
    def matches_created(self, job: StoredJob, query: ListQuery) -> bool:
        day = _day(job.created)
        return (query.start is None or day >= _day(query.start)) and (
            query.end is None or day <= _day(query.end)
        )


@FAULTS.add("bounds-on-start-time", "QRY-16", says="Bounds are held against StartTime.")
class BoundsOnStartTime(Behaviour):
    def matches_created(self, job: StoredJob, query: ListQuery) -> bool:
        if query.start is None and query.end is None:
            return True
        return job.started is not None and super().matches_created(job, query)


def _day(moment: float) -> str:
    return format_job_time(moment)[:10]


# ---- QRY-17: inputObject ----


class _ByInput(Behaviour):
    """Compares inputObject in its own way."""

    def matches_input(self, job: StoredJob, query: ListQuery) -> bool:
        wanted = query.input_object
        return wanted is None or self._same(job.request.input_object or "", wanted)

    def _same(self, key: str, wanted: str) -> bool:
        raise NotImplementedError


@FAULTS.add("input-ignored", "QRY-17", says="inputObject is ignored.")
class InputIgnored(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return True


@FAULTS.add("input-by-prefix", "QRY-17", says="inputObject picks every key that begins so.")
class InputByPrefix(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return key.startswith(wanted)


@FAULTS.add("input-by-part", "QRY-17", says="inputObject picks every key that contains it.")
class InputByPart(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return wanted in key


@FAULTS.add("input-any-case", "QRY-17", says="inputObject is compared without letter case.")
class InputAnyCase(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return key.casefold() == wanted.casefold()


@FAULTS.add("input-base-name", "QRY-17", says="inputObject is compared without folders.")
class InputBaseName(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return key.rpartition("/")[2] == wanted.rpartition("/")[2]


@FAULTS.add("input-any-slash", "QRY-17", says="inputObject is compared without outer slashes.")
class InputAnySlash(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return key.strip("/") == wanted.strip("/")


@FAULTS.add("input-of-folder", "QRY-17", says="inputObject picks what lies in the folder it names.")
class InputOfFolder(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return key == wanted or key.startswith(f"{wanted.rstrip('/')}/")


@FAULTS.add("input-by-wildcard", "QRY-17", says="In inputObject * and ? are wildcards.")
class InputByWildcard(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return fnmatchcase(key, wanted)


@FAULTS.add("input-by-like", "QRY-17", says="In inputObject % and _ are those of LIKE in SQL.")
class InputByLike(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        pattern = re.escape(wanted).replace("_", ".").replace("%", ".*")
        return re.fullmatch(pattern, key) is not None


@FAULTS.add("input-by-regex", "QRY-17", says="In inputObject a dot is any character.")
class InputByRegex(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return re.fullmatch(re.escape(wanted).replace("\\.", "."), key) is not None


@FAULTS.add("input-in-ascii", "QRY-17", says="inputObject is compared as ASCII, with ? for more.")
class InputInAscii(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return key.encode("ascii", "replace") == wanted.encode("ascii", "replace")


@FAULTS.add("input-decoded", "QRY-17", says="Keys are percent-decoded before they are compared.")
class InputDecoded(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return unquote(key) == wanted


@FAULTS.add("input-ascii-only", "QRY-17", says="An inputObject beyond ASCII picks nothing.")
class InputAsciiOnly(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return wanted.isascii() and key == wanted


@FAULTS.add("input-plus-is-space", "QRY-17", says="A plus in inputObject becomes a space.")
class InputPlusIsSpace(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return key == wanted.replace("+", " ")


@FAULTS.add("input-to-ampersand", "QRY-17", says="inputObject ends at its first ampersand.")
class InputToAmpersand(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return key == wanted.partition("&")[0]


@FAULTS.add("input-never", "QRY-17", says="inputObject picks nothing when it holds a slash.")
class InputNever(_ByInput):
    def _same(self, key: str, wanted: str) -> bool:
        return "/" not in wanted and key == wanted


# ---- several parameters at once: every one of them holds ----


@FAULTS.add("states-or-input", "QRY-15", "QRY-17", says="A job of the states or the input is in.")
class StatesOrInput(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        by_input = query.input_object is not None and super().matches_input(job, query)
        return by_input or super().matches_states(job, query)

    def matches_input(self, job: StoredJob, query: ListQuery) -> bool:
        by_state = query.states is not None and super().matches_states(job, query)
        return by_state or super().matches_input(job, query)


@FAULTS.add("states-not-with-input", "QRY-15", says="Beside inputObject states is ignored.")
class StatesNotWithInput(Behaviour):
    def matches_states(self, job: StoredJob, query: ListQuery) -> bool:
        return query.input_object is not None or super().matches_states(job, query)


@FAULTS.add("bounds-not-with-states", "QRY-16", says="Beside states the bounds are ignored.")
class BoundsNotWithStates(Behaviour):
    def matches_created(self, job: StoredJob, query: ListQuery) -> bool:
        return query.states is not None or super().matches_created(job, query)


@FAULTS.add("bounds-not-with-input", "QRY-16", says="Beside inputObject the bounds are ignored.")
class BoundsNotWithInput(Behaviour):
    def matches_created(self, job: StoredJob, query: ListQuery) -> bool:
        return query.input_object is not None or super().matches_created(job, query)


@FAULTS.add("order-not-with-states", "QRY-12", says="Beside states orderByTime is ignored.")
class OrderNotWithStates(Behaviour):
    def read_query(self, incoming: Incoming) -> ListQuery:
        query = super().read_query(incoming)
        return query if query.states is None else replace(query, ascending=False)


@FAULTS.add("size-default-not-with-input", "QRY-13", says="A page of one input has a hundred jobs.")
class SizeDefaultNotWithInput(Behaviour):
    def read_size(self, incoming: Incoming) -> int:
        whole = incoming.param("size") is None and incoming.param("inputObject") is not None
        return 100 if whole else super().read_size(incoming)


@FAULTS.add("page-forgets-input", "QRY-17", says="From the second page on inputObject is lost.")
class PageForgetsInput(Behaviour):
    def matches_input(self, job: StoredJob, query: ListQuery) -> bool:
        return query.after is not None or super().matches_input(job, query)


# ---- QRY-18: what makes no sense ----


@FAULTS.add("states-unknown-all", "QRY-18", says="Unknown states are ignored.", level=SHOULD)
class StatesUnknownAll(Behaviour):
    def read_states(self, incoming: Incoming) -> frozenset[str] | None:
        try:
            return super().read_states(incoming)
        except Refusal:
            return None


@FAULTS.add("states-unknown-none", "QRY-18", says="Unknown states pick nothing.", level=SHOULD)
class StatesUnknownNone(Behaviour):
    def read_states(self, incoming: Incoming) -> frozenset[str] | None:
        try:
            return super().read_states(incoming)
        except Refusal:
            return frozenset()


@FAULTS.add("time-malformed-ignored", "QRY-18", says="A bad time is ignored.", level=SHOULD)
class TimeMalformedIgnored(Behaviour):
    def read_time(self, incoming: Incoming, name: str) -> float | None:
        try:
            return super().read_time(incoming, name)
        except Refusal:
            return None


@FAULTS.add("states-any-case", "QRY-18", says="states is read in any letter case.", level=SHOULD)
class StatesAnyCase(Behaviour):
    def read_states(self, incoming: Incoming) -> frozenset[str] | None:
        names = (incoming.param("states") or "").split(",")
        states = [parse_state(name.capitalize()) for name in names]
        if None in states:
            return super().read_states(incoming)
        return frozenset(state.value for state in states if state is not None)


@FAULTS.add("time-in-seconds", "QRY-18", says="A time may be in Unix seconds.", level=SHOULD)
class TimeInSeconds(Behaviour):
    def read_time(self, incoming: Incoming, name: str) -> float | None:
        given = incoming.param(name) or ""
        seconds = given.isascii() and given.isdigit() and len(given) < 12
        return float(given) if seconds else super().read_time(incoming, name)


@FAULTS.add("time-malformed-now", "QRY-18", says="A bad time counts as now.", level=SHOULD)
class TimeMalformedNow(Behaviour):
    def read_time(self, incoming: Incoming, name: str) -> float | None:
        try:
            return super().read_time(incoming, name)
        except Refusal:
            return self.now()
