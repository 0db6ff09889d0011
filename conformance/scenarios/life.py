"""Lives of jobs: from creation to each end state, looked at all the way (STA, RSP)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.scenarios.base import Call, Env, Scenario, Steps, Wait
from conformance.scenarios.calls import accept, create, describe, either, job_request, nearly
from conformance.scenarios.polling import Part, follow, make, send
from conformance.spec.messages import PicProcess
from conformance.spec.reading import state_of
from conformance.spec.states import FINAL, State
from conformance.spec.target import Target
from conformance.spec.wire import Expect, Wanted

RSP = tuple(f"RSP-{n:02d}" for n in (*range(1, 9), *range(10, 30), 31, 32))
STA = tuple(f"STA-{n:02d}" for n in range(1, 10))
RESULT = ("STA-11", "STA-12")

#: How many ordinary jobs are followed to their end: enough that a slip in one of twenty shows.
FOLLOWED = 24

#: How many jobs wait in line when JobLevel is put to the test.
IN_LINE = 24

NO_OBJECT = "input/picjobs-no-such-object.jpg"
NO_TEMPLATE = "t00000000000000000000000000000000"


def scenarios(target: Target) -> Iterator[Scenario]:
    """Everything about states, for this target."""
    yield Scenario("life/level", ("STA-14",), _levels, phase=0, jobs=IN_LINE + 1, requests=90)
    for number in range(FOLLOWED):
        yield Scenario(
            f"life/success-{number:02d}",
            (*RSP, *STA, *RESULT, "QRY-01"),
            _life(number),
            jobs=1,
            requests=9,
        )
    for name, template in (("missing-input", False), ("missing-input-of-template", True)):
        clauses = ("STA-10", "RSP-28", "REQ-37")  # the last: beside it, other names are judged
        yield Scenario(f"life/{name}", clauses, _missing_input(name, template), jobs=1, requests=8)
    yield Scenario("life/bad-rule", ("RSP-28",), _bad_rule, jobs=1, requests=8)
    run = _unknown_template("no-template", NO_TEMPLATE)
    yield Scenario("life/unknown-template", ("REQ-41",), run, jobs=1, requests=8)
    for name, template_id in nearly(target.template_id or "").items():
        run = _unknown_template(f"no-template-{name}", template_id)
        yield Scenario(f"life/unknown-template-{name}", ("REQ-41",), run, jobs=1, requests=8)
    if target.template_id:
        yield Scenario("life/both-forms", ("RSP-30",), _both_forms, jobs=1, requests=8)
    if target.paused_queue_id:
        for name, level in (("paused-queue", None), ("paused-queue-urgent", "2")):
            run = _paused(name, level)
            yield Scenario(f"life/{name}", ("STA-13", "STA-02"), run, jobs=1, requests=5)


def _life(number: int) -> Callable[[Env], Steps]:
    """Follow one job to Success, and look twice more."""

    def run(env: Env) -> Steps:
        target = env.target
        job = job_request(
            target,
            f"life-{env.seed}-{number:02d}",
            template=number % 2 == 0,
            level=(None, "0", "1", "2")[number % 4],
            call_back="no",
        )
        if job.pic_process is not None:
            info = ("true", "false")[number // 4 % 2]
            job = replace(job, pic_process=replace(job.pic_process, is_pic_info=info))
        clause = "REQ-30" if job.template_id else "REQ-31"
        job_id = yield from make(create(target, job, expect=accept(clause)))
        if job_id is not None:
            yield from _to_the_end(target, job_id)

    return run


def _to_the_end(target: Target, job_id: str) -> Part[State | None]:
    """Follow a job to its end, then see that the end stays the end (STA-07)."""
    state = yield from follow(target, job_id)
    if state in FINAL:
        for pause in (0.1, 0.4):
            yield Wait(pause)
            yield describe(target, job_id, step="after", expect=accept("QRY-01"))
    return state


def _missing_input(name: str, template: bool) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        job = job_request(
            env.target,
            f"{name}-{env.seed}",
            template=template,
            input_object=NO_OBJECT,
            call_back="no",
        )
        call = create(env.target, job, expect=_either("STA-10", "no input"))
        yield from _may_fail(env.target, call)

    return run


def _bad_rule(env: Env) -> Steps:
    """A rule that is no rule: where it is accepted, the job may fail and must then say why."""
    job = replace(
        job_request(env.target, f"bad-rule-{env.seed}", call_back="no"),
        pic_process=PicProcess("true", "imageMogr2/no-such-operation/1"),
    )
    yield from _may_fail(env.target, create(env.target, job, expect=either()))


def _unknown_template(name: str, template_id: str) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        job = replace(
            job_request(env.target, f"{name}-{env.seed}", call_back="no"),
            pic_process=None,
            template_id=template_id,
        )
        expect = _either("REQ-41", "unknown template")
        yield from _may_fail(env.target, create(env.target, job, expect=expect))

    return run


def _may_fail(target: Target, call: Call) -> Part[None]:
    job_id = yield from make(call)
    if job_id is not None:
        yield from _to_the_end(target, job_id)


def _either(clause: str, note: str) -> Expect:
    return Expect(Wanted.EITHER, (clause,), note=note)


def _both_forms(env: Env) -> Steps:
    target = env.target
    job = replace(
        job_request(target, f"both-{env.seed}", template=True, call_back="no"),
        pic_process=PicProcess("true", "imageMogr2/rotate/90"),
    )
    yield from _may_fail(target, create(target, job, expect=accept("RSP-30")))


def _paused(name: str, level: str | None) -> Callable[[Env], Steps]:
    """A paused queue may refuse; a job that it takes must wait, however often one looks."""

    def run(env: Env) -> Steps:
        target = env.target
        job = job_request(
            target,
            f"{name}-{env.seed}",
            queue_id=target.paused_queue_id,
            template=level is not None,
            level=level,
            call_back="no",
        )
        job_id = yield from make(create(target, job, expect=_either("STA-13", "a paused queue")))
        if job_id is None:
            return
        for pause in (0.1, 0.3, 0.6, 1.0):
            yield Wait(pause)
            yield describe(target, job_id, step="waiting", expect=accept("QRY-01"))

    return run


def _levels(env: Env) -> Steps:
    """Fill the queue with jobs of level 0, add one of level 2, and watch who starts first.

    The two kinds of look alternate: first those in line (oldest first), then the late one alone, so
    that "one in line had started, and afterwards the late one had not" needs no assumption about
    how the server takes its snapshots (see ``checks.states``).
    """
    target = env.target
    in_line: list[str] = []
    for number in range(IN_LINE):
        job = job_request(target, f"line-{env.seed}-{number:02d}", level="0", call_back="no")
        job_id = yield from make(create(target, job, step="line", expect=accept("REQ-34")))
        if job_id is not None:
            in_line.append(job_id)
    late = job_request(target, f"late-{env.seed}", level="2", call_back="no")
    late_id = yield from make(create(target, late, step="late", expect=accept("REQ-34")))
    if late_id is None or len(in_line) < 2:
        return
    began: float | None = None
    pause = target.poll_first
    while True:
        seen = yield from send(describe(target, *in_line, step="look-line", expect=either()))
        last = yield from send(describe(target, late_id, step="look-late", expect=accept("QRY-01")))
        began = seen.started if began is None else began
        started = state_of(last, late_id) not in (State.SUBMITTED, State.PAUSE)
        if started or last.ended - began > target.job_timeout:
            return
        yield Wait(pause)
        pause = min(pause * 1.3, target.poll_most)
