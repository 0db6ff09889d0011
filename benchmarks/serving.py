"""Servers to measure against, each a process of its own so that it shares no interpreter lock."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from conformance.emulator import Emulator, EmulatorSettings, compose
from conformance.emulator.faults import all_faults
from conformance.emulator.variants import all_variants

_CONTEXT = multiprocessing.get_context("spawn")


@contextmanager
def emulator(deviation: str = "", **changes: float) -> Iterator[str]:
    """The reference emulator, plain or with one fault or variant; yields its endpoint."""
    with _process(_serve, deviation, changes) as endpoint:
        yield endpoint


@contextmanager
def delayed(endpoint: str, seconds: float) -> Iterator[str]:
    """A relay that hands on what is asked of ``endpoint`` so many seconds late."""
    with _process(_relay, endpoint, seconds) as relay:
        yield relay


@contextmanager
def empty_handler() -> Iterator[str]:
    """The floor of the emulator: the same framework, and a handler that answers at once."""
    with _process(_empty) as endpoint:
        yield endpoint


@contextmanager
def _process(target: object, *arguments: object) -> Iterator[str]:
    here, there = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=target, args=(there, *arguments), daemon=True)
    process.start()
    try:
        if not here.poll(30):
            raise RuntimeError("a server of the benchmarks did not start within 30 s")
        yield str(here.recv())
    finally:
        process.terminate()
        process.join(10)


def _serve(pipe: Connection, deviation: str, changes: dict[str, float]) -> None:
    found = {**all_faults(), **all_variants()}.get(deviation)
    settings = {**(found.settings if found else {}), **changes, "job_limit": 1_000_000}
    behaviour = compose(*([found.behaviour] if found else []))
    Emulator(EmulatorSettings(**settings), behaviour).serve_forever(pipe.send)


# ---- a relay ------------------------------------------------------------------------------------


def _relay(pipe: Connection, endpoint: str, seconds: float) -> None:
    asyncio.run(_relay_forever(pipe, endpoint, seconds))


async def _relay_forever(pipe: Connection, endpoint: str, seconds: float) -> None:
    host, _, port = endpoint.removeprefix("http://").rpartition(":")

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(
            _pump(reader, up_writer, seconds), _pump(up_reader, writer, 0.0), return_exceptions=True
        )

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await server.serve_forever()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late: float) -> None:
    try:
        while data := await reader.read(256 * 1024):
            if late:
                await asyncio.sleep(late)
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


# ---- the floor ----------------------------------------------------------------------------------


def _empty(pipe: Connection) -> None:
    asyncio.run(_empty_forever(pipe))


async def _empty_forever(pipe: Connection) -> None:
    from aiohttp import web

    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(text="<Response/>", content_type="application/xml")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    pipe.send(f"http://{host}:{port}")
    await asyncio.Event().wait()
