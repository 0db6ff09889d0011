"""Headless Chromium over its debugging pipe: enough to open a page, run code in it, and listen."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
EXECUTABLE = next((found for name in NAMES if (found := shutil.which(name))), None)

_TROUBLE = ("Runtime.exceptionThrown", "Page.javascriptDialogOpening", "Network.requestWillBeSent")


class Browser:
    """One page. ``events`` are all events that came so far; use as a context manager."""

    def __init__(self, profile: Path, width: int = 1280, height: int = 900) -> None:
        assert EXECUTABLE is not None
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        options = "--headless --no-sandbox --disable-gpu --no-first-run --disable-extensions"
        command = (
            f'exec "{EXECUTABLE}" {options} --user-data-dir="{profile}" '
            f"--window-size={width},{height} --remote-debugging-pipe 3<&{theirs_in} 4>&{theirs_out}"
        )
        self.process = subprocess.Popen(
            ["bash", "-c", command],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.reader = os.fdopen(ours_in, "rb", buffering=0)
        self.writer = os.fdopen(ours_out, "wb", buffering=0)
        self.pending = b""
        self.numbers = itertools.count(1)
        self.session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.session = None
        self.call("Browser.close")
        self.process.wait(20)
        self.reader.close()
        self.writer.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self.numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self.session is not None:
            message["sessionId"] = self.session
        self.writer.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def open(self, page: Path) -> None:
        """Load a file and wait until it has loaded; what happened before is forgotten."""
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        while not any(each.get("method") == "Page.loadEventFired" for each in self.events):
            self.events.append(self._next())

    def run(self, script: str) -> Any:
        """The value of ``script`` in the page, promises awaited."""
        answer = self.call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def trouble(self) -> list[dict[str, Any]]:
        """Errors, warnings, dialogs, and requests for anything but the page itself."""
        return [each for each in self.events if _is_trouble(each)]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.pending:
            piece = self.reader.read(1 << 16)
            assert piece, "the browser has gone"
            self.pending += piece
        message, _, self.pending = self.pending.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed


def _is_trouble(event: dict[str, Any]) -> bool:
    method, params = event.get("method"), event.get("params", {})
    if method == "Network.requestWillBeSent":
        return not params["request"]["url"].startswith(("file:", "data:"))
    if method == "Runtime.consoleAPICalled":
        return params["type"] in ("error", "warning", "assert")
    if method == "Log.entryAdded":
        return params["entry"]["level"] in ("error", "warning")
    return method in _TROUBLE
