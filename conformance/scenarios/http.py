"""HTTP-10, REQ-40, REQ-46, REQ-47: headers in any guise, queue, hosts, paths and methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.scenarios.base import Call, Env, Scenario, Steps
from conformance.scenarios.calls import accept, create, job_request, refuse
from conformance.spec.names import PIC_JOBS, service_host
from conformance.spec.target import Target
from conformance.spec.wire import Headers, Request
from conformance.spec.xml import write_xml

#: HTTP-10: how a header's name may be written.
_CASES: dict[str, Callable[[str], str]] = {
    "lower-case": str.lower,
    "upper-case": str.upper,
    "title-case": str.title,
    "mixed-case": lambda name: "".join(
        char.upper() if index % 2 else char.lower() for index, char in enumerate(name)
    ),
}


def scenarios(target: Target) -> Iterator[Scenario]:
    """Everything around the body."""
    for name, change in _CASES.items():
        yield _accepted(f"http/{name}", _headers(change))
    yield _accepted("http/host-last", _host_last)
    yield _accepted("http/type-first", _type_first)
    for name, path in _OTHER_PATHS.items():
        yield _refused(f"http/path-{name}", "REQ-47", _other_path(name, path))
    for method in ("DELETE", "PATCH", "PUT"):
        yield _refused(f"http/method-{method.lower()}", "REQ-47", _other_method(method))
    yield _refused("http/unknown-queue", "REQ-40", _unknown_queue)
    for name, host in _hosts(target).items():
        yield _refused(f"http/host-{name}", "REQ-46", _other_host(name, host))


def _accepted(name: str, run: Callable[[Env], Steps]) -> Scenario:
    return Scenario(name, ("HTTP-10",), run, jobs=1)


def _refused(name: str, clause: str, run: Callable[[Env], Steps]) -> Scenario:
    return Scenario(name, (clause,), run)


def _call(env: Env, name: str, headers: Headers) -> Call:
    body = write_xml(job_request(env.target, f"http-{env.seed}-{name}", call_back="no").to_node())
    return Call(
        "create",
        Request("POST", PIC_JOBS, headers, body),
        accept("HTTP-10", note=f"headers {name}"),
    )


def _plain(target: Target, body_length: int | None = None) -> list[tuple[str, str]]:
    pairs = [("Host", target.host), ("Content-Type", "application/xml")]
    return pairs if body_length is None else [*pairs, ("Content-Length", str(body_length))]


def _headers(change: Callable[[str], str]) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        name = next(key for key, value in _CASES.items() if value is change)
        call = _call(env, name, Headers())
        pairs = _plain(env.target, len(call.request.body))
        headers = Headers.of((change(key), value) for key, value in pairs)
        yield _call(env, name, headers)

    return run


def _host_last(env: Env) -> Steps:
    yield _call(env, "host-last", Headers.of(reversed(_plain(env.target))))


def _type_first(env: Env) -> Steps:
    length = len(_call(env, "type-first", Headers()).request.body)
    pairs = _plain(env.target, length)
    yield _call(env, "type-first", Headers.of((pairs[1], pairs[2], pairs[0])))


_OTHER_PATHS = {
    "singular": "/pic_job",
    "unknown": "/no_such_operation",
    "below": "/api/pic_jobs",
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


NO_QUEUE = "p00000000000000000000000000000000"


def _unknown_queue(env: Env) -> Steps:
    expect = refuse("REQ-40", statuses=range(400, 500), note="an unknown QueueId")
    job = job_request(
        env.target, f"http-{env.seed}-unknown-queue", queue_id=NO_QUEUE, call_back="no"
    )
    yield create(env.target, job, expect=expect)


def _hosts(target: Target) -> dict[str, str]:
    """Hosts that are somebody else's bucket, or not of the documented form at all."""
    name, _, appid = target.bucket.rpartition("-")
    return {
        "other-bucket": service_host(f"{name}x-{appid}", target.region),
        "other-appid": service_host(f"{name}-{int(appid) + 1}", target.region),
        "without-appid": f"{name}.ci.{target.region}.myqcloud.com",
        "without-bucket": f"ci.{target.region}.myqcloud.com",
        "other-domain": f"{target.bucket}.ci.{target.region}.example.com",
    }


def _other_host(name: str, host: str) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        expect = refuse("REQ-46", codes=("InvalidHost", "AccessDenied"), note=f"Host {host}")
        job = job_request(env.target, f"http-{env.seed}-host-{name}", call_back="no")
        yield create(env.target, job, headers=(("Host", host),), expect=expect)

    return run
