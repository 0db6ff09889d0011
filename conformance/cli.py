"""The command line: finds the command, and turns every error into one line and an exit status.

Heavy imports happen inside the modules of the commands, so that what is light stays quick.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from conformance import REVISION, __version__
from conformance.interruption import STATUS, keep_status, leave_at_once, unwind
from conformance.problems import Problem, did_you_mean

PROGRAM = "picjobs-conformance"

#: The commands in the order in which help lists them. One whose module is not there is left out.
COMMANDS = {
    "run": "Judge a server: the embedded emulator, an endpoint, or a recording.",
    "client": "Judge a client library, through its adapter.",
    "inspect": "Judge traffic captured elsewhere.",
    "serve": "Run the reference emulator in the foreground.",
    "clauses": "List the clauses.",
    "report": "Render a stored result again.",
    "compare": "Compare two stored results.",
    "sign": "Print the signature for one request.",
    "selftest": "Prove the suite on its own faults and variants.",
    "completion": "Print the completion script of a shell.",
}

#: A run that ended by an error of the suite's own has judged nothing for certain.
INTERNAL = 3


class LazyGroup(click.Group):
    """A group whose commands are found by name and imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [name for name in COMMANDS if _module_of(name) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = _module_of(cmd_name) if cmd_name in COMMANDS else None
        if module is None:
            return None
        command = importlib.import_module(module).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in names:
            hint = did_you_mean(args[0], names)
            raise click.UsageError(f"there is no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


def _module_of(command: str) -> str | None:
    module = f"conformance.commands.{command}"
    return module if importlib.util.find_spec(module) is not None else None


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name=PROGRAM, message=f"%(prog)s %(version)s ({REVISION})")
def group() -> None:
    """Judge implementations of Tencent Cloud Infinite's CreatePicJobs API, clause by clause."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit status."""
    unwind()
    status = run(sys.argv[1:] if arguments is None else list(arguments))
    leave_at_once()
    keep_status()
    try:
        sys.stdout.flush()
    except OSError as error:  # the reader has gone, or the disk is full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            status = _say(f"standard output cannot be written: {error.strerror}", status or 3)
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit status and raises nothing."""
    try:
        returned: Any = group.main(list(arguments), prog_name=PROGRAM, standalone_mode=False)
    except Problem as problem:
        return _say(str(problem), problem.status)
    except click.ClickException as wrong:
        return _say(wrong.format_message(), 2)
    except (KeyboardInterrupt, click.Abort):
        return _say("interrupted", STATUS)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("PICJOBS_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return _say(
            f"an error of the suite's own ({what}); please report it, with the traceback that "
            "PICJOBS_DEBUG=1 shows",
            INTERNAL,
        )
    return returned if isinstance(returned, int) else 0


def _say(message: str, status: int) -> int:
    """One line on stderr; returns ``status``."""
    line = " ".join(message.split())
    with suppress(OSError):
        click.echo(f"{PROGRAM}: {line}", err=True)
    return status
