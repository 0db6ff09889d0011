"""The result as JUnit XML, in the form that Jenkins, GitLab and GitHub's readers take.

A family is a test suite, a clause a test case. A clause that fails is a failure, never an error; a
known failure, a clause that was not run and one that is inconclusive are skipped, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from conformance.report.finding import failure_text
from conformance.report.summary import Row, by_family, family_of

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(result: Mapping[str, Any]) -> str:
    """The XML document as text; valid whatever a message holds."""
    exchanges = {each["n"]: each for each in result["exchanges"]}
    families = by_family(result)
    root = etree.Element("testsuites", _counts("picjobs-conformance", result["clauses"], result))
    for place, (family, _, _) in enumerate(families):
        rows = [row for row in result["clauses"] if family_of(row) == family]
        # The time of a run is not the sum of its clauses: the first suite carries all of it.
        time = result["duration_s"] if place == 0 else 0.0
        suite = etree.SubElement(root, "testsuite", _suite(family, rows, result, time))
        _properties(suite, _run_properties(result))
        for row in rows:
            suite.append(_case(row, exchanges))
    document: bytes = etree.tostring(root, encoding="utf-8", pretty_print=True)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + document.decode("utf-8")


def xml_text(text: object) -> str:
    """``text`` without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", str(text))


def _is_failure(row: Row) -> bool:
    return row["verdict"] == "fail" and "known" not in row


def _is_skipped(row: Row) -> bool:
    return row["verdict"] in ("inconclusive", "not-run") or (
        row["verdict"] == "fail" and "known" in row
    )


def _counts(name: str, rows: Sequence[Row], result: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": name,
        "tests": str(len(rows)),
        "failures": str(sum(map(_is_failure, rows))),
        "errors": "0",
        "time": f"{result['duration_s']:.3f}",
    }


def _suite(
    family: str, rows: Sequence[Row], result: Mapping[str, Any], time: float
) -> dict[str, str]:
    return {
        **_counts(f"conformance.{family}", rows, result),
        "skipped": str(sum(map(_is_skipped, rows))),
        "time": f"{time:.3f}",
        "timestamp": xml_text(result["started"]).partition("+")[0].removesuffix("Z"),
        "hostname": "localhost",
    }


def _run_properties(result: Mapping[str, Any]) -> dict[str, object]:
    return {
        "target": f"{result['target']['kind']}: {result['target']['name']}",
        "suite-version": result["suite"]["version"],
        "page-revision": result["suite"]["revision"],
        "seed": result["seed"],
        "complete": str(result["complete"]).lower(),
    }


def _case(row: Row, exchanges: Mapping[int, Mapping[str, Any]]) -> etree._Element:
    case = etree.Element(
        "testcase",
        {
            "name": xml_text(row["id"]),
            "classname": f"conformance.{xml_text(family_of(row))}",
            "time": "0.000",
        },
    )
    about = {"clause": row["id"], "role": row["role"], "level": row["level"]}
    about |= {"source": row["source"], "verdict": row["verdict"], "judged": row["judged"]}
    _properties(case, about)
    if _is_failure(row):
        first = row["findings"][0]["message"] if row["findings"] else row["assertion"]
        failure = etree.SubElement(
            case, "failure", {"message": xml_text(f"{row['id']}: {first}"), "type": row["level"]}
        )
        failure.text = xml_text(failure_text(row, exchanges))
    elif _is_skipped(row):
        known = row.get("known", {}).get("reason")
        reason = f"known: {known}" if known else f"{row['verdict']}: {row['reason']}"
        etree.SubElement(case, "skipped", {"message": xml_text(reason)})
    elif row["verdict"] in ("warn", "info"):
        out = etree.SubElement(case, "system-out")
        out.text = xml_text(failure_text(row, exchanges))
    return case


def _properties(parent: etree._Element, values: Mapping[str, object]) -> None:
    properties = etree.SubElement(parent, "properties")
    for name, value in values.items():
        etree.SubElement(properties, "property", {"name": name, "value": xml_text(value)})
