"""A run on a recording: the same questions, the answers of then, and the same verdicts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.drivers.cassette import CassetteDriver
from conformance.drivers.provenance import Provenance
from conformance.drivers.recording import Recording, RecordingProblem, load_recording
from conformance.engine.options import Options
from conformance.engine.outcome import RunOutcome
from conformance.engine.plan import chosen
from conformance.engine.schedule import Replay, Track, calls_by_number, in_order
from conformance.engine.shrinking import Shrinker
from conformance.engine.stopping import INTERRUPTED
from conformance.engine.watching import Watcher
from conformance.scenarios import cleanup
from conformance.scenarios.base import Env, Scenario
from conformance.scenarios.ledger import JobLedger
from conformance.spec.wire import Exchange, FailureKind


def run_replay(options: Options, path: Path, watcher: Watcher) -> RunOutcome:
    """Run on the recording at ``path``. Raises :class:`RecordingProblem`."""
    begun = time.monotonic()
    recording = load_recording(path)
    provenance = provenance_of(recording)
    told = as_recorded(options, provenance)
    target = replace(
        provenance.target, disclaimed=provenance.target.disclaimed | options.disclaimed
    )
    scenarios = chosen(told, target)
    watcher.planned(scenarios)
    driver = CassetteDriver(recording)
    callbacks = tuple(each for each in recording.exchanges if each.direction == "callback")
    replay = Replay(driver, driver.callbacks, awaits_of(provenance), whole_ones(recording))
    tracks: list[Track] = []
    interrupted = False

    def ask(scenarios: Iterable[Scenario]) -> None:
        nonlocal interrupted
        env = Env(target, told.seed, told.examples, in_order(tracks, callbacks))
        for each in scenarios:
            interrupted = interrupted or watcher.stopped()
            if not interrupted:
                tracks.append(replay.one(each, env))

    for phase in sorted({each.phase for each in scenarios}):
        ask([each for each in scenarios if each.phase == phase])
    if told.shrink:
        for each in Shrinker(told, target, in_order(tracks, callbacks)).scenarios():
            ask([each])
    if told.cleans_up:
        ask(cleanup.scenarios())
    exchanges = in_order(tracks, callbacks)
    complete = recording.complete and not interrupted
    facts = Facts(target, exchanges, complete)
    stopped = INTERRUPTED if interrupted else str(provenance.notes.get("stopped", ""))
    return RunOutcome(
        facts,
        tuple(judge(facts)),
        "cassette",
        f"{path} ({provenance.name}, {provenance.recorded})",
        provenance.name if provenance.kind == "endpoint" else "",
        time.time(),
        time.monotonic() - begun,
        sum(each.failure is None or _was_sent(each) for each in facts.sent),
        len(facts.creations),
        told.seed,
        told.examples,
        complete,
        scenarios,
        calls_by_number(tracks, exchanges),
        remaining=JobLedger(exchanges).alive if told.cleans_up else (),
        clauses=told.clauses,
        cases=told.cases,
        stopped=stopped,
    )


def as_recorded(options: Options, provenance: Provenance) -> Options:
    """``options`` with what decided the questions that were asked then."""
    notes = provenance.notes
    clauses = options.clauses
    if clauses is None and provenance.selected:
        clauses = frozenset(provenance.selected)
    cases = options.cases or tuple(map(str, _list(notes.get("cases"))))
    return replace(
        options,
        clauses=clauses,
        cases=cases,
        seed=provenance.seed,
        examples=provenance.examples,
        clean_up=bool(notes.get("clean_up", False)),
        shrink=bool(notes.get("shrink", False)),
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _was_sent(exchange: Exchange) -> bool:
    return exchange.failure is not None and exchange.failure.kind not in (
        FailureKind.MISSING,
        FailureKind.BUDGET,
    )


def provenance_of(recording: Recording) -> Provenance:
    """Where it comes from. Raises :class:`RecordingProblem` for foreign cassettes."""
    if recording.provenance is None:
        raise RecordingProblem(
            recording.path,
            "picjobs",
            "this cassette does not say which run it is of; judge foreign traffic with `inspect`",
        )
    return recording.provenance


def whole_ones(recording: Recording) -> Callable[[str], bool]:
    """Tells of a scenario's name whether the recorded run took it to its end."""
    noted = _list(provenance_of(recording).notes.get("ended"))
    ended = frozenset(map(str, noted))
    return lambda name: recording.complete or name in ended


def awaits_of(provenance: Provenance) -> dict[str, Sequence[int]]:
    """How many callbacks each wait of each scenario saw."""
    noted = provenance.notes.get("awaits", {})
    if not isinstance(noted, dict):
        return {}
    return {str(name): list(counts) for name, counts in noted.items() if isinstance(counts, list)}
