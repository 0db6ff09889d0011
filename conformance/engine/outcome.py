"""What a run established."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.checks.base import Outcome
from conformance.checks.facts import Facts
from conformance.scenarios.base import Call, Scenario


@dataclass(frozen=True)
class RunOutcome:
    """What a run established: the judged facts, and what the report says of the run itself.

    ``endpoint`` is where a request can be sent again, ``""`` when that is nowhere any more;
    ``clauses`` are the ids that were asked for (None: all), ``cases`` the scenarios (empty: all);
    ``calls`` tells by exchange number what the scenario asked for. ``stopped`` says why the run
    ended early, ``""`` when it came to its end; ``remaining`` are its jobs that were not seen to
    have ended; ``source`` is the path of a recording that was replayed; ``problems`` are lines
    about what could not be kept, a recording for instance.
    """

    facts: Facts
    outcomes: tuple[Outcome, ...]
    kind: str  # emulator, endpoint or cassette
    name: str
    endpoint: str
    started: float
    duration: float
    requests: int
    jobs: int
    seed: int
    examples: int
    complete: bool
    scenarios: tuple[Scenario, ...]
    calls: Mapping[int, Call] = field(default_factory=dict, repr=False)
    remaining: tuple[str, ...] = ()
    clauses: frozenset[str] | None = None
    cases: tuple[str, ...] = ()
    stopped: str = ""
    problems: tuple[str, ...] = ()
    source: str = ""
