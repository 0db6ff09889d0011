"""Writing a run down as a cassette, and reading cassettes as plain data.

A cassette is untrusted: nothing in it is executed, its size is bounded, and whatever is wrong with
it becomes one line that names the file, the place and the mend.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, ClassVar

import yaml

from conformance.drivers.interactions import BadInteraction, from_interaction, to_interaction
from conformance.drivers.provenance import FORMAT, ForeignFormat, Provenance
from conformance.spec.wire import Direction, Exchange

__all__ = ["Provenance", "Recorder", "Recording", "RecordingProblem", "load_recording"]

SUFFIXES = (".json", ".yaml", ".yml")
MAX_BYTES = 256 * 1024 * 1024
MAX_INTERACTIONS = 500_000
MAX_DEPTH = 64

_VCR_VERSION = 1
_RUN = "run.json"
_JOURNAL = ".journal"


class RecordingProblem(Exception):
    """A recording cannot be read or written: where, what, and what mends it, in one line."""

    def __init__(self, path: str | Path, place: str, mend: str) -> None:
        where = f"{path}: {place}" if place else str(path)
        super().__init__(f"{where}: {mend}")
        self.path = str(path)
        self.place = place
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Recording:
    """What was read: exchanges in recorded order. ``provenance`` is None for foreign cassettes.

    ``complete`` is false when the run that wrote it did not come to its end.
    """

    path: str
    exchanges: tuple[Exchange, ...]
    provenance: Provenance | None = None
    complete: bool = True


# ---- writing ----


def recording_path(path: str | Path) -> Path:
    """The file that ``path`` means for writing: itself, or ``run.json`` in a directory."""
    path = Path(path)
    is_file = path.suffix.lower() in SUFFIXES and not path.is_dir()
    return path if is_file else path / _RUN


class Recorder:
    """Writes exchanges down as they come, and the sorted cassette at the end.

    Each exchange goes to a journal beside the file at once, so that a run that is killed leaves a
    recording all the same. They have to be redacted. ``kept`` are exchanges of a run that is gone
    on with, ``ended`` its scenarios that were over (as :meth:`ended` has them): its journal is
    replaced only once they stand in the new one. Safe to share by threads. Raises
    :class:`RecordingProblem` when the file cannot be written.
    """

    def __init__(
        self,
        path: str | Path,
        provenance: Provenance,
        *,
        kept: Iterable[Exchange] = (),
        ended: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.path = recording_path(path)
        self._provenance = provenance
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []
        self._journal_path = self.path.with_name(self.path.name + _JOURNAL)
        draft = self._journal_path.with_name(self._journal_path.name + ".part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._journal: IO[str] | None = draft.open("w", encoding="utf-8")
            self._note(provenance.to_plain())
            for exchange in kept:
                self._exchanges.append(exchange)
                self._note(to_interaction(exchange, provenance.scheme))
            for scenario, awaits in (ended or {}).items():
                self._note({"ended": scenario, "awaits": list(awaits)})
            draft.replace(self._journal_path)
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def add(self, exchange: Exchange) -> None:
        """Record one exchange, of either direction."""
        interaction = to_interaction(exchange, self._provenance.scheme)
        with self._lock:
            self._exchanges.append(exchange)
            try:
                self._note(interaction)
            except OSError as error:
                raise _unwritable(self._journal_path, error) from None

    def ended(self, scenario: str, awaits: Sequence[int]) -> None:
        """Note in the journal that a scenario is over, and how many callbacks each wait saw."""
        with self._lock:
            try:
                self._note({"ended": scenario, "awaits": list(awaits)})
            except OSError as error:
                raise _unwritable(self._journal_path, error) from None

    def finish(self, exchanges: Iterable[Exchange] | None = None, *, complete: bool = True) -> Path:
        """Write the cassette in one step, remove the journal, and say where it is.

        ``exchanges`` replaces what was added (the same ones, numbered in the run's order).
        """
        with self._lock:
            held = list(self._exchanges if exchanges is None else exchanges)
            part = self.path.with_name(self.path.name + ".part")
            try:
                write_cassette(part, held, self._provenance, complete=complete)
                part.replace(self.path)
                if self._journal is not None:
                    self._journal.close()
                    self._journal = None
                self._journal_path.unlink(missing_ok=True)
            except OSError as error:
                raise _unwritable(self.path, error) from None
            return self.path

    def close(self) -> None:
        """Leave the journal as it is, for a run that could not be finished."""
        with self._lock:
            if self._journal is not None:
                self._journal.close()
                self._journal = None

    def _note(self, data: dict[str, Any]) -> None:
        if self._journal is not None:
            self._journal.write(json.dumps(data) + "\n")
            self._journal.flush()


def write_cassette(
    path: Path, exchanges: Iterable[Exchange], provenance: Provenance, *, complete: bool = True
) -> None:
    """Write a cassette: YAML when the name (without ``.part``) says so, else JSON."""
    ordered = sorted(exchanges, key=_order)
    plain = {**provenance.to_plain(), "complete": complete}
    suffix = Path(path.name.removesuffix(".part")).suffix.lower()
    with path.open("w", encoding="utf-8") as file:
        if suffix in (".yaml", ".yml"):
            file.write(_yaml({"version": _VCR_VERSION, "picjobs": plain}))
            file.write("interactions:\n" if ordered else "interactions: []\n")
            file.writelines(_yaml([to_interaction(each, provenance.scheme)]) for each in ordered)
        else:
            file.write(f'{{"version": {_VCR_VERSION},\n"picjobs": {json.dumps(plain)},\n')
            file.write('"interactions": [\n')
            for number, each in enumerate(ordered):
                file.write(",\n" if number else "")
                file.write(json.dumps(to_interaction(each, provenance.scheme)))
            file.write("\n]}\n")
        file.flush()
        os.fsync(file.fileno())


def _yaml(data: object) -> str:
    """One piece of a YAML file: pieces take little memory, however long the whole becomes."""
    return str(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True))


def _order(exchange: Exchange) -> tuple[int, str, bool, float]:
    """The run's canonical order, which does not depend on which thread was quicker."""
    back = exchange.direction is Direction.CALLBACK
    return exchange.n, exchange.scenario, back, exchange.started


def _unwritable(path: Path, error: OSError) -> RecordingProblem:
    reason = error.strerror or type(error).__name__
    return RecordingProblem(path, "", f"cannot be written ({reason}); give another path")


# ---- reading ----


class _PlainLoader(yaml.CSafeLoader):
    """Plain data only; no merge keys, through which a small file can ask for endless memory."""

    yaml_constructors: ClassVar[dict[Any, Any]] = dict(yaml.CSafeLoader.yaml_constructors)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Leave merge keys as they are: they have no constructor, and are refused."""


def _construct_text(loader: Any, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


def _construct_list(loader: Any, node: yaml.SequenceNode) -> Any:
    return loader.construct_sequence(node)


# What older vcrpy cassettes hold besides plain YAML; each of them is plain data under another name.
for _tag, _how in (
    ("str", _construct_text),
    ("unicode", _construct_text),
    ("tuple", _construct_list),
):
    _PlainLoader.add_constructor(f"tag:yaml.org,2002:python/{_tag}", _how)


def load_recording(path: str | Path) -> Recording:
    """Read a cassette, ours or vcrpy's, or all cassettes of a directory in the order of names.

    A run that was killed left only its journal: that is read in place of the file. Raises
    :class:`RecordingProblem` and nothing else.
    """
    path = Path(path)
    try:
        files = _files(path)
        recordings = [_load_file(each) for each in files]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RecordingProblem(path, "", f"cannot be read ({reason})") from None
    if len(recordings) == 1:
        return recordings[0]
    return Recording(
        str(path),
        tuple(exchange for each in recordings for exchange in each.exchanges),
        next((each.provenance for each in recordings if each.provenance), None),
        all(each.complete for each in recordings),
    )


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        run = path / _RUN
        if run.exists() or _journal_of(run).exists():
            return _files(run)
        found = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES)
        if not found:
            raise RecordingProblem(path, "", "holds no cassette (.json, .yaml); record one first")
        return found
    if _journal_of(path).exists():  # of a run that was killed, later than what the file is of
        return [_journal_of(path)]
    if not path.exists():
        raise RecordingProblem(path, "", "there is no such file; give the path of a recording")
    return [path]


def _journal_of(path: Path) -> Path:
    return path.with_name(path.name + _JOURNAL)


def _load_file(path: Path) -> Recording:
    if path.stat().st_size > MAX_BYTES:
        raise RecordingProblem(path, "", f"has more than {MAX_BYTES} bytes; split it")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingProblem(path, f"byte {error.start}", "is not UTF-8; save it so") from None
    if path.name.endswith(_JOURNAL):
        return _from_journal(path, text)
    data = _parse(path, text)
    if not isinstance(data, dict) or not isinstance(data.get("interactions"), list):
        mend = "is no cassette: it has no list of interactions (vcrpy's format, version 1)"
        raise RecordingProblem(path, "", mend)
    plain = data.get("picjobs")
    provenance = None if plain is None else _provenance(path, plain)
    complete = not isinstance(plain, dict) or plain.get("complete") is not False
    return Recording(
        str(path), _exchanges(path, data["interactions"]), provenance, complete=complete
    )


def _parse(path: Path, text: str) -> Any:
    looks_json = text.lstrip()[:1] == "{"
    try:
        if looks_json:
            return json.loads(text)
        _check_depth(path, text)
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506  # a CSafeLoader with less
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RecordingProblem(path, place, f"is not JSON ({error.msg})") from None
    except yaml.YAMLError as error:
        raise _yaml_problem(path, error) from None
    except (RecursionError, MemoryError, ValueError, OverflowError, TypeError):
        mend = "holds data of a kind that no cassette has (nested too deep, or a number too long)"
        raise RecordingProblem(path, "", mend) from None


def _check_depth(path: Path, text: str) -> None:
    """Refuse YAML that nests too deep: its C loader would end the process for want of stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            mark = event.start_mark
            place = f"line {mark.line + 1}" if mark is not None else ""
            raise RecordingProblem(path, place, f"nests deeper than {MAX_DEPTH}; no cassette does")


def _yaml_problem(path: Path, error: yaml.YAMLError) -> RecordingProblem:
    mark = getattr(error, "problem_mark", None)
    place = "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}"
    what = str(getattr(error, "problem", None) or "unreadable").splitlines()[0]
    if isinstance(error, yaml.constructor.ConstructorError):
        return RecordingProblem(path, place, f"is not plain data ({what}); it is not loaded")
    return RecordingProblem(path, place, f"is not YAML ({what})")


def _from_journal(path: Path, text: str) -> Recording:
    """What a killed run left; its last line may be torn."""
    lines = text.removesuffix("\n").split("\n")
    rows: list[Any] = []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError):
            if number < len(lines):
                place = f"line {number}"
                raise RecordingProblem(path, place, "is not JSON; record again") from None
    if not rows:
        raise RecordingProblem(path, "", "is empty; record again")
    provenance = _provenance(path, rows[0])
    ended = [row for row in rows[1:] if _is_end(row)]
    exchanges = sorted(_exchanges(path, [row for row in rows[1:] if not _is_end(row)]), key=_order)
    notes = {
        **provenance.notes,
        "ended": [row["ended"] for row in ended],
        "awaits": {row["ended"]: row["awaits"] for row in ended if row["awaits"]},
    }
    return Recording(str(path), tuple(exchanges), replace(provenance, notes=notes), complete=False)


def _is_end(row: Any) -> bool:
    """Whether a line of a journal says that a scenario is over."""
    return (
        isinstance(row, Mapping)
        and isinstance(row.get("ended"), str)
        and isinstance(row.get("awaits"), list)
    )


def _exchanges(path: Path, interactions: list[Any]) -> tuple[Exchange, ...]:
    if len(interactions) > MAX_INTERACTIONS:
        raise RecordingProblem(path, "interactions", f"more than {MAX_INTERACTIONS}; split it")
    try:
        return tuple(
            from_interaction(each, f"interactions[{number}]")
            for number, each in enumerate(interactions)
        )
    except BadInteraction as problem:
        raise RecordingProblem(path, problem.place, str(problem)) from None


def _provenance(path: Path, plain: Any) -> Provenance:
    try:
        return Provenance.from_plain(plain)
    except ForeignFormat:
        mend = f"has another format than {FORMAT}; use the suite that wrote it, or record again"
    except ValueError as error:
        mend = f"does not say where the recording comes from ({error}); record again"
    raise RecordingProblem(path, "picjobs", mend)
