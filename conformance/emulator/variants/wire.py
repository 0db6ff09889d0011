"""Variants of the outside of an answer: framing, header fields, connections, pace.

RFC 9110 and RFC 9112 leave all of this free, and the page takes none of it away.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from conformance.emulator import Behaviour, hook
from conformance.emulator.deviation import Variants
from conformance.emulator.values import Answer, Delivery, Incoming, Operation, Segment
from conformance.spec.wire import Headers

VARIANTS = Variants()

Pairs = tuple[tuple[str, str], ...]


# ---- header fields ----


@VARIANTS.add("lower-case-headers", says="Header names are written in lower case.")
class LowerCaseHeaders(Behaviour):
    def finish_answer(self, incoming: Incoming, answer: Answer) -> Answer:
        made = super().finish_answer(incoming, answer)
        return replace(made, headers=Headers.of((k.lower(), v) for k, v in made.headers))


@VARIANTS.add("upper-case-headers", says="Header names are written in capitals.")
class UpperCaseHeaders(Behaviour):
    def finish_answer(self, incoming: Incoming, answer: Answer) -> Answer:
        made = super().finish_answer(incoming, answer)
        return replace(made, headers=Headers.of((k.upper(), v) for k, v in made.headers))


@VARIANTS.add(
    "headers-in-changing-order", says="No two answers in a row order their headers alike."
)
@hook("common_headers")
def headers_in_changing_order(behaviour: Behaviour, inner: Any, *args: Any) -> Pairs:
    pairs: Pairs = inner(*args)
    turn = behaviour.count("header order") % len(pairs)
    return pairs[turn:] + pairs[:turn]


@VARIANTS.add(
    "extra-headers",
    says="Answers carry further headers, one of them twice, one with bytes beyond ASCII.",
)
@hook("common_headers")
def extra_headers(behaviour: Behaviour, inner: Any, *args: Any) -> Pairs:
    return (
        ("Via", "1.1 proxy.example"),
        ("Set-Cookie", "one=1"),
        *inner(*args),
        ("Set-Cookie", "two=2"),
        ("Cache-Control", "no-store"),
        ("X-Empty", ""),
        ("X-Note", "caf\u00e9"),
    )


@VARIANTS.add("many-headers", says="Fifty unknown headers come before the common ones.")
@hook("common_headers")
def many_headers(behaviour: Behaviour, inner: Any, *args: Any) -> Pairs:
    return (*((f"X-Trace-{number}", "0" * 40) for number in range(50)), *inner(*args))


@VARIANTS.add(
    "headers-oddly-written",
    says="No space follows a header's colon, blanks trail its value, lengths have leading zeros.",
)
class HeadersOddlyWritten(Behaviour):
    def content_length(self, answer: Answer) -> str | None:
        return f"{len(answer.body):08d}"

    def head_bytes(self, answer: Answer) -> bytes:
        fields = (f"{name}:{value} \t" for name, value in answer.headers)
        return ("\r\n".join([self.status_line(answer), *fields]) + "\r\n\r\n").encode("latin-1")


@VARIANTS.add(
    "own-reason-phrases",
    says="The status line of a success ends after the number; errors have the server's own words.",
)
@hook("status_line")
def own_reason_phrases(behaviour: Behaviour, inner: Any, answer: Answer) -> str:
    return f"HTTP/1.1 {answer.status} {'Refused, not 200 OK' if answer.refused else ''}"


@VARIANTS.add("charset-quoted", says='Content-Type is application/xml;charset="UTF-8".')
@hook("content_type")
def charset_quoted(behaviour: Behaviour, inner: Any, answer: Answer) -> str | None:
    return 'application/xml;charset="UTF-8"' if answer.body else None


@VARIANTS.add("content-type-in-capitals", says="Content-Type is Application/XML ; Charset=UTF-8.")
@hook("content_type")
def content_type_in_capitals(behaviour: Behaviour, inner: Any, answer: Answer) -> str | None:
    return "Application/XML ; Charset=UTF-8" if answer.body else None


@VARIANTS.add("cancel-with-content-type", says="An answer without a body has a Content-Type too.")
@hook("content_type")
def cancel_with_content_type(behaviour: Behaviour, inner: Any, answer: Answer) -> str:
    return "application/xml"


@VARIANTS.add(
    "request-ids-are-numbers",
    says="Request ids are decimal numbers, and a failed request's trace id is its request id.",
)
class RequestIdsAreNumbers(Behaviour):
    def new_request_id(self, now: float) -> str:
        return str(self.count("plain request id"))

    def receive(self, *args: Any, **kwargs: Any) -> Incoming:
        incoming = super().receive(*args, **kwargs)
        incoming.trace_id = incoming.request_id
        return incoming


@VARIANTS.add("long-request-ids", says="Request ids are long, with signs that Base64 lacks.")
@hook("new_request_id")
def long_request_ids(behaviour: Behaviour, inner: Any, now: float) -> str:
    return f'<{inner(now)}>;node="a&b";{"0" * 400}'


@VARIANTS.add("date-ten-minutes-behind", says="The Date header is ten minutes behind.")
@hook("date")
def date_ten_minutes_behind(behaviour: Behaviour, inner: Any, incoming: Incoming) -> Any:
    return inner(replace(incoming, arrived=incoming.arrived - 600))


@VARIANTS.add("clock-ahead", says="The server's clock is five seconds ahead.")
@hook("now")
def clock_ahead(behaviour: Behaviour, inner: Any) -> Any:
    return inner() + 5


@VARIANTS.add(
    "clock-behind",
    says="The server's clock, by which it judges windows, is five minutes behind.",
)
class ClockBehind(Behaviour):
    def now(self) -> float:
        return super().now() - 300


# ---- connections ----


class _Closing(Behaviour):
    """Ends the connection after every answer."""

    def receive(self, *args: Any, **kwargs: Any) -> Incoming:
        return super().receive(*args, **{**kwargs, "keep_alive": False})


@VARIANTS.add("connection-close", says="Every answer ends its connection, and says so.")
class ConnectionClose(_Closing):
    pass


@VARIANTS.add("connection-not-named", says="No answer has a Connection header.")
@hook("connection")
def connection_not_named(behaviour: Behaviour, inner: Any, incoming: Incoming) -> str | None:
    return None if incoming.keep_alive else "close"


@VARIANTS.add("keep-alive-in-capitals", says="Connection: Keep-Alive, with a Keep-Alive header.")
class KeepAliveInCapitals(Behaviour):
    def connection(self, incoming: Incoming) -> str | None:
        return "Keep-Alive" if incoming.keep_alive else "Close"

    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        return (*super().common_headers(incoming, answer), ("Keep-Alive", "timeout=60, max=1000"))


@VARIANTS.add("errors-close", says="The connection ends after an error, and only then.")
class ErrorsClose(Behaviour):
    def fail(self, incoming: Incoming, *args: Any) -> Answer:
        incoming.keep_alive = False
        return super().fail(incoming, *args)


@VARIANTS.add("every-fifth-closes", says="Every fifth answer ends its connection.")
class EveryFifthCloses(Behaviour):
    def receive(self, *args: Any, **kwargs: Any) -> Incoming:
        incoming = super().receive(*args, **kwargs)
        incoming.keep_alive = incoming.keep_alive and not self.every(5, "closing")
        return incoming


@VARIANTS.add(
    "idle-connections-end",
    says="A connection that is idle for a twentieth of a second is closed.",
    settings={"idle_timeout": 0.05},
)
class IdleConnectionsEnd(Behaviour):
    pass


@VARIANTS.add(
    "large-bodies-unread",
    says="A body that is too large is refused before it has come whole, and the connection ends.",
    settings={"drain_limit": 1024 * 1024},
)
class LargeBodiesUnread(Behaviour):
    pass


@VARIANTS.add(
    "http-1.0",
    says="Answers have the status line of HTTP/1.0 and end with their connection.",
)
class Http10(_Closing):
    def status_line(self, answer: Answer) -> str:
        return super().status_line(answer).replace("HTTP/1.1", "HTTP/1.0", 1)

    def connection(self, incoming: Incoming) -> str | None:
        return None


@VARIANTS.add(
    "http-1.0-without-length",
    says="Answers are those of HTTP/1.0: the end of the connection is the end of the body.",
)
class Http10WithoutLength(Http10):
    def content_length(self, answer: Answer) -> str | None:
        return None


# ---- framing ----


class _Chunked(Behaviour):
    """Frames every body in chunks of ``_chunk_size`` bytes (RFC 9112, 7.1)."""

    _chunk_size = 64
    _coding = "chunked"
    _chunk = b"%x\r\n%b\r\n"
    _trailer = b""

    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        pairs = super().common_headers(incoming, answer)
        kept = tuple(pair for pair in pairs if pair[0] != "Content-Length")
        return (*kept, ("Transfer-Encoding", self._coding))

    def body_bytes(self, incoming: Incoming, answer: Answer) -> bytes:
        body = super().body_bytes(incoming, answer)
        if incoming.request.method == "HEAD":
            return body
        chunks = (body[at : at + self._chunk_size] for at in range(0, len(body), self._chunk_size))
        framed = (self._chunk % (len(each), each) for each in chunks)
        return b"".join(framed) + b"0\r\n" + self._trailer + b"\r\n"


@VARIANTS.add("chunked", says="Bodies are chunked, empty ones too.")
class Chunked(_Chunked):
    pass


@VARIANTS.add("chunked-finely", says="Bodies are chunked by three bytes.")
class ChunkedFinely(_Chunked):
    _chunk_size = 3


@VARIANTS.add(
    "chunked-with-trailer",
    says="Chunk sizes are padded and extended, and a trailer field follows the body.",
)
class ChunkedWithTrailer(_Chunked):
    _coding = "Chunked"
    _chunk = b'%04X;part="one"\r\n%b\r\n'
    _trailer = b"X-Body-Ended: yes\r\n"


@VARIANTS.add("successes-chunked", says="Successes are chunked, errors have a Content-Length.")
class SuccessesChunked(_Chunked):
    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        if answer.refused:
            return Behaviour.common_headers(self, incoming, answer)
        return super().common_headers(incoming, answer)

    def body_bytes(self, incoming: Incoming, answer: Answer) -> bytes:
        if answer.refused:
            return Behaviour.body_bytes(self, incoming, answer)
        return super().body_bytes(incoming, answer)


@VARIANTS.add("gzip-when-asked", says="Bodies are compressed for clients that say they take gzip.")
class GzipWhenAsked(Behaviour):
    def finish_answer(self, incoming: Incoming, answer: Answer) -> Answer:
        taken = (incoming.request.headers.get("Accept-Encoding") or "").lower()
        if not answer.body or "gzip" not in taken:
            return super().finish_answer(incoming, answer)
        headers = Headers((*answer.headers.items, ("Content-Encoding", "gzip")))
        packed = replace(answer, headers=headers, body=gzip.compress(answer.body))
        return super().finish_answer(incoming, packed)


@VARIANTS.add(
    "continue-first", says="A 100 Continue that nobody asked for precedes create's answer."
)
class ContinueFirst(Behaviour):
    def deliver(self, incoming: Incoming, answer: Answer) -> Delivery:
        whole = super().deliver(incoming, answer)
        if incoming.operation is not Operation.CREATE:
            return whole
        first = Segment(b"HTTP/1.1 100 Continue\r\n\r\n")
        return replace(whole, segments=(first, *whole.segments))


# ---- pace ----


def _cut(delivery: Delivery, sizes: Iterable[int], delay: float = 0.0) -> Delivery:
    """The same bytes in segments of these sizes (the last holds the rest), paused in between."""
    data = b"".join(segment.data for segment in delivery.segments)
    pieces = []
    for size in sizes:
        if len(data) > size:
            pieces.append(data[:size])
            data = data[size:]
    pieces.append(data)
    segments = (Segment(piece, delay if number else 0.0) for number, piece in enumerate(pieces))
    return replace(delivery, segments=tuple(segments))


@VARIANTS.add("many-segments", says="Answers travel in TCP segments of seven bytes.")
@hook("deliver")
def many_segments(behaviour: Behaviour, inner: Any, *args: Any) -> Delivery:
    return _cut(inner(*args), [7] * 1000)


@VARIANTS.add("byte-by-byte", says="The first twenty bytes of an answer travel one at a time.")
@hook("deliver")
def byte_by_byte(behaviour: Behaviour, inner: Any, *args: Any) -> Delivery:
    return _cut(inner(*args), [1] * 20, delay=0.001)


@VARIANTS.add("head-before-body", says="The head of an answer travels well before its body.")
class HeadBeforeBody(Behaviour):
    def deliver(self, incoming: Incoming, answer: Answer) -> Delivery:
        whole = super().deliver(incoming, answer)
        return _cut(whole, [len(self.head_bytes(answer))], delay=0.03)


@VARIANTS.add("slow-answers", says="Every answer takes 0.1 s.")
@hook("deliver")
def slow_answers(behaviour: Behaviour, inner: Any, *args: Any) -> Delivery:
    whole: Delivery = inner(*args)
    first, *rest = whole.segments
    return replace(whole, segments=(replace(first, delay=0.1), *rest))


@VARIANTS.add(
    "answers-overtake", says="Answers take between nothing and 0.1 s, so that they cross."
)
@hook("deliver")
def answers_overtake(behaviour: Behaviour, inner: Any, *args: Any) -> Delivery:
    whole: Delivery = inner(*args)
    first, *rest = whole.segments
    delay = behaviour.count("pace") * 7 % 11 / 100
    return replace(whole, segments=(replace(first, delay=delay), *rest))
