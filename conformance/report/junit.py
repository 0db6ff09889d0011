"""The result as JUnit XML that is valid by every published schema of it.

A clause is a test suite of one test case: the schemas of Ant, Jenkins and Surefire know properties
of a suite but none of a case, and each clause has its own. A clause that fails is a failure, never
an error, and so is one that is listed as failing and does not fail: whoever reads only this has to
see why the run ended with 1. A known failure, and a clause that was not run or is inconclusive, is
skipped, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from conformance.report.finding import failure_text
from conformance.report.summary import NOT_JUDGED, Row, family_of, mended_lines

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(result: Mapping[str, Any]) -> str:
    """The XML document as text; valid whatever a message holds."""
    exchanges = {each["n"]: each for each in result["exchanges"]}
    mended = mended_lines(result)
    root = etree.Element("testsuites")
    for number, row in enumerate(result["clauses"]):
        root.append(_suite(number, row, result, exchanges, mended.get(row["id"], "")))
    document: bytes = etree.tostring(root, encoding="utf-8", pretty_print=True)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + document.decode("utf-8")


def xml_text(text: object) -> str:
    """``text`` without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", str(text))


def _is_failure(row: Row) -> bool:
    return row["verdict"] == "fail" and "known" not in row


def _is_skipped(row: Row) -> bool:
    return row["verdict"] in NOT_JUDGED or (row["verdict"] == "fail" and "known" in row)


def _suite(
    number: int,
    row: Row,
    result: Mapping[str, Any],
    exchanges: Mapping[int, Mapping[str, Any]],
    mended: str,
) -> etree._Element:
    """``mended`` is the line about an expected failure that did not come, or ``""``."""
    # The time of a run is not the sum of its clauses: the first suite carries all of it.
    time = result["duration_s"] if number == 0 else 0.0
    package = f"conformance.{xml_text(family_of(row))}"
    suite = etree.Element(
        "testsuite",
        {
            "name": f"{package}.{xml_text(row['id'])}",
            "package": package,
            "id": str(number),
            "tests": "1",
            "failures": str(int(_is_failure(row) or bool(mended))),
            "errors": "0",
            "skipped": str(int(_is_skipped(row))),
            "time": f"{time:.3f}",
            "timestamp": _timestamp(str(result["started"])),
            "hostname": "localhost",
        },
    )
    properties = etree.SubElement(suite, "properties")
    for name, value in _properties(row, result).items():
        etree.SubElement(properties, "property", {"name": name, "value": xml_text(value)})
    case = _case(row, package, time, exchanges)
    if mended:
        etree.SubElement(case, "failure", {"message": xml_text(mended), "type": "mended"})
    suite.append(case)
    out = etree.SubElement(suite, "system-out")
    if row["findings"] and not _is_failure(row):
        out.text = xml_text(failure_text(row, exchanges))
    etree.SubElement(suite, "system-err")
    return suite


def _timestamp(started: str) -> str:
    """The start in UTC, without the zone, which the schemas do not allow."""
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return "1970-01-01T00:00:00"
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _properties(row: Row, result: Mapping[str, Any]) -> dict[str, object]:
    return {
        "clause": row["id"],
        "role": row["role"],
        "level": row["level"],
        "source": row["source"],
        "assertion": row["assertion"],
        "verdict": row["verdict"],
        "judged": row["judged"],
        "target": f"{result['target']['kind']}: {result['target']['name']}",
        "suite-version": result["suite"]["version"],
        "page-revision": result["suite"]["revision"],
        "seed": result["seed"],
    }


def _case(
    row: Row, package: str, time: float, exchanges: Mapping[int, Mapping[str, Any]]
) -> etree._Element:
    case = etree.Element(
        "testcase",
        {"name": xml_text(row["id"]), "classname": package, "time": f"{time:.3f}"},
    )
    if _is_failure(row):
        first = row["findings"][0]["message"] if row["findings"] else row["assertion"]
        failure = etree.SubElement(
            case, "failure", {"message": xml_text(f"{row['id']}: {first}"), "type": row["level"]}
        )
        failure.text = xml_text(failure_text(row, exchanges))
    elif _is_skipped(row):
        known = row.get("known", {}).get("reason")
        reason = f"known: {known}" if known else f"{row['verdict']}: {row['reason']}"
        # As text: one of the published schemas knows no attribute here.
        etree.SubElement(case, "skipped").text = xml_text(reason)
    return case
