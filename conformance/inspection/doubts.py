"""What a capture cannot know: findings that would accuse somebody of what only the capture did.

Programs that write captures leave out headers, mask credentials, decode bodies and forget times. A
finding that rests on such a part is no finding: its clause was not judged here, and the reason
says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from conformance.checks.base import Mark, Outcome, unmet
from conformance.checks.client_signing import signature_of
from conformance.inspection.capture import Captured, Source
from conformance.inspection.sorting import place_of
from conformance.spec.reading import error_code, succeeded
from conformance.spec.signature import (
    Authorization,
    NotAnAuthorization,
    unsigned_params,
    url_encode,
)

_MASKED = re.compile(r"\*|\[|<|redact|filter|remov|mask|hidden|dummy|secret|x{4}", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[0-9]{1,15}\s*")
_IN_PLACE = frozenset({"Input/Region", "Input/Bucket", "Input/BucketId"})

#: The documented statuses of refusals for a signature.
_NOT_SIGNED = frozenset({401, 403})

#: Headers that HTTP libraries add after the place at which captures are taken.
_ADDED = frozenset(
    {"host", "content-length", "connection", "user-agent", "accept", "accept-encoding"}
)


def settle(outcome: Outcome, captured: Captured) -> Outcome:
    """``outcome``, or an unmet one with the reason when ``captured`` cannot carry it."""
    if outcome.mark is Mark.UNCLEAR or outcome.mark is Mark.UNMET:
        return outcome
    reason = ""
    if outcome.clause in _TIMED:
        reason = _no_clock(captured)
    if not reason and outcome.mark is Mark.BROKEN:
        rule = _RULES.get(outcome.clause)
        reason = rule(outcome, captured) if rule is not None else ""
    return unmet(outcome.clause, captured.exchange, reason=reason) if reason else outcome


# ---- time ----

_TIMED = frozenset({"SIG-04", "HTTP-09"})


def _no_clock(captured: Captured) -> str:
    return "" if captured.clock else "the capture does not say when the request was sent"


def _printed(_outcome: Outcome, captured: Captured) -> str:
    if captured.source is Source.PRINTED:
        return "what a document printed has no time of its own"
    return ""


# ---- lengths and bodies ----


def _length_received(_outcome: Outcome, captured: Captured) -> str:
    """RSP-03: an own recording has counted bytes, and so can a cassette; HAR has decoded them."""
    response = captured.exchange.response
    assert response is not None
    values = response.headers.all("Content-Length")
    if captured.source in (Source.OWN, Source.PRINTED):
        return ""
    if not values:
        return "the capture does not tell how the body was delimited"
    if captured.source is Source.HAR and len(values) == 1 and _NUMBER.fullmatch(values[0]):
        return "a HAR file holds decoded bodies, whose length on the wire is not known"
    return ""


def _length_sent(_outcome: Outcome, captured: Captured) -> str:
    """HTTP-03: what is added below the place of capture cannot be missed."""
    request = captured.exchange.request
    if "Content-Length" not in request.headers:
        return "the capture shows headers before HTTP's own, such as Content-Length, were added"
    if captured.source is Source.HAR:
        return "a HAR file holds decoded bodies, whose length on the wire is not known"
    return _no_body(_outcome, captured)


def _no_body(_outcome: Outcome, captured: Captured) -> str:
    """A create without a body that was accepted all the same had one."""
    if not captured.exchange.request.body and succeeded(captured.exchange):
        return "the capture does not hold the body of the request"
    return ""


# ---- credentials ----


def _unsigned(_outcome: Outcome, captured: Captured) -> str:
    """HTTP-07, SIG-01: a request that was let pass had a signature, or its server needs none."""
    request = captured.exchange.request
    values = request.headers.all("Authorization")
    if len(values) > 1:
        return ""
    if values and "q-" not in values[0] and _MASKED.search(values[0]):
        return "the capture has the signature masked"
    if not _passed(captured) or _signature(captured) is not None:
        return ""
    return "the capture shows no signature, and the request was not refused for that"


def _masked(_outcome: Outcome, captured: Captured) -> str:
    """SIG-07."""
    auth = _signature(captured)
    given = auth.get("q-signature") if auth is not None else "none"
    if _MASKED.search(given) or (not given and _passed(captured)):
        return "the capture has the signature masked"
    return ""


def _unverifiable(outcome: Outcome, captured: Captured) -> str:
    """SIG-08."""
    auth = _signature(captured)
    if auth is None:
        return ""
    if _MASKED.search(auth.get("q-ak") or "*"):
        return "the capture has the SecretId masked"
    return _masked(outcome, captured) or _lost(outcome, captured)


def _token(_outcome: Outcome, captured: Captured) -> str:
    """HTTP-08."""
    if _passed(captured):
        return "the capture shows another token, or none, and the request was not refused for that"
    return ""


def _passed(captured: Captured) -> bool:
    """Whether nothing says that the server took the request for badly signed."""
    response = captured.exchange.response
    return response is None or (
        response.status not in _NOT_SIGNED and "Authorization" not in error_code(captured.exchange)
    )


# ---- what was signed ----


def _lost(_outcome: Outcome, captured: Captured) -> str:
    """SIG-05, SIG-06 and SIG-08: the signature names what the capture does not hold."""
    auth = _signature(captured)
    if auth is None:
        return ""
    request = captured.exchange.request
    headers = _absent(auth.header_names, (name for name, _ in request.headers))
    params = _absent(auth.param_names, (name for name, _ in unsigned_params(request)))
    if not headers and not params:
        return ""
    if _passed(captured) or (not params and headers <= _ADDED):
        names = ", ".join(sorted(headers | params)[:4])
        return f"the capture does not hold all that was signed ({names})"
    return ""


def _absent(listed: tuple[str, ...], there: Iterable[str]) -> frozenset[str]:
    """What a list names in lower case, as it should, and the request does not have."""
    present = {url_encode(name).lower() for name in there}
    return frozenset(name for name in listed if name == name.lower() and name not in present)


def _signature(captured: Captured) -> Authorization | None:
    try:
        return signature_of(captured.exchange.request)
    except NotAnAuthorization:
        return None


# ---- whose bucket ----


def _elsewhere(outcome: Outcome, captured: Captured) -> str:
    """RSP-18: Host has to name a bucket and a region before a job can be held against them."""
    if place_of(captured.exchange.request) is not None:
        return ""
    if outcome.at.removeprefix("Response/JobsDetail/") in _IN_PLACE:
        return "Host names no bucket and region"
    return ""


_RULES: dict[str, Callable[[Outcome, Captured], str]] = {
    "HTTP-03": _length_sent,
    "HTTP-06": _no_body,
    "HTTP-07": _unsigned,
    "HTTP-08": _token,
    "REQ-01": _no_body,
    "RSP-03": _length_received,
    "RSP-18": _elsewhere,
    "RSP-31": _printed,
    "SIG-01": _unsigned,
    "SIG-05": _lost,
    "SIG-06": _lost,
    "SIG-07": _masked,
    "SIG-08": _unverifiable,
}
