"""Headers keep order and case and are found in any; requests know their path and parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.spec.wire import (
    Direction,
    Exchange,
    Expect,
    Failure,
    FailureKind,
    Framing,
    Headers,
    Request,
    Response,
    Wanted,
    parse_query,
)

HEADERS = Headers.of([("Host", "h"), ("X-A", "1"), ("x-a", "2"), ("Date", "d")])


def test_headers_are_found_in_any_letter_case_and_keep_their_own() -> None:
    assert HEADERS.get("hOST") == "h"
    assert HEADERS.get("missing") is None
    assert HEADERS.all("x-A") == ("1", "2")
    assert HEADERS.all("missing") == ()
    assert "DATE" in HEADERS
    assert "missing" not in HEADERS
    assert 7 not in HEADERS
    assert list(HEADERS) == [("Host", "h"), ("X-A", "1"), ("x-a", "2"), ("Date", "d")]


def test_setting_a_header_keeps_its_place_and_leaves_one_of_it() -> None:
    assert list(HEADERS.set("X-a", "3")) == [("Host", "h"), ("X-A", "3"), ("Date", "d")]
    assert list(HEADERS.set("New", "n"))[-1] == ("New", "n")
    assert list(HEADERS)[1] == ("X-A", "1")


def test_leaving_a_header_out_leaves_all_of_it_out() -> None:
    assert list(HEADERS.without("x-A")) == [("Host", "h"), ("Date", "d")]
    assert HEADERS.without("missing") == HEADERS


NAMES = st.text(st.sampled_from("aAbB-"), min_size=1, max_size=4)
PAIRS = st.lists(st.tuples(NAMES, st.text(max_size=3)), max_size=6)


@given(PAIRS, NAMES, st.text(max_size=3))
def test_what_is_set_is_what_is_found_and_nothing_else_changes(pairs, name, value) -> None:
    before = Headers.of(pairs)
    after = before.set(name, value)
    assert after.all(name) == (value,)
    assert after.without(name) == before.without(name)


def test_a_request_target_comes_apart() -> None:
    request = Request("GET", "/pic_jobs/a%2Cb%20c?x=1&y&&x=%E8%85%BE&z=a+b=c")
    assert request.raw_path == "/pic_jobs/a%2Cb%20c"
    assert request.path == "/pic_jobs/a,b c"
    assert request.query == "x=1&y&&x=%E8%85%BE&z=a+b=c"
    assert request.params == (("x", "1"), ("y", ""), ("x", "腾"), ("z", "a+b=c"))
    assert request.param("x") == "1"
    assert request.param("y") == ""
    assert request.param("missing") is None


def test_a_request_without_a_query_has_no_parameters() -> None:
    request = Request("POST", "/pic_jobs")
    assert request.query == ""
    assert request.params == ()
    assert request.with_headers(HEADERS).headers == HEADERS
    assert request.headers == Headers()


def test_a_plus_is_kept() -> None:
    assert parse_query("a+b=c+d") == (("a+b", "c+d"),)


@pytest.mark.parametrize("raw", ["%ff", "%", "%zz", "a%c3", "=", "=v"])
def test_no_query_is_too_odd_to_come_apart(raw: str) -> None:
    ((key, value),) = parse_query(raw)
    assert isinstance(key + value, str)


@given(st.binary(max_size=12))
def test_bytes_that_are_not_utf_8_survive_as_surrogate_escapes(raw: bytes) -> None:
    quoted = "".join(f"%{byte:02x}" for byte in raw)
    ((_, value),) = parse_query(f"k={quoted}")
    assert value.encode("utf-8", "surrogateescape") == raw


def test_an_exchange_ends_when_its_time_is_over() -> None:
    exchange = Exchange(Request("GET", "/"), None, started=10.0, elapsed=2.5)
    assert exchange.ended == 12.5
    assert exchange.direction is Direction.REQUEST


def test_values_are_values() -> None:
    assert Response(200) == Response(200, Headers(), b"", "", "HTTP/1.1", Framing())
    assert Failure(FailureKind.RESET, "m") == Failure(FailureKind("reset"), "m")
    assert [each.value for each in Wanted] == ["accept", "refuse", "either"]
    assert len({hash(Request("GET", "/")), hash(Request("GET", "/"))}) == 1


@given(st.binary(max_size=12).filter(lambda raw: not set(raw) & set(b"%&=?#")))
def test_bytes_that_were_sent_unescaped_are_the_bytes_that_were_meant(raw: bytes) -> None:
    sent = raw.decode("latin-1")
    assert Request("GET", f"/{sent}").path.encode("utf-8", "surrogateescape") == b"/" + raw
    assert parse_query(f"k={sent}") == (("k", raw.decode("utf-8", "surrogateescape")),)


def test_a_target_that_never_was_on_a_wire_is_read_as_text() -> None:
    assert Request("GET", "/腾?k=讯").params == (("k", "讯"),)
    assert Request("GET", "/腾\ud800").path.startswith("/腾")


def test_what_is_not_said_is_empty() -> None:
    bare = Request("GET", "/")
    assert (bare.body, list(bare.headers)) == (b"", [])
    answer = Response(204)
    assert (answer.body, answer.reason, answer.version) == (b"", "", "HTTP/1.1")
    assert answer.framing == Framing(chunked=False, received=0, complete=True, extra=0)
    made = Exchange(bare, answer)
    assert (made.n, made.scenario, made.step, made.started, made.ended) == (0, "", "", 0.0, 0.0)
    assert (made.failure, made.expect, made.earlier) == (None, None, ())
    assert made.direction is Direction.REQUEST


def test_the_values_that_recordings_hold() -> None:
    assert [str(each) for each in FailureKind] == [
        *("connect", "tls", "reset", "timeout", "incomplete", "malformed", "too-large"),
        *("budget", "missing", "interrupted"),
    ]
    assert [str(each) for each in Direction] == ["request", "callback"]
    assert [str(each) for each in Wanted] == ["accept", "refuse", "either"]


def test_what_is_expected_by_default_is_a_must() -> None:
    expect = Expect(Wanted.ACCEPT)
    assert (expect.clauses, expect.codes, expect.statuses) == ((), (), ())
    assert (expect.note, expect.should) == ("", False)
