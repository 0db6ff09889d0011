"""The pytest plugin: options, markers, and the fixture through which tests see verdicts.

Importing it must cost nothing: pytest loads it wherever the package is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.clients.judge import Judge
    from conformance.suite.harness import Harness

_MARKERS = (
    "must: the page states the clause (its breach fails)",
    "should: a default, a sample or an implication (its breach warns, fails with strict)",
    "may: an observation that never fails",
    "server: judged on what the server answers",
    "callback_sender: judged on what arrives at the callback address",
    "http: HTTP on the wire",
    "sig: the signature",
    "req: the request body",
    "rsp: success responses",
    "sta: job states over time",
    "qry: describe, list, cancel",
    "err: error responses",
    "cbk: callbacks",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option for each setting of a run, under the prefix ``--picjobs-``."""
    from conformance.settings import SETTINGS  # noqa: PLC0415 - see the module's docstring

    group = parser.getgroup("picjobs", "conformance of a CreatePicJobs server")
    for setting in SETTINGS:
        if setting.name in _NOT_HERE:
            continue
        option = f"--picjobs-{setting.name}"
        if setting.flag:
            group.addoption(option, action="store_true", default=None, help=setting.help)
        elif setting.multiple:
            group.addoption(option, action="append", default=None, help=setting.help)
        else:
            group.addoption(option, default=None, metavar=setting.metavar, help=setting.help)


#: What pytest has options of its own for, or a run that is not a command has no use for.
_NOT_HERE = frozenset(
    {
        "clause",
        "skip",
        "case",
        "max-failures",
        "resume",
        "save-failures",
        "dry-run",
        "quiet",
        "verbose",
        "no-color",
        "report-html",
        "report-json",
        "report-junit",
        "report-markdown",
    }
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and gather failures where they are to be written down."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    if hasattr(config, "workerinput"):
        return
    expectations = config.getoption("picjobs_expectations", default=None)
    if expectations is not None:
        _check(expectations)
    path = config.getoption("picjobs_write_expectations", default=None)
    if path is not None:
        config.pluginmanager.register(_Writer(path), "picjobs-write-expectations")


def _check(path: str) -> None:
    """End with one line when an expectations file is wrong, before workers are started."""
    from conformance.expectations import load_expectations  # noqa: PLC0415
    from conformance.problems import Problem  # noqa: PLC0415

    try:
        load_expectations(Path(path), datetime.now(UTC).date())
    except Problem as problem:
        pytest.exit(f"picjobs-conformance: {problem}", returncode=2)


class _Writer:
    """Writes the clauses that failed as known ones, wherever their tests ran."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._rows: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if report.when == "call" and told.get("verdict") == "fail":
            finding = {"message": told.get("finding", "it fails")}
            self._rows.append({"id": told["clause"], "verdict": "fail", "findings": [finding]})

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        from conformance.expectations import written  # noqa: PLC0415

        rows = sorted(self._rows, key=lambda row: str(row["id"]))
        try:
            Path(self._path).write_text(written({"clauses": rows}), encoding="utf-8")
        except OSError as error:
            sys.stderr.write(f"picjobs-conformance: {self._path}: {error.strerror}\n")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """With pytest-xdist keep a family's clauses on one worker: they share one run."""
    workers = config.getoption("numprocesses", default=None)
    if workers and config.getoption("dist", default="no") in ("no", "load") and _is_ours(config):
        config.option.dist = "loadfile"


def _is_ours(config: pytest.Config) -> bool:
    return any(str(arg).startswith("conformance.suite") for arg in config.args)


@pytest.fixture(scope="session")
def picjobs_run(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """The run against the target: judged once for each family (or for all at once)."""
    from conformance.suite.harness import Harness, UsageProblem  # noqa: PLC0415

    try:
        harness = Harness.from_pytest(request.config, request.session.items)
    except UsageProblem as problem:
        pytest.exit(f"picjobs-conformance: {problem}", returncode=2)
    yield harness
    harness.close()


@pytest.fixture
def picjobs_judge() -> Iterator[Judge]:
    """The judging endpoint: what a test's own code sends there is judged as a client's.

    The test fails at its end with what was found. See :class:`conformance.clients.judge.Judge`.
    """
    from conformance.clients.endpoint import JudgingEndpoint  # noqa: PLC0415
    from conformance.clients.judge import Judge  # noqa: PLC0415

    with JudgingEndpoint() as endpoint:
        yield Judge(endpoint)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that used the judging endpoint by what arrived there, beside its own asserts."""
    judge: Judge | None = getattr(item, "funcargs", {}).get("picjobs_judge")
    strict = judge is not None and bool(item.config.getoption("--picjobs-strict"))
    try:
        result = yield
    except BaseException:
        if judge is not None and judge.requests:  # what was found may be the reason
            item.add_report_section("call", "picjobs", judge.verdict_text(strict=strict))
        raise
    if judge is not None:
        for line in judge.warnings():
            item.warn(pytest.PytestWarning(line))
        if text := judge.verdict_text(strict=strict):
            pytest.fail(text, pytrace=False)
    return result
