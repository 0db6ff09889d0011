"""STA-01 and STA-06 to STA-14: what becomes of a job over time.

Two looks are compared only when the first had ended before the second began, so that answers that
were under way at the same time never accuse anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.checks.base import Decisions, Level, Mark, Outcome, broken, ok, unclear, unmet
from conformance.checks.facts import FORGOTTEN, Creation, Facts
from conformance.checks.jobs import JobView, times_by_state
from conformance.spec.reading import (
    Sighting,
    created_job,
    error_code,
    job_id_of,
    jobs_in,
    refused,
    state_of,
    succeeded,
)
from conformance.spec.states import FINAL, STEPS, WAITING, State
from conformance.spec.times import NO_TIME
from conformance.spec.wire import Exchange
from conformance.spec.xml import Node

#: STA-08: paths that never change; an empty node and an absent one are the same (E16).
_LASTING = (
    "Tag",
    "CreationTime",
    "QueueId",
    "Input/Object",
    "Input/Region",
    "Operation/Output/Region",
    "Operation/Output/Bucket",
    "Operation/Output/Object",
    "Operation/TemplateId",
    "Operation/PicProcess/IsPicInfo",
    "Operation/PicProcess/ProcessRule",
    "Operation/UserData",
    "Operation/JobLevel",
)

_THROUGH = frozenset({State.SUCCESS, State.FAILED})
_BUSY_QUEUE = "the job still waited its turn in a queue that was busy with other jobs"

#: STA-08: paths that never change once they hold a time.
_ONCE_SET = ("StartTime", "EndTime")


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge every job of the run over all its looks, then the scenarios made for one clause."""
    for exchange in facts.sent:
        yield from _at_creation(facts, exchange)
    for job_id, looks in facts.sightings.items():
        yield from _over_time(job_id, looks)
    for name, exchanges in facts.by_scenario.items():
        for prefix, judge in _SCENARIOS.items():
            if name.startswith(prefix):
                yield from judge(facts, exchanges)


def _at_creation(facts: Facts, exchange: Exchange) -> Iterator[Outcome]:
    """STA-01: Submitted, or a later state that the rest of the node agrees with."""
    job = created_job(exchange)
    if job is None:
        return
    view = JobView(exchange, job, facts.target, None)
    disagreement = [each for each in times_by_state(view) if each.mark is Mark.BROKEN]
    if view.state is None:
        return  # RSP-14 says so
    if view.state is State.CANCEL or disagreement:
        yield broken(
            "STA-01",
            exchange,
            message="the State of a new job is not one that it can have",
            expected="Submitted, or a later state whose times fit it",
            observed=f"{view.state}, StartTime {view.text('StartTime')!r}, "
            f"EndTime {view.text('EndTime')!r}",
            at="Response/JobsDetail/State",
        )
    else:
        yield ok("STA-01", exchange)


# ---- one job, over all looks at it --------------------------------------------------------------


def _over_time(job_id: str, looks: tuple[Sighting, ...]) -> Iterator[Outcome]:
    for index, later in enumerate(looks):
        earlier = _before(looks, index)
        if earlier is None or earlier.state is None or later.state is None:
            continue
        yield _step(job_id, earlier, later)
        yield from _unchanged(job_id, earlier, later)


def _before(looks: tuple[Sighting, ...], index: int) -> Sighting | None:
    """The last look that had ended before this one began."""
    for earlier in reversed(looks[:index]):
        if earlier.exchange.ended <= looks[index].exchange.started:
            return earlier
    return None


def _step(job_id: str, earlier: Sighting, later: Sighting) -> Outcome:
    """STA-06 for steps between living states; STA-07 once a final one was seen."""
    assert earlier.state is not None
    assert later.state is not None
    clause = "STA-07" if earlier.state in FINAL else "STA-06"
    if later.state is earlier.state or later.state in STEPS[earlier.state]:
        return ok(clause, later.exchange)
    allowed = ", ".join(sorted(STEPS[earlier.state])) or "no other state"
    return broken(
        clause,
        later.exchange,
        earlier.exchange,
        message=f"job {job_id} went from {earlier.state} to {later.state}",
        expected=f"after {earlier.state}: {allowed}",
        observed=later.state,
        at="Response/JobsDetail/State",
    )


