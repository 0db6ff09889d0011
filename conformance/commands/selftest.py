"""``selftest``: prove the suite on its own faults and variants."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from conformance.commands import completing
from conformance.commands.options import check_writable, write_file
from conformance.problems import Problem, did_you_mean

if TYPE_CHECKING:
    from conformance.selftest.trial import Result


@click.command(short_help="Prove the suite on its own faults and variants.")
@click.option("--clients", "of_clients", is_flag=True, help="Those of clients, not of servers.")
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Only this fault or variant.",
    shell_complete=completing.deviations,
)
@click.option("--full", is_flag=True, help="Every clause for every fault; each variant alone.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The seed.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2 * (os.cpu_count() or 1),
    show_default="two for each core",
    help="Trials at once, each in a process of its own; half of the time they wait.",
)
@click.option("--quiet", is_flag=True, help="Print only what is wrong, and the summary.")
@click.option("--report-json", metavar="FILE", help="Write the whole matrix to FILE.")
def command(
    *,
    of_clients: bool,
    only: tuple[str, ...],
    full: bool,
    seed: int,
    workers: int,
    quiet: bool,
    report_json: str | None,
) -> int:
    """Run the suite on the plain emulator, on each fault and on each conforming variant.

    A fault is caught when a clause that it breaks fails; a variant is left in peace when none
    fails or warns. Exit status 1 on any miss, any catch under another name, any false alarm.
    With --clients the same for the judging of client libraries, on the plain adapter; a fault is
    then caught when every clause that it breaks fails.
    """
    check_writable(report_json)
    from conformance.selftest import clients, matrix, servers  # noqa: PLC0415
    from conformance.selftest.trial import chosen  # noqa: PLC0415

    room = clients if of_clients else servers
    catalogue = room.catalogue()
    try:
        waiting = chosen(catalogue, only, seed=seed, full=full)
    except KeyError as unknown:
        raise Problem(_unknown(str(unknown.args[0]), (name for _, name in catalogue))) from None
    if not (of_clients or full or only):
        waiting = servers.stacked(waiting)
    results: list[Result] = []
    while waiting:
        for result in matrix.attempt_all(waiting, workers, room.attempt):
            results.append(result)
            if not quiet or not result.right:
                click.echo(matrix.line(result))
        waiting = servers.taken_apart(results[-len(waiting) :])
    said = matrix.summary(results, room.PLAIN)
    click.echo(said)
    if report_json is not None:
        told = json.dumps(matrix.as_json(results, said), indent=1, ensure_ascii=False)
        write_file(report_json, told + "\n")
    return 0 if matrix.all_right(results) else 1


def _unknown(names: str, known: Iterable[str]) -> str:
    return f"there is no fault or variant {names}{did_you_mean(names, known)}"
