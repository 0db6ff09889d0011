"""Outcomes of any number of exchanges in memory that does not grow with it."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from conformance.checks.base import Level, Mark, Outcome
from conformance.checks.verdicts import MOST_FINDINGS

#: Findings of one clause are told apart by their words up to this number of kinds.
MAX_KINDS = 64

_REST = "another of the same"

Clean = Callable[[Outcome], Outcome]


@dataclass
class _Group:
    """Outcomes that say the same: how many, and the ones with the smallest requests."""

    count: int = 0
    kept: list[tuple[int, int, int, Outcome]] = field(default_factory=list)


class Tally:
    """Keeps what verdicts and reports need: counts, and a few findings of each kind.

    ``clean`` takes the secrets out of an outcome; it is asked for each one that is kept.
    """

    def __init__(self) -> None:
        self._groups: defaultdict[str, dict[tuple[Mark, Level | None, str, str], _Group]] = (
            defaultdict(dict)
        )
        self._serial = 0

    @property
    def clauses(self) -> frozenset[str]:
        """The clauses that anything was said of."""
        return frozenset(self._groups)

    def add(self, outcome: Outcome, size: int, clean: Clean) -> None:
        """Count an outcome; ``size`` is that of its request in bytes."""
        kinds = self._groups[outcome.clause]
        key = (outcome.mark, outcome.level, outcome.message, outcome.at)
        group = kinds.get(key)
        if group is None:
            if len(kinds) >= MAX_KINDS:
                key = (outcome.mark, outcome.level, _REST, "")
            group = kinds.setdefault(key, _Group())
        group.count += outcome.count
        most = MOST_FINDINGS if outcome.mark is Mark.BROKEN else 1
        if len(group.kept) >= most and (size >= group.kept[-1][0] or most == 1):
            return
        self._serial += 1
        insort(group.kept, (size, outcome.exchanges[0], self._serial, clean(outcome)))
        del group.kept[most:]

    def referenced(self) -> frozenset[int]:
        """The numbers of the exchanges that findings point to."""
        return frozenset(
            number
            for kinds in self._groups.values()
            for (mark, *_), group in kinds.items()
            if mark is Mark.BROKEN
            for *_, outcome in group.kept
            for number in outcome.exchanges
        )

    def outcomes(self) -> Iterator[Outcome]:
        """As many outcomes as there were; those beyond the kept ones repeat the last of them."""
        for kinds in self._groups.values():
            for (mark, *_), group in kinds.items():
                kept = [outcome for *_, outcome in group.kept]
                if mark is Mark.OK:
                    yield replace(kept[0], count=group.count)
                    continue
                yield from kept
                for _ in range(group.count - len(kept)):
                    yield kept[-1]
