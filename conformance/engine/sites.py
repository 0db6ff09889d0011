"""Where a run happens: the target, the keys for it, and the receiver of its callbacks."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from conformance.drivers.live import LiveDriver
from conformance.drivers.receiver import CallbackReceiver
from conformance.emulator import Emulator, EmulatorSettings
from conformance.engine.options import Options
from conformance.generate.signing import Credentials, Keyring
from conformance.scenarios import cleanup
from conformance.spec.target import Target


@dataclass(frozen=True)
class Site:
    """A target that can be sent to. ``endpoint`` is where to connect, as the user gave it."""

    kind: str  # emulator or endpoint
    endpoint: str
    target: Target
    keyring: Keyring = field(repr=False)
    receiver: CallbackReceiver | None = None

    def driver(
        self,
        options: Options,
        *,
        timeout: float | None = None,
        max_requests: int | None = None,
    ) -> LiveDriver:
        """A driver as ``options`` have it; ``timeout`` and ``max_requests`` go before theirs."""
        return LiveDriver(
            self.endpoint,
            self.target,
            self.keyring,
            timeout=options.timeout if timeout is None else timeout,
            rate=options.rate,
            max_requests=options.max_requests if max_requests is None else max_requests,
            max_jobs=options.max_jobs,
            cleaning=cleanup.cost if options.cleans_up else lambda _: 0,
            workers=options.workers,
            ca_bundle=options.ca_bundle,
        )


def open_site(options: Options, stack: ExitStack) -> Site:
    """Start what has to run beside the target; ``stack`` ends it.

    Raises OSError when an address cannot be had.
    """
    receiver = _receiver(options)
    if receiver is not None:
        stack.callback(receiver.close)
    base = receiver.base_url if receiver is not None else None
    if options.endpoint is not None:
        assert options.target is not None
        assert options.keyring is not None
        target = replace(options.target, callback_base=base)
        return Site("endpoint", options.endpoint, target, options.keyring, receiver)
    settings = options.emulator or EmulatorSettings()
    if base is not None and not settings.queue_callback_url:
        settings = replace(settings, queue_callback_url=f"{base}/callback/queue")
    emulator = stack.enter_context(Emulator(settings, behaviour=options.behaviour))
    target = embedded_target(settings, options, base)
    return Site("emulator", emulator.endpoint, target, keyring_of(settings), receiver)


def _receiver(options: Options) -> CallbackReceiver | None:
    """The callback receiver, when the target can reach it: on loopback, or where it is told."""
    if options.callback_host is not None:
        wide = "" if is_loopback(options.callback_host) else "0.0.0.0"  # noqa: S104 - asked for
        return CallbackReceiver(wide or options.callback_host, advertise=options.callback_host)
    return CallbackReceiver() if is_reachable(options) else None


def is_reachable(options: Options) -> bool:
    """Whether the target can reach a callback receiver on this machine."""
    return (
        options.callback_host is not None
        or options.endpoint is None
        or is_loopback(host_of(options.endpoint))
    )


def host_of(endpoint: str) -> str:
    return urlsplit(endpoint).hostname or endpoint


def is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def keyring_of(settings: EmulatorSettings) -> Keyring:
    """The keys of an emulator."""
    temporary = Credentials(settings.tmp_secret_id, settings.tmp_secret_key, settings.tmp_token)
    return Keyring(
        Credentials(settings.secret_id, settings.secret_key),
        temporary if settings.tmp_secret_id else None,
    )


def embedded_target(
    settings: EmulatorSettings, options: Options, callback_base: str | None
) -> Target:
    """The embedded emulator as a target; its jobs are quick, so nobody waits long for them."""
    return Target(
        settings.bucket,
        settings.region,
        settings.queue_id,
        paused_queue_id=settings.paused_queue_id or None,
        template_id=settings.template_id,
        input_object=min(settings.input_objects),
        has_temporary=bool(settings.tmp_secret_id),
        callback_base=callback_base,
        job_timeout=options.job_timeout or 15.0,
        callback_timeout=3.0,
        disclaimed=options.disclaimed,
    )
