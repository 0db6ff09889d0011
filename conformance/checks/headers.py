"""RSP-02 to RSP-08: what the headers of every response have to be, whatever made it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.checks.base import Decisions, Outcome, broken, ok, unclear
from conformance.checks.facts import Facts
from conformance.spec.reading import refused, succeeded
from conformance.spec.times import parse_http_date
from conformance.spec.wire import Exchange, FailureKind, Response
from conformance.spec.xml import XmlProblem, read_xml

#: RSP-04, RSP-31: how far two clocks may be apart, in seconds.
CLOCK_SLACK = 15 * 60

_NUMBER = re.compile(r"[ \t]*[0-9]+[ \t]*")


def check(facts: Facts) -> Iterator[Outcome]:
    """Judge the headers of every response of the run."""
    short = [each for each in facts.sent if each.response and _whole(each, each.response)]
    for exchange in facts.sent:
        if exchange.response is not None:
            yield from _length(exchange, exchange.response, once=len(short) == 1)
        if exchange.response is not None and exchange.failure is None:
            yield from _content_type(exchange, exchange.response)
            yield from _date(exchange, exchange.response)
            yield from _server(exchange, exchange.response)
            yield from _trace(exchange, exchange.response)
            yield from _connection(exchange, exchange.response)
    yield from _request_ids(facts)


def _content_type(exchange: Exchange, response: Response) -> Iterator[Outcome]:
    """RSP-02 (and ERR-02 for error responses): parameters such as charset are allowed."""
    if not response.body:
        return
    clause = "ERR-02" if response.status >= 300 else "RSP-02"
    values = response.headers.all("Content-Type")
    media = [value.partition(";")[0].strip().lower() for value in values]
    if media == ["application/xml"]:
        yield ok(clause, exchange)
    else:
        yield broken(
            clause,
            exchange,
            message="the response's Content-Type is not application/xml",
            expected="Content-Type: application/xml",
            observed=f"Content-Type: {', '.join(values)}" if values else "no Content-Type",
            at="Content-Type",
        )


def _length(exchange: Exchange, response: Response, *, once: bool) -> Iterator[Outcome]:
    """RSP-03: Content-Length equals the bytes of the body, or the body is chunked (E30).

    ``once``: only one answer of the run was whole and yet shorter than announced.
    """
    framing = response.framing
    values = response.headers.all("Content-Length")
    if framing.chunked and not values and exchange.failure is None:
        yield ok("RSP-03", exchange)
        return
    wrong = _length_wrong(exchange, response, values, once=once)
    if wrong:
        yield broken(
            "RSP-03",
            exchange,
            message=wrong,
            expected=f"Content-Length: {framing.received + framing.extra}, or a chunked body",
            observed=", ".join(f"Content-Length: {value}" for value in values)
            or "no Content-Length",
            at="Content-Length",
        )
    elif exchange.failure is None:
        yield ok("RSP-03", exchange)
    else:
        yield unclear("RSP-03", exchange, reason=exchange.failure.message)


def _length_wrong(
    exchange: Exchange, response: Response, values: tuple[str, ...], *, once: bool
) -> str:
    """What is wrong with the length, or ``""``.

    A body that is shorter than announced may have been cut by the network; it counts only when
    what came is a whole document, for then it is the number that is wrong and not the body. Once
    in a run even that may be the network, which cut off the white space after the document.
    """
    framing = response.framing
    if framing.chunked:
        return "the response is chunked and has a Content-Length too" if values else ""
    if not values:
        if response.status in (204, 304):
            return ""
        if response.version == "HTTP/1.0":
            return ""  # E30
        return "there is no Content-Length and the body is not chunked"
    if len(values) > 1 or _NUMBER.fullmatch(values[0]) is None:
        return "Content-Length is not one number"
    if framing.extra:
        return f"{framing.extra} bytes follow the end that Content-Length announces"
    if int(values[0]) == framing.received:
        return ""
    if exchange.failure is not None and (once or not _whole(exchange, response)):
        return ""
    return "Content-Length is not the number of bytes in the body"


def _whole(exchange: Exchange, response: Response) -> bool:
    """Whether the body is complete in itself although more had been announced."""
    if exchange.failure is None or exchange.failure.kind is not FailureKind.INCOMPLETE:
        return False
    try:
        read_xml(response.body)
    except XmlProblem:
        return False
    return True


def _date(exchange: Exchange, response: Response) -> Iterator[Outcome]:
    """RSP-04: there, in the form of RFC 1123, and near the clock of whoever asked."""
    values = response.headers.all("Date")
    moment = parse_http_date(values[0].strip()) if len(values) == 1 else None
    if moment is None:
        yield broken(
            "RSP-04",
            exchange,
            message="the response has no Date in the RFC 1123 GMT form",
            expected="Date: Wed, 29 May 2019 04:10:12 GMT (in form)",
            observed=", ".join(f"Date: {value}" for value in values) or "no Date",
            at="Date",
        )
    elif not exchange.started - CLOCK_SLACK <= moment <= exchange.ended + CLOCK_SLACK:
        yield broken(
            "RSP-04",
            exchange,
            message="the response's Date is more than 15 minutes off the client's clock",
            expected=f"about {exchange.started:.0f} (Unix seconds)",
            observed=f"Date: {values[0]} ({moment:.0f})",
            at="Date",
        )
    else:
        yield ok("RSP-04", exchange)


def _server(exchange: Exchange, response: Response) -> Iterator[Outcome]:
    """RSP-05."""
    values = response.headers.all("Server")
    if values == ("tencent-ci",):
        yield ok("RSP-05", exchange)
    else:
        yield broken(
            "RSP-05",
            exchange,
            message="the response's Server header is not tencent-ci",
            expected="Server: tencent-ci",
            observed=", ".join(f"Server: {value}" for value in values) or "no Server",
            at="Server",
        )


def _trace(exchange: Exchange, response: Response) -> Iterator[Outcome]:
    """RSP-07: x-ci-trace-id only when the request failed."""
    if not succeeded(exchange):
        return
    value = response.headers.get("x-ci-trace-id")
    if value is None:
        yield ok("RSP-07", exchange)
    else:
        yield broken(
            "RSP-07",
            exchange,
            message="a successful response carries x-ci-trace-id",
            expected="no x-ci-trace-id",
            observed=f"x-ci-trace-id: {value}",
            at="x-ci-trace-id",
        )


def _connection(exchange: Exchange, response: Response) -> Iterator[Outcome]:
    """RSP-08: letter case does not matter (RFC 9110, 7.6.1: connection options)."""
    values = response.headers.all("Connection")
    bad = [value for value in values if value.strip().lower() not in ("keep-alive", "close")]
    if bad or len(values) > 1:
        yield broken(
            "RSP-08",
            exchange,
            message="Connection is neither keep-alive nor close",
            expected="Connection: keep-alive, Connection: close, or none",
            observed=", ".join(f"Connection: {value}" for value in values),
            at="Connection",
        )
    else:
        yield ok("RSP-08", exchange)


def _request_ids(facts: Facts) -> Iterator[Outcome]:
    """RSP-06: there, not empty, and another one on every response of the run."""
    seen: dict[str, Exchange] = {}
    for exchange in facts.sent:
        if exchange.response is None or not (succeeded(exchange) or refused(exchange)):
            continue
        values = exchange.response.headers.all("x-ci-request-id")
        value = values[0].strip() if values else ""
        if not value or len(values) > 1:
            yield broken(
                "RSP-06",
                exchange,
                message="the response has no x-ci-request-id of its own",
                expected="one x-ci-request-id that is not empty",
                observed=", ".join(f"x-ci-request-id: {each}" for each in values)
                or "no x-ci-request-id",
                at="x-ci-request-id",
            )
        elif value in seen:
            yield broken(
                "RSP-06",
                exchange,
                seen[value],
                message="two responses of the run carry the same x-ci-request-id",
                expected="a new x-ci-request-id on every response",
                observed=f"x-ci-request-id: {value} again",
                at="x-ci-request-id",
            )
        else:
            yield ok("RSP-06", exchange)
            seen[value] = exchange


#: Which function decides which clauses.
DECIDES: Decisions = {
    _content_type: ("RSP-02", "ERR-02"),
    _length: ("RSP-03",),
    _date: ("RSP-04",),
    _server: ("RSP-05",),
    _request_ids: ("RSP-06",),
    _trace: ("RSP-07",),
    _connection: ("RSP-08",),
}
