"""HTTP, role C: what is right passes, each deviation is named by its clause."""

from dataclasses import replace

import pytest

from conformance.checks.client_http import check
from conformance.clients import calls
from conformance.spec.times import format_http_date
from conformance.spec.wire import Request
from tests.checks.client_support import (
    KEYS,
    NOW,
    TEMPORARY,
    broken,
    held,
    request_of,
    sent,
    signed,
    with_header,
)


def test_a_documented_create_breaks_nothing() -> None:
    outcomes = list(check(sent(calls.create(TEMPORARY))))

    assert not broken(outcomes, information=True)
    assert held(outcomes) == {f"HTTP-{n:02}" for n in range(1, 10)}


@pytest.mark.parametrize(
    ("name", "value", "clause"),
    [
        ("Host", "examplebucket-1250000000.ci.ap-chongqing.myqcloud.com:80", "HTTP-02"),
        ("Host", "examplebucket-1250000000.cos.ap-chongqing.myqcloud.com", "HTTP-02"),
        ("Host", "other-1250000000.ci.ap-chongqing.myqcloud.com", "HTTP-02"),
        ("Host", None, "HTTP-02"),
        ("Content-Length", "1", "HTTP-03"),
        ("Content-Length", None, "HTTP-03"),
        ("Transfer-Encoding", "chunked", "HTTP-03"),
        ("Content-Type", "text/xml", "HTTP-04"),
        ("Content-Type", None, "HTTP-04"),
        ("Date", "2023-11-14T22:13:20Z", "HTTP-05"),
        ("Date", format_http_date(NOW - 1000), "HTTP-09"),
        ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==", "HTTP-06"),
        ("Authorization", None, "HTTP-07"),
    ],
)
def test_one_wrong_header_breaks_one_clause(name: str, value: str | None, clause: str) -> None:
    assert set(broken(check(with_header(name, value)))) == {clause}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Type", "application/xml; charset=utf-8"),
        ("Content-Type", "Application/XML;charset=UTF-8"),
        ("Content-MD5", None),
        ("Date", None),
        ("Date", format_http_date(NOW + 899)),
    ],
)
def test_what_is_permitted_is_no_finding(name: str, value: str | None) -> None:
    assert not broken(check(with_header(name, value)))


def test_a_missing_date_is_information() -> None:
    assert set(broken(check(with_header("Date", None)), information=True)) == {"HTTP-05"}


def test_the_token_may_travel_by_either_name_and_must_be_whole() -> None:
    call = calls.create(TEMPORARY)
    request = request_of(call)
    renamed = request.with_headers(
        request.headers.without("x-ci-security-token").set(
            "X-Cos-Security-Token", TEMPORARY.token or ""
        )
    )

    assert not broken(check(sent(call, signed(renamed, TEMPORARY))))
    assert set(broken(check(with_header("x-ci-security-token", "cut", call)))) == {"HTTP-08"}


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PUT", "/pic_jobs"),
        ("POST", "/pic_jobs/"),
        ("POST", "/jobs"),
        ("POST", "/pic_jobs?v=2"),
    ],
)
def test_a_create_elsewhere_breaks_http_01(method: str, target: str) -> None:
    request = replace(request_of(calls.create(KEYS)), method=method, target=target)

    assert set(broken(check(sent(request=signed(request))))) == {"HTTP-01"}


def test_a_signature_in_the_url_is_right_and_one_in_both_places_is_not() -> None:
    right = signed(request_of(calls.create(TEMPORARY)), TEMPORARY)
    query = right.headers.get("Authorization") or ""
    both = replace(right, target=f"/pic_jobs?{query}")
    in_url = replace(both, headers=both.headers.without("Authorization"))

    assert not broken(check(sent(calls.create(TEMPORARY), in_url)))
    assert set(broken(check(sent(calls.create(TEMPORARY), both)))) == {"HTTP-07"}


IDS = ("j1", "j2")
DESCRIBE = calls.describe(KEYS, *IDS)
CANCEL = calls.cancel(KEYS, "j1")
LISTING = calls.listing(KEYS, ("inputObject", "a b+c"), ("size", "7"))
QUERY = f"queueId={calls.QUEUE}&tag=PicProcess"


@pytest.mark.parametrize(
    ("call", "method", "target", "clause"),
    [
        (DESCRIBE, "GET", "/pic_jobs/j1,j2", None),
        (DESCRIBE, "GET", "/pic_jobs/j1%2Cj2", None),
        (DESCRIBE, "GET", "/pic_jobs/j2", None),  # one request for each (E18)
        (DESCRIBE, "GET", "/pic_jobs/j1;j2", "HTTP-11"),
        (DESCRIBE, "GET", "/pic_jobs/j3", "HTTP-11"),
        (DESCRIBE, "POST", "/pic_jobs/j1,j2", "HTTP-11"),
        (DESCRIBE, "GET", "/jobs/j1,j2", "HTTP-11"),
        (CANCEL, "PUT", "/jobs/j1?cancel", None),
        (CANCEL, "PUT", "/jobs/j1?cancel=", None),
        (CANCEL, "PUT", "/jobs/j1?cancel=true", "HTTP-13"),
        (CANCEL, "PUT", "/jobs/j1", "HTTP-13"),
        (CANCEL, "POST", "/jobs/j1?cancel", "HTTP-13"),
        (CANCEL, "PUT", "/jobs/j2?cancel", "HTTP-13"),
        (LISTING, "GET", f"/pic_jobs?{QUERY}&inputObject=a%20b%2Bc&size=7", None),
        (LISTING, "GET", f"/pic_jobs?{QUERY}&inputObject=a+b%2Bc&size=7", None),  # E15
        (LISTING, "GET", f"/pic_jobs?size=7&inputObject=a%20b+c&{QUERY}&states=All", None),
        (LISTING, "GET", f"/pic_jobs?{QUERY}&inputObject=a%20b%2Bc", "HTTP-12"),
        (LISTING, "GET", f"/pic_jobs?{QUERY}&inputObject=a%20b&size=7", "HTTP-12"),
        (LISTING, "GET", f"/pic_jobs?{QUERY}&inputObject=a%20b%2Bc&Size=7", "HTTP-12"),
        (
            LISTING,
            "GET",
            f"/pic_jobs?{QUERY}&inputObject=a%20b%2Bc&size=7&states=Failed",
            "HTTP-12",
        ),
        (LISTING, "GET", f"/jobs?{QUERY}&inputObject=a%20b%2Bc&size=7", "HTTP-12"),
    ],
)
def test_the_other_operations(call: calls.Call, method: str, target: str, clause: str) -> None:
    request = Request(method, target, request_of(call).headers)

    assert set(broken(check(sent(call, signed(request))))) == ({clause} if clause else set())


@pytest.mark.parametrize("call", [DESCRIBE, CANCEL, calls.listing(KEYS)])
def test_no_other_operation_has_a_body(call: calls.Call) -> None:
    request = replace(signed(request_of(call)), body=b"<Request/>")

    assert len(broken(check(sent(call, request)))) == 1


def test_a_parameter_that_no_page_names_is_information() -> None:
    request = Request("GET", f"/pic_jobs?{QUERY}&v=2", request_of(LISTING).headers)
    outcomes = list(check(sent(calls.listing(KEYS), signed(request))))

    assert not broken(outcomes)
    assert set(broken(outcomes, information=True)) == {"HTTP-12"}
