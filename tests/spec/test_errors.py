"""Error codes and their statuses, as the Error Codes page has them."""

from __future__ import annotations

import pytest

from conformance.spec.errors import CODES, statuses_fit

#: The page's table, row by row, as printed.
BY_STATUS = {
    301: "PermanentRedirect",
    307: "TemporaryRedirect",
    400: "InvalidArgument MissingContent InvalidContent InvalidHost ResourceNotFound "
    "ResourceAccessDenied ResourceDownloadFailed CIRoleNotExist ResourceNotSupported",
    401: "MissingAuthorization InvalidAuthorization AccessDenied SecretidNotExist SignatureExpired",
    403: "AccessDenied MediaBucketAlreadyBinded QueueSaturated QueuePaused",
    404: "InvalidUrl AuditingJobNotFound",
    411: "MissingContentLength",
    413: "InvalidContent",
    429: "SlowDown",
    451: "UnavailableForLegalReasons",
    500: "InternalError",
    501: "NotImplemented",
    503: "ServiceUnavailable",
}

NUMBERED_ONLY = (
    "InvalidContentType QueueNotFound TemplateNotFound MediaBucketUnBinded WriteTargetBucketDenied"
)


def test_the_table_is_the_pages() -> None:
    rows = {(code, status) for status, codes in BY_STATUS.items() for code in codes.split()}
    assert {(code, status) for code, statuses in CODES.items() for status in statuses} == rows
    assert {code for code, statuses in CODES.items() if not statuses} == set(NUMBERED_ONLY.split())


@pytest.mark.parametrize(("status", "codes"), BY_STATUS.items())
def test_a_code_fits_its_own_status(status: int, codes: str) -> None:
    for code in codes.split():
        assert statuses_fit(code, status)
        assert not statuses_fit(code, 418)
        assert not statuses_fit(code, 200)


@pytest.mark.parametrize("code", NUMBERED_ONLY.split())
def test_a_code_without_a_status_fits_any_4xx(code: str) -> None:
    fitting = [
        status for status in (200, 301, 399, 400, 404, 499, 500) if statuses_fit(code, status)
    ]
    assert fitting == [400, 404, 499]


def test_errata_13_either_status_for_access_denied() -> None:
    assert statuses_fit("AccessDenied", 401)
    assert statuses_fit("AccessDenied", 403)
    assert not statuses_fit("AccessDenied", 404)
