"""LIB-07, 08, 09, 13, 14 and 15: what a library sends for a call, and how often, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from itertools import pairwise
from os.path import commonprefix

from conformance.checks.base import Decisions, Level, Mark, Outcome, broken, ok, unclear, unmet
from conformance.checks.client_case import ClientCase, Said, Sent, leaves
from conformance.checks.client_http import foreign_params
from conformance.checks.client_signing import inside, signature_of
from conformance.checks.verdicts import NOT_OFFERED
from conformance.spec.names import JOB_LEVELS
from conformance.spec.reading import Operation, parse_body
from conformance.spec.signature import (
    PARAMETERS,
    TOKEN_HEADERS,
    NotAnAuthorization,
    parse_window,
)
from conformance.spec.xml import Node, XmlProblem

#: The vendor's domain, inside which a redirect may be followed with the signature (E21).
DOMAIN = ".myqcloud.com"

_SPECIAL = re.compile("[&<>\"']")
_KEYS = ("Input/Object", "Operation/Output/Object")
_USER_DATA = "Operation/UserData"

#: Values that mean the same as leaving the node out (request tables).
_DEFAULTS = {
    "Operation/JobLevel": JOB_LEVELS[0],
    "CallBackFormat": "XML",
    "CallBackType": "Url",
}


def check(case: ClientCase) -> Iterator[Outcome]:
    """Judge the requests of one call together."""
    if case.call.operation is Operation.CREATE:
        yield from _one_job(case)
        if case.call.writable:
            yield from _sent_as_given(case)
        else:
            yield from _unwritable(case)
    if case.call.operation is Operation.DESCRIBE:
        yield from _every_id(case)
    yield from _not_again(case)
    yield from _stays_home(case)


# ---- one call, one job ----


def _status(sent: Sent) -> int:
    """The status of the answer that was sent whole; 0 without one."""
    response = sent.exchange.response
    return response.status if response is not None and sent.answered else 0


def _one_job(case: ClientCase) -> Iterator[Outcome]:
    """LIB-07; following a redirect belongs to the same call (E21)."""
    posts = [each for each in case.sent if each.exchange.request.method == "POST"]
    for first, second in pairwise(posts):
        if 200 <= _status(first) <= 299:
            yield broken(
                "LIB-07",
                first.exchange,
                second.exchange,
                message="a create that had been answered with success was sent again",
                expected="one POST",
                observed=f"{len(posts)} POSTs; an earlier one was answered {_status(first)}",
            )
            return
    again = [
        (first, second)
        for first, second in pairwise(posts)
        if _status(first) >= 500 or _status(first) == 0
    ]
    if again:
        first, second = again[0]
        what = f"a {_status(first)}" if _status(first) else "a broken connection"
        yield broken(
            "LIB-07",
            first.exchange,
            second.exchange,
            message=f"a create is sent again after {what}: it may make two jobs",
            expected="one POST",
            observed=f"{len(posts)} POSTs",
            level=Level.MAY,
        )
    elif any(200 <= _status(each) <= 299 for each in posts):
        yield ok("LIB-07", posts[-1].exchange)


def _same_request(first: Sent, second: Sent) -> bool:
    one, two = first.exchange.request, second.exchange.request
    return (one.method, one.raw_path, foreign_params(one)) == (
        two.method,
        two.raw_path,
        foreign_params(two),
    )


def _not_again(case: ClientCase) -> Iterator[Outcome]:
    """LIB-08."""
    for place, first in enumerate(case.own):
        later = [each for each in case.own[place + 1 :] if _same_request(first, each)]
        status = _status(first)
        if 400 <= status <= 499:
            yield _refused_once(first, later)
        elif later and not 200 <= status <= 399:
            yield from _still_signed(first, later[0])


def _refused_once(first: Sent, later: list[Sent]) -> Outcome:
    if not later:
        return ok("LIB-08", first.exchange)
    return broken(
        "LIB-08",
        first.exchange,
        later[0].exchange,
        message="a request that was answered with a 4xx was sent again",
        expected="no retry",
        observed=f"{_status(first)}, then {len(later)} more of the same request",
    )


def _still_signed(first: Sent, again: Sent) -> Iterator[Outcome]:
    before, window = _window(first), _window(again)
    if before is None or window is None or not inside(before, first.exchange.started):
        return  # SIG-03 or SIG-04 says so, and the retry is not what is wrong
    moment = again.exchange.started
    if inside(window, moment):
        yield ok("LIB-08", again.exchange)
        return
    yield broken(
        "LIB-08",
        first.exchange,
        again.exchange,
        message="a retry carries a signature that is outside its window",
        expected=f"a window around {int(moment)}",
        observed=f"{window[0]};{window[1]}",
        at="q-key-time",
    )


def _window(sent: Sent) -> tuple[int, int] | None:
    """The validity window of a request's signature, when it has one that can be read."""
    try:
        auth = signature_of(sent.exchange.request)
    except NotAnAuthorization:
        return None
    return parse_window(auth.get("q-key-time")) if auth is not None else None


