"""Signals before a command is under way, and after it: the process ends soon, with 130.

What a command does with them while it runs is `conformance.commands.signals`. This module is the
first that is imported and imports next to nothing, so that the moment without it is short.
"""

from __future__ import annotations

import atexit
import os
import signal


def _hangup() -> tuple[signal.Signals, ...]:
    """SIGHUP, which a closed terminal sends, unless it is ignored (as nohup has it)."""
    number = getattr(signal, "SIGHUP", None)
    return () if number is None or signal.getsignal(number) is signal.SIG_IGN else (number,)


SIGNALS = (signal.SIGINT, signal.SIGTERM, *_hangup())

#: The exit status of what was interrupted.
STATUS = 130


class Interrupted(KeyboardInterrupt):
    """A signal came.

    A class of its own: Python ends a process by SIGINT, whatever status it chose, once a plain
    KeyboardInterrupt has come up in text that was given to ``exec`` (as dataclasses do).
    """


def leave_at_once() -> None:
    """From now on a signal ends the process: nothing is under way that would have to be undone."""
    for number in SIGNALS:
        signal.signal(number, _leave)


def unwind() -> None:
    """From now on a signal raises :class:`Interrupted`, where nothing better is in place."""
    for number in SIGNALS:
        signal.signal(number, _raise)


def keep_status() -> None:
    """A signal that comes while Python takes itself down changes the exit status no more.

    Python would end by the signal then, as no handler of its own is in place any longer.
    """
    atexit.register(_ignore)


def _ignore() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _leave(_number: int, _frame: object) -> None:
    try:
        os.write(2, b"picjobs-conformance: interrupted\n")
    finally:
        os._exit(STATUS)


def _raise(_number: int, _frame: object) -> None:
    raise Interrupted
