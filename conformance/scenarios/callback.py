"""Callbacks (CBK): one URL a job, in both formats, none for ``no``, failing jobs and receivers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.scenarios.base import (
    AnswerCallbacks,
    AwaitCallbacks,
    Env,
    Scenario,
    Steps,
    Wait,
)
from conformance.scenarios.calls import accept, create, describe, either, job_request
from conformance.scenarios.life import NO_OBJECT
from conformance.scenarios.polling import Part, callbacks_for, follow, make
from conformance.spec.messages import JobRequest
from conformance.spec.states import FINAL
from conformance.spec.target import Target
from conformance.spec.wire import Expect

#: After the first callback a second one would be a second announcement: how long to look for it.
GRACE = 1.0

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
                _announced(f"{name}-{number}", style, template=number == 1),
                jobs=1,
                requests=8,
            )
    yield Scenario("callback/no", ("CBK-06",), _silent, jobs=1, requests=8)
    for style in ("XML", "JSON"):
        yield Scenario(
            f"callback/failed-{style.lower()}",
            ("CBK-08", "CBK-05"),
            _failed(style),
            jobs=1,
            requests=8,
        )
    yield Scenario("callback/retry", ("CBK-09", "CBK-01"), _retried, jobs=1, requests=8)


def _job(env: Env, token: str, style: str | None, *, template: bool = False) -> JobRequest:
    return job_request(
        env.target,
        f"callback-{env.seed}-{token}",
        template=template,
        level="1",
        call_back=env.target.callback_url(token),
        call_back_format=style,
    )


def _announced(name: str, style: str | None, *, template: bool) -> Callable[[Env], Steps]:
    """A job with a callback address: describe it as soon as the callback is there, then wait on."""

    def run(env: Env) -> Steps:
        token = f"job-{env.seed}-{name}"
        job = _job(env, token, style, template=template)
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


def _silent(env: Env) -> Steps:
    """``CallBack`` = ``no``: after the job has ended, nothing comes for it."""
    target = env.target
    token = f"job-{env.seed}-no"
    job = job_request(target, f"callback-{env.seed}-no", level="1", call_back="no")
    job_id = yield from make(create(target, job, expect=accept("REQ-34")))
    if job_id is None:
        return
    state = yield from follow(target, job_id)
    if state in FINAL:
        yield AwaitCallbacks(token, job_id, 1, 2 * GRACE)


def _failed(style: str) -> Callable[[Env], Steps]:
    """A job that cannot succeed; a server may refuse it, or let it fail and say so."""

    def run(env: Env) -> Steps:
        token = f"job-{env.seed}-failed-{style.lower()}"
        job = job_request(
            env.target,
            f"callback-{env.seed}-failed-{style.lower()}",
            level="1",
            input_object=NO_OBJECT,
            call_back=env.target.callback_url(token),
            call_back_format=style,
        )
        yield from _await(env, job, token, either("STA-10"), count=1)

    return run


def _retried(env: Env) -> Steps:
    """The receiver answers 503 once; a second try is what CBK-09 hopes for."""
    token = f"job-{env.seed}-retry"
    yield AnswerCallbacks(token, (503, 200))
    yield Wait(0)
    yield from _await(env, _job(env, token, None), token, accept("REQ-33"), count=2)
