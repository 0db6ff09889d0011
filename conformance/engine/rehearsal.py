"""A run rehearsed on the reference emulator, inside this process: no socket, no thread, no waiting.

The clock is a virtual one: it jumps to whatever happens next. So a rehearsal tells what a run will
send, create and take, and which scenario judges what, in the time that the computing takes.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from conformance.checks.base import Mark
from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.drivers.attribution import CallbackLog
from conformance.drivers.limits import Pace
from conformance.emulator import Behaviour, EmulatorSettings
from conformance.emulator.values import Incoming, Notice
from conformance.engine.options import Options
from conformance.engine.schedule import Track, in_order
from conformance.engine.sites import host_of, is_loopback, keyring_of
from conformance.generate.signing import seal
from conformance.scenarios import cleanup
from conformance.scenarios.base import (
    AnswerCallbacks,
    AwaitCallbacks,
    Call,
    Env,
    Reply,
    Scenario,
    Wait,
)
from conformance.spec.reading import Operation, job_id_of, operation_of
from conformance.spec.target import Target
from conformance.spec.wire import Direction, Exchange, Framing, Headers, Request, Response

#: How long one exchange takes in seconds: on this machine, where the suite itself is what is waited
#: for when all workers are busy, and over a network.
LOCAL, REMOTE = 0.06, 0.1

#: When rehearsals take place. Any moment would do; it is never the present one.
_BEGIN = 1_700_000_000.0


@dataclass
class Part:
    """What one scenario takes and gives: requests by kind, jobs, and the clauses it judges."""

    requests: Counter[Operation] = field(default_factory=Counter)
    jobs: int = 0
    clauses: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        return self.requests.total()


@dataclass(frozen=True)
class Rehearsal:
    """What came of it: the parts by scenario, and the seconds that the run would take."""

    parts: dict[str, Part]
    seconds: float


def rehearse(options: Options, target: Target, scenarios: Sequence[Scenario]) -> Rehearsal:
    """Rehearse ``scenarios`` on an emulator that is told to be ``target``."""
    stage = _Stage(options, target)
    tracks: list[Track] = []
    if options.cleans_up:
        scenarios = (*scenarios, *cleanup.scenarios())
    for phase in sorted({each.phase for each in scenarios}):
        history = in_order(tracks, stage.callbacks.all)
        env = Env(target, options.seed, options.examples, history)
        batch = [Track(each, each.run(env)) for each in scenarios if each.phase == phase]
        tracks += batch
        stage.drive(batch)
    return Rehearsal(_parts(target, tracks, stage.callbacks), stage.now - _BEGIN)


def _settings(target: Target) -> EmulatorSettings:
    settings = EmulatorSettings()
    return replace(
        settings,
        bucket=target.bucket,
        region=target.region,
        queue_id=target.queue_id,
        paused_queue_id=target.paused_queue_id or "",
        template_id=target.template_id or settings.template_id,
        input_objects=frozenset({target.input_object}),
        queue_callback_url=f"{target.callback_base}/callback/queue" if target.callback_base else "",
        callback_anywhere=True,
    )


class _Stage:
    """The emulator's hooks, a virtual clock, and so many senders."""

    def __init__(self, options: Options, target: Target) -> None:
        settings = options.emulator if options.endpoint is None else None
        settings = settings or _settings(target)
        if target.callback_base is not None and not settings.queue_callback_url:
            url = f"{target.callback_base}/callback/queue"
            settings = replace(settings, queue_callback_url=url)
        self.now = _BEGIN
        self.callbacks = CallbackLog()
        self._keyring = keyring_of(settings)
        self._behaviour = Behaviour(settings, lambda: self.now)
        local = options.endpoint is None or is_loopback(host_of(options.endpoint))
        self._latency = LOCAL if local else REMOTE
        self._pace = Pace(options.rate, lambda: self.now)
        self._free = options.workers
        self._order = itertools.count()
        self._events: list[tuple[float, int, Track | None, object]] = []
        self._ready: deque[tuple[Track, Call]] = deque()
        self._waiting: dict[int, tuple[Track, AwaitCallbacks]] = {}
        self._statuses: dict[str, list[int]] = {}

    def drive(self, tracks: Sequence[Track]) -> None:
        fresh = deque(tracks)
        while True:
            while self._free and (self._ready or fresh):
                if self._ready:
                    self._send(*self._ready.popleft())
                else:
                    self._step(fresh.popleft(), None)
            moment = self._behaviour.next_moment()
            if not self._events:
                return
            if moment is not None and moment < self._events[0][0]:
                self._live_to(moment)
                continue
            due, _, track, what = heapq.heappop(self._events)
            self._live_to(max(due, self.now))
            self._happen(track, what)

    def _live_to(self, moment: float) -> None:
        """Let the emulator's jobs live until then, and hand out what they announce."""
        self.now = max(self.now, moment)
        self._behaviour.advance(self.now)
        outbox = self._behaviour.store.outbox
        while outbox:
            self._announce(outbox.popleft(), 1)

    def _later(self, seconds: float, track: Track | None, what: object) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._order), track, what))

    # ---- requests ----

    def _send(self, track: Track, call: Call) -> None:
        self._free -= 1
        self._later(self._pace.delay() + self._latency, track, call)

    def _happen(self, track: Track | None, what: object) -> None:
        if track is None:  # a callback that is tried again
            assert isinstance(what, tuple)
            self._announce(*what)
        elif isinstance(what, Call):
            self._free += 1
            exchange = self._exchange(track, what)
            track.exchanges.append(exchange)
            track.calls.append(what)
            self._step(track, exchange)
        elif isinstance(what, Wait):
            self._step(track, None)
        elif isinstance(what, AwaitCallbacks) and id(track) in self._waiting:
            del self._waiting[id(track)]
            came = self.callbacks.find(what.token, what.job_id)
            track.awaits.append(len(came))
            self._step(track, came)

    def _exchange(self, track: Track, call: Call) -> Exchange:
        started = self.now - self._latency
        sealed = seal(call.request, call.signing, self._keyring, started)
        answer = self._behaviour.handle(self._receive(sealed))
        self._live_to(self.now)
        body = b"" if sealed.method == "HEAD" else answer.body
        response = Response(
            answer.status, answer.headers, body, framing=Framing(received=len(body))
        )
        return Exchange(
            sealed,
            response,
            scenario=track.scenario.name,
            step=call.step,
            started=started,
            elapsed=self._latency,
            expect=call.expect,
        )

    def _receive(self, request: Request) -> Incoming:
        limit = self._behaviour.settings.body_limit
        kept = request if len(request.body) <= limit else replace(request, body=b"")
        return self._behaviour.receive(kept, body_size=len(request.body))

    def _step(self, track: Track, reply: Reply) -> None:
        while True:
            try:
                action = track.steps.send(reply)
            except StopIteration:
                track.ended = True
                return
            if isinstance(action, Call):
                self._ready.append((track, action))
                return
            if isinstance(action, Wait):
                self._later(action.seconds, track, action)
                return
            track.tokens.add(action.token)
            if isinstance(action, AnswerCallbacks):
                self._statuses[action.token] = list(action.statuses)
                reply = None
                continue
            came = self.callbacks.find(action.token, action.job_id)
            if len(came) < action.count:
                self._waiting[id(track)] = (track, action)
                self._later(action.timeout, track, action)
                return
            track.awaits.append(len(came))
            reply = came

    # ---- callbacks ----

    def _announce(self, notice: Notice, attempt: int) -> None:
        message = self._behaviour.callback_message(notice)
        path = "/" + message.url.partition("://")[2].partition("/")[2]
        token = path.rpartition("/")[2]
        statuses = self._statuses.get(token, [])
        status = (statuses.pop(0) if len(statuses) > 1 else statuses[0]) if statuses else 200
        request = Request(message.method, path, Headers(message.headers), message.body)
        self.callbacks.add(
            Exchange(request, Response(status), started=self.now, direction=Direction.CALLBACK)
        )
        delay = self._behaviour.retry_delay(notice, attempt, status)
        if delay is not None:
            self._later(delay, None, (notice, attempt + 1))
        for key, (track, action) in list(self._waiting.items()):
            came = self.callbacks.find(action.token, action.job_id)
            if len(came) >= action.count:
                del self._waiting[key]
                track.awaits.append(len(came))
                self._step(track, came)


def _parts(target: Target, tracks: Sequence[Track], callbacks: CallbackLog) -> dict[str, Part]:
    parts = {track.scenario.name: _part(target, track, callbacks) for track in tracks}
    exchanges = in_order(tracks, callbacks.all)
    named = {each.n: each.scenario for each in exchanges}
    for outcome in judge(Facts(target, exchanges)):
        for number in outcome.exchanges[:1]:
            if outcome.mark in (Mark.OK, Mark.BROKEN) and named[number] in parts:
                parts[named[number]].clauses.add(outcome.clause)
    return parts


def _part(target: Target, track: Track, callbacks: CallbackLog) -> Part:
    """By itself: what a scenario judges even when nothing else is run."""
    part = Part(jobs=sum(job_id_of(each) is not None for each in track.exchanges))
    part.requests.update(operation_of(each.request) for each in track.exchanges)
    back = [each for token in track.tokens for each in callbacks.find(token, "")]
    alone = Facts(target, in_order([track], back), complete=False)
    part.clauses |= {each.clause for each in judge(alone) if each.mark in (Mark.OK, Mark.BROKEN)}
    return part
