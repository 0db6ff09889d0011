"""Untrusted files, spoilt at random: whatever is in them, the suite ends with one clear line.

``python -m tests.hostile.fuzzing --minutes 60`` (or ``scripts/fuzz``) goes on for as long as it is
told; ``tests/hostile/test_files.py`` does a little of it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conformance import cli
from conformance.clients.adapter import _line_problem, read_reply
from conformance.config import gather
from conformance.engine.session import Options, run
from conformance.expectations import load_expectations
from conformance.problems import Problem
from conformance.spec.reading import Operation

#: The exit statuses that a spoilt file may lead to. 3 is "inconclusive", and of the suite's own
#: errors too, which a line tells.
ENDS = frozenset({0, 1, 2, 3})

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 2**63, 1e308, float("inf"), float("nan")]),
    st.text(max_size=12),
    st.sampled_from(
        [
            *("\ud800", "\x00\r\n", "\x1b[2J", "²", "../../etc/passwd", "/dev/zero", "file:///etc"),
            *("http://[", "/pic_jobs?%ff", "q-ak=&q-signature=", "<a>" * 300, "!!python/name:os"),
            *(
                "2022-02-30T25:61:00+9999",
                "9" * 400,
                "A" * 70_000,
                "{{7*7}}",
                "</script>",
                "\u200b",
            ),
        ]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a value of ``data`` stands, at every depth."""
    if path:
        yield path
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places(value, (*path, key))


def put(data: Any, place: tuple[str | int, ...], junk: Any) -> Any:
    """A copy of ``data`` with ``junk`` at ``place``."""
    copied = json.loads(json.dumps(data))
    node = copied
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = junk
    return copied


@st.composite
def spoilt_bytes(draw: st.DrawFn, whole: bytes) -> bytes:
    """Torn, cut up, with bytes of any kind put in, or something else altogether."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 1, 1, 2, 8, 200, len(data)]))
        filling = draw(
            st.sampled_from(
                [b"", b"", b"\xff", b"\x00", b'"', b"{", b"[" * 3000, b"1e999", b"&a ["]
            )
            | st.binary(max_size=4)
        )
        data[at : at + length] = filling
    return bytes(data)


def spoilt(data: Any, write: Callable[[Any], str]) -> st.SearchStrategy[bytes]:
    """The file of ``data`` with junk in one of its places, or spoilt as bytes."""
    spots = sorted(places(data), key=repr)
    written = st.builds(
        lambda place, junk: write(put(data, place, junk)).encode("utf-8", "surrogatepass"),
        st.sampled_from(spots),
        JUNK,
    )
    return written | spoilt_bytes(write(data).encode())


# ---- what is fed to what ------------------------------------------------------------------------


def ends_well(*arguments: str) -> None:
    """The command ends with a documented status and, at 2, with one line; never a traceback."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.run(list(arguments))
    said = err.getvalue()
    assert status in ENDS, (status, said)
    assert "Traceback" not in said, said
    assert "an error of the suite's own" not in said, said
    if status == 2:
        lines = [line for line in said.splitlines() if "warning:" not in line]
        assert len(lines) == 1, said


def refused_or_read(read: Callable[[], object]) -> None:
    try:
        read()
    except Problem as problem:
        said = str(problem)
    else:
        return
    assert "\n" not in said


