"""Faults of a request's outside: headers, length, type, host, path (HTTP-10, REQ-03, 42 to 47)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import replace

from conformance.emulator.answers import Success
from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.values import Answer, Delivery, Incoming, Operation, Refusal
from conformance.spec.clauses import Level
from conformance.spec.messages import JobRequest, Output
from conformance.spec.names import JOBS, PIC_JOBS, TAG
from conformance.spec.signature import TOKEN_HEADERS
from conformance.spec.wire import Headers, Request

FAULTS = Faults()

SHOULD = Level.SHOULD


# ---- HTTP-10: letter case and order of headers ----


class _SeenAs(Behaviour):
    """Sees one header only when its name is written in one way."""

    _name = ""

    def receive(
        self, request: Request, *, body_size: int | None = None, keep_alive: bool = True
    ) -> Incoming:
        wanted = self._name.lower()
        seen = Headers.of(
            pair for pair in request.headers if pair[0] == self._name or pair[0].lower() != wanted
        )
        size = len(request.body) if body_size is None else body_size
        return super().receive(
            replace(request, headers=seen), body_size=size, keep_alive=keep_alive
        )


@FAULTS.add("authorization-as-written", "HTTP-10", says="authorization is not Authorization.")
class AuthorizationAsWritten(_SeenAs):
    _name = "Authorization"


@FAULTS.add("type-as-written", "HTTP-10", says="content-type is not Content-Type.")
class TypeAsWritten(_SeenAs):
    _name = "Content-Type"


@FAULTS.add("length-as-written", "HTTP-10", says="content-length is not Content-Length.")
class LengthAsWritten(_SeenAs):
    _name = "Content-Length"


@FAULTS.add("host-as-written", "HTTP-10", says="host is not Host.")
class HostAsWritten(_SeenAs):
    _name = "Host"


@FAULTS.add("host-comes-first", "HTTP-10", says="Host must be the first header.")
class HostComesFirst(Behaviour):
    def check_host(self, incoming: Incoming) -> None:
        super().check_host(incoming)
        first = next(iter(incoming.request.headers), ("", ""))
        if first[0].lower() != "host":
            raise Refusal(400, "InvalidHost", "the first header is not Host")


@FAULTS.add("type-before-length", "HTTP-10", says="Content-Length must precede Content-Type.")
class TypeBeforeLength(Behaviour):
    def check_content_type(self, incoming: Incoming) -> None:
        super().check_content_type(incoming)
        names = [name.lower() for name, _ in incoming.request.headers]
        if names.index("content-type") < names.index("content-length"):
            raise Refusal(400, "InvalidArgument", "headers are out of order")


@FAULTS.add("upper-case-refused", "HTTP-10", says="Header names all in capitals are refused.")
class UpperCaseRefused(Behaviour):
    def check_host(self, incoming: Incoming) -> None:
        super().check_host(incoming)
        if any(name.isupper() for name, _ in incoming.request.headers):
            raise Refusal(400, "InvalidArgument", "a header's name is in capitals")


class _Order(Behaviour):
    """Refuses a create whose headers come in some order."""

    def check_content_type(self, incoming: Incoming) -> None:
        super().check_content_type(incoming)
        if self._refuses([name.lower() for name, _ in incoming.request.headers]):
            raise Refusal(400, "InvalidArgument", "headers are out of order")

    def _refuses(self, names: list[str]) -> bool:
        raise NotImplementedError


@FAULTS.add("type-last-refused", "HTTP-10", says="Content-Type must not be the last header.")
class TypeLastRefused(_Order):
    def _refuses(self, names: list[str]) -> bool:
        return names[-1] == "content-type"


@FAULTS.add(
    "authorization-last-refused",
    "HTTP-10",
    says="Content-Length, Content-Type, Authorization is no order to come in.",
)
class AuthorizationLastRefused(_Order):
    def _refuses(self, names: list[str]) -> bool:
        order = [name for name in names if name in _ORDERED]
        return order == list(_ORDERED)


_ORDERED = ("content-length", "content-type", "authorization")


class _Writing(Behaviour):
    """Refuses the writing of a header's name in some requests."""

    def check_host(self, incoming: Incoming) -> None:
        super().check_host(incoming)
        if any(self._refuses(incoming, name) for name, _ in incoming.request.headers):
            raise Refusal(400, "InvalidArgument", "a header's name is not as documented")

    def _refuses(self, incoming: Incoming, name: str) -> bool:
        raise NotImplementedError


