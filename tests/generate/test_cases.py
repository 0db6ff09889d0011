"""Cases: valid ones say what their models say; broken ones break what they say and nothing else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.generate.base import Case
from conformance.generate.cases import (
    edge_cases,
    invalid_cases,
    invalid_edge_cases,
    valid_cases,
)
from conformance.spec.clauses import CATALOGUE
from conformance.spec.messages import JobRequest
from conformance.spec.target import Target
from conformance.spec.wire import Wanted
from conformance.spec.xml import is_xml_text, read_xml
from tests.generate.support import BARE, TARGET, broken_clauses

TARGETS = pytest.mark.parametrize("target", [TARGET, BARE], ids=["full", "bare"])

#: Written differently from what the model says, on purpose.
NOT_AS_MODELLED = ("open/empty-",)


def breaks(case: Case) -> set[str]:
    return broken_clauses(case.body, dict(case.headers))


@TARGETS
def test_valid_edge_cases_say_what_their_models_say(target: Target):
    for case in edge_cases(target):
        if not case.name.startswith(NOT_AS_MODELLED):
            read = JobRequest.from_node(read_xml(case.body))
            assert read == case.model, case.name


@TARGETS
def test_valid_edge_cases_break_nothing(target: Target):
    for case in edge_cases(target):
        assert not breaks(case) or case.expect.wanted is Wanted.EITHER, case.name


@TARGETS
def test_invalid_edge_cases_break_what_they_say_and_nothing_else(target: Target):
    for case in invalid_edge_cases(target):
        expected = set(case.expect.clauses)
        if case.name == "REQ-44/recursive":  # ill-formed too, for a reader that looks so far
            assert breaks(case) <= {"REQ-01", "REQ-44"}
        else:
            assert breaks(case) == expected, case.name


@TARGETS
@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_generated_cases_are_what_they_claim(target: Target, seed: int):
    for case in valid_cases(target, seed, 300):
        assert case.expect.wanted is Wanted.ACCEPT
        assert JobRequest.from_node(read_xml(case.body)) == case.model, case.name
        assert not breaks(case), case.name
        assert len(case.expect.clauses) <= 1
        assert case.marker in (case.model.output.object or "")
    for case in invalid_cases(target, seed, 300):
        assert case.expect.wanted is Wanted.REFUSE
        assert breaks(case) == set(case.expect.clauses), (case.name, case.note)


@TARGETS
def test_names_and_bodies_are_unique(target: Target):
    cases = [
        *edge_cases(target),
        *invalid_edge_cases(target),
        *valid_cases(target, 0, 200),
        *invalid_cases(target, 0, 200),
    ]
    names = [case.name for case in cases]
    assert len(set(names)) == len(names)
    markers = [case.marker for case in cases if case.marker]
    assert len(set(markers)) == len(markers)
    assert not any(
        one != other and other.startswith(one) for one in markers[:150] for other in markers
    )


def test_the_marker_stands_wherever_there_is_room():
    without = {case.name for case in _every() if case.marker.encode() not in _flat(case)}
    # No room: nothing to write in, or the text itself is the point of the case.
    assert without == {
        *("REQ-01/no-root", "REQ-01/white-space-only", "REQ-01/json", "REQ-01/form"),
        *("REQ-01/words", "REQ-01/truncated-in-a-tag", "REQ-01/truncated-half"),
        "REQ-07/operation-missing",
    }


def _every() -> list[Case]:
    return [case for case in (*edge_cases(TARGET), *invalid_edge_cases(TARGET)) if case.body]


def _flat(case: Case) -> bytes:
    """The body, or the texts that a reader finds in it."""
    try:
        root = read_xml(case.body)
    except ValueError:
        return case.body
    return case.body + "".join(node.text for _, node in root.walk()).encode()


def test_every_body_clause_has_its_edge_case():
    named = {clause for case in _every() for clause in case.expect.clauses} | {"REQ-03"}
    ids = [each.id for each in CATALOGUE if each.id.startswith("REQ-") and "S" in each.roles]
    # REQ-40, 41, 46 and 47 are about ids, hosts and paths: scenarios make them.
    assert set(ids) - named == {"REQ-40", "REQ-41", "REQ-46", "REQ-47"}


def test_callbacks_and_queues_only_where_the_target_has_them():
    for case in (*edge_cases(BARE), *valid_cases(BARE, 0, 300)):
        assert case.model.call_back in (None, "no"), case.name
        assert case.model.call_back_type != "TDMQ", case.name
        assert case.model.template_id is None, case.name


def test_callback_addresses_are_the_receivers():
    urls = {case.model.call_back for case in (*edge_cases(TARGET), *valid_cases(TARGET, 0, 300))}
    outward = {url for url in urls if url and url != "no"}
    assert outward
    assert all(url.startswith("http://127.0.0.1:40123/callback/sink-") for url in outward)


def test_input_objects_exist_unless_nothing_is_promised():
    for case in (*edge_cases(TARGET), *valid_cases(TARGET, 0, 200)):
        promised = case.expect.wanted is Wanted.ACCEPT
        assert case.model.input_object == TARGET.input_object or not promised, case.name


def test_keys_stay_within_what_object_storage_takes():
    for case in (*edge_cases(TARGET), *valid_cases(TARGET, 0, 500)):
        assert case.model.output is not None
        key = case.model.output.object or ""
        assert len(key.encode()) <= 850, case.name
        assert is_xml_text(key)
        assert "//" not in key or case.expect.wanted is Wanted.EITHER


def test_hostile_documents_promise_nothing_but_name_what_must_not_appear():
    hostile = [case for case in invalid_edge_cases(TARGET) if case.name.startswith("REQ-44/")]
    assert {case.expect.wanted for case in hostile} == {Wanted.EITHER}
    assert sum(bool(case.forbidden) for case in hostile) >= 6
    assert sum(bool(case.bait) for case in hostile) == 3
    for case in hostile:
        assert b"<!DOCTYPE" in case.body
        if case.bait:
            assert TARGET.callback_url(case.bait).encode() in case.body
    bare = [case for case in invalid_edge_cases(BARE) if case.name.startswith("REQ-44/")]
    assert not any(case.bait for case in bare)


def test_one_body_is_five_mebibytes_and_the_others_are_modest():
    sizes = sorted(len(case.body) for case in invalid_edge_cases(TARGET))
    assert sizes[-1] == 5 * 1024 * 1024
    assert sizes[-2] < 400_000


#: SHA-256 over name, body, headers and clauses of the first 60 cases.
GOLDEN = {
    ("valid", 0): "2354b8f64cef6846a9fb3a1c2cf8081bc6f0ccf70d1174dc6541344497fb5770",
    ("valid", 1): "ca403ae4d8c2284b5461ced65fa91470518776bf94838fa1ce8ff46fd020e302",
    ("invalid", 0): "7408a08c82df43eb727fe8904f242778da21c794ab00406965889125737bacc2",
    ("invalid", 1): "587141abfef12bcf5169c11b783d974f684e41fad2a4674c491a46fbfea4635b",
}


def digest(cases: list[Case]) -> str:
    told = hashlib.sha256()
    for case in cases:
        told.update(json.dumps([case.name, case.headers, case.expect.clauses]).encode())
        told.update(case.body)
    return told.hexdigest()


@pytest.mark.parametrize(("stream", "seed"), GOLDEN)
def test_a_seed_gives_the_same_bytes_everywhere(stream: str, seed: int):
    make = {"valid": valid_cases, "invalid": invalid_cases}[stream]
    assert digest(make(TARGET, seed, 60)) == GOLDEN[stream, seed]


def test_a_longer_run_begins_like_a_shorter_one():
    assert valid_cases(TARGET, 5, 40)[:10] == valid_cases(TARGET, 5, 10)
    assert invalid_cases(TARGET, 5, 40)[:10] == invalid_cases(TARGET, 5, 10)


def test_edge_cases_are_made_without_hypothesis():
    code = (
        "import sys\n"
        "from conformance.generate.cases import edge_cases, invalid_edge_cases, signature_cases\n"
        "from tests.generate.support import TARGET\n"
        "edge_cases(TARGET), invalid_edge_cases(TARGET), signature_cases(TARGET)\n"
        "print('hypothesis' in sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"
