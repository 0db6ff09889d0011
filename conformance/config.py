"""What a run is told, gathered from the command line, the environment and ``picjobs.toml``.

The command line wins over the environment, the environment over the file. Everything is typed and
checked before anything is sent; what is wrong raises :class:`Problem` with one line.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.problems import Problem, did_you_mean
from conformance.settings import BY_NAME, SETTINGS, VENDOR, Setting

#: The file that is read from the working directory when it is there.
FILE_NAME = "picjobs.toml"

_FILE_LIMIT = 1024 * 1024


@dataclass(frozen=True)
class RunConfig:
    """Everything that ``run`` is told. None: not said, the default of whoever uses it holds.

    Times are in seconds, ``rate`` is in requests a second. Secrets are never shown.
    """

    endpoint: str | None = None
    bucket: str | None = None
    region: str | None = None
    secret_id: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    tmp_secret_id: str | None = field(default=None, repr=False)
    tmp_secret_key: str | None = field(default=None, repr=False)
    tmp_token: str | None = field(default=None, repr=False)
    queue_id: str | None = None
    paused_queue_id: str | None = None
    template_id: str | None = None
    input_object: str | None = None
    callback_host: str | None = None
    ca_bundle: str | None = None
    replay: str | None = None
    record: str | None = None
    resume: str | None = None
    clause: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    strict: bool = False
    seed: int = 0
    max_examples: int = 100
    max_requests: int | None = None
    max_jobs: int | None = None
    max_failures: int | None = None
    no_shrink: bool = False
    rate: float | None = None
    workers: int = 12
    timeout: float = 10.0
    job_timeout: float | None = None
    expectations: str | None = None
    write_expectations: str | None = None
    dry_run: bool = False
    yes: bool = False
    report_json: str | None = None
    report_html: str | None = None
    report_junit: str | None = None
    report_markdown: str | None = None
    save_failures: str | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False


@dataclass(frozen=True)
class Gathered:
    """The typed values by name, and the lines of warning that the user should see."""

    values: Mapping[str, Any] = field(repr=False)
    warnings: tuple[str, ...] = ()


def load(
    options: Mapping[str, Any],
    environ: Mapping[str, str],
    directory: Path,
    file: str | None = None,
) -> tuple[RunConfig, tuple[str, ...]]:
    """The configuration of a run, and warnings to print.

    ``options`` are what the command line gave, by setting name; None and empty mean not given.
    ``file`` takes the place of ``picjobs.toml`` in ``directory``. Raises :class:`Problem`.
    """
    gathered = gather(options, environ, directory, file)
    values = _of_one_target(gathered.values, options)
    config = RunConfig(**{BY_NAME[name].field: it for name, it in values.items()})
    _check(config)
    return config, gathered.warnings


def _of_one_target(values: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` without the other target, when the command line names one.

    Who has exported an endpoint may still replay a recording.
    """
    named = [name for name in ("endpoint", "replay") if options.get(name)]
    others = {"endpoint", "replay"} - set(named) if named else set()
    return {name: value for name, value in values.items() if name not in others}


def gather(
    options: Mapping[str, Any],
    environ: Mapping[str, str],
    directory: Path,
    file: str | None = None,
) -> Gathered:
    """The settings that were given anywhere, each parsed; see :func:`load`."""
    file = file or environ.get("PICJOBS_CONFIG") or None
    path = Path(file) if file else directory / FILE_NAME
    from_file, warnings = _read_file(path, required=file is not None)
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        given = options.get(setting.name)
        if given is not None and given is not False and given != ():
            values[setting.name] = _parse(setting, given, f"--{setting.name}")
            if setting.secret:
                warnings.append(
                    f"--{setting.name} on the command line can be seen by others on this machine; "
                    f"use {setting.variable} instead"
                )
        elif environ.get(setting.variable):
            value: Any = environ[setting.variable]
            if setting.multiple:
                value = [piece for piece in re.split(r"[,\s]+", value) if piece]
            values[setting.name] = _parse(setting, value, setting.variable)
        elif setting.name in from_file:
            where, value = from_file[setting.name]
            values[setting.name] = _parse(setting, value, where)
    return Gathered(values, tuple(warnings))


def _parse(setting: Setting, value: Any, where: str) -> Any:
    try:
        if not setting.multiple:
            return setting.parse(value)
        each = value if isinstance(value, list | tuple) else [value]
        return tuple(setting.parse(one) for one in each)
    except (TypeError, ValueError) as wrong:
        shown = "" if setting.secret else f", not {_short(value)}"
        raise Problem(f"{where} should be {wrong}{shown}") from None


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


