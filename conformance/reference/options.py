"""The page of commands and options, from the commands themselves and the table of settings."""

from __future__ import annotations

import html
import inspect
from collections.abc import Iterator
from typing import Any

import click

from conformance.cli import COMMANDS, PROGRAM, group
from conformance.config import FILE_NAME, RunConfig
from conformance.reference.markdown import NOTICE, plain, table
from conformance.settings import BY_NAME, SETTINGS, Setting

_INTRODUCTION = f"""\
# Commands and options

`{PROGRAM} COMMAND --help` prints the same. Each command ends with one of the
[exit statuses](exit-status.md).

Options that have a variable can also be given [in the environment or in
`{FILE_NAME}`](../configuration.md).
"""


def page() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield NOTICE
    yield ""
    yield _INTRODUCTION
    context = click.Context(group, info_name=PROGRAM)
    for name in COMMANDS:
        command = group.get_command(context, name)
        if command is not None:
            yield from _command(name, command, context)


def _command(name: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    yield f"## {name}"
    yield ""
    yield "```text"
    yield " ".join((PROGRAM, name, *command.collect_usage_pieces(context)))
    yield "```"
    yield ""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield plain(paragraph)
        yield ""
    options = [each for each in command.params if isinstance(each, click.Option)]
    settings = [BY_NAME[name] for name in map(_name, options) if name in BY_NAME]
    own = [each for each in options if _name(each) not in BY_NAME and not each.hidden]
    if own:
        yield from table(("option", "meaning"), map(_own, own))
        yield ""
    yield from _settings(settings)


def _name(option: click.Option) -> str:
    return max(option.opts, key=len).lstrip("-")


def _own(option: click.Option) -> tuple[str, str]:
    """An option that a command has to itself."""
    flags = "/".join((*option.opts, *option.secondary_opts))
    metavar = "" if option.is_flag else f" {_metavar(option)}"
    default = _default(option)
    return _code(f"{flags}{metavar}"), _words(option.help or "", default, option.multiple)


def _words(text: str, default: str, multiple: bool) -> str:
    told = f" Default: {default}." if default and "default" not in text else ""
    return plain(text) + told + (" *Repeatable.*" if multiple else "")


def _code(text: str) -> str:
    """A code span; one with a bar in it in the only form that every table takes."""
    if "|" not in text:
        return f"`{text}`"
    return f"<code>{html.escape(text).replace('|', '&#124;')}</code>"


def _metavar(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return option.metavar or option.type.name.partition(" ")[0].upper()


def _default(option: click.Option) -> str:
    if isinstance(option.show_default, str):  # a default that differs between machines
        return plain(option.show_default)
    default: Any = option.default
    if option.is_flag or option.multiple or default is None or callable(default):
        return ""
    return f"`{default}`" if isinstance(default, str | int | float) else ""


def _settings(settings: list[Setting]) -> Iterator[str]:
    """The settings among the options, under the headings of the table of settings."""
    for title in dict.fromkeys(each.group for each in SETTINGS):
        rows = [_setting(each) for each in settings if each.group == title]
        if rows:
            yield f"**{title}**"
            yield ""
            yield from table(("option", "meaning", "variable"), rows)
            yield ""


def _setting(setting: Setting) -> tuple[str, str, str]:
    metavar = "" if setting.flag else f" {setting.metavar}"
    default = getattr(RunConfig(), setting.field, None)
    is_told = isinstance(default, str | int | float) and default is not False
    words = _words(setting.help, f"`{default:g}`" if is_told else "", setting.multiple)
    return _code(f"--{setting.name}{metavar}"), words, f"`{setting.variable}`"
