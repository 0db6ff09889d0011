"""Stored results are untrusted: whatever is wrong with one is said in one line."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.problems import Problem
from conformance.report.html import render_html
from conformance.report.junit import render_junit
from conformance.report.markdown import render_markdown
from conformance.report.stored import check_result, load_result
from tests.report.results import result

GOOD = json.loads(json.dumps(result(verbose=True)))
GOOD["clauses"] = [each for each in GOOD["clauses"] if each["verdict"] != "not-run"]


def test_a_stored_result_is_what_was_stored(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(GOOD))
    assert load_result(tmp_path / "a.json") == GOOD


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "a.json:1: not JSON"),
        (b"[]", "not a result"),
        (b"\xff", "not UTF-8"),
        (b'{"format": "picjobs-conformance/2"}', "not a result"),
        (b'{"format": "picjobs-conformance/1"}', "suite is missing"),
        (b"[" * 200_000, "nested"),
        (b"1" * 10_000, "not a result"),
    ],
)
def test_what_is_no_result(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(Problem, match=said) as caught:
        load_result(tmp_path / "a.json")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be read"):
        load_result(tmp_path / "none.json")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member of a JSON value."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        items = list(enumerate(value))[:3]
    for key, item in items:
        found += places(item, (*path, key))
    return found


@settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    st.sampled_from(places(GOOD)),
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([]), st.just({}),
        st.just([1]), st.just({"x": [None]}), st.just("<b>\x00"),
    ),
)  # fmt: skip
def test_a_spoilt_result_is_refused_or_renders(place: tuple[Any, ...], value: Any) -> None:
    spoilt = copy.deepcopy(GOOD)
    inner = spoilt
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    try:
        checked = check_result(spoilt, "a.json")
    except Problem:
        return
    for render in (render_html, render_junit, render_markdown):
        assert render(checked)
