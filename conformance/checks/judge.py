"""All checks in one place: from the exchanges of a run to every outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

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
from conformance.checks.base import Mark, Outcome
from conformance.checks.facts import Facts
from conformance.spec.reading import put_off
from conformance.spec.wire import Exchange

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

#: Clauses that may be broken by what did not come: nothing of that counts in a run ended early.
BY_ABSENCE = frozenset(
    {"STA-09", "STA-10", "REQ-41", "CBK-01", "CBK-08", "CBK-09"}
    | {"QRY-14", "QRY-15", "QRY-16", "QRY-17"}
)

#: Of one clause no more findings than these are kept: a target that answers everything wrong must
#: not fill the memory of whoever judges it.
MOST_FINDINGS = 2000

#: Clauses of these families judge what was decided on a request, and not how any answer looks.
_DECIDED = frozenset({"HTTP", "SIG", "REQ", "STA", "QRY", "CBK"})

ENDED_EARLY = "the run ended before this could be judged"


def judge(facts: Facts) -> Iterator[Outcome]:
    """Judge a whole run: a pure function of its exchanges."""
    told: Counter[str] = Counter()
    unanswered = {each.n: each for each in facts.sent if each.n and put_off(each)}
    for check in CHECKS:
        for found in check(facts):
            each = _while_busy(found, unanswered) if unanswered else found
            if each.mark is Mark.BROKEN:
                told[each.clause] += 1
                if told[each.clause] > MOST_FINDINGS:
                    continue
            if facts.complete or each.mark is not Mark.BROKEN or each.clause not in BY_ABSENCE:
                yield each
            else:
                yield replace(each, mark=Mark.UNCLEAR, message=ENDED_EARLY)


def _while_busy(found: Outcome, unanswered: Mapping[int, Exchange]) -> Outcome:
    """What rests on a request that the target put off is not established, whichever way."""
    if found.clause.partition("-")[0] not in _DECIDED:
        return found
    later = next((unanswered[n] for n in found.exchanges if n in unanswered), None)
    if later is None or found.mark is Mark.UNCLEAR:
        return found
    return replace(found, mark=Mark.UNCLEAR, message=outcome.busy(later))
