"""Going on with a run that was interrupted, killed, or ended by its budget.

Scenarios that had come to their end are taken from the recording; the others are run again from
their beginning, with jobs of their own, and their first attempts count for nothing but the
cleaning up. The receiver of callbacks has another address than then, so what is still on its way
to the old one disturbs nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.drivers.attribution import callback_token
from conformance.drivers.cassette import CassetteDriver
from conformance.drivers.live import LiveDriver
from conformance.drivers.provenance import Provenance
from conformance.drivers.recording import RecordingProblem, load_recording
from conformance.engine.options import Options
from conformance.engine.recorded import as_recorded, awaits_of, noted_list, provenance_of
from conformance.engine.schedule import Replay, Track
from conformance.scenarios.base import Env, Scenario
from conformance.scenarios.calls import describe
from conformance.scenarios.ledger import JobLedger
from conformance.spec.reading import refused, state_of, succeeded
from conformance.spec.target import Target
from conformance.spec.wire import Direction, Exchange, FailureKind

#: What was not sent then is sent now.
_AGAIN = frozenset({FailureKind.BUDGET, FailureKind.INTERRUPTED})

#: The note of a recording that says at which address callbacks were received before.
BEFORE = "before"

#: The note of the jobs that attempts left that count no more.
LEFT = "left"


@dataclass(frozen=True)
class Resumed:
    """What is kept of the run before: tracks of whole scenarios, and their callbacks.

    ``left`` are the jobs of what is run again, for cleaning up; ``notes`` go into the next
    recording.
    """

    tracks: dict[str, Track] = field(default_factory=dict)
    callbacks: tuple[Exchange, ...] = ()
    left: tuple[str, ...] = ()
    notes: dict[str, object] = field(default_factory=dict)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What the kept tracks exchanged."""
        return _flat(self.tracks.values())

    @property
    def requests(self) -> int:
        """How many requests they sent."""
        return len(self.exchanges)

    @property
    def jobs(self) -> int:
        """How many jobs they created."""
        return len(JobLedger(self.exchanges).created)


def aimed(scenario: Scenario, bases: dict[str, str]) -> Scenario:
    """The scenario with the callback address at which it was run, when that was another."""
    base = bases.get(scenario.name)
    if base is None:
        return scenario
    return replace(
        scenario,
        run=lambda env: scenario.run(replace(env, target=replace(env.target, callback_base=base))),
    )


def bases_of(provenance: Provenance) -> dict[str, str]:
    """The callback addresses of scenarios that were taken over from runs before, by name."""
    bases: dict[str, str] = {}
    for each in noted_list(provenance.notes.get(BEFORE)):
        base = each.get("callback_base") if isinstance(each, dict) else None
        if isinstance(each, dict) and isinstance(base, str):
            bases |= {str(name): base for name in noted_list(each.get("scenarios"))}
    return bases


def resumable(options: Options) -> Options:
    """``options`` with the questions of the run that ``options.resume`` is the recording of.

    Raises :class:`RecordingProblem` when there is nothing to go on with.
    """
    assert options.resume is not None
    recording = load_recording(options.resume)
    provenance = provenance_of(recording)
    if recording.complete:
        raise _problem(options.resume, "that run came to its end; judge it again with --replay")
    if provenance.kind == "emulator" or options.target is None:
        raise _problem(
            options.resume, "the jobs of an embedded emulator ended with that run; run anew"
        )
    for name in ("bucket", "region", "queue_id"):
        then, now = getattr(provenance.target, name), getattr(options.target, name)
        if then != now:
            raise _problem(options.resume, f"is of the {name.replace('_', ' ')} {then}, not {now}")
    told = as_recorded(options, provenance)
    return replace(
        told, clean_up=options.clean_up, record=options.record or _file_of(options.resume)
    )


def taken_over(options: Options, target: Target, scenarios: Sequence[Scenario]) -> Resumed:
    """What of ``scenarios`` need not be run again."""
    if options.resume is None:
        return Resumed()
    recording = load_recording(options.resume)
    provenance = provenance_of(recording)
    bases = bases_of(provenance)
    if provenance.target.callback_base is not None:
        bases = {each.name: provenance.target.callback_base for each in scenarios} | bases
    driver = CassetteDriver(recording)
    replay = Replay(driver, driver.callbacks, awaits_of(provenance))
    ended = frozenset(map(str, noted_list(provenance.notes.get("ended"))))
    env = Env(target, options.seed, options.examples)
    tracks: dict[str, Track] = {}
    for phase in sorted({each.phase for each in scenarios}):
        env = replace(env, history=_flat(tracks.values()))
        for each in scenarios:
            if each.phase == phase and each.name in ended:
                track = replay.one(aimed(each, bases), env)
                if _is_whole(track):
                    tracks[each.name] = replace(track, scenario=each)
    tokens = {token for track in tracks.values() for token in track.tokens}
    back = [each for each in recording.exchanges if each.direction is Direction.CALLBACK]
    kept = tuple(each for each in back if callback_token(each.request) in tokens)
    by_base: dict[str, list[str]] = {}
    for name in tracks:
        by_base.setdefault(bases.get(name, ""), []).append(name)
    before = [{"callback_base": base, "scenarios": names} for base, names in by_base.items()]
    known = JobLedger(_flat(tracks.values())).created
    jobs = JobLedger(recording.exchanges, map(str, noted_list(provenance.notes.get(LEFT)))).created
    left = tuple(each for each in jobs if each not in known)
    return Resumed(tracks, kept, left, {BEFORE: before, LEFT: list(left)})


def check_memory(driver: LiveDriver, target: Target, resumed: Resumed, path: Path) -> None:
    """See that the target still knows the jobs of then: lists are judged by them.

    Raises :class:`RecordingProblem` when it does not, as after a restart of an emulator. A target
    that does not answer is left to the run.
    """
    for exchange in reversed(_flat(resumed.tracks.values())):
        ledger = JobLedger((exchange,))
        if ledger.created:
            job_id = ledger.created[0]
            answer = driver.send(describe(target, job_id), scenario="resume")
            unknown = succeeded(answer) and state_of(answer, job_id) is None
            if unknown or refused(answer):
                raise _problem(path, f"the target no longer knows its job {job_id}; run anew")
            return


def _flat(tracks: Iterable[Track]) -> tuple[Exchange, ...]:
    return tuple(exchange for track in tracks for exchange in track.exchanges)


def _is_whole(track: Track) -> bool:
    """Whether nothing of it is lacking in the recording, or was kept from being sent."""
    failures = (each.failure for each in track.exchanges if each.failure is not None)
    return track.ended and all(
        failure.kind not in _AGAIN and failure.kind is not FailureKind.MISSING
        for failure in failures
    )


def _file_of(path: Path) -> Path:
    """Where the resumed run is recorded: in place of the recording that it goes on from."""
    return path.with_name(path.name.removesuffix(".journal"))


def _problem(path: Path, what: str) -> RecordingProblem:
    return RecordingProblem(path, "", what)
