"""Callbacks (CBK): one URL a job, in both formats, none for ``no``, failing jobs and receivers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.generate.edges import OPEN_INPUTS
from conformance.scenarios.base import (
    AnswerCallbacks,
    AwaitCallbacks,
    Env,
    Scenario,
    Steps,
    Wait,
)
from conformance.scenarios.calls import accept, create, describe, either, job_request
from conformance.scenarios.polling import Part, callbacks_for, follow, make
from conformance.spec.messages import JobRequest
from conformance.spec.states import FINAL
from conformance.spec.target import Target
from conformance.spec.wire import Expect

#: After the first callback a second one would be a second announcement: how long to look for it.
GRACE = 1.0

#: What a callback has to escape, in either format.
_SPECIAL = " <a>  & \"b\" 'c' \\ ]]> "

_COMMON = ("CBK-01", "CBK-04", "CBK-05", "CBK-07")


def scenarios(target: Target) -> Iterator[Scenario]:
    """Everything about callbacks; nothing when the target cannot reach the receiver."""
    if target.callback_base is None:
        return
    for number in range(3):
        for name, style, clause in (
            ("default", None, "CBK-02"),
            ("xml", "XML", "CBK-02"),
            ("json", "JSON", "CBK-03"),
        ):
            yield Scenario(
                f"callback/{name}-{number}",
                (*_COMMON, clause),
                _announced(f"{name}-{number}", style, number),
                jobs=1,
                requests=8,
            )
    yield Scenario("callback/no", ("CBK-06",), _silent(None), jobs=1, requests=8)
    yield Scenario("callback/no-json", ("CBK-06",), _silent("JSON"), jobs=1, requests=8)
    yield Scenario("callback/other-bucket", _COMMON, _other_bucket, jobs=1, requests=8)
    for style in ("XML", "JSON"):
        yield Scenario(
            f"callback/failed-{style.lower()}",
            ("CBK-08", "CBK-01", "CBK-05", *(("CBK-09",) if style == "JSON" else ())),
            _failed(style),
            jobs=1,
            requests=8,
        )
    if target.paused_queue_id:
        yield Scenario("callback/paused", ("CBK-07",), _paused, jobs=1, requests=2)
    yield Scenario("callback/retry", ("CBK-09", "CBK-01"), _retried, jobs=1, requests=8)


def _job(
    env: Env, token: str, style: str | None, *, template: bool = False, level: str = "1"
) -> JobRequest:
    job = job_request(
        env.target,
        f"callback-{env.seed}-{token}",
        template=template,
        level=level,
        call_back=env.target.callback_url(token),
        call_back_format=style,
    )
    return replace(job, user_data=f"{job.user_data}{_SPECIAL}")


#: What follows the path of the callback address in turn: a query belongs to the address too.
_QUERIES = ("", "", "?from=ci&key=a%2Fb%20c")


def _announced(name: str, style: str | None, number: int) -> Callable[[Env], Steps]:
    """A job with a callback address: describe it as soon as the callback is there, then wait on.

    The three of one format differ in the form of the job, in its level and in the address.
    """

    def run(env: Env) -> Steps:
        token = f"job-{env.seed}-{name}"
        job = _job(env, token, style, template=number == 1, level="120"[number])
        job = replace(job, call_back=f"{job.call_back}{_QUERIES[number]}")
        if style is None and number == 2:
            job = replace(job, user_data=None)
        yield from _await(env, job, token, accept("REQ-33"), count=1)

    return run


def _await(
    env: Env, job: JobRequest, token: str, expect: Expect, *, count: int
) -> Part[str | None]:
    """Create, wait for the callback, look at once (CBK-07, CBK-05), then see whether more come."""
    target = env.target
    job_id = yield from make(create(target, job, expect=expect))
    if job_id is None:
        return None
    limit = target.job_timeout + target.callback_timeout
    came = yield from callbacks_for(AwaitCallbacks(token, job_id, 1, _first(target, limit)))
    if came:
        yield describe(target, job_id, step="at-callback", expect=accept("QRY-01"))
    else:
        state = yield from follow(target, job_id)
        if state in FINAL:
            yield AwaitCallbacks(token, job_id, 1, target.callback_timeout)
            yield describe(target, job_id, step="at-callback", expect=accept("QRY-01"))
    if count > 1:
        yield AwaitCallbacks(token, job_id, count, target.callback_timeout)
    yield AwaitCallbacks(token, job_id, count + 1, GRACE)
    return job_id


def _first(target: Target, limit: float) -> float:
    """How long to wait before looking whether the job has ended without an announcement."""
    return min(limit, target.callback_timeout)


def _silent(style: str | None) -> Callable[[Env], Steps]:
    """``CallBack`` = ``no``: after the job has ended, nothing comes for it."""

    def run(env: Env) -> Steps:
        name = f"no-{style or 'default'}"
        job = job_request(
            env.target,
            f"callback-{env.seed}-{name}",
            level="1",
            call_back="no",
            call_back_format=style,
        )
        job_id = yield from make(create(env.target, job, expect=accept("REQ-34")))
        if job_id is None:
            return
        if (yield from follow(env.target, job_id)) in FINAL:
            yield AwaitCallbacks(f"job-{env.seed}-{name}", job_id, 1, 2 * GRACE)

    return run


def _other_bucket(env: Env) -> Steps:
    """A result that goes to another bucket than the input's; a server may refuse to write there."""
    token = f"job-{env.seed}-other-bucket"
    job = _job(env, token, None)
    assert job.output is not None
    other = replace(job.output, bucket=f"other-{env.target.bucket}")
    yield from _await(env, replace(job, output=other), token, either(), count=1)


def _failed(style: str) -> Callable[[Env], Steps]:
    """A job that cannot succeed; a server may refuse it, or let it fail and say so.

    In JSON the receiver answers 503 once: failed or not, a callback that is not taken comes again.
    """

    def run(env: Env) -> Steps:
        token = f"job-{env.seed}-failed-{style.lower()}"
        job = job_request(
            env.target,
            f"callback-{env.seed}-failed-{style.lower()}",
            level="1",
            input_object=OPEN_INPUTS["xml-specials"],
            call_back=env.target.callback_url(token),
            call_back_format=style,
        )
        if style == "JSON":
            yield AnswerCallbacks(token, (503, 200))
        count = 2 if style == "JSON" else 1
        yield from _await(env, job, token, either("STA-10"), count=count)

    return run


def _paused(env: Env) -> Steps:
    """A job that waits in a paused queue has not finished: nothing is to be said about it."""
    token = f"job-{env.seed}-paused"
    job = replace(_job(env, token, None), queue_id=env.target.paused_queue_id)
    job_id = yield from make(create(env.target, job, expect=either("STA-13")))
    if job_id is not None:
        yield AwaitCallbacks(token, job_id, 1, GRACE)
        yield describe(env.target, job_id, step="look", expect=accept("QRY-01"))


def _retried(env: Env) -> Steps:
    """The receiver answers 503 once; a second try is what CBK-09 hopes for."""
    token = f"job-{env.seed}-retry"
    yield AnswerCallbacks(token, (503, 200))
    yield Wait(0)
    yield from _await(env, _job(env, token, None), token, accept("REQ-33"), count=2)
