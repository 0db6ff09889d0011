"""The suite as pytest tests, run by pytest in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from conformance.spec.clauses import for_roles


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
