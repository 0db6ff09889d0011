"""A result made by hand: one clause of each verdict, with hostile text in it."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Level, Outcome, broken, ok, unclear, unmet
from conformance.checks.verdicts import ClauseVerdict, fold
from conformance.generate.signing import Signing
from conformance.report.result import RunFacts, build_result
from conformance.scenarios.base import Call
from conformance.spec.wire import (
    Direction,
    Exchange,
    Expect,
    Failure,
    FailureKind,
    Headers,
    Request,
    Response,
    Wanted,
)

HOSTILE = "<script>alert(1)</script>]]>&\x00\x1b[31m\u202e`|*"
HOST = "examplebucket-1250000000.ci.ap-chongqing.myqcloud.com"
SIGNED = (
    "q-sign-algorithm=sha1&q-ak=AKID***01&q-sign-time=1700000000;1700003600&"
    "q-key-time=1700000000;1700003600&q-header-list=host&q-url-param-list=&"
    "q-signature=[redacted:signature]"
)
STARTED = 1_700_000_060.0
DATE = "Tue, 14 Nov 2023 22:14:20 GMT"


def request(
    method: str = "POST",
    target: str = "/pic_jobs",
    body: bytes = b"<Request/>",
    *headers: tuple[str, str],
) -> Request:
    length = (("Content-Length", str(len(body))),) if method in ("PUT", "POST") else ()
    plain = (("Host", HOST), ("Date", DATE), ("Content-Type", "application/xml"), *length)
    return Request(method, target, Headers((*plain, ("Authorization", SIGNED), *headers)), body)


def response(body: bytes = b"<Response/>", status: int = 200) -> Response:
    headers = Headers.of([("Content-Type", "application/xml"), ("Server", "tencent-ci")])
    return Response(status, headers, body, "OK")


def exchange(n: int = 1, **changes: Any) -> Exchange:
    made: dict[str, Any] = {
        "request": request(),
        "response": response(),
        "n": n,
        "scenario": "body/REQ-04",
        "step": "create",
        "started": STARTED,
        "elapsed": 0.0123,
        "expect": Expect(Wanted.ACCEPT, note="a note"),
    }
    return Exchange(**made | changes)


EXCHANGES = (
    exchange(1, request=request(body=b"<Request>" + b"a" * 900 + b"</Request>")),
    exchange(
        2,
        response=response(
            f"<Response><JobsDetail><UserData>{HOSTILE}</UserData></JobsDetail></Response>".replace(
                "\0", ""
            ).encode()
        ),
    ),
    exchange(3, response=None, failure=Failure(FailureKind.TIMEOUT, "nothing came in 10 s")),
    exchange(
        4,
        request=request(target="/callback/abc", body=b"\xff\x00callback"),
        direction=Direction.CALLBACK,
    ),
    exchange(5),
)

_AT = "Response/JobsDetail/Operation/UserData"


def outcomes() -> tuple[Outcome, ...]:
    big, small, lost, called, other = EXCHANGES
    return (
        broken("RSP-24", big, message="UserData differs", expected="a", observed="b", at=_AT),
        broken(
            "RSP-24", small, message="UserData differs", expected=HOSTILE, observed="\udcff", at=_AT
        ),
        ok("RSP-24", other),
        broken("RSP-05", small, message="Server is nginx", expected="tencent-ci", at="Server"),
        broken("RSP-29", other, message="Progress is drift", level=Level.MAY),
        ok("RSP-01", small, other),
        ok("RSP-01", big),
        unclear("RSP-01", lost, reason="nothing came in 10 s"),
        unclear("RSP-12", lost, reason="nothing came in 10 s"),
        unmet("STA-13", reason="no paused queue was given"),
        broken("CBK-04", called, message=HOSTILE, observed=HOSTILE),
    )


def verdicts(**options: Any) -> tuple[ClauseVerdict, ...]:
    sizes = {each.n: len(each.request.body) for each in EXCHANGES}
    return fold(outcomes(), ("S", "K"), sizes=sizes, **options)


def result(*, verbose: bool = False, **options: Any) -> dict[str, Any]:
    facts = RunFacts(
        kind="endpoint",
        name=f"http://127.0.0.1:1 {HOSTILE}",
        started=STARTED,
        duration=1.25,
        requests=5,
        jobs=2,
        seed=7,
        endpoint="http://127.0.0.1:1/",
        target={"host": HOST},
        remaining=("j1",),
    )
    calls = {each.n: Call("create", each.request, signing=Signing()) for each in EXCHANGES}
    return build_result(facts, verdicts(**options), EXCHANGES, calls=calls, verbose=verbose)


def row(made: dict[str, Any], clause_id: str) -> dict[str, Any]:
    return next(each for each in made["clauses"] if each["id"] == clause_id)