@FAULTS.add("token-as-written", "HTTP-10", says="X-CI-SECURITY-TOKEN is refused.")
class TokenAsWritten(_Writing):
    def _refuses(self, incoming: Incoming, name: str) -> bool:
        return name.lower() in TOKEN_HEADERS and name != name.lower()


@FAULTS.add("reading-as-written", "HTTP-10", says="A GET with authorization is refused.")
class ReadingAsWritten(_Writing):
    def _refuses(self, incoming: Incoming, name: str) -> bool:
        return incoming.request.method == "GET" and name == "authorization"


@FAULTS.add("cancel-as-written", "HTTP-10", says="A PUT with names in capitals is refused.")
class CancelAsWritten(_Writing):
    def _refuses(self, incoming: Incoming, name: str) -> bool:
        return incoming.request.method == "PUT" and name.isupper()


@FAULTS.add("md5-in-hex", "HTTP-10", says="Content-MD5 must be in hex, Base64 is refused.")
class Md5InHex(Behaviour):
    def body_md5(self, incoming: Incoming) -> str:
        return hashlib.md5(incoming.request.body).hexdigest()


# ---- REQ-03: no body ----


@FAULTS.add("empty-body-taken", "REQ-03", says="An empty body makes a job of default values.")
class EmptyBodyTaken(Behaviour):
    def check_not_empty(self, incoming: Incoming) -> None:
        return

    def understand(self, incoming: Incoming) -> JobRequest:
        if incoming.request.body.strip():
            return super().understand(incoming)
        own = self.settings
        return JobRequest(
            tag=TAG,
            input_object=next(iter(own.input_objects)),
            template_id=own.template_id,
            output=Output(own.region, own.bucket, "output/out.jpg"),
            queue_id=own.queue_id,
        )


@FAULTS.add("empty-body-other-code", "REQ-03", says="No body is InvalidArgument.", level=SHOULD)
class EmptyBodyOtherCode(Behaviour):
    def check_not_empty(self, incoming: Incoming) -> None:
        if not incoming.request.body.strip():
            raise Refusal(400, "InvalidArgument", "the body is empty")


# ---- REQ-42: Content-MD5 ----


@FAULTS.add("md5-ignored", "REQ-42", says="Content-MD5 is not looked at.")
class Md5Ignored(Behaviour):
    def check_md5(self, incoming: Incoming) -> None:
        return


@FAULTS.add("md5-any-digest", "REQ-42", says="Content-MD5 need only be Base64 of 16 bytes.")
class Md5AnyDigest(Behaviour):
    def check_md5(self, incoming: Incoming) -> None:
        given = incoming.request.headers.get("Content-MD5") or ""
        if len(_decoded(given)) != 16:
            super().check_md5(incoming)


@FAULTS.add("md5-unreadable-ignored", "REQ-42", says="A Content-MD5 that is no Base64 is ignored.")
class Md5UnreadableIgnored(Behaviour):
    def check_md5(self, incoming: Incoming) -> None:
        given = incoming.request.headers.get("Content-MD5") or ""
        if len(_decoded(given)) == 16:
            super().check_md5(incoming)


@FAULTS.add("md5-first-half", "REQ-42", says="Of Content-MD5 only the first half is compared.")
class Md5FirstHalf(Behaviour):
    def check_md5(self, incoming: Incoming) -> None:
        given = incoming.request.headers.get("Content-MD5")
        own = hashlib.md5(incoming.request.body, usedforsecurity=False).digest()
        if given is None or _decoded(given)[:8] != own[:8]:
            super().check_md5(incoming)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


