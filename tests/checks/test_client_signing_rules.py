"""SIG-01 to SIG-11, role C, rule by rule: where each deviation is, and what is shown of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.base import Outcome
from conformance.checks.client_case import Call, Keys, Sent
from conformance.checks.client_signing import check, inside, signature_of
from conformance.clients import calls
from conformance.spec.signature import (
    authorization_pairs,
    compute,
    sha1_hex,
    sign_key,
    signed_headers,
)
from conformance.spec.wire import Headers, Request
from tests.checks.client_support import KEYS, NOW, TEMPORARY, request_of, sent

LISTING = calls.listing(KEYS)
WINDOW = f"{int(NOW) - 60};{int(NOW) + 3600}"


def sign(
    request: Request,
    keys: Keys = KEYS,
    *,
    names: tuple[str, ...] = ("host",),
    path: str | None = None,
    params: tuple[tuple[str, str], ...] | None = None,
    window: str = WINDOW,
) -> Request:
    computation = compute(
        key=sign_key(keys.secret_key, window),
        key_time=window,
        method=request.method,
        path=path or request.path,
        params=request.params if params is None else params,
        headers=signed_headers(request.headers, names),
    )
    pairs = authorization_pairs(keys.secret_id, window, computation)
    return with_pairs(request, pairs)


def with_pairs(request: Request, pairs: tuple[tuple[str, str], ...]) -> Request:
    value = "&".join(f"{name}={value}" for name, value in pairs)
    return request.with_headers(request.headers.set("Authorization", value))


PLAIN = request_of(LISTING)
PAIRS = signature_of(sign(PLAIN))
assert PAIRS is not None


def edited(**changes: str | None) -> Sent:
    """A right request with parameters of its signature changed; None leaves one out."""
    assert PAIRS is not None
    pairs = [(name, changes.get(name.replace("-", "_"), value)) for name, value in PAIRS.pairs]
    held = tuple((name, value) for name, value in pairs if value is not None)
    return sent(LISTING, with_pairs(PLAIN, held))


def broken(one: Sent) -> dict[str, Outcome]:
    return {each.clause: each for each in check(one) if each.mark == "broken"}


def shown(one: Sent, clause: str) -> tuple[str, str]:
    found = broken(one)[clause]
    return found.at, found.observed


# ---- SIG-01 ----


def test_no_signature_and_an_unreadable_one() -> None:
    none = broken(sent(LISTING, PLAIN))
    assert [(clause, each.at) for clause, each in none.items()] == [("SIG-01", "Authorization")]
    request = PLAIN.with_headers(PLAIN.headers.set("Authorization", "Bearer x"))
    other = broken(sent(LISTING, request))
    assert [(clause, each.at) for clause, each in other.items()] == [("SIG-01", "Authorization")]
    request = PLAIN.with_headers(PLAIN.headers.set("Authorization", "q-sign-algorithm=sha1,q-ak=x"))
    one = broken(sent(LISTING, request))
    assert [(clause, each.at) for clause, each in one.items()] == [("SIG-01", "Authorization")]
    assert one["SIG-01"].observed == "one piece, q-sign-algorithm=sha1,q-ak=x…"


@pytest.mark.parametrize(
    ("one", "observed"),
    [
        (edited(q_ak=None), "q-ak is missing"),
        (edited(q_ak="x&q-ak=y"), "q-ak is repeated"),
        (edited(q_ak=f"{KEYS.secret_id}&q-token=y"), "q-token is none of the seven"),
        (edited(q_ak=None, q_signature="x&q-signature=y&q-z=1"),
         "q-ak is missing; q-signature is repeated; q-z is none of the seven"),
    ],
)  # fmt: skip
def test_each_of_the_seven_once_and_no_other(one: Sent, observed: str) -> None:
    assert shown(one, "SIG-01") == ("Authorization", observed)


def in_url(extra: str = "", drop: str = "") -> Sent:
    assert PAIRS is not None
    pairs = [(name, value) for name, value in PAIRS.pairs if name != drop]
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return sent(LISTING, replace(PLAIN, target=f"{PLAIN.target}&{query}{extra}"))


def test_a_signature_in_the_url_has_the_same_seven() -> None:
    assert not broken(in_url())
    assert shown(in_url("&q-token=x"), "SIG-01")[1] == "q-token is none of the seven"
    assert "SIG-01" not in broken(in_url("&zone=x"))
    assert shown(in_url(drop="q-ak"), "SIG-01")[1] == "q-ak is missing"


# ---- SIG-02, SIG-03, SIG-04, SIG-10 ----


def test_the_algorithm() -> None:
    assert shown(edited(q_sign_algorithm="SHA1"), "SIG-02") == ("q-sign-algorithm", "'SHA1'")
    assert "SIG-02" not in {each.clause for each in check(edited(q_sign_algorithm=None))}


START = int(NOW)
MILLISECONDS = 10**12
LATE = f"{MILLISECONDS};{MILLISECONDS + 1}"


@pytest.mark.parametrize(
    ("sign_time", "key_time", "observed"),
    [
        ("1;2", "1;2", None),
        ("2;2", "2;2", "q-sign-time=2;2, q-key-time=2;2"),
        ("3;2", "1;2", "q-sign-time=3;2"),
        ("1;2", "x", "q-key-time=x"),
        ("1;2", "1;3", "q-sign-time=1;2, q-key-time=1;3"),
        ("3;2", "1;3", "q-sign-time=3;2"),
        (f"{MILLISECONDS - 1};{MILLISECONDS}", f"{MILLISECONDS - 1};{MILLISECONDS}", None),
        (LATE, LATE, f"q-sign-time={LATE}, q-key-time={LATE}"),
        ("1;2", None, None),
    ],
)  # fmt: skip
def test_two_equal_windows(sign_time: str, key_time: str | None, observed: str | None) -> None:
    one = edited(q_sign_time=sign_time, q_key_time=key_time)
    if observed is None:
        assert "SIG-03" not in broken(one)
    else:
        assert shown(one, "SIG-03") == ("q-sign-time", observed)


def test_without_windows_there_is_nothing_to_judge() -> None:
    clauses = {each.clause for each in check(edited(q_sign_time=None, q_key_time=None))}
    assert not clauses & {"SIG-03", "SIG-04", "SIG-10"}


@pytest.mark.parametrize(
    ("moment", "right"),
    [(7.9, False), (8, True), (10, True), (20, True), (23, True), (23.1, False)],
)
def test_inside_a_window(moment: float, right: bool) -> None:
    assert inside((10, 20), moment) is right


def test_where_a_window_is_wrong() -> None:
    late = edited(q_sign_time=f"{START + 9};{START + 99}", q_key_time=f"{START + 9};{START + 99}")
    found = [each for each in check(late) if each.clause == "SIG-04"]
    assert [each.at for each in found] == ["q-sign-time", "q-key-time"]
    long = f"{START - 1};{START + 86400}"
    found = [each for each in check(edited(q_sign_time=long, q_key_time=long)) if
             each.clause == "SIG-10"]  # fmt: skip
    assert [(each.at, each.observed) for each in found] == [
        ("q-sign-time", "86401 seconds"),
        ("q-key-time", "86401 seconds"),
    ]
    day = f"{START};{START + 86400}"
    assert "SIG-10" not in broken(edited(q_sign_time=day, q_key_time=day))


def test_a_moment_that_is_no_date_is_told_as_such() -> None:
    huge = "1;999999999999999"
    found = broken(edited(q_sign_time=huge, q_key_time=huge))
    assert "SIG-10" in found
    never = f"{MILLISECONDS * 100};{MILLISECONDS * 100 + 1}"
    assert "no real date" in broken(edited(q_sign_time=never, q_key_time=never))["SIG-04"].observed


# ---- lists ----


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        ("host", None),
        ("date;host", None),
        ("Host", "Host is not in lower case"),
        ("host;x-absent", "the request has no header 'x-absent'"),
        ("host;date", "the names are not sorted"),
        ("host;host", "a name is there twice"),
        ("Host;Host", "Host is not in lower case"),
        ("Host;date", "Host is not in lower case"),
    ],
)
def test_the_list_of_headers(names: str, wrong: str | None) -> None:
    one = edited(q_header_list=names)
    if wrong is None:
        assert "SIG-05" not in broken(one)
    else:
        found = broken(one)["SIG-05"]
        assert found.message.endswith(f": {wrong}")
        assert (found.at, found.observed) == ("q-header-list", f"q-header-list={names}")
        assert found.expected == ";".join(sorted(set(names.lower().split(";"))))


def test_host_is_signed() -> None:
    assert shown(edited(q_header_list="date"), "SIG-09") == ("q-header-list", "q-header-list=date")
    assert "SIG-09" not in broken(edited(q_header_list="HOST"))
    clauses = {each.clause for each in check(edited(q_header_list=None, q_url_param_list=None))}
    assert not clauses & {"SIG-05", "SIG-06", "SIG-09", "SIG-11"}


def listed(query: str, names: str) -> Sent:
    request = replace(PLAIN, target=f"/pic_jobs?{query}")
    assert PAIRS is not None
    pairs = tuple(
        (name, names if name == "q-url-param-list" else value) for name, value in PAIRS.pairs
    )
    return sent(LISTING, with_pairs(request, pairs))


@pytest.mark.parametrize(
    ("query", "names", "wrong"),
    [
        ("a=1&B=2", "a;b", None),
        ("a%20b=1", "a%20b", None),
        ("a%2Fb=1", "a%2fb", None),
        ("a+b=1", "a%2bb", None),
        ("a+b=1", "a%20b", None),
        ("a=1", "A", "A is not in lower case"),
        ("a=1", "b", "the request has no URL parameter 'b'"),
        ("a=1&b=1", "b;a", "the names are not sorted"),
        ("", "", None),
    ],
)
def test_the_list_of_parameters(query: str, names: str, wrong: str | None) -> None:
    one = listed(query, names)
    if wrong is None:
        assert not {"SIG-06", "SIG-11"} & set(broken(one))
    else:
        found = broken(one)["SIG-06"]
        assert found.message.endswith(f": {wrong}")
        assert (found.at, found.observed) == ("q-url-param-list", f"q-url-param-list={names}")


@pytest.mark.parametrize(
    ("query", "names", "signed"),
    [
        ("a=1&b=2", "a", False),
        ("a=1&b=2", "a;b", True),
        ("A=1", "a", True),
        ("a=1", "A", True),
        ("a+b=1", "A%20B", True),
        ("a+b=1", "a%2bb", True),
        ("a+b=1", "ab", False),
        ("X-Ci-Security-Token=1", "", True),
        ("a=1&x-cos-security-token=1", "a", True),
    ],
)
def test_every_parameter_is_signed(query: str, names: str, signed: bool) -> None:
    found = broken(listed(query, names))
    assert ("SIG-11" not in found) is signed
    if not signed:
        assert found["SIG-11"].at == "q-url-param-list"
        assert found["SIG-11"].observed == f"q-url-param-list={names}"


def test_without_parameters_there_is_nothing_to_sign() -> None:
    marks = {each.clause for each in check(listed("x-ci-security-token=1", ""))}
    assert "SIG-11" not in marks


# ---- the signature itself ----


@pytest.mark.parametrize("value", ["", "x", "A" * 40, "a" * 39, "a" * 41])
def test_digits(value: str) -> None:
    assert shown(edited(q_signature=value), "SIG-07") == (
        "q-signature",
        f"{len(value)} characters: {value}",
    )


def test_without_a_signature_or_keys_nothing_is_verified() -> None:
    clauses = {each.clause for each in check(edited(q_signature=None))}
    assert not clauses & {"SIG-07", "SIG-08"}
    unknown = replace(edited(), keys=None)
    (found,) = [each for each in check(unknown) if each.clause == "SIG-08"]
    assert str(found.mark) == "unclear"


def test_whose_key_it_is() -> None:
    assert shown(edited(q_ak="AKIDother"), "SIG-08") == ("q-ak", "q-ak=AKIDother")
    assert shown(edited(q_ak=None), "SIG-08") == ("q-ak", "no q-ak")


def verdict(request: Request, call: Call = LISTING) -> tuple[str, str]:
    (found,) = [each for each in check(sent(call, request)) if each.clause == "SIG-08"]
    return str(found.mark), found.at if found.mark == "broken" else found.message


def test_what_verifies() -> None:
    assert verdict(sign(PLAIN)) == ("ok", "")
    spaced = replace(PLAIN, target="/pic_jobs?a=b+c")
    assert verdict(sign(spaced)) == ("ok", "")
    as_space = sign(spaced, params=(("a", "b c"),))
    assert verdict(as_space) == ("ok", "a '+' in the query read as a space (E15)")
    assert verdict(sign(spaced, params=(("a", "bc"),))) == ("broken", "q-signature")


def test_a_repeated_header_may_count_once() -> None:
    once = sign(PLAIN, names=("date", "host"))
    again = Headers((*once.headers, ("DATE", "another")))
    assert verdict(once.with_headers(again)) == ("ok", "a repeated header counted once")
    other = once.with_headers(once.headers.set("Date", "another"))
    assert verdict(other) == ("broken", "q-signature")
    plus = replace(PLAIN, target="/pic_jobs?a=b+c")
    both = sign(plus, names=("date", "host"), params=(("a", "b c"),))
    both = both.with_headers(Headers((*both.headers, ("Date", "another"))))
    assert verdict(both) == ("ok", "a repeated header counted once")


# ---- what is shown ----


def expected_of(request: Request, keys: Keys, **more: Any) -> str:
    call = calls.listing(keys)
    one = replace(sent(call, request), **more)
    return broken(one)["SIG-08"].expected


TOKEN = TEMPORARY.token or ""
MASK = f"<token, SHA-1 {sha1_hex(TOKEN)[:8]}…>"


@pytest.mark.parametrize("name", ["x-ci-security-token", "X-Cos-Security-Token"])
def test_a_token_that_is_signed_is_not_shown(name: str) -> None:
    request = request_of(calls.listing(KEYS))
    request = request.with_headers(request.headers.set(name, TOKEN))
    wrong = sign(request, TEMPORARY, names=("host", name.lower()), path="/other")
    shown_text = expected_of(wrong, TEMPORARY)
    assert TOKEN not in shown_text
    assert MASK in shown_text
    in_query = replace(PLAIN, target=f"/pic_jobs?a=1&{name}={TOKEN}")
    wrong = sign(in_query, TEMPORARY, path="/other")
    shown_text = expected_of(wrong, TEMPORARY)
    assert TOKEN not in shown_text
    assert MASK in shown_text


def test_what_only_looks_like_a_token_is_shown() -> None:
    request = replace(PLAIN, target=f"/pic_jobs?inputObject={TOKEN}")
    wrong = sign(request, TEMPORARY, path="/other")
    assert TOKEN in expected_of(wrong, TEMPORARY)
    strange = PLAIN.with_headers(PLAIN.headers.set("x-ci-security-token", "stray"))
    strange = sign(strange, KEYS, names=("host", "x-ci-security-token"), path="/other")
    assert "stray" in expected_of(strange, KEYS)  # which is no token of the caller's
    permanent = sign(request, KEYS, path="/other")
    assert TOKEN in expected_of(permanent, KEYS)


def test_the_right_signature_is_shown_for_throwaway_keys_only() -> None:
    wrong = sign(PLAIN, path="/other")
    right = dict(signature_of(sign(PLAIN)).pairs)["q-signature"]  # type: ignore[union-attr]
    assert expected_of(wrong, KEYS).startswith(f"{right}, from the string to sign")
    captured = expected_of(wrong, KEYS, call=None)
    assert right not in captured
    one = replace(sent(LISTING, wrong), call=None)
    assert broken(one)["SIG-08"].observed == "another signature"
    given = dict(signature_of(wrong).pairs)["q-signature"]  # type: ignore[union-attr]
    assert broken(sent(LISTING, wrong))["SIG-08"].observed == f"q-signature={given}"
