"""Hooks that look at the outside of a request: Host, route, length, content headers."""

from __future__ import annotations

import base64
import hashlib

from conformance.emulator.hooks import Hooks
from conformance.emulator.values import Incoming, Operation, Refusal, shown
from conformance.spec.names import HOST, JOBS, PIC_JOBS
from conformance.spec.xml import is_xml_text

#: REQ-45: what Content-Type may be, parameters aside.
XML_TYPES = frozenset({"application/xml", "text/xml"})


class Gate(Hooks):
    """Where a request is bound for, and whether its outside is in order."""

    def check_host(self, incoming: Incoming) -> None:
        """REQ-46: one Host, of the documented form; which bucket it names is judged later."""
        given = incoming.request.headers.all("Host")
        if len(given) != 1:
            raise Refusal(400, "InvalidHost", "exactly one Host header is needed")
        if not HOST.fullmatch(given[0].strip().lower()):
            raise Refusal(
                400, "InvalidHost", "Host is not <BucketName-APPID>.ci.<Region>.myqcloud.com"
            )

    def check_bucket(self, incoming: Incoming) -> None:
        """REQ-46: the bucket is the credentials' own, and in the region that Host says."""
        bucket, region = self.host_parts(incoming)
        if bucket != self.settings.bucket:
            raise Refusal(403, "AccessDenied", f"bucket {shown(bucket)} is not yours")
        if region != self.settings.region:
            raise Refusal(400, "InvalidHost", f"the bucket is not in region {shown(region)}")

    def host_parts(self, incoming: Incoming) -> tuple[str, str]:
        """The bucket and region that Host names; empty when it has another form."""
        host = (incoming.request.headers.get("Host") or "").strip().lower()
        match = HOST.fullmatch(host)
        return (match["bucket"], match["region"]) if match else ("", "")

    def route(self, incoming: Incoming) -> Operation:
        """REQ-47: the operation that the path and method name; ``job_ids`` come with it."""
        path = incoming.request.path
        if path == PIC_JOBS:
            return self.choose(incoming, {"POST": Operation.CREATE, "GET": Operation.LIST})
        if ids := self.ids_after(path, PIC_JOBS):
            incoming.job_ids = ids
            return self.choose(incoming, {"GET": Operation.DESCRIBE})
        if ids := self.ids_after(path, JOBS):
            incoming.job_ids = (",".join(ids),)
            operation = self.choose(incoming, {"PUT": Operation.CANCEL})
            self.check_cancel_word(incoming)
            return operation
        raise Refusal(404, "InvalidUrl", f"nothing is served at {shown(path)}")

    def ids_after(self, path: str, prefix: str) -> tuple[str, ...]:
        """The comma-joined job ids below ``prefix``, each once; empty when there are none."""
        head, slash, rest = path.rpartition("/")
        if head != prefix or not slash:
            return ()
        if not is_xml_text(rest):
            raise Refusal(400, "InvalidArgument", "a job id holds characters that no id has")
        return tuple(dict.fromkeys(part for part in rest.split(",") if part))

    def choose(self, incoming: Incoming, methods: dict[str, Operation]) -> Operation:
        operation = methods.get(incoming.request.method)
        if operation is None:
            raise Refusal(501, "NotImplemented", f"only {', '.join(methods)} is served here")
        return operation

    def check_cancel_word(self, incoming: Incoming) -> None:
        """QRY-20, E17: ``?cancel`` or ``?cancel=``."""
        if incoming.request.param("cancel") is None:
            raise Refusal(400, "InvalidArgument", "the parameter cancel is missing")

    def check_content(self, incoming: Incoming) -> None:
        """Everything about the body of create that can be said before it is read."""
        self.check_length(incoming)
        self.check_size(incoming)
        self.check_not_empty(incoming)
        self.check_content_type(incoming)
        self.check_md5(incoming)

    def check_length(self, incoming: Incoming) -> None:
        if "Content-Length" not in incoming.request.headers:
            raise Refusal(411, "MissingContentLength", "Content-Length is needed")

    def check_size(self, incoming: Incoming) -> None:
        """REQ-43."""
        if incoming.body_size > self.settings.body_limit:
            limit = self.settings.body_limit
            raise Refusal(413, "InvalidContent", f"the body has more than {limit} bytes")

    def check_not_empty(self, incoming: Incoming) -> None:
        """REQ-03."""
        if not incoming.request.body.strip():
            raise Refusal(400, "MissingContent", "the body is empty")

    def check_content_type(self, incoming: Incoming) -> None:
        """REQ-45."""
        given = incoming.request.headers.get("Content-Type")
        if given is None:
            raise Refusal(400, "InvalidContentType", "Content-Type is needed: application/xml")
        if given.partition(";")[0].strip().lower() not in XML_TYPES:
            raise Refusal(400, "InvalidContentType", f"{shown(given)} is not application/xml")

    def check_md5(self, incoming: Incoming) -> None:
        """REQ-42."""
        given = incoming.request.headers.get("Content-MD5")
        if given is not None and given.strip() != self.body_md5(incoming):
            raise Refusal(400, "InvalidContent", "Content-MD5 is not that of the body")

    def body_md5(self, incoming: Incoming) -> str:
        return base64.b64encode(hashlib.md5(incoming.request.body).digest()).decode("ascii")
