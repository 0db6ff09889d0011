"""The command line: every answer an exit status, every error one line, nothing heavy too soon."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance import REVISION, __version__, cli
from conformance.resources import resource_path
from conformance.spec.clauses import CATALOGUE, FAMILIES
from tests.report.results import result

ROOT = Path(__file__).resolve().parents[1]
Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cli:
    """Runs a command in an empty directory and environment; returns status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("PICJOBS_"):
            monkeypatch.delenv(name)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = cli.run(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return run


def one_line(err: str) -> str:
    assert err.startswith("picjobs-conformance: ")
    assert err.count("\n") == 1
    return err


# ---- the whole ----------------------------------------------------------------------------------


def test_version(call: Cli) -> None:
    assert call("--version")[:2] == (0, f"picjobs-conformance {__version__} ({REVISION})\n")


def test_help_lists_commands_and_every_command_has_help(call: Cli) -> None:
    status, out, _ = call("--help")
    assert status == 0
    for command in cli.group.list_commands(None):  # type: ignore[arg-type]  # it needs none
        assert f"  {command} " in out
        assert call(command, "--help")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rum",), "there is no command 'rum'; did you mean run?"),
        (("run", "--endpiont", "x"), "--endpoint"),
        (("run", "x"), "unexpected extra argument"),
        (("run", "--clause", "SGI-40"), "did you mean SIG-40"),
        (("run", "--clause", "LIB"), "only about a client library"),
        (("run", "--clause", "SIG-40", "--skip", "SIG"), "nothing to judge"),
        (("run", "--seed", "x"), "--seed should be a whole number"),
        (("run", "--endpoint", "http://h"), "an endpoint needs bucket, region, secret-id"),
        (("run", "--config", "none.toml"), "none.toml: there is no such file"),
        (("run", "--expectations", "none.toml"), "none.toml: cannot be read"),
        (("run", "--replay", "none"), "none"),
        (("run", "--report-json", "none/a.json"), "there is no directory none"),
        (("run", "--report-html", "."), "this is a directory"),
        (
            ("run", "--report-json", "r.json", "--report-html", "./r.json"),
            "--report-html and --report-json name the same file",
        ),
        (("run", "--record", "r.json", "--report-json", "r.json"), "--record and --report-json"),
        (("report", "none.json"), "none.json: cannot be read"),
        (("compare", "none.json", "none.json"), "none.json: cannot be read"),
        (("clauses", "XYZ"), "there is no clause or family 'XYZ'"),
        (("clauses", "--format", "xml"), "'xml' is not one of"),
        (("sign", "GET", "/"), "PICJOBS_SECRET_ID is not set"),
        (("sign", "GET", "/", "--recipe", "{"), "--recipe is not JSON"),
        (("sign", "GET", "/", "--header", "x"), "'NAME: VALUE'"),
        (("serve", "--bucket", "B"), "--bucket should be <BucketName-APPID>"),
        (("serve", "--tls-key", "k.pem"), "--tls-cert"),
        (("serve", "--fault", "no-such-fault"), "there is no fault 'no-such-fault'"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(
    call: Cli, arguments: tuple[str, ...], said: str
) -> None:
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert said in one_line(err)


def test_a_file_with_an_unknown_key(call: Cli, tmp_path: Path) -> None:
    (tmp_path / "picjobs.toml").write_text("sede = 1\n")
    status, _, err = call("run")
    assert status == 2
    assert "picjobs.toml:1: sede: there is no such setting; did you mean seed?" in one_line(err)


def test_an_error_of_our_own_is_one_line_too(call: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("oops\nand more")

    monkeypatch.setattr("conformance.commands.clauses.select", broken)
    status, _, err = call("clauses")
    assert status == 3
    assert "RuntimeError: oops and more" in one_line(err)
    monkeypatch.setenv("PICJOBS_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli.run(["clauses"])


def test_interruption_is_130(call: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("conformance.commands.clauses.select", interrupted)
    assert call("clauses")[0] == 130


def test_light_commands_import_nothing_heavy() -> None:
    heavy = {"requests", "aiohttp", "hypothesis", "lxml", "rich", "jinja2", "xmlschema", "vcr"}
    script = (
        "import sys; from conformance import cli; "
        "cli.run(sys.argv[1:]); print(sorted(sys.modules), file=sys.stderr)"
    )
    for arguments in (["--version"], ["clauses"], ["run", "--clause", "nope"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
        loaded = done.stderr
        assert not [name for name in heavy if f"'{name}'" in loaded], arguments


# ---- clauses ------------------------------------------------------------------------------------


def test_clauses_as_text_json_and_markdown(call: Cli) -> None:
    _, text, _ = call("clauses")
    _, markdown, _ = call("clauses", "--format", "markdown")
    _, document, _ = call("clauses", "--format", "json")
    listed = json.loads(document)
    assert [each["id"] for each in listed["clauses"]] == [each.id for each in CATALOGUE]
    assert list(listed["families"]) == list(FAMILIES)
    for each in CATALOGUE:
        assert each.id in text
        assert f"| {each.id} |" in markdown
    queue = next(each for each in listed["clauses"] if each["id"] == "REQ-12")
    assert queue["levels"] == {"C": "MUST", "S": "SHOULD"}
    assert queue["errata"][0]["id"] == "E7"


def test_chosen_clauses(call: Cli) -> None:
    _, document, _ = call("clauses", "cbk", "SIG-40", "--format", "json")
    ids = [each["id"] for each in json.loads(document)["clauses"]]
    assert ids[0] == "SIG-40"
    assert len(ids) == 10


# ---- run ----------------------------------------------------------------------------------------

QUICK = ("run", "--clause", "REQ-04", "--clause", "REQ-30", "--max-examples", "0")


def test_a_run_on_the_embedded_emulator_writes_every_report(call: Cli, tmp_path: Path) -> None:
    files = {form: tmp_path / f"r.{form}" for form in ("json", "html", "junit", "markdown")}
    reports = [word for form, path in files.items() for word in (f"--report-{form}", str(path))]
    status, out, _ = call(*QUICK, *reports)
    assert status == 0
    assert out.endswith("conformant\n")
    assert all(path.stat().st_size for path in files.values())
    made = json.loads(files["json"].read_text())
    schema = json.loads((resource_path("schemas") / "result.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(made)
    assert made["summary"]["pass"] == 2
    assert made["target"]["kind"] == "emulator"
    again = call("report", str(files["json"]), "--no-color")
    assert again[0] == 0
    assert "2 of 145 clauses judged: 2 pass; 143 not judged" in again[1]
    assert call("compare", str(files["json"]), str(files["json"]))[0] == 0


def test_a_recording_replays_to_the_same_verdicts(call: Cli) -> None:
    assert call(*QUICK, "--record", "tape.json", "--report-json", "live.json")[0] == 0
    status, _, _ = call("run", "--replay", "tape.json", "--report-json", "again.json")
    assert status == 0
    live, again = (json.loads(Path(name).read_text()) for name in ("live.json", "again.json"))
    assert live["clauses"] == again["clauses"]
    assert again["target"]["kind"] == "cassette"


def test_a_dry_run_sends_nothing(call: Cli) -> None:
    status, out, _ = call("run", "--dry-run", "--clause", "SIG")
    assert status == 0
    assert "the embedded reference emulator" in out
    assert out.endswith("nothing was sent\n")


def test_an_unreachable_endpoint_is_inconclusive(
    call: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "ENDPOINT": "http://127.0.0.1:9",
        "BUCKET": "examplebucket-1250000000",
        "REGION": "ap-chongqing",
        "SECRET_ID": "AKID",
        "SECRET_KEY": "a-key-that-nobody-may-see",
        "QUEUE_ID": "p1",
    }.items():
        monkeypatch.setenv(f"PICJOBS_{name}", value)
    status, out, err = call("run", "--clause", "REQ-31", "--max-examples", "0")
    assert status == 3
    assert "inconclusive: REQ-31" in out
    assert "a-key-that-nobody-may-see" not in out + err


def test_known_failures_that_pass_are_named(call: Cli, tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text('[[known]]\nclause = "REQ-04"\nreason = "was so"\n')
    status, out, _ = call(*QUICK, "--expectations", str(known))
    assert status == 1
    assert f"{known}:1: REQ-04 no longer fails: remove it" in out


def test_quiet_says_nothing_when_nothing_fails(call: Cli) -> None:
    assert call(*QUICK, "--quiet") == (0, "", "")


def test_a_secret_as_an_option_warns(call: Cli) -> None:
    _, _, err = call(*QUICK, "--quiet", "--secret-key", "a-key-that-nobody-may-see")
    assert "warning: --secret-key on the command line" in err
    assert "a-key-that-nobody-may-see" not in err


# ---- compare ------------------------------------------------------------------------------------


def test_compare_names_what_changed(call: Cli, tmp_path: Path) -> None:
    before, after = result(), result()
    verdicts = {each["id"]: each for each in after["clauses"]}
    verdicts["RSP-24"]["verdict"] = "pass"
    verdicts["RSP-01"]["verdict"] = "fail"
    verdicts["RSP-12"]["verdict"] = "pass"
    for name, made in (("a", before), ("b", after)):
        (tmp_path / f"{name}.json").write_text(json.dumps(made))
    status, out, _ = call("compare", "a.json", "b.json")
    assert status == 1
    assert "newly broken (1)\n  RSP-01   pass -> fail  " in out
    assert "newly mended (1)\n  RSP-24   fail -> pass  " in out
    assert "newly judged (1)\n  RSP-12 -> pass" in out
    assert "142 clauses unchanged" in out
    assert call("compare", "b.json", "b.json")[0] == 0


# ---- serve --------------------------------------------------------------------------------------


def test_serve_prints_what_a_run_needs_and_ends_on_a_signal(tmp_path: Path) -> None:
    environ = {name: it for name, it in os.environ.items() if not name.startswith("PICJOBS_")}
    environ |= {"PYTHONPATH": str(ROOT), "PICJOBS_SECRET_KEY": "a-key-of-my-own"}
    with subprocess.Popen(
        [sys.executable, "-m", "conformance", "serve"],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        while not lines or lines[-1] != "picjobs-conformance run":
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            lines.append(line.rstrip("\n"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    exports = dict(
        line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export")
    )
    assert exports["PICJOBS_ENDPOINT"].startswith("http://127.0.0.1:")
    assert "PICJOBS_SECRET_ID" in exports
    assert "# PICJOBS_SECRET_KEY: as you gave it" in lines
    assert "a-key-of-my-own" not in "\n".join(lines)
    assert any("throwaway" in line for line in lines)
