"""Stored results are untrusted: whatever is wrong with one is said in one line."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.problems import Problem
from conformance.report.badge import render_badge
from conformance.report.compare import compare, comparison_json, comparison_markdown
from conformance.report.console import make_console, print_result
from conformance.report.html import render_html
from conformance.report.junit import render_junit
from conformance.report.markdown import render_markdown
from conformance.report.matrix import print_matrix, render_matrix_html, render_matrix_markdown
from conformance.report.merge import grouped, merged
from conformance.report.sarif import render_sarif
from conformance.report.stored import check_result, load_result
from conformance.resources import resource_path
from tests.report.results import result

GOOD = json.loads(json.dumps(result(verbose=True)))
GOOD["clauses"] = [each for each in GOOD["clauses"] if each["verdict"] != "not-run"]


def _printed(made: dict[str, Any]) -> str:
    file = io.StringIO()
    print_result(made, make_console(file, color=False), verbose=True)
    print_matrix([made, GOOD], make_console(file, color=False))
    return file.getvalue()


def _merged(made: dict[str, Any]) -> str:
    assert grouped([made, GOOD])
    try:
        return render_html(merged([made, GOOD]))
    except Problem as problem:
        return str(problem)


def _compared(made: dict[str, Any]) -> str:
    try:
        compared = compare(GOOD, made)
    except Problem as problem:
        return str(problem)
    return comparison_json(compared) + comparison_markdown(compared)


#: Whatever a result is made into, as functions from a result to text.
RENDERERS: tuple[Callable[[dict[str, Any]], str], ...] = (
    render_html, render_junit, render_markdown, render_sarif, render_badge, _printed, _merged,
    _compared, lambda made: render_matrix_html([made, GOOD]),
    lambda made: render_matrix_markdown([GOOD, made]),
)  # fmt: skip


def stored(**changes: Any) -> bytes:
    return json.dumps(GOOD | changes).encode()


def test_a_stored_result_is_what_was_stored(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(GOOD))
    assert load_result(tmp_path / "a.json") == GOOD


def test_equal_headers_are_held_once(tmp_path: Path) -> None:
    """They are most of a long result, which has to fit into memory."""
    made = json.loads(stored(clauses=[]))
    made["exchanges"] = [{**made["exchanges"][0], "n": n} for n in range(1, 4)]
    path = tmp_path / "r.json"
    path.write_text(json.dumps(made))
    loaded = load_result(path)
    assert loaded == made
    first, *others = (each["response"]["headers"] for each in loaded["exchanges"])
    assert first
    assert all(each[n] is pair for each in others for n, pair in enumerate(first))


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
        (b"NaN", "beyond reason"),
        (stored(duration_s=float("nan")), "beyond reason"),
        (stored().replace(b"1.25", b"1e999"), "duration_s: not a number from 0 to"),
        (stored(duration_s=10**400), "duration_s: not a number from 0 to"),
        (stored(seed=-1), "seed: not a number from 0 to"),
        (stored(mended=5), "mended: not of type list"),
        (stored(remaining_jobs=[5]), "remaining_jobs: not text"),
        (stored(complete=1), "complete: not of type bool"),
    ],
)
def test_what_is_no_result(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(Problem, match=said) as caught:
        load_result(tmp_path / "a.json")
    assert "\n" not in str(caught.value)


def test_half_a_character_is_shown_escaped(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(stored(started="\udc00"))
    loaded = load_result(tmp_path / "a.json")
    assert loaded["started"] == "\\udc00"
    for render in RENDERERS:
        render(loaded).encode("utf-8")


def test_a_file_without_end_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.report.stored.MAX_BYTES", 1000)
    with pytest.raises(Problem, match="longer than 1000 bytes"):
        load_result(Path("/dev/zero"))


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
        st.just([1]), st.just({"x": [None]}), st.just("<b>\x00"), st.just("\ud800"), st.floats(),
        st.just(10**400), st.just("9" * 400),
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
    for render in RENDERERS:
        assert render(checked)


TEXT = json.dumps({**GOOD, "clauses": GOOD["clauses"][:2], "exchanges": GOOD["exchanges"][:2]})


@settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    st.integers(0, len(TEXT)),
    st.integers(0, 40),
    st.one_of(
        st.binary(max_size=4),
        st.sampled_from([
            b"NaN", b"-1", b"1e999", b"9" * 400, b"null", b"true", b'"\\ud800"', b'"\\u0000"',
            b"{}", b"[" * 9000, b'{"a":' * 9000, b'"' + b"x" * 70_000 + b'"',
        ]),
    ),
)  # fmt: skip
def test_spoilt_text_is_refused_in_one_line_or_renders(start: int, gone: int, put: bytes) -> None:
    data = TEXT.encode()
    with NamedTemporaryFile(suffix=".json") as file:
        Path(file.name).write_bytes(data[:start] + put + data[start + gone :])
        loaded = _loaded(Path(file.name))
    if isinstance(loaded, str):
        assert loaded.startswith(file.name)
        assert "\n" not in loaded
        return
    for render in RENDERERS:
        render(loaded).encode("utf-8")


def _loaded(path: Path) -> dict[str, Any] | str:
    """The result, or what is wrong with it."""
    try:
        return load_result(path)
    except Problem as problem:
        return str(problem)


def test_what_the_schema_does_not_ask_for_may_be_missing() -> None:
    """Others write results too; each renderer does with what every result has."""
    schema = json.loads((resource_path("schemas") / "result.schema.json").read_text())
    bare = _only_required(GOOD, schema, schema)
    jsonschema.Draft202012Validator(schema).validate(bare)
    findings = [each for row in bare["clauses"] for each in row["findings"]]
    assert findings
    assert not any("again" in each for each in findings)
    made = check_result(bare, "bare.json")
    for render in RENDERERS:
        assert render(made) is not None


def _only_required(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """``value`` without the members that ``schema`` (a part of ``root``) does not require."""
    if "$ref" in schema:
        place = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        return _only_required(value, place, root)
    if isinstance(value, list):
        return [_only_required(each, schema.get("items", {}), root) for each in value]
    if not isinstance(value, dict):
        return value
    either = [name for each in schema.get("oneOf", ()) for name in each.get("required", ())]
    kept = {*schema.get("required", value), *either} & value.keys()
    parts = schema.get("properties", {})
    return {name: _only_required(value[name], parts.get(name, {}), root) for name in kept}
