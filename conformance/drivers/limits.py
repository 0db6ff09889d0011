"""What a run may cost: requests, jobs, requests a second, and patience with a poor network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from conformance.spec.wire import Failure, FailureKind

#: How far the pace may catch up after a thread was late, in seconds.
_CATCH_UP = 0.02


class Pace:
    """Spaces sends evenly at ``rate`` a second (None: no limit): whoever comes too early waits."""

    def __init__(self, rate: float | None, now: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._now = now
        self._lock = threading.Lock()
        self._next = 0.0

    def delay(self) -> float:
        """Take the next slot and say how many seconds it is away."""
        if not self._interval:
            return 0.0
        with self._lock:
            now = self._now()
            slot = max(self._next, now - _CATCH_UP)
            self._next = slot + self._interval
            return max(0.0, slot - now)


class Budget:
    """Counts requests and jobs, and holds them to their bounds (None: no bound).

    A job is reserved before its create is sent, so that the bound holds whatever is under way, and
    given back when the answer shows that there is none. While all that is left is reserved, another
    request waits for an answer rather than being turned away for a job that may never be.

    ``cleaning`` is how many requests it takes at most to clean up so many jobs: they are kept back
    until :meth:`release`, so that a run that ends by its budget can still cancel what it made.
    """

    def __init__(
        self,
        max_requests: int | None,
        max_jobs: int | None,
        cleaning: Callable[[int], int] = lambda _: 0,
    ) -> None:
        self._max_requests = max_requests
        self._max_jobs = max_jobs
        self._cleaning = cleaning
        self._changed = threading.Condition()
        self._closed = False
        self.requests = 0
        self.jobs = 0
        self._creating = 0
        self._over = 0
        self._held = 0

    def reserve(self, *, job: bool) -> Failure | None:
        """Take one request, and one job with it; a failure says why it may not be sent."""
        with self._changed:
            while not self._closed and self._short(job, self._creating) and not self._short(job, 0):
                self._changed.wait()
            if self._closed:
                return Failure(FailureKind.INTERRUPTED, "interrupted before it was sent")
            failure = self._short(job, self._creating)
            if failure is None:
                self.requests += 1
                self._creating += job
            return failure

    def settle(self, *, job: bool, sent: bool, made: bool) -> None:
        """Say what became of a reservation: whether it was ``sent``, and a job ``made``."""
        with self._changed:
            self.requests -= not sent
            self._creating -= job
            self.jobs += job and made
            self._changed.notify_all()

    def over(self, jobs: int) -> None:
        """So many jobs have ended, and need no cleaning up."""
        with self._changed:
            self._over = jobs
            self._changed.notify_all()

    def hold(self, requests: int) -> None:
        """Keep so many requests back for what is still to come."""
        with self._changed:
            self._held = requests
            self._changed.notify_all()

    def release(self) -> None:
        """Keep nothing back any more: it is time to clean up."""
        with self._changed:
            self._cleaning = lambda _: 0
            self._held = 0
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing may be reserved any more; whoever waits is turned away."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _short(self, job: bool, creating: int) -> Failure | None:
        """Why there is too little left for one more request, with so many creates under way."""
        if self._max_requests is not None:
            alive = max(0, self.jobs - self._over) + creating + job
            if self.requests + self._held + self._cleaning(alive) >= self._max_requests:
                return _used_up(self._max_requests, "requests")
        if job and self._max_jobs is not None and self.jobs + creating >= self._max_jobs:
            return _used_up(self._max_jobs, "jobs")
        return None


def _used_up(bound: int | None, what: str) -> Failure:
    return Failure(FailureKind.BUDGET, f"not sent: the budget of {bound} {what} is used up")


class Larder:
    """What a run keeps of long bodies, in bytes altogether; short ones are always kept.

    A target may answer every request with megabytes; the list of a run's own jobs takes a hundred
    kilobytes.
    """

    SHORT = 32 * 1024

    def __init__(self, most: int = 24 * 1024 * 1024) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept = 0

    def refusal(self, size: int) -> Failure | None:
        """Take a body of ``size`` bytes in, or say why it cannot be kept."""
        if size <= self.SHORT:
            return None
        with self._lock:
            if self._kept + size <= self._most:
                self._kept += size
                return None
        message = f"a body of {size} bytes, and {self._most} bytes of long ones are kept already"
        return Failure(FailureKind.TOO_LARGE, message)


class Breaker:
    """Spares a run the waiting when the target is gone.

    After ``limit`` failures in a row calls fail at once, but for one probe each ``pause`` seconds;
    a probe that is answered closes the breaker again.
    """

    COUNTED = frozenset({FailureKind.CONNECT, FailureKind.TLS, FailureKind.TIMEOUT})

    def __init__(
        self, limit: int = 20, pause: float = 1.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._pause = pause
        self._now = now
        self._lock = threading.Lock()
        self._in_row = 0
        self._last: Failure | None = None
        self._probe_at = 0.0

    def refusal(self) -> Failure | None:
        """Why nothing is sent now, or None when it may be tried."""
        with self._lock:
            if self._in_row < self._limit or self._last is None:
                return None
            if self._now() >= self._probe_at:
                self._probe_at = self._now() + self._pause
                return None
            message = f"not sent: {self._in_row} tries in a row failed ({self._last.message})"
            return Failure(self._last.kind, message)

    def note(self, failure: Failure | None) -> None:
        """Count the outcome of one exchange that was tried."""
        with self._lock:
            if failure is None or failure.kind not in self.COUNTED:
                self._in_row = 0
                return
            self._in_row += 1
            self._last = failure
            self._probe_at = self._now() + self._pause


class Patience:
    """How long to pause before what was lost is sent again, where that is safe.

    A target that has answered before is given some seconds to come back: it may be restarting.
    """

    #: Seconds before each further try to connect, and to ask again.
    TO_CONNECT = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
    TO_ASK = (0.05, 0.2)

    def __init__(self) -> None:
        self._answered = False

    def note(self, failure: Failure | None) -> None:
        """Take note of the outcome of one try."""
        if failure is None:
            self._answered = True

    def pause(self, failure: Failure, tries: int) -> float | None:
        """Seconds to wait after ``tries`` tries and one more; None: leave it at that."""
        pauses: tuple[float, ...] = self.TO_ASK
        if failure.kind in (FailureKind.CONNECT, FailureKind.TLS):
            pauses = self.TO_CONNECT if self._answered else ()
        return pauses[tries] if tries < len(pauses) else None
