"""Results of one target as one, and of several targets side by side."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest

from conformance.checks.verdicts import NOT_SELECTED
from conformance.problems import Problem
from conformance.report.console import make_console
from conformance.report.html import render_html
from conformance.report.matrix import (
    matrix,
    print_matrix,
    render_matrix_html,
    render_matrix_markdown,
)
from conformance.report.merge import grouped, merged
from conformance.report.result import RunFacts, build_result
from tests.report.results import EXCHANGES, HOSTILE, STARTED, result, row, verdicts


def part(*families: str, **changes: Any) -> dict[str, Any]:
    """What a worker would store that was asked for some families only."""
    chosen = frozenset(
        each["id"] for each in result()["clauses"] if each["id"].partition("-")[0] in families
    )
    facts = RunFacts("endpoint", "http://127.0.0.1:1", STARTED, 1.5, 5, 2, **changes)
    made = build_result(facts, verdicts(selected=chosen), EXCHANGES)
    stored: dict[str, Any] = json.loads(json.dumps(made))
    return stored


RSP, REST = part("RSP"), part("HTTP", "SIG", "REQ", "STA", "QRY", "ERR", "CBK")


def test_parts_are_merged_into_what_one_run_would_have_said() -> None:
    whole = part("HTTP", "SIG", "REQ", "RSP", "STA", "QRY", "ERR", "CBK")
    [one] = grouped([RSP, REST])
    without = [{**each, "findings": []} for each in one["clauses"]]
    assert without == [{**each, "findings": []} for each in whole["clauses"]]
    assert one["summary"] == whole["summary"]
    assert (one["requests"], one["jobs"], one["duration_s"], one["parts"]) == (10, 4, 3.0, 2)


def test_findings_of_parts_keep_their_exchanges() -> None:
    [one] = grouped([RSP, REST])
    numbers = [each["n"] for each in one["exchanges"]]
    assert len(set(numbers)) == len(numbers)
    shown = {each["n"]: each for each in one["exchanges"]}
    for before in (RSP, REST):
        then = {each["n"]: each for each in before["exchanges"]}
        for clause in before["clauses"]:
            if clause["reason"] == NOT_SELECTED:
                continue
            now = row(one, clause["id"])
            for old, new in zip(clause["findings"], now["findings"], strict=True):
                assert [{**shown[n], "n": 0} for n in new["exchanges"]] == [
                    {**then[n], "n": 0} for n in old["exchanges"]
                ]


@pytest.mark.parametrize(
    "other",
    [
        part("RSP", "SIG"),  # RSP was asked for twice
        part("SIG", seed=8),
        part("SIG", strict=True),
        part("SIG", target={"host": "another"}),
        {**part("SIG"), "suite": {"version": "0.0.9", "revision": "2024-02-27"}},
    ],
)
def test_what_is_no_part_stands_beside(other: dict[str, Any]) -> None:
    assert grouped([RSP, other]) == [RSP, other]


def test_of_overlapping_results_the_worst_is_kept() -> None:
    one, other = result(), result()
    row(other, "RSP-01")["verdict"] = "fail"
    row(other, "RSP-01")["findings"] = row(one, "RSP-24")["findings"][:1]
    row(other, "RSP-24").update(verdict="pass", findings=[], broken=0)
    row(other, "RSP-12").update(verdict="pass", judged=4, reason=None)
    row(one, "CBK-04")["known"] = {"reason": "so", "link": ""}
    both = merged([one, other])
    assert row(both, "RSP-01")["verdict"] == "fail"
    assert row(both, "RSP-24")["verdict"] == "fail"
    assert row(both, "RSP-24")["judged"] == 6
    assert (row(both, "RSP-12")["verdict"], row(both, "RSP-12")["judged"]) == ("pass", 4)
    assert "known" not in row(both, "CBK-04")
    assert len(row(both, "CBK-04")["findings"]) == 2
    assert both["remaining_jobs"] == ["j1"]
    assert render_html(both)


def test_results_that_cannot_be_one() -> None:
    with pytest.raises(Problem, match="different versions of the suite"):
        merged([RSP, {**REST, "suite": {"version": "9", "revision": "2024-02-27"}}])
    with pytest.raises(Problem, match="different settings of --strict"):
        merged([RSP, part("SIG", strict=True)])
    with pytest.raises(Problem, match="different kinds of target"):
        merged([RSP, {**REST, "target": {"kind": "client", "name": "x"}}])


# ---- the matrix ---------------------------------------------------------------------------------


def several() -> list[dict[str, Any]]:
    known = result()
    row(known, "RSP-24")["known"] = {"reason": "we know", "link": ""}
    only = {**result(), "clauses": [row(result(), "RSP-01")]}
    return [result(), known, only]


def test_the_matrix_has_every_clause_and_a_cell_for_each_target() -> None:
    made = matrix(several())
    assert [each.letter for each in made.columns] == ["A", "B", "C"]
    assert [each.about["id"] for each in made.lines] == [each["id"] for each in result()["clauses"]]
    by_name = {line.about["id"]: line for line in made.lines}
    assert [cell and cell["verdict"] for cell in by_name["RSP-24"].cells] == ["fail", "fail", None]
    assert by_name["RSP-01"].is_even
    assert not by_name["STA-13"].is_even


def test_letters_go_on_after_z() -> None:
    letters = [each.letter for each in matrix([RSP] * 60).columns]
    assert (letters[25], letters[26], letters[51], letters[52]) == ("Z", "AA", "AZ", "BA")


def test_the_matrix_as_markdown() -> None:
    text = render_matrix_markdown(several())
    assert re.search(r"\| RSP-24 \| MUST \| ❌ \| ❌ \(known\) \| - \|", text)
    assert "RSP-01" not in text
    assert "1 of 145 clauses pass wherever they apply" in text
    assert "<script>" not in text


def test_the_matrix_on_a_terminal() -> None:
    file = io.StringIO()
    print_matrix(several(), make_console(file, color=False))
    text = file.getvalue()
    assert re.search(r"RSP-24 +fail +known fail +- ", text)
    assert "RSP-01 " not in text
    assert max(map(len, text.split("\n"))) < 200
    assert "\x1b" not in text


def test_the_matrix_page_holds_nothing_that_acts() -> None:
    text = render_matrix_html(several())
    assert HOSTILE not in text
    assert text.count("<script>") == 1
    assert not re.search("[\x00\x1b\u202e]", text)
    assert "known: we know" in text
