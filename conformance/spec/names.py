"""Names that the documentation fixes: paths, hosts, enumerations, and the known drift."""

from __future__ import annotations

import re

PIC_JOBS = "/pic_jobs"
JOBS = "/jobs"
TAG = "PicProcess"

JOB_LEVELS = ("0", "1", "2")
CALLBACK_FORMATS = ("JSON", "XML")
CALLBACK_TYPES = ("Url", "TDMQ")
MQ_REGIONS = ("sh", "bj", "gz", "cd", "hk")
MQ_MODES = ("Topic", "Queue")
USER_DATA_MAX = 1024

#: E9: nodes of later revisions and clients; seen, they are information, never a warning.
REQUEST_DRIFT = frozenset({"QueueType", "CallBackKafkaConfig"})
RESPONSE_DRIFT = frozenset(
    {"QueueType", "CallBackKafkaConfig", "Progress", "SubTag", "Workflow", "MediaInfo"}
)

BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[0-9]+")
REGION = re.compile(r"[a-z]{2,}(?:-[a-z0-9]+)+")
HOST = re.compile(
    r"(?P<bucket>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[0-9]+)\.ci\.(?P<region>[a-z]{2,}(?:-[a-z0-9]+)+)"
    r"\.myqcloud\.com"
)


def service_host(bucket: str, region: str) -> str:
    """The documented Host: ``<BucketName-APPID>.ci.<Region>.myqcloud.com``."""
    return f"{bucket}.ci.{region}.myqcloud.com"


def one_line(value: object) -> str:
    """``value`` as a name of something at the target: text of one line that says something.

    Raises ValueError with what it should be.
    """
    if not isinstance(value, str) or not value.strip():
        raise ValueError("text that is not empty")
    if any(character in value for character in "\r\n\0"):
        raise ValueError("one line of text")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("text in UTF-8")
    return value
