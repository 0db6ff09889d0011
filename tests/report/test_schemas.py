"""Each format is valid by its schema, for a result of every kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from conformance.expectations import Expectations, Known, apply
from conformance.inspection.inspector import inspect_files
from conformance.inspection.verdicts import result_of, verdicts_of
from conformance.report.badge import render_badge
from conformance.report.compare import compare, comparison_json
from conformance.report.junit import render_junit
from conformance.report.merge import merged
from conformance.report.sarif import render_sarif
from conformance.resources import resource_path
from tests.report.results import result, row

HERE = Path(__file__).parent / "schemas"
OURS = resource_path("schemas")


def validator(path: Path) -> jsonschema.Draft202012Validator:
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def known() -> dict[str, Any]:
    listed = (
        Known("RSP-24", "we know", "https://example.org/1"),
        Known("RSP-05", "as well"),
        Known("RSP-01", "was broken once", line=7),
    )
    return apply(result(), Expectations("known.toml", listed, frozenset(("tdmq",))))


def inspected() -> dict[str, Any]:
    file = str(resource_path("cassettes") / "documentation" / "page-samples.yaml")
    found = inspect_files((file,), (), keep_all=True, stop=lambda: False)
    verdicts = verdicts_of(found, selected=None, strict=False, disclaimed=frozenset())
    return result_of(found, verdicts, (file,), strict=False, verbose=True)


def stopped() -> dict[str, Any]:
    return {**result(), "complete": False}


def inconclusive() -> dict[str, Any]:
    made = result()
    rows = [
        {**each, "verdict": "inconclusive", "judged": 0, "reason": "lost", "findings": []}
        for each in made["clauses"]
    ]
    return {**made, "clauses": rows, "exchanges": []}


#: Those of `run` and `client` are validated in tests/test_reports.py, as they come out of them.
KINDS = {
    "made": result,
    "verbose": lambda: result(verbose=True),
    "strict": lambda: result(strict=True),
    "known": known,
    "inspected": inspected,
    "stopped": stopped,
    "inconclusive": inconclusive,
    "merged": lambda: merged([result(), result(verbose=True)]),
    "empty": lambda: {**result(), "clauses": [], "exchanges": []},
}


@pytest.fixture(scope="module", params=KINDS)
def made(request: pytest.FixtureRequest) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(KINDS[request.param]()))
    return stored


def test_json(made: dict[str, Any]) -> None:
    validator(OURS / "result.schema.json").validate(made)


@pytest.mark.parametrize("name", ["junit-10", "junit-4", "junit-ant"])
def test_junit(made: dict[str, Any], name: str) -> None:
    schema = etree.XMLSchema(etree.parse(HERE / f"{name}.xsd"))
    schema.assertValid(etree.fromstring(render_junit(made).encode()))


def test_sarif(made: dict[str, Any]) -> None:
    log = json.loads(render_sarif(made))
    validator(HERE / "sarif-subset.schema.json").validate(log)
    run = log["runs"][0]
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    for each in run["results"]:
        assert rules[each["ruleIndex"]] == each["ruleId"]
    for each in run["invocations"][0]["toolExecutionNotifications"]:
        assert rules[each["associatedRule"]["index"]] == each["associatedRule"]["id"]


def test_badge(made: dict[str, Any]) -> None:
    validator(HERE / "badge.schema.json").validate(json.loads(render_badge(made)))


def test_comparison(made: dict[str, Any]) -> None:
    if made["clauses"]:
        compared = comparison_json(compare(result(), made))
        validator(OURS / "compare.schema.json").validate(json.loads(compared))


# ---- what SARIF and the badge say ----------------------------------------------------------------


def test_sarif_has_what_is_wrong_with_its_exchange() -> None:
    log = json.loads(render_sarif(known()))
    run = log["runs"][0]
    found = {each["ruleId"]: each for each in run["results"]}
    assert {name: each["level"] for name, each in found.items()} == {
        "RSP-24": "error", "RSP-05": "warning", "RSP-29": "note", "CBK-04": "error",
    }  # fmt: skip
    assert found["RSP-24"]["suppressions"][0]["justification"] == "we know (https://example.org/1)"
    assert found["CBK-04"]["suppressions"] == []
    assert found["RSP-24"]["occurrenceCount"] == 2
    assert found["RSP-24"]["webRequest"]["method"] == "POST"
    assert found["RSP-24"]["webResponse"]["statusCode"] == 200
    notes = {each["associatedRule"]["id"]: each for each in _notes(run)}
    assert notes["RSP-12"]["level"] == "warning"
    assert "no paused queue was given" in notes["STA-13"]["message"]["text"]


def _notes(run: dict[str, Any]) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = run["invocations"][0]["toolExecutionNotifications"]
    return notes


def test_the_fingerprint_of_a_finding_leaves_its_values_aside() -> None:
    one, other = result(), result()
    row(other, "RSP-24")["findings"][0]["observed"] = "something else"
    prints = [
        [
            each["partialFingerprints"]
            for each in json.loads(render_sarif(each))["runs"][0]["results"]
        ]
        for each in (one, other)
    ]
    assert prints[0] == prints[1]
    assert len({json.dumps(each) for each in prints[0]}) == len(prints[0])


def _judged(verdicts: dict[str, str], **more: Any) -> dict[str, Any]:
    judged = ("pass", "fail", "warn", "info")
    rows = [
        {"id": name, "verdict": verdict, "judged": int(verdict in judged)}
        for name, verdict in verdicts.items()
    ]
    return {"clauses": rows, "complete": True, **more}


@pytest.mark.parametrize(
    ("made", "message", "color"),
    [
        (_judged({"A-1": "pass", "A-2": "pass"}), "2 of 2 clauses", "brightgreen"),
        (_judged({"A-1": "pass", "A-2": "not-run"}), "1 of 1 clauses", "brightgreen"),
        (_judged({"A-1": "pass", "A-2": "warn"}), "1 of 2 clauses, 1 warning", "green"),
        (_judged({"A-1": "fail", "A-2": "pass"}), "1 clause of 2 fails", "red"),
        (_judged({"A-1": "fail", "A-2": "fail"}), "2 clauses of 2 fail", "red"),
        (_judged({"A-1": "pass"}, mended=["x"]), "expectations out of date", "red"),
        (_judged({"A-1": "inconclusive", "A-2": "pass"}), "1 inconclusive", "lightgrey"),
        (_judged({"A-1": "inconclusive"}), "not judged", "lightgrey"),
        (_judged({"A-1": "pass"}, complete=False), "stopped, 1 of 1 judged", "lightgrey"),
    ],
)
def test_what_a_badge_says(made: dict[str, Any], message: str, color: str) -> None:
    badge = json.loads(render_badge(made))
    assert (badge["message"], badge["color"]) == (message, color)


def test_a_badge_says_that_failures_are_known() -> None:
    badge = json.loads(render_badge({**known(), "mended": [], "clauses": [
        each for each in known()["clauses"] if each["id"] in ("RSP-24", "RSP-01")
    ]}))  # fmt: skip
    assert (badge["message"], badge["color"]) == ("1 of 2 clauses, 1 known", "yellow")
