"""Error codes: the form of an error response, and every documented code."""

from __future__ import annotations

from conformance.spec.rules.model import Rule, rule

_FORM = (
    rule("E.status", "An error has a status of 3xx, 4xx or 5xx.", "ERR-01", "ERR-09", "LIB-05"),
    rule("E.Content-Type", "An error is application/xml.", "ERR-02"),
    rule("E.body.Error", "Error is the root of its body.", "ERR-03", "LIB-12"),
    rule("E.body.Error.Code", "Code is the code.", "ERR-04", "ERR-05", "LIB-05"),
    rule("E.body.Error.Message", "Message says what is wrong.", "ERR-04", "LIB-05"),
    rule(
        "E.body.Error.RequestId",
        "RequestId is the id of the request.",
        *("ERR-04", "ERR-07", "LIB-05"),
    ),
    rule("E.body.Error.TraceId", "TraceId is the id of the trace.", "ERR-04", "ERR-08"),
    rule(
        "E.table",
        "Each code of the table of statuses has a status of its own, or two.",
        *("ERR-05", "ERR-06"),
    ),
    rule(
        "E.numbers",
        "A second table gives the codes numbers, and names further ones.",
        *("ERR-05", "ERR-06"),
    ),
    rule(
        "E.blame",
        "4xx is the fault of the request, 5xx that of the server.",
        *("ERR-09", "LIB-08"),
    ),
)


def _code(name: str, status: str, meaning: str, *clauses: str) -> Rule:
    """A code: wherever it is seen its status is judged (ERR-06), and a library has to tell it."""
    said = f"{name} ({status}): {meaning}." if status else f"{name}: {meaning}."
    return rule(f"E.code={name}", said, *clauses, "ERR-06", "LIB-05")


_CODES = (
    _code("PermanentRedirect", "301", "the resource has another address for good", "LIB-15"),
    _code("TemporaryRedirect", "307", "the resource has another address for now", "LIB-15"),
    _code("InvalidArgument", "400", "a value is not valid"),
    _code("MissingContent", "400", "there is no body", "REQ-03"),
    _code(
        "InvalidContent",
        "400, 413",
        "the body is of a bad format, is not that of its Content-MD5, or is too large",
        *("REQ-01", "REQ-42", "REQ-43"),
    ),
    _code("InvalidHost", "400", "the Host is not valid", "REQ-46"),
    _code("ResourceNotFound", "400", "the file does not exist", "STA-10"),
    _code("ResourceAccessDenied", "400", "the file may not be read"),
    _code("ResourceDownloadFailed", "400", "the file could not be fetched"),
    _code("CIRoleNotExist", "400", "the service has no role in the account"),
    _code("ResourceNotSupported", "400", "files of this kind are not supported"),
    _code("MissingAuthorization", "401", "there is no signature", "SIG-30"),
    _code("InvalidAuthorization", "401", "the signature is not of the form", "SIG-31"),
    _code("AccessDenied", "401, 403", "access is denied", "SIG-33", "REQ-46"),
    _code("SecretidNotExist", "401", "the SecretId does not exist", "SIG-34"),
    _code("SignatureExpired", "401", "the signature has expired", "SIG-35"),
    _code("MediaBucketAlreadyBinded", "403", "the bucket is bound already"),
    _code("QueueSaturated", "403", "the queue is full"),
    _code("QueuePaused", "403", "the queue is paused", "STA-13"),
    _code("InvalidUrl", "404", "there is nothing at this path", "REQ-47"),
    _code("AuditingJobNotFound", "404", "there is no such job", "QRY-22"),
    _code("MissingContentLength", "411", "Content-Length is missing"),
    _code("SlowDown", "429", "there are too many requests"),
    _code("UnavailableForLegalReasons", "451", "the resource is blocked"),
    _code("InternalError", "500", "the server has failed", "ERR-09", "LIB-08"),
    _code("NotImplemented", "501", "the method is not implemented", "ERR-09", "REQ-47"),
    _code("ServiceUnavailable", "503", "the service is not available", "LIB-08"),
    _code("InvalidContentType", "", "the Content-Type is not valid", "REQ-45"),
    _code("QueueNotFound", "", "the queue does not exist", "REQ-40"),
    _code("TemplateNotFound", "", "the template does not exist", "REQ-41"),
    _code("MediaBucketUnBinded", "", "the bucket is not bound", "REQ-46"),
    _code("WriteTargetBucketDenied", "", "the bucket of the result may not be written"),
)

RULES = _FORM + _CODES
