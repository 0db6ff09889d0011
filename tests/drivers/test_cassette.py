"""Each call gets the answer that was recorded for it, and for nothing else."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from conformance.drivers.cassette import CassetteDriver
from conformance.drivers.recording import Recording
from conformance.drivers.redaction import Redactor
from conformance.generate.signing import Signing, seal
from conformance.generate.tamper import TAMPERS
from conformance.scenarios.base import Call
from conformance.spec.wire import (
    Direction,
    Exchange,
    Expect,
    Failure,
    FailureKind,
    Headers,
    Request,
    Wanted,
)

from .support.values import CREATE, KEYRING, PROVENANCE, TARGET, call, exchange, get


def player(*exchanges: Exchange) -> CassetteDriver:
    return CassetteDriver(Recording("run.json", exchanges, PROVENANCE))


def recorded(made: Call, body: bytes, **fields: object) -> Exchange:
    """What a live driver would have recorded for a call."""
    request = seal(made.request, made.signing, KEYRING, 1_700_000_000.0)
    whole = exchange(request, body, step=made.step, scenario="s")
    return Redactor(KEYRING).exchange(replace(whole, **fields))


def answer(made: Exchange) -> bytes:
    assert made.response is not None, made.failure
    return made.response.body


def test_the_answer_is_the_recorded_one_for_this_call() -> None:
    expect = Expect(Wanted.ACCEPT, ("RSP-01",))
    asked = replace(call(step="mine"), expect=expect)
    made = player(recorded(asked, b"<R/>", started=5.0, elapsed=0.5)).send(asked, scenario="s")
    assert answer(made) == b"<R/>"
    assert (made.scenario, made.step, made.expect) == ("s", "mine", expect)
    assert (made.started, made.elapsed) == (5.0, 0.5)
    assert "[redacted:signature]" in (made.request.headers.get("Authorization") or "")


@pytest.mark.parametrize(
    "other",
    [
        replace(CREATE, method="PUT"),
        replace(CREATE, target="/pic_jobs/"),
        replace(CREATE, target="/pic_jobs?a=b"),
        replace(CREATE, body=b"<Request>x</Request>"),
        CREATE.with_headers(CREATE.headers.set("Host", "other.ci.ap-x.myqcloud.com")),
    ],
)
def test_another_request_has_no_answer(other: Request) -> None:
    made = player(recorded(call(), b"<R/>")).send(call(other), scenario="s")
    assert made.failure is not None
    assert made.failure.kind is FailureKind.MISSING
    assert "run.json holds no (further) exchange for" in made.failure.message
    assert made.response is None


@pytest.mark.parametrize(
    "same",
    [
        CREATE.with_headers(CREATE.headers.set("Date", "Wed, 29 May 2019 04:10:12 GMT")),
        CREATE.with_headers(CREATE.headers.set("host", TARGET.host.upper())),
        CREATE.with_headers(CREATE.headers.without("Host")),
        replace(CREATE, target="/pic_jobs?q-ak=x&X-CI-Security-Token=y"),
    ],
)
def test_what_does_not_count(same: Request) -> None:
    driver = player(recorded(call(), b"<R/>"))
    assert answer(driver.send(call(same), scenario="s")) == b"<R/>"


def test_a_body_that_says_the_same_in_other_bytes() -> None:
    compact = replace(CREATE, body=b"<Request><A>x &amp; y</A><B/></Request>")
    spaced = (
        b"<?xml version='1.0'?>\n<Request>\n <!-- n --><A><![CDATA[x & y]]></A>\n <B></B></Request>"
    )
    driver = player(recorded(call(compact), b"<R/>"))
    other = driver.send(
        call(replace(CREATE, body=b"<Request><A>x &amp; y </A><B/></Request>")), scenario="s"
    )
    assert other.failure is not None
    assert answer(driver.send(call(replace(CREATE, body=spaced)), scenario="s")) == b"<R/>"


def test_parameters_match_in_any_order_but_not_with_other_values() -> None:
    driver = player(recorded(get("/pic_jobs?a=1&b=%2F"), b"1"))
    missing = driver.send(get("/pic_jobs?a=1&b=2"), scenario="s")
    assert missing.failure is not None
    assert answer(driver.send(get("/pic_jobs?b=/&a=1"), scenario="s")) == b"1"


def test_repeated_requests_are_answered_in_recorded_order() -> None:
    polls = [recorded(get(), b"%d" % n, scenario="life") for n in range(3)]
    driver = player(*polls)
    assert [answer(driver.send(get(), scenario="life")) for _ in range(3)] == [b"0", b"1", b"2"]
    assert driver.send(get(), scenario="life").failure is not None


def test_an_exchange_answers_its_own_scenario_and_step_only() -> None:
    """What a cut run's clean-up asked for is not what its scenario would have asked for next."""
    driver = player(
        recorded(get(), b"other", scenario="other"),
        recorded(get(), b"mine-1", scenario="mine", step="first"),
        recorded(get(), b"mine-2", scenario="mine"),
    )
    assert answer(driver.send(get(), scenario="mine")) == b"mine-2"
    assert driver.send(get(), scenario="mine").failure is not None
    assert answer(driver.send(get(), scenario="other")) == b"other"


