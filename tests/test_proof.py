"""The catalogues of deviations are large enough and say what they should.

That every clause has its rule, check, scenario and fault is in ``test_coverage.py``.
"""

from __future__ import annotations

import pytest

from conformance.emulator import EmulatorSettings
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.engine.plan import choose, every
from conformance.engine.session import Options, embedded_target
from conformance.spec.clauses import Level, clause, for_roles

SERVER = [each.id for each in for_roles(("S", "K"))]
FAULTS = all_faults()


@pytest.fixture(scope="module")
def scenarios():
    target = embedded_target(EmulatorSettings(), Options(), "http://127.0.0.1:9")
    return every(target, 0, 0)


def test_every_clause_chooses_a_scenario_that_exercises_it(scenarios):
    assert not [each for each in SERVER if not choose(scenarios, {each})]


def test_a_fault_breaks_clauses_of_servers_and_says_how():
    for fault in FAULTS.values():
        for clause_id in fault.clauses:
            assert {"S", "K"} & set(clause(clause_id).roles), fault.name
        assert fault.level in Level
        assert fault.says.endswith(".")


def test_there_are_enough_of_both():
    assert len(FAULTS) >= 150
    assert len(all_variants()) >= 40
