"""The two ways in which the documentation writes a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

#: What stands in StartTime and EndTime while there is none (page, response sample).
NO_TIME = "-"

_JOB_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-](\d\d)\d\d", re.ASCII)
_HTTP_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) GMT",
    re.ASCII,
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=4096)
def parse_job_time(text: str | None) -> float | None:
    """Unix seconds of ``2022-07-18T15:16:43+0800``; None unless a real date of that form."""
    if text is None:
        return None
    match = _JOB_TIME.fullmatch(text)
    if match is None or int(match[1]) > 14:
        return None
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return None
    return moment.timestamp()


def format_job_time(unix: float, offset_hours: int = 8) -> str:
    """Write Unix seconds as the page does; the page's samples use ``+0800``."""
    moment = datetime.fromtimestamp(int(unix) + offset_hours * 3600, UTC)
    sign = "-" if offset_hours < 0 else "+"
    return f"{moment:%Y-%m-%dT%H:%M:%S}{sign}{abs(offset_hours):02d}00"


@lru_cache(maxsize=4096)
def parse_http_date(text: str | None) -> float | None:
    """Unix seconds of an RFC 1123 date in GMT; None unless it has exactly that form.

    The day of the week must be the right one.
    """
    match = _HTTP_DATE.fullmatch(text) if text is not None else None
    if match is None:
        return None
    day, month, year, hour, minute, second = (
        int(match[2]),
        _MONTHS.index(match[3]) + 1,
        int(match[4]),
        int(match[5]),
        int(match[6]),
        int(match[7]),
    )
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    if _DAYS[moment.weekday()] != match[1]:
        return None
    return moment.timestamp()


def format_http_date(unix: float) -> str:
    return format_datetime(datetime.fromtimestamp(int(unix), UTC), usegmt=True)
