"""The ground that every family of hooks stands on: settings, store, clock, counters."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from conformance.emulator.settings import EmulatorSettings
from conformance.emulator.store import Store


class Hooks:
    """State that the hooks of one emulator share.

    A hook is any public method of the classes built on this one. Hooks are small, call each other
    by name and keep no state but ``store`` and the counters, so that a deviation is one of them
    overridden. They run one at a time, on the emulator's own thread.
    """

    def __init__(
        self, settings: EmulatorSettings | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings if settings is not None else EmulatorSettings()
        self.store = Store(self.settings)
        self.clock = clock
        self._counters: Counter[str] = Counter()

    def now(self) -> float:
        """The moment, in Unix seconds, by the emulator's clock."""
        return self.clock()

    def count(self, name: str) -> int:
        """How many times this was asked for ``name``, this time included."""
        self._counters[name] += 1
        return self._counters[name]

    def every(self, nth: int, name: str) -> bool:
        """True on each ``nth`` asking for ``name``, for deviations that show only now and then."""
        return self.count(name) % nth == 0
