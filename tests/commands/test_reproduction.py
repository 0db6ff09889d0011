"""A finding is run again: by its case, and by the script that is saved for it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.emulator import EmulatorSettings
from conformance.emulator.faults import all_faults
from tests.commands.support import command, emulator, environment

#: One fault of each sort of request: a body, a signature, a read, a list, a callback.
SORTS = (
    "user-data-required",
    "path-forgotten",
    "cdata-lost",
    "page-forgets-states",
    "callback-twice",
)


def judged(name: str, tmp_path: Path, *more: str):
    """A run against the fault as an endpoint: its result, and what the user was told."""
    fault = all_faults()[name]
    with emulator(fault.behaviour, **fault.settings) as running:
        words = [word for clause in fault.clauses for word in ("--clause", clause)]
        process = command(
            *("run", "--strict", "--max-examples", "60", "--report-json", "r.json", *words, *more),
            cwd=tmp_path,
            running=running,
        )
        out, err = process.communicate(timeout=120)
        assert process.returncode == 1, out + err
        yield running, json.loads((tmp_path / "r.json").read_text()), out


def in_shell(script: str | Path, running, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = environment(running)
    environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", str(script)], cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )


@pytest.mark.long
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("name", SORTS)
def test_what_is_saved_of_a_failure_shows_it_again(name: str, tmp_path: Path) -> None:
    for running, result, _ in judged(name, tmp_path, "--save-failures", "failed"):
        row = next(each for each in result["clauses"] if each["verdict"] == "fail")
        place = tmp_path / "failed" / row["id"]
        said = [finding["message"] for finding in row["findings"]]
        sent = in_shell(place / "send.sh", running, tmp_path)
        assert sent.returncode == 0, sent.stderr
        script = (place / "send.sh").read_text()
        assert any(f"# {row['id']}: {message}" in script for message in said)
        raw = (place / "request.http").read_bytes()
        method, target = raw.split(b" ")[:2]
        alike = [
            each["response"]["status"]
            for each in result["exchanges"]
            if (each["request"]["method"], each["request"]["target"])
            == (method.decode(), target.decode())
        ]
        if "It is about a job of that run" not in script:
            assert int(sent.stdout.splitlines()[0].split()[1]) in alike, sent.stdout
        assert row["findings"][0]["message"] in (place / "finding.txt").read_text()
        again = in_shell(place / "again.sh", running, tmp_path)
        assert again.returncode == 1, again.stdout + again.stderr
        assert row["id"] in again.stdout
        settings = EmulatorSettings()
        for file in (tmp_path / "failed").rglob("*.*"):
            held = file.read_bytes()
            for secret in (settings.secret_key, settings.tmp_secret_key, settings.tmp_token):
                assert secret.encode() not in held


def test_the_report_prints_the_case(tmp_path: Path) -> None:
    for running, result, out in judged("user-data-required", tmp_path, "--seed", "7"):
        row = next(each for each in result["clauses"] if each["verdict"] == "fail")
        line = row["findings"][0]["again"]
        assert line in out
        assert "--seed 7" in line
        process = command(
            *shlex.split(line)[1:], "--report-json", "again.json", cwd=tmp_path, running=running
        )
        process.communicate(timeout=60)
        again = json.loads((tmp_path / "again.json").read_text())
        found = next(each for each in again["clauses"] if each["id"] == row["id"])
        assert found["verdict"] == "fail"
        assert again["requests"] < 5
        body = {each["n"]: each["request"]["body"] for each in result["exchanges"]}
        bodies = {each["request"]["body"] for each in again["exchanges"]}
        assert body[row["findings"][0]["exchanges"][0]] in bodies


def test_what_was_saved_before_and_holds_now_is_removed(tmp_path: Path) -> None:
    place = tmp_path / "failed" / "REQ-04"
    place.mkdir(parents=True)
    (place / "send.sh").write_text("old")
    (place / "mine.txt").write_text("a user's own")
    process = command(
        *("run", "--clause", "REQ-04", "--max-examples", "0", "--save-failures", "failed"),
        cwd=tmp_path,
    )
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert [each.name for each in place.iterdir()] == ["mine.txt"]
