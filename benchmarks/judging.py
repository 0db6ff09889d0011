"""Judging recorded traffic on one core: `run --replay`, `inspect`, and how they grow."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measuring import SUITE, Figure, median_child
from benchmarks.pure import bodies_of, parse_floor

#: inspect ends with 1 or 3 where the traffic is not conforming, or not all could be judged.
_ANY = (0, 1, 3)


def replayed(rounds: int) -> Iterator[Figure]:
    """Exchanges a second of `--replay` and of `inspect`, beyond what a recording of few takes."""
    with tempfile.TemporaryDirectory() as folder:
        whole, few = Path(folder) / "run.json", Path(folder) / "few.json"
        median_child((*SUITE, "run", "--quiet", "--record", str(whole)), 0)
        median_child((*SUITE, "run", "--quiet", *_FEW, "--record", str(few)), 0)
        count = _count(whole) - _count(few)
        floor = parse_floor(bodies_of(whole), rounds)
        for name, arguments in (
            ("run --replay", ("run", "--quiet", "--replay")),
            ("inspect", ("inspect", "--quiet")),
        ):
            idle = median_child((*SUITE, *arguments, str(few)), rounds, allowed=_ANY).cpu
            taken = median_child((*SUITE, *arguments, str(whole)), rounds, allowed=_ANY).cpu - idle
            yield Figure(
                f"judging: {name}",
                count / taken,
                "exchanges/s on one core",
                f"{count} exchanges in {taken:.2f} s",
                f"lxml parses their bodies in {floor:.2f} s",
                reach=3000.0,
            )


#: What a run of next to nothing asks: what is left of its time is the start-up.
_FEW = ("--clause", "REQ-30", "--max-examples", "0")


def _count(recording: Path) -> int:
    return len(json.loads(recording.read_text(encoding="utf-8"))["interactions"])


def scale(sizes: Sequence[int]) -> Iterator[Figure]:
    """`inspect` of ever more exchanges: linear time, flat memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "traffic.har"
        for size in sizes:
            _capture(path, size)
            spent = median_child((*SUITE, "inspect", "--quiet", str(path)), 0, allowed=_ANY)
            yield Figure(
                f"scale: inspect of {size:,} exchanges",
                size / spent.wall,
                "exchanges/s",
                f"{spent.wall:.1f} s, {spent.peak:.0f} MiB at most",
            )
            path.unlink()


def _capture(path: Path, size: int) -> None:
    """A HAR of so many describes and creates, each with ids of its own."""
    with path.open("w", encoding="utf-8") as out:
        out.write(
            '{"log": {"version": "1.2", "creator": {"name": "b", "version": "1"}, "entries": ['
        )
        for number in range(size):
            out.write((", " if number else "") + json.dumps(_entry(number)))
        out.write("]}}")


def _entry(number: int) -> dict[str, object]:
    job_id = f"c{number:032x}"
    body = _JOB.format(job_id=job_id)
    return {
        "startedDateTime": "2026-11-01T10:00:00.000Z",
        "time": 4.0,
        "request": {
            "method": "GET",
            "url": f"http://{_HOST}/pic_jobs/{job_id}",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "Host", "value": _HOST}, {"name": "Date", "value": _DATE}],
            "queryString": [],
            "cookies": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "headers": [
                {"name": "Content-Type", "value": "application/xml"},
                {"name": "Content-Length", "value": str(len(body))},
                {"name": "Date", "value": _DATE},
                {"name": "Server", "value": "tencent-ci"},
                {"name": "x-ci-request-id", "value": f"r{number:032x}"},
            ],
            "cookies": [],
            "content": {"size": len(body), "mimeType": "application/xml", "text": body},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 4, "receive": 0},
    }


_HOST = "examplebucket-1250000000.ci.ap-chongqing.myqcloud.com"
_DATE = "Sun, 01 Nov 2026 10:00:00 GMT"
_JOB = (
    "<Response><JobsDetail><Code>Success</Code><Message/><JobId>{job_id}</JobId>"
    "<State>Submitted</State><CreationTime>2026-11-01T18:00:00+0800</CreationTime>"
    "<EndTime>-</EndTime><StartTime>-</StartTime>"
    "<QueueId>p2911917386e148639319e13c285cc774</QueueId><Tag>PicProcess</Tag>"
    "<Input><BucketId>examplebucket-1250000000</BucketId><Object>input/deer.jpg</Object>"
    "<Region>ap-chongqing</Region></Input><Operation><Output>"
    "<Bucket>examplebucket-1250000000</Bucket><Object>output/out.jpg</Object>"
    "<Region>ap-chongqing</Region></Output><PicProcess><IsPicInfo>true</IsPicInfo>"
    "<ProcessRule>imageMogr2/rotate/90</ProcessRule></PicProcess>"
    "<UserData>This is my data.</UserData><JobLevel>0</JobLevel></Operation></JobsDetail>"
    "</Response>"
)
