"""Describe, list and cancel (QRY).

Lists run in the last phase, when nothing creates jobs any more, so that paging cannot be disturbed
by the suite itself. Each list scenario walks to the last page and leaves the judging to the checks,
which know from the whole run which jobs there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from conformance.generate import edges
from conformance.generate.signing import GOOD
from conformance.scenarios.base import Env, Scenario, Steps, Wait
from conformance.scenarios.calls import (
    accept,
    cancel,
    create,
    describe,
    either,
    job_request,
    list_jobs,
    refuse,
)
from conformance.scenarios.life import NO_OBJECT
from conformance.scenarios.polling import Part, follow, make, send
from conformance.spec.reading import (
    next_token,
    refused,
    state_of,
    succeeded,
)
from conformance.spec.states import WAITING, State
from conformance.spec.target import Target
from conformance.spec.times import format_job_time

#: A walk never takes more pages than this; a run's own jobs fit many times over.
MAX_PAGES = 80

#: Of all jobs of a run: pages may be short, and ERR-10 needs every one of them.
MAX_PAGES_OF_ALL = 600

#: How many of the last jobs a walk in small pages is taken over (whole seconds: often more).
LATE = 60

UNKNOWN_ID = "j00000000000000000000000000000000"
OTHER_UNKNOWN_ID = "j11111111111111111111111111111111"

_LISTED = ("QRY-10", "QRY-14")
_TIMES = ("startCreationTime", "endCreationTime")


def scenarios(_target: Target) -> Iterator[Scenario]:
    """Everything about describe, cancel and list."""
    yield Scenario("query/spread", ("QRY-12", "QRY-15", "QRY-16"), _spread, jobs=4, requests=5)
    yield Scenario("query/doomed", ("QRY-17",), _doomed, jobs=3, requests=3)
    yield Scenario("query/describe", _ids("QRY", 1, 2, 3, 4), _describe, jobs=3, requests=11)
    for number, word in enumerate(("?cancel", "?cancel=", "?cancel")):
        run = _cancel(word)
        name = f"query/cancel-waiting-{number}"
        yield Scenario(name, ("QRY-20", "STA-07"), run, jobs=3, requests=6)
    yield Scenario("query/cancel-paused", ("QRY-20", "STA-08"), _cancel_paused, jobs=1, requests=5)
    yield Scenario(
        "query/cancel-finished", ("QRY-21",), _cancel_finished(None), jobs=1, requests=12
    )
    yield Scenario(
        "query/cancel-failed", ("QRY-21",), _cancel_finished(NO_OBJECT), jobs=1, requests=12
    )
    yield Scenario("query/cancel-running", ("STA-06",), _cancel_running, jobs=1, requests=8)
    yield Scenario("query/cancel-unknown", ("QRY-22",), _cancel_unknown, requests=1)
    yield from _list_scenarios()


def _list_scenarios() -> Iterator[Scenario]:
    def scenario(
        name: str, clauses: tuple[str, ...], run: Callable[[Env], Steps], n: int
    ) -> Scenario:
        return Scenario(f"list/{name}", clauses, run, phase=2, requests=n)

    yield scenario("everything", (*_LISTED, "ERR-10"), _walk(size=100, most=MAX_PAGES_OF_ALL), 6)
    yield scenario("ascending", (*_LISTED, "QRY-12"), _walk(("orderByTime", "Asc"), size=23), 20)
    run = _walk(("orderByTime", "Asc"), size=9, late=True)
    yield scenario("ascending-late", (*_LISTED, "QRY-12"), run, 8)
    yield scenario("descending", (*_LISTED, "QRY-12"), _walk(("orderByTime", "Desc"), size=100), 6)
    yield scenario("default-size", (*_LISTED, "QRY-13", "QRY-12"), _walk(size=None, late=True), 15)
    yield scenario("size-ten", ("QRY-13",), _one(("size", "10"), expect_ok=True, late=True), 1)
    yield scenario("size-most", ("QRY-13",), _one(("size", "100"), expect_ok=True), 1)
    yield scenario("size-one", (*_LISTED, "QRY-13"), _one(("size", "1"), expect_ok=True), 1)
    for size in ("101", "1000"):
        yield scenario(f"size-{size}", ("QRY-13",), _one(("size", size), expect_ok=False), 1)
    for states in ("All", *State, "Success,Cancel", "Submitted,Running"):
        name = states.replace(",", "-").lower()
        run = _walk(("states", states), size=100, clause="QRY-15")
        yield scenario(f"states-{name}", ("QRY-15",), run, 3)
    asc = ("orderByTime", "Asc")
    run = _walk(("states", "Success"), asc, size=8, late=True, clause="QRY-15")
    yield scenario("states-paged", ("QRY-15", "QRY-14"), run, 8)
    yield scenario("states-of-paused", ("QRY-15",), _paused_list("All"), 1)
    yield scenario("states-submitted-of-paused", ("QRY-15",), _paused_list("Submitted"), 1)
    yield scenario("states-all-and-another", ("QRY-15",), _paused_list("All,Success"), 1)
    for name in ("start", "end", "both", "utc"):
        yield scenario(f"time-{name}", ("QRY-16",), _bounded(name), 5)
    yield scenario("time-and-others", ("QRY-12", *_ids("QRY", 15, 16, 17)), _all_at_once, 5)
    yield scenario("input-none", ("QRY-17", "QRY-14"), _by_input("none"), 9)
    for state, how in (("Cancel", "exact"), ("Success", "none")):
        run = _by_input(how, ("states", state))
        yield scenario(f"input-{how}-{state.lower()}", ("QRY-15", "QRY-17"), run, 5)
    yield scenario("input-exact", ("QRY-17",), _by_input("exact"), 5)
    yield scenario("size-default-of-input", ("QRY-13",), _first_of_input, 1)
    for how in _NEARLY:
        yield scenario(f"input-{how}", ("QRY-17",), _by_input(how), 1)
    for slug in _KEYS_ASKED:
        yield scenario(f"input-with-{slug}", ("QRY-17",), _by_key(edges.OPEN_INPUTS[slug]), 1)
    for slug, key in _NO_KEYS:
        yield scenario(f"input-{slug}", ("QRY-17",), _by_key(key), 1)
    yield scenario("without-queue", ("QRY-11",), _without(queue=True), 1)
    yield scenario("without-tag", ("QRY-11",), _without(queue=False), 1)
    yield scenario("unsigned", ("SIG-30",), _unsigned, 2)
    for name, pair in _UNSOUND:
        yield scenario(f"unsound-{name}", ("QRY-18",), _unsound(pair), 1)


_UNSOUND = (
    ("state", ("states", "Finished")),
    ("state-among", ("states", "Success,Finished")),
    ("state-lower-case", ("states", "success")),
    ("start", ("startCreationTime", "yesterday")),
    ("start-in-seconds", ("startCreationTime", "1600000000")),
    ("end", ("endCreationTime", "2022-13-41T00:00:00+0800")),
)


def _ids(family: str, *numbers: int) -> tuple[str, ...]:
    return tuple(f"{family}-{number:02d}" for number in numbers)


# ---- describe ---------------------------------------------------------------------------------


def _describe(env: Env) -> Steps:
    """One id, three ids, an unknown one, one like a known one, unknown ones among known ones."""
    target = env.target
    known: list[str] = []
    for number in range(3):
        job = job_request(target, f"describe-{env.seed}-{number}", call_back="no")
        job_id = yield from make(create(target, job, expect=accept("REQ-31")))
        if job_id is not None:
            known.append(job_id)
    yield describe(target, UNKNOWN_ID, step="unknown", expect=either("QRY-02", note="unknown id"))
    if not known:
        return
    yield describe(target, known[0], step="one", expect=accept("QRY-01"))
    yield describe(target, known[0], UNKNOWN_ID, step="mixed", expect=either("QRY-02"))
    others = (UNKNOWN_ID, known[-1], OTHER_UNKNOWN_ID)
    yield describe(target, *others, step="mixed", expect=either("QRY-02"))
    for near in _near(known[0]):
        yield describe(target, near, step="near", expect=either("QRY-02", note="unknown id"))
    if len(known) > 1:
        yield describe(target, *known, step="several", expect=accept("QRY-04"))
        yield describe(target, *reversed(known), step="several", expect=accept("QRY-04"))


#: An id of at least so many characters is no number in a row, of which the beginning may exist too.
_LONG_ID = 12


def _near(job_id: str) -> Iterator[str]:
    """Ids that nobody has, beside one that somebody has."""
    yield f"{job_id}x"
    if len(job_id) >= _LONG_ID and not job_id.isdigit():
        yield job_id[:-1]


# ---- cancel -----------------------------------------------------------------------------------

#: A job may have left the queue by the time that the cancel arrives; then another one is tried.
_TRIES = 3


def _cancel(word: str) -> Callable[[Env], Steps]:
    """Cancel a job that waits; with or without ``=`` is the same (E17)."""

    def run(env: Env) -> Steps:
        for attempt in range(_TRIES):
            if (yield from _cancel_once(env, f"cancel-{env.seed}-{attempt}", None, word)):
                return

    return run


def _cancel_paused(env: Env) -> Steps:
    """A job in a paused queue waits for certain, so there is no race with the scheduler."""
    if env.target.paused_queue_id:
        yield from _cancel_once(env, f"cancel-paused-{env.seed}", env.target.paused_queue_id)


def _cancel_once(env: Env, marker: str, queue_id: str | None, word: str = "?cancel") -> Part[bool]:
    """Create, cancel at once, look twice. True when there is no use in another try."""
    target = env.target
    level = "0" if queue_id is None else "2"  # where jobs run, one of level 0 waits the longest
    job = job_request(target, marker, level=level, call_back="no", queue_id=queue_id)
    expect = accept("REQ-31") if queue_id is None else either("STA-13")
    job_id = yield from make(create(target, job, expect=expect))
    if job_id is None:
        return True
    answer = yield from send(cancel(target, job_id, expect=either("QRY-20"), valueless=word))
    seen = yield from send(describe(target, job_id, step="look", expect=accept("QRY-01")))
    if refused(answer):
        return state_of(seen, job_id) in WAITING
    for pause in (0.3, 0.9):
        yield Wait(pause)
        yield describe(target, job_id, step="look", expect=accept("QRY-01"))
    return True


def _cancel_finished(input_object: str | None) -> Callable[[Env], Steps]:
    """Cancel a job that has ended: in Success, or in Failed where ``input_object`` is missing."""

    def run(env: Env) -> Steps:
        target = env.target
        marker = f"cancel-{'failed' if input_object else 'late'}-{env.seed}"
        job = job_request(target, marker, level="2", call_back="no", input_object=input_object)
        expect = accept("REQ-34") if input_object is None else either()
        job_id = yield from make(create(target, job, expect=expect))
        if job_id is None:
            return
        state = yield from follow(target, job_id)
        if state not in (State.SUCCESS, State.FAILED):
            return
        note = f"the job is {state}"
        yield cancel(target, job_id, step="cancel-finished", expect=refuse("QRY-21", note=note))
        yield describe(target, job_id, step="look", expect=accept("QRY-01"))

    return run


def _cancel_running(env: Env) -> Steps:
    """Whatever the answer, a running job ends in Success or Failed (STA-06): then look twice."""
    target = env.target
    job = job_request(target, f"cancel-running-{env.seed}", level="2", call_back="no")
    job_id = yield from make(create(target, job, expect=accept("REQ-34")))
    if job_id is None:
        return
    if (yield from follow(target, job_id, until=frozenset({State.RUNNING}))) is State.RUNNING:
        yield cancel(target, job_id, step="cancel-running", expect=either())
        yield describe(target, job_id, step="look", expect=accept("QRY-01"))
        yield from follow(target, job_id)


def _cancel_unknown(env: Env) -> Steps:
    yield cancel(env.target, UNKNOWN_ID, expect=refuse("QRY-22", note="no such job"))


# ---- list -------------------------------------------------------------------------------------


def _spread(env: Env) -> Steps:
    """Jobs whose creation times differ, for order and bounds: times have whole seconds."""
    for number in range(4):
        if number:
            yield Wait(1.1)
        job = job_request(env.target, f"spread-{env.seed}-{number}", level="0", call_back="no")
        yield create(env.target, job, expect=accept("REQ-31"))
    if "list" not in env.target.disclaimed:
        # Just now a job was in line: it is not among those that run.
        running = (("states", "Running"),)
        yield list_jobs(env.target, running, expect=accept("QRY-15"))


def _doomed(env: Env) -> Steps:
    """Jobs without an input, where a server takes them: more than a page of ``list/input-none``."""
    for number in range(3):
        marker = f"doomed-{env.seed}-{number}"
        job = job_request(env.target, marker, input_object=NO_OBJECT, call_back="no")
        yield create(env.target, job, expect=either())


def _pages(
    env: Env, params: Iterable[tuple[str, str]], clause: str = "QRY-10", most: int = MAX_PAGES
) -> Part[None]:
    """Follow NextToken to the end; a token seen before ends the walk too (QRY-14 says so)."""
    asked = tuple(params)
    token = ""
    tokens: set[str] = set()
    for _ in range(most):
        more = (("nextToken", token),) if token else ()
        page = yield from send(
            list_jobs(env.target, (*asked, *more), step="page", expect=accept(clause))
        )
        token = next_token(page)
        if not token or token in tokens or not succeeded(page):
            return
        tokens.add(token)


def _walk(
    *pairs: tuple[str, str],
    size: int | None,
    late: bool = False,
    clause: str = "QRY-10",
    most: int = MAX_PAGES,
) -> Callable[[Env], Steps]:
    """Walk to the last page over the jobs of this run, or (``late``) over the last ones only."""

    def run(env: Env) -> Steps:
        sized = () if size is None else (("size", str(size)),)
        yield from _pages(env, (*pairs, *sized, *_since(env, late=late)), clause, most)

    return run


def _one(pair: tuple[str, str], *, expect_ok: bool, late: bool = False) -> Callable[[Env], Steps]:
    """A single page, and no walk."""

    def run(env: Env) -> Steps:
        note = f"size={pair[1]}"
        expect = (accept if expect_ok else either)("QRY-13", note=note)
        params = (pair, *_since(env, late=late))
        yield list_jobs(env.target, params, step="page", expect=expect)

    return run


def _paused_list(states: str) -> Callable[[Env], Steps]:
    """The jobs of the paused queue, which wait for certain: All is every state, not the ends."""

    def run(env: Env) -> Steps:
        queue = env.target.paused_queue_id
        if queue is not None:
            params = (("states", states), ("size", "100"), *_since_start(env))
            expect = either("QRY-15") if "," in states else accept("QRY-15")
            yield list_jobs(env.target, params, queue_id=queue, step="page", expect=expect)

    return run


def _all_at_once(env: Env) -> Steps:
    """Bounds, order, states and input object together: every one of them has to hold."""
    more = (("states", "Success"), ("inputObject", env.target.input_object))
    yield from _bounded("both", ("orderByTime", "Asc"), *more)(env)


def _bounded(which: str, *more: tuple[str, str]) -> Callable[[Env], Steps]:
    """Bounds in the middle of what this run created, away from any creation time if possible.

    ``more`` are parameters beside them: every one of several has to hold.
    """

    def run(env: Env) -> Steps:
        times = sorted(set(env.creation_times))
        if len(times) < 3:
            return
        first, last = times[len(times) // 3], times[2 * len(times) // 3]
        if which == "utc":  # every job lies inside, unless the zone is overlooked
            first, last = times[0] - 1, times[-1] + 1
        bounds = {"start": (first, None), "end": (None, last)}.get(which, (first, last))
        zone = 0 if which == "utc" else 8
        pairs = tuple(
            (name, format_job_time(moment, zone))
            for name, moment in zip(_TIMES, bounds, strict=True)
            if moment is not None
        )
        if which == "end":
            pairs = (*pairs, *_since_start(env))
        yield from _pages(env, (*pairs, *more, ("size", "100")), "QRY-16")

    return run


#: Names that are nearly the input object's, by what would take them for it.
_NEARLY: dict[str, Callable[[str], str]] = {
    "prefix": lambda name: name[:-1],
    "longer": lambda name: f"{name}x",
    "base-name": lambda name: name.rpartition("/")[2] if "/" in name else "",
    "case": str.swapcase,
    "folder": lambda name: name.rpartition("/")[0],
    "slash": lambda name: f"{name}/",
    "wildcard": lambda name: f"{name[:-1]}?",
    "like": lambda name: f"{name[:-1]}_",
    "regex": lambda name: f"{name[:-1]}.",
}

#: Keys that some job of the run has, where such keys are taken (``body/open``).
_KEYS_ASKED = ("spaces-and-plus", "xml-specials", "non-ascii")

#: Keys that no job has, each nearly one of those.
_NO_KEYS = (
    ("decoded-once-more", unquote(edges.OPEN_INPUTS["percent"])),
    ("other-non-ascii", "input/\u50cf\U0001f600.jpg"),
)


def _by_input(how: str, *more: tuple[str, str]) -> Callable[[Env], Steps]:
    """Jobs of one input object, or of one that is nearly it; ``more`` has to hold as well."""

    def run(env: Env) -> Steps:
        name = env.target.input_object
        asked = NO_OBJECT if how == "none" else _NEARLY.get(how, str)(name)
        if asked:
            size = "1" if how == "none" else "100"  # few jobs have it: several pages
            yield from _by_key(asked, *more, size=size)(env)

    return run


def _by_key(key: str, *more: tuple[str, str], size: str = "100") -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        pairs = (("inputObject", key), *more, ("size", size), *_since_start(env))
        yield from _pages(env, pairs, "QRY-17")

    return run


def _first_of_input(env: Env) -> Steps:
    """A page without size, of the input object that most jobs have."""
    params = (("inputObject", env.target.input_object), *_since_start(env))
    yield list_jobs(env.target, params, step="page", expect=accept("QRY-13", note="no size"))


def _without(*, queue: bool) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        if queue:
            note = "queueId is missing"
            yield list_jobs(env.target, queue_id=None, expect=refuse("QRY-11", note=note))
        else:
            yield list_jobs(env.target, tag=None, expect=refuse("QRY-11", note="tag is missing"))

    return run


def _unsigned(env: Env) -> Steps:
    """The second page without a signature: the token of the first is none."""
    first = yield from send(list_jobs(env.target, (("size", "1"),)))
    token = next_token(first)
    if token:
        codes = ("MissingAuthorization", "AccessDenied")
        expect = refuse("SIG-30", codes=codes, note="no Authorization, on a second page")
        params = (("size", "1"), ("nextToken", token))
        yield list_jobs(env.target, params, expect=expect, signing=replace(GOOD, who="none"))


def _unsound(pair: tuple[str, str]) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        expect = refuse("QRY-18", note=f"{pair[0]}={pair[1]}")
        yield list_jobs(env.target, (pair,), expect=expect)

    return run


def _since(env: Env, *, late: bool) -> tuple[tuple[str, str], ...]:
    """Since the start of the run, or since a moment after which enough jobs for some pages came."""
    times = env.creation_times
    if not late or len(times) < LATE:
        return _since_start(env)
    return ((_TIMES[0], format_job_time(times[-LATE])),)


def _since_start(env: Env) -> tuple[tuple[str, str], ...]:
    """A startCreationTime just before this run, by the server's own clock."""
    if env.first_moment is None:
        return ()
    return ((_TIMES[0], format_job_time(env.first_moment - 2)),)
