"""Driving many scenarios at once.

One thread steps the generators; a pool of workers sends. Whoever waits (for a job, for a callback)
holds no worker, so a run costs about its longest job and not the sum of all. The order in which
things happen never reaches a verdict: exchanges are numbered by scenario and step at the end.
"""

from __future__ import annotations

import heapq
import itertools
import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol

from conformance.checks.callbacks import ELSEWHERE
from conformance.scenarios.base import (
    AnswerCallbacks,
    AwaitCallbacks,
    Call,
    Env,
    Reply,
    Scenario,
    Steps,
    Wait,
)
from conformance.spec.reading import BUSY
from conformance.spec.wire import Direction, Exchange, FailureKind, Wanted

#: "Try later" says nothing about the request: it is asked again after these pauses in seconds.
BUSY_PAUSES = (0.5, 1.0, 2.0)

#: How long requests under way may go on when the run is stopped, in seconds.
GRACE = 0.5

#: A target that is always busy must not stretch the run without end.
MOST_RETRIES = 30


class Sender(Protocol):
    """What the schedule needs of a driver."""

    def send(self, call: Call, *, scenario: str) -> Exchange: ...


class Postbox(Protocol):
    """What the schedule needs of the callback receiver."""

    def answer(self, token: str, statuses: Sequence[int]) -> None: ...

    def received(self, token: str, job_id: str) -> tuple[Exchange, ...]: ...

    def subscribe(self, listener: Callable[[Exchange], None]) -> None: ...


Watch = Callable[[Exchange], None]


@dataclass(eq=False)
class Track:
    """One scenario under way: its generator, and what it has exchanged so far."""

    scenario: Scenario
    steps: Steps
    exchanges: list[Exchange] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    awaits: list[int] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    retries: int = 0
    waiting: AwaitCallbacks | None = None
    ended: bool = False


@dataclass(order=True)
class _Timer:
    when: float
    order: int
    track: Track = field(compare=False)
    what: Wait | AwaitCallbacks | Call = field(compare=False)


class Schedule:
    """Runs scenarios against a live target. Use once for each phase.

    ``watch`` is called with each exchange, ``ended`` with each track that has come to its end.
    Once ``stopped`` is true nothing more is sent; what is under way has ``GRACE`` seconds to be
    answered, so that no job is created unseen, and is then ended by ``cut``.
    """

    def __init__(
        self,
        driver: Sender,
        postbox: Postbox | None,
        workers: int,
        *,
        watch: Watch = lambda _: None,
        ended: Callable[[Track], None] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
        cut: Callable[[], None] = lambda: None,
    ) -> None:
        self._driver = driver
        self._postbox = postbox
        self._workers = workers
        self._watch = watch
        self._ended = ended
        self._stopped = stopped
        self._cut = cut
        self._events: queue.SimpleQueue[tuple[Track, Call, Exchange] | Exception | None]
        self._events = queue.SimpleQueue()
        self._timers: list[_Timer] = []
        self._ready: deque[tuple[Track, Call]] = deque()
        self._order = itertools.count()
        self._in_flight = 0
        self._retries = 0
        if postbox is not None:
            postbox.subscribe(lambda _: self._events.put(None))

    def run(self, scenarios: Iterable[Scenario], env: Env) -> list[Track]:
        """Run every scenario to its end; the tracks come back in the order of the scenarios."""
        tracks = [Track(each, each.run(env)) for each in scenarios]
        self.drive(tracks)
        return tracks

    def drive(self, tracks: Sequence[Track]) -> None:
        """Run these to their end; whoever made them can look at them meanwhile."""
        fresh = deque(tracks)
        with ThreadPoolExecutor(self._workers, thread_name_prefix="picjobs-send") as pool:
            try:
                while fresh or self._ready or self._timers or self._in_flight:
                    if self._stopped():
                        break
                    self._dispatch(pool, fresh)
                    self._take_event()
                    self._fire_timers()
            finally:
                self._drain()

    def _drain(self) -> None:
        """Take in what is still under way, without another step."""
        until = time.monotonic() + GRACE
        cut = False
        while self._in_flight:
            left = until - time.monotonic()
            if left <= 0 and not cut:
                cut = True
                self._cut()
            try:
                event = self._events.get(timeout=max(0.01, left))
            except queue.Empty:
                continue
            if event is None:
                continue
            self._in_flight -= 1
            if not isinstance(event, Exception):
                self._keep(*event)

    def _dispatch(self, pool: ThreadPoolExecutor, fresh: deque[Track]) -> None:
        """Fill free workers: scenarios under way go first, so that no job is left unwatched."""
        while self._in_flight < self._workers:
            if self._ready:
                track, call = self._ready.popleft()
                self._in_flight += 1
                pool.submit(self._send, track, call)
            elif fresh:
                self._advance(fresh.popleft(), None)
            else:
                return

    def _send(self, track: Track, call: Call) -> None:
        try:
            exchange = self._driver.send(call, scenario=track.scenario.name)
        except Exception as error:  # noqa: BLE001 - raised where somebody waits for the answer
            self._events.put(error)
        else:
            self._events.put((track, call, exchange))

    def _take_event(self) -> None:
        """Wait for the next answer, callback or timer, whichever is first."""
        if not self._in_flight and not self._timers:
            return
        timeout = 0.5
        if self._timers:
            timeout = min(timeout, max(0.0, self._timers[0].when - time.monotonic()))
        try:
            event = self._events.get(timeout=timeout) if timeout else self._events.get_nowait()
        except queue.Empty:
            return
        if event is None:
            self._callback_came()
            return
        self._in_flight -= 1
        if isinstance(event, Exception):  # a fault of the suite's own: no answer will come
            raise event
        self._arrived(*event)

    def _keep(self, track: Track, call: Call, exchange: Exchange) -> None:
        track.exchanges.append(exchange)
        track.calls.append(call)
        self._watch(exchange)

    def _arrived(self, track: Track, call: Call, exchange: Exchange) -> None:
        self._keep(track, call, exchange)
        if is_busy(exchange) and track.retries < len(BUSY_PAUSES) and self._retries < MOST_RETRIES:
            self._retries += 1
            pause = BUSY_PAUSES[track.retries]
            track.retries += 1
            self._later(pause, track, call)
            return
        track.retries = 0
        self._advance(track, exchange)

    def _later(self, pause: float, track: Track, what: Wait | AwaitCallbacks | Call) -> None:
        timer = _Timer(time.monotonic() + pause, next(self._order), track, what)
        heapq.heappush(self._timers, timer)

    def _advance(self, track: Track, reply: Reply) -> None:
        """Step a generator until it has to wait for something."""
        while True:
            try:
                action = track.steps.send(reply)
            except StopIteration:
                track.ended = True
                self._ended(track)
                return
            if isinstance(action, Call):
                self._ready.append((track, action))
                return
            if isinstance(action, Wait):
                self._later(action.seconds, track, action)
                return
            if isinstance(action, AnswerCallbacks):
                track.tokens.add(action.token)
                if self._postbox is not None:
                    self._postbox.answer(action.token, action.statuses)
                reply = None
                continue
            track.tokens.add(action.token)
            came = self._came(action)
            if len(came) < action.count:
                track.waiting = action
                self._later(action.timeout, track, action)
                return
            reply = self._awaited(track, came)

    def _came(self, action: AwaitCallbacks) -> tuple[Exchange, ...]:
        if self._postbox is None:
            return ()
        return self._postbox.received(action.token, action.job_id)

    def _awaited(self, track: Track, came: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
        track.awaits.append(len(came))
        return came

    def _callback_came(self) -> None:
        """Wake whoever has now got what it waited for."""
        for timer in list(self._timers):
            action = timer.what
            if isinstance(action, AwaitCallbacks) and timer.track.waiting is action:
                came = self._came(action)
                if len(came) >= action.count:
                    timer.track.waiting = None
                    self._timers.remove(timer)  # nobody waits for it, and the run shall not either
                    heapq.heapify(self._timers)
                    self._advance(timer.track, self._awaited(timer.track, came))

    def _fire_timers(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0].when <= now:
            timer = heapq.heappop(self._timers)
            if isinstance(timer.what, Call):
                self._ready.append((timer.track, timer.what))
            elif isinstance(timer.what, Wait):
                self._advance(timer.track, None)
            elif timer.track.waiting is timer.what:
                timer.track.waiting = None
                came = self._came(timer.what)
                self._advance(timer.track, self._awaited(timer.track, came))


def is_busy(exchange: Exchange) -> bool:
    """Whether the answer only says "later" to a request that was to be decided."""
    response, expect = exchange.response, exchange.expect
    if response is None or exchange.failure is not None or response.status not in BUSY:
        return False
    return expect is None or expect.wanted is not Wanted.EITHER


class _CutShort(Exception):
    """The live run was ended here."""


class Replay:
    """Runs scenarios on a recording: no threads, no waiting, callbacks as they were then.

    ``is_whole`` says of a scenario's name whether the live run took it to its end; another goes as
    far as it went then.
    """

    def __init__(
        self,
        driver: Sender,
        callbacks: Callable[[str, str], tuple[Exchange, ...]],
        awaits: dict[str, Sequence[int]],
        is_whole: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._driver = driver
        self._callbacks = callbacks
        self._awaits = awaits
        self._is_whole = is_whole

    def run(self, scenarios: Iterable[Scenario], env: Env) -> list[Track]:
        return [self.one(each, env) for each in scenarios]

    def one(self, scenario: Scenario, env: Env) -> Track:
        """Run one scenario as far as it went."""
        track = Track(scenario, scenario.run(env))
        reply: Reply = None
        try:
            while True:
                reply = self._reply(track, track.steps.send(reply))
        except StopIteration:
            track.ended = True
        except _CutShort:
            track.steps.close()
        return track

    def _reply(self, track: Track, action: object) -> Reply:
        if isinstance(action, Call):
            return self._call(track, action)
        if isinstance(action, AnswerCallbacks):
            track.tokens.add(action.token)
            return None
        if isinstance(action, AwaitCallbacks):
            track.tokens.add(action.token)
            return self._await(track, action)
        return None

    def _await(self, track: Track, action: AwaitCallbacks) -> tuple[Exchange, ...]:
        came = self._callbacks(action.token, action.job_id)
        counts = self._awaits.get(track.scenario.name, ())
        if len(track.awaits) < len(counts):
            taken = counts[len(track.awaits)]
        elif self._is_whole(track.scenario.name):
            taken = len(came)
        else:
            raise _CutShort
        track.awaits.append(taken)
        return came[:taken]

    def _call(self, track: Track, call: Call) -> Exchange:
        for attempt in range(len(BUSY_PAUSES) + 1):
            exchange = self._driver.send(call, scenario=track.scenario.name)
            if attempt and exchange.failure is not None:
                return track.exchanges[-1]  # the live run gave up here: its retries were used up
            if is_missing(exchange) and not self._is_whole(track.scenario.name):
                raise _CutShort
            track.exchanges.append(exchange)
            track.calls.append(call)
            if not is_busy(exchange):
                break
        return exchange


def is_missing(exchange: Exchange) -> bool:
    """Whether the recording that is replayed does not hold this exchange."""
    return exchange.failure is not None and exchange.failure.kind is FailureKind.MISSING


def in_order(tracks: Sequence[Track], callbacks: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Every exchange in canonical order and numbered: scenario by scenario, callbacks after.

    A callback belongs to the scenario that waits at its address; one that nobody waits for goes
    to a scenario of its own.
    """
    owner = {token: track.scenario.name for track in tracks for token in track.tokens}
    owned: dict[str, list[Exchange]] = {}
    for callback in sorted(callbacks, key=lambda each: each.started):
        token = callback.request.raw_path.rpartition("/")[2]
        owned.setdefault(owner.get(token, ELSEWHERE), []).append(callback)
    ordered: list[Exchange] = []
    for track in tracks:
        name = track.scenario.name
        ordered += track.exchanges
        ordered += [replace(each, scenario=name) for each in owned.pop(name, ())]
    for name, rest in sorted(owned.items()):
        ordered += [replace(each, scenario=name) for each in rest]
    return tuple(replace(each, n=n) for n, each in enumerate(ordered, 1))


def calls_by_number(tracks: Sequence[Track], exchanges: Sequence[Exchange]) -> dict[int, Call]:
    """What the scenario asked for, by the number of the exchange that it became."""
    names = {track.scenario.name: iter(track.calls) for track in tracks}
    return {
        each.n: next(names[each.scenario])
        for each in exchanges
        if each.direction is Direction.REQUEST
    }
