"""A finding about a client is run again, alone, by the command that the report prints."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

from tests.commands.support import command


def test_a_finding_is_run_again_by_its_case(tmp_path: Path) -> None:
    adapter = ("--", sys.executable, "-m", "conformance.clients.faults", "host-with-port")
    told = ("--clause", "HTTP", "--max-examples", "5", "--report-json", "r.json")
    process = command("client", *told, *adapter, cwd=tmp_path)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1, out + err
    result = json.loads((tmp_path / "r.json").read_text())
    row = next(each for each in result["clauses"] if each["verdict"] == "fail")
    words = shlex.split(row["findings"][0]["again"])
    assert words[:2] == ["picjobs-conformance", "client"]
    process = command(*words[1:], cwd=tmp_path)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, out + err
    assert f"{row['id']} (" in out
    assert "1 request, " in out


def test_an_unknown_case_of_a_client(tmp_path: Path) -> None:
    adapter = ("--", sys.executable, "-m", "conformance.clients.faults", "host-with-port")
    process = command("client", "--case", "generated/9999", *adapter, cwd=tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "there is no case 'generated/9999' in this run" in err
