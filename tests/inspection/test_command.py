"""``inspect`` on the command line: options, exit statuses, reports, and no secret anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.resources import resource_path
from tests.checks.building import request_job, shown
from tests.inspection.support import KEYS, announced, cassette, changed, conversation, har, saved


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings from where the tests are run."""
    monkeypatch.chdir(tmp_path)
    for name in ("SECRET_ID", "SECRET_KEY", "TOKEN", "CONFIG", "ENDPOINT", "CLAUSE", "STRICT"):
        monkeypatch.delenv(f"PICJOBS_{name}", raising=False)


def _inspect(*arguments: str) -> int:
    return cli.run(["inspect", *arguments])


def _good(tmp_path: Path) -> str:
    return saved(tmp_path, "good.har", har(conversation()))


def _bad(tmp_path: Path) -> str:
    data = har(conversation())
    place = ("log", "entries", 0, "response", "content", "text")
    text = data["log"]["entries"][0]["response"]["content"]["text"]
    return saved(tmp_path, "bad.har", changed(data, place, text.replace("Submitted", "Waiting")))


def _result(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_exit_statuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _inspect(_good(tmp_path)) == 0
    assert _inspect(_bad(tmp_path)) == 1
    out = capsys.readouterr().out
    assert "RSP-14" in out
    assert "not conformant" in out
    assert _inspect("no-such-file.har") == 2
    assert "no-such-file.har: there is no such file" in capsys.readouterr().err
    assert _inspect() == 2
    assert _inspect(_good(tmp_path), "--clause", "RSP-14", "--clause", "SIG-08") == 0
    assert _inspect(_bad(tmp_path), "--skip", "RSP", "--skip", "STA") == 0
    assert _inspect(_good(tmp_path), "--clause", "LIB-01") == 3


def test_nothing_of_this_api(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = har(conversation()[:1])
    data = changed(data, ("log", "entries", 0, "request", "url"), "https://example.com/")
    data = changed(data, ("log", "entries", 0, "request", "method"), "GET")
    assert _inspect(saved(tmp_path, "other.har", data), "--quiet") == 3
    err = capsys.readouterr().err
    assert "nothing of this API is in 1 file; 1 exchanges were left out" in err


def test_the_result_is_of_the_common_form(tmp_path: Path) -> None:
    validator = pytest.importorskip("jsonschema")
    schema = json.loads((resource_path("schemas") / "result.schema.json").read_text())
    report = tmp_path / "result.json"
    job = shown(request_job("one"), "j1", "Success")
    path = saved(tmp_path, "a.har", har([*conversation(), announced(job)]))
    assert _inspect(path, "--report-json", str(report), "--quiet") == 0
    result = _result(report)
    validator.validate(result, schema)
    target = result["target"]
    assert (target["kind"], target["name"]) == ("capture", path)
    assert (target["files"], target["entries"], target["callbacks"]) == (1, 6, 1)
    roles = {row["role"] for row in result["clauses"]}
    assert roles == {"C", "S", "K"}
    reasons = {row["id"]: row["reason"] for row in result["clauses"]}
    assert "PICJOBS_SECRET_KEY" in reasons["SIG-08"]
    assert "caller" in reasons["LIB-01"]


@pytest.mark.parametrize("name", ["a.har", "a.json", "a.yaml"])
def test_no_secret_in_any_output(
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PICJOBS_SECRET_KEY", "quite another secret key")
    data = har(conversation()) if name == "a.har" else cassette(conversation())
    authorization = conversation()[0].request.headers.get("Authorization") or ""
    reports = {form: tmp_path / f"out.{form}" for form in ("json", "junit", "markdown", "html")}
    options = [f"--report-{form}={path}" for form, path in reports.items()]
    assert _inspect(saved(tmp_path, name, data), "--verbose", *options) == 1
    captured = capsys.readouterr()
    texts = [captured.out, captured.err, *(path.read_text() for path in reports.values())]
    signature = authorization.rpartition("=")[2]
    assert len(signature) == 40
    for text in texts:
        assert "SIG-08" in text or text == captured.err
        assert signature not in text
        assert "quite another secret key" not in text


def test_credentials_of_other_kinds_are_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = har(conversation()[:1])
    headers = data["log"]["entries"][0]["request"]["headers"]
    for each in headers:
        if each["name"] == "Authorization":
            each["value"] = "Bearer a-token-of-another-scheme"
    headers += [
        {"name": "Cookie", "value": "session=of-somebody"},
        {"name": "x-cos-security-token", "value": "a-session-token-for-a-while"},
    ]
    data["log"]["entries"][0]["response"]["status"] = 403
    assert _inspect(saved(tmp_path, "a.har", data), "--verbose") == 1
    shown_text = capsys.readouterr().out
    for secret in ("a-token-of-another", "of-somebody", "a-session-token"):
        assert secret not in shown_text


def test_a_secret_on_the_command_line_warns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _good(tmp_path)
    assert _inspect(path, "--quiet", "--secret-key", KEYS.secret_key) == 0
    err = capsys.readouterr().err
    assert "use PICJOBS_SECRET_KEY instead" in err
    assert KEYS.secret_key not in err
    assert _inspect(path, "--quiet", "--secret-id", KEYS.secret_id) == 0
    assert "verifies nothing" in capsys.readouterr().err


def test_expectations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expectations = tmp_path / "known.toml"
    bad = _bad(tmp_path)
    assert _inspect(bad, "--quiet", "--write-expectations", str(expectations)) == 1
    assert "RSP-14" in expectations.read_text()
    assert _inspect(bad, "--quiet", "--expectations", str(expectations)) == 0
    assert _inspect(_good(tmp_path), "--quiet", "--expectations", str(expectations)) == 1
    assert "no longer fails" in capsys.readouterr().out


def test_a_part_that_is_not_claimed_is_not_judged(tmp_path: Path) -> None:
    expectations, report = tmp_path / "known.toml", tmp_path / "result.json"
    expectations.write_text("[statement]\nlist = false\n")
    options = ["--expectations", str(expectations), "--report-json", str(report), "--quiet"]
    assert _inspect(_good(tmp_path), *options) == 0
    rows = {row["id"]: row for row in _result(report)["clauses"]}
    assert rows["QRY-10"]["verdict"] == "not-run"
    assert "does not claim list" in rows["QRY-10"]["reason"]


def test_strict_makes_a_should_fail(tmp_path: Path) -> None:
    path = str(resource_path("cassettes") / "documentation" / "page-samples.yaml")
    assert _inspect(path, "--quiet") == 0
    assert _inspect(path, "--quiet", "--strict") == 1


def test_settings_of_a_run_do_not_get_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint without the rest is an error to `run`, and nothing to `inspect`."""
    monkeypatch.setenv("PICJOBS_ENDPOINT", "http://127.0.0.1:9")
    assert _inspect(_good(tmp_path), "--quiet") == 0


@pytest.mark.parametrize(
    "arguments",
    [("--clause", "NOPE-1"), ("--report-json", "/no/such/dir/x"), ("--quiet", "--verbose")],
)
def test_bad_options_are_one_line(
    tmp_path: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _inspect(_good(tmp_path), *arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
