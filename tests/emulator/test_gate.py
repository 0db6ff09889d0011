"""Host, route, method, and the headers that speak of the body."""

from __future__ import annotations

import base64
import hashlib

import pytest

from .driving import SETTINGS, Desk, Sign, a_job, document, request_of, sign

BODY = document(a_job())


def with_host(desk: Desk, host: str) -> tuple[int, str | None]:
    request = request_of("POST", "/pic_jobs", BODY, host=host)
    text = sign(request, desk.clock.now, Sign())
    said = desk.send(request.with_headers(request.headers.set("Authorization", text)))
    return said.status, said.code


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", (400, "InvalidHost")),
        (f"{SETTINGS.service_host}:80", (400, "InvalidHost")),
        ("", (400, "InvalidHost")),
        ("other-1250000001.ci.ap-chongqing.myqcloud.com", (403, "AccessDenied")),
        (f"{SETTINGS.bucket}.ci.ap-beijing.myqcloud.com", (400, "InvalidHost")),
    ],
)
def test_the_wrong_host(desk: Desk, host: str, expected: tuple[int, str]) -> None:
    assert with_host(desk, host) == expected
    assert len(desk.behaviour.store) == 0


def test_host_in_another_letter_case(desk: Desk) -> None:
    assert with_host(desk, SETTINGS.service_host.upper())[0] == 200


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("POST", "/pic_job", (404, "InvalidUrl")),
        ("POST", "/", (404, "InvalidUrl")),
        ("POST", "/Pic_Jobs", (404, "InvalidUrl")),
        ("POST", "//pic_jobs", (404, "InvalidUrl")),
        ("GET", "/pic_jobs/a/b", (404, "InvalidUrl")),
        ("PUT", "/pic_jobs", (501, "NotImplemented")),
        ("DELETE", "/pic_jobs", (501, "NotImplemented")),
        ("HEAD", "/pic_jobs", (501, "NotImplemented")),
        ("POST", "/pic_jobs/x", (501, "NotImplemented")),
        ("GET", "/jobs/x?cancel", (501, "NotImplemented")),
        ("PUT", "/jobs/x", (400, "InvalidArgument")),
        ("GET", "/pic_jobs/%00", (400, "InvalidArgument")),
        ("GET", "/pic_jobs/%ff", (400, "InvalidArgument")),
    ],
)
def test_routes_that_lead_nowhere(
    desk: Desk, method: str, target: str, expected: tuple[int, str]
) -> None:
    said = desk.call(method, target)
    assert (said.status, said.code) == expected


def content(desk: Desk, headers: dict[str, str], body: bytes = BODY) -> tuple[int, str | None]:
    said = desk.call("POST", "/pic_jobs", body, headers.items())
    return said.status, None if said.status == 200 else said.code


@pytest.mark.parametrize("kind", ["application/xml", "application/xml; charset=utf-8", "TEXT/XML"])
def test_content_types_that_are_xml(desk: Desk, kind: str) -> None:
    assert content(desk, {"Content-Type": kind}) == (200, None)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "xml"])
def test_content_types_that_are_not(desk: Desk, kind: str) -> None:
    assert content(desk, {"Content-Type": kind}) == (400, "InvalidContentType")


def test_content_md5(desk: Desk) -> None:
    right = base64.b64encode(hashlib.md5(BODY).digest()).decode()
    assert content(desk, {"Content-MD5": right}) == (200, None)
    assert content(desk, {"Content-MD5": right[::-1]}) == (400, "InvalidContent")
    assert len(desk.behaviour.store) == 1


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
def test_an_empty_body(desk: Desk, body: bytes) -> None:
    assert content(desk, {}, body) == (400, "MissingContent")


def test_a_large_body(desk: Desk) -> None:
    body = b"<Request>" + b" " * SETTINGS.body_limit + b"</Request>"
    assert content(desk, {}, body) == (413, "InvalidContent")


@pytest.mark.parametrize(
    ("name", "expected"), [("Content-Length", "MissingContentLength"), ("Content-Type", None)]
)
def test_headers_that_are_needed(desk: Desk, name: str, expected: str | None) -> None:
    request = request_of("POST", "/pic_jobs", BODY)
    request = request.with_headers(request.headers.without(name))
    text = sign(request, desk.clock.now, Sign())
    said = desk.send(request.with_headers(request.headers.set("Authorization", text)))
    assert said.code == (expected or "InvalidContentType")