# ---- the values that the caller set ----


def _every_id(case: ClientCase) -> Iterator[Outcome]:
    """HTTP-11: all the ids are asked for, in one request or in one each (E18)."""
    if case.reply.said is not Said.RESULT or len(case.call.job_ids) < 2:
        return
    paths = [each.exchange.request.path for each in case.own]
    asked = {job_id for path in paths for job_id in path.rpartition("/")[2].split(",")}
    left = [each for each in case.call.job_ids if each not in asked]
    if len(left) == len(case.call.job_ids):
        return  # asked in some other way, which HTTP-11 names already
    if left:
        yield broken(
            "HTTP-11",
            *case.exchanges,
            message="a describe of several ids does not ask for all of them",
            expected=f"GET /pic_jobs/{','.join(case.call.job_ids)}",
            observed=", ".join(f"GET {path}" for path in paths),
        )
    elif len(case.own) > 1:
        yield ok("HTTP-11", *case.exchanges, seen="several ids are asked for one by one (E18)")


def _sent_as_given(case: ClientCase) -> Iterator[Outcome]:
    """LIB-09 and LIB-13."""
    if case.reply.said is Said.UNSUPPORTED:
        yield _plainly(case, f"{NOT_OFFERED}: {case.reply.message}")
        return
    asked = case.call.request_node
    assert asked is not None
    wanted = {path: value for path, value in leaves(asked) if value}
    for sent in case.own:
        if sent.operation is not Operation.CREATE or not sent.exchange.request.body:
            continue
        root = parse_body(sent.exchange.request.body)
        yield from _escaped(sent, wanted, root)
        if isinstance(root, Node):
            yield from _nothing_dropped(sent, wanted, root)


def _plainly(case: ClientCase, message: str) -> Outcome:
    """LIB-13 as information: the adapter says openly that a node cannot be set."""
    return Outcome(
        "LIB-13",
        Mark.BROKEN,
        message=message,
        expected="the documented nodes",
        observed="unsupported",
        scenario=case.name,
        level=Level.MAY,
    )


def _needs_care(path: str, value: str) -> bool:
    """Whether LIB-09 speaks of this value."""
    if path in _KEYS:
        return _SPECIAL.search(value) is not None or not value.isascii()
    return path == _USER_DATA and _SPECIAL.search(value) is not None


def _escaped(sent: Sent, wanted: dict[str, str], root: Node | XmlProblem) -> Iterator[Outcome]:
    careful = {path: value for path, value in wanted.items() if _needs_care(path, value)}
    for path, value in careful.items():
        got = root.value(path) if isinstance(root, Node) else None
        if isinstance(root, XmlProblem):
            if not root.hostile:
                outcome = _changed("LIB-09", sent, path, value, None, "is not escaped")
                yield replace(outcome, observed=f"an ill-formed body: {root}")
        elif got is None:
            continue  # dropped altogether: LIB-13
        elif _specials_kept(got, value):
            yield ok("LIB-09", sent.exchange)
        else:
            yield _changed("LIB-09", sent, path, value, got, "does not arrive unchanged")


def _specials_kept(got: str, wanted: str) -> bool:
    """Whether what LIB-09 speaks of arrived; whether the rest did is for LIB-13 to say."""

    def specials(text: str) -> list[str]:
        return [each for each in text if not each.isascii() or _SPECIAL.match(each)]

    if got == wanted:
        return True
    return specials(got) == specials(wanted) and unescape(got) != unescape(wanted)


