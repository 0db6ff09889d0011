"""What differs from run to run, put into a form that does not.

So a page changes only when what it tells does.
Moments become moments of 27 February 2024, to the minute; signatures, ids and ports become made-up
ones of the same shape, equal where they were equal.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

#: The moment, in Unix seconds, that stands for the beginning of a run.
BASE = datetime(2024, 2, 27, 4, 0, tzinfo=UTC)

#: Moments further than this from the run are not the run's own, but fixed ones of the page.
_NEAR = timedelta(days=40)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_EPOCH = re.compile(r"(?<![0-9])(1[0-9]{9})([0-9]{3})?(?![0-9])")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)([T ])(\d\d)(:|%3A)(\d\d)(?:\6)(\d\d)")
_HTTP = re.compile(
    rf"(?:({'|'.join(_DAYS)}), )?(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d)"
)
_ENCODED = re.compile(rf"(?:{'|'.join(_DAYS)})%2C%20[0-9A-Za-z%]{{15,40}}?GMT")
_HEX = re.compile(r"(?:(?<=\\n)|(?<![0-9A-Za-z]))(?:[0-9a-f]{40}|[0-9A-F]{40})(?![0-9A-Za-z])")
_JOB = re.compile(r"(?<![0-9a-z])c[0-9a-f]{32}(?![0-9a-z])")
_PORT = re.compile(r"(?<=127\.0\.0\.1:)[0-9]{4,5}|(?<=myqcloud\.com:)[0-9]{4,5}")
_TOKEN = re.compile(
    r"((?:RequestId|TraceId)(?:>|\"\s*:\s*\"|='|=\")|x-ci-(?:request|trace)-id: )"
    r"([A-Za-z0-9+/_]{16,})(=*)"
)


class Steady:
    """Rewrites the texts of one example; ``started`` is when its run began, in Unix seconds."""

    def __init__(self, started: float) -> None:
        self._started = datetime.fromtimestamp(int(started), UTC)
        self._known: dict[tuple[str, str], int] = {}

    def text(self, text: str) -> str:
        """``text`` with every passing value replaced."""
        for pattern, change in self._changes():
            text = pattern.sub(change, text)
        return text

    def exchange(self, exchange: Mapping[str, Any]) -> dict[str, Any]:
        """One entry of a result's ``exchanges``, every text in it rewritten."""
        return {key: self._value(value) for key, value in exchange.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self._value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            if len(value) == 2 and all(isinstance(item, str) for item in value):
                name, text = value  # a header: what it is called says what its value is
                return [name, self.text(f"{name}: {text}").removeprefix(f"{name}: ")]
            return [self._value(item) for item in value]
        return value

    def _changes(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]:
        return (
            (_ENCODED, lambda at: quote(self.text(unquote(at[0])), safe="")),
            (_ISO, self._iso),
            (_HTTP, self._http),
            (_EPOCH, self._epoch),
            (_JOB, self._job),
            (_HEX, self._signature),
            (_TOKEN, self._token),
            (_PORT, lambda _at: "18080"),
        )

    # ---- moments ----

    def _moved(self, moment: datetime) -> datetime | None:
        """``moment`` in the run that the page tells of; None when it is not one of the run's."""
        distance = moment - self._started
        if abs(distance) > _NEAR:
            return None
        return BASE + timedelta(minutes=distance // timedelta(minutes=1))

    def _iso(self, at: re.Match[str]) -> str:
        moved = self._moved(_moment(at[1], int(at[2]), at[3], (at[5], at[7], at[8])))
        if moved is None:
            return at[0]
        return f"{moved:%Y-%m-%d}{at[4]}{moved:%H:%M:%S}".replace(":", at[6])

    def _http(self, at: re.Match[str]) -> str:
        month = _MONTHS.index(at[3]) + 1
        moment = _moment(at[4], month, at[2], at.groups()[4:7])
        moved = self._moved(moment)
        if moved is None:
            return at[0]
        day = ""
        if at[1]:  # a wrong day of the week stays wrong
            shift = _DAYS.index(at[1]) - moment.weekday()
            day = f"{_DAYS[(moved.weekday() + shift) % 7]}, "
        number = f"{moved.day:02d}" if len(at[2]) == 2 else str(moved.day)
        return f"{day}{number} {_MONTHS[moved.month - 1]} {moved:%Y %H:%M:%S}"

    def _epoch(self, at: re.Match[str]) -> str:
        moved = self._moved(datetime.fromtimestamp(int(at[1]), UTC))
        return at[0] if moved is None else f"{int(moved.timestamp())}{at[2] or ''}"

    # ---- names ----

    def _number(self, kind: str, value: str) -> int:
        """The place of a value among those of its kind, from 1, in the order of appearance."""
        places = self._known
        seen = sum(1 for known, _ in places if known == kind)
        return places.setdefault((kind, value), seen + 1)

    def _job(self, at: re.Match[str]) -> str:
        return f"c{self._number('job', at[0]):032x}"

    def _signature(self, at: re.Match[str]) -> str:
        made = hashlib.sha1(f"example {self._number('signature', at[0])}".encode()).hexdigest()
        return made.upper() if at[0].upper() == at[0] else made

    def _token(self, at: re.Match[str]) -> str:
        text = f"example-id-{self._number('token', at[2]):04d}".encode()
        made = base64.b64encode(text * 4).decode("ascii")
        return f"{at[1]}{made[:32]}{at[3]}"


def _moment(year: str, month: int, day: str, clock: Sequence[str]) -> datetime:
    """The moment as if it were written in UTC: its own zone moves with it."""
    try:
        hour, minute, second = map(int, clock)
        return datetime(int(year), month, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:  # a month 13 or an hour 24 that a fault made up
        return datetime(1, 1, 1, tzinfo=UTC)
