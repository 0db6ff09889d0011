"""Options of click made from the table of settings, and what commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import click

from conformance.commands import completing
from conformance.config import RunConfig, gather, load
from conformance.problems import Problem
from conformance.settings import BY_NAME, SETTINGS, Setting

Decorated = Callable[..., Any]


def settings_options(settings: Iterable[Setting] = SETTINGS) -> Callable[[Decorated], Decorated]:
    """One option for each setting, and ``--config``; values stay text until they are parsed."""

    def decorate(function: Decorated) -> Decorated:
        function = click.option(
            "--config", metavar="FILE", help="Read this file in place of picjobs.toml."
        )(function)
        for setting in reversed(tuple(settings)):
            function = _option(setting)(function)
        return function

    return decorate


def _option(setting: Setting) -> Callable[[Decorated], Decorated]:
    name = f"--{setting.name}"
    words = f"{setting.help}  [{setting.variable}]"
    if setting.flag:
        return click.option(name, setting.field, is_flag=True, default=None, help=words)
    return click.option(
        name,
        setting.field,
        metavar=setting.metavar,
        multiple=setting.multiple,
        help=words,
        shell_complete=completing.clauses if setting.metavar == "ID|FAMILY" else None,
        type=click.Path() if setting.metavar in ("FILE", "PATH", "DIR") else None,
    )


def load_config(given: Mapping[str, Any], file: str | None) -> RunConfig:
    """The configuration from the options that click gave; prints warnings."""
    options = {setting.name: given.get(setting.field) for setting in SETTINGS}
    environ = with_secrets_asked_for(options)
    config, warnings = load(options, environ, Path.cwd(), file)
    for warning in warnings:
        warn(warning)
    return config


def with_secrets_asked_for(options: dict[str, Any]) -> dict[str, str]:
    """The environment, and in it the secrets that ``options`` give as ``-``.

    They are asked for, so that they stand in no list of processes; ``options`` lose them.
    """
    environ = dict(os.environ)
    for name, value in options.items():
        setting = BY_NAME[name]
        if setting.secret and value == "-":
            options[name] = None
            environ[setting.variable] = _asked_for(name)
    return environ


def _asked_for(name: str) -> str:
    """A secret from the terminal, unseen, or the next line of what is piped in."""
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def load_part(names: Iterable[str], given: Mapping[str, Any], file: str | None) -> RunConfig:
    """The settings of these ``names`` only; what a run needs to have together is not asked for."""
    options = {name: given.get(BY_NAME[name].field) for name in names}
    environ = with_secrets_asked_for(options)
    gathered = gather(options, environ, Path.cwd(), file)
    for warning in gathered.warnings:
        warn(warning)
    config = RunConfig(**{BY_NAME[name].field: it for name, it in gathered.values.items()})
    if config.quiet and config.verbose:
        raise Problem("quiet and verbose are both given")
    return config


def warn(message: str) -> None:
    """One line of warning on stderr."""
    note(f"picjobs-conformance: warning: {message}")


def note(message: str) -> None:
    """One line on stderr that is not a warning; lost when stderr cannot be written."""
    with suppress(OSError):
        click.echo(message, err=True)


#: What a disk has to have room for before a run begins, in bytes.
_ROOM = 16 * 1024


def check_writable(path: str | None) -> None:
    """Raise :class:`Problem` when a file cannot be written at ``path``; None is no file.

    A file is tried out beside it, so that a full disk is found too.
    """
    if path is None:
        return
    file = Path(path)
    if file.is_dir():
        raise Problem(f"{path}: this is a directory; give the name of a file")
    if not file.parent.is_dir():
        raise Problem(f"{path}: there is no directory {file.parent}")
    if file.exists() and not os.access(file, os.W_OK):
        raise Problem(f"{path}: no permission to write here")
    if is_special(file):
        return
    draft = _draft(file)
    try:
        draft.write_bytes(bytes(_ROOM))
    except PermissionError:
        raise Problem(f"{path}: no permission to write here") from None
    except OSError as error:
        raise Problem(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def check_directory(path: str | None) -> None:
    """Make the directory ``path`` if need be; raise :class:`Problem` when it takes no files."""
    if path is None:
        return
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise Problem(f"{path}: this is a file; give the name of a directory") from None
    except OSError as error:
        raise Problem(f"{path}: cannot be made: {error.strerror or error}") from None
    check_writable(str(Path(path) / "finding.txt"))


def write_file(path: str, text: str) -> None:
    """Write a report as a whole or not at all. Raises :class:`Problem`."""
    file = Path(path)
    draft = file if is_special(file) else _draft(file)
    try:
        draft.write_text(text, encoding="utf-8")
        if draft is not file:
            draft.replace(file)
    except OSError as error:
        if draft is not file:
            draft.unlink(missing_ok=True)
        raise Problem(f"{path}: cannot be written: {error.strerror or error}") from None


def is_special(file: Path) -> bool:
    """A device or a pipe: it is written to, and nothing may take its place."""
    return file.exists() and not file.is_file()


def _draft(file: Path) -> Path:
    return file.with_name(f".{file.name}.{os.getpid()}.part")


def wants_color(stream: IO[str], *, no_color: bool) -> bool:
    """Colours are for terminals whose owner did not ask for none (NO_COLOR)."""
    return not no_color and not os.environ.get("NO_COLOR") and stream.isatty()
