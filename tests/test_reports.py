"""From runs to reports by the command line: files rendered again, merged, compared."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from conformance import cli
from conformance.emulator.server import Emulator
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


@pytest.fixture
def endpoint() -> Iterator[tuple[str, ...]]:
    """The options of a run against an emulator that cuts UserData."""
    raise NotImplementedError
    yield ()
