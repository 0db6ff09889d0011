"""The matrix is whole, and what is kept of it is what there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import xmlschema
from click.testing import CliRunner

from conformance.checks.deciding import deciding
from conformance.commands.clauses import command
from conformance.coverage.collect import collect
from conformance.coverage.page import page
from conformance.coverage.proofs import proof_of, stored
from conformance.emulator import EmulatorSettings
from conformance.engine.plan import every
from conformance.engine.session import Options, embedded_target
from conformance.resources import resource_path
from conformance.spec.clauses import CATALOGUE
from conformance.spec.errata import ERRATA
from conformance.spec.errors import CODES
from conformance.spec.names import (
    CALLBACK_FORMATS,
    CALLBACK_TYPES,
    JOB_LEVELS,
    MQ_MODES,
    MQ_REGIONS,
    REQUEST_DRIFT,
    RESPONSE_DRIFT,
)
from conformance.spec.rules import RULES, rules_of
from conformance.spec.rules.model import rule as row
from conformance.spec.signature import PARAMETERS
from conformance.spec.states import State

IDS = {each.id for each in CATALOGUE}
RULE_IDS = [each.id for each in RULES]
#: E9, what workflows add, and a RequestId beside JobsDetail: seen, they are information.
DRIFT = REQUEST_DRIFT | RESPONSE_DRIFT | {"CosHeaders", "Response.RequestId"}
DOCS = Path(__file__).resolve().parents[1] / "docs"
STALE = "run scripts/coverage"


@pytest.fixture(scope="module")
def proofs():
    return collect()


# ---- every clause -------------------------------------------------------------------------------


def unproved(proofs, server: tuple[str, ...], client: tuple[str, ...]) -> list[str]:
    """Clauses that have none of these although a role of theirs needs it, or some without."""
    found = []
    for each in CATALOGUE:
        proof = proof_of(each, proofs)
        for judged, names in (({"S", "K"}, server), ({"C"}, client)):
            there = any(getattr(proof, name) for name in names)
            if there is judged.isdisjoint(each.roles):
                found.append(each.id)
    return found


def test_every_clause_has_a_check_for_each_of_its_roles(proofs):
    assert not unproved(proofs, ("checks",), ("client_checks",))


def test_every_clause_has_a_fault_for_each_of_its_roles(proofs):
    assert not unproved(proofs, ("faults",), ("client_faults",))


def test_every_clause_has_something_to_be_judged_on(proofs):
    assert not unproved(proofs, ("scenarios", "more_scenarios"), ("cases", "more_cases"))


def test_every_clause_stands_behind_a_rule_of_each_of_its_sources():
    missing = [
        (each.id, source.key)
        for each in CATALOGUE
        for source in each.sources
        if source not in {rule.source for rule in rules_of(each.id)}
    ]
    assert not missing


# ---- nothing is named that is not there ---------------------------------------------------------


def test_whatever_names_clauses_names_some_that_exist(proofs):
    for table in (
        *(proofs.checks, proofs.client_checks, proofs.scenarios, proofs.cases, proofs.universal),
        *(proofs.faults, proofs.client_faults),
    ):
        for name, clauses in table.items():
            assert set(clauses) <= IDS, name
    for name, _, clauses in deciding():
        assert clauses, name


def test_variants_name_errata_that_exist(proofs):
    known = {each.id for each in ERRATA}
    for name, errata in (*proofs.variants.items(), *proofs.client_variants.items()):
        assert set(errata) <= known, name


def test_what_is_drawn_on_begins_the_name_of_a_clause_and_of_a_scenario(proofs):
    target = embedded_target(EmulatorSettings(), Options(), "http://127.0.0.1:9")
    names = [each.name for each in every(target, 0, 1)]  # drawn ones too
    for beginning, prefixes in proofs.drawn_on.items():
        assert [each for each in IDS if each.startswith(beginning)], beginning
        for prefix in prefixes:
            assert [each for each in names if each.startswith(prefix)], prefix


# ---- every rule ---------------------------------------------------------------------------------


def test_rules_are_named_once_and_name_clauses_that_exist():
    assert len(set(RULE_IDS)) == len(RULES)
    for each in RULES:
        assert bool(each.clauses) != bool(each.reason), each.id
        assert set(each.clauses) <= IDS, each.id
        assert len(set(each.clauses)) == len(each.clauses), each.id


def test_a_rule_without_clause_and_reason_is_none():
    with pytest.raises(ValueError, match="or the reason why none does"):
        row("P.something", "Says something.")
    with pytest.raises(ValueError, match="or the reason why none does"):
        row("P.something", "Says something.", "REQ-01", reason="And yet.")


@pytest.mark.parametrize("bad", ["Q.something", "P", "P.some thing", "P.a=b=c", ".a", "P.a="])
def test_an_id_of_another_form_is_none(bad):
    with pytest.raises(ValueError, match="no id of a rule"):
        row(bad, "Says something.", "REQ-01")


def paths_of(element, path: str) -> Iterator[str]:
    here = f"{path}.{element.local_name}"
    yield here
    if element.type.is_complex():
        for child in element.type.content.iter_elements():
            name = child.local_name
            known = name is not None and DRIFT.isdisjoint({name, f"{element.local_name}.{name}"})
            if known:
                yield from paths_of(child, here)


@pytest.mark.parametrize(
    ("schema", "root", "part"),
    [
        ("request.xsd", "Request", "P.request"),
        ("response.xsd", "Response", "P.response"),
        ("error.xsd", "Error", "E.body"),
        ("callback.xsd", "Response", "CB"),
    ],
)
def test_every_node_of_the_schemas_has_a_rule(schema, root, part):
    model = xmlschema.XMLSchema11(str(resource_path("schemas") / schema))
    missing = [
        path
        for path in paths_of(model.elements[root], part)
        if path not in RULE_IDS and not is_ruled_elsewhere(path)
    ]
    assert not missing


def is_ruled_elsewhere(path: str) -> bool:
    """A structure has its rules where it is described, a job those of CreatePicJobs."""
    job = path.replace("CB.Response.JobsDetail", "P.response.Response.JobsDetail")
    end = f".{path.rpartition('.')[2]}"
    places = ("ST.", "U.", "CB.", "D.response.", "L.response.")
    return job in RULE_IDS or any(e.startswith(places) and e.endswith(end) for e in RULE_IDS)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("P.request.Request.Operation.JobLevel", JOB_LEVELS),
        ("P.request.Request.CallBackFormat", CALLBACK_FORMATS),
        ("P.request.Request.CallBackType", CALLBACK_TYPES),
        ("P.request.Request.CallBack", ("no",)),
        ("P.response.Response.JobsDetail.State", tuple(State)),
        ("L.request.states", (*State, "All")),
        ("L.request.orderByTime", ("Asc", "Desc")),
        ("ST.CallBackMqConfig.MqRegion", MQ_REGIONS),
        ("ST.CallBackMqConfig.MqMode", MQ_MODES),
        ("E.code", tuple(CODES)),
        ("G.parameters", PARAMETERS),
    ],
)
def test_every_valid_value_has_a_rule(path, values):
    said = {each.partition("=")[2] for each in RULE_IDS if each.startswith(f"{path}=")}
    assert said == set(values)


# ---- what is kept -------------------------------------------------------------------------------


def test_the_matrix_that_is_kept_is_the_one_there_is(proofs):
    assert stored() == proofs, STALE


def test_the_page_is_up_to_date(proofs):
    assert (DOCS / "coverage.md").read_text(encoding="utf-8") == page(proofs), STALE


# ---- the command --------------------------------------------------------------------------------


def clauses(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_json_has_every_rule_and_what_proves_each_clause():
    told = json.loads(clauses("--format", "json"))
    assert [each["id"] for each in told["rules"]] == RULE_IDS
    by_id = {each["id"]: each for each in told["clauses"]}
    length = by_id["REQ-19"]
    assert length["rules"] == ["P.request.Request.Operation.UserData.length"]
    assert {"judges": "client", "module": "conformance.checks.client_body"}.items() <= {
        **length["checks"][-1]
    }.items()
    assert "data-1025" in length["faults"]["server"]
    assert "user-data-padded" in length["faults"]["client"]
    assert "body/REQ-19/user-data-1025" in length["scenarios"]["named"]
    assert length["cases"]["drawn_on"] == ["create"]
    assert by_id["RSP-18"]["variants"]["server"]


def test_json_of_some_clauses_has_their_rules_alone():
    told = json.loads(clauses("--format", "json", "HTTP-05"))
    assert [each["id"] for each in told["clauses"]] == ["HTTP-05"]
    assert [each["id"] for each in told["rules"]] == ["P.request.Date", "RQ.Date"]


def test_coverage_is_the_page_or_the_part_of_it_that_was_asked_for():
    assert clauses("--format", "coverage") == (DOCS / "coverage.md").read_text(encoding="utf-8")
    part = clauses("--format", "coverage", "sig-40")
    assert "#### SIG-40" in part
    assert "#### SIG-41" not in part
