"""The recording of one run, with what a replay or a resumed run needs beside the exchanges."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from conformance import REVISION, __version__
from conformance.drivers.provenance import Provenance
from conformance.drivers.recording import Recorder, RecordingProblem
from conformance.engine.options import Options
from conformance.engine.resume import Resumed
from conformance.engine.schedule import Track
from conformance.engine.sites import Site
from conformance.spec.wire import Exchange


class Tape:
    """Writes a run down as it goes.

    A run is worth more than its recording: when it cannot be written any more (a full disk), the
    recording ends, ``problem`` says why, and the run goes on. Raises :class:`RecordingProblem`
    when it cannot even be begun.
    """

    def __init__(
        self,
        options: Options,
        site: Site,
        resumed: Resumed,
        *,
        name: str,
        scheme: str,
        started: float,
    ) -> None:
        assert options.record is not None
        self.problem = ""
        self._notes: dict[str, object] = {"clean_up": options.cleans_up, "shrink": options.shrink}
        self._notes |= resumed.notes
        if options.cases:
            self._notes["cases"] = list(options.cases)
        provenance = Provenance(
            suite=__version__,
            revision=REVISION,
            recorded=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            kind=site.kind,
            name=name,
            target=site.target,
            seed=options.seed,
            examples=options.examples,
            selected=tuple(sorted(options.clauses or ())),
            scheme=scheme,
            notes=self._notes,
        )
        self._recorder = Recorder(
            options.record,
            provenance,
            kept=(*resumed.exchanges, *resumed.callbacks),
            ended={name: track.awaits for name, track in resumed.tracks.items()},
        )

    def note(self, **notes: object) -> None:
        """Keep further plain data of the run."""
        self._notes.update(notes)

    def add(self, exchange: Exchange) -> None:
        """Write it down at once: a run that is killed leaves what it had."""
        if not self.problem:
            try:
                self._recorder.add(exchange)
            except RecordingProblem as problem:
                self.problem = str(problem)

    def ended(self, track: Track) -> None:
        """Note that a scenario has come to its end: a resumed run need not run it again."""
        if not self.problem:
            try:
                self._recorder.ended(track.scenario.name, track.awaits)
            except RecordingProblem as problem:
                self.problem = str(problem)

    def finish(
        self, exchanges: Iterable[Exchange], tracks: Sequence[Track], *, complete: bool
    ) -> None:
        """Write the whole recording in the run's order."""
        self._notes["awaits"] = {
            track.scenario.name: track.awaits for track in tracks if track.awaits
        }
        if not complete:
            self._notes["ended"] = [track.scenario.name for track in tracks if track.ended]
        try:
            self._recorder.finish(exchanges, complete=complete)
        except RecordingProblem as problem:
            self.problem = self.problem or str(problem)
