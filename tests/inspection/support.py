"""Traffic as a conforming client and server make it, written down as other programs do."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from conformance.checks.base import Mark, Outcome
from conformance.generate.signing import GOOD, Credentials, Keyring, Signing, seal
from conformance.inspection.inspector import Inspection, inspect_files
from conformance.scenarios.base import Call
from conformance.scenarios.calls import create, describe, list_jobs
from conformance.spec.messages import Job, JobRequest
from conformance.spec.wire import Direction, Exchange, Headers, Response
from conformance.spec.xml import element, write_xml
from tests.checks.building import NOW, TARGET, error, jobs, request_job, response, shown

KEYS = Credentials("AKIDofthecaptureone", "kEyOfThEcApTuReOne0123456789abcd")
HOST = TARGET.host


def signed(
    call: Call, answer: Response | None, *, at: float = 0.0, how: Signing = GOOD
) -> Exchange:
    """One exchange, signed at the moment when it was sent."""
    request = seal(call.request, how, Keyring(KEYS), NOW + at)
    return Exchange(request, answer, started=NOW + at, elapsed=0.01)


def created(marker: str = "one", job_id: str = "j1", *, at: float = 0.0, **more: Any) -> Exchange:
    asked = request_job(marker)
    answer = response(200, write_xml(element("Response", shown(asked, job_id).to_node())))
    return signed(create(TARGET, asked), answer, at=at, **more)


def looked(job: Job, *, at: float = 1.0) -> Exchange:
    return signed(describe(TARGET, job.job_id or "", step="poll"), jobs(job), at=at)


def conversation() -> list[Exchange]:
    """A job from its creation to its end, a list, and a refusal."""
    asked = request_job("one")
    return [
        created("one", "j1"),
        looked(shown(asked, "j1", "Running"), at=2),
        looked(shown(asked, "j1", "Success"), at=4),
        signed(
            list_jobs(TARGET),
            jobs(shown(asked, "j1", "Success")),
            at=6,
        ),
        signed(create(TARGET, request_job("two")), error(400, "InvalidArgument"), at=8),
    ]


def announced(job: Job, *, at: float = 5.0, body: bytes = b"", media: str = "") -> Exchange:
    """The service announces a finished job; the receiver takes it."""
    document = element("Response", element("EventName", "TaskFinish"), job.to_node())
    held = body or write_xml(document)
    headers = Headers.of(
        (
            ("Host", "receiver.example"),
            ("Content-Type", media or "application/xml"),
            ("Content-Length", str(len(held))),
        )
    )
    call = create(TARGET, JobRequest()).request
    request = replace(call, target="/callback/1", headers=headers, body=held)
    return Exchange(request, Response(200), started=NOW + at, elapsed=0.01)


# ---- as other programs write it down ----


def har(exchanges: Iterable[Exchange]) -> dict[str, Any]:
    entries = [har_entry(each) for each in exchanges]
    creator = {"name": "tests", "version": "1"}
    return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": entries}}


def har_entry(exchange: Exchange) -> dict[str, Any]:
    request, answer = exchange.request, exchange.response
    host = request.headers.get("Host")
    entry: dict[str, Any] = {
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(),
        "time": exchange.elapsed * 1000,
        "request": {
            "method": request.method,
            "url": f"http://{host}{request.target}",
            "httpVersion": "HTTP/1.1",
            "headers": _pairs(request.headers),
            "queryString": [],
            "cookies": [],
            "headersSize": -1,
            "bodySize": len(request.body),
        },
        "response": {"status": 0, "statusText": "", "headers": [], "content": {"size": 0}},
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
    }
    if request.body:
        text = request.body.decode()
        entry["request"]["postData"] = {"mimeType": "application/xml", "text": text}
    if answer is not None:
        entry["response"] = {
            "status": answer.status,
            "statusText": answer.reason,
            "httpVersion": "HTTP/1.1",
            "headers": _pairs(answer.headers),
            "content": {
                "size": len(answer.body),
                "mimeType": answer.headers.get("Content-Type") or "",
                "text": answer.body.decode(),
            },
        }
    return entry


def _pairs(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def cassette(exchanges: Iterable[Exchange]) -> dict[str, Any]:
    """As vcrpy has it: no time, no Host of the client's own, headers by name."""
    return {"interactions": [_interaction(each) for each in exchanges], "version": 1}


def _interaction(exchange: Exchange) -> dict[str, Any]:
    request, answer = exchange.request, exchange.response
    assert answer is not None
    return {
        "request": {
            "method": request.method,
            "uri": f"http://{request.headers.get('Host')}{request.target}",
            "body": request.body.decode() or None,
            "headers": _grouped(request.headers.without("Host")),
        },
        "response": {
            "status": {"code": answer.status, "message": answer.reason},
            "headers": _grouped(answer.headers),
            "body": {"string": answer.body.decode()},
        },
    }


def _grouped(headers: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return grouped


def saved(directory: Path, name: str, data: Any) -> str:
    """Write ``data`` as JSON, or YAML when the name says so; the path as an argument."""
    path = directory / name
    if path.suffix in (".yaml", ".yml"):
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
    else:
        path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def changed(data: dict[str, Any], place: Sequence[str | int], value: Any) -> dict[str, Any]:
    """A copy of ``data`` with another value at ``place``; ``...`` takes it away."""
    spoilt = copy.deepcopy(data)
    node: Any = spoilt
    for step in place[:-1]:
        node = node[step]
    if value is ...:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    return spoilt


# ---- what came of it ----


def inspected(
    directory: Path, data: Any, name: str = "capture.har", *keys: Credentials
) -> Inspection:
    return inspect_files([saved(directory, name, data)], keys)


def broken(found: Inspection) -> set[str]:
    return {each.clause for each in found.outcomes if each.mark is Mark.BROKEN}


def held(found: Inspection) -> set[str]:
    return {each.clause for each in found.outcomes if each.mark is Mark.OK}


def findings(found: Inspection, clause: str) -> list[Outcome]:
    return [each for each in found.outcomes if each.clause == clause]


def called_back(exchange: Exchange) -> Exchange:
    return replace(exchange, direction=Direction.CALLBACK)
