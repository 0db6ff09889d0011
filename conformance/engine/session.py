"""A whole run: target, driver and receiver put together, scenarios run, everything judged."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from conformance import REVISION, __version__
from conformance.checks.base import Outcome
from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.drivers.cassette import CassetteDriver
from conformance.drivers.live import LiveDriver
from conformance.drivers.provenance import Provenance
from conformance.drivers.receiver import CallbackReceiver
from conformance.drivers.recording import Recorder, Recording, RecordingProblem, load_recording
from conformance.emulator import Behaviour, Emulator, EmulatorSettings
from conformance.engine.plan import choose, every, thinned
from conformance.engine.schedule import Replay, Schedule, Track, calls_by_number, in_order
from conformance.generate.signing import Credentials, Keyring
from conformance.scenarios import cleanup
from conformance.scenarios.base import Call, Env, Scenario
from conformance.spec.target import Target
from conformance.spec.wire import Exchange, FailureKind


@dataclass(frozen=True)
class Options:
    """What a run is told. Times are in seconds, ``rate`` in requests a second.

    ``endpoint`` None means the embedded emulator, ``vendor`` the real service. ``clauses`` are the
    ids to judge (None: all). ``clean_up`` None cleans up after runs on endpoints only.
    ``behaviour`` lets the embedded emulator deviate (self-test), ``alike`` has a run take only so
    many of the requests that differ in little (None: all).
    """

    endpoint: str | None = None
    target: Target | None = None
    keyring: Keyring | None = field(default=None, repr=False)
    replay: Path | None = None
    record: Path | None = None
    clauses: frozenset[str] | None = None
    seed: int = 0
    examples: int = 100
    max_requests: int | None = None
    max_jobs: int | None = None
    rate: float | None = None
    workers: int = 12
    timeout: float = 10.0
    ca_bundle: str | None = None
    callback_host: str | None = None
    disclaimed: frozenset[str] = frozenset()
    job_timeout: float | None = None
    clean_up: bool | None = None
    emulator: EmulatorSettings | None = None
    behaviour: type[Behaviour] = Behaviour
    alike: int | None = None


class Watcher(Protocol):
    """Who is told how a run goes on. Called from the run's own thread, except ``sent``."""

    def listening(self, bound: str, told: str) -> None: ...

    def planned(self, scenarios: Sequence[Scenario]) -> None: ...

    def sent(self, exchange: Exchange) -> None: ...

    def stopped(self) -> bool: ...


class Silent:
    """Nobody watches."""

    def listening(self, bound: str, told: str) -> None:
        """Say nothing."""

    def planned(self, scenarios: Sequence[Scenario]) -> None:
        """Say nothing."""

    def sent(self, exchange: Exchange) -> None:
        """Say nothing."""

    def stopped(self) -> bool:
        return False


