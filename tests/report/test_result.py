"""The JSON result: its shape, what it holds of each verdict, and the exit status it means."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from conformance.checks.verdicts import NOT_OFFERED, NOT_SELECTED, UNCLAIMED
from conformance.report.result import exit_status
from conformance.report.wire_json import BODY_LIMIT, exchange_json
from conformance.resources import resource_path
from conformance.spec.clauses import for_roles
from tests.report.results import HOSTILE, exchange, request, response, result, row

SCHEMA = json.loads((resource_path("schemas") / "result.schema.json").read_text())


@pytest.mark.parametrize("verbose", [False, True])
def test_a_result_is_valid_by_its_schema(verbose: bool) -> None:
    made = json.loads(json.dumps(result(verbose=verbose)))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(made)


def test_every_clause_of_the_roles_is_there_in_catalogue_order() -> None:
    assert [each["id"] for each in result()["clauses"]] == [
        each.id for each in for_roles(("S", "K"))
    ]


def test_each_verdict_is_what_the_outcomes_say() -> None:
    made = result()
    seen = {name: row(made, name)["verdict"] for name in _EXPECTED}
    assert seen == _EXPECTED
    assert made["summary"] == {
        "pass": 1,
        "fail": 2,
        "warn": 1,
        "info": 1,
        "inconclusive": 1,
        "not-run": len(made["clauses"]) - 6,
    }


_EXPECTED = {
    "RSP-24": "fail",
    "RSP-05": "warn",
    "RSP-29": "info",
    "RSP-01": "pass",
    "RSP-12": "inconclusive",
    "STA-13": "not-run",
    "CBK-04": "fail",
}


def test_a_warning_fails_when_strict() -> None:
    assert row(result(strict=True), "RSP-05")["verdict"] == "fail"


def test_the_smallest_request_is_shown_first_and_all_are_counted() -> None:
    shown = row(result(), "RSP-24")
    assert (shown["judged"], shown["broken"]) == (3, 2)
    assert shown["findings"][0]["exchanges"] == [2]


def test_a_pass_says_how_often_it_could_not_be_judged() -> None:
    assert "could not be judged" in row(result(), "RSP-01")["reason"]


def test_exchanges_are_those_that_findings_point_to_or_all() -> None:
    assert [each["n"] for each in result()["exchanges"]] == [1, 2, 4, 5]
    assert [each["n"] for each in result(verbose=True)["exchanges"]] == [1, 2, 3, 4, 5]


def test_a_callback_has_no_curl_line() -> None:
    assert row(result(), "CBK-04")["findings"][0]["curl"] is None
    assert row(result(), "RSP-24")["findings"][0]["curl"].startswith("curl ")


def test_what_utf8_cannot_hold_is_shown_escaped() -> None:
    made = result()
    assert row(made, "RSP-24")["findings"][0]["observed"] == "\\udcff"
    assert HOSTILE in row(made, "CBK-04")["findings"][0]["message"]
    json.dumps(made, ensure_ascii=False).encode("utf-8")


def test_bodies_are_text_or_base64_and_bounded() -> None:
    shown = exchange_json(exchange(request=request(body=b"\xff\xfe")))
    assert shown["request"]["body_base64"] == "//4="
    shown = exchange_json(exchange(request=request(body="é".encode() * BODY_LIMIT)))
    assert len(shown["request"]["body"].encode()) == BODY_LIMIT
    assert shown["request"]["body_note"] == f"the first {BODY_LIMIT} of {2 * BODY_LIMIT} bytes"
    shown = exchange_json(exchange(request=request(body=b"a" + "é".encode() * BODY_LIMIT)))
    assert shown["request"]["body"].endswith("é")
    assert exchange_json(exchange(response=response(b"a\0b")))["response"]["body_base64"]


@pytest.mark.parametrize(
    ("verdicts", "more", "status"),
    [
        ({"RSP-01": "pass"}, {}, 0),
        ({"RSP-01": "pass", "RSP-05": "warn", "RSP-29": "info"}, {}, 0),
        ({"RSP-01": "pass", "RSP-02": "fail"}, {}, 1),
        ({"RSP-01": "inconclusive", "RSP-02": "fail"}, {}, 1),
        ({"RSP-01": "pass", "RSP-02": "inconclusive"}, {}, 3),
        ({"RSP-01": "pass", "STA-13": "not-run"}, {}, 0),
        ({"RSP-01": "not-run"}, {}, 3),
        ({"RSP-01": "pass"}, {"complete": False}, 3),
        ({"RSP-01": "fail"}, {"complete": False}, 1),
        ({"RSP-01": "pass"}, {"mended": ["x.toml:1: RSP-01 no longer fails: remove it"]}, 1),
    ],
)
def test_exit_status(verdicts: dict[str, str], more: dict[str, Any], status: int) -> None:
    judged = ("pass", "fail", "warn", "info")
    rows = [
        {"id": name, "verdict": verdict, "judged": int(verdict in judged), "reason": None}
        for name, verdict in verdicts.items()
    ]
    made = {"clauses": rows, "complete": True, **more}
    assert exit_status(made) == status
    assert exit_status(made, interrupted=True) == 130


@pytest.mark.parametrize(
    ("reasons", "status"),
    [
        ((NOT_SELECTED, f"{UNCLAIMED} list"), 0),
        ((f"{NOT_OFFERED}: it has no way to list jobs",), 0),
        ((f"{UNCLAIMED} list", "no paused queue was given: --paused-queue-id"), 3),
        ((NOT_SELECTED,), 3),
    ],
)
def test_what_a_target_may_leave_out_changes_no_status(reasons: list[str], status: int) -> None:
    rows = [{"id": "Q", "verdict": "not-run", "judged": 0, "reason": each} for each in reasons]
    assert exit_status({"clauses": rows, "complete": True}) == status


def test_a_known_failure_leaves_the_exit_status_alone() -> None:
    known = {"id": "REQ-45", "verdict": "fail", "judged": 1, "known": {"reason": "so"}}
    assert exit_status({"clauses": [known], "complete": True}) == 0
