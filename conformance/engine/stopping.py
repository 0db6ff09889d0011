"""Why a run ends early: somebody asked, a budget ran out, or enough clauses have failed."""

from __future__ import annotations

from collections.abc import Callable, Collection

from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.checks.verdicts import Verdict, fold
from conformance.engine.options import Options
from conformance.spec.target import Target
from conformance.spec.wire import Exchange

INTERRUPTED = "interrupted"

#: The roles that a server has: its answers, and the callbacks that it sends.
ROLES = ("S", "K")


class FailureLimit:
    """Ends a run after the first so many failed clauses.

    What one scenario shows by itself only raises the suspicion; before the run is ended, all that
    has been exchanged so far is judged together, as the report will be.
    """

    def __init__(self, options: Options, target: Target) -> None:
        self._options = options
        self._target = target
        self._suspected: set[str] = set()
        self._cleared: set[str] = set()

    def reached(self, part: tuple[Exchange, ...], whole: Callable[[], tuple[Exchange, ...]]) -> str:
        """Why the run is to end now that a scenario has exchanged ``part``; ``""``: it is not.

        ``whole`` gives all exchanges so far.
        """
        most = self._options.max_failures
        if most is None:
            return ""
        new = self._failed(part) - self._suspected - self._cleared
        self._suspected |= new
        if not new or len(self._suspected) < most:
            return ""
        found = self._failed(whole())
        self._cleared |= self._suspected - found
        self._suspected = found
        if len(found) < most:
            return ""
        named = "first failed clause" if most == 1 else f"first {most} failed clauses"
        return f"stopped after the {named}, as asked"

    def _failed(self, exchanges: tuple[Exchange, ...]) -> set[str]:
        return failed_clauses(
            exchanges,
            self._target,
            self._options.clauses,
            strict=self._options.strict,
        ) - set(self._options.known)


def failed_clauses(
    exchanges: tuple[Exchange, ...],
    target: Target,
    clauses: Collection[str] | None,
    *,
    strict: bool = False,
) -> set[str]:
    """The clauses that fail by these exchanges alone, of a run that is not over yet."""
    outcomes = judge(Facts(target, exchanges, complete=False))
    verdicts = fold(outcomes, ROLES, selected=clauses, strict=strict)
    return {each.clause.id for each in verdicts if each.verdict is Verdict.FAIL}
