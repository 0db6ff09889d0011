"""Trials: what counts as caught, missed, misnamed, and as a false alarm."""

from __future__ import annotations

import json

import pytest

from conformance import cli
from conformance.emulator import Behaviour, hook
from conformance.emulator import faults as catalogue
from conformance.emulator.behaviour import overridden
from conformance.emulator.deviation import Fault
from conformance.emulator.values import Refusal
from conformance.emulator.variants import all_variants
from conformance.selftest import servers as module
from conformance.selftest.matrix import all_right, line, summary
from conformance.selftest.servers import attempt, stacked, taken_apart
from conformance.selftest.trial import Kind, Result, Trial, chosen
from conformance.spec.clauses import Level


@hook("end_time_of")
def ends_in_another_form(behaviour, inner, job):
    return (inner(job) or "").replace("T", " ")


@hook("check_user_data_length")
def takes_ampersands(behaviour, inner, root):
    if "&&&" not in (root.value("Operation/UserData") or ""):
        inner(root)


@hook("check_not_empty")
def another_code(behaviour, inner, incoming):
    if not incoming.request.body:
        raise Refusal(400, "InvalidArgument", "the body is empty")


def plan(*only, seed=0):
    return chosen(module.catalogue(), only, seed=seed, full=False)


def with_faults(monkeypatch, *faults):
    known = {each.name: each for each in faults}
    monkeypatch.setattr(module, "all_faults", lambda: known)
    monkeypatch.setattr(module, "EXAMPLES", 2)


def test_a_fault_is_caught_by_its_own_clause(monkeypatch):
    wrong = Fault("form", ("RSP-16",), Level.MUST, "Wrong form.", ends_in_another_form)
    with_faults(monkeypatch, wrong)
    result = attempt(Trial(Kind.FAULT, "form"))
    assert result.right, result.detail
    assert result.caught == ("RSP-16",)
    assert "RSP-16" in line(result)


def test_a_catch_under_another_name_is_none(monkeypatch):
    misnamed = Fault("form", ("RSP-13",), Level.MUST, "Not that.", ends_in_another_form)
    with_faults(monkeypatch, misnamed)
    result = attempt(Trial(Kind.FAULT, "form"))
    assert not result.right
    assert "misnamed" in result.detail


def test_a_fault_that_does_nothing_is_missed(monkeypatch):
    nothing = Fault("nothing", ("REQ-03",), Level.MUST, "Does nothing.", Behaviour)
    with_faults(monkeypatch, nothing)
    result = attempt(Trial(Kind.FAULT, "nothing"))
    assert not result.right
    assert "missed" in result.detail


def test_an_error_of_the_suite_is_a_wrong_result(monkeypatch):
    with_faults(monkeypatch)
    result = attempt(Trial(Kind.FAULT, "not-there"))
    assert not result.right
    assert "the suite broke" in result.detail


def test_the_plan_knows_every_name():
    names = {each.name for each in plan()}
    assert "plain" in names
    assert set(catalogue.all_faults()) <= names
    with pytest.raises(KeyError):
        plan("no-such-fault")


def test_the_summary_counts():
    def result(kind, name, right):
        return Result(Trial(kind, name), right, (), (), "", 0.1, 1)

    results = [
        result(Kind.FAULT, "a", True),
        result(Kind.FAULT, "b", False),
        result(Kind.PLAIN, "plain", True),
        result(Kind.VARIANT, "v+w", False),
        result(Kind.VARIANT, "v", True),
        result(Kind.VARIANT, "w", False),
    ]
    said = summary(results, "emulator")
    assert "1 of 2 variants left in peace" in said
    assert not all_right(results)
    assert all_right([*results[:1], *results[2:5]])
    assert "1 of 2 faults caught" in said
    assert "plain emulator silent" in said


def test_an_alarm_that_no_variant_raises_alone_is_told():
    def result(name, right):
        return Result(Trial(Kind.VARIANT, name), right, (), (), "", 0.1, 1)

    stack = result("v+w", False)
    assert line(stack).startswith("again ")
    assert "alone" not in summary([stack, result("v", True), result("w", False)], "emulator")
    told = summary([stack, result("v", True), result("w", True)], "emulator")
    assert "1 stacks of variants accused, and no variant of theirs alone" in told


def test_variants_are_stacked_and_taken_apart_again():
    variants = [each for each in plan() if each.kind is Kind.VARIANT]
    stacks = stacked(variants)
    assert len(stacks) < len(variants) / 5
    names = [name for each in stacks for name in each.name.split("+")]
    assert sorted(names) == sorted(each.name for each in variants)
    alarm = Result(stacks[0], False, (), (), "false alarm", 0.1, 1)
    assert [each.name for each in taken_apart([alarm])] == stacks[0].name.split("+")


def test_a_stack_hides_nothing():
    for each in stacked(plan()):
        if each.kind is Kind.VARIANT:
            variants = [all_variants()[name] for name in each.name.split("+")]
            hooks = [hook for variant in variants for hook in overridden(variant.behaviour)]
            assert len(set(hooks)) == len(hooks), each.name
            settings = [name for variant in variants for name in variant.settings]
            assert len(set(settings)) == len(settings), each.name


def test_who_meets_whom_differs_with_the_seed():
    one, two = (stacked(plan(seed=seed)) for seed in (1, 2))
    assert {each.name for each in one} != {each.name for each in two}
    assert [each.name for each in one] == [each.name for each in stacked(plan(seed=1))]


def test_what_shows_only_now_and_then_is_looked_for_in_everything(monkeypatch):
    rare = Fault("rare", ("REQ-19",), Level.MUST, "Takes ampersands.", takes_ampersands)
    with_faults(monkeypatch, rare)
    result = attempt(Trial(Kind.FAULT, "rare"))
    assert result.right, result.detail
    assert result.caught == ("REQ-19",)


def warns_only(monkeypatch, level):
    """A fault that breaks a clause by its code alone: a MUST clause that warns."""
    fault = Fault("code", ("REQ-03",), level, "Another code.", another_code)
    with_faults(monkeypatch, fault)
    return attempt(Trial(Kind.FAULT, "code"))


def test_a_warning_is_no_catch_of_what_breaks_a_must(monkeypatch):
    result = warns_only(monkeypatch, Level.MUST)
    assert not result.right
    assert result.detail == "too weak: breaks REQ-03 (MUST), and only REQ-03 warned"


def test_a_warning_is_the_catch_of_what_breaks_a_should(monkeypatch):
    result = warns_only(monkeypatch, Level.SHOULD)
    assert result.right
    assert result.caught == ("REQ-03",)


@pytest.mark.long
def test_the_matrix_for_programs(tmp_path, capsys):
    path = tmp_path / "matrix.json"
    arguments = ("selftest", "--only", "data-1025", "--only", "chunked", "--workers", "1")
    assert cli.run((*arguments, "--report-json", str(path))) == 0
    told = json.loads(path.read_text())
    assert told["right"]
    assert told["summary"] in capsys.readouterr().out
    fault, variant = told["trials"]
    assert (fault["kind"], fault["names"], fault["caught"]) == ("fault", ["data-1025"], ["REQ-19"])
    assert (variant["kind"], variant["names"], variant["others"]) == ("variant", ["chunked"], [])
    assert fault["requests"] > 0
    assert fault["seconds"] > 0
