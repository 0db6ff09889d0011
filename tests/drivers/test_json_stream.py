"""Pulling values out of a JSON file, in pieces of any size."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.drivers import json_stream
from conformance.drivers.json_stream import JsonStream
from conformance.drivers.recording import RecordingProblem

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


class _Dripping(io.StringIO):
    """Gives a few characters at a time, whatever is asked for."""

    def read(self, size: int | None = -1) -> str:
        return super().read(3 if size else 0)


def _stream(text: str) -> JsonStream:
    return JsonStream(_Dripping(text), Path("x.json"))


def _items(stream: JsonStream) -> list[object]:
    return [stream.value() for _ in stream.items()]


def _members(stream: JsonStream) -> dict[str, object]:
    return {name: stream.value() for name in stream.members()}


@settings(deadline=None)
@given(st.lists(_VALUES, max_size=5), st.sampled_from([None, 2]))
def test_items_come_back_however_they_arrive(values: list[object], indent: int | None) -> None:
    stream = _stream(json.dumps(values, indent=indent))
    assert _items(stream) == values
    assert stream.peek() == ""


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), _VALUES, max_size=5))
def test_members_come_back(values: dict[str, object]) -> None:
    stream = _stream(json.dumps(values, ensure_ascii=False))
    assert _members(stream) == values


def test_memory_follows_the_largest_piece() -> None:
    items = [{"number": n, "text": "x" * 1000} for n in range(3000)]
    stream = JsonStream(io.StringIO(json.dumps(items)), Path("x.json"))
    longest = 0
    for number in stream.items():
        assert stream.value()["number"] == number
        longest = max(longest, len(stream._buffer))
    assert longest < 3 * json_stream._CHUNK


def test_the_line_is_right_far_into_the_file() -> None:
    lines = [json.dumps({"text": "x" * 1000}) for _ in range(2000)]
    lines[1500] = '{"text": nothing}'
    stream = JsonStream(io.StringIO("[" + ",\n".join(lines) + "]"), Path("x.json"))
    with pytest.raises(RecordingProblem, match=r"^x\.json: line 1501: is not JSON"):
        _items(stream)


def test_one_value_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MAX_VALUE", 5000)
    stream = JsonStream(_Dripping(json.dumps(["x" * 9000])), Path("x.json"))
    with pytest.raises(RecordingProblem, match="single value"):
        _items(stream)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[1",
        "[1,",
        "[1 2]",
        "[1,]",
        '["a',
        "[" * 100_000,
        '["\\ud"]',
        "[1" + "0" * 9999 + "]",
    ],
)
def test_what_is_wrong_is_one_line(text: str) -> None:
    stream = JsonStream(io.StringIO(text), Path("x.json"))
    with pytest.raises(RecordingProblem) as problem:
        _items(stream)
    assert str(problem.value).startswith("x.json: line 1: ")
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize("text", ['{"a" 1}', '{"a": 1', "{1: 2}", '{"a": 1,}', '{"a": 1]'])
def test_objects_that_are_none(text: str) -> None:
    stream = _stream(text)
    with pytest.raises(RecordingProblem, match="is not JSON"):
        _members(stream)