def test_an_exchange_of_nobody_answers_whoever_comes_first() -> None:
    driver = player(recorded(get(), b"foreign", scenario="", step=""))
    assert answer(driver.send(get(), scenario="mine")) == b"foreign"
    assert driver.send(get(), scenario="other").failure is not None


def test_the_same_bytes_come_before_the_same_meaning() -> None:
    spaced = replace(CREATE, body=b"<Request>\n</Request>")
    other = replace(CREATE, body=b"<Request></Request>")
    driver = player(recorded(call(spaced), b"spaced"), recorded(call(other), b"other"))
    assert answer(driver.send(call(other), scenario="s")) == b"other"
    assert answer(driver.send(call(spaced), scenario="s")) == b"spaced"


def test_a_failure_is_replayed_as_one() -> None:
    failure = Failure(FailureKind.TIMEOUT, "no answer")
    driver = player(replace(recorded(call(), b""), response=None, failure=failure))
    assert driver.send(call(), scenario="s").failure == failure


@pytest.mark.parametrize("name", sorted(TAMPERS))
def test_every_spoilt_signature_finds_its_answer(name: str) -> None:
    for at in ("host", "a", "0", ""):
        request = Request(
            "GET",
            "/pic_jobs?a=1&tag=PicProcess",
            Headers((("Host", TARGET.host), ("Content-Type", "application/xml"))),
        )
        asked = Call("x", request, signing=Signing(tamper=name, at=at))
        try:
            whole = recorded(asked, b"refused")
        except (ValueError, LookupError):
            continue  # this way of spoiling has no such place
        assert answer(player(whole).send(asked, scenario="s")) == b"refused"


def test_callbacks_by_token_and_by_job() -> None:
    def callback(path: str, body: bytes) -> Exchange:
        request = Request("POST", path, Headers((("Host", "127.0.0.1:1"),)), body)
        return Exchange(request, None, direction=Direction.CALLBACK)

    by_path = callback("/callback/t1", b"garbage")
    by_xml = callback("/elsewhere", b"<Response><JobId> j1 </JobId></Response")
    by_json = callback("/callback/t2?x", b'{"JobsDetail": [{"JobId": "j1"}]}')
    driver = player(by_path, by_xml, by_json)
    assert driver.callbacks("t1", "") == (by_path,)
    assert driver.callbacks("t1", "j1") == (by_path, by_xml, by_json)
    assert driver.callbacks("t2", "none") == (by_json,)
    assert driver.callbacks("", "") == ()


def test_threads_share_it() -> None:
    driver = player(*(recorded(get(), b"%d" % n) for n in range(200)))
    got: list[bytes] = []

    def take() -> None:
        got.extend(answer(driver.send(get(), scenario="s")) for _ in range(50))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(map(int, got)) == list(range(200))


def test_a_foreign_cassette_needs_no_provenance() -> None:
    driver = CassetteDriver(Recording("x.yaml", (recorded(call(), b"<R/>"),)))
    assert answer(driver.send(call(), scenario="s")) == b"<R/>"
    driver.interrupt()
    driver.close()
