"""What is wrong with a call of the suite, told in one line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Problem(Exception):
    """Bad input: the message is one line that says what, where, and what mends it.

    The command line prints it and ends with ``status``: 2, the call or the configuration is wrong.
    """

    status = 2


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` for the nearest known name, or ``""`` when none is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