# ---- REQ-43: size ----


@FAULTS.add(
    "large-body-taken",
    "REQ-43",
    says="Bodies up to 16 MiB are taken.",
    level=SHOULD,
    settings={"body_limit": 16 * 1024 * 1024},
)
class LargeBodyTaken(Behaviour):
    pass


@FAULTS.add("large-body-other-code", "REQ-43", says="Too large is 400.", level=SHOULD)
class LargeBodyOtherCode(Behaviour):
    def check_size(self, incoming: Incoming) -> None:
        if incoming.body_size > self.settings.body_limit:
            raise Refusal(400, "InvalidArgument", "the body is too large")


@FAULTS.add("large-body-reset", "REQ-43", says="Too large resets the connection.", level=SHOULD)
class LargeBodyReset(Behaviour):
    def deliver(self, incoming: Incoming, answer: Answer) -> Delivery:
        if incoming.body_size > self.settings.body_limit:
            return Delivery((), abort=True)
        return super().deliver(incoming, answer)


# ---- REQ-45: Content-Type ----


class _MoreTypes(Behaviour):
    """Takes bodies of a type that is not XML."""

    _begins: tuple[str, ...] = ()

    def check_content_type(self, incoming: Incoming) -> None:
        given = (incoming.request.headers.get("Content-Type") or "").lower()
        if not given.startswith(self._begins):
            super().check_content_type(incoming)


@FAULTS.add("any-type-taken", "REQ-45", says="Content-Type is not looked at.", level=SHOULD)
class AnyTypeTaken(_MoreTypes):
    _begins = ("",)


@FAULTS.add("json-type-taken", "REQ-45", says="application/json is taken.", level=SHOULD)
class JsonTypeTaken(_MoreTypes):
    _begins = ("application/json",)


@FAULTS.add("text-type-taken", "REQ-45", says="text/plain is taken.", level=SHOULD)
class TextTypeTaken(_MoreTypes):
    _begins = ("text/plain",)


# ---- REQ-46: Host ----


class _MoreHosts(Behaviour):
    """Takes other Hosts for its own."""

    def check_host(self, incoming: Incoming) -> None:
        if not self._takes(_host(incoming)):
            super().check_host(incoming)

    def check_bucket(self, incoming: Incoming) -> None:
        if not self._takes(_host(incoming)):
            super().check_bucket(incoming)

    def _takes(self, host: str) -> bool:
        raise NotImplementedError


def _host(incoming: Incoming) -> str:
    return (incoming.request.headers.get("Host") or "").strip().lower()


@FAULTS.add("host-any", "REQ-46", says="Any Host is served.")
class HostAny(_MoreHosts):
    def _takes(self, host: str) -> bool:
        return True


@FAULTS.add("host-any-bucket", "REQ-46", says="Any bucket of the documented form is served.")
class HostAnyBucket(Behaviour):
    def check_bucket(self, incoming: Incoming) -> None:
        return


@FAULTS.add("host-any-appid", "REQ-46", says="The bucket's APPID is not looked at.")
class HostAnyAppid(_MoreHosts):
    def _takes(self, host: str) -> bool:
        bucket, _, domain = host.partition(".")
        name = self.settings.bucket.rpartition("-")[0]
        own = self.settings.service_host.partition(".")[2]
        return bucket.rpartition("-")[0] == name and domain == own


@FAULTS.add("host-any-domain", "REQ-46", says="Of Host only the bucket is looked at.")
class HostAnyDomain(_MoreHosts):
    def _takes(self, host: str) -> bool:
        return host.partition(".")[0] == self.settings.bucket


@FAULTS.add("host-prefixed", "REQ-46", says="Host need only end as the bucket's does.")
class HostPrefixed(_MoreHosts):
    def _takes(self, host: str) -> bool:
        return host.endswith(self.settings.service_host)


