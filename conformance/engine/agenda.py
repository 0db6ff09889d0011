"""In which order a run asks, so that a small budget judges as many clauses as it can.

Without a budget that matters, the phases follow each other and everything in one is asked side by
side. With one, a rehearsal tells what each scenario costs and judges; what judges most for its cost
is taken first, and the requests of later phases are kept back meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

from conformance.engine.options import Options
from conformance.engine.plan import LISTING
from conformance.engine.rehearsal import Part, Rehearsal, rehearse
from conformance.scenarios import cleanup
from conformance.scenarios.base import Scenario
from conformance.spec.target import Target

#: The phase in which jobs are created.
_CREATING = 1


@dataclass(frozen=True)
class Turn:
    """Scenarios that run side by side, while ``hold`` requests are kept back for later turns."""

    scenarios: Sequence[Scenario]
    hold: int = 0


@dataclass
class Choice:
    """Which scenarios fit a budget, in the order of their worth, and the clauses they judge.

    ``costs`` are requests by scenario, those of cleaning up included.
    """

    taken: list[Scenario] = field(default_factory=list)
    rest: list[Scenario] = field(default_factory=list)
    clauses: set[str] = field(default_factory=set)
    costs: dict[str, int] = field(default_factory=dict)


def turns(options: Options, target: Target, scenarios: Sequence[Scenario]) -> Iterator[Turn]:
    """The turns of a run, the cleaning up not among them."""
    choice = None
    if options.max_requests is not None or options.max_jobs is not None:
        choice = choose_within(options, rehearse(options, target, scenarios), scenarios)
    phases = sorted({each.phase for each in scenarios})
    if choice is None or not choice.rest:
        for phase in phases:
            yield Turn([each for each in scenarios if each.phase == phase])
        return
    costs = choice.costs
    for phase in phases:
        later = sum(costs[each.name] for each in choice.taken if each.phase > phase)
        yield Turn([each for each in choice.taken if each.phase == phase], later)
        if phase == _CREATING:
            yield Turn([each for each in choice.rest if each.phase == phase], later)
    for phase in (LISTING, *(each for each in phases if each not in (_CREATING, LISTING))):
        yield Turn([each for each in choice.rest if each.phase == phase])


def choose_within(options: Options, rehearsal: Rehearsal, scenarios: Sequence[Scenario]) -> Choice:
    """The scenarios that the budget of ``options`` is spent on."""
    chooser = _Chooser(options, rehearsal, scenarios)
    while chooser.take_best():
        pass
    choice = chooser.choice
    if options.max_jobs is not None:
        # What should make no job goes first: once the jobs are used up no create is sent at all.
        choice.taken.sort(key=lambda each: rehearsal.parts[each.name].jobs > 0)
        choice.rest.sort(key=lambda each: rehearsal.parts[each.name].jobs > 0)
    return choice


class _Chooser:
    """Takes, one by one, what judges most clauses that are not judged yet for its cost.

    When all are judged that can be, it begins anew: a clause is judged better by several cases.
    """

    def __init__(
        self, options: Options, rehearsal: Rehearsal, scenarios: Sequence[Scenario]
    ) -> None:
        self._options = options
        self._parts = rehearsal.parts
        self._requests = inf if options.max_requests is None else float(options.max_requests)
        self._jobs = inf if options.max_jobs is None else float(options.max_jobs)
        costs = {each.name: self._cost(rehearsal.parts[each.name]) for each in scenarios}
        self.choice = Choice(rest=list(scenarios), costs=costs)
        self._open = self._clauses()

    def take_best(self) -> bool:
        """Take one more scenario, or say that none fits any more."""
        rest = [each for each in self.choice.rest if self._fits(each)]
        if not rest:
            return False
        best = max(rest, key=self._worth)
        if not self._worth(best):
            self._open = self._clauses()
            best = max(rest, key=self._worth)
        part = self._parts[best.name]
        self.choice.rest.remove(best)
        self.choice.taken.append(best)
        self.choice.clauses |= part.clauses
        self._open -= part.clauses
        self._requests -= self.choice.costs[best.name]
        self._jobs -= part.jobs
        return True

    def _cost(self, part: Part) -> int:
        return part.total + (cleanup.cost(part.jobs) if self._options.cleans_up else 0)

    def _fits(self, scenario: Scenario) -> bool:
        part = self._parts[scenario.name]
        return self.choice.costs[scenario.name] <= self._requests and part.jobs <= self._jobs

    def _worth(self, scenario: Scenario) -> float:
        """Clauses that it would judge anew, for the share of what is left that it costs."""
        part = self._parts[scenario.name]
        new = len(part.clauses & self._open)
        cost = self.choice.costs[scenario.name] / max(1.0, self._requests)
        if self._jobs < inf:
            cost += part.jobs / max(1.0, self._jobs)
        return new / max(cost, 1e-6)

    def _clauses(self) -> set[str]:
        wanted = self._options.clauses
        found = {clause for each in self.choice.rest for clause in self._parts[each.name].clauses}
        return found if wanted is None else found & wanted
