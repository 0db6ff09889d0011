"""What changed between two results, and what it means."""

from __future__ import annotations

import io
from typing import Any

import pytest

from conformance.problems import Problem
from conformance.report.compare import Kind, compare, comparison_markdown, print_comparison
from conformance.report.console import make_console
from tests.report.results import result, row


def changed(**verdicts: str) -> dict[str, Any]:
    """The result by hand with other verdicts; names with _ for the hyphen."""
    made = result()
    for name, verdict in verdicts.items():
        row(made, name.replace("_", "-"))["verdict"] = verdict
    return made


@pytest.mark.parametrize(
    ("clause", "after", "kind"),
    [
        ("RSP_01", "fail", Kind.BROKEN),  # passed
        ("RSP_01", "warn", Kind.BROKEN),
        ("RSP_29", "warn", Kind.BROKEN),  # was info
        ("RSP_05", "fail", Kind.BROKEN),  # warned
        ("RSP_12", "fail", Kind.BROKEN),  # was inconclusive
        ("STA_13", "fail", Kind.BROKEN),  # was not run
        ("RSP_24", "pass", Kind.MENDED),
        ("RSP_24", "warn", Kind.MENDED),
        ("RSP_05", "info", Kind.MENDED),
        ("RSP_24", "inconclusive", Kind.LOST),
        ("RSP_01", "not-run", Kind.LOST),
        ("RSP_12", "pass", Kind.GAINED),
        ("STA_13", "warn", Kind.GAINED),
        ("RSP_29", "pass", Kind.OTHER),
        ("RSP_12", "not-run", Kind.OTHER),
    ],
)
def test_what_a_change_means(clause: str, after: str, kind: Kind) -> None:
    made = compare(result(), changed(**{clause: after}))
    assert [change.kind for change in made.changes] == [kind]
    assert made.unchanged == 144
    assert made.is_worse == (kind is Kind.BROKEN)
    assert made.is_unclear == (kind is Kind.LOST and after == "inconclusive")


def test_a_clause_that_one_result_does_not_have() -> None:
    less = result()
    less["clauses"] = [each for each in less["clauses"] if each["id"] != "RSP-01"]
    assert compare(result(), less).changes[0].kind is Kind.LOST
    assert compare(less, result()).changes[0].kind is Kind.GAINED


def test_other_settings_of_the_runs_are_said() -> None:
    other = {
        **result(), "seed": 8, "strict": True, "complete": False,
        "suite": {"version": "0.2.0", "revision": "2025-01-01"},
        "target": {"kind": "cassette", "name": "tape"},
    }  # fmt: skip
    notes = "\n".join(compare(result(), other).notes)
    for said in (
        "another target:", "cassette tape after", "another version of the suite:",
        "another revision of the page: 2024-02-27 before, 2025-01-01 after",
        "another seed: 7 before, 8 after", "another strictness: not strict before, strict after",
        "the run after was stopped before its end",
    ):  # fmt: skip
        assert said in notes
    assert compare(result(), result()).notes == ()


def test_results_about_different_things_are_refused() -> None:
    client = {**result(), "target": {"kind": "client", "name": "x"}}
    with pytest.raises(Problem, match="of kind endpoint and one of kind client"):
        compare(result(), client)
    with pytest.raises(Problem, match="different clauses"):
        compare(result(), {**result(), "clauses": []})


def _printed(before: dict[str, Any], after: dict[str, Any]) -> str:
    file = io.StringIO()
    print_comparison(compare(before, after), make_console(file, color=False))
    return file.getvalue()


def test_the_text_names_the_worst_first_with_its_finding() -> None:
    text = _printed(changed(RSP_24="pass", STA_13="pass", RSP_05="fail"), result())
    assert "newly broken (1)\n  RSP-24   pass -> fail  UserData differs\n" in text
    assert "no longer judged (1)\n  STA-13 -> not-run: no paused queue was given\n" in text
    assert text.index("newly broken") < text.index("newly mended") < text.index("no longer judged")
    last = "1 newly broken, 1 newly mended, 1 no longer judged, 142 clauses unchanged\n"
    assert text.endswith(last)
    assert "\x1b" not in text


def test_clauses_that_were_lost_for_one_reason_are_one_line() -> None:
    after = changed(RSP_01="inconclusive", RSP_24="inconclusive")
    for name, words in (("RSP-01", "1 of 2 came"), ("RSP-24", "3 of 4 came")):
        row(after, name).update(reason=words, findings=[])
    assert "  RSP-01, RSP-24 -> inconclusive: 1 of 2 came\n" in _printed(result(), after)
    assert "| RSP-01, RSP-24 |" in comparison_markdown(compare(result(), after))


def test_markdown_is_only_text() -> None:
    text = comparison_markdown(compare(changed(CBK_04="pass"), result()))
    assert text.startswith("# 1 newly broken, 144 clauses unchanged\n")
    assert "| CBK-04 | ✅ pass | ❌ fail |" in text
    assert "<script>" not in text.replace("\\<script\\>", "")
