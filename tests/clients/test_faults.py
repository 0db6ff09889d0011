"""The catalogue of faulty and unusual clients, and samples of the proof; the whole is slow."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance import cli
from conformance.clients.faults import all_faults, all_variants
from conformance.selftest import clients as module
from conformance.selftest.clients import attempt, catalogue
from conformance.selftest.matrix import attempt_all, line
from conformance.selftest.trial import Kind, Trial, chosen
from conformance.spec.clauses import for_roles


def test_every_clause_of_a_client_has_a_fault() -> None:
    covered = {clause for fault in all_faults().values() for clause in fault.clauses}
    assert {each.id for each in for_roles("C")} <= covered


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


@pytest.mark.parametrize("full", [False, pytest.param(True, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", ["host-with-port", "sign-key-bytes", "drops-callback-no"])
def test_a_fault_is_caught(name: str, full: bool) -> None:
    result = attempt(Trial(Kind.FAULT, name, full=full))

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
    assert line(wrong).startswith("WRONG")


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        (("HTTP-02", "HTTP-13"), "missed: HTTP-13 did not fail"),
        (("HTTP-13",), "missed: HTTP-13"),
    ],
)
def test_a_miss_is_told(
    monkeypatch: pytest.MonkeyPatch, clauses: tuple[str, ...], said: str
) -> None:
    fault = replace(all_faults()["host-with-port"], clauses=clauses)
    monkeypatch.setattr(module, "all_faults", lambda: {fault.name: fault})
    result = attempt(Trial(Kind.FAULT, fault.name))

    assert not result.right
    assert said in result.detail


def test_a_catch_under_another_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = replace(all_faults()["cancel-true"], clauses=())
    monkeypatch.setattr(module, "all_faults", lambda: {fault.name: fault})
    result = attempt(Trial(Kind.FAULT, fault.name))

    assert not result.right
    assert "misnamed: HTTP-13 (cancel/" in result.detail


@pytest.mark.long
def test_the_command_proves_what_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("plain", "cancel-true", "signature-in-url")
    only = [word for name in names for word in ("--only", name)]

    assert cli.run(["selftest", "--clients", "--workers", "1", "--seed", "3", *only]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(names) + 1
    assert "HTTP-13" in told[1]
    assert told[-1] == ("1 of 1 faults caught; 1 of 1 variants left in peace; plain adapter silent")


def test_an_unknown_name_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["selftest", "--clients", "--only", "host-with-prt"]) == 2
    told = capsys.readouterr().err
    assert "did you mean host-with-port" in told
    assert told.count("\n") == 1


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
    trials = chosen(catalogue(), (), seed=0, full=True)
    wrong = [line(each) for each in attempt_all(trials, 2, attempt) if not each.right]

    assert wrong == []
