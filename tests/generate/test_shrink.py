"""Shrinking: smaller, still failing, still about the same clause, and never without end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.generate.base import Case
from conformance.generate.shrink import smallest
from conformance.generate.streams import INVALID, VALID, Stream, generate, origin
from tests.generate.support import TARGET

Predicate = Callable[[Case], bool]


def first_failing(stream: Stream, fails: Predicate) -> int:
    cases = generate(stream, TARGET, seed=0, count=300)
    return next(index for index, case in enumerate(cases) if fails(case))


def long_data(case: Case) -> bool:
    return len(case.model.user_data or "") > 900


def ampersand_in_key(case: Case) -> bool:
    assert case.model.output is not None
    return "&" in (case.model.output.object or "")


def has_cdata(case: Case) -> bool:
    return b"<![CDATA[" in case.body


@pytest.mark.parametrize(
    ("fails", "clause"),
    [(long_data, "REQ-35"), (ampersand_in_key, "REQ-37"), (has_cdata, "REQ-36")],
)
def test_what_is_left_fails_and_decides_one_clause(fails: Predicate, clause: str):
    index = first_failing(VALID, lambda case: fails(case) and not case.expect.clauses)
    original = generate(VALID, TARGET, seed=0, count=1, start=index)[0]
    found = smallest(VALID, TARGET, seed=0, index=index, still_fails=fails)
    assert fails(found)
    assert len(found.body) < len(original.body)
    assert found.expect.clauses == (clause,)


def test_the_broken_clause_is_not_lost():
    index = first_failing(INVALID, lambda case: case.expect.clauses == ("REQ-21",))
    found = smallest(INVALID, TARGET, seed=0, index=index, still_fails=lambda _: True)
    assert found.expect.clauses == ("REQ-21",)


def test_tries_are_bounded_unlike_each_other_and_marked():
    asked: list[Case] = []

    def fails(case: Case) -> bool:
        asked.append(case)
        return True

    index = first_failing(VALID, lambda case: not case.expect.clauses)
    for tries in (1, 5, 25):
        asked.clear()
        smallest(VALID, TARGET, seed=0, index=index, still_fails=fails, tries=tries)
        assert 0 < len(asked) <= tries
        assert len({case.marker for case in asked}) == len(asked)
        assert len({case.name for case in asked}) == len(asked)


def test_a_case_that_does_not_fail_again_is_returned_as_it_was():
    original = generate(VALID, TARGET, seed=0, count=1, start=4)[0]
    found = smallest(VALID, TARGET, seed=0, index=4, still_fails=lambda _: False)
    assert found == original


def test_a_predicate_that_wavers_is_survived():
    answers = iter([True, False] * 500)
    found = smallest(VALID, TARGET, seed=0, index=5, still_fails=lambda _: next(answers), tries=40)
    assert found.name.startswith("valid/0005")


def test_shrinking_is_the_same_every_time():
    index = first_failing(VALID, has_cdata)
    ways = [smallest(VALID, TARGET, seed=0, index=index, still_fails=has_cdata) for _ in range(3)]
    assert ways[0] == ways[1] == ways[2]


def test_a_generated_case_is_found_again_by_its_name():
    assert origin("valid/0017") == (VALID, 17)
    assert origin("invalid/12345") == (INVALID, 12345)
    assert origin("REQ-35/user-data-1024") is None
    assert origin("valid/0017-3") is None
