"""What a capture lost, masked or never knew accuses nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.base import Mark
from conformance.generate.signing import Signing
from conformance.spec.wire import Exchange
from tests.checks.building import TARGET, error
from tests.inspection.support import (
    KEYS,
    broken,
    cassette,
    changed,
    created,
    findings,
    har,
    inspected,
)

_HEADERS = ("interactions", 0, "request", "headers")
_ANSWER = ("interactions", 0, "response")


def _cassette(exchange: Exchange | None = None) -> dict[str, Any]:
    return cassette([exchange or created()])


def _judged(tmp_path: Path, data: dict[str, Any]) -> set[str]:
    return broken(inspected(tmp_path, data, "a.json", KEYS))


@pytest.mark.parametrize(
    "value", [..., ["REDACTED"], ["***"], ["[redacted:signature]"], ["<filtered>"], [""]]
)
def test_credentials_that_a_filter_took_out(tmp_path: Path, value: Any) -> None:
    """As vcrpy's filter_headers leaves the request."""
    data = changed(_cassette(), (*_HEADERS, "Authorization"), value)
    assert _judged(tmp_path, data) == set()


def test_a_request_that_was_refused_for_its_missing_signature(tmp_path: Path) -> None:
    bare = replace(created(how=Signing(who="none")), response=error(401, "MissingAuthorization"))
    assert _judged(tmp_path, _cassette(bare)) == {"HTTP-07", "SIG-01"}


@pytest.mark.parametrize("mask", ["*" * 40, "[redacted:signature]", "XXXX", ""])
def test_a_masked_signature(tmp_path: Path, mask: str) -> None:
    data = _cassette()
    given = data["interactions"][0]["request"]["headers"]["Authorization"][0]
    masked = given.rpartition("=")[0] + "=" + mask
    assert _judged(tmp_path, changed(data, (*_HEADERS, "Authorization"), [masked])) == set()
    upper = given.rpartition("=")[0] + "=" + given.rpartition("=")[2].upper()
    accused = _judged(tmp_path, changed(data, (*_HEADERS, "Authorization"), [upper]))
    assert accused == {"SIG-07", "SIG-08"}


def test_a_masked_secret_id(tmp_path: Path) -> None:
    data = _cassette()
    given = data["interactions"][0]["request"]["headers"]["Authorization"][0]
    masked = given.replace(KEYS.secret_id, "AKID***eone")
    data = changed(data, (*_HEADERS, "Authorization"), [masked])
    unnamed = replace(KEYS, secret_id="")
    for keys, mark in (
        (unnamed, Mark.OK),  # the id itself is not signed
        (replace(unnamed, secret_key="another key altogether"), Mark.UNMET),
        (KEYS, Mark.UNMET),
    ):
        found = inspected(tmp_path, data, "a.json", keys)
        assert [each.mark for each in findings(found, "SIG-08")] == [mark]


def test_headers_that_were_signed_and_are_not_in_the_capture(tmp_path: Path) -> None:
    signed = created(how=Signing(headers=("host", "date", "content-length")))
    data = changed(_cassette(signed), (*_HEADERS, "Date"), ...)
    assert _judged(tmp_path, data) == {"HTTP-05"}
    refused = replace(signed, response=error(403, "AccessDenied"))
    data = _cassette(refused)
    assert _judged(tmp_path, changed(data, (*_HEADERS, "Content-Length"), ...)) == set()
    assert _judged(tmp_path, changed(data, (*_HEADERS, "Date"), ...)) >= {"SIG-05", "SIG-08"}


def test_content_length_that_is_added_below_the_place_of_capture(tmp_path: Path) -> None:
    data = _cassette()
    assert _judged(tmp_path, changed(data, (*_HEADERS, "Content-Length"), ...)) == set()
    assert _judged(tmp_path, changed(data, (*_HEADERS, "Content-Length"), ["7"])) == {"HTTP-03"}
    assert _judged(tmp_path, changed(data, (*_HEADERS, "Content-Type"), ...)) == {"HTTP-04"}


def test_a_request_body_that_is_not_there(tmp_path: Path) -> None:
    data = changed(_cassette(), ("interactions", 0, "request", "body"), None)
    assert _judged(tmp_path, data) == set()


def test_lengths_of_answers(tmp_path: Path) -> None:
    """A cassette has the bytes; what was compressed, or has no length, it cannot compare."""
    data = _cassette()
    headers = (*_ANSWER, "headers")
    assert _judged(tmp_path, changed(data, (*headers, "Content-Length"), ["7"])) == {"RSP-03"}
    assert _judged(tmp_path, changed(data, (*headers, "Content-Length"), ...)) == set()
    packed = changed(data, (*headers, "Content-Length"), ["7"])
    packed = changed(packed, (*headers, "Content-Encoding"), ["gzip"])
    assert _judged(tmp_path, packed) == set()
    chunked = changed(data, (*headers, "Transfer-Encoding"), ["chunked"])
    assert _judged(tmp_path, chunked) == {"RSP-03"}
    assert _judged(tmp_path, changed(chunked, (*headers, "Content-Length"), ...)) == set()


def test_a_host_that_names_no_bucket(tmp_path: Path) -> None:
    """Traffic with an emulator on loopback: Host is wrong, the job is not."""
    data = har([created(how=Signing(headers=()))])
    entry = data["log"]["entries"][0]
    entry["request"]["url"] = "http://127.0.0.1:9000/pic_jobs"
    entry["request"]["headers"] = [
        each for each in entry["request"]["headers"] if each["name"] != "Host"
    ]
    found = inspected(tmp_path, data)
    assert broken(found) == {"HTTP-02", "SIG-09"}
    absent = entry["response"]["content"]["text"].replace("<Input>", "<In>")
    entry["response"]["content"]["text"] = absent.replace("</Input>", "</In>")
    assert "RSP-18" in broken(inspected(tmp_path, data))


def test_a_port_in_host_is_the_clients_fault_alone(tmp_path: Path) -> None:
    data = _cassette(created(how=Signing(headers=())))
    data["interactions"][0]["request"]["uri"] = f"http://{TARGET.host}:8080/pic_jobs"
    assert _judged(tmp_path, data) == {"HTTP-02", "SIG-09"}


def test_a_token_that_a_filter_took_out(tmp_path: Path) -> None:
    keys = replace(KEYS, token="a session token of some length")
    found = inspected(tmp_path, _cassette(), "a.json", keys)
    assert broken(found) == set()
    assert [each.mark for each in findings(found, "HTTP-08")] == [Mark.UNMET]
    refused = replace(created(), response=error(403, "AccessDenied"))
    assert "HTTP-08" in broken(inspected(tmp_path, _cassette(refused), "a.json", keys))
