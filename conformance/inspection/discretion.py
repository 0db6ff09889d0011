"""Keeping the secrets of captured traffic out of whatever is shown of it.

A capture holds live signatures, tokens, perhaps credentials of other schemes. Judging needs them as
they are; findings and reports do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from conformance.checks.base import Outcome
from conformance.checks.client_signing import signature_of
from conformance.drivers.redaction import SIGNATURE, TOKEN, Redactor
from conformance.spec.reading import refused
from conformance.spec.signature import TOKEN_HEADERS, NotAnAuthorization, url_encode
from conformance.spec.wire import Direction, Exchange, Headers, Request

CREDENTIAL = "[redacted]"

_CREDENTIALS = frozenset({"cookie", "set-cookie", "proxy-authorization", "x-api-key"})

#: Shorter texts are too common to be looked for.
_SHORTEST = 8


class Discretion:
    """Takes out the secrets that a :class:`Redactor` knows, and those that each request carries."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def exchange(self, exchange: Exchange) -> Exchange:
        """``exchange`` as it may be shown."""
        clean = self._redactor.exchange(exchange)
        request = replace(clean.request, headers=Headers(tuple(_headers(clean.request.headers))))
        response = clean.response
        if response is not None:
            response = replace(response, headers=Headers(tuple(_headers(response.headers))))
        return replace(clean, request=request, response=response)

    def answer(self, exchange: Exchange) -> Exchange:
        """``exchange`` with marks where its error response gives a secret away (ERR-11)."""
        if not refused(exchange):
            return exchange
        return replace(exchange, response=self._redactor.exchange(exchange).response)

    @staticmethod
    def as_callback(exchange: Exchange) -> Exchange:
        return replace(exchange, direction=Direction.CALLBACK)

    def outcome(self, outcome: Outcome, exchanges: Iterable[Exchange]) -> Outcome:
        """A finding about ``exchanges`` as it may be shown."""
        literals = list(self._literals(exchanges))

        def text(value: str) -> str:
            for secret, placeholder in literals:
                value = value.replace(secret, placeholder)
            return self._redactor.text(value)

        return replace(
            outcome,
            message=text(outcome.message),
            expected=text(outcome.expected),
            observed=text(outcome.observed),
        )

    def _literals(self, exchanges: Iterable[Exchange]) -> Iterator[tuple[str, str]]:
        """What the requests themselves carry, longest first; their windows become known as well."""
        found: list[tuple[str, str]] = []
        for each in exchanges:
            self._redactor.exchange(each)
            found += _carried(each.request)
        yield from sorted(set(found), key=lambda pair: -len(pair[0]))


def _carried(request: Request) -> Iterator[tuple[str, str]]:
    try:
        auth = signature_of(request)
    except NotAnAuthorization:
        auth = None
    signature = auth.get("q-signature") if auth is not None else ""
    pairs = (*request.headers, *request.params)
    tokens = [value.strip() for name, value in pairs if name.lower() in TOKEN_HEADERS]
    for value, placeholder in ((signature, SIGNATURE), *((each, TOKEN) for each in tokens)):
        if len(value) >= _SHORTEST and not value.startswith("[redacted"):
            yield from ((form, placeholder) for form in {value, url_encode(value), value[:48]})


def _headers(headers: Headers) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        lower = name.lower()
        foreign = lower == "authorization" and "q-" not in value
        yield name, CREDENTIAL if value and (foreign or lower in _CREDENTIALS) else value
