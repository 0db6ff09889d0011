"""HTTP-01 to 13, role C: what a client puts on the wire before the body."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace

from conformance.checks.base import Decisions, Level, Outcome, broken, ok
from conformance.checks.client_case import LIST_PARAMETERS, Sent
from conformance.spec.names import HOST, JOBS, PIC_JOBS
from conformance.spec.reading import Operation
from conformance.spec.signature import PARAMETERS, TOKEN_HEADERS
from conformance.spec.times import parse_http_date
from conformance.spec.wire import Request

#: HTTP-09: how far a Date may be from the receiver's clock, in seconds; 2 s are for the clocks.
DATE_TOLERANCE = 15 * 60 + 2

#: Parameters of a list that mean the same as leaving them out (DescribePicJobs).
_LIST_DEFAULTS = {"orderByTime": "Desc", "size": "10", "states": "All"}


def check(sent: Sent) -> Iterator[Outcome]:
    """Judge one request."""
    if sent.operation is Operation.CREATE:
        yield _create_line(sent)
        yield _content_length(sent)
        yield _content_type(sent)
        yield from _content_md5(sent)
    elif sent.operation is Operation.DESCRIBE:
        yield _describe(sent)
    elif sent.operation is Operation.LIST:
        yield _list(sent)
    elif sent.operation is Operation.CANCEL:
        yield _cancel(sent)
    yield _host(sent)
    yield from _date(sent)
    yield _one_signature(sent)
    yield from _token(sent)


def foreign_params(request: Request) -> tuple[tuple[str, str], ...]:
    """The URL parameters that are neither the signature's own nor the token."""
    return tuple(
        pair
        for pair in request.params
        if pair[0] not in PARAMETERS and pair[0].lower() not in TOKEN_HEADERS
    )


def _line(request: Request) -> str:
    """Method and target as they stand on the request line, the signature left out."""
    names = [name for name, _ in request.params]
    if any(name in PARAMETERS or name.lower() in TOKEN_HEADERS for name in names):
        return f"{request.method} {request.raw_path}?… (with the signature's parameters)"
    return f"{request.method} {request.target}"


def _create_line(sent: Sent) -> Outcome:
    """HTTP-01."""
    request = sent.exchange.request
    if request.method != "POST":
        return broken(
            "HTTP-01",
            sent.exchange,
            message="a create is not sent as POST",
            expected=f"POST {PIC_JOBS}",
            observed=_line(request),
        )
    if request.raw_path != PIC_JOBS:
        return broken(
            "HTTP-01",
            sent.exchange,
            message="a create does not go to the documented path",
            expected=f"POST {PIC_JOBS}",
            observed=_line(request),
        )
    extra = foreign_params(request)
    if extra:
        return broken(
            "HTTP-01",
            sent.exchange,
            message="a create has URL parameters",
            expected="no query but the signature's own parameters and the token",
            observed="&".join(name for name, _ in extra),
        )
    return ok("HTTP-01", sent.exchange)


def _host(sent: Sent) -> Outcome:
    """HTTP-02."""
    hosts = sent.exchange.request.headers.all("Host")
    wanted = sent.call.host if sent.call else "<BucketName-APPID>.ci.<Region>.myqcloud.com"

    def documented(host: str) -> bool:
        return host == wanted if sent.call else HOST.fullmatch(host) is not None

    if len(hosts) == 1 and documented(hosts[0]):
        return ok("HTTP-02", sent.exchange)
    message = "Host is not the documented one"
    if not hosts:
        message = "Host is missing"
    elif len(hosts) > 1:
        message = "Host is there more than once"
    elif documented(hosts[0].partition(":")[0]):
        message = "Host has a port"
    return broken(
        "HTTP-02",
        sent.exchange,
        message=message,
        expected=wanted,
        observed=", ".join(hosts) or "no Host header",
        at="Host",
    )


def _content_length(sent: Sent) -> Outcome:
    """HTTP-03."""
    request = sent.exchange.request
    values = request.headers.all("Content-Length")
    arrived = len(request.body)
    expected = f"Content-Length: {arrived}, once"
    if request.headers.all("Transfer-Encoding"):
        observed = f"Transfer-Encoding: {request.headers.get('Transfer-Encoding')}"
        if values:
            observed += f" beside Content-Length: {', '.join(values)}"
    elif values == (str(arrived),):
        return ok("HTTP-03", sent.exchange)
    else:
        observed = f"Content-Length: {', '.join(values)}" if values else "no Content-Length"
        if values:
            observed += f", and {arrived} bytes of body"
    return broken(
        "HTTP-03",
        sent.exchange,
        message="Content-Length is not there exactly once with the number of bytes of the body",
        expected=expected,
        observed=observed,
        at="Content-Length",
    )


