"""From outcomes to verdicts: one verdict for each clause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.checks.base import Mark, Outcome
from conformance.spec.clauses import Clause, Level, for_roles

#: A report shows this many findings of a clause; the count tells of all.
MOST_FINDINGS = 5

#: Why a clause was not run that was not asked for; results are merged by it.
NOT_SELECTED = "not selected"

#: How the reason begins where the target leaves out what it may leave out.
UNCLAIMED = "the conformance statement does not claim"
NOT_OFFERED = "the library does not offer it"

#: Why a clause is not run that no exchange said anything about.
UNSHOWN = "the target never showed the situation that this clause speaks of"


class Verdict(StrEnum):
    """What is said of a clause (W3C QA vocabulary), worst first."""

    FAIL = "fail"
    WARN = "warn"
    INFO = "info"
    PASS = "pass"  # noqa: S105 - a verdict
    INCONCLUSIVE = "inconclusive"
    NOT_RUN = "not-run"


@dataclass(frozen=True)
class ClauseVerdict:
    """The verdict on one clause: how often it was judged, why not, and what was found.

    ``findings`` are the broken outcomes to show, the worst and smallest first; ``found`` counts
    all of them.
    """

    clause: Clause
    role: str
    level: Level
    verdict: Verdict
    judged: int
    reason: str | None
    findings: tuple[Outcome, ...]
    found: int


def fold(
    outcomes: Iterable[Outcome],
    roles: Collection[str],
    *,
    selected: Collection[str] | None = None,
    strict: bool = False,
    reasons: Mapping[str, str] | None = None,
    sizes: Mapping[int, int] | None = None,
    lost: str = "",
    unshown: str = UNSHOWN,
) -> tuple[ClauseVerdict, ...]:
    """Fold every outcome into one verdict for each clause of ``roles``, in catalogue order.

    A broken MUST fails, a broken SHOULD warns (fails when ``strict``), a broken MAY informs.
    ``reasons`` says why a clause was not run, where that is known beforehand; ``sizes`` gives the
    size of each exchange by its number, so that the smallest request is shown first. ``lost`` says
    why clauses that nothing showed are inconclusive, where so much was lost that it may be why;
    otherwise they are not run, as ``unshown`` says.
    """
    by_clause: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_clause[outcome.clause].append(outcome)
    verdicts = []
    for clause in for_roles(roles):
        role = next(role for role in roles if role in clause.roles)
        if selected is not None and clause.id not in selected:
            verdicts.append(_not_run(clause, role, NOT_SELECTED))
            continue
        why = (reasons or {}).get(clause.id)
        if why is not None:
            verdicts.append(_not_run(clause, role, why))
            continue
        found = by_clause.get(clause.id, [])
        if not found and lost:
            level = clause.level_for(role)
            inconclusive = ClauseVerdict(clause, role, level, Verdict.INCONCLUSIVE, 0, lost, (), 0)
            verdicts.append(inconclusive)
            continue
        if not found:
            verdicts.append(_not_run(clause, role, unshown))
            continue
        verdicts.append(_judge(clause, role, found, strict=strict, sizes=sizes or {}))
    return tuple(verdicts)


def _not_run(clause: Clause, role: str, reason: str) -> ClauseVerdict:
    level = clause.level_for(role)
    return ClauseVerdict(clause, role, level, Verdict.NOT_RUN, 0, reason, (), 0)


def _judge(
    clause: Clause,
    role: str,
    outcomes: list[Outcome],
    *,
    strict: bool,
    sizes: Mapping[int, int],
) -> ClauseVerdict:
    level = clause.level_for(role)
    broken = [each for each in outcomes if each.mark is Mark.BROKEN]
    held = [each for each in outcomes if each.mark is Mark.OK]
    judged = sum(each.count for each in held) + len(broken)
    order = list(Level)

    def weight(outcome: Outcome) -> tuple[int, int, int]:
        number = outcome.exchanges[0] if outcome.exchanges else 0
        return order.index(outcome.level or level), sizes.get(number, 0), number

    broken.sort(key=weight)
    if broken:
        worst = broken[0].level or level
        verdict = _broken(worst, strict=strict)
        reason = broken[0].message if verdict is Verdict.INFO else None
        return ClauseVerdict(
            clause, role, level, verdict, judged, reason, _varied(broken), len(broken)
        )
    if held:
        reason = _aside(outcomes, held)
        return ClauseVerdict(clause, role, level, Verdict.PASS, judged, reason, (), 0)
    return _not_judged(clause, role, outcomes)


def _broken(level: Level, *, strict: bool) -> Verdict:
    if level is Level.MUST:
        return Verdict.FAIL
    if level is Level.SHOULD:
        return Verdict.FAIL if strict else Verdict.WARN
    return Verdict.INFO


def _varied(broken: list[Outcome]) -> tuple[Outcome, ...]:
    """The findings to show: one of each kind first, then more of the same."""
    kinds: dict[tuple[str, str], Outcome] = {}
    for outcome in broken:
        kinds.setdefault((outcome.message, outcome.at), outcome)
    first = list(kinds.values())[:MOST_FINDINGS]
    rest = [each for each in broken if all(each is not one for one in first)]
    return tuple((first + rest)[:MOST_FINDINGS])


def _aside(outcomes: list[Outcome], held: list[Outcome]) -> str | None:
    """What to remark on a clause that passed: ways that were seen, looks that failed."""
    remarks = sorted({each.message for each in held if each.message})
    unclear = Counter(each.message for each in outcomes if each.mark is Mark.UNCLEAR)
    if unclear:
        message = unclear.most_common(1)[0][0]
        remarks.append(f"{sum(unclear.values())} times it could not be judged ({message})")
    return "; ".join(remarks) or None


def _not_judged(clause: Clause, role: str, outcomes: list[Outcome]) -> ClauseVerdict:
    level = clause.level_for(role)
    for mark, verdict in (
        (Mark.UNCLEAR, Verdict.INCONCLUSIVE),
        (Mark.UNMET, Verdict.NOT_RUN),
    ):
        messages = Counter(each.message for each in outcomes if each.mark is mark)
        if messages:
            reason = messages.most_common(1)[0][0]
            return ClauseVerdict(clause, role, level, verdict, 0, reason, (), 0)
    return _not_run(clause, role, UNSHOWN)
