"""What a check says: one outcome for each time that a clause was exercised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.spec.clauses.model import Level
from conformance.spec.wire import Exchange

__all__ = ["Decisions", "Level", "Mark", "Outcome", "broken", "ok", "unclear", "unmet"]

#: Which functions of a module decide which clauses: each module of checks has one, ``DECIDES``.
Decisions = Mapping[Callable[..., object], tuple[str, ...]]


class Mark(StrEnum):
    """What one look said."""

    OK = "ok"
    BROKEN = "broken"
    UNCLEAR = "unclear"  # the network, a budget or the recording kept it from being judged
    UNMET = "unmet"  # the target did not offer the situation: not-run, with the reason


@dataclass(slots=True, unsafe_hash=True)  # frozen, making one would take three times as long
class Outcome:
    """What one look at the exchanges said about one clause. Nobody changes one.

    ``level`` overrides the clause's own level for this finding (a refusal with the wrong code
    breaks a MUST clause at SHOULD level; drift is MAY). ``at`` is the path of the node or the name
    of the header that is wrong, when there is one. ``count`` is how many equal looks it stands for.
    """

    clause: str
    mark: Mark
    exchanges: tuple[int, ...] = ()
    message: str = ""
    expected: str = ""
    observed: str = ""
    scenario: str = ""
    level: Level | None = None
    at: str = ""
    count: int = 1


def ok(clause: str, *exchanges: Exchange, count: int = 1, seen: str = "") -> Outcome:
    """The clause was exercised and held; ``seen`` says which of several right ways was taken."""
    numbers = (exchanges[0].n,) if len(exchanges) == 1 else tuple([each.n for each in exchanges])
    return Outcome(clause, Mark.OK, numbers, seen, "", "", "", None, "", count)


def broken(
    clause: str,
    *exchanges: Exchange,
    message: str,
    expected: str = "",
    observed: str = "",
    level: Level | None = None,
    at: str = "",
) -> Outcome:
    """The clause was exercised and did not hold. ``message`` is one plain sentence."""
    return Outcome(
        clause,
        Mark.BROKEN,
        tuple(each.n for each in exchanges),
        message,
        expected,
        observed,
        exchanges[0].scenario if exchanges else "",
        level,
        at,
    )


def unclear(clause: str, *exchanges: Exchange, reason: str) -> Outcome:
    """It should have been judged, and something other than the target's conduct prevented it."""
    scenario = exchanges[0].scenario if exchanges else ""
    return Outcome(
        clause, Mark.UNCLEAR, tuple(each.n for each in exchanges), reason, scenario=scenario
    )


def unmet(clause: str, *exchanges: Exchange, reason: str) -> Outcome:
    """The target is free not to offer the situation that the clause speaks of, and did not."""
    scenario = exchanges[0].scenario if exchanges else ""
    return Outcome(
        clause, Mark.UNMET, tuple(each.n for each in exchanges), reason, scenario=scenario
    )