def _content_type(sent: Sent) -> Outcome:
    """HTTP-04."""
    values = sent.exchange.request.headers.all("Content-Type")
    kinds = {each.partition(";")[0].strip().lower() for each in values}
    if kinds == {"application/xml"}:
        return ok("HTTP-04", sent.exchange)
    return broken(
        "HTTP-04",
        sent.exchange,
        message="Content-Type is not application/xml" if values else "Content-Type is missing",
        expected="Content-Type: application/xml",
        observed=", ".join(values) or "no Content-Type header",
        at="Content-Type",
    )


def _content_md5(sent: Sent) -> Iterator[Outcome]:
    """HTTP-06."""
    values = sent.exchange.request.headers.all("Content-MD5")
    if not values:
        return
    right = base64.b64encode(hashlib.md5(sent.exchange.request.body).digest()).decode()
    if all(each.strip() == right for each in values):
        yield ok("HTTP-06", sent.exchange)
    else:
        yield broken(
            "HTTP-06",
            sent.exchange,
            message="Content-MD5 is not the Base64 form of the MD5 of the body",
            expected=right,
            observed=", ".join(values),
            at="Content-MD5",
        )


def _date(sent: Sent) -> Iterator[Outcome]:
    """HTTP-05 and HTTP-09."""
    values = sent.exchange.request.headers.all("Date")
    if not values:
        yield broken(
            "HTTP-05",
            sent.exchange,
            message="there is no Date header (the page's sample has one, no table requires it)",
            expected="Date: Wed, 29 May 2019 04:10:12 GMT, in form",
            observed="no Date header",
            level=Level.MAY,
            at="Date",
        )
        return
    for value in values:
        moment = parse_http_date(value.strip())
        if moment is None:
            yield broken(
                "HTTP-05",
                sent.exchange,
                message="Date has not the RFC 1123 form in GMT",
                expected="Wed, 29 May 2019 04:10:12 GMT, in form",
                observed=value,
                at="Date",
            )
            continue
        yield ok("HTTP-05", sent.exchange)
        apart = abs(moment - sent.exchange.started)
        if apart <= DATE_TOLERANCE:
            yield ok("HTTP-09", sent.exchange)
        else:
            yield broken(
                "HTTP-09",
                sent.exchange,
                message="Date is more than 15 minutes from the receiver's clock",
                expected="at most 900 seconds apart",
                observed=f"{value}, {apart:.0f} seconds apart",
                at="Date",
            )


def _one_signature(sent: Sent) -> Outcome:
    """HTTP-07."""
    request = sent.exchange.request
    headers = len(request.headers.all("Authorization"))
    in_url = any(name in PARAMETERS for name, _ in request.params)
    if (headers == 1) != in_url and headers <= 1:
        return ok("HTTP-07", sent.exchange)
    if headers > 1:
        observed = f"{headers} Authorization headers"
    elif headers:
        observed = "an Authorization header and a signature in the URL"
    else:
        observed = "neither an Authorization header nor a signature in the URL"
    return broken(
        "HTTP-07",
        sent.exchange,
        message="the request is not signed in exactly one place",
        expected="one Authorization header, or the signature in URL parameters",
        observed=observed,
        at="Authorization",
    )


def _token(sent: Sent) -> Iterator[Outcome]:
    """HTTP-08 (E8): either header; the URL as well when the signature is there."""
    token = sent.keys.token if sent.keys else None
    if not token:
        return
    request = sent.exchange.request
    seen = [
        (name, value.strip()) for name, value in request.headers if name.lower() in TOKEN_HEADERS
    ]
    if any(name in PARAMETERS for name, _ in request.params):
        seen += [pair for pair in request.params if pair[0].lower() in TOKEN_HEADERS]
        readings = {token, token.replace("+", " ")}  # E15
    else:
        readings = {token}
    if seen and all(value in readings for _, value in seen):
        yield ok("HTTP-08", sent.exchange, seen=f"token as {seen[0][0].lower()}")
        return
    observed = "no such header"
    if seen:
        observed = f"{seen[0][0]} with another value"
    yield broken(
        "HTTP-08",
        sent.exchange,
        message="the token of temporary credentials does not travel in its header",
        expected=f"the token in {' or '.join(TOKEN_HEADERS)}",
        observed=observed,
        at=TOKEN_HEADERS[0],
    )


# ---- the other operations ----


def _other(clause: str, sent: Sent, message: str, expected: str) -> Outcome:
    return broken(
        clause,
        sent.exchange,
        message=message,
        expected=expected,
        observed=_line(sent.exchange.request),
    )


