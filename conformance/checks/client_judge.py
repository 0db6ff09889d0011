"""All checks of a client in one place: from requests and cases to every outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.checks import (
    client_answers,
    client_body,
    client_conduct,
    client_http,
    client_signing,
)
from conformance.checks.base import Outcome
from conformance.checks.client_case import ClientCase, Sent


def judge_request(sent: Sent) -> Iterator[Outcome]:
    """HTTP, SIG and REQ for one request, whoever caught it."""
    yield from client_http.check(sent)
    yield from client_signing.check(sent)
    yield from client_body.check(sent)


def judge_cases(cases: Sequence[ClientCase]) -> Iterator[Outcome]:
    """Every clause of role C for a whole run: a pure function of what was recorded of it."""
    buckets = client_answers.names_of_bucket(cases)
    for case in cases:
        yield from judge_case(case, buckets)


def judge_case(case: ClientCase, buckets: frozenset[str] = frozenset()) -> Iterator[Outcome]:
    """Every clause of role C for one call."""
    for sent in case.own:
        yield from judge_request(sent)
    yield from client_conduct.check(case)
    yield from client_answers.check(case, buckets)