@dataclass(frozen=True)
class RunOutcome:
    """What a run established: the judged facts, and what the report says of the run itself.

    ``endpoint`` is where a request can be sent again, ``""`` when that is nowhere any more;
    ``clauses`` are the ids that were asked for (None: all); ``calls`` tells by exchange number what
    the scenario asked for.
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


def run(options: Options, watcher: Watcher | None = None) -> RunOutcome:
    """Run against whatever ``options`` name, live or replayed.

    Raises :class:`RecordingProblem` for a recording that cannot be read or written and
    ``EndpointProblem`` for an endpoint that cannot be used; never for what a target does.
    """
    watcher = watcher or Silent()
    if options.clean_up is None:
        options = replace(options, clean_up=options.endpoint is not None)
    with _tuned():
        if options.replay is not None:
            return _replay(options, options.replay, watcher)
        return _live(options, watcher)


@contextmanager
def _tuned() -> Iterator[None]:
    """Settings of the interpreter that suit a run, put back afterwards.

    Exchanges and trees hold no cycles, so looking for some among all of them is lost time. Threads
    take turns often: the embedded emulator answers from a thread of this very process.
    """
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(200_000, 20, 100)
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)


# ---- live ---------------------------------------------------------------------------------------


def _live(options: Options, watcher: Watcher) -> RunOutcome:
    with ExitStack() as stack:
        receiver = _receiver(options)
        if receiver is not None:
            stack.callback(receiver.close)
            watcher.listening(receiver.bound, receiver.base_url)
        base = receiver.base_url if receiver is not None else None
        endpoint, target, keyring = _target(options, base, stack)
        driver = LiveDriver(
            endpoint,
            target,
            keyring,
            timeout=options.timeout,
            rate=options.rate,
            max_requests=options.max_requests,
            max_jobs=options.max_jobs,
            workers=options.workers,
            ca_bundle=options.ca_bundle,
        )
        stack.callback(driver.close)
        kind = "emulator" if options.endpoint is None else "endpoint"
        name = "embedded reference emulator" if kind == "emulator" else endpoint
        return _Live(options, watcher, target, driver, receiver, kind, name).run()


def _receiver(options: Options) -> CallbackReceiver | None:
    """The callback receiver, when the target can reach it: on loopback, or where it is told."""
    if options.callback_host is not None:
        wide = "" if _is_loopback(options.callback_host) else "0.0.0.0"  # noqa: S104 - asked for
        return CallbackReceiver(wide or options.callback_host, advertise=options.callback_host)
    if options.endpoint is None or _is_loopback(_host_of(options.endpoint)):
        return CallbackReceiver()
    return None


def _host_of(endpoint: str) -> str:
    return endpoint.partition("://")[2].partition("/")[0].rpartition(":")[0].strip("[]") or endpoint


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def _target(
    options: Options, callback_base: str | None, stack: ExitStack
) -> tuple[str, Target, Keyring]:
    """Where to connect, as what, with which keys; starts the embedded emulator when it is that."""
    if options.endpoint is not None:
        assert options.target is not None
        assert options.keyring is not None
        return (
            options.endpoint,
            replace(options.target, callback_base=callback_base),
            options.keyring,
        )
    settings = options.emulator or EmulatorSettings()
    if callback_base is not None and not settings.queue_callback_url:
        settings = replace(settings, queue_callback_url=f"{callback_base}/callback/queue")
    emulator = stack.enter_context(Emulator(settings, behaviour=options.behaviour))
    temporary = Credentials(settings.tmp_secret_id, settings.tmp_secret_key, settings.tmp_token)
    keyring = Keyring(
        Credentials(settings.secret_id, settings.secret_key),
        temporary if settings.tmp_secret_id else None,
    )
    return emulator.endpoint, embedded_target(settings, options, callback_base), keyring


def embedded_target(
    settings: EmulatorSettings, options: Options, callback_base: str | None
) -> Target:
    """The embedded emulator as a target; its jobs are quick, so nobody waits long for them."""
    return Target(
        settings.bucket,
        settings.region,
        settings.queue_id,
        paused_queue_id=settings.paused_queue_id or None,
        template_id=settings.template_id,
        input_object=min(settings.input_objects),
        has_temporary=bool(settings.tmp_secret_id),
        callback_base=callback_base,
        job_timeout=options.job_timeout or 15.0,
        callback_timeout=3.0,
        disclaimed=options.disclaimed,
    )


@dataclass
class _Live:
    options: Options
    watcher: Watcher
    target: Target
    driver: LiveDriver
    receiver: CallbackReceiver | None
    kind: str
    name: str
    recording: _Recording | None = None

    def run(self) -> RunOutcome:
        started, begun = time.time(), time.monotonic()
        scenarios = _chosen(self.options, self.target)
        self.watcher.planned(scenarios)
        self.recording = self._recorder(started)
        tracks: list[Track] = []
        for phase in sorted({each.phase for each in scenarios}):
            if self.watcher.stopped():
                break
            history = in_order(tracks, self._callbacks())
            tracks += self._phase([each for each in scenarios if each.phase == phase], history)
        exchanges = in_order(tracks, self._callbacks())
        complete = not self.watcher.stopped()
        if self.recording is not None:
            self.recording.finish(exchanges, tracks, complete=complete)
        facts = Facts(self.target, exchanges, complete)
        return RunOutcome(
            facts,
            tuple(judge(facts)),
            self.kind,
            self.name,
            self.driver.endpoint if self.kind == "endpoint" else "",
            started,
            time.monotonic() - begun,
            self.driver.requests_sent,
            self.driver.jobs_created,
            self.options.seed,
            self.options.examples,
            complete,
            scenarios,
            calls_by_number(tracks, exchanges),
            clauses=self.options.clauses,
        )

    def _phase(self, scenarios: Sequence[Scenario], history: tuple[Exchange, ...]) -> list[Track]:
        schedule = Schedule(
            self.driver,
            self.receiver,
            self.options.workers,
            watch=self._sent,
            stopped=self._stopped,
        )
        env = Env(self.target, self.options.seed, self.options.examples, history)
        return schedule.run(scenarios, env)

    def _stopped(self) -> bool:
        """Whether to stop; then what is under way is cut short too."""
        if self.watcher.stopped():
            self.driver.interrupt()
            return True
        return False

    def _sent(self, exchange: Exchange) -> None:
        if self.recording is not None:
            self.recording.add(exchange)
        self.watcher.sent(exchange)

    def _callbacks(self) -> tuple[Exchange, ...]:
        return self.receiver.all() if self.receiver is not None else ()

    def _recorder(self, started: float) -> _Recording | None:
        if self.options.record is None:
            return None
        return _Recording(
            self.options,
            self.target,
            kind=self.kind,
            name=self.name,
            started=started,
            scheme=self.driver.endpoint.partition(":")[0],
        )


class _Recording:
    """The cassette of one run, with what a replay needs beside the exchanges."""

    def __init__(
        self, options: Options, target: Target, *, kind: str, name: str, started: float, scheme: str
    ) -> None:
        assert options.record is not None
        self._notes: dict[str, object] = {}
        self._cleans = bool(options.clean_up)
        provenance = Provenance(
            suite=__version__,
            revision=REVISION,
            recorded=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            kind=kind,
            name=name,
            target=target,
            seed=options.seed,
            examples=options.examples,
            selected=tuple(sorted(options.clauses or ())),
            scheme=scheme,
            notes=self._notes,
        )
        self._recorder = Recorder(options.record, provenance)

    def add(self, exchange: Exchange) -> None:
        """Write it down at once: a run that is killed leaves what it had."""
        self._recorder.add(exchange)

    def finish(
        self, exchanges: tuple[Exchange, ...], tracks: Sequence[Track], *, complete: bool
    ) -> None:
        self._notes["clean_up"] = self._cleans
        self._notes["awaits"] = {
            track.scenario.name: track.awaits for track in tracks if track.awaits
        }
        self._recorder.finish(exchanges, complete=complete)


def _chosen(options: Options, target: Target) -> tuple[Scenario, ...]:
    scenarios = every(target, options.seed, options.examples)
    if options.clauses is not None:
        scenarios = choose(scenarios, options.clauses)
    if options.alike is not None:
        scenarios = thinned(scenarios, options.alike)
    if options.clean_up and "cancel" not in target.disclaimed:
        scenarios = (*scenarios, *cleanup.scenarios())
    return scenarios


# ---- replay -------------------------------------------------------------------------------------


def _replay(options: Options, path: Path, watcher: Watcher) -> RunOutcome:
    begun = time.monotonic()
    recording = load_recording(path)
    provenance = _provenance(recording)
    target = replace(
        provenance.target, disclaimed=provenance.target.disclaimed | options.disclaimed
    )
    clauses = options.clauses
    if clauses is None and provenance.selected:
        clauses = frozenset(provenance.selected)
    told = replace(options, clauses=clauses, seed=provenance.seed, examples=provenance.examples)
    scenarios = _chosen(told, target)
    watcher.planned(scenarios)
    driver = CassetteDriver(recording)
    awaits = _awaits(provenance)
    callbacks = tuple(each for each in recording.exchanges if each.direction == "callback")
    replay = Replay(driver, driver.callbacks, awaits)
    tracks: list[Track] = []
    for phase in sorted({each.phase for each in scenarios}):
        env = Env(target, told.seed, told.examples, in_order(tracks, callbacks))
        tracks += replay.run([each for each in scenarios if each.phase == phase], env)
    exchanges = in_order(tracks, callbacks)
    facts = Facts(target, exchanges, recording.complete)
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
        recording.complete,
        scenarios,
        calls_by_number(tracks, exchanges),
        clauses=clauses,
    )


def _was_sent(exchange: Exchange) -> bool:
    return exchange.failure is not None and exchange.failure.kind not in (
        FailureKind.MISSING,
        FailureKind.BUDGET,
    )


def _provenance(recording: Recording) -> Provenance:
    if recording.provenance is None:
        raise RecordingProblem(
            recording.path,
            "picjobs",
            "this cassette does not say which run it is of; judge foreign traffic with `inspect`",
        )
    return recording.provenance


def _awaits(provenance: Provenance) -> dict[str, Sequence[int]]:
    noted = provenance.notes.get("awaits", {})
    if not isinstance(noted, dict):
        return {}
    return {str(name): list(counts) for name, counts in noted.items() if isinstance(counts, list)}
