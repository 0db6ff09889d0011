"""A reader who does what a page says: in one shell, with a server started in another."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.emulator import EmulatorSettings

#: What the pages print where everyone has values of their own.
PLACEHOLDERS = {
    f"PICJOBS_{name.upper()}": getattr(EmulatorSettings(), name)
    for name in ("secret_id", "secret_key", "tmp_secret_id", "tmp_secret_key", "tmp_token")
}

#: The port that the pages print; each reader takes one that is free.
PORT = "8080"

_SERVES = re.compile(r"(\S*/)?picjobs-conformance serve(?! --list)[^&\n]*\n")
_TIMEOUT = 180.0


@dataclass(frozen=True)
class Ended:
    """How a block ended: exit status, standard output and standard error."""

    status: int
    printed: str
    errors: str = ""

    def __str__(self) -> str:
        return f"exit status {self.status}\n{self.printed}{self.errors}"


class Shell:
    """What one page's commands share. Use as a context manager; it ends what it started."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = dict(environment)
        self.server: subprocess.Popen[str] | None = None
        self.groups: list[int] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_server()
        self.end_background()

    def own(self, text: str) -> str:
        """``text`` of a page with the reader's own values in it."""
        text = text.replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{self.port}")
        text = text.replace(f"--port {PORT}", f"--port {self.port}")
        return re.sub(r"(PICJOBS_\w+)=…", lambda at: f"{at[1]}={PLACEHOLDERS[at[1]]}", text)

    def run(self, commands: str) -> Ended:
        """Run the commands of a block."""
        commands = self.own(commands)
        if _SERVES.fullmatch(commands):
            return Ended(0, self._serve(commands.strip()))
        kept = self.folder / ".environment"
        script = f"set -eu -o pipefail\ntrap 'env -0 >{kept}' EXIT\n{commands}"
        if "trap" in commands:  # a block that ends what it started keeps nothing
            script = f"set -eu -o pipefail\n{commands}"
        with subprocess.Popen(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as process:
            self.groups.append(process.pid)
            printed, errors = process.communicate(timeout=_TIMEOUT)
        if kept.exists():
            pairs = (pair.split("=", 1) for pair in kept.read_text("utf-8").split("\0") if pair)
            self.environment = dict(pairs)  # type: ignore[arg-type]
            kept.unlink()
        return Ended(process.returncode, printed, errors)

    def _serve(self, command: str) -> str:
        """Start a server as in a second shell, and paste what it prints into the first."""
        self._end_server()
        self.server = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.server.stdout is not None
        printed = ""
        for line in self.server.stdout:
            printed += line
            if (export := re.fullmatch(r"export (\w+)=(\S*)\n", line)) is not None:
                self.environment[export[1]] = export[2].strip("'")
            if line == "picjobs-conformance run\n":
                break
        return printed

    def end_background(self) -> None:
        """End what the commands so far left running."""
        for group in self.groups:
            try:
                os.killpg(group, signal.SIGTERM)
            except ProcessLookupError:
                continue
        self.groups.clear()

    def _end_server(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.communicate()
            self.server = None
