"""The schedule: order, waiting, busy targets, callbacks; and the replay of the same."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from conformance.engine import schedule as module
from conformance.engine.schedule import Replay, Schedule, calls_by_number, in_order
from conformance.scenarios.base import AnswerCallbacks, AwaitCallbacks, Call, Env, Scenario, Wait
from conformance.spec.target import Target
from conformance.spec.wire import (
    Direction,
    Exchange,
    Expect,
    Failure,
    FailureKind,
    Request,
    Response,
    Wanted,
)

TARGET = Target("examplebucket-1250000000", "ap-chongqing", "p1")
ENV = Env(TARGET)
GOOD = Expect(Wanted.ACCEPT, ("REQ-30",))


def call(step: str) -> Call:
    return Call(step, Request("GET", f"/{step}"), GOOD)


def scenario(name, run):
    return Scenario(name, (), run)


class Driver:
    """Answers 200 after ``delay``, or what ``answers`` has for the step, in turn."""

    def __init__(self, delay=0.0, answers=None):
        self.delay = delay
        self.answers = {step: list(statuses) for step, statuses in (answers or {}).items()}
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def send(self, asked, *, scenario):
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            statuses = self.answers.get(asked.step)
            status = (statuses.pop(0) if len(statuses) > 1 else statuses[0]) if statuses else 200
        started = time.time()
        threading.Event().wait(self.delay)
        with self._lock:
            self._now -= 1
        return Exchange(
            asked.request,
            Response(status),
            scenario=scenario,
            step=asked.step,
            started=started,
            elapsed=time.time() - started,
            expect=asked.expect,
        )


class Postbox:
    def __init__(self):
        self.came = {}
        self.statuses = {}
        self.listeners = []

    def answer(self, token, statuses):
        self.statuses[token] = tuple(statuses)

    def received(self, token, job_id):
        return tuple(self.came.get(token, ()))

    def subscribe(self, listener):
        self.listeners.append(listener)

    def deliver(self, token):
        made = Exchange(
            Request("POST", f"/callback/{token}"), Response(200), direction=Direction.CALLBACK
        )
        self.came.setdefault(token, []).append(made)
        for listener in self.listeners:
            listener(made)


def test_a_scenario_is_sent_back_what_its_calls_became():
    seen = []

    def run(env):
        seen.append((yield call("one")))
        assert (yield Wait(0.01)) is None
        seen.append((yield call("two")))

    tracks = Schedule(Driver(), None, 2).run([scenario("s", run)], ENV)
    assert [each.step for each in seen] == ["one", "two"]
    assert tracks[0].exchanges == seen


def test_waiting_overlaps_and_workers_bound_what_is_under_way():
    def run(env):
        yield Wait(0.2)
        yield call("late")

    driver = Driver(delay=0.02)
    begun = time.monotonic()
    Schedule(driver, None, 4).run([scenario(str(n), run) for n in range(20)], ENV)
    assert time.monotonic() - begun < 2.0  # one after another would take four seconds and more
    assert 1 < driver.most <= 4


def test_order_does_not_depend_on_who_was_quicker():
    def run(env):
        yield call("a")
        yield call("b")

    tracks = Schedule(Driver(delay=0.001), None, 8).run(
        [scenario(f"s{n}", run) for n in range(10)], ENV
    )
    exchanges = in_order(tracks, ())
    assert [each.n for each in exchanges] == list(range(1, 21))
    assert [each.scenario for each in exchanges] == [f"s{n}" for n in range(10) for _ in "ab"]
    calls = calls_by_number(tracks, exchanges)
    assert all(calls[each.n].step == each.step for each in exchanges)


def test_a_busy_target_is_asked_again_and_not_for_ever(monkeypatch):
    monkeypatch.setattr(module, "BUSY_PAUSES", (0.01, 0.01, 0.01))

    def run(env):
        yield call("one")

    [track] = Schedule(Driver(answers={"one": [503, 429, 200]}), None, 1).run(
        [scenario("s", run)], ENV
    )
    assert [each.response.status for each in track.exchanges] == [503, 429, 200]
    [track] = Schedule(Driver(answers={"one": [503]}), None, 1).run([scenario("s", run)], ENV)
    assert len(track.exchanges) == 4


def test_callbacks_wake_who_waits_for_them():
    postbox = Postbox()
    came = []

    def run(env):
        yield AnswerCallbacks("t", (503, 200))
        yield call("create")
        threading.Timer(0.05, postbox.deliver, ("t",)).start()
        came.append((yield AwaitCallbacks("t", "j", 1, 5.0)))
        came.append((yield AwaitCallbacks("t", "j", 2, 0.05)))

    begun = time.monotonic()
    [track] = Schedule(Driver(), postbox, 1).run([scenario("s", run)], ENV)
    assert time.monotonic() - begun < 3
    assert [len(each) for each in came] == [1, 1]
    assert track.awaits == [1, 1]
    assert postbox.statuses == {"t": (503, 200)}
    ordered = in_order([track], postbox.received("t", ""))
    assert [each.scenario for each in ordered] == ["s", "s"]


def test_stopping_ends_the_run():
    stop = threading.Event()

    def run(env):
        yield call("one")
        stop.set()
        yield call("two")
        yield call("three")

    [track] = Schedule(Driver(), None, 1, stopped=stop.is_set).run([scenario("s", run)], ENV)
    assert len(track.exchanges) <= 2


@pytest.mark.parametrize("taken", [0, 1])
def test_a_replay_takes_the_same_way(taken):
    callback = Exchange(Request("POST", "/callback/t"), Response(200), direction=Direction.CALLBACK)
    way = []

    def run(env):
        yield call("create")
        yield Wait(1000)
        came = yield AwaitCallbacks("t", "j", 1, 1000)
        way.append(len(came))

    begun = time.monotonic()
    replay = Replay(Driver(), lambda token, job: (callback,), {"s": [taken]})
    [track] = replay.run([scenario("s", run)], ENV)
    assert way == [taken]
    assert len(track.exchanges) == 1
    assert time.monotonic() - begun < 1


def test_a_replay_gives_up_a_busy_target_where_the_run_did():
    class Recorded(Driver):
        def send(self, asked, *, scenario):
            made = super().send(asked, scenario=scenario)
            if made.response.status == 0:
                lost = Failure(FailureKind.MISSING, "not recorded")
                return replace(made, response=None, failure=lost)
            return made

    def run(env):
        yield call("one")

    driver = Recorded(answers={"one": [503, 503, 0]})
    [track] = Replay(driver, lambda *_: (), {}).run([scenario("s", run)], ENV)
    assert [each.response.status for each in track.exchanges] == [503, 503]


def test_an_error_of_a_sender_ends_the_run_and_does_not_hang_it():
    class Broken(Driver):
        def send(self, asked, *, scenario):
            if asked.step == "bad":
                raise LookupError("the suite's own")
            return super().send(asked, scenario=scenario)

    def asks(step):
        def run(_env):
            yield call(step)

        return run

    scenarios = [scenario(step, asks(step)) for step in ("good", "bad", "other")]
    schedule = Schedule(Broken(), None, 2)
    with pytest.raises(LookupError, match="the suite's own"):
        schedule.run(scenarios, ENV)
