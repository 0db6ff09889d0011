"""All checks in one place: from the exchanges of a run to every outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.checks import (
    body,
    callbacks,
    errors,
    headers,
    leftovers,
    lists,
    outcome,
    queries,
    response,
    signing,
    states,
)
from conformance.checks.base import Outcome
from conformance.checks.facts import Facts

#: Every check of a server, in the order of the catalogue's families.
CHECKS: tuple[Callable[[Facts], Iterator[Outcome]], ...] = (
    outcome.check,
    signing.check,
    body.check,
    headers.check,
    response.check,
    states.check,
    queries.check,
    lists.check,
    errors.check,
    leftovers.check,
    callbacks.check,
)


def judge(facts: Facts) -> Iterator[Outcome]:
    """Judge a whole run: a pure function of its exchanges."""
    for check in CHECKS:
        yield from check(facts)
