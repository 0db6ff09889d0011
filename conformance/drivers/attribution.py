"""Which job a callback is about: by the path of its URL, or by the JobId in its body."""

from __future__ import annotations

import re
from collections import defaultdict

from conformance.spec.wire import Exchange, Request

_PATH = "/callback/"

# By pattern rather than by parsing: a callback that is not well-formed has to be found too.
_JOB_ID = re.compile(
    rb"<JobId>\s*(?:<!\[CDATA\[)?([^<\]\s]+)|[\"']JobId[\"']\s*:\s*[\"']([^\"']*)[\"']"
)


class CallbackLog:
    """Callbacks in order of arrival, found by token or by job. Not locked: its owner is."""

    def __init__(self) -> None:
        self.all: list[Exchange] = []
        self._by_token: defaultdict[str, list[int]] = defaultdict(list)
        self._by_job: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, exchange: Exchange) -> None:
        number = len(self.all)
        self.all.append(exchange)
        self._by_token[callback_token(exchange.request)].append(number)
        for job_id in job_ids(exchange.request.body):
            self._by_job[job_id].append(number)

    def replace(self, old: Exchange, new: Exchange) -> None:
        """Put ``new``, which is about the same, in the place of ``old`` (if that is kept)."""
        for number, each in enumerate(self.all):
            if each is old:
                self.all[number] = new

    def find(self, token: str, job_id: str) -> tuple[Exchange, ...]:
        """Those for the URL of ``token`` or about ``job_id``; ``""`` finds none."""
        found: set[int] = set()
        if token:
            found.update(self._by_token.get(token, ()))
        if job_id:
            found.update(self._by_job.get(job_id, ()))
        return tuple(self.all[number] for number in sorted(found))


def callback_token(request: Request) -> str:
    """The token in a callback's path (``/callback/<token>``), or ``""``."""
    path = request.path
    return path.removeprefix(_PATH).strip("/") if path.startswith(_PATH) else ""


def job_ids(body: bytes) -> frozenset[str]:
    """Every JobId that stands in a callback's body, XML or JSON."""
    found = (match[1] or match[2] for match in _JOB_ID.finditer(body))
    return frozenset(each.decode("utf-8", "replace") for each in found)
