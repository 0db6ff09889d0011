"""Hypothesis strategies for requests that break one clause, chosen at random."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import product

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.generate import faults, malformed
from conformance.generate.base import Case
from conformance.generate.bodies import SOBER_PLANS
from conformance.generate.faults import Fault
from conformance.generate.invalid import damaged_case, faulty_case
from conformance.generate.malformed import Damage
from conformance.generate.plans import Plan, model_of, suited
from conformance.spec.names import CALLBACK_FORMATS, CALLBACK_TYPES, TAG, USER_DATA_MAX
from conformance.spec.target import Target


@dataclass(frozen=True, slots=True)
class BrokenPlan:
    """A valid request and the one thing that is wrong with it."""

    plan: Plan
    wrong: Fault | Damage


def broken_case(broken: BrokenPlan, target: Target, name: str, marker: str) -> Case:
    """The request that a broken plan describes."""
    model = model_of(suited(broken.plan, target), target, marker)
    if isinstance(broken.wrong, Fault):
        return faulty_case(broken.wrong, name, model, marker)
    return damaged_case(broken.wrong, name, model, marker)


def _other_cases(*right: str) -> tuple[str, ...]:
    """Every way of writing these words in other letter case."""
    ways = (
        "".join(letters)
        for word in right
        for letters in product(*((each.lower(), each.upper()) for each in word))
    )
    return tuple(sorted(set(ways) - set(right)))


def _by_clause() -> tuple[tuple[Fault, ...], ...]:
    """The catalogue in groups, so that each clause is as likely as the next."""
    groups: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults.catalogue():
        groups[fault.clause].append(fault)
    return tuple(map(tuple, groups.values()))


def _value(clause: str, path: str, value: str) -> Fault:
    return faults.value_fault(clause, path, value, "drawn")


def _cut(place: int) -> Damage:
    return Damage("cut", "cut off somewhere", partial(malformed.cut, place))


_GROUPS = _by_clause()
_DAMAGES = malformed.catalogue()
_WORDS = ("low", "high", "normal", "zero", "NaN", "null", "None", "on", "1 2", "0b1", "1L", "--1")
_NOT_PRINTABLE = (
    *"\t\n\r",
    *map(chr, range(0x7F, 0x100)),
    *"\u0131\u03b1\u0436\u05d0\u0645\u200b\u2028\u3000\u4e2d\ud55c\uff10\ufeff\U0001f98c\U00020000",
)

_catalogued = st.sampled_from(_GROUPS).flatmap(st.sampled_from)
_damaged = st.sampled_from(_DAMAGES)
_drawn: SearchStrategy[Fault | Damage] = st.one_of(
    st.integers(USER_DATA_MAX + 1, 4 * USER_DATA_MAX).map(
        lambda length: faults.long_data(length, "x", "drawn")
    ),
    st.sampled_from(_NOT_PRINTABLE).map(lambda each: faults.character_fault(each, "drawn")),
    st.integers(3, 10**12).map(lambda level: _value("REQ-21", "Operation/JobLevel", str(level))),
    st.integers(1, 10**6).map(lambda level: _value("REQ-21", "Operation/JobLevel", str(-level))),
    st.sampled_from(_WORDS).map(lambda word: _value("REQ-21", "Operation/JobLevel", word)),
    st.sampled_from(_other_cases(TAG)).map(lambda tag: _value("REQ-04", "Tag", tag)),
    st.sampled_from(_other_cases(*CALLBACK_FORMATS)).map(
        lambda form: _value("REQ-13", "CallBackFormat", form)
    ),
    st.sampled_from(_other_cases(*CALLBACK_TYPES)).map(
        lambda kind: _value("REQ-14", "CallBackType", kind)
    ),
    st.integers(0, 9999).map(_cut),
)
_source = st.sampled_from(("catalogue", "catalogue", "catalogue", "drawn", "drawn", "damage"))


@st.composite
def broken_plans(draw: DrawFn) -> BrokenPlan:
    """A sober valid request with one thing wrong."""
    plan = draw(SOBER_PLANS)
    match draw(_source):
        case "catalogue":
            return BrokenPlan(plan, draw(_catalogued))
        case "drawn":
            return BrokenPlan(plan, draw(_drawn))
        case _:
            return BrokenPlan(plan, draw(_damaged))


BROKEN_PLANS: SearchStrategy[BrokenPlan] = broken_plans()
