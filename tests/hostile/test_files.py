"""Files from anywhere: cassettes, results, expectations, settings, answers of adapters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.drivers import recording
from tests.hostile.fuzzing import Kitchen, ends_well, one_round

NAMES = (
    *("recording (JSON)", "recording (YAML)", "journal", "capture"),
    *("result", "expectations", "picjobs.toml", "adapter"),
)


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return Kitchen(tmp_path_factory.mktemp("kitchen"))


@pytest.mark.parametrize("name", NAMES)
def test_spoilt_at_random(name: str, kitchen: Kitchen) -> None:
    draw, feed = kitchen.targets()[name]
    one_round(draw, feed, number=1, examples=25)


def test_every_target_is_here(kitchen: Kitchen) -> None:
    assert set(kitchen.targets()) == set(NAMES)


def test_a_lone_surrogate_in_a_header_is_replayed(kitchen: Kitchen, tmp_path: Path) -> None:
    data = json.loads(json.dumps(kitchen.recording))
    data["interactions"][0]["response"]["headers"]["x-odd\ud800"] = ["\udfff"]
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(data))
    ends_well("run", "--replay", str(path))


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['touch harm']",
        "interactions: &a [*a]",
        "a: &a [x]\nb: &b [*a, *a]\ninteractions: [*b]",
        "interactions: [{request: !!python/name:os.system {}}]",
        "[" * 100_000,
    ],
)
def test_yaml_that_would_do_something(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(text)
    ends_well("run", "--replay", "a.yaml")
    assert {each.name for each in tmp_path.iterdir()} == {"a.yaml"}


def test_recordings_are_bounded(
    kitchen: Kitchen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.json"
    path.write_text(json.dumps(kitchen.recording))
    monkeypatch.setattr(recording, "MAX_BYTES", 100)
    ends_well("run", "--replay", str(path))


def test_names_in_a_recording_lead_nowhere(
    kitchen: Kitchen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scenario names, targets and bodies that look like paths are never opened or written."""
    monkeypatch.chdir(tmp_path)
    data = json.loads(json.dumps(kitchen.recording))
    for interaction in data["interactions"]:
        interaction["picjobs"] |= {"scenario": "../../harm", "step": "/tmp/harm"}
        interaction["request"]["uri"] = "file:///etc/passwd"
    path = tmp_path / "run.json"
    path.write_text(json.dumps(data))
    ends_well("run", "--replay", str(path), "--save-failures", str(tmp_path / "failures"))
    outside = {each for each in tmp_path.iterdir() if each.name not in ("run.json", "failures")}
    assert outside == set()