# ---- the file -----------------------------------------------------------------------------------


def _read_file(path: Path, *, required: bool) -> tuple[dict[str, tuple[str, Any]], list[str]]:
    """Its settings, each with the place where it stands, and warnings."""
    text = _file_text(path, required=required)
    if text is None:
        return {}, []
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:  # nested without end, numbers of any length
        raise Problem(f"{path}: not valid TOML: {wrong}") from None
    found: dict[str, tuple[str, Any]] = {}
    for key, value in table.items():
        where = f"{path}:{line_of(text, key)}: {key}"
        name = key.replace("_", "-")
        if name not in BY_NAME:
            raise Problem(f"{where}: there is no such setting{did_you_mean(name, BY_NAME)}")
        if name in found:
            raise Problem(f"{where}: this setting is there twice, with '-' and with '_'")
        found[name] = (where, value)
    return found, _exposed(path, found)


def _file_text(path: Path, *, required: bool) -> str | None:
    try:
        if path.stat().st_size > _FILE_LIMIT:
            raise Problem(f"{path}: longer than {_FILE_LIMIT} bytes; is this the right file?")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            raise Problem(f"{path}: there is no such file") from None
        return None
    except UnicodeDecodeError:
        raise Problem(f"{path}: not UTF-8 text; TOML is always UTF-8") from None
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror or error}") from None


def line_of(text: str, key: str) -> int:
    """The line (from 1) on which ``key`` is set in TOML ``text``; 1 when it cannot be told."""
    at = re.search(rf"^[ \t]*[\[\"']*{re.escape(key)}[\"']?[ \t]*[=.\]]", text, re.MULTILINE)
    return text.count("\n", 0, at.start()) + 1 if at else 1


def _exposed(path: Path, found: Mapping[str, Any]) -> list[str]:
    """A warning when the file holds secrets that others may read."""
    holds = [name for name in found if BY_NAME[name].secret]
    if not holds or os.name != "posix":
        return []
    if not path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return []
    return [f"{path} holds {holds[0]} and can be read by others; run: chmod 600 {path}"]


# ---- what has to go together --------------------------------------------------------------------


def _check(config: RunConfig) -> None:
    if config.endpoint is not None and config.replay is not None:
        raise Problem("endpoint and replay are both given; a run judges one target")
    if config.record is not None and config.replay is not None:
        raise Problem("record and replay are both given; there is nothing new to record")
    if config.resume is not None and config.replay is not None:
        raise Problem("resume and replay are both given; a replay sends nothing")
    if config.quiet and config.verbose:
        raise Problem("quiet and verbose are both given")
    _check_temporary(config)
    if config.endpoint is not None:
        _check_endpoint(config)


def _check_temporary(config: RunConfig) -> None:
    """Temporary credentials come as three, or not at all."""
    parts = {
        "tmp-secret-id": config.tmp_secret_id,
        "tmp-secret-key": config.tmp_secret_key,
        "tmp-token": config.tmp_token,
    }
    missing = [name for name, value in parts.items() if value is None]
    if missing and len(missing) < len(parts):
        raise Problem(f"the temporary credentials lack {_and(missing)}; {_ways(missing)}")


def _check_endpoint(config: RunConfig) -> None:
    needed = {
        "bucket": config.bucket,
        "region": config.region,
        "secret-id": config.secret_id,
        "secret-key": config.secret_key,
        "queue-id": config.queue_id,
    }
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        raise Problem(f"an endpoint needs {_and(missing)} too; {_ways(missing)}")
    budget = config.max_requests is not None or config.max_jobs is not None
    if config.endpoint == VENDOR and not (config.yes or budget or config.dry_run):
        raise Problem(
            "a run against the vendor creates jobs that may be billed; look at --dry-run first, "
            "then give --max-jobs N, --max-requests N or --yes"
        )
    if config.ca_bundle is not None and not Path(config.ca_bundle).is_file():
        raise Problem(f"{config.ca_bundle}: there is no such CA bundle")


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _ways(names: list[str]) -> str:
    """The three ways to supply settings."""
    variables = ", ".join(BY_NAME[name].variable for name in names)
    keys = ", ".join(names)
    options = ", ".join(f"--{name}" for name in names)
    return f"set {variables} in the environment, or {keys} in {FILE_NAME}, or give {options}"
