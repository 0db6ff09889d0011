"""Every answer is read whole, and one byte at a time, with the same result."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.drivers import rawhttp
from conformance.drivers.rawhttp import NotReadable, RequestReader, ResponseReader
from conformance.spec.wire import FailureKind, Framing


def read(
    wire: bytes, *, method: str = "POST", closed: bool = False, step: int = 0
) -> ResponseReader:
    reader = ResponseReader(method)
    size = step or len(wire) or 1
    for at in range(0, len(wire), size):
        reader.feed(wire[at : at + size])
    if closed:
        reader.end()
    return reader


@pytest.mark.parametrize("step", [0, 1, 3])
class TestWholeAnswers:
    def test_headers_keep_order_case_and_repetition(self, step: int) -> None:
        wire = (
            b"HTTP/1.1 200 Fine by me\r\nX-B: 1\r\nx-a:\t2 \r\nX-b: \xe9\r\n"
            b"Content-Length: 3\r\n\r\nabc"
        )
        response = read(wire, step=step).response()
        assert response is not None
        assert response.headers.items == (
            ("X-B", "1"),
            ("x-a", "2"),
            ("X-b", "\xe9"),
            ("Content-Length", "3"),
        )
        assert (response.status, response.reason, response.version) == (
            200,
            "Fine by me",
            "HTTP/1.1",
        )
        assert response.body == b"abc"
        assert response.framing == Framing(received=3)

    def test_chunks_are_joined_extensions_and_trailers_passed_over(self, step: int) -> None:
        wire = (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n"
        )
        reader = read(wire, step=step)
        assert reader.body == b"abc0123456789"
        assert reader.framing == Framing(chunked=True, received=13)
        assert reader.reusable

    def test_interim_answers_are_skipped(self, step: int) -> None:
        wire = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
        reader = read(wire + b"HTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n", step=step)
        assert (reader.status, reader.done) == (201, True)

    @pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("POST", 204), ("GET", 304)])
    def test_some_answers_have_no_body(self, step: int, method: str, status: int) -> None:
        wire = b"HTTP/1.1 %d X\r\nContent-Length: 5\r\n\r\n" % status
        reader = read(wire, method=method, step=step)
        assert reader.done
        assert reader.framing == Framing()

    def test_without_a_length_the_body_ends_with_the_connection(self, step: int) -> None:
        reader = read(b"HTTP/1.0 200 OK\r\n\r\nabc", step=step, closed=True)
        assert (reader.done, reader.body, reader.reusable) == (True, b"abc", False)

    def test_bare_line_feeds_and_folded_lines_are_understood(self, step: int) -> None:
        reader = read(b"HTTP/1.1 200\nX-A: 1\n  2\nContent-Length: 0\n\n", step=step)
        assert reader.headers.get("x-a") == "1 2"
        assert (reader.reason, reader.done) == ("", True)

    def test_surplus_is_counted_and_spoils_the_connection(self, step: int) -> None:
        reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef", step=step)
        assert reader.framing == Framing(received=2, extra=4)
        assert not reader.reusable

    def test_of_contradictory_lengths_the_smallest_counts(self, step: int) -> None:
        reader = read(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nabcde", step=step
        )
        assert reader.framing == Framing(received=3, extra=2)
        assert reader.headers.all("content-length") == ("5", "3")

    def test_chunked_wins_over_a_length(self, step: int) -> None:
        reader = read(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
            b"1\r\na\r\n0\r\n\r\n",
            step=step,
        )
        assert reader.framing == Framing(chunked=True, received=1)


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (b"", FailureKind.RESET),
        (b"HTTP/1.1 200 OK\r\nX: 1\r\n", FailureKind.RESET),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", FailureKind.INCOMPLETE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", FailureKind.INCOMPLETE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", FailureKind.INCOMPLETE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", FailureKind.INCOMPLETE),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            FailureKind.INCOMPLETE,
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n", FailureKind.MALFORMED),
        (b"<html>", FailureKind.MALFORMED),
        (b"HTTP/2 200\r\n\r\n", FailureKind.MALFORMED),
        (b"HTTP/1.1 abc OK\r\n\r\n", FailureKind.MALFORMED),
        (b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", FailureKind.MALFORMED),
        (b"HTTP/1.1 200 OK\r\n: x\r\n\r\n", FailureKind.MALFORMED),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 40, FailureKind.MALFORMED),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, FailureKind.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", FailureKind.TOO_LARGE),
    ],
)
@pytest.mark.parametrize("step", [0, 7])
def test_what_cannot_be_read_has_its_kind(wire: bytes, kind: FailureKind, step: int) -> None:
    with pytest.raises(NotReadable) as caught:
        read(wire, closed=True, step=step)
    assert caught.value.kind is kind
    assert "\n" not in str(caught.value)


def test_tls_bytes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotReadable, match="https://"):
        read(b"\x15\x03\x01\x00\x02\x02\x46")


def test_a_body_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rawhttp, "MAX_BODY", 10)
    with pytest.raises(NotReadable) as caught:
        read(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 11)
    assert caught.value.kind is FailureKind.TOO_LARGE


def test_a_huge_length_is_no_number_to_go_by() -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 6000 + b"\r\n\r\nabc"
    assert read(wire, closed=True).body == b"abc"


@pytest.mark.parametrize(
    ("head", "reusable"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: foo, Close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", True),
        (b"HTTP/1.1 101 Switching\r\n", False),
    ],
)
def test_when_a_connection_may_be_used_again(head: bytes, reusable: bool) -> None:
    assert read(head + b"Content-Length: 0\r\n\r\n").reusable is reusable


@settings(deadline=None)
@given(st.binary(max_size=300), st.booleans(), st.integers(1, 50))
def test_garbage_is_read_or_refused_and_nothing_else(
    garbage: bytes, headed: bool, step: int
) -> None:
    wire = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" if headed else b"") + garbage
    outcomes = []
    for size in (step, len(wire) or 1):
        try:
            reader = read(wire, closed=True, step=size)
            outcomes.append((reader.done, reader.body))
        except NotReadable as problem:
            outcomes.append((problem.kind, b""))
    assert outcomes[0] == outcomes[1]


def test_a_request_is_read_with_its_expectation() -> None:
    reader = RequestReader()
    reader.feed(b"POST /callback/t HTTP/1.1\r\nHOST: x\r\nExpect: 100-Continue\r\n")
    reader.feed(b"Content-Length: 2\r\n\r\n")
    assert reader.wants_continue
    reader.feed(b"ab")
    request = reader.request()
    assert request is not None
    assert (request.method, request.target, request.body) == ("POST", "/callback/t", b"ab")
    assert request.headers.items[0] == ("HOST", "x")
    assert not reader.wants_continue


def test_a_request_without_length_has_no_body() -> None:
    reader = RequestReader()
    reader.feed(b"GET / HTTP/1.1\r\n\r\n")
    assert reader.done


@pytest.mark.parametrize(
    "wire",
    [
        b"%s\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nwhat is this: %s\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
    ],
)
@pytest.mark.parametrize("before", range(0, 90, 7))
def test_a_message_quotes_no_part_of_a_long_word(wire: bytes, before: int) -> None:
    """It may be a secret, and half of one is not known as such where secrets are taken out."""
    secret = b"0123456789" * 4
    with pytest.raises(NotReadable) as caught:
        ResponseReader("GET").feed(wire % (b"x " * (before // 2) + secret + b" and more" * 9))
    if secret.decode() not in str(caught.value):
        assert "0123456789" not in str(caught.value)
