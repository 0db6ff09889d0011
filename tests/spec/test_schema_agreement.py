"""On generated documents the two sets of schemas agree wherever XSD 1.0 can speak.

The twin in XSD 1.0 never rejects what XSD 1.1 accepts, and rejects whatever XSD 1.1 rejects for
another reason than an assertion.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from conformance.resources import resource_path
from conformance.spec.clauses import clause
from conformance.spec.schema import KINDS, Fault, Kind, validate_fast, validate_full
from conformance.spec.times import parse_job_time
from conformance.spec.xml import Node, element, write_xml
from tests.spec.documents import VALID, broken, real_dates

EACH_KIND = pytest.mark.parametrize("kind", KINDS)

#: Documents are big and drawn in pieces: what hypothesis would warn of is meant here.
DOCUMENTS = settings(
    max_examples=20,
    deadline=None,  # the first one compiles the schemas
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


def agree(kind: Kind, node: Node) -> None:
    findings = validate_full(kind, node)
    structure = [each for each in findings if each.fault is not Fault.RULE]
    assert validate_fast(kind, node) == (not structure), findings
    for each in findings:
        assert clause(each.clause).family in FAMILIES[kind], each
        assert each.path.split("/")[0] == node.name
        assert each.message


FAMILIES = {
    "request": {"REQ"},
    "response": {"RSP", "STA", "QRY"},
    "error": {"ERR"},
    "callback": {"CBK"},
}


@EACH_KIND
@DOCUMENTS
@given(st.data())
def test_a_valid_document_is_valid_to_both(kind: Kind, data: st.DataObject) -> None:
    node = data.draw(VALID[kind])
    assert validate_full(kind, node) == ()
    assert validate_fast(kind, node)
    body = write_xml(node)
    assert validate_full(kind, body) == ()
    assert validate_fast(kind, body)


@EACH_KIND
@settings(DOCUMENTS, max_examples=60)
@given(st.data())
def test_they_agree_on_what_is_broken(kind: Kind, data: st.DataObject) -> None:
    agree(kind, data.draw(broken(kind)))


# ---- times: the pattern in the schema and the parser are two definitions of one thing ----


def job_with(time: str) -> Node:
    """A cancelled job is free in its times, so their form is all that is judged."""
    leaves = {
        "JobId": "j",
        "Tag": "PicProcess",
        "State": "Cancel",
        "CreationTime": time,
        "StartTime": "-",
        "EndTime": "-",
        "QueueId": "p",
    }
    bucket = (element("Region", "r"), element("Bucket", "b"), element("Object", "o"))
    return element(
        "Response",
        element(
            "JobsDetail",
            *(element(name, text) for name, text in leaves.items()),
            element("Input", *bucket),
            element("Operation", element("Output", *bucket)),
        ),
    )


def test_the_last_day_of_every_month_and_the_day_after() -> None:
    for day in real_dates():
        after = f"{day[:-2]}{int(day[-2:]) + 1}"
        for text, real in ((f"{day}T23:59:59+0800", True), (f"{after}T00:00:00+0800", False)):
            assert (parse_job_time(text) is not None) == real
            assert validate_fast("response", job_with(text)) == real, text


DIGITS = st.text("0123456789", min_size=2, max_size=2)
TIMES = st.builds(
    "{}{}-{}-{}T{}:{}:{}{}{}{}".format,
    DIGITS,
    DIGITS,
    st.sampled_from(["00", "01", "02", "06", "12", "13"]) | DIGITS,
    st.sampled_from(["00", "01", "28", "29", "30", "31", "32"]) | DIGITS,
    st.sampled_from(["00", "23", "24"]) | DIGITS,
    st.sampled_from(["00", "59", "60"]) | DIGITS,
    st.sampled_from(["00", "59", "60", "61"]) | DIGITS,
    st.sampled_from(["+", "-", "", "Z"]),
    st.sampled_from(["00", "08", "14", "15"]) | DIGITS,
    st.sampled_from(["00", "30", "59", "60"]) | DIGITS,
)


@given(TIMES)
def test_the_schema_and_the_parser_take_the_same_times(text: str) -> None:
    assert validate_fast("response", job_with(text)) == (parse_job_time(text) is not None)


@settings(max_examples=40, deadline=None)
@given(TIMES)
def test_so_does_the_full_schema(text: str) -> None:
    found = {each.clause for each in validate_full("response", job_with(text))}
    assert found == (set() if parse_job_time(text) is not None else {"RSP-15"})


# ---- the files themselves ----

XS = "{http://www.w3.org/2001/XMLSchema}"
NOTE = "{urn:picjobs-conformance:clauses}clause"


def schema_files(folder: str) -> list:
    return sorted((resource_path("schemas") / folder).glob("*.xsd"))


def test_every_kind_has_both_schemas() -> None:
    for folder in (".", "fast"):
        assert {f"{kind}.xsd" for kind in KINDS} <= {path.name for path in schema_files(folder)}


@pytest.mark.parametrize("path", schema_files("fast"), ids=lambda path: path.name)
def test_the_fast_schemas_are_xsd_1_0(path) -> None:
    tree = etree.parse(path)
    assert not list(tree.iter(f"{XS}assert", f"{XS}assertion", f"{XS}openContent"))
    etree.XMLSchema(tree)


@pytest.mark.parametrize("path", schema_files("."), ids=lambda path: path.name)
def test_every_clause_that_a_schema_names_exists(path) -> None:
    tree = etree.parse(path)
    for each in tree.iter(f"{XS}element", f"{XS}assert", f"{XS}pattern", f"{XS}enumeration"):
        if NOTE in each.attrib:
            assert clause(each.get(NOTE))
    for rule in tree.iter(f"{XS}assert"):
        assert NOTE in rule.attrib
        assert rule.get(NOTE.removesuffix("clause") + "says")
