"""Outcomes are counted, and only a few of them kept."""

from __future__ import annotations

from conformance.checks.base import Mark, Outcome
from conformance.checks.verdicts import Verdict, fold
from conformance.inspection.tally import MAX_KINDS, Tally


def _broken(n: int, message: str = "wrong") -> Outcome:
    return Outcome("RSP-10", Mark.BROKEN, (n,), message)


def _same(outcome: Outcome) -> Outcome:
    return outcome


def _verdict(tally: Tally):
    return next(each for each in fold(tally.outcomes(), ("S",)) if each.clause.id == "RSP-10")


def test_counts_are_what_they_were() -> None:
    tally = Tally()
    for n in range(1, 101):
        tally.add(_broken(n), 1000 - n, _same)
    tally.add(Outcome("RSP-10", Mark.OK, (200,), count=7), 10, _same)
    verdict = _verdict(tally)
    assert (verdict.verdict, verdict.found, verdict.judged) == (Verdict.FAIL, 100, 107)


def test_the_smallest_requests_are_kept() -> None:
    tally = Tally()
    for n in range(1, 101):
        tally.add(_broken(n), 1000 - n, _same)
    assert tally.referenced() == {96, 97, 98, 99, 100}
    assert {finding.exchanges[0] for finding in _verdict(tally).findings} <= tally.referenced()


def test_equal_ones_stay_in_their_order() -> None:
    tally = Tally()
    for n in range(1, 20):
        tally.add(_broken(n), 5, _same)
    assert tally.referenced() == {1, 2, 3, 4, 5}


def test_kinds_are_bounded() -> None:
    tally = Tally()
    for n in range(1, 5000):
        tally.add(_broken(n, f"job {n} is wrong"), n, _same)
    assert len(tally.referenced()) <= MAX_KINDS + 5
    assert _verdict(tally).found == 4999


def test_only_what_is_kept_is_cleaned() -> None:
    cleaned = []

    def clean(outcome: Outcome) -> Outcome:
        cleaned.append(outcome)
        return outcome

    tally = Tally()
    for n in range(1, 1000):
        tally.add(_broken(n), 5, clean)
        tally.add(Outcome("RSP-11", Mark.OK, (n,)), 5, clean)
        tally.add(Outcome("SIG-08", Mark.UNMET, (n,), "no key"), 5, clean)
    assert len(cleaned) == 7
    assert sum(each.clause == "SIG-08" for each in tally.outcomes()) == 999
