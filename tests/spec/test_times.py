"""The two ways of writing a moment are read exactly, and written as they are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.spec.times import (
    NO_TIME,
    format_http_date,
    format_job_time,
    parse_http_date,
    parse_job_time,
)

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 - bounds are naive by contract
    lambda moment: moment.replace(microsecond=0)
)


def test_the_pages_own_times() -> None:
    expected = datetime(2022, 7, 18, 15, 16, 43, tzinfo=timezone(timedelta(hours=8)))
    assert parse_job_time("2022-07-18T15:16:43+0800") == expected.timestamp()
    assert parse_http_date("Mon, 18 Jul 2022 19:37:29 GMT") == 1658173049.0
    assert parse_http_date("Wed, 29 May 2019 04:10:12 GMT") == 1559103012.0


@given(MOMENTS, st.integers(-14, 14))
def test_job_times_come_back(moment: datetime, offset: int) -> None:
    written = format_job_time(moment.timestamp(), offset)
    assert len(written) == len("2022-07-18T15:16:43+0800")
    assert parse_job_time(written) == moment.timestamp()


def test_job_times_are_written_in_the_pages_own_zone() -> None:
    assert format_job_time(0) == "1970-01-01T08:00:00+0800"
    assert format_job_time(0, 0) == "1970-01-01T00:00:00+0000"
    assert format_job_time(0, -3) == "1969-12-31T21:00:00-0300"


@given(MOMENTS)
def test_http_dates_come_back(moment: datetime) -> None:
    assert parse_http_date(format_http_date(moment.timestamp())) == moment.timestamp()


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29T00:00:00+0800",
        "2000-02-29T23:59:59-0000",
        "0001-01-01T00:00:00+1459",
        "9999-12-31T23:59:59-1400",
        "2022-07-18T15:16:43+0530",
    ],
)
def test_real_dates_of_the_form(text: str) -> None:
    assert parse_job_time(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "2022-07-18T15:16:43",
        "2022-07-18T15:16:43Z",
        "2022-07-18T15:16:43+08:00",
        "2022-07-18T15:16:43.000+0800",
        "2022-07-18 15:16:43+0800",
        "2022-07-18t15:16:43+0800",
        "2022-7-18T15:16:43+0800",
        " 2022-07-18T15:16:43+0800",
        "2022-07-18T15:16:43+0800\n",
        "\uff12022-07-18T15:16:43+0800",
        "2022-02-29T15:16:43+0800",
        "1900-02-29T15:16:43+0800",
        "2022-13-18T15:16:43+0800",
        "2022-00-18T15:16:43+0800",
        "2022-06-31T15:16:43+0800",
        "2022-07-00T15:16:43+0800",
        "2022-07-18T24:00:00+0800",
        "2022-07-18T15:60:43+0800",
        "2022-07-18T15:16:60+0800",
        "2022-07-18T15:16:43+1500",
        "2022-07-18T15:16:43+0860",
        "0000-07-18T15:16:43+0800",
    ],
)
def test_what_is_no_job_time(text: str) -> None:
    assert parse_job_time(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon, 18 Jul 2022 19:37:29",
        "Mon, 18 Jul 2022 19:37:29 UTC",
        "Mon, 18 Jul 2022 19:37:29 +0000",
        "Tue, 18 Jul 2022 19:37:29 GMT",
        "Mon, 18 jul 2022 19:37:29 GMT",
        "Monday, 18-Jul-22 19:37:29 GMT",
        "Mon Jul 18 19:37:29 2022",
        "Mon, 8 Jul 2022 19:37:29 GMT",
        "Thu, 30 Feb 2023 19:37:29 GMT",
        "Mon, 18 Jul 2022 24:37:29 GMT",
        "Mon, 18 Jul 2022 19:37:60 GMT",
        "Mon, \uff118 Jul 2022 19:37:29 GMT",
        "2022-07-18T19:37:29Z",
    ],
)
def test_what_is_no_http_date(text: str) -> None:
    assert parse_http_date(text) is None


@pytest.mark.parametrize("day", range(7))
def test_every_day_of_the_week(day: int) -> None:
    moment = 1_700_000_000 + day * 86400
    assert parse_http_date(format_http_date(moment)) == moment


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month(month: int) -> None:
    moment = datetime(2022, month, 7, tzinfo=UTC).timestamp()
    assert parse_http_date(format_http_date(moment)) == moment


def test_none_is_no_time() -> None:
    assert parse_job_time(None) is None
    assert parse_http_date(None) is None
    assert NO_TIME == "-"
