"""Mutation testing's own rules: what is mutated, what is not, and that docs/mutants.md is exact."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def tools(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts" / "mutation")
    yield importlib.import_module("mutants"), importlib.import_module("score")
    for name in {"mutants", "score", "trial"} & set(sys.modules):
        del sys.modules[name]


def test_every_mutant_that_is_listed_is_one_of_the_code(tools):
    _, score = tools
    assert score.stray_entries() == []


def test_logic_is_mutated_and_wording_is_not(tools):
    mutants, _ = tools
    made = mutants.mutants("conformance/checks/headers.py")
    names = [each.name for each in made]
    assert len(names) == len(set(names))
    assert "_server: 'tencent-ci' -> 'tencent-ci~'" in names
    assert "_server: values == ('tencent-ci',) -> values != ('tencent-ci',)" in names
    assert "_connection: value.strip() -> value" in names
    assert "check: yield from _request_ids(facts) -> pass" in names
    assert not [name for name in names if "RFC 1123" in name and "yield" not in name]
    assert not [name for name in names if "DECIDES" in name]


def test_a_mutant_that_no_test_runs_is_not_noticed(tools):
    trial = importlib.import_module("trial")
    assert not trial._fork(lambda: trial._run([]), 0)


def test_a_mutant_is_the_module_with_one_change(tools):
    mutants, _ = tools
    path = "conformance/spec/states.py"
    (one,) = [m for m in mutants.mutants(path) if m.name.startswith("State: 'Pause' ->")]
    changed: dict[str, object] = {"__name__": "changed"}
    exec(one.compiled(), changed)
    whole: dict[str, object] = {"__name__": "whole"}
    exec(compile(one.tree, path, "exec"), whole)
    assert [str(each) for each in changed["State"]].count("Pause~") == 1
    assert "Pause~" not in [str(each) for each in whole["State"]]
