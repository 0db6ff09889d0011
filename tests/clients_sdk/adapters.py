"""A running adapter, asked one question at a time."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[2]
ADAPTERS = TOP / "conformance" / "clients" / "adapters"
SDKS = ("python", "nodejs", "go", "java")
BUCKET = "examplebucket-1250000000"
REGION = "ap-chongqing"
HOST = f"{BUCKET}.ci.{REGION}.myqcloud.com"
SECRET_KEY = "not-a-real-key"
TIMEOUT_S = 20


def cache() -> Path:
    return Path(os.environ.get("PICJOBS_SDKS") or TOP / ".sdks")


def installed(sdk: str) -> bool:
    return (cache() / sdk / ".installed").is_file()


class Adapter:
    """One process of an SDK's adapter."""

    def __init__(self, sdk: str) -> None:
        self.sdk = sdk
        self._asked = 0
        self._process = subprocess.Popen(
            [str(ADAPTERS / sdk / "run")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, op: str, **call: Any) -> dict[str, Any]:
        self._asked += 1
        self._write({"id": self._asked, "op": op, **call})
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert answer.pop("id") == self._asked
        return answer

    def call(
        self, op: str, endpoint: dict[str, object], token: str | None = None, **more: Any
    ) -> dict[str, Any]:
        credentials = {"secret_id": "AKIDexample", "secret_key": SECRET_KEY, "token": token}
        return self.ask(
            op,
            endpoint=endpoint,
            credentials=credentials,
            bucket=BUCKET,
            region=REGION,
            timeout_s=TIMEOUT_S,
            **more,
        )

    def shut_down(self) -> int:
        self._write({"id": 0, "op": "shutdown"})
        return self._process.wait(timeout=10)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _write(self, question: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
