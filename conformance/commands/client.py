"""``client``: judge a client library, through its adapter."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.choosing import chosen_clauses
from conformance.commands.options import load_part, note, settings_options
from conformance.commands.reporting import check_outputs, expectations_of, publish
from conformance.commands.signals import stop_on_signals
from conformance.config import RunConfig
from conformance.settings import BY_NAME

if TYPE_CHECKING:  # what runs and judges is imported once the options are known to be right
    from conformance.checks.client_case import ClientCase
    from conformance.clients.session import ClientOptions

#: What of the settings of a run has a meaning for a client.
_SETTINGS = (
    *("clause", "skip", "case", "strict", "seed", "max-examples", "timeout"),
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
    settings = load_part(_SETTINGS, given, config)
    chosen = chosen_clauses(settings, ("C",), "`client` judges client libraries; use `run`")
    check_outputs(settings)
    with stop_on_signals() as stop:
        return _judge(settings, command_line, https, chosen, stop)


def _judge(
    config: RunConfig,
    command_line: tuple[str, ...],
    https: bool,
    chosen: frozenset[str] | None,
    stop: threading.Event,
) -> int:
    from conformance.clients.result import result_of, verdicts_of  # noqa: PLC0415
    from conformance.clients.session import ClientOptions, run_client  # noqa: PLC0415

    expected = expectations_of(config)
    options = ClientOptions(
        command_line,
        chosen,
        config.seed,
        config.max_examples,
        config.timeout,
        https,
        config.case,
        expected.disclaimed,
    )
    run = run_client(options, _Progress(stop, quiet=config.quiet, verbose=config.verbose))
    verdicts = verdicts_of(
        run,
        selected=chosen,
        strict=config.strict,
        disclaimed=expected.disclaimed,
        cases=config.case,
    )
    result = result_of(
        run,
        verdicts,
        strict=config.strict,
        verbose=config.verbose,
        again=lambda cases: _again(options, cases, strict=config.strict),
    )
    return publish(config, result, expected, interrupted=stop.is_set())


def _again(options: ClientOptions, cases: Sequence[str], *, strict: bool) -> str:
    """The command that runs cases again, alone."""
    words = ["picjobs-conformance", "client"]
    words += ["--https"] if options.https else []
    words += ["--strict"] if strict else []
    for name, value, usual in (
        ("seed", options.seed, RunConfig.seed),
        ("max-examples", options.examples, RunConfig.max_examples),
        ("timeout", options.timeout, RunConfig.timeout),
    ):
        words += [] if value == usual else [f"--{name}", str(value).removesuffix(".0")]
    words += [word for name in cases for word in ("--case", name)]
    return shlex.join((*words, "--", *options.command))


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
