"""``client``: judge a client library, through its adapter."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.options import (
    check_writable,
    note,
    settings_options,
    wants_color,
    warn,
    write_file,
)
from conformance.commands.outputs import REPORTS, write_reports
from conformance.commands.run import stop_on_signals
from conformance.config import RunConfig, gather
from conformance.problems import Problem
from conformance.settings import BY_NAME
from conformance.spec.clauses import ROLES, UnknownClause, clause, for_roles, select

if TYPE_CHECKING:  # what runs and judges is imported once the options are known to be right
    from conformance.checks.client_case import ClientCase
    from conformance.expectations import Expectations

#: What of the settings of a run has a meaning for a client.
_SETTINGS = (
    *("clause", "skip", "strict", "seed", "max-examples", "timeout"),
    *("expectations", "write-expectations"),
    *("report-json", "report-html", "report-junit", "report-markdown"),
    *("quiet", "verbose", "no-color"),
)

#: Seconds between two lines that say how far a run is.
_EVERY = 10.0


@click.command(short_help="Judge a client library, through its adapter.")
@click.argument("command_line", nargs=-1, required=True, metavar="-- COMMAND [ARG]...")
@click.option("--https", is_flag=True, help="Announce the endpoint with a certificate of the run.")
@settings_options(tuple(BY_NAME[name] for name in _SETTINGS))
def command(command_line: tuple[str, ...], https: bool, config: str | None, **given: Any) -> int:
    """Judge a client library: COMMAND is its adapter, a program that speaks JSON lines.

    The suite asks the adapter for calls, receives at an endpoint of its own what the library
    sends, answers in every documented way and in some hostile ones, and judges both sides.
    """
    settings = _settings(given, config)
    chosen = _chosen(settings)
    for form in REPORTS:
        check_writable(getattr(settings, f"report_{form}"))
    check_writable(settings.write_expectations)
    return _judge(settings, command_line, https, chosen)


def _settings(given: Mapping[str, Any], file: str | None) -> RunConfig:
    """What was given, wherever; what only a run needs to have together is not asked for."""
    options = {name: given.get(BY_NAME[name].field) for name in _SETTINGS}
    gathered = gather(options, os.environ, Path.cwd(), file)
    for warning in gathered.warnings:
        warn(warning)
    config = RunConfig(**{BY_NAME[name].field: it for name, it in gathered.values.items()})
    if config.quiet and config.verbose:
        raise Problem("quiet and verbose are both given")
    return config


def _chosen(config: RunConfig) -> frozenset[str] | None:
    """The ids that ``--clause`` and ``--skip`` leave; None when neither was given."""
    try:
        wanted, skipped = select(config.clause), select(config.skip)
    except UnknownClause as unknown:
        raise Problem(str(unknown)) from None
    if not config.clause and not config.skip:
        return None
    judged = {each.id for each in for_roles("C")}
    chosen = (wanted if config.clause else judged) & judged
    if not chosen:
        roles = " and ".join(ROLES[role] for role in clause(min(wanted)).roles)
        raise Problem(
            f"{', '.join(config.clause)}: only about a {roles}, and `client` judges client "
            "libraries; use `run`"
        )
    if not chosen - skipped:
        raise Problem("every clause that was asked for is skipped; there is nothing to judge")
    return frozenset(chosen - skipped)


def _judge(
    config: RunConfig,
    command_line: tuple[str, ...],
    https: bool,
    chosen: frozenset[str] | None,
) -> int:
    from conformance.clients.result import result_of, verdicts_of  # noqa: PLC0415
    from conformance.clients.session import ClientOptions, run_client  # noqa: PLC0415
    from conformance.expectations import Expectations, load_expectations  # noqa: PLC0415

    expected = Expectations()
    if config.expectations is not None:
        expected = load_expectations(Path(config.expectations), datetime.now(UTC).date())
    options = ClientOptions(
        command_line, chosen, config.seed, config.max_examples, config.timeout, https
    )
    with stop_on_signals() as stop:
        run = run_client(options, _Progress(stop, quiet=config.quiet, verbose=config.verbose))
    verdicts = verdicts_of(
        run, selected=chosen, strict=config.strict, disclaimed=expected.disclaimed
    )
    result = result_of(run, verdicts, strict=config.strict, verbose=config.verbose)
    return _report(config, result, expected, interrupted=stop.is_set())


def _report(
    config: RunConfig, judged: dict[str, Any], expected: Expectations, *, interrupted: bool
) -> int:
    """Print, write the files, and say the exit status. What is printed comes first: disks fill."""
    from conformance.expectations import apply, written  # noqa: PLC0415
    from conformance.report.console import make_console, print_result  # noqa: PLC0415
    from conformance.report.result import NOT_JUDGED, exit_status  # noqa: PLC0415

    result = apply(judged, expected)
    console = make_console(sys.stdout, color=wants_color(sys.stdout, no_color=config.no_color))
    print_result(result, console, quiet=config.quiet, verbose=config.verbose)
    status = exit_status(result, interrupted=interrupted)
    try:
        write_reports(result, {form: getattr(config, f"report_{form}") for form in REPORTS})
        if config.write_expectations is not None:
            write_file(config.write_expectations, written(result))
    except Problem as problem:
        warn(str(problem))
        return status or NOT_JUDGED
    return status


class _Progress:
    """How far a run is, in a few lines on stderr; every call with ``verbose``."""

    def __init__(self, stop: threading.Event, *, quiet: bool, verbose: bool) -> None:
        self._stop = stop
        self._quiet = quiet
        self._verbose = verbose
        self._count = self._done = 0
        self._told = time.monotonic()

    def planned(self, count: int) -> None:
        self._count = count
        if not self._quiet:
            note(f"{count} calls")

    def judged(self, case: ClientCase) -> None:
        self._done += 1
        if self._verbose:
            note(f"{case.name}: {len(case.sent)} requests, {case.reply.said}")
        elif not self._quiet and time.monotonic() - self._told > _EVERY:
            self._told = time.monotonic()
            note(f"{self._done} of {self._count} calls made")

    def stopped(self) -> bool:
        return self._stop.is_set()
