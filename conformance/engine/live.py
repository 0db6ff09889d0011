"""A run against a live target: scenarios sent, jobs cleaned up, everything judged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack

from conformance.checks.facts import Facts
from conformance.checks.judge import judge
from conformance.drivers.live import LiveDriver
from conformance.engine.agenda import turns
from conformance.engine.options import Options
from conformance.engine.outcome import RunOutcome
from conformance.engine.plan import chosen
from conformance.engine.resume import Resumed, check_memory, resumable, taken_over
from conformance.engine.schedule import Schedule, Track, calls_by_number, in_order
from conformance.engine.shrinking import Shrinker
from conformance.engine.sites import Site, open_site
from conformance.engine.stopping import INTERRUPTED, FailureLimit
from conformance.engine.taping import Tape
from conformance.engine.watching import Watcher
from conformance.scenarios import cleanup
from conformance.scenarios.base import Env, Scenario
from conformance.scenarios.ledger import JobLedger
from conformance.spec.wire import Exchange, FailureKind

#: An interrupted run cleans up for so many seconds, and waits so long for one answer.
CLEAN_UP_TIME = 1.5
CLEAN_UP_TIMEOUT = 1.0

#: Said of a result that is written while the run goes on.
UNFINISHED = "the run had not come to its end when this was written"


def run_live(options: Options, watcher: Watcher) -> RunOutcome:
    """Run against the endpoint, or against an embedded emulator."""
    if options.resume is not None:
        options = resumable(options)
    with ExitStack() as stack:
        site = open_site(options, stack)
        if site.receiver is not None:
            watcher.listening(site.receiver.bound, site.receiver.base_url)
        driver = site.driver(options)
        stack.callback(driver.close)
        if site.receiver is not None:
            site.receiver.redact(driver.redactor)
        return LiveRun(options, watcher, site, driver).go()


class LiveRun:
    """One run, from the first request to the outcome."""

    def __init__(self, options: Options, watcher: Watcher, site: Site, driver: LiveDriver) -> None:
        self.options = options
        self.watcher = watcher
        self.site = site
        self.driver = driver
        self.name = "embedded reference emulator" if site.kind == "emulator" else driver.endpoint
        self.started, self._begun = time.time(), time.monotonic()
        self.ledger = JobLedger()
        self.limit = FailureLimit(options, site.target)
        self.stopped = ""
        self.tracks: list[Track] = []
        self.scenarios: tuple[Scenario, ...] = ()
        self.tape: Tape | None = None
        self._sent_before = self._jobs_before = 0
        self.resumed = Resumed()

    def go(self) -> RunOutcome:
        """Run everything. Interrupted from the keyboard, it cleans up before it lets go."""
        self.scenarios = chosen(self.options, self.site.target)
        self.resumed = taken_over(self.options, self.site.target, self.scenarios)
        if self.options.resume is not None:
            check_memory(self.driver, self.site.target, self.resumed, self.options.resume)
        self.watcher.planned(self.scenarios)
        self.tape = self._open_tape()
        self.ledger = JobLedger(self.resumed.exchanges, self.resumed.left)
        if self.site.receiver is not None and self.tape is not None:
            self.site.receiver.subscribe(self.tape.add)
        try:
            self._ask()
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
            self._clean_up()
            self._close_tape(self.exchanges())
            raise
        self._clean_up()
        outcome = self.outcome()
        self._close_tape(outcome.facts.exchanges)
        return outcome

    def _open_tape(self) -> Tape | None:
        if self.options.record is None:
            return None
        scheme = self.driver.endpoint.partition(":")[0]
        return Tape(
            self.options,
            self.site,
            self.resumed,
            name=self.name,
            scheme=scheme,
            started=self.started,
        )

    def _close_tape(self, exchanges: tuple[Exchange, ...]) -> None:
        if self.tape is not None:
            self.tape.note(stopped=self.why_stopped())
            self.tape.finish(exchanges, self.tracks, complete=not self.why_stopped())

    # ---- asking ----

    def _ask(self) -> None:
        for turn in turns(self.options, self.site.target, self.scenarios):
            if self._is_stopped():
                return
            self.driver.budget.hold(turn.hold)
            self._run(turn.scenarios)
        if self.options.shrink:
            shrinker = Shrinker(self.options, self.site.target, self.exchanges())
            for scenario in shrinker.scenarios():
                if self._is_stopped():
                    return
                self._run([scenario])

    def _run(self, scenarios: Sequence[Scenario]) -> None:
        """Run these side by side; they know what came before them."""
        env = Env(self.site.target, self.options.seed, self.options.examples, self.exchanges())
        schedule = self._schedule(self.driver)
        kept = self.resumed.tracks
        tracks = [kept.get(each.name) or Track(each, each.run(env)) for each in scenarios]
        self.tracks += tracks
        schedule.drive([each for each in tracks if each.scenario.name not in kept])

    def _schedule(self, driver: LiveDriver, until: float | None = None) -> Schedule:
        def stopped() -> bool:
            late = until is not None and time.monotonic() > until
            if late or (until is None and self._is_stopped()):
                driver.halt()
                return True
            return False

        return Schedule(
            driver,
            self.site.receiver,
            self.options.workers,
            watch=self._sent,
            ended=self._ended,
            stopped=stopped,
            cut=driver.interrupt,
        )

    def _is_stopped(self) -> bool:
        if not self.stopped and self.watcher.stopped():
            self.stopped = INTERRUPTED
        return bool(self.stopped)

    def _sent(self, exchange: Exchange) -> None:
        if self.tape is not None:
            self.tape.add(exchange)
        self.ledger.note(exchange)
        self.driver.budget.over(len(self.ledger.created) - len(self.ledger.alive))
        self.watcher.sent(exchange)

    def _ended(self, track: Track) -> None:
        if self.tape is not None:
            self.tape.ended(track)
        part = in_order(
            [track], [each for token in track.tokens for each in self._callbacks(token)]
        )
        reason = self.limit.reached(part, self.exchanges)
        self.stopped = self.stopped or reason
        self.watcher.ended(track.scenario, lambda: self.outcome(UNFINISHED))

    def _callbacks(self, token: str = "") -> tuple[Exchange, ...]:
        if self.site.receiver is None:
            return ()
        return self.site.receiver.received(token, "") if token else self.site.receiver.all()

    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything so far, in canonical order."""
        return in_order(self.tracks, (*self.resumed.callbacks, *self._callbacks()))

    # ---- afterwards ----

    def _clean_up(self) -> None:
        """Cancel what this run created and nothing has ended; also when the run was stopped."""
        if not self.options.cleans_up or "cancel" in self.site.target.disclaimed:
            return
        until = None
        if self.stopped:
            until = self._new_driver()
        self.driver.budget.release()
        env = Env(self.site.target, self.options.seed, self.options.examples, self.exchanges())
        tracks = [Track(each, each.run(env)) for each in cleanup.scenarios(self.resumed.left)]
        self.tracks += tracks
        self._schedule(self.driver, until).drive(tracks)

    def _new_driver(self) -> float:
        """A stopped driver sends nothing any more; returns until when the next one may."""
        options, old = self.options, self.driver
        self._sent_before = old.requests_sent
        left = None
        if options.max_requests is not None:
            left = max(0, options.max_requests - self._sent_before)
        hurried = self.stopped == INTERRUPTED
        timeout = min(options.timeout, CLEAN_UP_TIMEOUT) if hurried else options.timeout
        self.driver = self.site.driver(options, timeout=timeout, max_requests=left)
        self._jobs_before = old.jobs_created
        old.close()
        return time.monotonic() + (CLEAN_UP_TIME if hurried else options.timeout)

    def why_stopped(self) -> str:
        """Why the run is not a whole one; ``""`` when it is."""
        if self.stopped:
            return self.stopped
        for track in self.tracks:
            for each in track.exchanges:
                if each.failure is not None and each.failure.kind is FailureKind.BUDGET:
                    return each.failure.message.removeprefix("not sent: ")
        return ""

    def outcome(self, stopped: str = "") -> RunOutcome:
        """What has been established so far; ``stopped`` says why that is not all."""
        exchanges = self.exchanges()
        stopped = self.why_stopped() or stopped
        facts = Facts(self.site.target, exchanges, not stopped)
        return RunOutcome(
            facts,
            tuple(judge(facts)),
            self.site.kind,
            self.name,
            self.driver.endpoint if self.site.kind == "endpoint" else "",
            self.started,
            time.monotonic() - self._begun,
            self.resumed.requests + self._sent_before + self.driver.requests_sent,
            self.resumed.jobs + self._jobs_before + self.driver.jobs_created,
            self.options.seed,
            self.options.examples,
            not stopped,
            self.scenarios,
            calls_by_number(self.tracks, exchanges),
            remaining=self.ledger.alive if self.options.cleans_up else (),
            clauses=self.options.clauses,
            cases=self.options.cases,
            stopped=stopped,
            problems=(self.tape.problem,) if self.tape is not None and self.tape.problem else (),
        )
