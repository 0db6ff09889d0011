"""``run``: judge a server."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.choosing import chosen_clauses
from conformance.commands.options import check_directory, load_config, settings_options, wants_color
from conformance.commands.reporting import check_outputs, expectations_of, publish
from conformance.commands.signals import stop_on_signals
from conformance.config import RunConfig
from conformance.problems import Problem

if TYPE_CHECKING:  # what runs and reports is imported once the options are known to be right
    from conformance.engine.options import Options
    from conformance.engine.outcome import RunOutcome

#: A server is judged by its answers and by the callbacks that it sends.
JUDGED = ("S", "K")


@click.command(short_help="Judge a server.")
@settings_options()
@click.option("-x", "first", is_flag=True, help="The same as --max-failures 1.")
def command(config: str | None, first: bool, **given: Any) -> int:
    """Judge a server: the embedded emulator, an endpoint, or a recording.

    Without --endpoint and --replay the reference emulator is started and judged. Every option can
    be given in the environment, as the name in brackets, or in picjobs.toml.
    """
    if first:
        if given.get("max_failures") is not None:
            raise Problem("-x and --max-failures are both given")
        given["max_failures"] = "1"
    settings = load_config(given, config)
    chosen = chosen_clauses(settings, JUDGED, "`run` judges servers; use `client`")
    check_outputs(settings)
    check_directory(settings.save_failures)
    with stop_on_signals() as stop:
        return _run(settings, chosen, stop)


def _run(config: RunConfig, chosen: frozenset[str] | None, stop: threading.Event) -> int:
    from conformance.commands.running import guarded, judge_run, save_failures  # noqa: PLC0415
    from conformance.engine.options import options_of  # noqa: PLC0415

    expected = expectations_of(config)
    known = {each.clause for each in expected.known}
    options = options_of(config, chosen, expected.disclaimed, known)
    if config.dry_run:
        from conformance.commands.dry_run import print_plan  # noqa: PLC0415

        with guarded():
            print_plan(config, options)
        return 0
    outcome = _outcome(config, options, stop)
    result = judge_run(outcome, strict=config.strict, verbose=config.verbose)
    problems = [*outcome.problems]
    if config.save_failures is not None:
        try:
            save_failures(config.save_failures, result, outcome)
        except Problem as problem:
            problems.append(str(problem))
    return publish(config, result, expected, interrupted=stop.is_set(), problems=problems)


def _outcome(config: RunConfig, options: Options, stop: threading.Event) -> RunOutcome:
    from conformance.commands.checkpoint import Checkpoints  # noqa: PLC0415
    from conformance.commands.running import run_guarded  # noqa: PLC0415
    from conformance.report.console import make_console  # noqa: PLC0415
    from conformance.report.progress import RunProgress  # noqa: PLC0415

    console = make_console(sys.stderr, color=wants_color(sys.stderr, no_color=config.no_color))
    progress = RunProgress(
        console,
        stop.is_set,
        quiet=config.quiet,
        verbose=config.verbose,
        clauses=options.clauses,
    )
    with progress:
        return run_guarded(options, Checkpoints(progress, config))