def _with_body(clause: str, sent: Sent) -> Outcome | None:
    body = sent.exchange.request.body
    if not body:
        return None
    return broken(
        clause,
        sent.exchange,
        message=f"a {sent.operation} has a body",
        expected="no body",
        observed=f"{len(body)} bytes of body",
    )


def _describe(sent: Sent) -> Outcome:
    """HTTP-11; several ids in one request, or one request an id (E18, judged in LIB)."""
    request = sent.exchange.request
    ids = sent.call.job_ids if sent.call else ()
    expected = f"GET {PIC_JOBS}/{','.join(ids) or '<JobId>'}"
    asked = request.path.removeprefix(PIC_JOBS + "/")
    if request.method != "GET" or not request.path.startswith(PIC_JOBS + "/") or not asked:
        return _other("HTTP-11", sent, "a describe is not GET /pic_jobs/<JobId>", expected)
    if sent.call and asked != ",".join(ids) and asked not in ids:
        return _other("HTTP-11", sent, "a describe asks for other ids than its caller", expected)
    return _with_body("HTTP-11", sent) or _undocumented("HTTP-11", sent, ())


def _list(sent: Sent) -> Outcome:
    """HTTP-12."""
    request = sent.exchange.request
    asked = dict(sent.call.query) if sent.call else {}
    expected = f"GET {PIC_JOBS}?" + "&".join(f"{name}={value}" for name, value in asked.items())
    if request.method != "GET" or request.raw_path != PIC_JOBS:
        return _other("HTTP-12", sent, "a list is not GET /pic_jobs", expected)
    given = foreign_params(request)
    spaced = foreign_params(replace(request, target=request.target.replace("+", "%20")))  # E15
    for name in asked or ("queueId", "tag"):
        readings = [[value for key, value in pairs if key == name] for pairs in (given, spaced)]
        if not readings[0]:
            return _other("HTTP-12", sent, f"a list lacks the parameter {name}", expected)
        if name in asked and not any(set(values) == {asked[name]} for values in readings):
            return _other("HTTP-12", sent, f"the parameter {name} has another value", expected)
    for name, value in given:
        if name in asked or not value or not sent.call or name == "nextToken":
            continue  # a library may turn the pages by itself
        if name in LIST_PARAMETERS and value != _LIST_DEFAULTS.get(name):
            return _other("HTTP-12", sent, f"{name} was not asked for by the caller", expected)
    return _with_body("HTTP-12", sent) or _undocumented("HTTP-12", sent, LIST_PARAMETERS)


def _undocumented(clause: str, sent: Sent, known: tuple[str, ...]) -> Outcome:
    """Parameters beside the documented ones are information: no page forbids them."""
    unknown = [name for name, _ in foreign_params(sent.exchange.request) if name not in known]
    if not unknown:
        return ok(clause, sent.exchange)
    return broken(
        clause,
        sent.exchange,
        message=f"a {sent.operation} has a parameter that the page does not name: {unknown[0]}",
        expected=f"none but {', '.join(known)}" if known else "no parameter",
        observed=_line(sent.exchange.request),
        level=Level.MAY,
    )


def _cancel(sent: Sent) -> Outcome:
    """HTTP-13 (E17)."""
    request = sent.exchange.request
    ids = sent.call.job_ids if sent.call else ()
    expected = f"PUT {JOBS}/{ids[0] if ids else '<JobId>'}?cancel"
    asked = request.path.removeprefix(JOBS + "/")
    if request.method != "PUT" or not request.path.startswith(JOBS + "/") or not asked:
        return _other("HTTP-13", sent, "a cancel is not PUT /jobs/<JobId>?cancel", expected)
    if sent.call and asked not in ids:
        return _other("HTTP-13", sent, "a cancel names another job than its caller", expected)
    if [value for name, value in foreign_params(request) if name == "cancel"] != [""]:
        return _other("HTTP-13", sent, "a cancel has not the parameter cancel, empty", expected)
    return _with_body("HTTP-13", sent) or _undocumented("HTTP-13", sent, ("cancel",))


#: Which function decides which clauses.
DECIDES: Decisions = {
    _create_line: ("HTTP-01",),
    _host: ("HTTP-02",),
    _content_length: ("HTTP-03",),
    _content_type: ("HTTP-04",),
    _content_md5: ("HTTP-06",),
    _date: ("HTTP-05", "HTTP-09"),
    _one_signature: ("HTTP-07",),
    _token: ("HTTP-08",),
    _describe: ("HTTP-11",),
    _list: ("HTTP-12",),
    _cancel: ("HTTP-13",),
}
