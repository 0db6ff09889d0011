"""SIGINT, SIGTERM, SIGHUP: asked once, a command ends soon and in order; asked twice, at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from conformance.commands.options import note
from conformance.interruption import SIGNALS


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that these signals set; a second signal ends the process at once."""
    stop = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()
        note("stopping; the report follows")

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
