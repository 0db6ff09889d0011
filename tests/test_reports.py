"""From runs to reports by the command line: files rendered again, merged, compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from conformance import cli
from conformance.emulator import Emulator, EmulatorSettings
from conformance.emulator.faults import all_faults
from conformance.resources import resource_path
from tests.report.results import result

FORMS = ("html", "junit", "markdown")
SUITE = (sys.executable, "-m", "conformance")
QUICK = ("--clause", "REQ-04", "--clause", "REQ-30", "--clause", "RSP-24", "--max-examples", "0")
ADAPTER = (sys.executable, "-m", "conformance.clients.adapters.plain.adapter")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stored(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(Path(name).read_text())
    return made


def is_valid(made: dict[str, Any]) -> None:
    schema = json.loads((resource_path("schemas") / "result.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(made)
    junit = Path(__file__).parent / "report" / "schemas" / "junit-10.xsd"
    etree.XMLSchema(etree.parse(junit)).assertValid(etree.parse("run.junit"))


RUNS = {
    "run": ("run", "--quiet", *QUICK),
    "replay": ("run", "--quiet", "--replay", str(resource_path("cassettes") / "reference")),
    "client": ("client", "--quiet", "--clause", "HTTP-01", "--max-examples", "0"),
    "inspect": (
        "inspect",
        "--quiet",
        str(resource_path("cassettes") / "documentation" / "page-samples.yaml"),
    ),
}


@pytest.mark.parametrize("kind", RUNS)
def test_a_stored_result_renders_again_as_the_run_wrote_it(kind: str) -> None:
    first = [word for form in FORMS for word in (f"--report-{form}", f"run.{form}")]
    adapter = ("--", *ADAPTER) if kind == "client" else ()
    assert cli.run((*RUNS[kind], *first, "--report-json", "run.json", *adapter)) == 0
    is_valid(stored("run.json"))
    again = [word for form in FORMS for word in (f"--{form}", f"again.{form}")]
    assert cli.run(("report", "run.json", *again, "--json", "again.json")) == 0
    for form in (*FORMS, "json"):
        assert Path(f"again.{form}").read_bytes() == Path(f"run.{form}").read_bytes()


# ---- two workers --------------------------------------------------------------------------------


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """What a run needs to judge an emulator that puts UserData into lower case."""
    settings = EmulatorSettings()
    names = ("bucket", "region", "secret_id", "secret_key", "queue_id", "template_id")
    values = {f"PICJOBS_{name.upper()}": getattr(settings, name) for name in names}
    with Emulator(settings, all_faults()["data-case"].behaviour) as emulator:
        kept = {name: value for name, value in os.environ.items() if name[:8] != "PICJOBS_"}
        yield {**kept, **values, "PICJOBS_ENDPOINT": emulator.endpoint}


@pytest.mark.long
def test_two_workers_as_two_processes_say_what_one_run_says(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    shares = (("--clause", "RSP-24"), ("--clause", "REQ-04", "--clause", "REQ-30"))
    workers = [
        subprocess.Popen((*SUITE, "run", "--quiet", "--max-examples", "0", *share,
                          "--report-json", f"{number}.json"), stdout=subprocess.DEVNULL)
        for number, share in enumerate(shares)
    ]  # fmt: skip
    assert [worker.wait(60) for worker in workers] == [1, 0]
    assert cli.run(("run", "--quiet", *QUICK, "--report-json", "whole.json")) == 1
    merge = ("report", "0.json", "1.json", "--json", "both.json", "--html", "both.html")
    assert cli.run(merge) == 0
    both, whole = stored("both.json"), stored("whole.json")
    assert both["parts"] == 2
    said = [[(row["id"], row["verdict"]) for row in made["clauses"]] for made in (both, whole)]
    assert said[0] == said[1]
    assert "not conformant: 1 clause fails (RSP-24)" in Path("both.html").read_text()
    capsys.readouterr()
    assert cli.run(("compare", "whole.json", "both.json")) == 0
    assert "145 clauses unchanged" in capsys.readouterr().out


# ---- report and compare -------------------------------------------------------------------------


def store(name: str, **changes: Any) -> str:
    Path(name).write_text(json.dumps(result() | changes))
    return name


def test_several_targets_become_a_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    files = (store("a.json"), store("b.json", target={"kind": "emulator", "name": "other"}))
    assert cli.run(("report", *files)) == 0
    assert "B  emulator: other" in capsys.readouterr().out
    assert cli.run(("report", *files, "--html", "m.html", "--markdown", "m.md")) == 0
    assert capsys.readouterr().out == ""
    assert "conformance of 2 targets" in Path("m.html").read_text()
    assert "| RSP-24 | MUST | ❌ | ❌ |" in Path("m.md").read_text()


def test_what_is_about_one_target_is_refused_for_several(
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = (store("a.json"), store("b.json", seed=8))
    for form in ("junit", "sarif", "badge", "json"):
        assert cli.run(("report", *files, f"--{form}", "x")) == 2
        assert f"--{form} is about one target" in capsys.readouterr().err
        assert not Path("x").exists()
        assert cli.run(("report", *files, "--merge", f"--{form}", "x")) == 0
        Path("x").unlink()
    assert cli.run(("report", "a.json", "a.json")) == 2
    assert "a.json: given twice" in capsys.readouterr().err


def test_results_of_other_targets_are_merged_with_a_warning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = (store("a.json"), store("b.json", target={"kind": "endpoint", "name": "http://b"}))
    assert cli.run(("report", *files, "--merge", "--quiet")) == 0
    assert "warning: merged as one target: " in capsys.readouterr().err


def test_a_comparison_is_written_as_json_and_markdown() -> None:
    before = store("a.json", clauses=[{**row, "verdict": "pass"} for row in result()["clauses"]])
    files = ("--json", "c.json", "--markdown", "c.md")
    assert cli.run(("compare", before, store("b.json"), *files)) == 1
    assert stored("c.json")["summary"]["newly broken"] == 3
    assert Path("c.md").read_text().startswith("# 3 newly broken, ")
    assert cli.run(("compare", "b.json", "a.json")) == 0


def test_a_comparison_with_what_could_not_be_judged_is_no_success() -> None:
    rows = [
        {**row, "verdict": "inconclusive", "reason": "lost", "findings": []}
        for row in result()["clauses"]
    ]
    assert cli.run(("compare", store("a.json"), store("b.json", clauses=rows))) == 3


@pytest.mark.parametrize("command", [("report", "x.json"), ("compare", "x.json", "x.json")])
def test_what_is_no_result_is_one_line(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    store("x.json", clauses="none")
    assert cli.run(command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "picjobs-conformance: x.json: result.clauses: not of type list\n"