def _nothing_dropped(sent: Sent, wanted: dict[str, str], root: Node) -> Iterator[Outcome]:
    lost = False
    for path, value in wanted.items():
        got = root.value(path)
        if got != value:
            lost = True
            what = "is dropped" if not got else "is sent with another value"
            yield _changed("LIB-13", sent, path, value, got, what)
    if lost:
        return
    yield ok("LIB-13", sent.exchange)
    for path, value in leaves(root):
        if value and path not in wanted and _DEFAULTS.get(path) != value:
            yield broken(
                "LIB-13",
                sent.exchange,
                message=f"{path.replace('/', '.')} is sent although the caller did not set it",
                expected="no such node, or its default",
                observed=repr(value[:100]),
                level=Level.MAY,
                at=f"Request/{path}",
            )


def _changed(  # noqa: PLR0917 - read in the order of the sentence
    clause: str, sent: Sent, path: str, value: str, got: str | None, what: str
) -> Outcome:
    """``value`` was given for the node at ``path``, and ``got`` arrived (None: no such node)."""
    return broken(
        clause,
        sent.exchange,
        message=f"{path.replace('/', '.')} {what}",
        expected=_around(value, got or ""),
        observed="no such node" if got is None else _around(got, value),
        at=f"Request/{path}",
    )


def _around(text: str, other: str, width: int = 60) -> str:
    """``text``, cut to the part in which it differs from ``other`` when it is long."""
    if len(text) <= 3 * width:
        return repr(text)
    at = len(commonprefix((text, other)))  # noqa: RUF071 - of characters, not of paths
    begin = max(0, at - width)
    return f"{len(text)} characters, from {begin}: {text[begin : at + width]!r}"


def _unwritable(case: ClientCase) -> Iterator[Outcome]:
    """LIB-14, which decides before LIB-13 (E19)."""
    bodies = [each for each in case.own if each.operation is Operation.CREATE]
    for sent in bodies:
        root = parse_body(sent.exchange.request.body)
        if isinstance(root, XmlProblem):
            yield broken(
                "LIB-14",
                sent.exchange,
                message="a value that XML cannot hold leads to an ill-formed body",
                expected="the call refused, or a well-formed body",
                observed=str(root),
            )
        else:
            yield ok("LIB-14", sent.exchange, seen="a control character is taken out or replaced")
    if bodies:
        return
    if case.reply.is_error:
        yield ok("LIB-14", seen="a control character is refused by the library")
    elif case.reply.said is Said.UNSUPPORTED:
        yield unmet("LIB-14", reason=f"{NOT_OFFERED}: {case.reply.message}")
    elif case.reply.said is Said.RESULT:
        yield unclear("LIB-14", reason="the call succeeded, but no request arrived")


# ---- where the signature goes ----


def _carries(sent: Sent) -> str:
    """What of the credentials a request carries, or ``""``."""
    request = sent.exchange.request
    if "Authorization" in request.headers:
        return "Authorization"
    pairs: tuple[tuple[str, str], ...] = (*request.headers, *request.params)
    for name, _ in pairs:
        if name.lower() in TOKEN_HEADERS:
            return name
        if name in PARAMETERS:
            return "the signature in the URL"
    return ""


def _is_home(host: str) -> bool:
    return host.partition(":")[0].endswith(DOMAIN)


def _stays_home(case: ClientCase) -> Iterator[Outcome]:
    away = first_astray(case.sent)
    if away is not None:
        yield away
    elif case.sent and "LIB-15" in case.clauses:
        yield ok("LIB-15", case.sent[0].exchange)


def first_astray(together: Sequence[Sent]) -> Outcome | None:
    """LIB-15: the first request, of those that belong together, that goes elsewhere."""
    if not together:
        return None
    home = together[0].host.lower()
    first = together[0].exchange
    for sent in together[1:]:
        host = sent.host.lower()
        away = sent.stray or host != home
        if away and not _is_home(host) and _carries(sent):
            return broken(
                "LIB-15",
                first,
                sent.exchange,
                message="a host outside the documented domain is sent the credentials of the call",
                expected="no signature and no token there",
                observed=f"{_carries(sent)} to {sent.host or 'a host without name'}",
                at="Host",
            )
    return None


#: Which function decides which clauses.
DECIDES: Decisions = {
    _one_job: ("LIB-07",),
    _refused_once: ("LIB-08",),
    _still_signed: ("LIB-08",),
    _every_id: ("HTTP-11",),
    _plainly: ("LIB-13",),
    _escaped: ("LIB-09",),
    _nothing_dropped: ("LIB-13",),
    _unwritable: ("LIB-14",),
    _stays_home: ("LIB-15",),
    first_astray: ("LIB-15",),
}
