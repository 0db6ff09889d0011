"""Collects the matrix from the catalogues, the plans and the checks themselves."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

from conformance.checks.deciding import OF_CLIENTS, OF_SERVERS, deciding
from conformance.clients.calls import keyset
from conformance.clients.cases import every_case
from conformance.clients.casespec import UNIVERSAL
from conformance.clients.faults import all_faults as client_faults
from conformance.clients.faults import all_variants as client_variants
from conformance.coverage.proofs import Proofs, Table
from conformance.emulator import EmulatorSettings
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants
from conformance.engine.plan import DRAWS_ON, every
from conformance.engine.session import Options, embedded_target


def collect() -> Proofs:
    """The matrix as it is now: drawn cases left out, since they differ from seed to seed."""
    target = embedded_target(EmulatorSettings(), Options(), "http://127.0.0.1:9")
    return Proofs(
        checks=_checks(OF_SERVERS),
        client_checks=_checks(OF_CLIENTS),
        scenarios=_table((each.name, each.clauses) for each in every(target, 0, 0)),
        drawn_on=DRAWS_ON,
        cases=_table((each.name, each.clauses) for each in every_case(keyset(0), 0, 0, 10.0)),
        universal=_table((str(name), clauses) for name, clauses in UNIVERSAL.items()),
        faults=_table((each.name, each.clauses) for each in all_faults().values()),
        client_faults=_table((each.name, each.clauses) for each in client_faults().values()),
        variants=_table((each.name, each.errata) for each in all_variants().values()),
        client_variants=_table((each.name, each.errata) for each in client_variants().values()),
    )


def _checks(modules: tuple[ModuleType, ...]) -> Table:
    return _table((name, clauses) for name, _, clauses in deciding(*modules))


def _table(rows: Iterable[tuple[str, Iterable[str]]]) -> Table:
    return {name: tuple(about) for name, about in rows}
