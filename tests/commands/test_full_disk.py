"""Disks fill: it is said before the run where that is possible, and costs no verdict otherwise."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.support import command, environment

QUICK = ("run", "--clause", "REQ-04", "--clause", "REQ-30", "--max-examples", "0")
FULL = Path("/dev/full")

needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


def limited(size: int, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command where no file may grow beyond ``size`` bytes, as on a disk nearly full."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return subprocess.run(
        [sys.executable, "-B", "-m", "conformance", *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
        timeout=120,
    )


@needs_full
def test_verdicts_go_elsewhere_when_stdout_is_full(tmp_path: Path) -> None:
    with FULL.open("w") as full:
        process = command(*QUICK, "--report-json", "r.json", cwd=tmp_path, stdout=full.fileno())
        _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "standard output cannot be written: No space left on device" in err
    assert "2 of 145 clauses judged: 2 pass" in err
    assert json.loads((tmp_path / "r.json").read_text())["summary"]["pass"] == 2


@needs_full
def test_a_report_that_cannot_be_written_costs_no_verdict(tmp_path: Path) -> None:
    process = command(*QUICK, "--report-html", str(FULL), cwd=tmp_path)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "2 of 145 clauses judged: 2 pass" in out
    assert "/dev/full: cannot be written: No space left on device" in err
    assert FULL.is_char_device()  # written to, and never replaced


def test_a_full_disk_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    done = limited(4096, *QUICK, "--report-json", "r.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "r.json: cannot be written: File too large" in done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_midway_costs_no_verdict(tmp_path: Path) -> None:
    told = ("--record", "t.json", "--report-json", "r.json", "--save-failures", "failed")
    done = limited(17_000, *QUICK, *told, cwd=tmp_path)
    assert done.returncode == 3
    assert "2 of 145 clauses judged: 2 pass" in done.stdout
    for name in ("t.json", "r.json"):
        assert f"{name}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "t.json").exists()
    assert not (tmp_path / "r.json").exists()


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_no_permission_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "held").mkdir(mode=0o500)
    process = command(*QUICK, "--report-json", "held/r.json", cwd=tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "held/r.json: no permission to write here" in err
