"""LIB-07 to LIB-09 and LIB-13 to LIB-15, rule by rule: what a library sends for a call."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.base import Level, Mark, Outcome
from conformance.checks.client_case import ClientCase, Reply, Said, Sent, Want, leaves
from conformance.checks.client_conduct import check, first_astray
from conformance.clients import answers, calls
from conformance.clients.calls import put, sample_job
from conformance.spec.reading import Operation
from conformance.spec.wire import Headers, Request
from conformance.spec.xml import element
from tests.checks.client_support import (
    KEYS,
    NOW,
    body_of,
    case,
    job,
    request_of,
    sent,
    signed,
    with_body,
)


def failed(status: int) -> answers.Answer:
    return answers.failure(status, "InvalidArgument", "no", 7)


def answered(status: int, **more: Any) -> Sent:
    """A create that was answered with this status."""
    one = sent(answer=answers.success() if status == 200 else failed(status), **more)
    response = one.exchange.response
    assert response is not None
    return replace(one, exchange=replace(one.exchange, response=replace(response, status=status)))


def numbered(*requests: Sent) -> list[Sent]:
    return [
        replace(each, exchange=replace(each.exchange, n=n)) for n, each in enumerate(requests, 1)
    ]


def found(one: ClientCase, clause: str) -> list[Outcome]:
    return [each for each in check(one) if each.clause == clause]


def marks(one: ClientCase, clause: str) -> list[tuple[str, Level | None, tuple[int, ...]]]:
    return [(str(each.mark), each.level, each.exchanges) for each in found(one, clause)]


UNANSWERED = answered(200, answered=False)
SILENT = replace(UNANSWERED, answered=True, exchange=replace(UNANSWERED.exchange, response=None))


# ---- LIB-07 ----


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        ([answered(200)], [("ok", None, (1,))]),
        ([answered(299)], [("ok", None, (1,))]),
        ([answered(199)], []),
        ([answered(300)], []),
        ([answered(200), answered(200)], [("broken", None, (1, 2))]),
        ([answered(299), answered(200)], [("broken", None, (1, 2))]),
        ([answered(200), answered(400), answered(400)], [("broken", None, (1, 2))]),
        ([answered(500), answered(200), answered(200)], [("broken", None, (2, 3))]),
        ([answered(500), answered(200)], [("broken", Level.MAY, (1, 2))]),
        ([answered(499), answered(200)], [("ok", None, (2,))]),
        ([answered(300), answered(200)], [("ok", None, (2,))]),
        ([UNANSWERED, answered(200)], [("broken", Level.MAY, (1, 2))]),
        ([answered(400), answered(503), answered(200)], [("broken", Level.MAY, (2, 3))]),
        ([UNANSWERED], []),
        ([SILENT, answered(200)], [("broken", Level.MAY, (1, 2))]),
        ([answered(500)], []),
        ([], []),
    ],
)
def test_one_job(requests: list[Sent], expected: list[Any]) -> None:
    one = replace(case(), sent=tuple(numbered(*requests)))
    assert marks(one, "LIB-07") == expected


def test_what_is_said_of_a_create_that_was_repeated() -> None:
    (twice,) = found(case(*numbered(answered(200), answered(200))), "LIB-07")
    assert twice.observed == "2 POSTs; an earlier one was answered 200"
    (busy,) = found(case(*numbered(answered(503), answered(200))), "LIB-07")
    assert "after a 503" in busy.message
    (cut,) = found(case(*numbered(UNANSWERED, answered(200))), "LIB-07")
    assert "after a broken connection" in cut.message


def test_only_posts_make_jobs() -> None:
    get = answered(200)
    get = replace(get, exchange=replace(
        get.exchange, request=replace(get.exchange.request, method="GET")))  # fmt: skip
    assert marks(case(*numbered(answered(200), get)), "LIB-07") == [("ok", None, (1,))]
    call = calls.describe(KEYS, "j1")
    assert found(case(sent(call), sent(call), call=call), "LIB-07") == []


# ---- LIB-08 ----


def other(one: Sent, **changes: Any) -> Sent:
    request = replace(one.exchange.request, **changes)
    return replace(one, exchange=replace(one.exchange, request=request))


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        ([answered(400)], [("ok", None, (1,))]),
        ([answered(499)], [("ok", None, (1,))]),
        ([answered(399)], []),
        ([answered(400), answered(400)], [("broken", None, (1, 2)), ("ok", None, (2,))]),
        ([answered(400), other(answered(200), target="/other")], [("ok", None, (1,))]),
        ([answered(400), other(answered(200), method="PUT")], [("ok", None, (1,))]),
        ([answered(400), other(answered(200), target="/pic_jobs?a=1")], [("ok", None, (1,))]),
        ([answered(400), other(answered(200), target="/pic_jobs?q-ak=1")],
         [("broken", None, (1, 2))]),
        ([answered(500), answered(400)], [("ok", None, (2,)), ("ok", None, (2,))]),
        ([answered(500), answered(200)], [("ok", None, (2,))]),
        ([UNANSWERED, answered(200)], [("ok", None, (2,))]),
        ([answered(200), answered(200)], []),
        ([answered(399), answered(200)], []),
        ([answered(500)], []),
        ([answered(500), other(answered(200), target="/other")], []),
        ([answered(400), answered(200, follows=True)], [("ok", None, (1,))]),
        ([answered(400), answered(200, stray=True)], [("ok", None, (1,))]),
    ],
)  # fmt: skip
def test_retries(requests: list[Sent], expected: list[Any]) -> None:
    assert marks(case(*numbered(*requests)), "LIB-08") == expected


def test_what_is_said_of_a_retry() -> None:
    three = numbered(answered(404), answered(404), answered(404))
    assert found(case(*three), "LIB-08")[0].observed == "404, then 2 more of the same request"


def windowed(begin: int, end: int, status: int = 200, after: float = 0.0) -> Sent:
    one = answered(status)
    call = one.call
    assert call is not None
    request = signed(request_of(call), KEYS, window=(begin, end))
    return replace(one, exchange=replace(one.exchange, request=request, started=NOW + after))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (windowed(-9, 9, 500), windowed(-9, 9, after=5), "ok"),
        (windowed(-9, 9, 500), windowed(-9, 9, after=50), "broken"),
        (windowed(-99, -9, 500), windowed(-99, -9, after=5), None),
        (windowed(-9, 9, 500), windowed(41, 99, after=50), "ok"),
        (other(windowed(-9, 9, 500), headers=Headers()), windowed(-9, 9, after=50), None),
        (windowed(-9, 9, 500), other(windowed(-9, 9, after=50), headers=Headers()), None),
        (windowed(-9, 9, 500),
         other(windowed(-9, 9), headers=Headers((("Authorization", "Basic x"),))), None),
    ],
)  # fmt: skip
def test_windows_of_retries(first: Sent, second: Sent, expected: str | None) -> None:
    outcomes = found(case(*numbered(first, second)), "LIB-08")
    assert [str(each.mark) for each in outcomes] == ([expected] if expected else [])
    if expected == "broken":
        assert (outcomes[0].at, outcomes[0].exchanges) == ("q-key-time", (1, 2))
        assert outcomes[0].observed == f"{int(NOW) - 9};{int(NOW) + 9}"


# ---- HTTP-11: every id ----


def described(*paths: str, ids: tuple[str, ...] = ("j1", "j2"), said: Said = Said.RESULT) -> Any:
    call = calls.describe(KEYS, *ids)
    requests = [other(sent(call), target=f"/pic_jobs/{path}") for path in paths]
    one = replace(case(call=call, reply=Reply(said)), sent=tuple(numbered(*requests)))
    return [(str(e.mark), e.observed, e.exchanges) for e in found(one, "HTTP-11")]


def test_every_id_is_asked_for() -> None:
    assert described("j1,j2") == []
    assert described("j1", "j2") == [("ok", "", (1, 2))]
    assert described("j1") == [("broken", "GET /pic_jobs/j1", (1,))]
    assert described("j1", "j3") == [("broken", "GET /pic_jobs/j1, GET /pic_jobs/j3", (1, 2))]
    assert described("j3") == described() == []
    assert described("j1", said=Said.CLIENT) == []
    assert described("j3", ids=("j1",)) == []
    assert described("j1", ids=("j1",)) == described("j1", "j1", ids=("j1",)) == []
    assert described("j1,j2", "j1") == [("ok", "", (1, 2))]


# ---- LIB-09, LIB-13 ----


def given(path: str, value: str, sent_value: str | None) -> ClientCase:
    """A call with a value, and a body that has another one in its place (None: nothing)."""
    call = calls.create(KEYS, put(sample_job(), path, value))
    job = sample_job(data=None) if sent_value is None else put(sample_job(), path, sent_value)
    return case(with_body(body_of(job), call), call=call)


def clauses(one: ClientCase) -> dict[str, str]:
    return {
        each.clause: str(each.mark) for each in check(one) if each.clause in ("LIB-09", "LIB-13")
    }


KEY, OUT, DATA = "Input/Object", "Operation/Output/Object", "Operation/UserData"


@pytest.mark.parametrize(
    ("path", "value", "sent_value", "expected"),
    [
        *((path, "a&b", "a&b", {"LIB-09": "ok", "LIB-13": "ok"}) for path in (KEY, OUT, DATA)),
        *((path, "a&b", "a&amp;b", {"LIB-09": "broken", "LIB-13": "broken"})
          for path in (KEY, OUT, DATA)),
        *((path, "caf\u00e9", "cafe", {"LIB-09": "broken", "LIB-13": "broken"})
          for path in (KEY, OUT)),
        (DATA, "caf\u00e9", "cafe", {"LIB-13": "broken"}),
        (KEY, "plain", "plan", {"LIB-13": "broken"}),
        ("QueueId", "a&b", "a&amp;b", {"LIB-13": "broken"}),
        (DATA, "a&b", None, {"LIB-13": "broken"}),
        (DATA, "a&b", "", {"LIB-09": "broken", "LIB-13": "broken"}),
        (DATA, "a & b", "a&b", {"LIB-09": "ok", "LIB-13": "broken"}),  # the rest is LIB-13's
        (DATA, "&lt;", "<", {"LIB-09": "broken", "LIB-13": "broken"}),
        *((DATA, f"a{mark}b", "ab", {"LIB-09": "broken", "LIB-13": "broken"})
          for mark in "&<>\"'"),
    ],
)  # fmt: skip
def test_values(path: str, value: str, sent_value: str | None, expected: dict[str, str]) -> None:
    one = given(path, value, sent_value)
    assert clauses(one) == expected
    for each in check(one):
        if each.mark == "broken":
            assert each.at == f"Request/{path}"
            assert each.message.startswith(path.replace("/", "."))
            assert each.expected == repr(value)
            assert each.observed == ("no such node" if sent_value is None else repr(sent_value))


def test_a_value_that_was_dropped_hides_no_other() -> None:
    special = put(put(sample_job(), DATA, "a&b"), OUT, "c&d")
    call = calls.create(KEYS, special)
    sent_job = put(sample_job(data=None), OUT, "c&amp;d")
    reordered = {**special, "Operation": dict(reversed(special["Operation"].items()))}
    for asked in (call, calls.create(KEYS, reordered)):
        assert clauses(case(with_body(body_of(sent_job), asked), call=asked)) == {
            "LIB-09": "broken",
            "LIB-13": "broken",
        }


def test_how_a_value_was_lost() -> None:
    (dropped,) = [e for e in check(given(DATA, "x", None)) if e.mark == "broken"]
    (emptied,) = [e for e in check(given(DATA, "x", "")) if e.mark == "broken"]
    (changed,) = [e for e in check(given(DATA, "x", "y")) if e.mark == "broken"]
    assert dropped.message == emptied.message == "Operation.UserData is dropped"
    assert changed.message == "Operation.UserData is sent with another value"


def test_an_ill_formed_body() -> None:
    call = calls.create(KEYS, put(sample_job(), DATA, "a&b"))
    ill = with_body(b"<Request>a&b</Request>", call)
    assert clauses(case(ill, call=call)) == {"LIB-09": "broken"}
    hostile = with_body(b"<!DOCTYPE Request []><Request/>", call)
    assert clauses(case(hostile, call=call)) == {}
    plain = with_body(b"<Request>a&b</Request>")
    assert clauses(case(plain)) == {}


def test_which_requests_are_looked_at() -> None:
    careful = calls.create(KEYS, put(sample_job(), DATA, "a&b"))
    assert clauses(case(with_body(b"", careful), call=careful)) == {}
    empty = with_body(b"")
    assert clauses(case(empty)) == {}
    assert clauses(case(replace(sent(), operation=Operation.LIST))) == {}
    assert clauses(case(sent(follows=True))) == {}
    later = with_body(body_of(put(sample_job(), DATA, "other")))
    assert clauses(case(empty, later)) == {"LIB-13": "broken"}
    call = calls.describe(KEYS, "j1")
    assert clauses(case(sent(call), call=call)) == {}


@pytest.mark.parametrize(
    ("path", "value", "level"),
    [
        ("Operation/JobLevel", "0", None),
        ("Operation/JobLevel", "1", Level.MAY),
        ("CallBackFormat", "XML", None),
        ("CallBackFormat", "JSON", Level.MAY),
        ("CallBackType", "Url", None),
        ("CallBackType", "TDMQ", Level.MAY),
        ("CallBack", "", None),
        ("Operation/JobLevel", "", None),
        ("Extra", "x", Level.MAY),
    ],
)
def test_what_the_caller_did_not_set(path: str, value: str, level: Level | None) -> None:
    one = case(with_body(body_of(put(sample_job(), path, value))))
    more = [each for each in check(one) if each.mark == "broken"]
    assert [(each.clause, each.level, each.at) for each in more] == (
        [("LIB-13", level, f"Request/{path}")] if level else []
    )
    if more:
        assert more[0].observed == repr(value)


def test_a_long_value_that_was_not_set_is_cut() -> None:
    one = case(with_body(body_of(put(sample_job(), "Extra", "x" * 200))))
    (found_,) = [each for each in check(one) if each.mark == "broken"]
    assert found_.observed == repr("x" * 100)


@pytest.mark.parametrize(
    ("value", "came", "expected", "observed"),
    [
        ("a" * 180, "b", repr("a" * 180), "'b'"),
        ("a" * 181, "b", f"181 characters, from 0: {'a' * 60!r}", "'b'"),
        ("a" * 100 + "b" * 100, "a" * 100 + "c" * 100,
         f"200 characters, from 40: {'a' * 60 + 'b' * 60!r}",
         f"200 characters, from 40: {'a' * 60 + 'c' * 60!r}"),
        ("a" * 200, "a" * 190, f"200 characters, from 130: {'a' * 70!r}",
         f"190 characters, from 130: {'a' * 60!r}"),
    ],
)  # fmt: skip
def test_long_values(value: str, came: str, expected: str, observed: str) -> None:
    (found_,) = [each for each in check(given("QueueId", value, came)) if each.mark == "broken"]
    assert (found_.expected, found_.observed) == (expected, observed)


def test_what_cannot_be_set_is_information() -> None:
    one = case(reply=Reply(Said.UNSUPPORTED, message="no MQ"))
    (found_,) = [each for each in check(one) if each.clause == "LIB-13"]
    assert found_ == Outcome(
        "LIB-13",
        Mark.BROKEN,
        message="the library does not offer it: no MQ",
        expected="the documented nodes",
        observed="unsupported",
        scenario="test",
        level=Level.MAY,
    )


# ---- LIB-14 ----

WILD = calls.create(KEYS, sample_job(data="a\x01b"))


@pytest.mark.parametrize(
    ("bodies", "said", "expected"),
    [
        ([b"<Request/>"], Said.RESULT, ["ok"]),
        ([b"<Request>\x01</Request>"], Said.RESULT, ["broken"]),
        ([b"<Request/>", b"<Request>\x01</Request>"], Said.CLIENT, ["ok", "broken"]),
        ([], Said.CLIENT, ["ok"]),
        ([], Said.SERVICE, ["ok"]),
        ([], Said.UNSUPPORTED, ["unmet"]),
        ([], Said.RESULT, ["unclear"]),
        ([], Said.DIED, []),
    ],
)
def test_control_characters(bodies: list[bytes], said: Said, expected: list[str]) -> None:
    requests = tuple(with_body(each, WILD) for each in bodies)
    one = replace(case(call=WILD, reply=Reply(said, message="why")), sent=requests)
    assert [str(each.mark) for each in check(one) if each.clause == "LIB-14"] == expected
    assert "LIB-13" not in {each.clause for each in check(one)}
    if expected == ["unmet"]:
        assert found(one, "LIB-14")[0].message == "the library does not offer it: why"


def test_only_creates_hold_values() -> None:
    one = replace(sent(WILD, request_of(WILD)), operation=Operation.OTHER)
    assert [
        str(e.mark) for e in found(case(one, call=WILD, reply=Reply(Said.CLIENT)), "LIB-14")
    ] == ["ok"]


# ---- LIB-15 ----

HOME = calls.create(KEYS).host
AUTH = ("Authorization", "q-ak=x")


def away(host: str | None, *pairs: tuple[str, str], target: str = "/", stray: bool = False) -> Sent:
    headers = Headers((*((("Host", host),) if host is not None else ()), *pairs))
    one = sent()
    request = Request("GET", target, headers)
    return replace(one, exchange=replace(one.exchange, request=request), stray=stray)


@pytest.mark.parametrize(
    ("second", "carried"),
    [
        (away("evil.example", AUTH), "Authorization"),
        (away("evil.example", ("authorization", "x")), "Authorization"),
        (away("evil.example"), None),
        (away("evil.example", ("X-Ci-Security-Token", "x")), "X-Ci-Security-Token"),
        (away("evil.example", ("x-cos-security-token", "x")), "x-cos-security-token"),
        (away("evil.example", target="/?q-ak=x"), "the signature in the URL"),
        (away("evil.example", target="/?X-Ci-Security-Token=x"), "X-Ci-Security-Token"),
        (away("evil.example", ("q-other", "x"), target="/?a=1"), None),
        (away(HOME, AUTH), None),
        (away(HOME.upper(), AUTH), None),
        (away(HOME, AUTH, stray=True), None),
        (away("x.myqcloud.com", AUTH), None),
        (away("X.MyQCloud.com:443", AUTH), None),
        (away("x.myqcloud.com.evil.example", AUTH), "Authorization"),
        (away("x.myqcloud.com.evil.example:443", AUTH), "Authorization"),
        (away("evilmyqcloud.com", AUTH), "Authorization"),
        (away("evil.example:1.myqcloud.com", AUTH), "Authorization"),
        (away("127.0.0.1:9", AUTH, stray=True), "Authorization"),
        (away(None, AUTH), "Authorization"),
    ],
)
def test_credentials_stay_at_home(second: Sent, carried: str | None) -> None:
    first, second = numbered(sent(), second)
    outcome = first_astray([first, second])
    if carried is None:
        assert outcome is None
    else:
        assert outcome is not None
        assert (outcome.clause, outcome.at, outcome.exchanges) == ("LIB-15", "Host", (1, 2))
        assert outcome.observed == f"{carried} to {second.host or 'a host without name'}"


def test_the_place_of_the_first_request_is_home() -> None:
    local = [away("127.0.0.1:1", AUTH), away("127.0.0.1:1", AUTH)]
    assert first_astray(local) is None
    assert first_astray([*local, away("127.0.0.1:2", AUTH)]) is not None
    assert first_astray([*local, away("127.0.0.1:1", AUTH, stray=True)]) is not None
    assert first_astray([]) is first_astray(local[:1]) is None
    assert first_astray([away("Local:1", AUTH), away("local:1", AUTH)]) is None
    third = numbered(sent(), away("a.b"), away("a.b", AUTH))
    outcome = first_astray(third)
    assert outcome is not None
    assert outcome.exchanges == (1, 3)


def test_when_it_is_said_that_they_stayed() -> None:
    def of(*requests: Sent, clauses: tuple[str, ...]) -> list[str]:
        one = replace(case(clauses=clauses), sent=requests)
        return [str(each.mark) for each in check(one) if each.clause == "LIB-15"]

    assert of(sent(), clauses=("LIB-15",)) == ["ok"]
    assert of(sent(), clauses=("LIB-01",)) == []
    assert of(clauses=("LIB-15",)) == []
    assert of(sent(), away("a.b", AUTH), clauses=("LIB-01",)) == ["broken"]


# ---- values of cases ----


def test_leaves() -> None:
    node = element("A", element("B", "1"), element("C", element("D", "2"), element("E")))
    assert list(leaves(node)) == [("B", "1"), ("C/D", "2"), ("C/E", "")]


def test_what_a_case_knows_of_itself() -> None:
    requests = numbered(sent(), sent(stray=True), sent(follows=True))
    one = case(*requests, want=Want.EITHER, jobs=(job(),))
    assert one.own == (requests[0],)
    assert one.exchanges == tuple(each.exchange for each in requests)
    assert [Reply(said).is_error for said in Said] == [
        said in (Said.SERVICE, Said.CLIENT) for said in Said
    ]
    assert sent().host == HOME
    assert away(None).host == ""
    assert calls.create(KEYS).op == "create_pic_job"
    assert calls.create(KEYS).writable
    assert not WILD.writable
    assert calls.describe(KEYS, "j1").writable
    assert calls.describe(KEYS, "j1").request_node is None
    assert Counter(each.op for _, each in calls.corpus(calls.keyset(0)))["create_pic_job"] > 1
