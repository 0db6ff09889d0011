"""``report``: render a stored result again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.commands.options import check_writable, wants_color
from conformance.commands.outputs import write_reports


@click.command(short_help="Render a stored result again.")
@click.argument("file", metavar="FILE.json")
@click.option("--html", metavar="FILE", help="Write an HTML page.")
@click.option("--markdown", metavar="FILE", help="Write Markdown.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML.")
@click.option("--verbose", is_flag=True, help="Print every clause.")
@click.option("--quiet", is_flag=True, help="Print nothing but failures.")
@click.option("--no-color", is_flag=True, help="Print without colours.")
def command(
    *,
    file: str,
    html: str | None,
    markdown: str | None,
    junit: str | None,
    verbose: bool,
    quiet: bool,
    no_color: bool,
) -> int:
    """Render the result that --report-json stored in FILE.json.

    Without an option it is printed. The exit status is 0 whenever it can be rendered.
    """
    from conformance.report.stored import load_result  # noqa: PLC0415 - help must be quick

    paths = {"html": html, "markdown": markdown, "junit": junit}
    for path in paths.values():
        check_writable(path)
    result = load_result(Path(file))
    if not any(paths.values()):
        from conformance.report.console import make_console, print_result  # noqa: PLC0415

        console = make_console(sys.stdout, color=wants_color(sys.stdout, no_color=no_color))
        print_result(result, console, quiet=quiet, verbose=verbose)
    write_reports(result, paths)
    return 0
