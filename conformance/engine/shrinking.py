"""Generated cases that fail are shrunk to the smallest that still do, against the same target.

A shrinking is a scenario: its tries are calls like any other, so they are recorded, judged and
replayed. Hypothesis searches on a thread of its own and is told what each try came to. How far the
search goes follows from the exchanges alone, so a replay takes the same way.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from conformance.checks.base import Mark, Outcome
from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.engine.options import Options
from conformance.engine.plan import SHRUNK
from conformance.generate.base import Case
from conformance.scenarios.base import Env, Scenario, Steps
from conformance.scenarios.calls import create
from conformance.scenarios.polling import send
from conformance.spec.clauses import clause
from conformance.spec.clauses.model import Level
from conformance.spec.target import Target
from conformance.spec.wire import Exchange, FailureKind

#: How many clauses are shrunk for, how many tries each is worth, and how many seconds.
MOST, TRIES, SECONDS = 3, 30, 30.0

_BODY = "body/"

#: After such a failure nothing more is sent.
_OVER = frozenset({FailureKind.BUDGET, FailureKind.INTERRUPTED, FailureKind.MISSING})


class Shrinker:
    """What of a run is worth shrinking: clauses that only generated cases break.

    A clause that a case of the corpus breaks too is left alone: that case is small already. Only
    bodies are looked at, so that a run is not judged twice.
    """

    def __init__(self, options: Options, target: Target, exchanges: tuple[Exchange, ...]) -> None:
        self._options = options
        bodies = tuple(each for each in exchanges if each.scenario.startswith(_BODY))
        self._facts = Facts(target, bodies, complete=False)

    def scenarios(self) -> Iterator[Scenario]:
        """One scenario for each clause that is worth it."""
        if not any(_is_generated(each.scenario) for each in self._facts.exchanges):
            return
        smallest: dict[str, Exchange] = {}
        elsewhere: set[str] = set()
        by_number = {each.n: each for each in self._facts.exchanges}
        for outcome in judge(self._facts):
            if not self._fails(outcome):
                continue
            if not _is_generated(outcome.scenario) or len(outcome.exchanges) != 1:
                elsewhere.add(outcome.clause)
                continue
            exchange = by_number[outcome.exchanges[0]]
            held = smallest.get(outcome.clause)
            if held is None or len(exchange.request.body) < len(held.request.body):
                smallest[outcome.clause] = exchange
        worth = [name for name in smallest if name not in elsewhere]
        seen: set[str] = set()
        for name in worth[:MOST]:
            scenario = smallest[name].scenario
            if scenario not in seen:
                seen.add(scenario)
                yield Scenario(
                    f"{SHRUNK}{scenario}",
                    (name,),
                    _shrink(scenario, name, self._options),
                    jobs=TRIES,
                    requests=TRIES,
                )

    def _fails(self, outcome: Outcome) -> bool:
        asked = self._options.clauses is None or outcome.clause in self._options.clauses
        return asked and breaks(outcome, strict=self._options.strict)


def breaks(outcome: Outcome, *, strict: bool = False) -> bool:
    """Whether an outcome makes its clause fail, or warn when not ``strict``."""
    level = outcome.level or clause(outcome.clause).level
    return outcome.mark is Mark.BROKEN and level in (
        (Level.MUST, Level.SHOULD) if strict else (Level.MUST,)
    )


def _is_generated(scenario: str) -> bool:
    from conformance.generate.streams import origin  # noqa: PLC0415 - hypothesis is slow

    return scenario.startswith(_BODY) and origin(scenario.removeprefix(_BODY)) is not None


def _shrink(scenario: str, wanted: str, options: Options) -> Callable[[Env], Steps]:
    def run(env: Env) -> Steps:
        with _Search(scenario, env) as search:
            began: float | None = None
            number = 0
            while (case := search.next()) is not None:
                number += 1
                expect = replace(case.expect, note=case.expect.note or case.note or case.name)
                exchange = yield from send(
                    create(
                        env.target,
                        case.body,
                        step=f"try-{number:02d}",
                        expect=expect,
                        signing=case.signing,
                        headers=case.headers,
                    )
                )
                began = exchange.started if began is None else began
                late = exchange.ended - began > SECONDS
                if late or (exchange.failure is not None and exchange.failure.kind in _OVER):
                    return
                search.tell(_still_fails(env.target, exchange, wanted, options))

    return run


def _still_fails(target: Target, exchange: Exchange, wanted: str, options: Options) -> bool:
    alone = judge(Facts(target, (replace(exchange, n=1),), complete=False))
    return any(each.clause == wanted and breaks(each, strict=options.strict) for each in alone)


@dataclass(frozen=True)
class _Ended:
    """The search is over; ``problem`` is what went wrong in it, if anything did."""

    problem: BaseException | None = None


class _GivenUpError(BaseException):
    """Ends the search from outside. Not an Exception, so that hypothesis lets it pass."""


class _Search:
    """Hypothesis' search, turned inside out: it asks, and whoever drives it answers."""

    def __init__(self, scenario: str, env: Env) -> None:
        self._scenario = scenario
        self._env = env
        self._asked: queue.SimpleQueue[Case | _Ended] = queue.SimpleQueue()
        self._told: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="picjobs-shrink", daemon=True)

    def __enter__(self) -> _Search:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._told.put(None)
        self._thread.join()

    def next(self) -> Case | None:
        """The next case to try; None when the search is over."""
        asked = self._asked.get()
        if isinstance(asked, _Ended):
            if asked.problem is not None:
                raise asked.problem
            return None
        return asked

    def tell(self, fails: bool) -> None:
        """Say whether the case still fails."""
        self._told.put(fails)

    def _run(self) -> None:
        from conformance.generate.shrink import smallest  # noqa: PLC0415 - hypothesis is slow
        from conformance.generate.streams import origin  # noqa: PLC0415

        found = origin(self._scenario.removeprefix(_BODY))
        assert found is not None
        stream, index = found
        try:
            smallest(
                stream,
                self._env.target,
                seed=self._env.seed,
                index=index,
                still_fails=self._ask,
                tries=TRIES,
            )
        except _GivenUpError:
            self._asked.put(_Ended())
        except BaseException as problem:  # noqa: BLE001 - it is raised where the search is driven
            self._asked.put(_Ended(problem))
        else:
            self._asked.put(_Ended())

    def _ask(self, case: Case) -> bool:
        self._asked.put(case)
        told = self._told.get()
        if told is None:
            raise _GivenUpError
        return told
