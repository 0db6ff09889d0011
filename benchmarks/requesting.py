"""The bare serial loop: `requests` sending the bytes of a run, one after another."""

from __future__ import annotations

import itertools
import re
import socket
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import requests

from conformance.emulator import EmulatorSettings
from conformance.engine.session import Options, RunOutcome, embedded_target, run
from conformance.generate.signing import Credentials, Keyring, seal
from conformance.scenarios.base import Call
from conformance.spec.wire import Request

#: A body of megabytes measures the loopback device.
_LARGEST = 64 * 1024


def options(endpoint: str, **changes: object) -> Options:
    """A run of the suite on an emulator of another process."""
    settings = EmulatorSettings()
    target = replace(embedded_target(settings, Options(), None), job_timeout=30.0)
    told = Options(endpoint=endpoint, target=target, keyring=keyring(), clean_up=False)
    return replace(told, **changes)  # type: ignore[arg-type]


def keyring() -> Keyring:
    """The demonstration credentials of the emulator."""
    settings = EmulatorSettings()
    return Keyring(
        Credentials(settings.secret_id, settings.secret_key),
        Credentials(settings.tmp_secret_id, settings.tmp_secret_key, settings.tmp_token),
    )


@cache
def reference() -> RunOutcome:
    """One run on the embedded emulator, from which calls and exchanges are taken."""
    return run(Options())


def calls(count: int) -> list[Call]:
    """The first ``count`` calls of a run."""
    small = (call for call in reference().calls.values() if len(call.request.body) <= _LARGEST)
    return list(itertools.islice(itertools.cycle(list(small)), count))


def sealed(wanted: Sequence[Call]) -> list[Request]:
    """The calls as they go over the wire, signed now."""
    host = embedded_target(EmulatorSettings(), Options(), None).host
    keys, now = keyring(), time.time()
    return [
        seal(
            call.request
            if "Host" in call.request.headers
            else call.request.with_headers(call.request.headers.set("Host", host)),
            call.signing,
            keys,
            now,
        )
        for call in wanted
    ]


def serial_loop(endpoint: str, wanted: Sequence[Request]) -> int:
    """Send each request and read its answer; how many were answered.

    What `requests` will not send as it stands (a request line that it would quote again, say) it
    sends in its own way: the loop is a measure of time, not of conformance.
    """
    answered = 0
    with requests.Session() as session:
        session.trust_env = False
        for each in wanted:
            prepared = requests.Request(each.method, f"{endpoint}{each.target}").prepare()
            prepared.headers.clear()
            prepared.headers.update(dict(each.headers))
            prepared.body = each.body or None
            answered += session.send(prepared, allow_redirects=False, timeout=30).status_code > 0
    return answered


def wire(request: Request) -> bytes:
    """The request as bytes on a connection."""
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return "\r\n".join((*lines, "\r\n")).encode("latin-1") + request.body


def bare_socket(endpoint: str, wires: Sequence[bytes]) -> None:
    """Send each request on one connection and read its answer, with as little work as can be."""
    host, _, port = endpoint.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for each in wires:
            connection.sendall(each)
            _read_answer(connection)


def _read_answer(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise RuntimeError("the server closed the connection")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: *(\d+)", head)[1])  # type: ignore[index]
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(65536))
