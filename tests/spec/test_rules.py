"""What may be a row of the documentation's rules, and what may not."""

from __future__ import annotations

import pytest

from conformance.spec.clauses.sources import SOURCES
from conformance.spec.rules import RULES, rules_of
from conformance.spec.rules.model import Rule, rule

KEY = SOURCES[0].key


def test_a_row_is_held_by_clauses_or_says_why_by_none() -> None:
    held = rule(f"{KEY}.request.Tag=PicProcess", "Says.", "REQ-04", "RSP-13")
    assert held == Rule(f"{KEY}.request.Tag=PicProcess", "Says.", ("REQ-04", "RSP-13"), "")
    assert held.source is SOURCES[0]
    told = rule(f"{KEY}.request", "Says.", reason="Nobody can see it.")
    assert (told.clauses, told.reason) == ((), "Nobody can see it.")
    for clauses, reason in (((), ""), (("REQ-04",), "Both.")):
        with pytest.raises(ValueError, match="give the clauses that hold it, or the reason"):
            rule(f"{KEY}.request", "Says.", *clauses, reason=reason)


@pytest.mark.parametrize(
    "wrong", ["", KEY, f"{KEY}.", f"{KEY}.a b", f"{KEY}.a=", f"{KEY}.a=b=c", "NONE.a", ".a", "x.a"]
)
def test_an_id_begins_with_its_document(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no id of a rule"):
        rule(wrong, "Says.", "REQ-04")


def test_the_rules_of_a_clause_are_in_order() -> None:
    found = rules_of("REQ-04")
    assert found
    assert list(found) == [each for each in RULES if "REQ-04" in each.clauses]
    assert rules_of("REQ-00") == ()
