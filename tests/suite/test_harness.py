"""The suite as pytest tests, run by pytest in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date

import pytest

from conformance.emulator.faults import all_faults
from conformance.expectations import load_expectations
from conformance.spec.clauses import for_roles
from tests.commands.support import BY_SPEED, emulator, environment


def run_pytest(*arguments, env=None):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PICJOBS_")}
    clean.pop("PYTEST_XDIST_WORKER", None)
    clean.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--pyargs", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**clean, **(env or {})},
        check=False,
    )


def test_every_server_clause_is_a_test_with_its_id(tmp_path):
    done = run_pytest("conformance.suite", "--collect-only", "-q", f"--rootdir={tmp_path}")
    assert done.returncode == 0, done.stdout + done.stderr
    for clause in for_roles(("S", "K")):
        assert f"::test_clause[{clause.id}]" in done.stdout
    assert "test_signing.py::test_clause[SIG-40]" in done.stdout


def test_markers_select_by_family_and_level(tmp_path):
    done = run_pytest(
        "conformance.suite", "--collect-only", "-q", "-m", "sig and should", f"--rootdir={tmp_path}"
    )
    assert "test_clause[SIG-22]" in done.stdout
    assert "test_clause[SIG-20]" not in done.stdout
    assert "RSP-" not in done.stdout


@pytest.mark.slow
def test_a_run_passes_and_junit_says_which_clause(tmp_path):
    report = tmp_path / "junit.xml"
    done = run_pytest(
        "conformance.suite",
        "-q",
        "-k",
        "HTTP-10 or REQ-03 or REQ-40",
        f"--junitxml={report}",
        f"--rootdir={tmp_path}",
        "--picjobs-max-examples=1",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    cases = ET.parse(report).getroot().iter("testcase")
    found = {
        each.get("name"): {p.get("name"): p.get("value") for p in each.iter("property")}
        for each in cases
    }
    assert found["test_clause[REQ-03]"]["clause"] == "REQ-03"
    assert found["test_clause[REQ-03]"]["level"] == "MUST"
    assert found["test_clause[REQ-03]"]["source"]


def test_a_wrong_option_ends_with_one_line_and_status_2(tmp_path):
    done = run_pytest(
        "conformance.suite",
        "-q",
        "-k",
        "HTTP-10",
        "--picjobs-endpoint=ftp://nowhere",
        f"--rootdir={tmp_path}",
    )
    assert done.returncode == 2
    assert "picjobs-conformance:" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.long
def test_four_workers_do_not_disturb_each_other(tmp_path):
    """Every clause passes, each worker having an emulator and a receiver of its own."""
    done = run_pytest("conformance.suite", "-q", "-n", "4", f"--rootdir={tmp_path}")
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    counts = {said: int(number) for number, said in re.findall(r"([0-9]+) ([a-z]+)", last)}
    assert counts["passed"] + counts.get("skipped", 0) == len(for_roles(("S", "K")))
    assert counts.get("skipped", 0) <= len(BY_SPEED)


@pytest.mark.long
def test_four_workers_at_one_target_do_not_disturb_each_other(tmp_path):
    """Nor do they at a target that they share, with its queues, its lists and its jobs."""
    with emulator() as running:
        told = ("-q", "-n", "4", f"--rootdir={tmp_path}")
        done = run_pytest("conformance.suite", *told, env=environment(running))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed" not in done.stdout


@pytest.mark.long
@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_known_failures_are_written_and_expected(workers, tmp_path):
    fault = all_faults()["user-data-required"]
    with emulator(fault.behaviour, **fault.settings) as running:
        told = ("-q", "-k", "REQ-32 or REQ-03", "--picjobs-max-examples=1", f"--rootdir={tmp_path}")
        known = tmp_path / "known.toml"

        def run(*more):
            done = run_pytest("conformance.suite", *told, *workers, *more, env=environment(running))
            return done, done.stdout + done.stderr

        done, said = run(f"--picjobs-write-expectations={known}")
        assert done.returncode == 1, said
        assert [each.clause for each in load_expectations(known, date(2026, 1, 1)).known] == [
            "REQ-32"
        ]
        done, said = run(f"--picjobs-expectations={known}")
        assert done.returncode == 0, said
        assert "1 passed" in said
        assert "1 xfailed" in said
        with known.open("a") as file:
            file.write('[[known]]\nclause = "REQ-03"\nreason = "was so"\n')
        done, said = run(f"--picjobs-expectations={known}")
        assert done.returncode == 1
        assert "REQ-03 no longer fails: remove it" in said
        with known.open("a") as file:
            file.write("[statement]\nlist = 1\n")
        done, said = run(f"--picjobs-expectations={known}")
        assert done.returncode == 2
        assert "list is to be true or false" in said
