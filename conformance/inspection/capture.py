"""Capture files as a stream of exchanges, each with what its file can tell of it.

A capture is a recording of the suite's own, a cassette of vcrpy's, or a HAR file. JSON is read
entry by entry, however long the file; YAML can only be read as a whole and is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from conformance.drivers.har import HarEntry, har_entries
from conformance.drivers.interactions import BadInteraction, from_interaction
from conformance.drivers.json_stream import JsonStream
from conformance.drivers.provenance import FORMAT, ForeignFormat, Provenance
from conformance.drivers.recording import RecordingProblem, load_recording
from conformance.inspection.sorting import may_concern, must_concern
from conformance.spec.times import parse_http_date
from conformance.spec.wire import Exchange

#: Capture files are looked for by these endings in a directory.
SUFFIXES = (".har", ".json", ".yaml", ".yml")

#: YAML becomes about twenty times its size in memory while it is read.
MAX_YAML = 64 * 1024 * 1024

#: Longer than any exchange took: one that lasted so long was before no other.
_FOREVER = 1e12

_JOURNAL = ".journal"


class Source(StrEnum):
    """Who wrote a capture, on which depends what can be concluded from it."""

    OWN = "the suite's own recording of a run"
    PRINTED = "messages that a document printed"  # their shape is all that they tell
    CASSETTE = "a vcrpy cassette"
    HAR = "a HAR file"


@dataclass(frozen=True, slots=True)
class Captured:
    """One exchange of a capture.

    ``clock`` is false when the capture does not say when it took place; ``exchange.started`` then
    only keeps order, as far as the server's own Date gives one.
    """

    exchange: Exchange
    source: Source
    clock: bool


class NotACapture(RecordingProblem):
    """The file is of another kind altogether."""


def capture_files(given: str) -> tuple[list[Path], bool]:
    """The files that an argument means, and whether they were found rather than named.

    Raises :class:`RecordingProblem` when there are none.
    """
    path = Path(given)
    try:
        if path.is_dir():
            found = sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
            if not found:
                endings = ", ".join(SUFFIXES)
                raise RecordingProblem(path, "", f"holds no capture ({endings}); name a file")
            return found, True
        if not path.exists():
            raise RecordingProblem(path, "", "there is no such file; give the path of a capture")
        if not path.is_file():
            raise RecordingProblem(path, "", "is no regular file; save the capture in one")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RecordingProblem(path, "", f"cannot be read ({reason})") from None
    except ValueError:
        raise RecordingProblem(repr(given), "", "is not the name of a file") from None
    return [path], False


def read_capture(path: Path) -> Iterator[Captured | None]:
    """What is in one file, in its order; None stands for what is plainly not of this API.

    Raises :class:`RecordingProblem` for whatever is wrong with it, :class:`NotACapture` when it is
    neither a cassette nor a HAR file.
    """
    try:
        if path.name.endswith(_JOURNAL):
            yield from _whole(path)
            return
        with path.open(encoding="utf-8-sig", newline="") as file:
            stream = JsonStream(file, path)
            first = stream.peek()
            if first == "{" and path.suffix.lower() not in (".yaml", ".yml"):
                yield from _timed(_streamed(stream, path))
                return
        if not first:
            raise RecordingProblem(path, "", "is empty; give a cassette or a HAR file")
        if first in "[<" or path.suffix.lower() in (".har", ".json"):
            raise NotACapture(path, "", "is neither a vcrpy cassette nor a HAR file")
        yield from _whole(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RecordingProblem(path, "", f"cannot be read ({reason})") from None


# ---- JSON, entry by entry ----


def _streamed(stream: JsonStream, path: Path) -> Iterator[Captured | None]:
    source = Source.CASSETTE
    known = False
    for name in stream.members():
        if name == "log":
            known = True
            for entry in har_entries(stream, path):
                yield _from_har(entry)
        elif name == "interactions" and stream.peek() == "[":
            known = True
            for number in stream.items():
                yield _from_cassette(path, number, stream.value(), source)
        elif name == "picjobs":
            source = _source(_provenance(path, stream.value()))
        else:
            stream.value()
    if stream.peek():
        raise RecordingProblem(path, "", "is not JSON (something follows its end)")
    if not known:
        raise NotACapture(path, "", "is neither a vcrpy cassette nor a HAR file")


def _from_har(entry: HarEntry) -> Captured | None:
    method, url = entry.request_line
    if not may_concern(method, url):
        return None
    try:
        exchange = entry.exchange()
    except RecordingProblem:
        if not must_concern(url):
            return None
        raise
    name = f"{entry.place} of {entry.path}"
    return Captured(replace(exchange, scenario=name), Source.HAR, clock=True)


def _from_cassette(path: Path, number: int, data: object, source: Source) -> Captured:
    place = f"interactions[{number}]"
    try:
        exchange = from_interaction(data, place)
        _readable(exchange)
    except BadInteraction as problem:
        raise RecordingProblem(path, problem.place, str(problem)) from None
    except UnicodeError:
        raise RecordingProblem(path, place, _NO_TEXT) from None
    return _named(exchange, place, path, source)


_NO_TEXT = "holds half a character (a lone surrogate) where text should be; record again"


def _readable(exchange: Exchange) -> None:
    """Raise UnicodeError when what cannot be encoded stands where it would have to be."""
    exchange.request.method.encode()
    exchange.request.target.encode()
    for side in (exchange.request, exchange.response):
        for name, _ in side.headers if side is not None else ():
            name.encode()


def _named(exchange: Exchange, place: str, path: Path, source: Source) -> Captured:
    """Under a name of the capture's, and not under the scenario's that made it, if one did."""
    plain = replace(exchange, scenario=f"{place} of {path}", step="", expect=None)
    return Captured(plain, source, clock=source is not Source.PRINTED)


def _provenance(path: Path, plain: object) -> Provenance:
    try:
        return Provenance.from_plain(plain)
    except ForeignFormat:
        mend = f"has another format than {FORMAT}; use the suite that wrote it"
    except ValueError as error:
        mend = f"does not say where the recording comes from ({error})"
    raise RecordingProblem(path, "picjobs", mend)


def _source(provenance: Provenance | None) -> Source:
    if provenance is None:
        return Source.CASSETTE
    return Source.PRINTED if provenance.kind == "documentation" else Source.OWN


# ---- YAML and journals, as a whole ----


def _whole(path: Path) -> Iterator[Captured | None]:
    if path.stat().st_size > MAX_YAML:
        mend = f"has more than {MAX_YAML} bytes; split it, or record to JSON, which may be longer"
        raise RecordingProblem(path, "", mend)
    try:
        recording = load_recording(path)
        for exchange in recording.exchanges:
            _readable(exchange)
    except RecordingProblem as problem:
        if problem.mend.startswith("is no cassette"):
            raise NotACapture(path, "", "is neither a vcrpy cassette nor a HAR file") from None
        raise
    except UnicodeError:
        raise RecordingProblem(path, "interactions", _NO_TEXT) from None
    source = _source(recording.provenance)
    captured = (
        _named(exchange, f"interactions[{number}]", path, source)
        for number, exchange in enumerate(recording.exchanges)
    )
    yield from _timed(captured)


# ---- time ----


def _timed(captured: Iterator[Captured | None]) -> Iterator[Captured | None]:
    """Give an order to what has no time of its own.

    The server's Date says within a second when an answer was made; what has none came after what
    stands before it, and is before nothing for certain.
    """
    latest = 0.0
    for each in captured:
        if each is None or each.exchange.started > 0:
            yield each
            continue
        response = each.exchange.response
        dates = response.headers.all("Date") if response is not None else ()
        moment = parse_http_date(dates[0].strip()) if len(dates) == 1 else None
        latest = latest if moment is None else moment
        elapsed = _FOREVER if moment is None else 1.0
        timed = replace(each.exchange, started=latest, elapsed=elapsed)
        yield replace(each, exchange=timed, clock=False)
