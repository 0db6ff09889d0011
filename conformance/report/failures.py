"""Each failure as files to run: the request, a script with curl, the case again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.problems import Problem
from conformance.report.curl import curl_script
from conformance.report.finding import failure_text
from conformance.scenarios.base import Call
from conformance.spec.reading import Operation, operation_of
from conformance.spec.wire import Direction, Exchange

#: The files of one failure. Only these are ever replaced or removed.
FINDING, REQUEST, BODY, SEND, AGAIN = (
    "finding.txt",
    "request.http",
    "request.body",
    "send.sh",
    "again.sh",
)


def save_failures(
    directory: Path,
    result: Mapping[str, Any],
    exchanges: Sequence[Exchange],
    *,
    endpoint: str = "",
    calls: Mapping[int, Call] | None = None,
) -> tuple[str, ...]:
    """Write a directory below ``directory`` for each clause that fails; returns their names.

    ``exchanges`` are those of the run, redacted; ``endpoint`` and ``calls`` are as for
    :func:`conformance.report.curl.curl_line`. What a run before left of clauses that now hold is
    removed. Raises :class:`Problem`.
    """
    by_number = {each.n: each for each in exchanges}
    stored = {each["n"]: each for each in result["exchanges"]}
    failed = [row for row in result["clauses"] if row["verdict"] == "fail"]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for row in result["clauses"]:
            _clear(directory / row["id"])
        for row in failed:
            place = directory / row["id"]
            place.mkdir(exist_ok=True)
            (place / FINDING).write_text(failure_text(row, stored) + "\n", encoding="utf-8")
            finding = _alone(row["findings"], by_number)
            if finding.get("again"):
                _script(place / AGAIN, f'#!/bin/sh\nexec {finding["again"]} "$@"\n'.encode())
            request = _request_of(finding, by_number)
            if request is not None:
                call = (calls or {}).get(request.n)
                _save_request(place, request, endpoint, call, f"{row['id']}: {finding['message']}")
    except OSError as error:
        raise Problem(f"{directory}: cannot be written: {error.strerror or error}") from None
    return tuple(row["id"] for row in failed)


def _alone(
    findings: Sequence[Mapping[str, Any]], exchanges: Mapping[int, Exchange]
) -> Mapping[str, Any]:
    """The first finding that one request shows by itself: no job of that run has to be there."""
    for finding in findings:
        request = _request_of(finding, exchanges)
        if request is not None and operation_of(request.request) in (
            Operation.CREATE,
            Operation.LIST,
            Operation.OTHER,
        ):
            return finding
    return findings[0]


def _clear(place: Path) -> None:
    """Remove what was saved before, and the directory when it holds nothing else."""
    if not place.is_dir() or place.is_symlink():
        return
    for name in (FINDING, REQUEST, BODY, SEND, AGAIN):
        (place / name).unlink(missing_ok=True)
    if not any(place.iterdir()):
        shutil.rmtree(place)


def _request_of(finding: Mapping[str, Any], exchanges: Mapping[int, Exchange]) -> Exchange | None:
    """The request that shows it, the last of several; for callbacks, the callback."""
    found = [exchanges[n] for n in finding["exchanges"] if n in exchanges]
    asked = [each for each in found if each.direction is Direction.REQUEST]
    last = (asked or found)[-1:]
    return last[0] if last else None


def _save_request(
    place: Path, exchange: Exchange, endpoint: str, call: Call | None, says: str
) -> None:
    request = exchange.request
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    head = "\r\n".join((*lines, "", "")).encode("latin-1", "replace")
    (place / REQUEST).write_bytes(head + request.body)
    if exchange.direction is Direction.CALLBACK:
        return
    if request.body:
        (place / BODY).write_bytes(request.body)
    comments = [" ".join(says.split())]
    if operation_of(request) in (Operation.DESCRIBE, Operation.CANCEL):
        comments.append(f"It is about a job of that run. When that is gone: {AGAIN} makes another.")
    _script(place / SEND, curl_script(exchange, endpoint, call, BODY, "\n".join(comments)))


def _script(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    path.chmod(0o755)
