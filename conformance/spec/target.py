"""What is known of a server under test before anything is sent: names only, no secrets."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.spec.names import service_host


@dataclass(frozen=True, slots=True)
class Target:
    """The implementation under test, as the person who runs the suite describes it.

    Times are in seconds. ``callback_base`` is the URL (``http://host:port``) at which the target
    reaches the suite's callback receiver, or None when callbacks cannot be judged. ``claims`` are
    the optional parts of the conformance statement that the target does *not* claim to have.
    """

    bucket: str
    region: str
    queue_id: str
    paused_queue_id: str | None = None
    template_id: str | None = None
    input_object: str = "input/deer.jpg"
    has_temporary: bool = False
    callback_base: str | None = None
    job_timeout: float = 60.0
    callback_timeout: float = 15.0
    poll_first: float = 0.05
    poll_most: float = 1.0
    disclaimed: frozenset[str] = frozenset()

    @property
    def host(self) -> str:
        """The documented Host header, wherever the connection really goes."""
        return service_host(self.bucket, self.region)

    def callback_url(self, token: str) -> str:
        """The callback address of one job: one path a job, so that none is mistaken for another."""
        return f"{self.callback_base}/callback/{token}"
