"""Deviations are one small override each: six faults and four variants show how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.emulator import Behaviour, compose, hook, hook_names
from conformance.emulator.store import Queue, StoredJob
from conformance.emulator.values import Answer, Delivery, Incoming, Refusal, Segment
from conformance.spec.states import State
from conformance.spec.wire import Headers
from conformance.spec.xml import Node

from .driving import START, Desk, Sign, a_job, document

BODY = document(a_job())


# ---- faults ----


@hook("signed_path")
def forgets_the_path(behaviour: Behaviour, inner: Any, incoming: Incoming) -> str:
    """The signature is checked for /pic_jobs, whatever was asked for."""
    return "/pic_jobs"


@hook("check_key_time")
def ignores_key_time(behaviour: Behaviour, inner: Any, *args: Any) -> None:
    """The key's window may have ended."""


@hook("new_job_id")
def repeats_an_id_every_tenth_time(behaviour: Behaviour, inner: Any) -> str:
    return "c0" if behaviour.every(10, "job id") else str(inner())


class TrimsUserData(Behaviour):
    def user_data_of(self, job: StoredJob) -> str | None:
        return (super().user_data_of(job) or "").strip()


class LeavesARefusedJob(Behaviour):
    """A body that breaks a rule is refused, and the job is there all the same."""

    def check_job_level(self, root: Node) -> None:
        try:
            super().check_job_level(root)
        except Refusal:
            self._broken = True

    def create(self, incoming: Incoming) -> Node | None:
        self._broken = False
        document = super().create(incoming)
        if self._broken:
            raise Refusal(400, "InvalidArgument", "JobLevel")
        return document


@hook("notices")
def announces_too_early(behaviour: Behaviour, inner: Any, job: StoredJob, state: State) -> Any:
    return inner(job, State.SUCCESS) if state is State.RUNNING else ()


def test_a_check_forgotten() -> None:
    signed_elsewhere = Sign(path="/pic_jobs")
    target = "/pic_jobs/c0"
    assert Desk().call("GET", target, how=signed_elsewhere).status == 403
    assert Desk(forgets_the_path).call("GET", target, how=signed_elsewhere).status == 200


def test_a_window_forgotten() -> None:
    how = Sign(window=(-600, -1), sign_window=(-60, 60))
    assert Desk().call("POST", "/pic_jobs", BODY, how=how).status == 401
    assert Desk(ignores_key_time).call("POST", "/pic_jobs", BODY, how=how).status == 200


def test_an_identifier_repeated() -> None:
    desk = Desk(repeats_an_id_every_tenth_time)
    ids = [desk.created() for _ in range(30)]
    assert ids.count("c0") == 3


def test_an_echo_changed() -> None:
    said = Desk(TrimsUserData).create(a_job(user_data=" x "))
    assert said.value("JobsDetail/Operation/UserData") == "x"


def test_a_refused_request_that_leaves_a_job() -> None:
    desk = Desk(LeavesARefusedJob)
    assert desk.create(a_job(job_level="7")).status == 400
    assert len(desk.behaviour.store) == 1


def test_a_callback_before_its_time() -> None:
    desk = Desk(announces_too_early)
    desk.created(call_back="http://127.0.0.1:9/")
    desk.later(0.11)
    desk.behaviour.advance(desk.clock.now)
    assert [notice.job.state for notice in desk.behaviour.store.outbox] == [State.RUNNING]


# ---- variants ----


@hook("initial_state")
def runs_at_once(behaviour: Behaviour, inner: Any, job: StoredJob, queue: Queue) -> State:
    return State.RUNNING


class LowerCaseHeaders(Behaviour):
    def finish_answer(self, incoming: Incoming, answer: Answer) -> Answer:
        made = super().finish_answer(incoming, answer)
        return replace(made, headers=Headers.of((k.lower(), v) for k, v in made.headers))


class Chunked(Behaviour):
    def common_headers(self, incoming: Incoming, answer: Answer) -> tuple[tuple[str, str], ...]:
        pairs = super().common_headers(incoming, answer)
        kept = tuple(pair for pair in pairs if pair[0] != "Content-Length")
        return (*kept, ("Transfer-Encoding", "chunked"))

    def body_bytes(self, incoming: Incoming, answer: Answer) -> bytes:
        body = super().body_bytes(incoming, answer)
        pieces = [body[at : at + 7] for at in range(0, len(body), 7)]
        return b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"


class InManySegments(Behaviour):
    def deliver(self, incoming: Incoming, answer: Answer) -> Delivery:
        whole = super().deliver(incoming, answer)
        data = b"".join(segment.data for segment in whole.segments)
        pieces = tuple(Segment(data[at : at + 100]) for at in range(0, len(data), 100))
        return replace(whole, segments=pieces)


def test_create_may_answer_with_running() -> None:
    job = Desk(runs_at_once).create().jobs[0]
    assert job.value("State") == "Running"
    assert job.value("StartTime") == job.value("CreationTime")


def test_create_may_answer_with_success_and_announces_once() -> None:
    @hook("initial_state")
    def done_at_once(behaviour: Behaviour, inner: Any, *args: Any) -> State:
        return State.SUCCESS

    desk = Desk(done_at_once)
    assert desk.state(desk.created(call_back="http://127.0.0.1:9/")) == "Success"
    desk.later(10)
    desk.behaviour.advance(desk.clock.now)
    assert len(desk.behaviour.store.outbox) == 1


def test_header_names_may_be_lower_case() -> None:
    headers = Desk(LowerCaseHeaders).create().answer.headers
    assert [name for name, _ in headers][:2] == ["content-type", "content-length"]


def delivered(kind: type[Behaviour]) -> Delivery:
    desk = Desk(kind)
    said = desk.create()
    return desk.behaviour.deliver(said.incoming, said.answer)


def test_deviations_stack() -> None:
    both = delivered(compose(InManySegments, Chunked, LowerCaseHeaders))
    data = b"".join(segment.data for segment in both.segments)
    assert len(both.segments) > 5
    assert b"transfer-encoding: chunked\r\n" in data
    assert data.endswith(b"\r\n0\r\n\r\n")
    assert both.segments[0].data == data[:100]


# ---- the means ----


def test_composing_nothing_is_the_plain_behaviour() -> None:
    assert compose() is Behaviour
    assert compose(Behaviour, TrimsUserData, TrimsUserData) is TrimsUserData


def test_two_functions_on_one_hook_both_speak() -> None:
    @hook("user_data_of")
    def adds_a(behaviour: Behaviour, inner: Any, job: StoredJob) -> str:
        return f"{inner(job)}a"

    @hook("user_data_of")
    def adds_b(behaviour: Behaviour, inner: Any, job: StoredJob) -> str:
        return f"{inner(job)}b"

    said = Desk(compose(adds_a, adds_b)).create(a_job(user_data="-"))
    assert said.value("JobsDetail/Operation/UserData") == "-ba"


def test_a_hook_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"Misspelt\.chek_tag: the emulator has no such hook"):

        class Misspelt(Behaviour):
            def chek_tag(self, root: Node) -> None:
                """Never called."""

    with pytest.raises(TypeError, match="no such hook"):
        hook("chek_tag")(lambda *_: None)


def test_there_are_hooks_for_everything() -> None:
    assert len(hook_names()) > 120
    assert {"check_token", "render_job", "deliver", "page", "may_cancel"} <= hook_names()


def test_one_behaviour_does_not_disturb_another() -> None:
    first, second = Desk(), Desk(TrimsUserData)
    first.created()
    assert len(second.behaviour.store) == 0
    assert first.behaviour.now() == START
