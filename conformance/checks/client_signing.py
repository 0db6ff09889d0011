"""SIG-01 to 11, role C: the signature that a request carries.

Which headers a client signs is its own choice (Request Signature, step 4), and so is the order of
the parameters. Clocks are given two seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from conformance.checks.base import Decisions, Outcome, broken, ok, unclear
from conformance.checks.client_case import Sent
from conformance.spec.signature import (
    PARAMETERS,
    TOKEN_HEADERS,
    Authorization,
    NotAnAuthorization,
    authorization_in_url,
    parse_authorization,
    parse_window,
    recompute,
    select,
    sha1_hex,
    sign_key,
    unsigned_params,
    url_encode,
)
from conformance.spec.wire import Headers, Request

#: What is given to clocks, in seconds.
CLOCKS = 2
DAY = 24 * 60 * 60

#: SIG-03: in milliseconds any moment since 2001 has this many digits, in seconds none that matters.
_MILLISECONDS = 10**12

_SIGNATURE = re.compile("[0-9a-f]{40}")
_ENCODED = re.compile("(?:[a-z0-9._~-]|%[0-9a-f]{2})*")


def check(sent: Sent) -> Iterator[Outcome]:
    """Judge the signature of one request, when it carries one that can be read."""
    try:
        auth = signature_of(sent.exchange.request)
    except NotAnAuthorization as problem:
        yield broken(
            "SIG-01",
            sent.exchange,
            message="Authorization is not a list of q- parameters",
            expected="&".join(f"{name}=…" for name in PARAMETERS),
            observed=str(problem),
            at="Authorization",
        )
        return
    if auth is None:
        yield broken(
            "SIG-01",
            sent.exchange,
            message="the request carries no signature",
            expected="the seven q- parameters",
            observed="neither an Authorization header nor q- parameters in the URL",
            at="Authorization",
        )
        return
    if len(auth.pairs) == 1:
        yield _one_piece(sent, auth)
        return
    for rule in _RULES:
        yield from rule(sent, auth)


def _one_piece(sent: Sent, auth: Authorization) -> Outcome:
    """SIG-01: not joined by ``&``; nothing can be said of each parameter."""
    return broken(
        "SIG-01",
        sent.exchange,
        message="the parameters of the signature are not joined by '&'",
        expected="&".join(f"{name}=…" for name in PARAMETERS),
        observed=f"one piece, {auth.pairs[0][0]}={auth.pairs[0][1][:40]}…",
        at="Authorization",
    )


def signature_of(request: Request) -> Authorization | None:
    """The signature that a request carries, in the header before the URL; None without any.

    Raises :class:`NotAnAuthorization` when the header cannot be read.
    """
    value = request.headers.get("Authorization")
    if value is not None:
        return parse_authorization(value)
    return authorization_in_url(request)


def _parameters(sent: Sent, auth: Authorization) -> Iterator[Outcome]:
    """SIG-01."""
    missing = [name for name in PARAMETERS if auth.count(name) == 0]
    repeated = [name for name in PARAMETERS if auth.count(name) > 1]
    pairs = sent.exchange.request.params if auth.carrier == "url" else auth.pairs
    foreign = [name for name, _ in pairs if name.startswith("q-") and name not in PARAMETERS]
    if not (missing or repeated or foreign):
        yield ok("SIG-01", sent.exchange)
        return
    wrong = [f"{name} is missing" for name in missing]
    wrong += [f"{name} is repeated" for name in repeated]
    wrong += [f"{name} is none of the seven" for name in foreign]
    yield broken(
        "SIG-01",
        sent.exchange,
        message="the signature has not each of the seven parameters once and no other",
        expected=", ".join(PARAMETERS),
        observed="; ".join(wrong),
        at="Authorization",
    )


def _algorithm(sent: Sent, auth: Authorization) -> Iterator[Outcome]:
    """SIG-02."""
    name = auth.get("q-sign-algorithm")
    if name == "sha1":
        yield ok("SIG-02", sent.exchange)
    elif auth.count("q-sign-algorithm"):
        yield broken(
            "SIG-02",
            sent.exchange,
            message="q-sign-algorithm is not sha1",
            expected="sha1",
            observed=repr(name),
            at="q-sign-algorithm",
        )


def _times(sent: Sent, auth: Authorization) -> Iterator[Outcome]:
    """SIG-03, SIG-04 and SIG-10."""
    given = {name: auth.get(name) for name in ("q-sign-time", "q-key-time") if auth.count(name)}
    wrong = []
    for name, text in given.items():
        window = parse_window(text)
        if window is None or window[0] >= window[1] or window[0] >= _MILLISECONDS:
            wrong.append(f"{name}={text}")
    if not wrong and len(set(given.values())) > 1:
        wrong = [f"{name}={text}" for name, text in given.items()]
    if wrong:
        yield broken(
            "SIG-03",
            sent.exchange,
            message="q-sign-time and q-key-time are not two equal windows start;end",
            expected="Unix seconds start;end, start before end, equal in both",
            observed=", ".join(wrong),
            at="q-sign-time",
        )
    elif given:
        yield ok("SIG-03", sent.exchange)
    for name, text in given.items():
        window = parse_window(text)
        if window is not None and window[0] < window[1]:
            yield _contains(sent, name, window)
            yield _at_most_a_day(sent, name, window)


def inside(window: tuple[int, int], moment: float) -> bool:
    """Whether a validity window contains ``moment``; both ends lie inside it (SIG-04)."""
    return window[0] - CLOCKS <= moment <= window[1] + CLOCKS + 1


def _contains(sent: Sent, name: str, window: tuple[int, int]) -> Outcome:
    now = sent.exchange.started
    if inside(window, now):
        return ok("SIG-04", sent.exchange)
    begins, ends = (_moment(each) for each in window)
    return broken(
        "SIG-04",
        sent.exchange,
        message=f"the window of {name} does not contain the moment of sending",
        expected=f"a window around {int(now)} ({_moment(now)})",
        observed=f"{window[0]};{window[1]} ({begins} to {ends})",
        at=name,
    )


def _moment(unix: float) -> str:
    try:
        return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return "no real date"


def _at_most_a_day(sent: Sent, name: str, window: tuple[int, int]) -> Outcome:
    seconds = window[1] - window[0]
    if seconds <= DAY:
        return ok("SIG-10", sent.exchange)
    return broken(
        "SIG-10",
        sent.exchange,
        message=f"the window of {name} is longer than 24 hours",
        expected=f"at most {DAY} seconds",
        observed=f"{seconds} seconds",
        at=name,
    )


def _header_list(sent: Sent, auth: Authorization) -> Iterator[Outcome]:
    """SIG-05 and SIG-09."""
    if not auth.count("q-header-list"):
        return
    names = auth.header_names
    present = {url_encode(name).lower() for name, _ in sent.exchange.request.headers}
    wrong = _list_problem(names, present, "header")
    if not wrong and len(set(names)) != len(names):
        wrong = "a name is there twice"
    yield _listed("SIG-05", sent, "q-header-list", auth.get("q-header-list"), wrong)
    if "host" in {name.lower() for name in names}:
        yield ok("SIG-09", sent.exchange)
    else:
        yield broken(
            "SIG-09",
            sent.exchange,
            message="host is not signed",
            expected="host in q-header-list",
            observed=f"q-header-list={auth.get('q-header-list')}",
            at="q-header-list",
        )


def _param_list(sent: Sent, auth: Authorization) -> Iterator[Outcome]:
    """SIG-06 and SIG-11."""
    if not auth.count("q-url-param-list"):
        return
    names = auth.param_names
    own = unsigned_params(sent.exchange.request)
    present = _encoded_names(sent.exchange.request)
    wrong = _list_problem(names, present, "URL parameter")
    if not wrong:
        unencoded = [name for name in names if _ENCODED.fullmatch(name) is None]
        wrong = f"{unencoded[0]} is not UrlEncoded" if unencoded else ""
    yield _listed("SIG-06", sent, "q-url-param-list", auth.get("q-url-param-list"), wrong)
    asked = {url_encode(name).lower() for name, _ in own if name.lower() not in TOKEN_HEADERS}
    if not asked:
        return
    unsigned = sorted(asked - _among(asked, names))
    if not unsigned:
        yield ok("SIG-11", sent.exchange)
    else:
        yield broken(
            "SIG-11",
            sent.exchange,
            message="a URL parameter is not signed",
            expected=";".join(sorted(asked)),
            observed=f"q-url-param-list={auth.get('q-url-param-list')}",
            at="q-url-param-list",
        )


def _encoded_names(request: Request) -> set[str]:
    """The names of the URL parameters as the list has them, ``+`` under either reading (E15)."""
    names = {name for name, _ in unsigned_params(request)}
    return {url_encode(each).lower() for name in names for each in (name, name.replace("+", " "))}


def _among(asked: set[str], names: tuple[str, ...]) -> set[str]:
    """Those of the names asked that a list holds, ``+`` under either reading (E15)."""
    listed = {name.lower() for name in names}
    return {name for name in asked if {name, name.replace("%2b", "%20")} & listed}


def _list_problem(names: tuple[str, ...], present: set[str], what: str) -> str:
    """The first thing that is wrong with a list of names, or ``""``."""
    for name in names:
        if name != name.lower():
            return f"{name} is not in lower case"
    for name in names:
        if name not in present:
            return f"the request has no {what} {name!r}"
    if list(names) != sorted(names):
        return "the names are not sorted"
    return ""


def _listed(clause: str, sent: Sent, name: str, value: str, wrong: str) -> Outcome:
    if not wrong:
        return ok(clause, sent.exchange)
    return broken(
        clause,
        sent.exchange,
        message=f"{name} is not the sorted lower-case list that it should be: {wrong}",
        expected=";".join(sorted({each.lower() for each in value.split(";")})),
        observed=f"{name}={value}",
        at=name,
    )


def _digits(sent: Sent, auth: Authorization) -> Iterator[Outcome]:
    """SIG-07."""
    if not auth.count("q-signature"):
        return
    value = auth.get("q-signature")
    if _SIGNATURE.fullmatch(value):
        yield ok("SIG-07", sent.exchange)
    else:
        yield broken(
            "SIG-07",
            sent.exchange,
            message="q-signature is not 40 lower-case hex digits",
            expected="40 digits of 0-9a-f",
            observed=f"{len(value)} characters: {value[:48]}",
            at="q-signature",
        )


def _verified(sent: Sent, auth: Authorization) -> Iterator[Outcome]:
    """SIG-08: recomputed as a server would, with the key that belongs to q-ak."""
    if not auth.count("q-signature"):
        return
    keys = sent.keys
    if keys is None:
        yield unclear("SIG-08", sent.exchange, reason="the secret key is not known")
        return
    if auth.get("q-ak") != keys.secret_id:
        yield broken(
            "SIG-08",
            sent.exchange,
            message="q-ak is not the SecretId of the caller, so no server finds the key",
            expected=f"q-ak={keys.secret_id}",
            observed=f"q-ak={auth.get('q-ak')}" if auth.count("q-ak") else "no q-ak",
            at="q-ak",
        )
        return
    key = sign_key(keys.secret_key, auth.get("q-key-time"))
    readings = recompute(sent.exchange.request, auth, key)
    given = auth.get("q-signature")
    for number, reading in enumerate(readings):
        if reading.signature == given:
            seen = "a '+' in the query read as a space (E15)" if number else ""
            yield ok("SIG-08", sent.exchange, seen=seen)
            return
    if any(each.signature == given for each in recompute(_once(sent), auth, key)):
        yield ok("SIG-08", sent.exchange, seen="a repeated header counted once")
        return
    right = readings[0]
    signed = (
        f"the string to sign {right.string_to_sign!r}"
        f" over the http string {_shown(sent, auth, right.http_string)!r}"
    )
    throwaway = sent.call is not None  # the signature of anyone else's credentials is not shown
    yield broken(
        "SIG-08",
        sent.exchange,
        message="q-signature does not verify",
        expected=f"{right.signature}, from {signed}" if throwaway else f"a signature of {signed}",
        observed=f"q-signature={given[:64]}" if throwaway else "another signature",
        at="q-signature",
    )


def _once(sent: Sent) -> Request:
    """The request with the first of each repeated header: that it is repeated is another fault."""
    request = sent.exchange.request
    first: dict[str, tuple[str, str]] = {}
    for name, value in request.headers:
        first.setdefault(name.lower(), (name, value))
    return request.with_headers(Headers(tuple(first.values())))


def _shown(sent: Sent, auth: Authorization, http_string: str) -> str:
    """The string that was hashed, the token in it left out; its SHA-1 stays recognisable."""
    token = sent.keys.token if sent.keys else None
    if not token or not _signs_token(sent, auth):
        return http_string
    return http_string.replace(url_encode(token), f"<token, SHA-1 {sha1_hex(token)[:8]}…>")


def _signs_token(sent: Sent, auth: Authorization) -> bool:
    pairs = (*sent.exchange.request.headers, *sent.exchange.request.params)
    picked, _ = select(pairs, (*auth.header_names, *auth.param_names))
    return any(name.lower() in TOKEN_HEADERS for name, _ in picked)


_RULES: tuple[Callable[[Sent, Authorization], Iterator[Outcome]], ...] = (
    _parameters,
    _algorithm,
    _times,
    _header_list,
    _param_list,
    _digits,
    _verified,
)


#: Which function decides which clauses.
DECIDES: Decisions = {
    check: ("SIG-01",),
    _one_piece: ("SIG-01",),
    _parameters: ("SIG-01",),
    _algorithm: ("SIG-02",),
    _times: ("SIG-03",),
    _contains: ("SIG-04",),
    _at_most_a_day: ("SIG-10",),
    _header_list: ("SIG-05", "SIG-09"),
    _param_list: ("SIG-06", "SIG-11"),
    _digits: ("SIG-07",),
    _verified: ("SIG-08",),
}
