"""The reference emulator as a running HTTP server, in a thread of its own or in the foreground."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.connection import Gateway, Listener
from conformance.emulator.sender import Sender
from conformance.emulator.settings import EmulatorSettings
from conformance.emulator.store import Store

_START_TIMEOUT = 10.0
_STOP_TIMEOUT = 10.0


class Emulator:
    """A server of the documented API, on an address of this machine.

    ::

        with Emulator() as emulator:
            print(emulator.endpoint)  # http://127.0.0.1:40123

    It can be started once. ``behaviour`` is a class of hooks, the conforming one by default;
    ``clock`` tells Unix seconds. ``problems`` holds the tracebacks of errors inside the emulator
    or its hooks, newest last: it is empty unless something is wrong with them.
    """

    def __init__(
        self,
        settings: EmulatorSettings | None = None,
        behaviour: type[Behaviour] = Behaviour,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings if settings is not None else EmulatorSettings()
        self.behaviour = behaviour(self.settings, clock)
        self.problems: deque[str] = deque(maxlen=100)
        self.address: tuple[str, int] = (self.settings.host, self.settings.port)
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._sender = Sender(self.behaviour, self._report)
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None

    @property
    def store(self) -> Store:
        """What the emulator remembers; reading it from another thread is safe."""
        return self.behaviour.store

    @property
    def endpoint(self) -> str:
        """Where to connect, as ``http://host:port`` (or https)."""
        scheme = "http" if self.settings.ssl_context is None else "https"
        host, port = self.address
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    def start(self) -> tuple[str, int]:
        """Start listening; returns the host and port.

        Raises OSError when the address cannot be had, RuntimeError when it was started before.
        """
        if self._thread is not None:
            raise RuntimeError("an emulator can be started once")
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_TIMEOUT):
            raise RuntimeError("the emulator did not start in time")
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self.address

    def stop(self) -> None:
        """Stop listening, close every connection, give up callbacks under way. May be repeated."""
        if self._thread is None:
            return
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOP_TIMEOUT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def serve_forever(self, ready: Callable[[str], None] | None = None) -> None:
        """Serve until SIGINT or SIGTERM; call ``ready`` with the endpoint once it listens.

        Must be called on the main thread. Raises OSError when the address cannot be had.
        """
        # Not an Event: its lock may be this very thread's when the signal comes. This may be put to
        # in the middle of anything.
        ended: queue.SimpleQueue[int] = queue.SimpleQueue()
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {
            each: signal.signal(each, lambda number, _: ended.put(number)) for each in signals
        }
        try:
            self.start()
            if ready is not None:
                ready(self.endpoint)
            ended.get()
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()
            for each, handler in before.items():
                signal.signal(each, handler)

    def _run(self) -> None:
        """The thread: an event loop until it is told to stop."""
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(self._loop_error)
        self._loop = loop
        try:
            loop.run_until_complete(self._serve())
        except OSError as error:
            self._failure = error
        except Exception as error:  # noqa: BLE001  a thread must not die with a traceback
            self._failure = error
            self._report(error)
        finally:
            self._ready.set()
            loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        listener = Listener(Gateway(self.behaviour, self._tick, self._report))
        runner = web.ServerRunner(listener, shutdown_timeout=0.2)
        await runner.setup()
        try:
            site = web.TCPSite(
                runner,
                self.settings.host,
                self.settings.port,
                ssl_context=self.settings.ssl_context,
                backlog=1024,
            )
            await site.start()
            host, port = runner.addresses[0][:2]
            self.address = (host, port)
            self._ready.set()
            await self._stop.wait()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            await self._sender.close()
            await runner.cleanup()

    def _settle(self) -> None:
        """Play what has fallen due, send the callbacks it calls for, and wake up for the next."""
        behaviour = self.behaviour
        with behaviour.store.lock:
            behaviour.advance(behaviour.now())
            outbox = behaviour.store.outbox
            while outbox:
                self._sender.send(outbox.popleft())
            upcoming = behaviour.next_moment()
        self._wake_at(upcoming)

    def _wake_at(self, moment: float | None) -> None:
        """Have one timer at most, for ``moment`` in Unix seconds; None for no timer."""
        if self._timer is not None and moment != self._due:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and moment is not None:
            delay = max(0.001, moment - self.behaviour.now())
            self._due = moment
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._tick()

    def _tick(self) -> None:
        try:
            self._settle()
        except Exception as error:  # noqa: BLE001  a hook's error must not end the jobs' lives
            self._report(error)

    def _report(self, error: BaseException) -> None:
        self.problems.append("".join(traceback.format_exception(error)))

    def _loop_error(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What asyncio would print, a client's failed TLS handshake for the most part: dropped."""
        error = context.get("exception")
        if error is not None and not isinstance(error, OSError):
            self._report(error)
