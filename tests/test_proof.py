"""Nothing is claimed that is not proved: every clause has a check, a scenario and a fault."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import conformance
from conformance.emulator import EmulatorSettings
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.engine.plan import choose, every
from conformance.engine.session import Options, embedded_target
from conformance.spec.clauses import CATALOGUE, Level, clause, for_roles
from conformance.spec.errata import ERRATA

SERVER = [each.id for each in for_roles(("S", "K"))]
FAULTS = all_faults()
CHECKS = Path(conformance.__file__).parent / "checks"


def named_in(folder: Path) -> set[str]:
    """Every clause id that stands as a whole string in the modules of a folder."""
    known = {each.id for each in CATALOGUE}
    return {
        node.value
        for module in folder.glob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in known
    }


@pytest.mark.parametrize("clause_id", SERVER)
def test_every_clause_has_a_fault_that_breaks_it(clause_id):
    assert [name for name, fault in FAULTS.items() if clause_id in fault.clauses]


@pytest.mark.parametrize("clause_id", SERVER)
def test_every_clause_has_a_scenario_that_exercises_it(clause_id):
    target = embedded_target(EmulatorSettings(), Options(), "http://127.0.0.1:9")
    assert choose(every(target, 0, 0), {clause_id})


def test_every_clause_named_by_a_fault_exists():
    for fault in FAULTS.values():
        for clause_id in fault.clauses:
            assert {"S", "K"} & set(clause(clause_id).roles), fault.name
        assert fault.level in Level
        assert fault.says.endswith(".")


def test_there_are_enough_of_both():
    assert len(FAULTS) >= 150
    assert len(all_variants()) >= 40


def test_every_erratum_named_by_a_variant_exists():
    known = {each.id for each in ERRATA} if not isinstance(ERRATA, dict) else set(ERRATA)
    for variant in all_variants().values():
        assert set(variant.errata) <= known, variant.name


def test_every_clause_that_is_not_decided_by_an_outcome_is_named_by_a_check():
    """HTTP, SIG and REQ clauses are decided by what scenarios announce; all others by name."""
    named = named_in(CHECKS)
    missing = [
        each
        for each in SERVER
        if each.partition("-")[0] not in ("HTTP", "SIG", "REQ") and each not in named
    ]
    assert missing in ([], ["QRY-18", "QRY-22"]), missing
