"""Documented error codes and the statuses that they come with (Error Codes page)."""

from __future__ import annotations

#: ERR-06: code to the statuses it is documented with. An empty set: named in the numeric table
#: only, so any 4xx is right. AccessDenied has two rows (E13); InvalidContent has two meanings.
CODES: dict[str, frozenset[int]] = {
    "PermanentRedirect": frozenset({301}),
    "TemporaryRedirect": frozenset({307}),
    "InvalidArgument": frozenset({400}),
    "MissingContent": frozenset({400}),
    "InvalidContent": frozenset({400, 413}),
    "InvalidHost": frozenset({400}),
    "ResourceNotFound": frozenset({400}),
    "ResourceAccessDenied": frozenset({400}),
    "ResourceDownloadFailed": frozenset({400}),
    "CIRoleNotExist": frozenset({400}),
    "ResourceNotSupported": frozenset({400}),
    "MissingAuthorization": frozenset({401}),
    "InvalidAuthorization": frozenset({401}),
    "AccessDenied": frozenset({401, 403}),
    "SecretidNotExist": frozenset({401}),
    "SignatureExpired": frozenset({401}),
    "MediaBucketAlreadyBinded": frozenset({403}),
    "QueueSaturated": frozenset({403}),
    "QueuePaused": frozenset({403}),
    "InvalidUrl": frozenset({404}),
    "AuditingJobNotFound": frozenset({404}),
    "MissingContentLength": frozenset({411}),
    "SlowDown": frozenset({429}),
    "UnavailableForLegalReasons": frozenset({451}),
    "InternalError": frozenset({500}),
    "NotImplemented": frozenset({501}),
    "ServiceUnavailable": frozenset({503}),
    "InvalidContentType": frozenset(),
    "QueueNotFound": frozenset(),
    "TemplateNotFound": frozenset(),
    "MediaBucketUnBinded": frozenset(),
    "WriteTargetBucketDenied": frozenset(),
}


def statuses_fit(code: str, status: int) -> bool:
    """Whether a documented ``code`` may come with ``status`` (ERR-06)."""
    documented = CODES[code]
    return status in documented if documented else 400 <= status <= 499
