"""From a run's outcomes to its verdicts: the one way that every face of the suite takes."""

from __future__ import annotations

from collections import Counter

from conformance.checks.verdicts import UNSHOWN, ClauseVerdict, fold
from conformance.engine.outcome import RunOutcome
from conformance.engine.reasons import not_run_reasons
from conformance.engine.stopping import ROLES
from conformance.spec.wire import Exchange

#: From this share of lost exchanges on, what was never seen may have been lost with them.
MANY = 0.1


def verdicts_of(outcome: RunOutcome, *, strict: bool = False) -> tuple[ClauseVerdict, ...]:
    """One verdict for each clause of a server, in catalogue order."""
    exchanges = outcome.facts.exchanges
    return fold(
        outcome.outcomes,
        ROLES,
        selected=outcome.clauses,
        strict=strict,
        reasons=not_run_reasons(outcome.facts.target),
        sizes={each.n: _size(each) for each in exchanges},
        lost=_lost(outcome),
        unshown="not shown by the cases that were asked for" if outcome.cases else UNSHOWN,
    )


def _size(exchange: Exchange) -> int:
    """How much there is to read: of equal findings the one on the smallest exchange is shown."""
    answer = len(exchange.response.body) if exchange.response is not None else 0
    return len(exchange.request.target) + len(exchange.request.body) + answer


def _lost(outcome: RunOutcome) -> str:
    """Why clauses that nothing showed may be the network's doing; ``""`` when it is not."""
    if not outcome.complete:
        return (
            f"the run ended before this could be judged{outcome.stopped and ': '}{outcome.stopped}"
        )
    failures = [each.failure.message for each in outcome.facts.sent if each.failure is not None]
    if not outcome.facts.sent or len(failures) < MANY * len(outcome.facts.sent):
        return ""
    message, _ = Counter(failures).most_common(1)[0]
    return f"{len(failures)} of {len(outcome.facts.sent)} exchanges failed, most often: {message}"
