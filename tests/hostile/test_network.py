"""Networks that break: nobody is accused, nothing is done twice, and the run says what happened."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from conformance.checks.base import Mark
from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.drivers.limits import Patience
from conformance.drivers.live import LiveDriver
from conformance.emulator import Emulator
from conformance.spec.reading import job_id_of
from conformance.spec.wire import Exchange, FailureKind
from tests.drivers.support.servers import RawServer, reset, unused_port
from tests.hostile.between import Between, Gone, Turn
from tests.hostile.support import (
    KEYRING,
    SETTINGS,
    TARGET,
    a_create,
    a_look,
    accused,
    run_at,
    verdicts,
)

#: Clauses whose scenarios create, follow, cancel and wait for callbacks.
SOME = ("STA-09", "STA-10", "QRY-20", "CBK-08", "CBK-09")


@contextmanager
def driver_at(url: str, timeout: float = 1.0) -> Iterator[LiveDriver]:
    driver = LiveDriver(url, TARGET, KEYRING, timeout=timeout, workers=2)
    try:
        yield driver
    finally:
        driver.close()


def broken(exchanges: list[Exchange]) -> list[str]:
    numbered = tuple(replace(each, n=n) for n, each in enumerate(exchanges, 1))
    return [
        f"{each.clause}: {each.message}"
        for each in judge(Facts(TARGET, numbered))
        if each.mark is Mark.BROKEN
    ]


class Cut:
    """Ends the answer after ``at`` bytes, by a reset or by an end of the connection."""

    def __init__(self, *, by_reset: bool) -> None:
        self.at = -1
        self.by_reset = by_reset
        self.length = 0

    def __call__(self, turn: Turn) -> None:
        answer = turn.ask()
        self.length = len(answer)
        if self.at < 0:
            turn.conn.sendall(answer)
            return
        turn.conn.sendall(answer[: self.at])
        if self.by_reset:
            reset(turn.conn)
        raise Gone


@pytest.mark.parametrize("by_reset", [True, False])
def test_an_answer_that_is_cut_at_any_point(
    by_reset: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Patience, "TO_ASK", (0.0, 0.0))
    cut = Cut(by_reset=by_reset)
    with (
        Emulator() as emulator,
        Between(emulator.address, cut) as between,
        driver_at(between.url) as driver,
    ):
        made = driver.send(a_create("cut"), scenario="life/success-00")
        job_id = job_id_of(made)
        assert job_id is not None
        found = [made]
        for at in range(0, cut.length, 7):
            cut.at = at
            found.append(driver.send(a_create(f"cut-{at}"), scenario=f"body/cut-{at}"))
        assert {each.failure is None for each in found[1:]} == {False}
        assert Counter(between.creates).most_common(1)[0][1] == 1  # no create is sent again
        for at in range(0, cut.length, 29):
            cut.at = at
            found.append(driver.send(a_look(job_id), scenario="life/success-00"))
            assert len(found[-1].earlier) == len(Patience.TO_ASK)
    assert broken(found) == []


def test_a_request_that_is_cut_at_any_point() -> None:
    """The target breaks off while it is being told: nobody knows what it took in."""

    def serve(conn: socket.socket, number: int) -> None:
        conn.recv(1 + number * 40)
        reset(conn)

    with RawServer(serve) as server, driver_at(server.url) as driver:
        found = [driver.send(a_create(f"c-{n}"), scenario=f"body/{n}") for n in range(40)]
        assert server.connections == 40
    assert {each.failure and each.failure.kind for each in found} == {FailureKind.RESET}
    assert broken(found) == []


def test_a_kept_connection_that_has_ended_meanwhile() -> None:
    """A target may end an idle connection whenever it likes: no create is lost by that."""

    def conduct(turn: Turn) -> None:
        turn.pass_on()
        raise Gone

    with (
        Emulator() as emulator,
        Between(emulator.address, conduct) as between,
        driver_at(between.url) as driver,
    ):
        for number in range(10):
            made = driver.send(a_create(f"kept-{number}"), scenario="s")
            assert made.failure is None
            time.sleep(0.01)  # the end of the connection is on its way


def test_what_only_asks_is_asked_again() -> None:
    def conduct(turn: Turn) -> None:
        if turn.method == "GET" and turn.number % 4:
            reset(turn.conn)
            raise Gone
        turn.pass_on()

    with (
        Emulator() as emulator,
        Between(emulator.address, conduct) as between,
        driver_at(between.url) as driver,
    ):
        job_id = job_id_of(driver.send(a_create("again"), scenario="s"))
        look = driver.send(a_look(job_id or ""), scenario="s")
        assert between.turns == 5  # the first found a kept connection ended, and went on at once
        assert driver.requests_sent == 4
    assert look.failure is None
    assert [each.kind for each in look.earlier] == [FailureKind.RESET] * 2


def lossy(share: float, seed: int) -> Callable[[Turn], None]:
    """Loses this share of all exchanges, each in one of five ways."""
    chance = random.Random(seed)
    lock = threading.Lock()

    def conduct(turn: Turn) -> None:
        with lock:
            lost, how, part = chance.random() < share, chance.randrange(5), chance.random()
        if not lost:
            turn.pass_on()
            return
        if how == 0:  # the request is lost
            reset(turn.conn)
            raise Gone
        answer = turn.ask()
        turn.conn.sendall(answer[: int(part * len(answer))] if how > 1 else b"")
        if how == 2:  # the answer breaks off
            reset(turn.conn)
        elif how == 4:  # half-open: nothing more comes, and nobody says so
            turn.conn.settimeout(2)
            turn.conn.recv(1)
        raise Gone

    return conduct


def lost_greeting(share: float, seed: int) -> Callable[[socket.socket, int], None]:
    chance = random.Random(seed)

    def greet(conn: socket.socket, _number: int) -> None:
        if chance.random() < share:
            reset(conn)
            raise Gone

    return greet


def assert_nobody_is_accused(between: Between, *clauses: str, seed: int = 0) -> None:
    outcome = run_at(between.url, *clauses, seed=seed, examples=20 if not clauses else 2)
    assert accused(outcome) == {}
    asked = Counter(each.request.body for each in outcome.facts.sent)
    assert not Counter(between.creates) - asked, "a create that may have arrived was sent again"
    for verdict in verdicts(outcome).values():
        assert verdict.verdict.value != "inconclusive" or verdict.reason


@pytest.mark.long
def test_a_fifth_of_all_exchanges_is_lost() -> None:
    with (
        Emulator() as emulator,
        Between(emulator.address, lossy(0.2, 1), lost_greeting(0.2, 1)) as between,
    ):
        assert_nobody_is_accused(between, *SOME)
        assert emulator.problems == type(emulator.problems)()


@pytest.mark.long
@pytest.mark.parametrize(("share", "seed"), [(0.05, 1), (0.2, 2), (0.2, 3), (0.5, 4)])
def test_a_share_of_all_exchanges_is_lost_in_a_whole_run(share: float, seed: int) -> None:
    with (
        Emulator() as emulator,
        Between(emulator.address, lossy(share, seed), lost_greeting(share, seed)) as between,
    ):
        assert_nobody_is_accused(between, seed=seed)


@pytest.mark.long
def test_delay() -> None:
    def conduct(turn: Turn) -> None:
        time.sleep(0.15)
        turn.pass_on()
        time.sleep(0.15)

    with Emulator() as emulator, Between(emulator.address, conduct) as between:
        assert_nobody_is_accused(between)


def test_a_name_that_does_not_resolve() -> None:
    with driver_at("http://no-such-host.invalid:80") as driver:
        lost = driver.send(a_create("x"), scenario="s")
    assert lost.failure is not None
    assert lost.failure.kind is FailureKind.CONNECT
    assert "the name does not resolve" in lost.failure.message


@pytest.mark.long
def test_the_target_is_away_for_a_while_in_the_midst() -> None:
    """It comes back within seconds: what had not been sent is sent then, and all is judged."""
    away = threading.Event()

    def greet(conn: socket.socket, number: int) -> None:
        if number == 30:
            away.set()
            threading.Timer(0.6, away.clear).start()
        if away.is_set():
            reset(conn)
            raise Gone

    def conduct(turn: Turn) -> None:
        turn.pass_on()
        raise Gone

    with Emulator() as emulator, Between(emulator.address, conduct, greet) as between:
        outcome = run_at(between.url, "RSP-10", "STA-09", "QRY-01")
    assert accused(outcome) == {}
    assert len(outcome.facts.creations) > 20


@pytest.mark.long
def test_a_target_that_restarts_and_has_forgotten_its_jobs() -> None:
    clauses = ("STA-09", "QRY-01", "QRY-14", "CBK-01", "CBK-08")
    settings = replace(SETTINGS, port=unused_port(), start_delay=0.3, run_time=0.5)
    emulators = [Emulator(settings)]
    emulators[0].start()

    def restart() -> None:
        emulators[0].stop()
        time.sleep(0.3)
        emulators.append(Emulator(settings))
        emulators[1].start()

    restarting = threading.Timer(0.7, restart)
    restarting.start()
    try:
        outcome = run_at(f"http://127.0.0.1:{settings.port}", *clauses)
        restarting.join()
    finally:
        for each in emulators:
            each.stop()
    assert accused(outcome) == {}
    said = {name: each.reason for name, each in verdicts(outcome).items() if each.reason}
    assert any("restarted" in (said.get(name) or "") for name in clauses)
