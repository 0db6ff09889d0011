"""What one emulator is: its bucket, credentials, queues, templates, delays and bounds.

The defaults are throwaway demonstration values in the shape of the page's samples; none of them
is, or ever was, a credential of a real account.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

from conformance.spec.names import BUCKET, CALLBACK_FORMATS, REGION, service_host

#: The object that exists in the demonstration bucket (page, samples).
DEMO_OBJECT = "input/deer.jpg"


@dataclass(frozen=True)
class EmulatorSettings:
    """Everything that an emulator is told before it starts. Times are in seconds, sizes in bytes.

    ``start_delay`` is how long a job waits at least, so that it can be seen as Submitted and be
    cancelled; ``run_time`` how long it runs; ``slots`` how many jobs of a queue run at once.
    ``input_objects`` are the keys that exist: a job on any other fails with ResourceNotFound.
    Callbacks go to addresses on loopback and private networks only (so that the page's own sample
    address is never written to) unless ``callback_anywhere``.

    Raises ValueError, with one line that names the field, when a value cannot be used.
    """

    bucket: str = "examplebucket-1250000000"
    region: str = "ap-chongqing"
    secret_id: str = field(default="AKIDEXAMPLEpicjobsDemonstrationKey01", repr=False)
    secret_key: str = field(default="demonstrationSecretKeyNotReal001", repr=False)
    tmp_secret_id: str = field(default="AKIDEXAMPLEpicjobsTemporaryKey000002", repr=False)
    tmp_secret_key: str = field(default="demonstrationTemporaryKeyNotReal", repr=False)
    tmp_token: str = field(default="demonstration-session-token-not-real", repr=False)

    queue_id: str = "p2911917386e148639319e13c285cc774"
    paused_queue_id: str = "p5b1f6e0d4c7a4f8d9e2a6b3c0d1e2f30"
    template_id: str = "t10461fe2bd5a649db9022452ec71e0381"
    template_name: str = "test"
    template_rule: str = "imageMogr2/rotate/90"
    input_objects: frozenset[str] = frozenset({DEMO_OBJECT})

    start_delay: float = 0.10
    run_time: float = 0.15
    slots: int = 8

    queue_callback_url: str = ""
    queue_callback_format: str = "XML"
    queue_callback_on: bool = True
    callback_retry_delay: float = 0.2
    callback_attempts: int = 4
    callback_timeout: float = 5.0
    callback_anywhere: bool = False

    host: str = "127.0.0.1"
    port: int = 0
    ssl_context: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    body_limit: int = 1024 * 1024
    drain_limit: int = 64 * 1024 * 1024
    header_limit: int = 100
    line_limit: int = 16 * 1024
    connection_limit: int = 1000
    job_limit: int = 50_000
    idle_timeout: float = 60.0
    body_timeout: float = 30.0

    def __post_init__(self) -> None:
        if not BUCKET.fullmatch(self.bucket):
            raise ValueError(f"bucket {self.bucket!r} is not of the form <BucketName-APPID>")
        if not REGION.fullmatch(self.region):
            raise ValueError(f"region {self.region!r} is not of the form ap-chongqing")
        if self.queue_callback_format not in CALLBACK_FORMATS:
            raise ValueError(f"queue_callback_format must be one of {', '.join(CALLBACK_FORMATS)}")
        if self.queue_id == self.paused_queue_id:
            raise ValueError("queue_id and paused_queue_id are the same queue")
        for name in ("secret_id", "secret_key", "queue_id", "template_id", "template_name"):
            if not getattr(self, name):
                raise ValueError(f"{name} is empty")
        for name in ("start_delay", "run_time", "slots", "callback_attempts", "body_limit"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is negative")

    @property
    def service_host(self) -> str:
        """The Host that requests must carry, whatever address is connected to."""
        return service_host(self.bucket, self.region)
