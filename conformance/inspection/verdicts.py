"""From an inspection to verdicts and the result object that every report is made from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from conformance.checks.verdicts import UNCLAIMED, ClauseVerdict, fold
from conformance.engine.reasons import PARTS
from conformance.inspection.capture import Source
from conformance.inspection.inspector import Inspection
from conformance.report.result import RunFacts, build_result
from conformance.spec.clauses import Clause, for_roles

#: Requests are judged as a client's, answers as a server's, announcements as a callback sender's.
ROLES = ("C", "S", "K")

_CALLER = "a capture does not show what the caller wanted, or was told"
_INTENT = "a capture does not tell whether a request was meant to be accepted or refused"
_OWN = "the suite's own recording: its requests are wrong on purpose (`run --replay` judges it)"

#: Clauses that only a caller's or a scenario's intention decides, by id or family.
_BY_CALLER = frozenset({"LIB"})
_BY_INTENT = frozenset(
    {
        *("HTTP-10", "REQ-03", "STA-09", "STA-10", "STA-13", "STA-14"),
        *("QRY-11", "QRY-14", "QRY-18", "QRY-20", "QRY-21", "QRY-22"),
        *("ERR-09", "ERR-10", "CBK-01", "CBK-08", "CBK-09"),
    }
)


def verdicts_of(
    inspection: Inspection,
    *,
    selected: Collection[str] | None,
    strict: bool,
    disclaimed: Collection[str] = (),
) -> tuple[ClauseVerdict, ...]:
    """One verdict for each clause of every role."""
    reasons = _not_claimed(disclaimed)
    for clause in for_roles(ROLES):
        if clause.id not in inspection.judged:
            reason = _why_not(clause, inspection.sources)
            if reason:
                reasons.setdefault(clause.id, reason)
    return fold(
        inspection.outcomes,
        ROLES,
        selected=selected,
        strict=strict,
        reasons=reasons,
        sizes={each.n: len(each.request.body) for each in inspection.exchanges},
    )


def result_of(
    inspection: Inspection,
    verdicts: Sequence[ClauseVerdict],
    given: Sequence[str],
    *,
    strict: bool,
    verbose: bool,
) -> dict[str, Any]:
    """The result object; its target says what the files held."""
    name = given[0] if len(given) == 1 else f"{given[0]} and {len(given) - 1} more"
    facts = RunFacts(
        "capture",
        name,
        inspection.started,
        inspection.duration,
        inspection.requests,
        inspection.jobs,
        complete=inspection.complete,
        strict=strict,
        target={
            "files": inspection.files,
            "entries": inspection.entries,
            "callbacks": inspection.callbacks,
            "left_out": inspection.left_out,
            "hosts": list(inspection.hosts),
        },
    )
    return build_result(facts, verdicts, inspection.exchanges, verbose=verbose)


def _not_claimed(disclaimed: Collection[str]) -> dict[str, str]:
    return {
        clause.id: f"{UNCLAIMED} {part}"
        for part in sorted(disclaimed)
        for clause in for_roles(ROLES)
        if clause.id in PARTS[part] or clause.family in PARTS[part]
    }


def _why_not(clause: Clause, sources: Collection[Source]) -> str:
    """Why nothing was said of a clause; ``""`` when the situation did just not arise."""
    if clause.family in _BY_CALLER:
        return _CALLER
    if clause.id in _BY_INTENT or _is_answer_to_a_fault(clause):
        return _INTENT
    if "C" in clause.roles and sources == {Source.OWN}:
        return _OWN
    return ""


def _is_answer_to_a_fault(clause: Clause) -> bool:
    """SIG and REQ for servers alone: whether they accept, and refuse, what they should."""
    return clause.family in ("SIG", "REQ") and "C" not in clause.roles
