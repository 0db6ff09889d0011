"""Commands in processes of their own, against an emulator that the test can look into."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.emulator import Behaviour, Emulator, EmulatorSettings
from conformance.engine.options import Options
from conformance.engine.sites import embedded_target, keyring_of

ROOT = Path(__file__).resolve().parents[2]

#: Judged only where a line forms in a queue: where jobs are created faster than the emulator runs
#: them. A machine that is busy with other tests may be too slow, and then the verdict is not-run.
BY_SPEED = frozenset({"STA-14"})


@contextmanager
def emulator(behaviour: type[Behaviour] = Behaviour, **settings: object) -> Iterator[Emulator]:
    with Emulator(EmulatorSettings(**settings), behaviour=behaviour) as running:
        yield running
        assert not running.problems


def options_for(running: Emulator, **more: object) -> Options:
    """What a run against this emulator as a foreign endpoint is told."""
    settings = running.settings
    options = Options(**{"examples": 0, **more})
    target = embedded_target(settings, options, None)
    return Options(
        endpoint=running.endpoint,
        target=target,
        keyring=keyring_of(settings),
        **{"examples": 0, **more},
    )


def environment(running: Emulator | None = None) -> dict[str, str]:
    """The environment of a command, with the emulator as its endpoint."""
    environ = {name: it for name, it in os.environ.items() if not name.startswith("PICJOBS_")}
    environ["PYTHONPATH"] = str(ROOT)
    if running is not None:
        settings = running.settings
        given = {
            "endpoint": running.endpoint,
            "bucket": settings.bucket,
            "region": settings.region,
            "secret_id": settings.secret_id,
            "secret_key": settings.secret_key,
            "tmp_secret_id": settings.tmp_secret_id,
            "tmp_secret_key": settings.tmp_secret_key,
            "tmp_token": settings.tmp_token,
            "queue_id": settings.queue_id,
            "paused_queue_id": settings.paused_queue_id,
            "template_id": settings.template_id,
        }
        environ |= {f"PICJOBS_{name.upper()}": value for name, value in given.items()}
    return environ


def command(
    *arguments: str, cwd: Path, running: Emulator | None = None, stdout: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "conformance", *arguments],
        cwd=cwd,
        env=environment(running),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )
