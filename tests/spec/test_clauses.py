"""The catalogue is complete, ordered, self-consistent and found by its ids."""

from __future__ import annotations

import re

import pytest

from conformance.spec.clauses import (
    CATALOGUE,
    FAMILIES,
    ROLES,
    Level,
    UnknownClause,
    clause,
    for_roles,
    select,
)
from conformance.spec.clauses.model import MAY, MUST, SHOULD
from conformance.spec.clauses.sources import SOURCES
from conformance.spec.errata import ERRATA, erratum

COUNTS = {
    "HTTP": 13,
    "SIG": 34,
    "REQ": 43,
    "RSP": 31,
    "STA": 14,
    "QRY": 16,
    "ERR": 11,
    "CBK": 9,
    "LIB": 15,
}


def test_reports_have_a_word_for_each_level_role_and_outcome() -> None:
    assert [str(each) for each in Level] == ["MUST", "SHOULD", "MAY"]
    assert tuple(Level) == (MUST, SHOULD, MAY)
    assert ROLES == {"S": "server", "C": "client library", "K": "callback sender"}
    assert {each.outcome for each in CATALOGUE} == {None, "accepted", "refused"}


def test_every_family_has_all_its_clauses() -> None:
    seen = {family: sum(each.family == family for each in CATALOGUE) for family in FAMILIES}
    assert seen == COUNTS


def test_ids_are_unique_and_of_the_form() -> None:
    ids = [each.id for each in CATALOGUE]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Z]{3,4}-\d{2}", each) for each in ids)
    assert [each.family for each in CATALOGUE] == sorted(
        (each.family for each in CATALOGUE), key=list(FAMILIES).index
    )


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.id)
def test_an_entry_stands_alone(each) -> None:
    assert each.roles
    assert set(each.roles) <= {"S", "C", "K"}
    assert each.assertion.endswith(".")
    assert not each.note or each.note.endswith(".")
    assert "  " not in each.assertion + each.note
    assert each.source
    assert all(erratum(entry) for entry in each.errata)


def test_every_erratum_and_every_source_decides_something() -> None:
    assert {entry for each in CATALOGUE for entry in each.errata} == {each.id for each in ERRATA}
    assert {source for each in CATALOGUE for source in each.sources} == set(SOURCES)
    assert [each.id for each in ERRATA] == [f"E{number}" for number in range(1, 31)]


def test_an_outcome_is_about_request_bodies_in_a_servers_hands() -> None:
    with_outcome = [each for each in CATALOGUE if each.outcome]
    assert all(each.family == "REQ" and "S" in each.roles for each in with_outcome)
    assert all(each.outcome for each in CATALOGUE if each.family == "REQ" and "S" in each.roles)


def test_a_missing_queue_is_worse_in_a_client_than_in_a_server() -> None:
    assert clause("REQ-12").level_for("C") is Level.MUST
    assert clause("REQ-12").level_for("S") is Level.SHOULD
    assert clause("REQ-01").level_for("S") is Level.MUST


def test_source_names_the_document_and_the_errata() -> None:
    assert clause("HTTP-08").source == (
        "Common Request Headers (1045/43609); Request Signature (436/7778); errata E8"
    )
    assert clause("SIG-20").sources[0].url.endswith("/document/product/436/7778")


def test_roles_pick_clauses_in_catalogue_order() -> None:
    server = for_roles(("S", "K"))
    assert all({"S", "K"}.intersection(each.roles) for each in server)
    assert list(server) == [each for each in CATALOGUE if each in server]


def test_select_takes_ids_and_families_in_any_case() -> None:
    assert select(["sig-40", "REQ-01"]) == {"SIG-40", "REQ-01"}
    assert select([" req-01 "]) == {"REQ-01"}
    assert select(["cbk"]) == {each.id for each in CATALOGUE if each.family == "CBK"}
    assert select([]) == frozenset()


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [("SIG-4O", "SIG-4"), ("SGI", "SIG"), (" rps-01 ", "RSP-01"), ("\trsp-001\t", "RSP-01")],
)
def test_an_unknown_pattern_names_the_nearest(wrong: str, hint: str) -> None:
    with pytest.raises(UnknownClause, match=hint) as caught:
        select([wrong])
    assert "\n" not in str(caught.value)


def test_an_unknown_pattern_far_from_all_gives_no_hint() -> None:
    with pytest.raises(UnknownClause, match=r"no clause or family '\?\?\?'$"):
        select(["???"])


def test_clause_by_id_is_exact() -> None:
    with pytest.raises(UnknownClause):
        clause("sig-40")
