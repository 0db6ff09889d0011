"""Sends the callbacks that the hooks call for, on the emulator's own event loop."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.values import CallbackMessage, Notice

#: Callbacks under way at once; the others wait their turn.
AT_ONCE = 64


class Sender:
    """One HTTP client for all callbacks. ``report`` is told of errors that are the emulator's own.

    A receiver that cannot be reached, answers late or answers nonsense is no error: it is tried
    again as :meth:`Behaviour.retry_delay` says.
    """

    def __init__(self, behaviour: Behaviour, report: Callable[[BaseException], None]) -> None:
        self._behaviour = behaviour
        self._report = report
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def send(self, notice: Notice) -> None:
        """Start sending; returns at once. Must be called on the event loop."""
        if not may_reach(notice.url, anywhere=self._behaviour.settings.callback_anywhere):
            return
        task = asyncio.get_running_loop().create_task(self._send(notice))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """Give up what is still under way."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error)

    async def _send(self, notice: Notice) -> None:
        await asyncio.sleep(notice.delay)
        attempt = 0
        delay: float | None = 0.0
        while delay is not None:
            await asyncio.sleep(delay)
            attempt += 1
            with self._behaviour.store.lock:
                message = self._behaviour.callback_message(notice)
            status = await self._post(message)
            delay = self._behaviour.retry_delay(notice, attempt, status)

    async def _post(self, message: CallbackMessage) -> int | None:
        """The receiver's status, or None when it gave none."""
        try:
            async with self._open().request(
                message.method,
                URL(message.url, encoded=True),
                headers=message.headers,
                data=message.body,
                allow_redirects=False,
            ) as response:
                return response.status
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=AT_ONCE, force_close=True),
                timeout=aiohttp.ClientTimeout(total=self._behaviour.settings.callback_timeout),
                skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
            )
        return self._session


def may_reach(url: str, *, anywhere: bool) -> bool:
    """Whether a callback may leave for ``url``.

    Unless ``anywhere``, only for localhost and for literal addresses on loopback or a private
    network, so that an embedded emulator never writes to (nor looks up) a stranger's host.
    """
    try:
        host = urlsplit(url).hostname or ""
        if anywhere or host == "localhost":
            return bool(host)
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
