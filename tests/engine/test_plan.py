"""Which scenarios a run takes."""

from __future__ import annotations

import pytest

from conformance.emulator import EmulatorSettings
from conformance.engine.plan import choose, every, thinned
from conformance.engine.session import Options, embedded_target


@pytest.fixture(scope="module")
def scenarios():
    return every(embedded_target(EmulatorSettings(), Options(), "http://127.0.0.1:9"), 0, 5)


def test_names_are_unique(scenarios):
    assert len({each.name for each in scenarios}) == len(scenarios)


def test_choosing_takes_what_a_clause_needs_and_no_more(scenarios):
    some = choose(scenarios, {"SIG-40"})
    assert some
    assert all("SIG-40" in each.clauses for each in some)
    listing = {each.name for each in choose(scenarios, {"QRY-14"})}
    assert {"query/spread", "list/everything"} <= listing


def test_thinning_leaves_some_of_every_clause_and_whatever_stands_alone(scenarios):
    few = thinned(scenarios, 2)
    assert len(few) < len(scenarios) / 2
    assert {clause for each in few for clause in each.clauses} == {
        clause for each in scenarios for clause in each.clauses
    }
    names = {each.name for each in few}
    assert {"list/everything", "life/level", "callback/retry", "query/describe"} <= names
    assert {"life/success-00", "life/success-01"} <= names
    assert "life/success-02" not in names
    assert len([each for each in names if each.startswith("body/REQ-19/")]) == 2


def test_thinning_keeps_the_order(scenarios):
    order = [each.name for each in scenarios]
    few = [each.name for each in thinned(scenarios, 3)]
    assert few == [name for name in order if name in set(few)]
