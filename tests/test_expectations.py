"""Known failures and the conformance statement: what is read, what is an error, what it means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conformance.expectations import (
    Expectations,
    Known,
    apply,
    load_expectations,
    written,
)
from conformance.problems import Problem
from conformance.report.result import exit_status
from tests.report.results import result, row

TODAY = date(2026, 6, 1)
GOOD = """
# what is known
[[known]]
clause = "REQ-45"
reason = "the emulator ignores Content-Type"
link = "https://example.org/1"

[[known]]
clause = "RSP-24"
reason = "cut"
expires = 2026-06-01

[statement]
callbacks = false
list = true
temporary-credentials = false
"""


def load(tmp_path: Path, text: str) -> Expectations:
    (tmp_path / "known.toml").write_text(text)
    return load_expectations(tmp_path / "known.toml", TODAY)


def test_a_good_file(tmp_path: Path) -> None:
    read = load(tmp_path, GOOD)
    assert read.known == (
        Known("REQ-45", "the emulator ignores Content-Type", "https://example.org/1", None, 3),
        Known("RSP-24", "cut", "", date(2026, 6, 1), 8),
    )
    assert read.disclaimed == {"callbacks", "temporary-credentials"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[known]]\nclause = 'REQ-99'\nreason = 'x'", ":1: there is no clause or family 'REQ-99'"),
        ("\n[[known]]\nclause = 'REQ'\nreason = 'x'", ":2: there is no clause"),
        ("[[known]]\nclause = 'REQ-01'", ":1: a known failure needs a reason"),
        ("[[known]]\nreason = 'x'", ":1: a known failure needs a clause"),
        (
            "[[known]]\nclause = 'REQ-01'\nreason = 'x'\nlnk = 'y'",
            ":1: a known failure has no key 'lnk'; did you mean link?",
        ),
        (
            "\n\n".join(["[[known]]\nclause = 'REQ-01'\nreason = 'x'"] * 2),
            ":5: REQ-01 is listed already, on line 1",
        ),
        (
            "[[known]]\nclause = 'REQ-01'\nreason = 'x'\nexpires = 2026-05-31",
            ":1: the entry for REQ-01 expired on 2026-05-31",
        ),
        ("[[known]]\nclause = 'REQ-01'\nreason = 'x'\nexpires = 'soon'", "expires is to be a date"),
        ("[[known]]\nclause = 'REQ-01'\nreason = 'x'\nlink = 1", "link is to be text"),
        ("known = 1", "write each known failure as [[known]]"),
        ("[know]\n", ":1: there is no key 'know' here; did you mean known?"),
        ("[statement]\ncallback = false", ":2: the conformance statement has no part 'callback'"),
        ("[statement]\nlist = 'no'", ":2: list is to be true or false"),
        ("statement = 1", "as a table"),
        ("[[known]\n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Problem) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/known.toml")
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be read"):
        load_expectations(tmp_path / "none.toml", TODAY)
    (tmp_path / "latin.toml").write_bytes(b"\xff")
    with pytest.raises(Problem, match="not UTF-8"):
        load_expectations(tmp_path / "latin.toml", TODAY)


def test_known_failures_leave_the_exit_status_zero() -> None:
    made = result()
    expected = Expectations(
        "k.toml", (Known("RSP-24", "cut"), Known("CBK-04", "late", "https://l"))
    )
    applied = apply(made, expected)
    assert row(applied, "CBK-04")["known"] == {"reason": "late", "link": "https://l"}
    assert "known" not in row(made, "CBK-04")
    assert applied["mended"] == []
    assert exit_status(applied) == 3  # RSP-12 could not be judged
    for each in applied["clauses"]:
        if each["verdict"] == "inconclusive":
            each["verdict"] = "not-run"
    assert exit_status(applied) == 0


def test_a_listed_clause_that_passes_is_an_error() -> None:
    applied = apply(result(), Expectations("k.toml", (Known("RSP-01", "was bad", line=4),)))
    assert applied["mended"] == ["k.toml:4: RSP-01 no longer fails: remove it"]
    assert exit_status(applied) == 1


def test_a_listed_clause_that_was_not_judged_is_left_alone() -> None:
    applied = apply(result(), Expectations("k.toml", (Known("STA-13", "who knows"),)))
    assert applied["mended"] == []
    assert "known" not in row(applied, "STA-13")


def test_what_is_written_is_read_back_and_covers_every_failure(tmp_path: Path) -> None:
    made = apply(result(), Expectations("", (Known("RSP-24", "kept", "l"),), frozenset({"tdmq"})))
    read = load(tmp_path, written(made))
    assert [each.clause for each in read.known] == ["RSP-24", "CBK-04"]
    assert (read.known[0].reason, read.known[0].link) == ("kept", "l")
    assert read.disclaimed == {"tdmq"}
    assert exit_status(apply(made, read)) == 3
