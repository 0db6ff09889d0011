"""Each vendor SDK against its known failures: a new one fails, a mended one asks to go."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.expectations import load_expectations
from tests.clients_sdk.adapters import ADAPTERS, SDKS, TOP
from tests.clients_sdk.conftest import require

pytestmark = pytest.mark.long  # the SDKs are large, and slow where they try again

EXPECTATIONS = TOP / "conformance" / "clients" / "expectations"
#: A full run takes up to a minute; a loaded machine gets some more before it counts as hanging.
HANGS_S = 240


@pytest.mark.parametrize("sdk", SDKS)
def test_the_sdk_fails_exactly_where_it_is_known_to(sdk: str, tmp_path: Path) -> None:
    require(sdk)
    expected = EXPECTATIONS / f"{sdk}.toml"
    written = tmp_path / "report.json"
    options = ["--quiet", "--no-color", "--seed", "0", "--expectations", str(expected)]
    adapter = ["--report-json", str(written), "--", str(ADAPTERS / sdk / "run")]
    run = subprocess.run(
        [sys.executable, "-m", "conformance", "client", *options, *adapter],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=HANGS_S,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads(written.read_text(encoding="utf-8"))
    failed = {row["id"] for row in report["clauses"] if row["verdict"] == "fail"}
    today = datetime.now(UTC).date()
    assert failed == {known.clause for known in load_expectations(expected, today).known}
    assert report["complete"]
    assert report["target"]["adapter_restarts"] == 0
