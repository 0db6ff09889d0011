"""Common request headers and common response headers."""

from __future__ import annotations

from conformance.spec.rules.model import rule

_REQUEST = (
    rule(
        "RQ.Authorization",
        "Authorization is required, and holds the signature.",
        *("HTTP-07", "SIG-30"),
    ),
    rule(
        "RQ.Content-Length",
        "Content-Length is required for PUT and POST: the bytes of the body.",
        "HTTP-03",
    ),
    rule(
        "RQ.Content-Type",
        "Content-Type is required for PUT and POST with a body: application/xml here.",
        *("HTTP-04", "REQ-45"),
    ),
    rule(
        "RQ.Content-MD5",
        "Content-MD5 is optional: the Base64 MD5 of the body, which the server verifies.",
        *("HTTP-06", "REQ-42"),
    ),
    rule(
        "RQ.Date",
        "Date is optional: the current time in the GMT form of RFC 1123.",
        *("HTTP-05", "HTTP-09"),
    ),
    rule(
        "RQ.Host",
        "Host is required: <BucketName-APPID>.ci.<Region>.myqcloud.com.",
        *("HTTP-02", "REQ-46"),
    ),
    rule(
        "RQ.x-ci-security-token",
        "x-ci-security-token is the session token, required with temporary credentials.",
        *("HTTP-08", "SIG-26", "SIG-44"),
    ),
)

_RESPONSE = (
    rule("RS.Content-Length", "Content-Length is the bytes of the body.", "RSP-03"),
    rule("RS.Content-Type", "Content-Type is the type of the body.", "RSP-02", "ERR-02"),
    rule("RS.Connection", "Connection tells of the connection.", "RSP-08"),
    rule("RS.Connection=keep-alive", "Connection may be keep-alive.", "RSP-08"),
    rule("RS.Connection=close", "Connection may be close.", "RSP-08"),
    rule("RS.Date", "Date is the time of the answer, RFC 1123 GMT.", "RSP-04"),
    rule("RS.Server", "Server is tencent-ci by default.", "RSP-05"),
    rule(
        "RS.x-ci-request-id",
        "x-ci-request-id is made by the server for every request.",
        *("RSP-06", "ERR-07"),
    ),
    rule(
        "RS.x-ci-trace-id",
        "x-ci-trace-id is there only when the request failed.",
        *("RSP-07", "ERR-08"),
    ),
)

RULES = _REQUEST + _RESPONSE