@FAULTS.add("host-any-temporary", "REQ-46", says="A token is good for every bucket.")
class HostAnyTemporary(Behaviour):
    def check_host(self, incoming: Incoming) -> None:
        if not self._has_token(incoming):
            super().check_host(incoming)

    def check_bucket(self, incoming: Incoming) -> None:
        if not self._has_token(incoming):
            super().check_bucket(incoming)

    def _has_token(self, incoming: Incoming) -> bool:
        return any(name in incoming.request.headers for name in TOKEN_HEADERS)


@FAULTS.add("host-of-storage", "REQ-46", says="The storage domain, .cos., is served too.")
class HostOfStorage(_MoreHosts):
    def _takes(self, host: str) -> bool:
        return host == self.settings.service_host.replace(".ci.", ".cos.")


@FAULTS.add("host-longer", "REQ-46", says="Host may go on after myqcloud.com.")
class HostLonger(_MoreHosts):
    def _takes(self, host: str) -> bool:
        return host.startswith(f"{self.settings.service_host}.")


# ---- REQ-47: path and method ----


class _Routes(Behaviour):
    """Serves more paths and methods."""

    def route(self, incoming: Incoming) -> Operation:
        return self._other(incoming.request) or super().route(incoming)

    def _other(self, request: Request) -> Operation | None:
        raise NotImplementedError


@FAULTS.add("path-any", "REQ-47", says="A POST creates a job, whatever the path.")
class PathAny(_Routes):
    def _other(self, request: Request) -> Operation | None:
        return Operation.CREATE if request.method == "POST" else None


@FAULTS.add("path-prefix", "REQ-47", says="A POST to any path that begins with /pic_jobs creates.")
class PathPrefix(_Routes):
    def _other(self, request: Request) -> Operation | None:
        begins = request.path.startswith(PIC_JOBS)
        return Operation.CREATE if request.method == "POST" and begins else None


@FAULTS.add("path-with-dash", "REQ-47", says="A POST to /pic-jobs creates a job as well.")
class PathWithDash(_Routes):
    def _other(self, request: Request) -> Operation | None:
        dashed = request.path == PIC_JOBS.replace("_", "-")
        return Operation.CREATE if request.method == "POST" and dashed else None


@FAULTS.add("path-of-media-jobs", "REQ-47", says="A POST to /jobs creates a job as well.")
class PathOfMediaJobs(_Routes):
    def _other(self, request: Request) -> Operation | None:
        return Operation.CREATE if (request.method, request.path) == ("POST", JOBS) else None


@FAULTS.add("path-letter-case", "REQ-47", says="/PIC_JOBS is /pic_jobs.")
class PathLetterCase(_Routes):
    def _other(self, request: Request) -> Operation | None:
        same = request.path.lower() == PIC_JOBS
        return Operation.CREATE if request.method == "POST" and same else None


@FAULTS.add("path-unknown-400", "REQ-47", says="An unknown path gives 400 InvalidArgument.")
class PathUnknown400(Behaviour):
    def route(self, incoming: Incoming) -> Operation:
        try:
            return super().route(incoming)
        except Refusal as refusal:
            if refusal.code != "InvalidUrl":
                raise
            raise Refusal(400, "InvalidArgument", refusal.message) from None


@FAULTS.add("method-put-creates", "REQ-47", says="A PUT to /pic_jobs creates a job.")
class MethodPutCreates(_Routes):
    def _other(self, request: Request) -> Operation | None:
        return Operation.CREATE if (request.method, request.path) == ("PUT", PIC_JOBS) else None


@FAULTS.add("method-delete-served", "REQ-47", says="DELETE on /pic_jobs is a success.")
class MethodDeleteServed(Behaviour):
    def perform(self, incoming: Incoming) -> Success:
        if (incoming.request.method, incoming.request.path) == ("DELETE", PIC_JOBS):
            self.authorise(incoming)
            return None
        return super().perform(incoming)


@FAULTS.add("method-options-served", "REQ-47", says="OPTIONS and PATCH create like POST.")
class MethodOptionsServed(_Routes):
    def _other(self, request: Request) -> Operation | None:
        more = request.method in {"OPTIONS", "PATCH"} and request.path == PIC_JOBS
        return Operation.CREATE if more else None
