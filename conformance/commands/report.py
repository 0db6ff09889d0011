"""``report``: render stored results again, one by itself or several side by side."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.options import check_writable, wants_color, warn
from conformance.commands.outputs import MATRICES, write_matrices, write_reports
from conformance.problems import Problem

if TYPE_CHECKING:
    from conformance.report.result import Result


@click.command(short_help="Render stored results again.")
@click.argument("files", nargs=-1, required=True, metavar="FILE.json...")
@click.option("--html", metavar="FILE", help="Write an HTML page.")
@click.option("--markdown", metavar="FILE", help="Write Markdown.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML.")
@click.option("--sarif", metavar="FILE", help="Write a SARIF 2.1.0 log.")
@click.option("--badge", metavar="FILE", help="Write the JSON of a shields.io endpoint badge.")
@click.option("--json", metavar="FILE", help="Write the result, merged when there are several.")
@click.option("--merge", is_flag=True, help="Merge all results: they are of one target.")
@click.option("--verbose", is_flag=True, help="Print every clause.")
@click.option("--quiet", is_flag=True, help="Print nothing but failures.")
@click.option("--no-color", is_flag=True, help="Print without colours.")
def command(
    *,
    files: Sequence[str],
    merge: bool,
    verbose: bool,
    quiet: bool,
    no_color: bool,
    **paths: str | None,
) -> int:
    """Render the results that --report-json stored in the files.

    Without an option for a file the result is printed. Results of several targets become a matrix
    of clauses by targets (printed, --html, --markdown). Results of one target and seed that each
    judged other clauses (--clause, --skip) are parts of one, and merged first; with --merge so
    are any results of one target, the worst verdict on each clause being kept.

    The exit status is 0 whenever they can be rendered.
    """
    if quiet and verbose:
        raise Problem("quiet and verbose are both given")
    for path in paths.values():
        check_writable(path)
    results = _loaded(files, merge=merge)
    printed = not any(paths.values())
    if len(results) == 1:
        if printed:
            _print(results[0], quiet=quiet, verbose=verbose, no_color=no_color)
        write_reports(results[0], paths)
        return 0
    _refuse_what_has_no_matrix(results, paths)
    if printed:
        _print_matrix(results, verbose=verbose, no_color=no_color)
    write_matrices(results, paths)
    return 0


def _loaded(files: Sequence[str], *, merge: bool) -> list[Result]:
    """The results, parts merged. Raises :class:`Problem`."""
    from conformance.report.merge import grouped, merged  # noqa: PLC0415 - help must be quick
    from conformance.report.stored import load_result  # noqa: PLC0415

    given = [Path(file) for file in files]
    same = [path for place, path in enumerate(given) if path.resolve() in _resolved(given[:place])]
    if same:
        raise Problem(f"{same[0]}: given twice")
    results = [load_result(path) for path in given]
    if not merge:
        return grouped(results)
    one = merged(results)
    names = list(dict.fromkeys(each["target"]["name"] for each in results))
    if len(names) > 1:
        warn(f"merged as one target: {', '.join(names)}")
    return [one]


def _resolved(paths: Sequence[Path]) -> set[Path]:
    return {path.resolve() for path in paths}


def _refuse_what_has_no_matrix(results: Sequence[Result], paths: Mapping[str, str | None]) -> None:
    for form, path in paths.items():
        if path is not None and form not in MATRICES:
            raise Problem(
                f"--{form} is about one target, and these are {len(results)} results; "
                "give one of them, or --merge when they are of one target"
            )


def _print(result: Mapping[str, Any], *, quiet: bool, verbose: bool, no_color: bool) -> None:
    from conformance.report.console import make_console, print_result  # noqa: PLC0415

    console = make_console(sys.stdout, color=wants_color(sys.stdout, no_color=no_color))
    print_result(result, console, quiet=quiet, verbose=verbose)


def _print_matrix(results: Sequence[Result], *, verbose: bool, no_color: bool) -> None:
    from conformance.report.console import make_console  # noqa: PLC0415
    from conformance.report.matrix import print_matrix  # noqa: PLC0415

    console = make_console(sys.stdout, color=wants_color(sys.stdout, no_color=no_color))
    print_matrix(results, console, verbose=verbose)
