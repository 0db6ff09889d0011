"""HTTP-01 to HTTP-13, role C, rule by rule: where each deviation is, and what is shown of it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.base import Level, Outcome
from conformance.checks.client_case import Call, Keys, Sent
from conformance.checks.client_http import DATE_TOLERANCE, check, foreign_params
from conformance.clients import calls
from conformance.spec.times import format_http_date
from conformance.spec.wire import Headers, Request
from tests.checks.client_support import KEYS, NOW, TEMPORARY, request_of, sent, signed

CREATE = calls.create(KEYS)
HOST = CREATE.host


def having(name: str, *values: str, call: Call = CREATE, captured: bool = False) -> Sent:
    """A right request with exactly these values of a header."""
    right = sent(call)
    request = right.exchange.request
    headers = Headers((*request.headers.without(name), *((name, each) for each in values)))
    exchange = replace(right.exchange, request=request.with_headers(headers))
    return replace(right, exchange=exchange, call=None if captured else call)


def asked(target: str, method: str = "GET", call: Call = CREATE, *, captured: bool = False) -> Sent:
    request = signed(Request(method, target, request_of(call).headers), call.keys)
    return replace(sent(call, request), call=None if captured else call)


def broken(one: Sent) -> list[Outcome]:
    return [each for each in check(one) if each.mark == "broken"]


def shown(one: Sent) -> tuple[Any, ...]:
    (found,) = broken(one)
    return found.clause, found.at, found.observed


def test_the_tolerance_of_dates() -> None:
    assert DATE_TOLERANCE == 902


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (having("Host"), ("HTTP-02", "Host", "no Host header")),
        (having("Host", HOST, HOST), ("HTTP-02", "Host", f"{HOST}, {HOST}")),
        (having("Host", f"{HOST}:443"), ("HTTP-02", "Host", f"{HOST}:443")),
        (having("Content-Length"), ("HTTP-03", "Content-Length", "no Content-Length")),
        (having("Content-Type"), ("HTTP-04", "Content-Type", "no Content-Type header")),
        (having("Content-Type", "text/xml"), ("HTTP-04", "Content-Type", "text/xml")),
        (having("Content-Type", "application/xml", "text/xml"),
         ("HTTP-04", "Content-Type", "application/xml, text/xml")),
        (having("Content-MD5", "x"), ("HTTP-06", "Content-MD5", "x")),
        (having("Date", "soon"), ("HTTP-05", "Date", "soon")),
        (having("Date"), ("HTTP-05", "Date", "no Date header")),
        (having("Date", format_http_date(NOW - 903)),
         ("HTTP-09", "Date", f"{format_http_date(NOW - 903)}, 903 seconds apart")),
        (having("Authorization"),
         ("HTTP-07", "Authorization",
          "neither an Authorization header nor a signature in the URL")),
        (having("Authorization", "a", "b"),
         ("HTTP-07", "Authorization", "2 Authorization headers")),
    ],
)  # fmt: skip
def test_where_a_wrong_header_is(one: Sent, expected: tuple[str, str, str]) -> None:
    assert shown(one) == expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "Host is missing"),
        ([HOST, HOST], "Host is there more than once"),
        ([f"{HOST}:80"], "Host has a port"),
        ([f"{HOST}:80:80"], "Host has a port"),
        ([f"x{HOST}:80"], "Host is not the documented one"),
        (["a.b"], "Host is not the documented one"),
        ([":80"], "Host is not the documented one"),
    ],
)
def test_what_is_wrong_with_the_host(values: list[str], message: str) -> None:
    for captured in (False, True):
        if captured and values == [f"x{HOST}:80"]:
            continue  # another bucket's, which may be meant
        (found,) = broken(having("Host", *values, captured=captured))
        assert found.message == message


def test_the_host_of_captured_traffic_is_any_documented_one() -> None:
    assert broken(having("Host", f"x{HOST}", captured=True)) == []
    (found,) = broken(having("Host", "localhost", captured=True))
    assert found.expected == "<BucketName-APPID>.ci.<Region>.myqcloud.com"


LENGTH = str(len(sent(CREATE).exchange.request.body))


def test_lengths() -> None:
    assert shown(having("Content-Length", LENGTH, LENGTH))[2] == (
        f"Content-Length: {LENGTH}, {LENGTH}, and {LENGTH} bytes of body"
    )
    both = having("Transfer-Encoding", "chunked")
    assert shown(both)[2] == f"Transfer-Encoding: chunked beside Content-Length: {LENGTH}"
    headers = both.exchange.request.headers.without("Content-Length")
    request = both.exchange.request.with_headers(headers)
    only = replace(both, exchange=replace(both.exchange, request=request))
    assert shown(only) == ("HTTP-03", "Content-Length", "Transfer-Encoding: chunked")


MD5 = base64.b64encode(hashlib.md5(sent(CREATE).exchange.request.body).digest()).decode()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Content-Type", [" Application/XML ; charset=utf-8"]),
        ("Content-Type", ["application/xml", "application/xml"]),
        ("Content-MD5", [f" {MD5} "]),
        ("Content-MD5", [MD5, MD5]),
        ("Date", [f" {format_http_date(NOW)} "]),
        ("Date", [format_http_date(NOW - 902)]),
        ("Date", [format_http_date(NOW + 902)]),
    ],
)
def test_what_is_permitted(name: str, values: list[str]) -> None:
    assert broken(having(name, *values)) == []


def test_every_value_of_a_repeated_header_counts() -> None:
    assert shown(having("Content-MD5", MD5, "x"))[0] == "HTTP-06"
    far = format_http_date(NOW - 9000)
    clauses = [each.clause for each in broken(having("Date", "soon", far))]
    assert clauses == ["HTTP-05", "HTTP-09"]


# ---- the request line ----


@pytest.mark.parametrize(
    ("target", "observed"),
    [
        ("/pic_jobs?v=2", "v"),
        ("/pic_jobs?v=2&w=3", "v&w"),
    ],
)
def test_parameters_of_a_create(target: str, observed: str) -> None:
    request = replace(request_of(CREATE), target=target)
    assert shown(sent(CREATE, signed(request))) == ("HTTP-01", "", observed)


def in_url(keys: Keys, extra: str = "", call: Call | None = None) -> Sent:
    """A request that is signed in its URL, and carries the token there or nowhere."""
    call = call or calls.create(keys)
    right = signed(request_of(call), keys)
    query = right.headers.get("Authorization") or ""
    headers = right.headers.without("Authorization").without("x-ci-security-token")
    return sent(call, replace(right, target=f"/pic_jobs?{query}{extra}", headers=headers))


def test_the_signature_is_left_out_of_what_is_shown() -> None:
    one = in_url(KEYS)
    put = replace(one, exchange=replace(
        one.exchange, request=replace(one.exchange.request, method="PUT")))  # fmt: skip
    assert shown(put) == (
        "HTTP-01",
        "",
        "PUT /pic_jobs?… (with the signature's parameters)",
    )
    token = asked("/pic_job?v=1&X-Ci-Security-Token=t", "POST")
    assert broken(token)[0].observed == "POST /pic_job?… (with the signature's parameters)"
    plain = asked("/pic_job?v=1", "POST")
    assert broken(plain)[0].observed == "POST /pic_job?v=1"


def test_foreign_parameters() -> None:
    request = Request("GET", "/?q-ak=1&a=2&X-CI-Security-Token=3&x-cos-security-token=4&Q-AK=5")
    assert foreign_params(request) == (("a", "2"), ("Q-AK", "5"))


PLUS = Keys("AKIDplus", "secret", "a+b/c==")


@pytest.mark.parametrize(
    ("one", "observed"),
    [
        (in_url(TEMPORARY, f"&x-ci-security-token={TEMPORARY.token}"), None),
        (in_url(TEMPORARY, f"&X-Cos-Security-Token={TEMPORARY.token}"), None),
        (in_url(PLUS, "&x-ci-security-token=a%2Bb/c%3D%3D"), None),
        (in_url(PLUS, "&x-ci-security-token=a%20b/c%3D%3D"), None),
        (in_url(PLUS, "&x-ci-security-token=ab/c%3D%3D"), "x-ci-security-token with another value"),
        (in_url(TEMPORARY), "no such header"),
        (in_url(TEMPORARY, f"&x-ci-security-token={TEMPORARY.token}&x-cos-security-token=x"),
         "x-ci-security-token with another value"),
    ],
)  # fmt: skip
def test_a_token_in_the_url(one: Sent, observed: str | None) -> None:
    found = [each for each in broken(one) if each.clause == "HTTP-08"]
    assert [(each.at, each.observed) for each in found] == (
        [("x-ci-security-token", observed)] if observed else []
    )


def test_a_token_in_headers() -> None:
    call = calls.create(PLUS)

    def of(*pairs: tuple[str, str]) -> list[str]:
        right = signed(request_of(call), PLUS)
        headers = Headers((*right.headers.without("x-ci-security-token"), *pairs))
        one = sent(call, right.with_headers(headers))
        return [f"{e.mark} {e.message or e.observed}" for e in check(one) if e.clause == "HTTP-08"]

    assert of(("X-CI-Security-Token", " a+b/c== ")) == ["ok token as x-ci-security-token"]
    assert of(("x-cos-security-token", "a+b/c==")) == ["ok token as x-cos-security-token"]
    assert of(("x-ci-security-token", "a b/c=="))[0].startswith("broken")
    both = of(("x-ci-security-token", "x"), ("x-cos-security-token", "a+b/c=="))
    assert both[0].startswith("broken")
    assert of()[0].startswith("broken")
    unknown = replace(sent(call), keys=None)
    assert "HTTP-08" not in {each.clause for each in check(unknown)}
    permanent = sent(CREATE)
    assert "HTTP-08" not in {each.clause for each in check(permanent)}


def test_a_token_in_the_url_does_not_count_beside_a_signature_in_the_header() -> None:
    call = calls.create(TEMPORARY)
    request = signed(request_of(call), TEMPORARY)
    request = replace(
        request,
        target=f"/pic_jobs?x-ci-security-token={TEMPORARY.token}",
        headers=request.headers.without("x-ci-security-token"),
    )
    assert "HTTP-08" in {each.clause for each in broken(sent(call, request))}


def test_a_signature_in_two_places() -> None:
    one = in_url(KEYS)
    request = one.exchange.request
    both = request.with_headers(request.headers.set("Authorization", "x"))
    found = broken(replace(one, exchange=replace(one.exchange, request=both)))
    assert [(each.clause, each.observed) for each in found] == [
        ("HTTP-07", "an Authorization header and a signature in the URL")
    ]
    twice = Headers((*both.headers, ("Authorization", "y")))
    found = broken(replace(one, exchange=replace(
        one.exchange, request=request.with_headers(twice))))  # fmt: skip
    assert [each.clause for each in found] == ["HTTP-07"]


# ---- the other operations ----

IDS = calls.describe(KEYS, "j1", "j2")
CANCEL = calls.cancel(KEYS, "j1")
LISTING = calls.listing(KEYS, ("size", "7"))
QUERY = f"queueId={calls.QUEUE}&tag=PicProcess"


@pytest.mark.parametrize(
    ("one", "clause"),
    [
        (asked("/pic_jobs/", call=IDS), "HTTP-11"),
        (asked("/pic_jobs/", call=IDS, captured=True), "HTTP-11"),
        (asked("/j1", call=IDS), "HTTP-11"),
        (asked("/j1", call=IDS, captured=True), "HTTP-11"),
        (asked("/pic_jobs/anything", call=IDS, captured=True), None),
        (asked("/pic_jobs/anything", call=IDS), "HTTP-11"),
        (asked("/jobs/", "PUT", call=CANCEL), "HTTP-13"),
        (asked("/jobs/?cancel", "PUT", call=CANCEL, captured=True), "HTTP-13"),
        (asked("/j1?cancel", "PUT", call=CANCEL), "HTTP-13"),
        (asked("/j1?cancel", "PUT", call=CANCEL, captured=True), "HTTP-13"),
        (asked("/jobs/x?cancel", "PUT", call=CANCEL, captured=True), None),
        (asked("/jobs/x?cancel", "PUT", call=CANCEL), "HTTP-13"),
        (asked("/jobs/j1?cancel&cancel", "PUT", call=CANCEL), "HTTP-13"),
        (asked(f"/pic_jobs?{QUERY}&size=7", call=LISTING), None),
        (asked(f"/pic_jobs?{QUERY}&size=7", "POST", call=LISTING), "HTTP-12"),
        (asked(f"/pic_jobs?{QUERY}&size=7&size=8", call=LISTING), "HTTP-12"),
        (asked(f"/pic_jobs?{QUERY}&size=7&nextToken=a", call=LISTING), None),
        (asked(f"/pic_jobs?{QUERY}&size=7&inputObject=", call=LISTING), None),
        (asked(f"/pic_jobs?{QUERY}&size=7&inputObject=x", call=LISTING), "HTTP-12"),
        (asked(f"/pic_jobs?{QUERY}&size=7&orderByTime=Desc&states=All", call=LISTING), None),
        (asked(f"/pic_jobs?{QUERY}&size=7&orderByTime=Asc", call=LISTING), "HTTP-12"),
        (asked(f"/pic_jobs?{QUERY}&size=10", call=calls.listing(KEYS)), None),
        (asked(f"/pic_jobs?{QUERY}&size=11", call=calls.listing(KEYS)), "HTTP-12"),
        (asked(f"/pic_jobs?inputObject=&{QUERY}&size=7&states=Failed", call=LISTING), "HTTP-12"),
        (asked(f"/pic_jobs?{QUERY}&size=9&states=Failed", call=LISTING, captured=True), None),
        (asked("/pic_jobs?tag=PicProcess", call=LISTING, captured=True), "HTTP-12"),
        (asked("/pic_jobs?queueId=p1", call=LISTING, captured=True), "HTTP-12"),
    ],
)
def test_other_operations(one: Sent, clause: str | None) -> None:
    found = [each for each in broken(one) if each.level is not Level.MAY]
    assert [each.clause for each in found] == ([clause] if clause else [])


@pytest.mark.parametrize(
    ("one", "clause"),
    [
        (asked("/pic_jobs/j1,j2?v=1", call=IDS), "HTTP-11"),
        (asked(f"/pic_jobs?{QUERY}&size=7&v=1", call=LISTING), "HTTP-12"),
        (asked("/jobs/j1?cancel&v=1", "PUT", call=CANCEL), "HTTP-13"),
    ],
)
def test_parameters_that_no_page_names_are_information(one: Sent, clause: str) -> None:
    (found,) = broken(one)
    assert (found.clause, found.level) == (clause, Level.MAY)
    assert found.message.endswith(": v")
    assert found.observed.endswith("v=1")


@pytest.mark.parametrize(
    ("call", "target", "method", "clause"),
    [
        (IDS, "/pic_jobs/j1,j2", "GET", "HTTP-11"),
        (LISTING, f"/pic_jobs?{QUERY}&size=7", "GET", "HTTP-12"),
        (CANCEL, "/jobs/j1?cancel", "PUT", "HTTP-13"),
    ],
)
def test_bodies(call: Call, target: str, method: str, clause: str) -> None:
    right = asked(target, method, call=call)
    assert {(e.clause, e.mark) for e in check(right)} >= {(clause, "ok")}
    request = replace(right.exchange.request, body=b"<Request/>")
    one = replace(right, exchange=replace(right.exchange, request=request))
    assert shown(one) == (clause, "", "10 bytes of body")
