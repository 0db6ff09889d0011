"""``run``: judge a server."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.options import (
    check_writable,
    load_config,
    note,
    settings_options,
    wants_color,
    warn,
    write_file,
)
from conformance.commands.outputs import REPORTS, write_reports
from conformance.config import RunConfig
from conformance.problems import Problem
from conformance.spec.clauses import ROLES, UnknownClause, clause, for_roles, select

if TYPE_CHECKING:  # what runs and reports is imported once the options are known to be right
    from conformance.expectations import Expectations

#: A server is judged by its answers and by the callbacks that it sends.
JUDGED = ("S", "K")


@click.command(short_help="Judge a server.")
@settings_options()
def command(config: str | None, **given: Any) -> int:
    """Judge a server: the embedded emulator, an endpoint, or a recording.

    Without --endpoint and --replay the reference emulator is started and judged. Every option can
    be given in the environment, as the name in brackets, or in picjobs.toml.
    """
    settings = load_config(given, config)
    chosen = chosen_clauses(settings)
    for path in (settings.report_json, settings.report_html, settings.report_junit):
        check_writable(path)
    check_writable(settings.report_markdown)
    check_writable(settings.write_expectations)
    return _run(settings, chosen)


def chosen_clauses(config: RunConfig) -> frozenset[str] | None:
    """The ids that ``--clause`` and ``--skip`` leave; None when neither was given."""
    try:
        wanted, skipped = select(config.clause), select(config.skip)
    except UnknownClause as unknown:
        raise Problem(str(unknown)) from None
    if not config.clause and not config.skip:
        return None
    judged = {each.id for each in for_roles(JUDGED)}
    chosen = (wanted if config.clause else judged) & judged
    if not chosen:
        roles = " and ".join(ROLES[role] for role in clause(min(wanted)).roles)
        raise Problem(
            f"{', '.join(config.clause)}: only about a {roles}, and `run` judges servers; "
            "use `client`"
        )
    if not chosen - skipped:
        raise Problem("every clause that was asked for is skipped; there is nothing to judge")
    return frozenset(chosen - skipped)


def _run(config: RunConfig, chosen: frozenset[str] | None) -> int:
    from conformance.expectations import Expectations, load_expectations  # noqa: PLC0415

    expected = Expectations()
    if config.expectations is not None:
        expected = load_expectations(Path(config.expectations), datetime.now(UTC).date())
    if config.dry_run:
        from conformance.commands.dry_run import print_plan  # noqa: PLC0415

        print_plan(config, chosen, expected.disclaimed)
        return 0
    return _report(config, *_judged(config, chosen, expected), expected)


def _judged(
    config: RunConfig, chosen: frozenset[str] | None, expected: Expectations
) -> tuple[dict[str, Any], bool]:
    """Run, judge, and build the result; also whether the user interrupted it."""
    from conformance.commands.running import judge_run, run_guarded  # noqa: PLC0415
    from conformance.engine.options import options_of  # noqa: PLC0415
    from conformance.report.console import make_console  # noqa: PLC0415
    from conformance.report.progress import RunProgress  # noqa: PLC0415

    options = options_of(config, chosen, expected.disclaimed)
    console = make_console(sys.stderr, color=wants_color(sys.stderr, no_color=config.no_color))
    with stop_on_signals() as stop:
        progress = RunProgress(console, stop.is_set, quiet=config.quiet, verbose=config.verbose)
        with progress:
            outcome = run_guarded(options, progress)
    result = judge_run(outcome, strict=config.strict, verbose=config.verbose)
    return result, stop.is_set()


def _report(
    config: RunConfig, judged: dict[str, Any], interrupted: bool, expected: Expectations
) -> int:
    """Print, write the files, and say the exit status. What is printed comes first: disks fill."""
    from conformance.expectations import apply, written  # noqa: PLC0415
    from conformance.report.console import make_console, print_result  # noqa: PLC0415
    from conformance.report.result import NOT_JUDGED, exit_status  # noqa: PLC0415

    result = apply(judged, expected)
    console = make_console(sys.stdout, color=wants_color(sys.stdout, no_color=config.no_color))
    try:
        print_result(result, console, quiet=config.quiet, verbose=config.verbose)
    except BrokenPipeError:  # the reader has gone (`| head`); the reports are still wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = exit_status(result, interrupted=interrupted)
    try:
        write_reports(result, {form: getattr(config, f"report_{form}") for form in REPORTS})
        if config.write_expectations is not None:
            write_file(config.write_expectations, written(result))
    except Problem as problem:
        warn(str(problem))
        return status or NOT_JUDGED
    return status


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set; a second signal ends the process at once."""
    stop = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()
        note("stopping; the report follows")

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
