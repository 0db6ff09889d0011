"""What image processing would have brought: plausible numbers, in two documented shapes (E3)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from conformance.emulator.store import StoredJob
from conformance.spec.xml import Node, element

_ROTATE = re.compile(r"/rotate/(\d+)")
_FORMAT = re.compile(r"/format/([a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Picture:
    """Facts of one image: sizes in pixels, ``size`` in bytes, ``quality`` in percent."""

    bucket: str
    region: str
    key: str
    format: str = "JPEG"
    width: int = 1280
    height: int = 853
    quality: int = 90
    size: int = 142_310
    ave: str = "0xa18454"
    orientation: int = 0

    @property
    def location(self) -> str:
        return f"{self.bucket}.cos.{self.region}.myqcloud.com/{self.key}"

    @property
    def etag(self) -> str:
        return hashlib.sha1(f"{self.location} {self.size}".encode()).hexdigest()


def pictures(job: StoredJob, rule: str) -> tuple[Picture, Picture]:
    """The image that went in, and what ``rule`` made of it."""
    asked = job.request.output
    before = Picture(job.bucket, job.region, job.request.input_object or "")
    after = replace(
        before,
        bucket=(asked and asked.bucket) or "",
        region=(asked and asked.region) or "",
        key=(asked and asked.object) or "",
        size=before.size // 2,
    )
    turned = _ROTATE.search(rule)
    if turned and int(turned[1][:6]) % 180 == 90:
        after = replace(after, width=before.height, height=before.width)
    if made := _FORMAT.search(rule):
        after = replace(after, format=made[1].upper())
    return before, after


def upload_result(before: Picture, after: Picture) -> Node:
    """``PicProcessResult`` as UploadResult is (Persistent image processing, 1045/33695)."""
    return element(
        "PicProcessResult",
        element(
            "OriginalInfo",
            element("Key", before.key),
            element("Location", before.location),
            image_info(before),
        ),
        element(
            "ProcessResults",
            element(
                "Object",
                element("Key", after.key),
                element("Location", after.location),
                element("Format", after.format),
                element("Width", str(after.width)),
                element("Height", str(after.height)),
                element("Size", str(after.size)),
                element("Quality", str(after.quality)),
            ),
        ),
    )


def callback_result(before: Picture, after: Picture) -> Node:
    """``PicProcessResult`` as the callback page shows it (Task callback, 1045/73036)."""
    return element(
        "PicProcessResult",
        element("ObjectName", after.key),
        element("OriginalInfo", element("Etag", before.etag), image_info(before)),
        element(
            "ProcessResult",
            element("Etag", after.etag),
            element("Format", after.format),
            element("Height", str(after.height)),
            element("Quality", str(after.quality)),
            element("Size", str(after.size)),
            element("Width", str(after.width)),
        ),
    )


def image_info(picture: Picture) -> Node:
    return element(
        "ImageInfo",
        element("Format", picture.format),
        element("Width", str(picture.width)),
        element("Height", str(picture.height)),
        element("Quality", str(picture.quality)),
        element("Ave", picture.ave),
        element("Orientation", str(picture.orientation)),
    )
