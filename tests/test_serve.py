"""``serve`` as users meet it: faults to look at, variants to pass, and clients that are judged."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest

from conformance import cli
from conformance.clients.adapters.plain.adapter import Client
from conformance.clients.calls import sample_job
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.resources import resource_path

READY = "picjobs-conformance run"


class Served:
    """A `serve` under way: what it printed, and once it has ended its status and output."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.greeting: list[str] = []
        self.status: int | None = None
        self.out = self.err = ""
        assert process.stdout is not None
        while READY not in self.greeting:
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            self.greeting.append(line.rstrip("\n"))

    @property
    def exports(self) -> dict[str, str]:
        found = (re.fullmatch(r"export (\w+)='?([^']*)'?", line) for line in self.greeting)
        return {match[1]: match[2] for match in found if match}

    @property
    def port(self) -> int:
        return int(self.exports["PICJOBS_ENDPOINT"].rpartition(":")[2])

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.out, self.err = self.process.communicate(timeout=20)
        self.status = self.process.returncode


@contextmanager
def serving(cwd: Path, *arguments: str) -> Iterator[Served]:
    environ = {name: it for name, it in os.environ.items() if not name.startswith("PICJOBS_")}
    with subprocess.Popen(
        [sys.executable, "-m", "conformance", "serve", *arguments],
        cwd=cwd,
        env=environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Served(process)
        finally:
            process.kill()


def run_against(served: Served, monkeypatch, *arguments: str) -> int:
    for name, value in served.exports.items():
        monkeypatch.setenv(name, value)
    return cli.run(("run", "--quiet", "--strict", "--max-examples", "0", *arguments))


# ---- faults and variants ------------------------------------------------------------------------


def test_a_fault_can_be_seen(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path, "--fault", "tag-any-case", "--fault", "input-bucket-missing") as served:
        said = [line for line in served.greeting if line.startswith("# deviates: ")]
        assert [line.split(": ")[1] for line in said] == ["tag-any-case", "input-bucket-missing"]
        assert run_against(served, monkeypatch, "--clause", "REQ-04", "--clause", "REQ-30") == 1
        served.end()
        assert served.status == 0
    told = capsys.readouterr().out
    assert "REQ-04 (MUST, server) fail" in told
    assert "REQ-30" not in told


def test_variants_are_left_in_peace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path, "--variant", "chunked-finely", "--variant", "references") as served:
        assert run_against(served, monkeypatch, "--clause", "REQ-04", "--clause", "REQ-37") == 0


def test_every_fault_and_variant_is_listed(capsys):
    assert cli.run(("serve", "--list-faults")) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    assert listed == [*all_faults(), *all_variants()]
    data = next(line for line in lines if line.startswith("  data-1025 "))
    assert "REQ-19" in data
    assert "1,025 characters" in data


@pytest.mark.parametrize("kind", ["fault", "variant"])
def test_an_unknown_name_is_one_line_with_the_nearest(kind, capsys):
    name = {"fault": "tag-any-cas", "variant": "chunkd"}[kind]
    assert cli.run(("serve", f"--{kind}", name)) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"there is no {kind} {name!r}" in told
    assert {"fault": "tag-any-case", "variant": "chunked"}[kind] in told


# ---- clients that are judged --------------------------------------------------------------------


def call_once(served: Served) -> None:
    """One create by the plain adapter, which conforms."""
    exports = served.exports
    client = Client(
        {
            "endpoint": {"host": "127.0.0.1", "port": served.port},
            "credentials": {
                "secret_id": exports["PICJOBS_SECRET_ID"],
                "secret_key": exports["PICJOBS_SECRET_KEY"],
                "token": None,
            },
            "bucket": exports["PICJOBS_BUCKET"],
            "region": exports["PICJOBS_REGION"],
            "timeout_s": 10,
        }
    )
    told = client.create({**sample_job(), "QueueId": exports["PICJOBS_QUEUE_ID"]})
    assert told["jobs"][0]["State"] == "Submitted"


def test_a_conforming_client_is_left_in_peace(tmp_path):
    with serving(tmp_path, "--judge") as served:
        call_once(served)
        served.end()
    assert (served.status, served.err) == (0, "")
    assert "1 request, 1 job" in served.out
    assert served.out.rstrip().endswith("conformant")


def test_what_a_client_breaks_is_told_at_once_and_in_the_report(tmp_path):
    with serving(tmp_path, "--judge", "--report-json", "clients.json") as served:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        headers = {"Content-Type": "text/plain", "Authorization": "Bearer a-token-of-theirs"}
        for _ in range(2):
            connection.request("POST", "/pic_jobs", "<Request/>", headers)
            connection.getresponse().read()
        connection.close()
        served.end()
    assert served.status == 1
    told = [line.partition(" ")[0] for line in served.err.splitlines()]
    assert {"HTTP-04", "HTTP-02", "REQ-04"} <= set(told)
    assert told.count("HTTP-04") == 1  # the second time it is no news
    result = json.loads((tmp_path / "clients.json").read_text())
    jsonschema.validate(
        result, json.loads((resource_path("schemas") / "result.schema.json").read_text())
    )
    rows = {row["id"]: row for row in result["clauses"]}
    assert rows["HTTP-04"]["verdict"] == "fail"
    assert rows["HTTP-04"]["judged"] == 2
    assert rows["LIB-01"]["verdict"] == "not-run"
    assert "a-token-of-theirs" not in served.out + served.err + json.dumps(result)


def test_nothing_to_judge_is_not_conformant(tmp_path):
    with serving(tmp_path, "--judge") as served:
        served.end()
    assert served.status == 3


def test_a_report_without_judging_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run(("serve", "--report-html", "r.html")) == 2
    assert "without --judge" in capsys.readouterr().err
