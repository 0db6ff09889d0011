"""ERR-01 to ERR-11: what a refusal has to look like, whatever was refused."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.base import Decisions, Outcome, broken, ok
from conformance.checks.facts import Facts
from conformance.spec.errors import CODES, statuses_fit
from conformance.spec.messages import ErrorBody
from conformance.spec.names import JOBS, PIC_JOBS
from conformance.spec.reading import error_code, parse_body, put_off, refused
from conformance.spec.wire import Exchange, Request, Wanted
from conformance.spec.xml import Node, XmlProblem

#: What the drivers put in the place of a secret that a target gave away.
GIVEN_AWAY = ("[redacted:secret-key]", "[redacted:sign-key]")


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge every error response of the run."""
    for exchange in facts.sent:
        if exchange.response is None or exchange.failure is not None:
            continue
        if refused(exchange):
            yield from _status(exchange)
            yield from _body(exchange)
        if not put_off(exchange) or facts.was_put_off_twice(exchange):
            yield from _blame(exchange)


def _status(exchange: Exchange) -> Iterator[Outcome]:
    """ERR-01: an Error document never comes with a 2xx status."""
    assert exchange.response is not None
    status = exchange.response.status
    if 300 <= status <= 599:
        yield ok("ERR-01", exchange)
    else:
        yield broken(
            "ERR-01",
            exchange,
            message="a refused request was answered with a status that is no error",
            expected="3xx, 4xx or 5xx",
            observed=str(status),
        )


def _body(exchange: Exchange) -> Iterator[Outcome]:
    """ERR-03, and what follows once there is an Error document."""
    assert exchange.response is not None
    parsed = parse_body(exchange.response.body)
    if isinstance(parsed, XmlProblem) or parsed.name != "Error":
        yield broken(
            "ERR-03",
            exchange,
            message="the body of a refusal is not an Error document",
            expected="well-formed XML with the root Error",
            observed=str(parsed) if isinstance(parsed, XmlProblem) else f"root {parsed.name!r}",
        )
        return
    yield ok("ERR-03", exchange)
    yield from _members(exchange, parsed)
    error = ErrorBody.from_node(parsed)
    yield from _code(exchange, (error.code or "").strip())
    yield from _ids(exchange, error)
    yield _secret(exchange, error.message)


def _members(exchange: Exchange, node: Node) -> Iterator[Outcome]:
    """ERR-04."""
    missing = [
        name
        for name in ("Code", "Message", "RequestId", "TraceId")
        if not (node.value(name) or "").strip()
    ]
    if not missing:
        yield ok("ERR-04", exchange)
    for name in missing:
        yield broken(
            "ERR-04",
            exchange,
            message=f"the Error has no {name}",
            expected=f"a {name} that is not empty",
            observed="absent" if node.first(name) is None else "empty",
            at=f"Error/{name}",
        )


def _code(exchange: Exchange, code: str) -> Iterator[Outcome]:
    """ERR-05: a documented code. ERR-06: with a status that it is documented with (E13)."""
    assert exchange.response is not None
    status = exchange.response.status
    if not code:
        return
    if code not in CODES:
        yield broken(
            "ERR-05",
            exchange,
            message="Code is not one of the documented codes",
            expected="a code of the Error Codes page",
            observed=repr(code),
            at="Error/Code",
        )
        return
    yield ok("ERR-05", exchange)
    if statuses_fit(code, status):
        yield ok("ERR-06", exchange)
    else:
        documented = sorted(CODES[code])
        yield broken(
            "ERR-06",
            exchange,
            message=f"Code {code} comes with a status that it is not documented with",
            expected=" or ".join(map(str, documented)) if documented else "any 4xx",
            observed=str(status),
            at="Error/Code",
        )


def _ids(exchange: Exchange, error: ErrorBody) -> Iterator[Outcome]:
    """ERR-07 and ERR-08: the ids in the body are those in the headers."""
    assert exchange.response is not None
    for clause, header, name, value in (
        ("ERR-07", "x-ci-request-id", "RequestId", error.request_id),
        ("ERR-08", "x-ci-trace-id", "TraceId", error.trace_id),
    ):
        sent, told = exchange.response.headers.get(header), (value or "").strip()
        if not told:
            continue  # ERR-04 says that the node is missing
        if clause == "ERR-07" and sent is None:
            continue  # RSP-06 says that the header is missing
        if sent is not None and sent.strip() == told:
            yield ok(clause, exchange)
        else:
            yield broken(
                clause,
                exchange,
                message=f"the header {header} and the node {name} do not agree",
                expected=f"{header}: {told}",
                observed=f"{header}: {sent}" if sent is not None else f"no {header}",
                at=f"Error/{name}",
            )


def _secret(exchange: Exchange, text: str | None) -> Outcome:
    """ERR-11: the drivers mark where a secret stood, so that it is seen and yet not shown."""
    if text and any(mark in text for mark in GIVEN_AWAY):
        return broken(
            "ERR-11",
            exchange,
            message="Message gives away a secret of the request's signature",
            expected="neither the secret key nor the sign key in Message",
            observed=text,
            at="Error/Message",
        )
    return ok("ERR-11", exchange)


def _blame(exchange: Exchange) -> Iterator[Outcome]:
    """ERR-09: a bad request is the client's fault and never answered with a 5xx."""
    assert exchange.response is not None
    expect = exchange.expect
    if expect is None or expect.wanted is Wanted.ACCEPT:
        return
    status = exchange.response.status
    if status < 500 or (status == 501 and _unknown_method(exchange.request)):
        if status >= 300:
            yield ok("ERR-09", exchange)
        return
    yield broken(
        "ERR-09",
        exchange,
        message=f"a bad request was answered with a server error ({expect.note or 'see request'})",
        expected="4xx",
        observed=f"{status} {error_code(exchange)}".strip(),
    )


def _unknown_method(request: Request) -> bool:
    """Whether the method is one that the documentation does not have for that path."""
    path = request.raw_path
    if path == PIC_JOBS:
        return request.method not in ("POST", "GET")
    if path.startswith(PIC_JOBS + "/"):
        return request.method != "GET"
    if path.startswith(JOBS + "/"):
        return request.method != "PUT"
    return True


#: Which function decides which clauses.
DECIDES: Decisions = {
    _status: ("ERR-01",),
    _body: ("ERR-03",),
    _members: ("ERR-04",),
    _code: ("ERR-05", "ERR-06"),
    _ids: ("ERR-07", "ERR-08"),
    _secret: ("ERR-11",),
    _blame: ("ERR-09",),
}
