"""HTTP-10, REQ-40, REQ-46, REQ-47: headers in any guise, queue, hosts, paths and methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.generate.signing import ALL_HEADERS, GOOD, SPELLINGS, Signing
from conformance.scenarios.base import Env, Scenario, Steps
from conformance.scenarios.calls import (
    accept,
    cancel,
    create,
    job_request,
    list_jobs,
    nearly,
    refuse,
)
from conformance.scenarios.polling import held_job, make, send
from conformance.spec.names import PIC_JOBS, service_host
from conformance.spec.reading import refused
from conformance.spec.target import Target


def scenarios(target: Target) -> Iterator[Scenario]:
    """Everything around the body."""
    for spelling in SPELLINGS:
        yield _spelt(spelling, GOOD)
        yield _spelt(spelling, replace(GOOD, headers=ALL_HEADERS), "-signed")
    yield from _spelt_elsewhere(target)
    for name, path in _OTHER_PATHS.items():
        yield _refused(f"http/path-{name}", "REQ-47", _other_path(name, path))
    for method in ("DELETE", "PATCH", "PUT", "OPTIONS"):
        yield _refused(f"http/method-{method.lower()}", "REQ-47", _other_method(method))
    yield _refused("http/method-delete-bare", "REQ-47", _bare_delete)
    for name, queue_id in _other_queues(target).items():
        yield _refused(f"http/unknown-queue{name}", "REQ-40", _unknown_queue(name, queue_id))
    for name, host in _hosts(target).items():
        yield _refused(f"http/host-{name}", "REQ-46", _other_host(name, host))
    if target.has_temporary:
        keys, host = replace(GOOD, who="temporary"), _hosts(target)["other-bucket"]
        yield _refused("http/host-temporary", "REQ-46", _other_host("temporary", host, keys))


def _spelt(spelling: str, signing: Signing, suffix: str = "") -> Scenario:
    """A create whose headers are written in another way, with few or all of them signed."""
    name = f"{spelling}{suffix}"

    def run(env: Env) -> Steps:
        job = job_request(env.target, f"http-{env.seed}-{name}", call_back="no")
        expect = accept("HTTP-10", note=f"headers {spelling}")
        yield create(env.target, job, expect=expect, signing=replace(signing, spelling=spelling))

    return Scenario(f"http/{name}", ("HTTP-10",), run, jobs=1)


def _spelt_elsewhere(target: Target) -> Iterator[Scenario]:
    """Other requests than a create, and what temporary credentials need, each in one writing."""
    if target.has_temporary:
        keys = replace(GOOD, who="temporary")
        yield _spelt("upper-case", keys, "-temporary")
    yield Scenario("http/lower-case-list", ("HTTP-10",), _spelt_list)
    yield Scenario("http/upper-case-cancel", ("HTTP-10",), _spelt_cancel, jobs=1, requests=2)


def _spelt_list(env: Env) -> Steps:
    expect = accept("HTTP-10", note="headers lower-case, on a list")
    yield list_jobs(env.target, expect=expect, signing=replace(GOOD, spelling="lower-case"))


def _spelt_cancel(env: Env) -> Steps:
    """Where it is refused, written as usual once more: ``checks.signing`` compares the two."""
    marker = f"http-{env.seed}-upper-case-cancel"
    job_id = yield from held_job(env.target, marker)
    if job_id is None:
        job = job_request(env.target, marker, level="0", call_back="no")
        job_id = yield from make(create(env.target, job, step="prepare", expect=accept("REQ-31")))
    if job_id is None:
        return
    expect = accept("HTTP-10", note="headers upper-case, on a cancel")
    signing = replace(GOOD, spelling="upper-case")
    answer = yield from send(cancel(env.target, job_id, expect=expect, signing=signing))
    if refused(answer):
        yield cancel(env.target, job_id, step="as-usual")


def _refused(name: str, clause: str, run: Callable[[Env], Steps]) -> Scenario:
    return Scenario(name, (clause,), run)


_OTHER_PATHS = {
    "singular": "/pic_job",
    "unknown": "/no_such_operation",
    "below": "/api/pic_jobs",
    "longer": "/pic_jobs_of_others",
    "dash": "/pic-jobs",
    "media": "/jobs",
    "letter-case": "/PIC_JOBS",
}


def _other_path(name: str, path: str) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        expect = refuse("REQ-47", codes=("InvalidUrl",), statuses=(404,), note=f"POST to {path}")
        job = job_request(env.target, f"http-{env.seed}-path-{name}", call_back="no")
        yield create(env.target, job, path=path, expect=expect)

    return run


def _other_method(method: str) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        expect = refuse("REQ-47", statuses=(*range(400, 500), 501), note=f"{method} {PIC_JOBS}")
        job = job_request(env.target, f"http-{env.seed}-{method.lower()}", call_back="no")
        yield create(env.target, job, method=method, expect=expect)

    return run


def _bare_delete(env: Env) -> Steps:
    """DELETE as a client would send it: the parameters of a list, and no body."""
    listing = list_jobs(env.target)
    expect = refuse("REQ-47", statuses=(*range(400, 500), 501), note=f"DELETE {PIC_JOBS}?…")
    yield replace(listing, request=replace(listing.request, method="DELETE"), expect=expect)


NO_QUEUE = "p00000000000000000000000000000000"


def _other_queues(target: Target) -> dict[str, str]:
    """Ids that are no queue's: one of its own, and some that are nearly one."""
    near = nearly(target.queue_id)
    return {"": NO_QUEUE, **{f"-{name}": queue_id for name, queue_id in near.items()}}


def _unknown_queue(name: str, queue_id: str) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        expect = refuse("REQ-40", statuses=range(400, 500), note="an unknown QueueId")
        marker = f"http-{env.seed}-unknown-queue{name}"
        job = job_request(env.target, marker, queue_id=queue_id, call_back="no")
        yield create(env.target, job, expect=expect)

    return run


def _hosts(target: Target) -> dict[str, str]:
    """Hosts that are somebody else's bucket, or not of the documented form at all."""
    name, _, appid = target.bucket.rpartition("-")
    return {
        "other-bucket": service_host(f"{name}x-{appid}", target.region),
        "other-appid": service_host(f"{name}-{int(appid) + 1}", target.region),
        "without-appid": f"{name}.ci.{target.region}.myqcloud.com",
        "without-bucket": f"ci.{target.region}.myqcloud.com",
        "storage-domain": f"{target.bucket}.cos.{target.region}.myqcloud.com",
        "prefixed": service_host(f"x-{target.bucket}", target.region),
        "longer": f"{service_host(target.bucket, target.region)}.example.com",
        "other-domain": f"{target.bucket}.ci.{target.region}.example.com",
    }


def _other_host(name: str, host: str, signing: Signing = GOOD) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        expect = refuse("REQ-46", codes=("InvalidHost", "AccessDenied"), note=f"Host {host}")
        job = job_request(env.target, f"http-{env.seed}-host-{name}", call_back="no")
        headers = (("Host", host),)
        yield create(env.target, job, headers=headers, expect=expect, signing=signing)

    return run