class Kitchen:
    """The sound files that are spoilt, made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        recording, result = folder / "sound.json", folder / "result.json"
        run(Options(examples=0, clauses=frozenset({"REQ-04"}), record=recording))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            report = ("--report-json", str(result), "--verbose")
            cli.run(["run", "--replay", str(recording), *report])
        self.recording = json.loads(recording.read_text())
        self.recording["interactions"] = self.recording["interactions"][:3]
        self.result = json.loads(result.read_text())
        self.result["clauses"] = self.result["clauses"][:4]

    def write(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def targets(self) -> dict[str, tuple[st.SearchStrategy[bytes], Callable[[bytes], None]]]:
        """By name: what to draw, and what to do with it."""

        def replay(name: str) -> Callable[[bytes], None]:
            return lambda data: ends_well("run", "--quiet", "--replay", self.write(name, data))

        def inspect(data: bytes) -> None:
            ends_well("inspect", "--quiet", self.write("any.json", data))

        def report(data: bytes) -> None:
            html = ("--html", str(self.folder / "r.html"))
            others = (
                "--junit",
                str(self.folder / "r.xml"),
                "--markdown",
                str(self.folder / "r.md"),
            )
            ends_well("report", self.write("any-result.json", data), *html, *others)

        def expectations(data: bytes) -> None:
            path = Path(self.write("known.toml", data))
            refused_or_read(lambda: load_expectations(path, date(2026, 1, 1)))

        def settings_file(data: bytes) -> None:
            path = self.write("picjobs.toml", data)
            refused_or_read(lambda: gather({}, {}, self.folder, path))

        def as_yaml(data: Any) -> str:
            return str(yaml.dump(data, allow_unicode=True))

        return {
            "recording (JSON)": (spoilt(self.recording, json.dumps), replay("any-run.json")),
            "recording (YAML)": (spoilt(self.recording, as_yaml), replay("any-run.yaml")),
            "journal": (spoilt_bytes(self._journal()), replay("cut.json.journal")),
            "capture": (spoilt(self.recording, json.dumps), inspect),
            "result": (spoilt(self.result, json.dumps), report),
            "expectations": (spoilt_bytes(_KNOWN), expectations),
            "picjobs.toml": (spoilt_bytes(_SETTINGS), settings_file),
            "adapter": (spoilt(_REPLY, json.dumps), _adapter_says),
        }

    def _journal(self) -> bytes:
        rows = [self.recording["picjobs"], *self.recording["interactions"]]
        return "\n".join(map(json.dumps, rows)).encode()


_KNOWN = b"""
[[known]]
clause = "RSP-05"
reason = "a proxy in front"
link = "https://example.org/1"
expires = 2030-01-01
[statement]
callbacks = false
"""
_SETTINGS = b"""
endpoint = "http://127.0.0.1:8080"
bucket = "examplebucket-1250000000"
secret-key = "0123456789abcdef"
clause = ["RSP-01", "SIG"]
timeout = 2.5
strict = true
"""
_REPLY = {
    "id": 1,
    "result": {"jobs": [{"job_id": "j1", "state": "Success", "input": {"object": "a"}}]},
    "error": {"kind": "service", "status": "404", "code": "NotFound", "message": "no"},
}


def _adapter_says(data: bytes) -> None:
    if _line_problem(data, 1):
        return
    for operation in Operation:
        read_reply(operation, json.loads(data))


# ---- for as long as one likes -------------------------------------------------------------------


def one_round(
    draw: st.SearchStrategy[bytes], feed: Callable[[bytes], None], number: int, examples: int
) -> None:
    """``examples`` spoilt files, drawn by the seed ``number``."""

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(draw)
    def go(data: bytes) -> None:
        feed(data)

    go()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    begun = time.monotonic()
    done: Counter[str] = Counter()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        targets = Kitchen(Path(folder)).targets()
        number = told.seed
        while time.monotonic() - begun < 60 * told.minutes and not failed:
            number += 1
            for name, (draw, feed) in targets.items():
                try:
                    one_round(draw, feed, number, 100)
                except Exception as error:  # noqa: BLE001  whatever it is, it is what was looked for
                    failed += 1
                    print(f"{name}, seed {number}: ", *traceback.format_exception(error)[-12:])
                done[name] += 100
    minutes = (time.monotonic() - begun) / 60
    print(f"{minutes:.1f} minutes, {sum(done.values())} files, seeds to {number}, {failed} failed")
    for name, count in done.items():
        print(f"  {name}: {count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
