"""The catalogue of faults: each one shows, each can be served, each names what it breaks."""

from __future__ import annotations

import socket
from dataclasses import replace
from functools import cache

import pytest

from conformance.emulator import Behaviour, Emulator, EmulatorSettings, compose
from conformance.emulator.deviation import Fault
from conformance.emulator.faults import MODULES, all_faults
from conformance.spec.clauses import Clause, Level, clause, for_roles

from .tour import PARTS, Part, see

FAULTS = all_faults()
REQUEST = f"GET /pic_jobs HTTP/1.1\r\nHost: {EmulatorSettings().service_host}\r\n\r\n".encode()
SERVER = for_roles(("S", "K"))

#: Where a module's faults are likely to show: the part of the tour to look at first.
FIRST = {
    "http": "doors",
    "signing": "signatures",
    "forgery": "signatures",
    "tampering": "signatures",
    "partial": "corners",
    "body": "bodies",
    "rules": "bodies",
    "acceptance": "bodies",
    "lists": "lists",
    "queries": "cancels",
    "errors": "bodies",
    "leftovers": "bodies",
}


def home_of(fault: Fault) -> str:
    return fault.behaviour.__module__.rpartition(".")[2]


def parts_for(fault: Fault) -> list[Part]:
    first = FIRST.get(home_of(fault), "lives")
    return sorted(PARTS, key=lambda part: part.__name__ != first)


def only_settings(fault: Fault) -> bool:
    """Whether the fault lies in its settings: its behaviour changes no hook."""
    names = {name for kind in fault.behaviour.__mro__ for name in vars(kind) if name[0] != "_"}
    return all(getattr(fault.behaviour, name) is getattr(Behaviour, name) for name in names)


@cache
def untouched(part: Part, settings: EmulatorSettings) -> list[str]:
    return see(part, Behaviour, settings)


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_shows(name: str) -> None:
    fault = FAULTS[name]
    settings = replace(EmulatorSettings(), **fault.settings)
    plain = EmulatorSettings() if only_settings(fault) else settings
    assert any(
        see(part, fault.behaviour, settings) != untouched(part, plain) for part in parts_for(fault)
    )


def test_there_are_enough() -> None:
    assert len(FAULTS) >= 150


@pytest.mark.parametrize("wanted", SERVER, ids=lambda each: each.id)
def test_each_clause_has_a_fault(wanted: Clause) -> None:
    assert any(wanted.id in fault.clauses for fault in FAULTS.values())


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_names_what_it_breaks(name: str) -> None:
    fault = FAULTS[name]
    assert fault.name == name
    assert fault.clauses
    assert set(fault.clauses) <= {each.id for each in SERVER}
    assert fault.says.endswith(".")
    if fault.level is Level.MUST:
        assert any(_level(each) is Level.MUST for each in fault.clauses)


def _level(clause_id: str) -> Level:
    wanted = clause(clause_id)
    return wanted.level_for("S" if "S" in wanted.roles else "K")


def test_no_module_is_empty() -> None:
    assert {home_of(fault) for fault in FAULTS.values()} == set(MODULES)


def test_faults_can_be_stacked() -> None:
    every = [fault.behaviour for fault in FAULTS.values()]
    assert issubclass(compose(*every), tuple(every))
    assert issubclass(compose(*every[::-1]), tuple(every))


@pytest.mark.parametrize("module", MODULES)
def test_faults_are_served(module: str) -> None:
    """Each of a module's faults answers a request that comes over a socket."""
    for fault in FAULTS.values():
        if home_of(fault) != module:
            continue
        settings = replace(EmulatorSettings(), **fault.settings)
        with Emulator(settings, fault.behaviour) as emulator:
            host, port = emulator.address
            with socket.create_connection((host, port), timeout=5) as client:
                client.sendall(REQUEST)
                assert client.recv(9) == b"HTTP/1.1 "
            assert not emulator.problems
