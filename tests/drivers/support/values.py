"""Calls, exchanges and keys to test with."""

from __future__ import annotations

from conformance.drivers.recording import Provenance
from conformance.generate.signing import Credentials, Keyring
from conformance.scenarios.base import Call
from conformance.spec.target import Target
from conformance.spec.wire import Exchange, Headers, Request, Response

TARGET = Target("examplebucket-1250000000", "ap-chongqing", "p2911917386e148639319e13c285cc774")
SECRET = "Sk/3x+Am=ple&Key<9>Zq"
TOKEN = "tok-0123456789abcdef/+=="
KEYRING = Keyring(
    Credentials("AKIDpermanent00001234", SECRET),
    Credentials("AKIDtemporary00005678", "temporarySecretKey01", TOKEN),
)
CREATE = Request(
    "POST",
    "/pic_jobs",
    Headers((("Host", TARGET.host), ("Content-Type", "application/xml"))),
    b"<Request/>",
)
PROVENANCE = Provenance(
    "1.0", "2024-02-27", "2024-03-01T00:00:00Z", "emulator", "reference", TARGET, seed=7
)


def call(request: Request = CREATE, step: str = "create") -> Call:
    return Call(step, request)


def get(target: str = "/pic_jobs/j1") -> Call:
    return Call("describe", Request("GET", target, Headers((("Host", TARGET.host),))))


def exchange(
    request: Request = CREATE,
    body: bytes = b"<Response/>",
    *,
    scenario: str = "life",
    step: str = "create",
    started: float = 1.0,
    status: int = 200,
) -> Exchange:
    headers = Headers((("Content-Type", "application/xml"), ("Content-Length", str(len(body)))))
    response = Response(status, headers, body, "OK")
    return Exchange(request, response, scenario=scenario, step=step, started=started, elapsed=0.25)
