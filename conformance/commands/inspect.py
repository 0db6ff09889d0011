"""``inspect``: judge traffic captured elsewhere."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.choosing import chosen_clauses
from conformance.commands.options import load_part, note, settings_options, warn
from conformance.commands.reporting import check_outputs, expectations_of, publish
from conformance.commands.signals import stop_on_signals
from conformance.config import RunConfig
from conformance.problems import Problem
from conformance.settings import BY_NAME
from conformance.spec.clauses import ROLES

if TYPE_CHECKING:  # what reads and judges is imported once the options are known to be right
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
    settings = load_part(_SETTINGS, given, config)
    if settings.secret_id and not settings.secret_key:
        warn("a SecretId without its secret key verifies nothing; set PICJOBS_SECRET_KEY")
    chosen = chosen_clauses(settings, tuple(ROLES), "")
    check_outputs(settings)
    if "" in files:  # it would mean the working directory, which nobody meant
        raise Problem("an empty name is no file; give the path of a capture")
    with stop_on_signals() as stop:
        return _inspect(settings, files, chosen, stop)


def _inspect(
    config: RunConfig, files: tuple[str, ...], chosen: frozenset[str] | None, stop: threading.Event
) -> int:
    from conformance.drivers.recording import RecordingProblem  # noqa: PLC0415
    from conformance.inspection.inspector import inspect_files  # noqa: PLC0415
    from conformance.inspection.verdicts import result_of, verdicts_of  # noqa: PLC0415
    from conformance.report.result import NOT_JUDGED  # noqa: PLC0415

    expected = expectations_of(config)
    gc.set_threshold(1_000_000, 20, 100)  # no cycles are made; looking for them costs a fifth
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
    status = publish(config, result, expected, interrupted=not found.complete)
    if not config.quiet:
        note(_held(found))
    if found.complete and not found.requests and not found.callbacks:
        warn(f"nothing of this API is in {_files(found)}; {found.entries} exchanges were left out")
        return NOT_JUDGED
    return status


def _credentials(config: RunConfig) -> tuple[Credentials, ...]:
    """The pairs that requests may have been signed with; of one the SecretId may be missing."""
    from conformance.generate.signing import Credentials  # noqa: PLC0415

    pairs = (
        (config.secret_id, config.secret_key, config.token),
        (config.tmp_secret_id, config.tmp_secret_key, config.tmp_token),
    )
    return tuple(Credentials(name or "", key, token) for name, key, token in pairs if key)


def _held(found: Inspection) -> str:
    """What the files held, in one line."""
    passed = f", {found.passed_over} files that are no captures" if found.passed_over else ""
    return (
        f"{_files(found)}{passed}: {found.requests} requests of this API, "
        f"{found.callbacks} callbacks, {found.left_out} exchanges of others left out"
    )


def _files(found: Inspection) -> str:
    return f"{found.files} file" if found.files == 1 else f"{found.files} files"