def _unchanged(job_id: str, earlier: Sighting, later: Sighting) -> Iterator[Outcome]:
    """STA-08."""
    if earlier.job == later.job:
        yield ok("STA-08", later.exchange)
        return
    changed = [path for path in _LASTING if _differs(path, earlier.job, later.job)]
    for path in _ONCE_SET:
        before = (earlier.job.value(path) or "").strip()
        after = (later.job.value(path) or "").strip()
        if before not in ("", NO_TIME) and before != after:
            changed.append(path)
    for path in changed:
        yield broken(
            "STA-08",
            later.exchange,
            earlier.exchange,
            message=f"{path} of job {job_id} changed from one look to the next",
            expected=repr(earlier.job.value(path) or ""),
            observed=repr(later.job.value(path) or ""),
            at=f"Response/JobsDetail/{path}",
        )
    if not changed:
        yield ok("STA-08", later.exchange)


def _differs(path: str, earlier: Node, later: Node) -> bool:
    if path == "Operation/JobLevel" and None in (earlier.value(path), later.value(path)):
        return False  # E4: the node may be there or not
    return (earlier.value(path) or "") != (later.value(path) or "")


# ---- scenarios made for one clause --------------------------------------------------------------


def _reaches_success(facts: Facts, exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """STA-09: a sound job on an existing image ends in Success, in time."""
    job_id = job_id_of(exchanges[0])
    if job_id is None:
        yield unclear("STA-09", exchanges[0], reason=_why_no_job(exchanges[0]))
        return
    looks = [each for each in exchanges[1:] if state_of(each, job_id) is not None]
    states = [state_of(each, job_id) for each in looks]
    broke = [each.failure for each in exchanges if each.failure is not None]
    lost = facts.may_have_forgotten(job_id, exchanges[-1])
    if State.SUCCESS in states:
        yield ok("STA-09", looks[states.index(State.SUCCESS)])
    elif lost is not None and exchanges[-1] not in looks:
        yield unclear("STA-09", exchanges[0], reason=f"{FORGOTTEN}: {lost.message}")
    elif not looks or broke:
        reason = broke[0].message if broke else "no look showed it"
        yield unclear("STA-09", exchanges[0], reason=f"the job could not be followed: {reason}")
    elif states[-1] not in FINAL and _held_up(facts, job_id, looks):
        yield unclear("STA-09", exchanges[0], reason=_BUSY_QUEUE)
    else:
        seen = " > ".join(dict.fromkeys(str(state) for state in states))
        yield broken(
            "STA-09",
            looks[-1],
            exchanges[0],
            message="a sound job on an existing image did not reach Success",
            expected=f"Success within {facts.target.job_timeout:g} s",
            observed=seen + _code_of(looks[-1], job_id),
            at="Response/JobsDetail/State",
        )


def _held_up(facts: Facts, job_id: str, looks: list[Exchange]) -> bool:
    """Whether the time went by in line: in a busy queue, for longer than the job ran afterwards."""
    own = facts.creation(job_id)
    waiting = [look for look in looks if state_of(look, job_id) in WAITING]
    if own is None or not waiting:
        return False
    waited = waiting[-1].ended - own.exchange.started
    ran = looks[-1].ended - waiting[-1].ended
    return ran < waited and not _passed_over(facts, job_id, waiting[-1])


def _passed_over(facts: Facts, job_id: str, last: Exchange) -> bool:
    """Whether nothing kept the queue busy, or a job that came after this one was through first.

    One of a higher JobLevel goes before it by right, and keeps the queue busy. What was through
    only after the ``last`` look at the job overtook nobody.
    A create whose answer was lost may have made a job that stands before it.
    """
    own = facts.creation(job_id)
    if own is None:
        return True
    later = False
    earlier = any(each.started < own.exchange.ended for each in facts.lost_creates)
    for other, looks in facts.sightings.items():
        creation = facts.creation(other)
        through = any(look.state in _THROUGH for look in looks)
        if creation is None or other == job_id or not through:
            continue
        after = creation.exchange.started > own.exchange.ended
        if after and _level(creation) <= _level(own):
            ends = (look for look in looks if look.state in _THROUGH)
            later = later or any(look.exchange.ended <= last.ended for look in ends)
        elif looks[-1].exchange.started > own.exchange.ended:
            earlier = True
    return later or not earlier


def _level(creation: Creation) -> str:
    return (creation.request.job_level if creation.request is not None else None) or "0"


def _code_of(look: Exchange, job_id: str) -> str:
    for job in jobs_in(look):
        if job.value("JobId") == job_id and job.value("Code"):
            return f" ({job.value('Code')}: {job.value('Message')})"
    return ""


def _fails_or_is_refused(
    clause: str, what: str, codes: tuple[str, ...]
) -> Callable[[Facts, tuple[Exchange, ...]], Iterator[Outcome]]:
    """STA-10, REQ-41: refused, or accepted and then Failed."""

    def judge(facts: Facts, exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
        first = exchanges[0]
        job_id = job_id_of(first)
        if refused(first):
            yield _refusal(clause, what, codes, first)
        elif job_id is None:
            yield unclear(clause, first, reason=_why_no_job(first))
        else:
            yield _ends_failed(facts, clause, what, job_id, exchanges)

    return judge


def _refusal(clause: str, what: str, codes: tuple[str, ...], first: Exchange) -> Outcome:
    assert first.response is not None
    status, code = first.response.status, error_code(first)
    if not 400 <= status <= 499:
        return broken(
            clause,
            first,
            message=f"{what}: refused, but not with a 4xx",
            expected="4xx, or a job that fails",
            observed=f"{status} {code}",
        )
    if codes and code not in codes:
        return broken(
            clause,
            first,
            message=f"{what}: refused with another code than the documented one",
            expected=" or ".join(codes),
            observed=f"{status} {code}",
            level=Level.SHOULD,
        )
    return ok(clause, first)


def _ends_failed(
    facts: Facts, clause: str, what: str, job_id: str, exchanges: tuple[Exchange, ...]
) -> Outcome:
    looks = [each for each in exchanges if state_of(each, job_id) is not None]
    state = state_of(looks[-1], job_id) if looks else None
    if state is State.FAILED:
        return ok(clause, looks[-1])
    if any(each.failure is not None for each in exchanges):
        return unclear(clause, exchanges[0], reason="the job could not be followed to its end")
    lost = facts.may_have_forgotten(job_id, exchanges[-1])
    if lost is not None and exchanges[-1] not in looks:
        return unclear(clause, exchanges[0], reason=f"{FORGOTTEN}: {lost.message}")
    if state not in FINAL and _held_up(facts, job_id, looks):
        return unclear(clause, exchanges[0], reason=_BUSY_QUEUE)
    return broken(
        clause,
        *looks[-1:],
        exchanges[0],
        message=f"{what}: the job was neither refused nor did it fail",
        expected=f"an error response, or Failed within {facts.target.job_timeout:g} s",
        observed=str(state),
        at="Response/JobsDetail/State",
    )


def _paused(_facts: Facts, exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """STA-13: refused with 403 QueuePaused, or the job waits."""
    first = exchanges[0]
    job_id = job_id_of(first)
    if refused(first):
        assert first.response is not None
        if error_code(first) == "QueuePaused":
            yield ok("STA-13", first)
        else:
            yield broken(
                "STA-13",
                first,
                message="a job for a paused queue was refused for another reason",
                expected="403 QueuePaused, or a job that waits",
                observed=f"{first.response.status} {error_code(first)}",
            )
        return
    if job_id is None:
        yield unclear("STA-13", first, reason=_why_no_job(first))
        return
    for look in exchanges:
        state = state_of(look, job_id)
        if state is None:
            continue
        if state in WAITING:
            yield ok("STA-13", look)
        else:
            yield broken(
                "STA-13",
                look,
                first,
                message="a job in a paused queue did not wait",
                expected="Submitted or Pause",
                observed=str(state),
                at="Response/JobsDetail/State",
            )


def _why_no_job(exchange: Exchange) -> str:
    if exchange.failure is not None:
        return exchange.failure.message
    status = exchange.response.status if exchange.response else "no response"
    return f"the job was not created: {status} {error_code(exchange)}".strip()


# ---- priority -----------------------------------------------------------------------------------


def _priority(_facts: Facts, exchanges: tuple[Exchange, ...]) -> Iterator[Outcome]:
    """STA-14: of the jobs in line when the late one came, most must not start before it.

    "Waited, then had started, and after that the late one still had not": each of the three is
    seen by a look that ended before the next began. A queue that has room for all starts everything
    at once and says nothing about priority; it takes jobs that wait on others to judge this.
    """
    late = next((each for each in exchanges if each.step == "late"), None)
    late_id = job_id_of(late) if late is not None else None
    if late is None or late_id is None:
        first = exchanges[0]
        yield unclear("STA-14", first, reason=_why_no_job(late or first))
        return
    line = [job_id for each in exchanges if each.step == "line" and (job_id := job_id_of(each))]
    looks = [each for each in exchanges if each.step == "look-line" and succeeded(each)]
    lates = [each for each in exchanges if each.step == "look-late" and succeeded(each)]
    if not looks or not lates:
        yield unmet("STA-14", late, reason="the line could not be looked at in one request")
        return
    waited = [job for job in line if state_of(looks[0], job) in WAITING]
    if len(waited) < 4 or state_of(lates[0], late_id) not in WAITING:
        reason = "no line formed in the queue, so that no job could start before another"
        yield unmet("STA-14", late, reason=reason)
        return
    last_waiting = max(
        (each for each in lates if state_of(each, late_id) in WAITING),
        key=lambda each: each.started,
    )
    overtook = [job for job in waited if _started_before(looks, job, last_waiting)]
    if len(overtook) * 2 <= len(waited):
        yield ok("STA-14", last_waiting)
    elif not _queued(exchanges, looks, waited):
        yield unmet("STA-14", late, reason="the jobs did not wait for one another")
    else:
        yield broken(
            "STA-14",
            last_waiting,
            late,
            message=f"{len(overtook)} of {len(waited)} waiting jobs of level 0 started before one "
            "of level 2 that was waiting too",
            expected="the job of level 2 starts before the waiting jobs of level 0",
            observed=f"{late_id} still {state_of(last_waiting, late_id)}",
        )


def _started_before(looks: list[Exchange], job: str, late: Exchange) -> bool:
    """Whether a look that ended before ``late`` began showed the job started."""
    return any(_begun(look, job) for look in looks if look.ended <= late.started)


def _queued(exchanges: tuple[Exchange, ...], looks: list[Exchange], jobs: list[str]) -> bool:
    """Whether the jobs waited for one another, and not each for a delay of its own.

    ``jobs`` waited at the first of the ``looks``, and most of them have begun since. Jobs that
    start so and so long after their creation start over as long a time as their creation took;
    jobs in line take clearly longer, and some are through while others have not begun.
    """
    line = [each for each in exchanges if each.step == "line"]
    creating = line[-1].ended - line[0].started
    begun = [look for look in looks if any(_begun(look, job) for job in jobs)]
    waiting = [look for look in looks if sum(_waits(look, job) for job in jobs) >= 2]
    starting = waiting[-1].started - begun[0].ended
    return starting > 2 * creating + 0.1


def _begun(look: Exchange, job: str) -> bool:
    return state_of(look, job) not in (None, State.SUBMITTED, State.PAUSE)


def _waits(look: Exchange, job: str) -> bool:
    return state_of(look, job) in WAITING


_Judge = Callable[[Facts, tuple[Exchange, ...]], Iterator[Outcome]]

_SCENARIOS: dict[str, _Judge] = {
    "life/success-": _reaches_success,
    "life/missing-input": _fails_or_is_refused(
        "STA-10", "the input object does not exist", ("ResourceNotFound",)
    ),
    "life/unknown-template": _fails_or_is_refused("REQ-41", "the template is unknown", ()),
    "life/paused-queue": _paused,
    "life/level": _priority,
}


#: Which function decides which clauses.
DECIDES: Decisions = {
    _at_creation: ("STA-01",),
    _step: ("STA-06", "STA-07"),
    _unchanged: ("STA-08",),
    _reaches_success: ("STA-09",),
    _fails_or_is_refused: ("STA-10", "REQ-41"),
    _paused: ("STA-13",),
    _priority: ("STA-14",),
}
