"""Judging is a pure function of what was exchanged.

On the replay of its recording a run has the same exchanges, the same verdicts and the same JSON
report to the byte, the report's own name and times aside: for conforming servers, for faulty ones
and for unusual ones.
"""

from __future__ import annotations

import json

import pytest

from conformance.checks.verdicts import Verdict
from conformance.commands.running import judge_run
from conformance.emulator import EmulatorSettings, compose
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.engine.judged import verdicts_of
from conformance.engine.session import Options, run
from tests.commands.support import BY_SPEED

#: A spread over all families: every so-many-th fault, the same ones on every machine.
SOME = sorted(all_faults())[:: max(1, len(all_faults()) // 24)][:24]

#: Every eighth of these is tried every day, the others with what takes longer.
FAULTS = [
    pytest.param(name, marks=pytest.mark.long if number % 8 else ())
    for number, name in enumerate(SOME)
]

#: What is hard to write down: framing, encodings, bytes beyond ASCII, connections that end.
STACKS = (
    ("chunked-with-trailer", "utf-16", "extra-headers", "callback-json-compact"),
    ("gzip-when-asked", "byte-order-mark", "job-ids-in-base64", "errors-in-chinese"),
    ("http-1.0-without-length", "declarations", "template-name-in-chinese", "callback-text-xml"),
    ("many-segments", "references", "next-token-needs-encoding", "failure-in-chinese"),
    ("every-fifth-closes", "cdata-by-halves", "region-redirects", "own-reason-phrases"),
    ("large-bodies-unread", "continue-first", "callback-tried-often", "content-type-415"),
)

#: What the stacks are tried on: bodies, keys, refusals, lists, callbacks, a large body.
TELLING = frozenset(
    {"REQ-20", "REQ-35", "REQ-37", "REQ-43", "REQ-46", "ERR-04", "QRY-14", "CBK-03", "CBK-09"}
)

#: Where a report was made and when.
OWN = ("target", "started", "duration_s")


def both(options, tmp_path):
    path = tmp_path / "run.json"
    live = run(Options(**{**options, "record": path}))
    return live, run(Options(replay=path)), path


def report(outcome):
    """The JSON report with every exchange, what is its own left out."""
    result = judge_run(outcome, strict=True, verbose=True)
    for name in OWN:
        del result[name]
    for clause in result["clauses"]:
        for finding in clause["findings"]:
            del finding["again"]  # names the target or the recording
    return json.dumps(result, indent=2, ensure_ascii=False)


def assert_equal(live, replayed):
    assert replayed.facts.exchanges == live.facts.exchanges
    assert replayed.outcomes == live.outcomes
    assert verdicts_of(replayed) == verdicts_of(live)
    assert report(replayed) == report(live)


@pytest.mark.slow
def test_the_plain_emulator(tmp_path):
    live, replayed, path = both({"examples": 20}, tmp_path)
    assert_equal(live, replayed)
    settled = [each for each in verdicts_of(live) if each.clause.id not in BY_SPEED]
    assert {each.verdict for each in settled} == {Verdict.PASS}
    settings = EmulatorSettings()
    text = path.read_text()
    for secret in (settings.secret_key, settings.tmp_secret_key, settings.tmp_token):
        assert secret not in text


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault(name, tmp_path):
    fault = all_faults()[name]
    options = {
        "examples": 5,
        "clauses": frozenset(fault.clauses),
        "behaviour": fault.behaviour,
        "emulator": EmulatorSettings(**fault.settings),
    }
    live, replayed, _ = both(options, tmp_path)
    assert_equal(live, replayed)


@pytest.mark.long
@pytest.mark.parametrize("names", STACKS, ids="+".join)
def test_variants(names, tmp_path):
    variants = [all_variants()[name] for name in names]
    options = {
        "examples": 5,
        "clauses": TELLING,
        "behaviour": compose(*(each.behaviour for each in variants)),
        "emulator": EmulatorSettings(**{k: v for e in variants for k, v in e.settings.items()}),
    }
    live, replayed, _ = both(options, tmp_path)
    assert_equal(live, replayed)
    assert not [each for each in verdicts_of(live, strict=True) if each.verdict is Verdict.FAIL]


def test_a_replay_that_lacks_an_exchange_is_inconclusive(tmp_path):
    _, _, path = both({"examples": 0, "clauses": frozenset({"REQ-04", "HTTP-10"})}, tmp_path)
    recorded = json.loads(path.read_text())
    recorded["interactions"] = [
        each for each in recorded["interactions"] if "REQ-04" not in each["picjobs"]["scenario"]
    ]
    path.write_text(json.dumps(recorded))
    replayed = run(Options(replay=path))
    assert not replayed.complete
    assert "not recorded" in replayed.stopped
    found = {each.clause.id: each for each in verdicts_of(replayed)}
    assert found["REQ-04"].verdict is Verdict.INCONCLUSIVE
    assert found["HTTP-10"].verdict is Verdict.PASS
    assert found["REQ-04"].reason
