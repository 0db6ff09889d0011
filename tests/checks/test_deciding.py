"""The map from clause to deciding code is true: what decides is named, what is named decides.

``tests/clients/test_session.py`` watches the checks of clients in the same way.
"""

from __future__ import annotations

import ast
import inspect

import pytest

from conformance.checks.deciding import OF_CLIENTS, OF_SERVERS, deciding
from conformance.checks.judge import judge
from conformance.engine.session import Options, run
from conformance.resources import resource_path
from conformance.spec.clauses import CATALOGUE, for_roles
from tests.checks.watching import CHECKS, declared, undeclared, watch

IDS = {each.id for each in CATALOGUE}

#: A body of 5 MiB is not in the cassette.
NOT_RECORDED = {"REQ-43"}

#: They blame whatever clause a case was made for when its call failed as a whole.
OF_THE_CASE = {"_adapter_failed", "_aside", "_failed", "_nothing_sent", "_unsupported"}


@pytest.mark.slow
def test_what_decides_on_a_server_is_named(monkeypatch):
    facts = run(Options(replay=resource_path("cassettes") / "reference" / "run.json")).facts
    seen = watch(monkeypatch)
    for _ in judge(facts):
        pass
    assert set(seen) | NOT_RECORDED == {each.id for each in for_roles(("S", "K"))}
    assert not undeclared(seen, OF_SERVERS)


def test_every_clause_is_decided_for_each_of_its_roles():
    servers, clients = declared(OF_SERVERS), declared(OF_CLIENTS)
    assert {each.id for each in for_roles(("S", "K"))} == set(servers)
    assert {each.id for each in for_roles("C")} == set(clients)


def test_without_a_module_the_map_is_whole():
    assert list(deciding()) == list(deciding(*OF_SERVERS, *OF_CLIENTS))
    assert {name.partition(".")[0] for name, _, _ in deciding(*OF_CLIENTS)} >= {"client_http"}


def test_every_module_of_checks_that_decides_is_in_the_map():
    known = {module.__name__.rpartition(".")[2] for module in (*OF_SERVERS, *OF_CLIENTS)}
    saying = {
        path.stem
        for path in CHECKS.glob("*.py")
        if any(True for _ in decisions(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert saying <= known


@pytest.mark.parametrize("module", [*OF_SERVERS, *OF_CLIENTS], ids=lambda each: each.__name__)
def test_a_clause_that_a_function_names_is_in_its_row(module):
    """Helpers that are given the clause are left out: whoever calls them names it."""
    rows = {function.__name__: clauses for _, function, clauses in deciding(module)}
    for function in ast.parse(inspect.getsource(module)).body:
        if isinstance(function, ast.FunctionDef) and function.name not in OF_THE_CASE:
            assert set(decisions(function)) <= set(rows.get(function.name, ())), function.name


def decisions(tree):
    """The ids that stand first in a call of ``ok`` or ``broken``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.func.id in ("ok", "broken") and node.args else None
            if isinstance(first, ast.Constant) and first.value in IDS:
                yield first.value
