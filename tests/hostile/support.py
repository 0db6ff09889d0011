"""What these tests share: a target's options, calls of its kind, verdicts, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.checks.verdicts import ClauseVerdict
from conformance.emulator import EmulatorSettings
from conformance.engine.judged import verdicts_of
from conformance.engine.session import Options, RunOutcome, run
from conformance.generate.signing import Credentials, Keyring
from conformance.scenarios.base import Call
from conformance.scenarios.calls import accept, create, describe, job_request
from conformance.spec.target import Target

SETTINGS = EmulatorSettings()

TARGET = Target(
    SETTINGS.bucket,
    SETTINGS.region,
    SETTINGS.queue_id,
    paused_queue_id=SETTINGS.paused_queue_id,
    template_id=SETTINGS.template_id,
    has_temporary=True,
    job_timeout=15.0,
    callback_timeout=2.0,
)

KEYRING = Keyring(
    Credentials(SETTINGS.secret_id, SETTINGS.secret_key),
    Credentials(SETTINGS.tmp_secret_id, SETTINGS.tmp_secret_key, SETTINGS.tmp_token),
)

#: What a run may hold in memory, whatever is sent to it, in MiB (docs/reliability.md).
MOST_MEMORY = 300

ACCUSING = frozenset({"fail", "warn", "info"})


def a_create(marker: str) -> Call:
    job = job_request(TARGET, marker, call_back="no")
    return create(TARGET, job, expect=accept("REQ-31"))


def a_look(job_id: str) -> Call:
    return describe(TARGET, job_id, step="poll", expect=accept("QRY-01"))


def run_at(url: str, *clauses: str, **options: object) -> RunOutcome:
    """A run against ``url``, on the keys of the plain emulator."""
    told: dict[str, object] = {"timeout": 1.0, "examples": 5, **options}
    wanted = frozenset(clauses) if clauses else None
    return run(Options(endpoint=url, target=TARGET, keyring=KEYRING, clauses=wanted, **told))  # type: ignore[arg-type]  # test options


def verdicts(outcome: RunOutcome) -> dict[str, ClauseVerdict]:
    return {each.clause.id: each for each in verdicts_of(outcome, strict=True)}


def accused(outcome: RunOutcome) -> dict[str, list[str]]:
    """The clauses that a run found broken, with what it says of them."""
    return {
        name: [f"{each.message}: {each.observed} ({each.scenario})" for each in verdict.findings]
        for name, verdict in verdicts(outcome).items()
        if verdict.verdict.value in ACCUSING
    }


@dataclass(frozen=True)
class Ended:
    """How a process of the suite ended: its status, what it printed, its peak memory in MiB."""

    status: int
    out: str
    err: str
    peak: float


#: Runs the command line in a process of its own, which says its own peak memory at the end: that
#: of its address space, as what `getrusage` tells begins with that of the process that started it.
_MEASURED = """
import re, sys
from conformance import cli
try:
    status = cli.run(sys.argv[2:])
finally:
    peak = re.search(r"VmHWM:\\s+([0-9]+) kB", open("/proc/self/status").read())
    open(sys.argv[1], "w").write(str(int(peak[1]) / 1024))
sys.exit(status)
"""


def measured(folder: Path, *arguments: str, timeout: float = 120, **more: str) -> Ended:
    """Run ``picjobs-conformance`` with these arguments in a process of its own."""
    peak = folder / "peak"
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(peak), *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=folder,
        env=environment(more),
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr, float(peak.read_text()))


def environment(more: Mapping[str, str] = {}) -> dict[str, str]:
    """This process's environment with the target in it, and nothing else of PICJOBS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PICJOBS_")}
    root = str(Path(__file__).resolve().parents[2])
    target = {
        "BUCKET": SETTINGS.bucket,
        "REGION": SETTINGS.region,
        "QUEUE_ID": SETTINGS.queue_id,
        "PAUSED_QUEUE_ID": SETTINGS.paused_queue_id,
        "TEMPLATE_ID": SETTINGS.template_id,
        "SECRET_ID": SETTINGS.secret_id,
        "SECRET_KEY": SETTINGS.secret_key,
        "TMP_SECRET_ID": SETTINGS.tmp_secret_id,
        "TMP_SECRET_KEY": SETTINGS.tmp_secret_key,
        "TMP_TOKEN": SETTINGS.tmp_token,
    }
    named = {f"PICJOBS_{name}": value for name, value in target.items()}
    return kept | {"PYTHONPATH": root} | named | dict(more)
