"""The end of every command that judges: print, write the files, say the exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from conformance.commands.options import (
    check_writable,
    is_special,
    wants_color,
    warn,
    write_file,
)
from conformance.commands.outputs import REPORTS, write_reports
from conformance.config import RunConfig
from conformance.problems import Problem

if TYPE_CHECKING:
    from conformance.expectations import Expectations


def check_outputs(config: RunConfig) -> None:
    """Raise :class:`Problem` when a report cannot be written where it is to go."""
    options = [*(f"report_{form}" for form in REPORTS), "write_expectations", "record"]
    taken: dict[str, str] = {}
    for name in options:
        path, option = getattr(config, name), f"--{name.replace('_', '-')}"
        if name != "record":  # whoever records looks for itself, and makes the folder
            check_writable(path)
        if path is None or is_special(Path(path)):
            continue
        other = taken.setdefault(os.path.realpath(path), option)
        if other != option:
            raise Problem(f"{path}: {option} and {other} name the same file; give each its own")


def expectations_of(config: RunConfig) -> Expectations:
    """What ``--expectations`` says; nothing when it was not given."""
    from conformance.expectations import Expectations, load_expectations  # noqa: PLC0415

    if config.expectations is None:
        return Expectations()
    return load_expectations(Path(config.expectations), datetime.now(UTC).date())


def publish(
    config: RunConfig,
    judged: dict[str, Any],
    expected: Expectations,
    *,
    interrupted: bool,
    problems: Sequence[str] = (),
) -> int:
    """Print, write the files, and say the exit status. What is printed comes first: disks fill.

    ``problems`` are lines about what the run could not keep; with any, the status is never 0.
    """
    from conformance.expectations import apply, written  # noqa: PLC0415
    from conformance.report.result import NOT_JUDGED, exit_status  # noqa: PLC0415

    result = apply(judged, expected)
    lost = [*problems]
    try:
        _print(config, result, sys.stdout)
    except OSError as error:
        _give_up_stdout()
        if not isinstance(error, BrokenPipeError):  # else the reader has gone (`| head`)
            lost.append(f"standard output cannot be written: {error.strerror}")
            _print(config, result, sys.stderr)
    try:
        write_reports(result, {form: getattr(config, f"report_{form}") for form in REPORTS})
        if config.write_expectations is not None:
            write_file(config.write_expectations, written(result))
    except Problem as problem:
        lost.append(str(problem))
    for line in lost:
        warn(line)
    status = exit_status(result, interrupted=interrupted)
    return status or (NOT_JUDGED if lost else status)


def _print(config: RunConfig, result: dict[str, Any], stream: IO[str]) -> None:
    from conformance.report.console import make_console, print_result  # noqa: PLC0415

    console = make_console(stream, color=wants_color(stream, no_color=config.no_color))
    print_result(result, console, quiet=config.quiet, verbose=config.verbose)
    stream.flush()


def _give_up_stdout() -> None:
    """Let nothing more be written there, not even when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
