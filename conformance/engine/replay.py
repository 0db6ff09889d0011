"""A run on a recording: the same questions, the answers of then, and the same verdicts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.drivers.cassette import CassetteDriver
from conformance.drivers.recording import load_recording
from conformance.engine.options import Options
from conformance.engine.outcome import RunOutcome
from conformance.engine.plan import chosen
from conformance.engine.recorded import (
    as_recorded,
    awaits_of,
    noted_list,
    provenance_of,
    whole_ones,
)
from conformance.engine.resume import LEFT, aimed, bases_of
from conformance.engine.schedule import Replay, Track, calls_by_number, in_order, is_missing
from conformance.engine.shrinking import Shrinker
from conformance.engine.stopping import INTERRUPTED
from conformance.engine.watching import Watcher
from conformance.scenarios import cleanup
from conformance.scenarios.base import Env, Scenario
from conformance.scenarios.ledger import JobLedger
from conformance.spec.reading import Operation, operation_of
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
    bases = bases_of(provenance)
    left = tuple(map(str, noted_list(provenance.notes.get(LEFT))))
    tracks: list[Track] = []
    interrupted = False

    def ask(scenarios: Iterable[Scenario]) -> None:
        nonlocal interrupted
        env = Env(target, told.seed, told.examples, in_order(tracks, callbacks))
        for each in scenarios:
            interrupted = interrupted or watcher.stopped()
            if not interrupted:
                track = replay.one(aimed(each, bases), env)
                tracks.append(replace(track, scenario=each))

    for phase in sorted({each.phase for each in scenarios}):
        ask([each for each in scenarios if each.phase == phase])
    if told.shrink:
        for each in Shrinker(told, target, in_order(tracks, callbacks)).scenarios():
            ask([each])
    if told.cleans_up:
        ask(cleanup.scenarios(left))
    exchanges = in_order(tracks, callbacks)
    lacking = sum(map(is_missing, exchanges)) if recording.complete else 0
    complete = recording.complete and not interrupted and not lacking
    facts = Facts(target, exchanges, complete)
    stopped = INTERRUPTED if interrupted else str(provenance.notes.get("stopped", ""))
    if lacking:
        stopped = stopped or f"exchanges that this run asks for are not recorded: {lacking}"
    return RunOutcome(
        facts,
        tuple(judge(facts)),
        "cassette",
        f"{path} ({provenance.name}, {provenance.recorded})",
        provenance.name if provenance.kind == "endpoint" else "",
        time.time(),
        time.monotonic() - begun,
        sum(each.failure is None or _was_sent(each) for each in facts.sent),
        sum(_may_have_made_a_job(each) for each in facts.sent),
        told.seed,
        told.examples,
        complete,
        scenarios,
        calls_by_number(tracks, exchanges),
        remaining=JobLedger(exchanges, left).alive if told.cleans_up else (),
        clauses=told.clauses,
        cases=told.cases,
        stopped=stopped,
        source=str(path),
    )


def _was_sent(exchange: Exchange) -> bool:
    return exchange.failure is not None and exchange.failure.kind not in (
        FailureKind.MISSING,
        FailureKind.BUDGET,
    )


def _may_have_made_a_job(exchange: Exchange) -> bool:
    """What the live driver counts: a create that was sent, and not refused as a whole."""
    if operation_of(exchange.request) is not Operation.CREATE:
        return False
    if exchange.failure is not None or exchange.response is None:
        return _was_sent(exchange)
    return exchange.response.status < 300
