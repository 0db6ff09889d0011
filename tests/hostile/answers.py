"""Answers that are made to do harm, by name: each writes what it likes on a connection."""

from __future__ import annotations

import gzip
import itertools
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.drivers.support.servers import reset

Write = Callable[[socket.socket, bytes], None]

#: What stands for "the network or the target, and nobody is accused".
UNCLEAR = "unclear"


@dataclass(frozen=True)
class Hostile:
    """One hostile answer. ``write`` is given the connection and the right answer.

    ``expected`` is the clause that it breaks, or UNCLEAR.
    """

    name: str
    expected: str
    write: Write


_HEAD = (
    "Date: {date}\r\nServer: tencent-ci\r\nx-ci-request-id: hostile{number}\r\n"
    "Content-Type: application/xml\r\nConnection: close\r\n"
)
_NUMBERS = itertools.count(1)


def head(answer: bytes, status: str = "200 OK") -> bytes:
    """A right head without a length, with the Date of the right answer."""
    date = answer.partition(b"Date: ")[2].partition(b"\r\n")[0].decode("latin-1")
    rest = _HEAD.format(date=date, number=next(_NUMBERS))
    return f"HTTP/1.1 {status}\r\n{rest}".encode("latin-1")


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def _body(make: Callable[[bytes], bytes], more: str = "") -> Write:
    """A well-framed answer whose body is made of the right one."""

    def write(conn: socket.socket, answer: bytes) -> None:
        body = make(body_of(answer))
        length = f"{more}Content-Length: {len(body)}\r\n\r\n".encode("latin-1")
        conn.sendall(head(answer) + length + body)

    return write


def _stream(begin: bytes, pieces: Iterable[bytes]) -> Write:
    """An answer that goes on for as long as it is read."""

    def write(conn: socket.socket, answer: bytes) -> None:
        conn.sendall(head(answer) + begin)
        for piece in pieces:
            conn.sendall(piece)

    return write


def _exactly(make: Callable[[bytes], bytes]) -> Write:
    def write(conn: socket.socket, answer: bytes) -> None:
        conn.sendall(make(answer))

    return write


def _status(line: str) -> Write:
    """That status line, and the word that the connection ends, as it does."""

    def make(answer: bytes) -> bytes:
        head = line.encode("latin-1") + b"\r\nConnection: close\r\n"
        return head + answer.partition(b"\r\n")[2]

    return _exactly(make)


def _header(*lines: str) -> Write:
    """The right answer with further header lines."""

    def make(answer: bytes) -> bytes:
        first, _, rest = answer.partition(b"\r\n")
        return b"\r\n".join((first, *(each.encode("latin-1") for each in lines), rest))

    return _exactly(make)


_BOMB = (
    '<!DOCTYPE Response [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {n} "{f"&{o};" * 10}">' for o, n in itertools.pairwise("abcdefghij"))
    + "]><Response>&j;</Response>"
).encode()

_EXTERNAL = (
    b'<!DOCTYPE Response [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b"<Response><JobsDetail><JobId>&e;</JobId></JobsDetail></Response>"
)
_MEGABYTE = b"<JobsDetail/>" * 80_000


def _silence(conn: socket.socket, _answer: bytes) -> None:
    conn.recv(1)


def _drip(conn: socket.socket, answer: bytes) -> None:
    conn.settimeout(0.15)  # many times slower than any time-out lets it come to its end
    for byte in answer:
        conn.sendall(bytes((byte,)))
        try:
            if not conn.recv(1):
                return
        except TimeoutError:
            continue


