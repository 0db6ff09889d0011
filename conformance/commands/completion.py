"""``completion``: print the script that has a shell complete commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_SHELLS = ("bash", "zsh", "fish")

#: The variable by which the shell's script asks for completions.
_VARIABLE = "_PICJOBS_CONFORMANCE_COMPLETE"


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print a script for SHELL: commands, options, clauses, faults and variants are completed.

    For bash: eval "$(picjobs-conformance completion bash)" in ~/.bashrc; zsh likewise. For fish:
    picjobs-conformance completion fish > ~/.config/fish/completions/picjobs-conformance.fish
    """
    root = context.find_root()
    found = get_completion_class(shell)
    assert found is not None
    # bash says which version it is only when it is asked, and an old one is told so by the script.
    script = found(root.command, {}, root.info_name or "", _VARIABLE)
    click.echo(script.source_template % script.source_vars())
    return 0
