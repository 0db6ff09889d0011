"""``compare``: what changed between two stored results."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.commands.options import check_writable, wants_color, write_file


@click.command(short_help="Compare two stored results.")
@click.argument("before", metavar="BEFORE.json")
@click.argument("after", metavar="AFTER.json")
@click.option("--json", "json_file", metavar="FILE", help="Write the comparison as JSON.")
@click.option("--markdown", "markdown_file", metavar="FILE", help="Write it as Markdown.")
@click.option("--no-color", is_flag=True, help="Print without colours.")
def command(
    *, before: str, after: str, json_file: str | None, markdown_file: str | None, no_color: bool
) -> int:
    """Say which clauses are newly broken, newly mended, newly judged, and no longer judged.

    Both are files that --report-json stored. The exit status is 1 when a clause is newly broken:
    it fails now and did not before, or warns now and did pass. It is 3 when none is, but a clause
    that was judged before is inconclusive now.
    """
    from conformance.report.compare import (  # noqa: PLC0415 - help must be quick
        compare,
        comparison_json,
        comparison_markdown,
        print_comparison,
    )
    from conformance.report.console import make_console  # noqa: PLC0415
    from conformance.report.result import BROKEN, CONFORMANT, NOT_JUDGED  # noqa: PLC0415
    from conformance.report.stored import load_result  # noqa: PLC0415

    for path in (json_file, markdown_file):
        check_writable(path)
    made = compare(load_result(Path(before)), load_result(Path(after)))
    console = make_console(sys.stdout, color=wants_color(sys.stdout, no_color=no_color))
    print_comparison(made, console)
    if json_file is not None:
        write_file(json_file, comparison_json(made))
    if markdown_file is not None:
        write_file(markdown_file, comparison_markdown(made))
    if made.is_worse:
        return BROKEN
    return NOT_JUDGED if made.is_unclear else CONFORMANT
