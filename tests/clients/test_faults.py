"""The catalogue of faulty and unusual clients, and samples of the proof; the whole is slow."""

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.clients.faults import all_faults, all_variants
from conformance.clients.selftest import (
    Kind,
    Trial,
    attempt,
    row,
    run_trials,
    trials,
    uncovered,
)
from conformance.problems import Problem
from conformance.spec.clauses import for_roles


def test_every_clause_of_a_client_has_a_fault() -> None:
    assert uncovered() == []


def test_the_catalogue_is_large_enough() -> None:
    assert len(all_faults()) >= 70
    assert len(all_variants()) >= 20


def test_faults_name_clauses_of_clients() -> None:
    known = {each.id for each in for_roles("C")}
    for fault in all_faults().values():
        assert fault.clauses, fault.name
        assert set(fault.clauses) | set(fault.also) <= known, fault.name
        assert not set(fault.clauses) & set(fault.also), fault.name


def test_every_fault_and_variant_says_what_it_is() -> None:
    for each in (*all_faults().values(), *all_variants().values()):
        assert each.says.endswith("."), each.name
        assert each.name == each.name.lower()


@pytest.mark.parametrize("name", ["host-with-port", "sign-key-bytes", "drops-callback-no"])
def test_a_fault_is_caught(name: str) -> None:
    result = attempt(Trial(Kind.FAULT, name))

    assert result.right, result.detail
    assert result.caught == all_faults()[name].clauses


def test_a_variant_passes() -> None:
    result = attempt(Trial(Kind.VARIANT, "signature-in-url"))

    assert result.right, result.detail


def test_the_wrong_verdict_is_told() -> None:
    result = attempt(Trial(Kind.PLAIN, "plain"))
    wrong = attempt(Trial(Kind.VARIANT, "no-such-variant"))

    assert result.right, result.detail
    assert not wrong.right
    assert row(wrong).startswith("MISS")


def test_an_unknown_name_is_one_line() -> None:
    with pytest.raises(Problem, match="did you mean host-with-port"):
        trials(["host-with-prt"])


def test_a_faulty_client_can_be_started_by_name() -> None:
    command = [sys.executable, "-m", "conformance.clients.faults"]
    listed = subprocess.run(
        [*command, "--list"], capture_output=True, text=True, check=True, timeout=30
    )
    wrong = subprocess.run(
        [*command, "no-such"], capture_output=True, text=True, check=False, timeout=30
    )

    assert "host-with-port: " in listed.stdout
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1


def test_the_plain_adapter_needs_nothing_but_python(tmp_path: Path) -> None:
    program = Path("conformance/clients/adapters/plain/adapter.py").absolute()
    said = subprocess.run(
        [sys.executable, "-I", "-S", str(program)],
        input='{"id": 1, "op": "hello"}\n{"id": 2, "op": "shutdown"}\n',
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        cwd=tmp_path,
    )

    assert '"name": "plain"' in said.stdout


@pytest.mark.whole
def test_no_miss_no_misnamed_catch_and_no_false_alarm() -> None:
    wrong = [row(each) for each in run_trials(trials()) if not each.right]

    assert wrong == []
