"""SIG, role C: every documented way of signing passes, each deviation is named by its clause."""

import re
from dataclasses import replace

import pytest

from conformance.checks.client_case import Sent
from conformance.checks.client_signing import check
from conformance.clients import calls
from conformance.spec.wire import Headers, Request
from tests.checks.client_support import (
    KEYS,
    NOW,
    TEMPORARY,
    broken,
    held,
    request_of,
    sent,
    signed,
)

ALL = {f"SIG-{n:02}" for n in range(1, 12)}


def changed(pattern: str, new: str, call: calls.Call | None = None) -> Sent:
    """A right request with its Authorization header edited."""
    right = sent(call or calls.listing(KEYS))
    request = right.exchange.request
    old = request.headers.get("Authorization") or ""
    value, count = re.subn(pattern, new, old)
    assert count, f"{pattern} is not in {old}"
    request = request.with_headers(request.headers.set("Authorization", value))
    return replace(right, exchange=replace(right.exchange, request=request))


def test_a_right_signature_holds_every_clause() -> None:
    outcomes = list(check(sent(calls.listing(KEYS))))

    assert not broken(outcomes, information=True)
    assert held(outcomes) == ALL


@pytest.mark.parametrize(
    ("pattern", "new", "clauses"),
    [
        ("&q-url-param-list=[^&]*", "", {"SIG-01", "SIG-08"}),
        ("&q-ak=[^&]*", r"\g<0>\g<0>", {"SIG-01"}),
        ("$", "&q-token=x", {"SIG-01"}),
        ("&", ",", {"SIG-01"}),
        ("sha1", "SHA1", {"SIG-02"}),
        ("q-key-time=[0-9]*;", "q-key-time=1,", {"SIG-03", "SIG-08"}),
        ("q-sign-time=[0-9]*;", f"q-sign-time={int(NOW) - 59};", {"SIG-03", "SIG-08"}),
        ("host", "Host", {"SIG-05"}),
        ("host", "host;host", {"SIG-05"}),
        ("q-header-list=host", "q-header-list=host;date", {"SIG-05", "SIG-08"}),
        ("host", "host;x-absent", {"SIG-05"}),
        ("q-header-list=host", "q-header-list=", {"SIG-08", "SIG-09"}),
        ("queueid", "queueId", {"SIG-06"}),
        ("queueid;tag", "tag;queueid", {"SIG-06"}),
        ("queueid;tag", "queueid;tag;zone", {"SIG-06"}),
        ("queueid;tag", "queueid", {"SIG-08", "SIG-11"}),
        ("q-signature=(.{39}).", r"q-signature=\1", {"SIG-07", "SIG-08"}),
        ("AKIDexample", "AKIDother", {"SIG-08"}),
    ],
)
def test_one_edit_breaks_its_clauses(pattern: str, new: str, clauses: set[str]) -> None:
    assert set(broken(check(changed(pattern, new)))) == clauses


@pytest.mark.parametrize(
    ("window", "clauses"),
    [
        ((-60, 3600), set()),
        ((0, 86400), set()),
        ((2, 3600), set()),  # clocks are given two seconds
        ((-3600, -2), set()),
        ((-86400, 86400), {"SIG-10"}),
        ((4, 3600), {"SIG-04"}),
        ((-3600, -4), {"SIG-04"}),
        ((10, 10), {"SIG-03"}),
    ],
)
def test_windows(window: tuple[int, int], clauses: set[str]) -> None:
    call = calls.listing(KEYS)
    request = signed(request_of(call), KEYS, window=window)

    assert set(broken(check(sent(call, request)))) == clauses


def test_an_unsigned_request_breaks_only_that_it_is_signed() -> None:
    call = calls.create(KEYS)

    assert set(broken(check(sent(call, request_of(call))))) == {"SIG-01"}


def test_a_plus_in_the_query_may_be_signed_as_either() -> None:
    call = calls.listing(KEYS, ("inputObject", "a b"))
    right = signed(request_of(call).with_headers(Headers((("Host", call.host),))))
    spaced = replace(right, target=right.target.replace("a b", "a+b"))

    outcomes = list(check(sent(call, spaced)))

    assert not broken(outcomes)
    assert any("E15" in each.message for each in outcomes if each.clause == "SIG-08")


def test_a_changed_request_no_longer_verifies_and_the_finding_shows_the_string() -> None:
    right = sent(calls.create(TEMPORARY))
    request = right.exchange.request
    other = Request("PUT", request.target, request.headers, request.body)
    found = broken(check(replace(right, exchange=replace(right.exchange, request=other))))

    assert set(found) == {"SIG-08"}
    assert "sha1\\n" in found["SIG-08"].expected
    assert "put\\n/pic_jobs" in found["SIG-08"].expected
    for text in (found["SIG-08"].expected, found["SIG-08"].observed):
        assert TEMPORARY.secret_key not in text
        assert (TEMPORARY.token or "") not in text


def test_the_right_signature_of_somebody_elses_credentials_is_not_shown() -> None:
    right = sent(calls.create(KEYS))
    request = replace(right.exchange.request, method="PUT")
    captured = replace(
        right, exchange=replace(right.exchange, request=request), call=None, keys=KEYS
    )

    found = broken(check(captured))["SIG-08"]

    assert not re.search("[0-9a-f]{40}(?!..n)", found.observed)
    assert found.expected.startswith("a signature of the string to sign")


def test_spaces_around_values_and_after_the_signature_are_no_finding() -> None:
    right = sent(calls.create(KEYS))
    request = right.exchange.request
    spaced = Headers(tuple((name, f" {value}  ") for name, value in request.headers))

    outcomes = check(
        replace(right, exchange=replace(right.exchange, request=request.with_headers(spaced)))
    )

    assert not broken(outcomes)