def _half_then_silence(conn: socket.socket, answer: bytes) -> None:
    conn.sendall(answer[: len(answer) // 2])
    conn.recv(1)


def _half_then_reset(conn: socket.socket, answer: bytes) -> None:
    conn.sendall(answer[: len(answer) // 2])
    reset(conn)


_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


def _endless(begin: bytes, piece: bytes) -> Write:
    return _stream(begin, itertools.repeat(piece))


def _chunks(*pieces: bytes) -> Write:
    return _stream(_CHUNKED, pieces)


def _length(value: str) -> Write:
    """The right answer, but for the lines of its Content-Length (``…`` is the right number)."""

    def make(answer: bytes) -> bytes:
        begin, _, rest = answer.partition(b"Content-Length: ")
        number, _, rest = rest.partition(b"\r\n")
        lines = f"Connection: close\r\n{value}".replace("…", number.decode())
        return begin + lines.encode("latin-1") + b"\r\n" + rest

    return _exactly(make)


def _body_with(wrong: bytes) -> Write:
    """The right answer with these bytes in the place of its Tag."""
    return _body(lambda body: body.replace(b"PicProcess", wrong))


def _of(body: bytes, more: str = "") -> Write:
    return _body(lambda _: body, more)


def _documents() -> Iterator[Hostile]:
    def broken(name: str, write: Write) -> Hostile:
        return Hostile(name, "RSP-10", write)

    yield broken("entity bomb", _of(_BOMB))
    yield broken("external entity", _of(_EXTERNAL))
    yield broken("deep nesting", _of(b"<a>" * 150_000 + b"</a>" * 150_000))
    yield broken("siblings", _of(b"<r>" + b"<a/>" * 500_000 + b"</r>"))
    yield broken(
        "attributes", _of(b"<r " + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>")
    )
    yield Hostile("jobs", "RSP-11", _of(b"<Response>" + b"<JobsDetail/>" * 9_000 + b"</Response>"))
    yield broken("invalid UTF-8", _body_with(b"\xff\xfe\xc3"))
    yield broken("overlong UTF-8", _body_with(b"\xc0\xaf"))
    yield broken("NUL bytes", _body_with(b"Pic\x00Process"))
    yield broken("only NUL bytes", _of(b"\x00" * 1000))
    yield broken("UTF-16 without mark", _body(lambda body: body.decode().encode("utf-16-le")))
    yield broken("empty", _of(b""))
    yield broken("white space", _of(b" " * 2_000_000))
    yield broken("hex by the megabyte", _of(b"0123456789abcdef" * 120_000))
    bomb = gzip.compress(b"\x00" * 50_000_000)
    yield broken("gzip bomb", _of(bomb, "Content-Encoding: gzip\r\n"))


def _without_end() -> Iterator[Hostile]:
    gigabytes = b"Content-Length: 5000000000\r\n\r\n"
    yield Hostile("a body of gigabytes", UNCLEAR, _endless(gigabytes, _MEGABYTE))
    yield Hostile("a body without end", "RSP-03", _endless(b"\r\n", _MEGABYTE))
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    yield Hostile("chunks without end", UNCLEAR, _endless(_CHUNKED, chunk))
    yield Hostile("a chunk size without end", UNCLEAR, _endless(_CHUNKED, b"0" * 60_000))
    trailers = _CHUNKED + b"0\r\n"
    yield Hostile("trailers without end", UNCLEAR, _endless(trailers, b"a: b\r\n" * 10_000))
    yield Hostile("chunks of one byte", "RSP-10", _chunks(b"1\r\na\r\n" * 20_000, b"0\r\n\r\n"))
    yield Hostile("headers without end", UNCLEAR, _endless(b"", b"x-a: b\r\n" * 10_000))
    yield Hostile("a header without end", UNCLEAR, _endless(b"x-a: ", b"b" * 60_000))
    yield Hostile("a head without end of line", UNCLEAR, _endless(b"", b"\r" * 60_000))


def _heads() -> Iterator[Hostile]:
    def unclear(name: str, write: Write) -> Hostile:
        return Hostile(name, UNCLEAR, write)

    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    yield unclear("thousands of headers", _header(*(f"x-{n}: {n}" * 5 for n in range(2_500))))
    yield unclear("a header that is none", _header("no colon here"))
    yield unclear("a header with NUL", _header("x-a\x00b: c"))
    yield unclear("1xx storm", _exactly(lambda answer: interim * 50_000 + answer))
    yield unclear("HTTP/0.9", _exactly(body_of))
    yield unclear("binary", _exactly(lambda _: bytes(range(256)) * 100))
    yield unclear("a request", _exactly(lambda _: b"POST /pic_jobs HTTP/1.1\r\nHost: x\r\n\r\n"))
    for line in ("000 Nothing", "099 Low", "2000 Long", "-1 Negative", "OK"):
        yield unclear(f"status {line}", _status(f"HTTP/1.1 {line}"))
    yield unclear("HTTP/2 in words", _status("HTTP/2 200"))
    for line in ("101 Switching Protocols", "600 High", "999 High", "302 Found\r\nLocation: /"):
        yield Hostile(f"status {line[:3]}", "REQ-31", _status(f"HTTP/1.1 {line}"))
    yield Hostile("204 with a body", "RSP-10", _status("HTTP/1.1 204 No Content"))


def _lengths() -> Iterator[Hostile]:
    length = "Content-Length: "
    for name, lines in (
        ("two lengths", f"{length}10\r\n{length}…"),
        ("lengths in a list", f"{length}7, …"),
        ("a negative length", f"{length}-…"),
        ("a length of words", f"{length}many"),
        ("a length of 400 digits", length + "9" * 400),
        ("a length too short", f"{length}5"),
    ):
        yield Hostile(name, "RSP-03", _length(lines))
    yield Hostile("two answers to one request", "RSP-03", _exactly(lambda answer: answer * 2))
    yield Hostile("length and chunks", UNCLEAR, _length(f"{length}…\r\nTransfer-Encoding: chunked"))
    yield Hostile("a bad chunk size", UNCLEAR, _chunks(b"zz\r\n"))
    yield Hostile("a negative chunk size", UNCLEAR, _chunks(b"-5\r\nhello\r\n0\r\n\r\n"))


def _times() -> Iterator[Hostile]:
    yield Hostile("one byte now and then", UNCLEAR, _drip)
    yield Hostile("never answered", UNCLEAR, _silence)
    yield Hostile("half and then silence", UNCLEAR, _half_then_silence)
    yield Hostile("half and then a reset", UNCLEAR, _half_then_reset)


HOSTILE = (*_documents(), *_without_end(), *_heads(), *_lengths(), *_times())
