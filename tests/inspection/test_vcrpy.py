"""Cassettes that vcrpy itself writes, of a real conversation with the reference emulator."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import requests
import vcr

from conformance.emulator import Emulator, EmulatorSettings
from conformance.generate.signing import GOOD, Credentials, Keyring, seal
from conformance.inspection.inspector import inspect_files
from conformance.scenarios.calls import cancel, create, describe, job_request, list_jobs
from conformance.spec.target import Target
from tests.inspection.support import broken, held

_SETTINGS = EmulatorSettings()
_KEYS = Credentials(_SETTINGS.secret_id, _SETTINGS.secret_key)
_TARGET = Target(_SETTINGS.bucket, _SETTINGS.region, _SETTINGS.queue_id)


@pytest.mark.parametrize("serializer", ["yaml", "json"])
@pytest.mark.parametrize("filtered", [(), ("authorization",)])
def test_what_vcrpy_records_is_judged(
    tmp_path: Path, serializer: str, filtered: tuple[str, ...]
) -> None:
    path = tmp_path / f"cassette.{serializer}"
    recorder = vcr.VCR(serializer=serializer, filter_headers=list(filtered))
    with Emulator(settings=_SETTINGS) as emulator, recorder.use_cassette(str(path)):
        for call in (
            create(_TARGET, job_request(_TARGET, "one")),
            describe(_TARGET, "no-such-job"),
            list_jobs(_TARGET),
            cancel(_TARGET, "no-such-job"),
        ):
            asked = seal(call.request, GOOD, Keyring(_KEYS), time.time())
            headers = dict(asked.headers.items)
            url = emulator.endpoint + asked.target
            requests.request(asked.method, url, headers=headers, data=asked.body, timeout=10)
    found = inspect_files([str(path)], [_KEYS])
    assert found.requests == 4
    assert broken(found) == set()
    assert {"HTTP-01", "HTTP-13", "REQ-01", "RSP-03", "RSP-18", "QRY-02", "ERR-04"} <= held(found)
    assert ("SIG-08" in held(found)) is (not filtered)
