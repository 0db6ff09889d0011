"""``inspect``: judge traffic captured elsewhere."""

from __future__ import annotations

import gc
import os
import sys
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
from conformance.spec.clauses import CATALOGUE, UnknownClause, select

if TYPE_CHECKING:  # what reads and judges is imported once the options are known to be right
    from conformance.expectations import Expectations
    from conformance.generate.signing import Credentials
    from conformance.inspection.inspector import Inspection

#: What of the settings of a run has a meaning for captured traffic.
_SETTINGS = (
    *("secret-id", "secret-key", "token", "tmp-secret-id", "tmp-secret-key", "tmp-token"),
    *("clause", "skip", "strict", "expectations", "write-expectations"),
    *("report-json", "report-html", "report-junit", "report-markdown"),
    *("quiet", "verbose", "no-color"),
)


@click.command(short_help="Judge traffic captured elsewhere.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@settings_options(tuple(BY_NAME[name] for name in _SETTINGS))
def command(files: tuple[str, ...], config: str | None, **given: Any) -> int:
    """Judge vcrpy cassettes (YAML, JSON) and HAR files, or all of them in a directory.

    Answers are judged as a server's, requests as a client's, announcements of finished jobs as a
    callback sender's. Each file is a capture of its own: nothing is compared across files, and
    what is more than 4,000 exchanges long is judged in parts.
    Signatures are verified when the secret key is given (PICJOBS_SECRET_KEY); with
    PICJOBS_SECRET_ID as well, only those made with that pair.
    """
    settings = _settings(given, config)
    chosen = _chosen(settings)
    for form in REPORTS:
        check_writable(getattr(settings, f"report_{form}"))
    check_writable(settings.write_expectations)
    if "" in files:  # it would mean the working directory, which nobody meant
        raise Problem("an empty name is no file; give the path of a capture")
    return _inspect(settings, files, chosen)


def _settings(given: Mapping[str, Any], file: str | None) -> RunConfig:
    """What was given, wherever; what only a run needs to have together is not asked for."""
    options = {name: given.get(BY_NAME[name].field) for name in _SETTINGS}
    gathered = gather(options, os.environ, Path.cwd(), file)
    for warning in gathered.warnings:
        warn(warning)
    config = RunConfig(**{BY_NAME[name].field: it for name, it in gathered.values.items()})
    if config.quiet and config.verbose:
        raise Problem("quiet and verbose are both given")
    if config.secret_id and not config.secret_key:
        warn("a SecretId without its secret key verifies nothing; set PICJOBS_SECRET_KEY")
    return config


def _chosen(config: RunConfig) -> frozenset[str] | None:
    """The ids that ``--clause`` and ``--skip`` leave; None when neither was given."""
    try:
        wanted, skipped = select(config.clause), select(config.skip)
    except UnknownClause as unknown:
        raise Problem(str(unknown)) from None
    if not config.clause and not config.skip:
        return None
    chosen = (wanted if config.clause else {each.id for each in CATALOGUE}) - skipped
    if not chosen:
        raise Problem("every clause that was asked for is skipped; there is nothing to judge")
    return frozenset(chosen)


def _inspect(config: RunConfig, files: tuple[str, ...], chosen: frozenset[str] | None) -> int:
    from conformance.drivers.recording import RecordingProblem  # noqa: PLC0415
    from conformance.expectations import Expectations, load_expectations  # noqa: PLC0415
    from conformance.inspection.inspector import inspect_files  # noqa: PLC0415
    from conformance.inspection.verdicts import result_of, verdicts_of  # noqa: PLC0415

    expected = Expectations()
    if config.expectations is not None:
        expected = load_expectations(Path(config.expectations), datetime.now(UTC).date())
    gc.set_threshold(1_000_000, 20, 100)  # no cycles are made; looking for them costs a fifth
    with stop_on_signals() as stop:
        try:
            found = inspect_files(
                files, _credentials(config), keep_all=config.verbose, stop=stop.is_set
            )
        except RecordingProblem as problem:
            raise Problem(str(problem)) from None
    verdicts = verdicts_of(
        found, selected=chosen, strict=config.strict, disclaimed=expected.disclaimed
    )
    result = result_of(found, verdicts, files, strict=config.strict, verbose=config.verbose)
    return _report(config, found, result, expected)


def _credentials(config: RunConfig) -> tuple[Credentials, ...]:
    """The pairs that requests may have been signed with; of one the SecretId may be missing."""
    from conformance.generate.signing import Credentials  # noqa: PLC0415

    pairs = (
        (config.secret_id, config.secret_key, config.token),
        (config.tmp_secret_id, config.tmp_secret_key, config.tmp_token),
    )
    return tuple(Credentials(name or "", key, token) for name, key, token in pairs if key)


def _report(
    config: RunConfig, found: Inspection, judged: dict[str, Any], expected: Expectations
) -> int:
    """Print, write the files, and say the exit status."""
    from conformance.expectations import apply, written  # noqa: PLC0415
    from conformance.report.console import make_console, print_result  # noqa: PLC0415
    from conformance.report.result import NOT_JUDGED, exit_status  # noqa: PLC0415

    result = apply(judged, expected)
    console = make_console(sys.stdout, color=wants_color(sys.stdout, no_color=config.no_color))
    print_result(result, console, quiet=config.quiet, verbose=config.verbose)
    if not config.quiet:
        note(_held(found))
    status = exit_status(result, interrupted=not found.complete)
    try:
        write_reports(result, {form: getattr(config, f"report_{form}") for form in REPORTS})
        if config.write_expectations is not None:
            write_file(config.write_expectations, written(result))
    except Problem as problem:
        warn(str(problem))
        return status or NOT_JUDGED
    if found.complete and not found.requests and not found.callbacks:
        warn(f"nothing of this API is in {_files(found)}; {found.entries} exchanges were left out")
        return NOT_JUDGED
    return status


def _held(found: Inspection) -> str:
    """What the files held, in one line."""
    passed = f", {found.passed_over} files that are no captures" if found.passed_over else ""
    return (
        f"{_files(found)}{passed}: {found.requests} requests of this API, "
        f"{found.callbacks} callbacks, {found.left_out} exchanges of others left out"
    )


def _files(found: Inspection) -> str:
    return f"{found.files} file" if found.files == 1 else f"{found.files} files"
