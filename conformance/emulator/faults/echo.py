"""Faults of the addresses and keys that a success repeats (RSP-17, RSP-18, RSP-20)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote, unquote_plus

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.store import StoredJob
from conformance.emulator.trees import drop, grow, put, rename, rewrite
from conformance.spec.xml import Node, element

FAULTS = Faults()


# ---- RSP-17: QueueId ----


@FAULTS.add("queue-id-missing", "RSP-17", says="QueueId is left out.")
class QueueIdMissing(Behaviour):
    def queue_id_of(self, job: StoredJob) -> str | None:
        return None


@FAULTS.add("queue-id-upper-case", "RSP-17", says="QueueId is written in upper case.")
class QueueIdUpperCase(Behaviour):
    def queue_id_of(self, job: StoredJob) -> str | None:
        return (job.request.queue_id or "").upper()


@FAULTS.add("queue-id-default", "RSP-17", says="QueueId is the first queue's, whichever it is.")
class QueueIdDefault(Behaviour):
    def queue_id_of(self, job: StoredJob) -> str | None:
        return next(iter(self.store.queues))


# ---- RSP-18: Input ----


@FAULTS.add("input-missing", "RSP-18", says="Input is left out.")
class InputMissing(Behaviour):
    def render_input(self, job: StoredJob) -> Node | None:
        return None


@FAULTS.add("input-object-missing", "RSP-18", says="Input has no Object.")
class InputObjectMissing(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return None


@FAULTS.add("input-object-encoded", "RSP-18", "REQ-37", says="Input.Object is percent-encoded.")
class InputObjectEncoded(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return quote(job.request.input_object or "", safe="/")


@FAULTS.add("input-object-plus", "RSP-18", "REQ-37", says="A plus in Input.Object becomes a space.")
class InputObjectPlus(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return (job.request.input_object or "").replace("+", " ")


@FAULTS.add("input-object-decoded", "RSP-18", "REQ-37", says="%20 in Input.Object is decoded.")
class InputObjectDecoded(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return unquote(job.request.input_object or "")


@FAULTS.add("input-object-rooted", "RSP-18", says="Input.Object gets a leading slash.")
class InputObjectRooted(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return "/" + (job.request.input_object or "").lstrip("/")


@FAULTS.add("input-object-base-name", "RSP-18", says="Input.Object loses its folders.")
class InputObjectBaseName(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return (job.request.input_object or "").rpartition("/")[2]


@FAULTS.add(
    "input-object-trimmed", "RSP-18", "REQ-37", says="Input.Object loses the spaces at its ends."
)
class InputObjectTrimmed(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return (job.request.input_object or "").strip()


@FAULTS.add(
    "input-object-ascii",
    "RSP-18",
    "REQ-37",
    says="Non-ASCII in Input.Object becomes a question mark.",
)
class InputObjectAscii(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return (job.request.input_object or "").encode("ascii", "replace").decode("ascii")


@FAULTS.add(
    "input-object-mojibake", "RSP-18", "REQ-37", says="Input.Object's UTF-8 is taken for Latin-1."
)
class InputObjectMojibake(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return (job.request.input_object or "").encode("utf-8").decode("latin-1")


@FAULTS.add(
    "input-object-to-ampersand",
    "RSP-18",
    "REQ-37",
    says="Input.Object ends at its first ampersand.",
)
class InputObjectToAmpersand(Behaviour):
    def input_object_of(self, job: StoredJob) -> str | None:
        return (job.request.input_object or "").partition("&")[0]


@FAULTS.add("input-bucket-missing", "RSP-18", says="Input has neither BucketId nor Bucket.")
class InputBucketMissing(Behaviour):
    def render_input(self, job: StoredJob) -> Node | None:
        made = super().render_input(job)
        return made and drop(made, "BucketId")


@FAULTS.add("input-bucket-of-output", "RSP-18", says="Input.BucketId is the output's bucket.")
class InputBucketOfOutput(Behaviour):
    def render_input(self, job: StoredJob) -> Node | None:
        made, asked = super().render_input(job), job.request.output
        return made and put(made, "BucketId", (asked and asked.bucket) or "")


@FAULTS.add("input-bucket-without-appid", "RSP-18", says="Input.BucketId lacks the APPID.")
class InputBucketWithoutAppid(Behaviour):
    def render_input(self, job: StoredJob) -> Node | None:
        made = super().render_input(job)
        return made and rewrite(made, "BucketId", lambda text: text.rpartition("-")[0])


@FAULTS.add("input-buckets-disagree", "RSP-18", says="Bucket stands beside BucketId, cut short.")
class InputBucketsDisagree(Behaviour):
    def render_input(self, job: StoredJob) -> Node | None:
        made = super().render_input(job)
        return made and grow(made, "", element("Bucket", job.bucket.rpartition("-")[0]))


@FAULTS.add("input-region-missing", "RSP-18", says="Input has no Region.")
class InputRegionMissing(Behaviour):
    def render_input(self, job: StoredJob) -> Node | None:
        made = super().render_input(job)
        return made and drop(made, "Region")


@FAULTS.add("input-region-of-output", "RSP-18", says="Input.Region is the output's region.")
class InputRegionOfOutput(Behaviour):
    def render_input(self, job: StoredJob) -> Node | None:
        made, asked = super().render_input(job), job.request.output
        return made and put(made, "Region", (asked and asked.region) or "")


@FAULTS.add("input-region-short", "RSP-18", says="Input.Region is chongqing, without ap.")
class InputRegionShort(Behaviour):
    def render_input(self, job: StoredJob) -> Node | None:
        made = super().render_input(job)
        return made and rewrite(made, "Region", lambda text: text.partition("-")[2])


# ---- RSP-20: Output ----


@FAULTS.add("output-missing", "RSP-20", says="Operation has no Output.")
class OutputMissing(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        return None


@FAULTS.add("output-bucket-of-input", "RSP-20", says="Output.Bucket is the input's bucket.")
class OutputBucketOfInput(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and put(made, "Bucket", job.bucket)


@FAULTS.add("output-region-of-host", "RSP-20", says="Output.Region is that of the Host.")
class OutputRegionOfHost(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and put(made, "Region", job.region)


@FAULTS.add("output-region-missing", "RSP-20", says="Output has no Region.")
class OutputRegionMissing(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and drop(made, "Region")


@FAULTS.add("output-bucket-renamed", "RSP-20", says="Output has BucketId rather than Bucket.")
class OutputBucketRenamed(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and rename(made, "Bucket", "BucketId")


@FAULTS.add("output-object-of-input", "RSP-20", says="Output.Object is the input's key.")
class OutputObjectOfInput(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and put(made, "Object", job.request.input_object or "")


@FAULTS.add("output-object-slashes", "RSP-20", says="Two slashes in Output.Object become one.")
class OutputObjectSlashes(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and rewrite(made, "Object", lambda text: re.sub("/+", "/", text))


@FAULTS.add(
    "output-object-form-decoded",
    "RSP-20",
    "REQ-37",
    says="Output.Object is decoded like a form: plus and percent.",
)
class OutputObjectFormDecoded(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and rewrite(made, "Object", unquote_plus)


@FAULTS.add(
    "output-object-normalised",
    "RSP-20",
    "REQ-37",
    says="Output.Object is decomposed (Unicode NFD), as some file systems do.",
)
class OutputObjectNormalised(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and rewrite(made, "Object", lambda text: unicodedata.normalize("NFD", text))


@FAULTS.add(
    "output-object-escaped-twice",
    "RSP-20",
    "REQ-37",
    says="Output.Object is escaped for XML two times.",
)
class OutputObjectEscapedTwice(Behaviour):
    def render_output(self, job: StoredJob) -> Node | None:
        made = super().render_output(job)
        return made and rewrite(
            made, "Object", lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
        )
