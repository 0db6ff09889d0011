"""Verdicts live and on the replay of the recording are equal: for conforming servers and faulty."""

from __future__ import annotations

import json

import pytest

from conformance.checks.verdicts import Verdict, fold
from conformance.emulator import EmulatorSettings
from conformance.emulator.faults import all_faults
from conformance.engine.plan import choose, every
from conformance.engine.reasons import not_run_reasons
from conformance.engine.session import Options, embedded_target, run

ROLES = ("S", "K")

#: A spread over all families: every so-many-th fault, the same ones on every machine.
SOME = sorted(all_faults())[:: max(1, len(all_faults()) // 20)][:20]


def verdicts(outcome):
    return fold(outcome.outcomes, ROLES, reasons=not_run_reasons(outcome.facts.target))


def both(options, tmp_path):
    path = tmp_path / "run.json"
    live = run(Options(**{**options, "record": path}))
    return live, run(Options(replay=path)), path


def assert_equal(live, replayed):
    assert replayed.facts.exchanges == live.facts.exchanges
    assert verdicts(replayed) == verdicts(live)


@pytest.mark.slow
def test_the_plain_emulator(tmp_path):
    live, replayed, path = both({"examples": 20}, tmp_path)
    assert_equal(live, replayed)
    assert {each.verdict for each in verdicts(live)} == {Verdict.PASS}
    settings = EmulatorSettings()
    text = path.read_text()
    for secret in (settings.secret_key, settings.tmp_secret_key, settings.tmp_token):
        assert secret not in text


@pytest.mark.slow
@pytest.mark.parametrize("name", SOME)
def test_a_fault(name, tmp_path):
    fault = all_faults()[name]
    options = {
        "examples": 10,
        "clauses": frozenset(fault.clauses),
        "behaviour": fault.behaviour,
        "emulator": EmulatorSettings(**fault.settings),
    }
    live, replayed, _ = both(options, tmp_path)
    assert_equal(live, replayed)


def test_a_replay_that_lacks_an_exchange_is_inconclusive(tmp_path):
    _, _, path = both({"examples": 0, "clauses": frozenset({"REQ-04", "HTTP-10"})}, tmp_path)
    recorded = json.loads(path.read_text())
    recorded["interactions"] = [
        each for each in recorded["interactions"] if "REQ-04" not in each["picjobs"]["scenario"]
    ]
    path.write_text(json.dumps(recorded))
    found = {each.clause.id: each for each in verdicts(run(Options(replay=path)))}
    assert found["REQ-04"].verdict is Verdict.INCONCLUSIVE
    assert found["HTTP-10"].verdict is Verdict.PASS
    assert found["REQ-04"].reason


def test_choosing_takes_what_a_clause_needs_and_no_more():
    target = embedded_target(EmulatorSettings(), Options(), "http://127.0.0.1:9")
    scenarios = every(target, 0, 5)
    assert len({each.name for each in scenarios}) == len(scenarios)
    some = choose(scenarios, {"SIG-40"})
    assert some
    assert all("SIG-40" in each.clauses for each in some)
    listing = {each.name for each in choose(scenarios, {"QRY-14"})}
    assert {"query/spread", "list/everything"} <= listing
