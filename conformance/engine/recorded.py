"""What a recording notes of its run, beside the exchanges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from conformance.drivers.provenance import Provenance
from conformance.drivers.recording import Recording, RecordingProblem
from conformance.engine.options import Options


def provenance_of(recording: Recording) -> Provenance:
    """Where it comes from. Raises :class:`RecordingProblem` for foreign cassettes."""
    if recording.provenance is None:
        raise RecordingProblem(
            recording.path,
            "picjobs",
            "this cassette does not say which run it is of; judge foreign traffic with `inspect`",
        )
    return recording.provenance


def whole_ones(recording: Recording) -> Callable[[str], bool]:
    """Tells of a scenario's name whether the recorded run took it to its end."""
    noted = noted_list(provenance_of(recording).notes.get("ended"))
    ended = frozenset(map(str, noted))
    return lambda name: recording.complete or name in ended


def awaits_of(provenance: Provenance) -> dict[str, Sequence[int]]:
    """How many callbacks each wait of each scenario saw."""
    noted = provenance.notes.get("awaits", {})
    if not isinstance(noted, dict):
        return {}
    return {str(name): list(counts) for name, counts in noted.items() if isinstance(counts, list)}


def as_recorded(options: Options, provenance: Provenance) -> Options:
    """``options`` with what decided the questions that were asked then."""
    notes = provenance.notes
    clauses = options.clauses
    if clauses is None and provenance.selected:
        clauses = frozenset(provenance.selected)
    cases = options.cases or tuple(map(str, noted_list(notes.get("cases"))))
    return replace(
        options,
        clauses=clauses,
        cases=cases,
        seed=provenance.seed,
        examples=provenance.examples,
        clean_up=bool(notes.get("clean_up", False)),
        shrink=bool(notes.get("shrink", False)),
    )


def noted_list(value: object) -> list[object]:
    """A note that should be a list; another is none."""
    return value if isinstance(value, list) else []
