"""How a run goes on: one live line on a terminal, few plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from conformance.report.progress import RunProgress
from conformance.scenarios.base import Scenario
from conformance.spec.wire import Exchange, Request, Response


def scenario(name, *clauses, requests=10):
    return Scenario(name, clauses, lambda _: iter(()), requests=requests)


PLAN = (scenario("a", "REQ-01", "REQ-02"), scenario("b", "REQ-02", "REQ-03", requests=30))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def watched(terminal=False, **options):
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, force_terminal=terminal, width=120)
    told = {"quiet": False, "verbose": False, **options}
    progress = RunProgress(console, lambda: False, now=clock, **told)
    with progress:
        progress.planned(PLAN)
        for second in range(1, 25):
            clock.now = float(second)
            request = Request("GET", "/pic_jobs/x")
            progress.sent(Exchange(request, Response(200), scenario="a", step="look"))
            if second == 8:
                progress.ended(PLAN[0], lambda: None)
    return out.getvalue()


def test_plain_lines_every_ten_seconds():
    lines = watched().splitlines()
    assert lines[0] == "2 scenarios, about 40 requests"
    assert lines[1] == "2 of 3 clauses, 11 requests, 1/s, about 33 s left"
    assert len(lines) == 3
    assert not any("\x1b" in line for line in lines)


def test_one_live_line_on_a_terminal():
    shown = watched(terminal=True)
    assert "2 of 3 clauses, 24 requests, 1/s, about 72 s left" in shown
    assert "scenarios, about" not in shown


def test_only_clauses_that_were_asked_for_count():
    assert "1 of 1 clauses" in watched(clauses=frozenset({"REQ-01"}))


def test_quiet_says_nothing():
    assert watched(quiet=True) == ""
    assert watched(quiet=True, terminal=True) == ""


def test_verbose_is_a_log_of_the_wire():
    lines = watched(verbose=True).splitlines()
    assert lines[1] == "-> a look: GET /pic_jobs/x (0 bytes): 200 in 0 ms"
    assert len(lines) == 25


@pytest.mark.parametrize("target", ["/a\x1b[2J", "/\u202eevil"])
def test_what_is_logged_does_not_drive_the_terminal(target):
    out = io.StringIO()
    progress = RunProgress(
        Console(file=out, width=200), lambda: False, quiet=False, verbose=True, now=Clock()
    )
    progress.sent(Exchange(Request("GET", target), None))
    assert "\x1b" not in out.getvalue()
    assert "\u202e" not in out.getvalue()
