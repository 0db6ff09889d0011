"""Captures made to do harm, or torn, or wrong in any place: findings, or one clear line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance import cli
from conformance.drivers.recording import RecordingProblem
from conformance.inspection import capture
from conformance.inspection.inspector import inspect_files
from conformance.inspection.verdicts import result_of, verdicts_of
from tests.checks.building import request_job, shown
from tests.inspection.support import KEYS, announced, cassette, conversation, har, saved

_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            *("", "/", "*", "http://[", "http://a:99999999/pic_jobs", "q-ak=", "q-ak=a&b", "-1"),
            *("<Request>", "<a xmlns='b'/>", '{"EventName": "TaskFinish", "JobsDetail": 5}'),
            *("q-sign-time=9999999999999999999;99999999999999999999", "\ud800", "\x00\r\n", "%ff"),
        ]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)

_QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _traffic() -> list[Any]:
    job = shown(request_job("one"), "j1", "Success")
    return [*conversation(), announced(job)]


def _places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where a value of ``data`` stands, at every depth."""
    found = [path] if path else []
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            found += _places(value, (*path, key))
    return found


def _spoilt(data: Any, place: tuple[str | int, ...], junk: Any) -> Any:
    copied = json.loads(json.dumps(data))
    node = copied
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = junk
    return copied


def _survives(path: Path) -> None:
    """Judged and reported to the last line, or refused with one."""
    try:
        found = inspect_files([str(path)], [KEYS], keep_all=True)
    except RecordingProblem as problem:
        message = str(problem)
        assert message.startswith(str(path))
        assert "\n" not in message
        return
    verdicts = verdicts_of(found, selected=None, strict=False)
    result = result_of(found, verdicts, [str(path)], strict=False, verbose=True)
    assert KEYS.secret_key not in json.dumps(result)


_HAR, _CASSETTE = har(_traffic()), cassette(_traffic())
_TEXTS = [
    ("a.har", json.dumps(_HAR)),
    ("a.json", json.dumps(_CASSETTE)),
    ("a.yaml", yaml.safe_dump(cassette(conversation()[:1]))),
]


@_QUICK
@given(place=st.sampled_from(_places(_HAR)), junk=_JUNK)
def test_a_har_file_with_anything_in_any_place(
    tmp_path: Path, place: tuple[str | int, ...], junk: Any
) -> None:
    path = tmp_path / "a.har"
    path.write_text(json.dumps(_spoilt(_HAR, place, junk)))
    _survives(path)


@_QUICK
@given(place=st.sampled_from(_places(_CASSETTE)), junk=_JUNK)
def test_a_cassette_with_anything_in_any_place(
    tmp_path: Path, place: tuple[str | int, ...], junk: Any
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(_spoilt(_CASSETTE, place, junk)))
    _survives(path)


@_QUICK
@given(data=st.data())
def test_torn_files(tmp_path: Path, data: st.DataObject) -> None:
    name, text = data.draw(st.sampled_from(_TEXTS))
    path = tmp_path / name
    path.write_text(text[: data.draw(st.integers(0, len(text)))])
    _survives(path)


@_QUICK
@given(data=st.binary(max_size=200), name=st.sampled_from(["a.har", "a.json", "a.yaml", "a"]))
def test_any_bytes(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    _survives(path)


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['touch harm']",
        "interactions: &a [*a]",
        "a: &a [x]\nb: &b [*a, *a]\ninteractions: [*b]",
        "interactions: [{request: !!python/name:os.system {}}]",
    ],
)
def test_yaml_that_would_do_something(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(RecordingProblem):
        inspect_files([str(path)])
    assert not (tmp_path / "harm").exists()


def test_yaml_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "MAX_YAML", 100)
    path = saved(tmp_path, "a.yaml", cassette(conversation()))
    with pytest.raises(RecordingProblem, match="split it, or record to JSON"):
        inspect_files([path])


def test_a_hostile_document_in_a_capture(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "' + "b" * 1000 + '">]><Request>' + "&b;" * 10000 + "</Request>"
    data = har(conversation())
    data["log"]["entries"][0]["request"]["postData"]["text"] = bomb
    data["log"]["entries"][1]["response"]["content"]["text"] = "<a>" * 100_000
    path = tmp_path / "a.har"
    path.write_text(json.dumps(data))
    _survives(path)


def test_names_that_are_no_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("/dev/null", "a\0b", str(tmp_path / "nothing"), ""):
        assert cli.run(["inspect", name]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert not any("Traceback" in line for line in lines)


def test_control_characters_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = har(conversation())
    data["log"]["entries"][0]["response"]["statusText"] = "\x1b[2J\x1b]0;owned\x07"
    data["log"]["entries"][0]["response"]["headers"] = [{"name": "x\x1b[31m", "value": "\x1b[0m"}]
    path = saved(tmp_path, "a.har", data)
    assert cli.run(["inspect", path, "--verbose"]) == 1
    assert "\x1b" not in capsys.readouterr().out
