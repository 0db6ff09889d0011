"""Whole runs: the plain adapter conforms, what a library lacks costs it nothing else."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance import cli
from conformance.checks.base import Mark
from conformance.checks.client_case import ClientCase, Said
from conformance.checks.client_judge import judge_cases
from conformance.checks.deciding import OF_CLIENTS
from conformance.checks.verdicts import Verdict, fold
from conformance.clients.calls import keyset, sample_job
from conformance.clients.cases import every_case
from conformance.clients.casespec import parts_of
from conformance.clients.result import result_of, verdicts_of
from conformance.clients.session import ClientOptions, ClientRun, Silent, run_client
from conformance.report.result import exit_status
from conformance.spec.clauses import for_roles
from tests.checks.watching import undeclared, watch

PLAIN = (sys.executable, "-m", "conformance.clients.adapters.plain.adapter")


def faulty(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "conformance.clients.faults", name)


@pytest.fixture(scope="module")
def plain() -> ClientRun:
    return run_client(ClientOptions(PLAIN, examples=25))


def verdicts(run: ClientRun) -> dict[str, Verdict]:
    return {each.clause.id: each.verdict for each in fold(run.outcomes, ("C",), strict=True)}


def test_the_plain_adapter_passes_every_clause(plain: ClientRun) -> None:
    assert set(verdicts(plain).values()) == {Verdict.PASS}
    assert plain.restarts == 0


def test_what_decides_on_a_client_is_named(plain: ClientRun, monkeypatch) -> None:
    seen = watch(monkeypatch)
    for _ in judge_cases(plain.cases):
        pass

    assert set(seen) == {each.id for each in for_roles("C")}
    assert not undeclared(seen, OF_CLIENTS)


def test_exchanges_are_numbered_from_one(plain: ClientRun) -> None:
    assert [each.n for each in plain.exchanges] == list(range(1, len(plain.exchanges) + 1))


def test_no_secret_stands_in_an_outcome(plain: ClientRun) -> None:
    pairs = keyset(0)
    told = repr(plain.outcomes) + repr([case.call for case in plain.cases])

    for pair in (pairs.first, pairs.second, pairs.temporary):
        assert pair.secret_key not in told


def test_every_clause_has_a_case() -> None:
    cases = every_case(keyset(0), 0, 5, 10.0)
    named = {clause for case in cases for clause in case.clauses}

    assert {each.id for each in for_roles("C") if each.family == "LIB"} <= named
    assert len({case.name for case in cases}) == len(cases)


def test_a_seed_gives_the_same_cases() -> None:
    assert every_case(keyset(7), 7, 20, 10.0) == every_case(keyset(7), 7, 20, 10.0)


def test_what_the_library_lacks_is_not_run() -> None:
    run = run_client(ClientOptions(faulty("creates-only"), examples=5))
    found = verdicts(run)

    assert found["HTTP-12"] is Verdict.NOT_RUN
    assert found["LIB-11"] is Verdict.NOT_RUN
    assert found["HTTP-01"] is Verdict.PASS
    assert found["LIB-06"] is Verdict.PASS
    assert Verdict.FAIL not in found.values()


def test_a_crash_is_a_finding_for_its_case_and_the_run_goes_on() -> None:
    run = run_client(ClientOptions(faulty("adapter-crashes"), examples=0))
    died = [case.name for case in run.cases if case.reply.said is Said.DIED]
    found = [each.scenario for each in run.outcomes if each.mark is Mark.BROKEN]

    assert died == ["create/callback-no"]
    assert "create/callback-no" in found
    assert run.restarts == 1
    assert verdicts(run)["LIB-05"] is Verdict.PASS


def test_a_failing_generated_call_is_shrunk(tmp_path: Path) -> None:
    program = tmp_path / "adapter.py"
    program.write_text(
        "from conformance.clients.adapters.plain.adapter import Client, serve\n"
        "class Cut(Client):\n"
        "    def write_job(self, job):\n"
        "        wrong = job.get('CallBackFormat') == 'JSON' and 'CallBack' in job\n"
        "        body = super().write_job(job)\n"
        "        return body.replace(b'<QueueId>p', b'<QueueId>q') if wrong else body\n"
        "serve(Cut)\n"
    )
    run = run_client(
        ClientOptions((sys.executable, str(program)), frozenset({"LIB-13"}), examples=40)
    )
    first = next(
        case
        for case in run.cases
        if case.name.startswith("generated/") and re.search(r"-\d+$", case.name)
    )

    assert first.call.job is not None
    assert set(first.call.job) == {*sample_job(), "CallBack", "CallBackFormat"}
    assert first.call.job["Input"] == sample_job()["Input"]


def test_clauses_choose_cases() -> None:
    run = run_client(ClientOptions(PLAIN, frozenset({"HTTP-13"}), examples=0))

    assert {case.call.op for case in run.cases} == {"cancel_pic_job"}


def test_what_is_not_claimed_is_not_asked_for() -> None:
    lost = {
        "list": {"HTTP-12", "SIG-11"},  # SIG-11: a list has parameters, and so has a cancel
        "cancel": {"HTTP-13"},
        "tdmq": {"REQ-15", "REQ-16", "REQ-17"},
        "temporary-credentials": {"HTTP-08"},
    }
    run = run_client(ClientOptions(PLAIN, examples=20, disclaimed=frozenset(lost)))
    found = verdicts_of(run, selected=None, strict=True, disclaimed=frozenset(lost))
    made = result_of(run, found, strict=True, verbose=False)
    reasons = {row["id"]: row["reason"] for row in made["clauses"] if row["verdict"] == "not-run"}

    assert run.cases
    assert not [part for case in run.cases for part in parts_of(case.call) if part in lost]
    assert reasons == {
        clause: f"the conformance statement does not claim {part}"
        for part, clauses in lost.items()
        for clause in clauses
    }
    assert {row["verdict"] for row in made["clauses"]} == {"pass", "not-run"}


def test_what_a_library_calls_unsupported_is_the_reason(tmp_path: Path) -> None:
    program = tmp_path / "adapter.py"
    program.write_text(
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        "    hello = {'name': 'none', 'ops': ['create_pic_job', 'list_pic_jobs']}\n"
        "    said = {'result': hello} if asked['op'] == 'hello' else {'unsupported': 'not yet'}\n"
        "    print(json.dumps({'id': asked['id'], **said}), flush=True)\n"
    )
    run = run_client(ClientOptions((sys.executable, str(program)), examples=0))
    made = result_of(run, verdicts_of(run, selected=None, strict=True), strict=True, verbose=False)
    reasons = {row["reason"] for row in made["clauses"] if row["verdict"] == "not-run"}

    assert reasons == {
        "the library does not offer it: not yet",
        "the library does not offer it: it has no way to describe a job",
        "the library does not offer it: it has no way to cancel a job",
    }
    assert exit_status(made) == 0


def test_a_run_can_be_stopped() -> None:
    class Impatient(Silent):
        count = 0

        def judged(self, case: ClientCase) -> None:
            self.count += 1

        def stopped(self) -> bool:
            return self.count >= 3

    run = run_client(ClientOptions(PLAIN, examples=0), Impatient())

    assert not run.complete
    assert len(run.exchanges) == 3
    assert verdicts(run)["LIB-05"] is Verdict.INCONCLUSIVE


def test_https_when_the_library_insists() -> None:
    run = run_client(ClientOptions(PLAIN, frozenset({"HTTP-13"}), examples=0, https=True))

    assert verdicts(run)["HTTP-13"] is Verdict.PASS


# ---- the command ----


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("PICJOBS_CLAUSE", "PICJOBS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def client(*arguments: str) -> int:
    return cli.run(["client", "--no-color", *arguments])


def test_the_command_reports_a_conforming_library(
    in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = client(
        "--strict",
        "--clause",
        "HTTP-13",
        "--report-json",
        "r.json",
        "--report-junit",
        "r.xml",
        "--",
        *PLAIN,
    )
    result = json.loads((in_tmp / "r.json").read_text())

    assert status == 0
    assert "conformant" in capsys.readouterr().out
    assert result["target"]["kind"] == "client"
    assert result["target"]["library"] == "plain"
    assert {row["role"] for row in result["clauses"]} == {"C"}
    assert (in_tmp / "r.xml").read_text().startswith("<?xml")


def test_the_command_fails_and_takes_expectations(
    in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (in_tmp / "known.toml").write_text('[[known]]\nclause = "HTTP-13"\nreason = "to be mended"\n')
    told: Callable[[], str] = lambda: capsys.readouterr().out  # noqa: E731 - a name for the test
    failing = ("--clause", "HTTP-13", "--", *faulty("cancel-true"))
    mended = ("--clause", "HTTP-13", "--expectations", "known.toml", "--", *PLAIN)

    assert client(*failing) == 1
    assert "cancel=true" in told()
    assert client("--expectations", "known.toml", *failing) == 0
    assert client(*mended) == 1
    assert "no longer fails" in told()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--", "/no/such/program"), "cannot be started"),
        ((), "Missing argument"),
        (("--clause", "RSP-01", "--", *PLAIN), "use `run`"),
        (("--clause", "NOPE-1", "--", *PLAIN), "there is no clause"),
        (("--report-json", "no/such/dir/r.json", "--", *PLAIN), "no directory"),
        (("--timeout", "soon", "--", *PLAIN), "--timeout should be"),
    ],
)
def test_a_wrong_call_is_one_line(
    in_tmp: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert client(*arguments) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


def test_an_adapter_that_says_nothing_sensible_fails(
    in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = "import sys\nfor line in sys.stdin: print('what?', flush=True)"

    assert client("--max-examples", "1", "--", sys.executable, "-c", program) == 1
    assert "not one line of JSON" in capsys.readouterr().out
