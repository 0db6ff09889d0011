"""Faults of error responses: status, document, codes, ids (ERR-01 to ERR-09, ERR-11)."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.store import Queue, StoredJob
from conformance.emulator.trees import drop, put, rename, rewrite
from conformance.emulator.values import Answer, Incoming, Operation, Refusal
from conformance.spec.clauses import Level
from conformance.spec.messages import JobRequest, node_to_json
from conformance.spec.signature import sign_key
from conformance.spec.xml import Node, element

FAULTS = Faults()

SHOULD = Level.SHOULD
Pairs = tuple[tuple[str, str], ...]

#: Codes of the gate: who is asking.
_IDENTITY = frozenset(
    {
        "MissingAuthorization",
        "InvalidAuthorization",
        "AccessDenied",
        "SecretidNotExist",
        "SignatureExpired",
    }
)


# ---- ERR-01: status ----


@FAULTS.add("error-200", "ERR-01", "ERR-06", says="Every error has status 200.")
class Error200(Behaviour):
    def error_status(self, refusal: Refusal) -> int:
        return 200


@FAULTS.add(
    "error-200-for-bodies", "ERR-01", "ERR-06", says="A bad value in a body gets status 200."
)
class Error200ForBodies(Behaviour):
    def error_status(self, refusal: Refusal) -> int:
        return 200 if refusal.code == "InvalidArgument" else super().error_status(refusal)


@FAULTS.add("error-200-for-signatures", "ERR-01", "ERR-06", says="A bad signature gets status 200.")
class Error200ForSignatures(Behaviour):
    def error_status(self, refusal: Refusal) -> int:
        return 200 if refusal.code in _IDENTITY else super().error_status(refusal)


# ---- ERR-02: Content-Type ----


class _ErrorType(Behaviour):
    """Another Content-Type on errors; success keeps its own."""

    _kind: str | None = None

    def content_type(self, answer: Answer) -> str | None:
        return self._kind if answer.refused else super().content_type(answer)


@FAULTS.add("error-type-text-xml", "ERR-02", says="Errors come as text/xml.")
class ErrorTypeTextXml(_ErrorType):
    _kind = "text/xml"


@FAULTS.add("error-type-json", "ERR-02", says="Errors come as application/json.")
class ErrorTypeJson(_ErrorType):
    _kind = "application/json"


@FAULTS.add("error-type-html", "ERR-02", says="Errors come as text/html.")
class ErrorTypeHtml(_ErrorType):
    _kind = "text/html; charset=utf-8"


@FAULTS.add("error-type-missing", "ERR-02", says="Errors have no Content-Type.")
class ErrorTypeMissing(_ErrorType):
    _kind = None


# ---- ERR-03: the document ----


@FAULTS.add("error-root-lower-case", "ERR-03", says="The root of an error is error.")
class ErrorRootLowerCase(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        return replace(super().error_document(incoming, refusal), name="error")


@FAULTS.add("error-in-response", "ERR-03", says="Error stands inside a Response.")
class ErrorInResponse(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        return element("Response", super().error_document(incoming, refusal))


@FAULTS.add("error-in-error-response", "ERR-03", says="The root of an error is ErrorResponse.")
class ErrorInErrorResponse(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        return replace(super().error_document(incoming, refusal), name="ErrorResponse")


@FAULTS.add("error-json", "ERR-03", "ERR-02", says="An error is a JSON document, and says so.")
class ErrorJson(_ErrorType):
    _kind = "application/json"

    def serialise_error(self, document: Node) -> bytes:
        return json.dumps({"Error": node_to_json(document)}).encode()


@FAULTS.add("error-json-as-xml", "ERR-03", says="An error is a JSON document sent as XML.")
class ErrorJsonAsXml(Behaviour):
    def serialise_error(self, document: Node) -> bytes:
        return json.dumps(node_to_json(document)).encode()


@FAULTS.add("error-html", "ERR-03", says="An error is a page for people.")
class ErrorHtml(Behaviour):
    def serialise_error(self, document: Node) -> bytes:
        return b"<html><body><h1>Bad request</h1><hr><p>Sorry.</body></html>"


@FAULTS.add("error-empty", "ERR-03", says="An error has no body.")
class ErrorEmpty(Behaviour):
    def serialise_error(self, document: Node) -> bytes:
        return b""


@FAULTS.add("error-empty-for-signatures", "ERR-03", says="A bad signature gets no body.")
class ErrorEmptyForSignatures(Behaviour):
    def serialise_error(self, document: Node) -> bytes:
        hidden = document.value("Code") in _IDENTITY
        return b"" if hidden else super().serialise_error(document)


@FAULTS.add("error-message-raw", "ERR-03", says="Message is not escaped, it ends in <request>.")
class ErrorMessageRaw(Behaviour):
    def serialise_error(self, document: Node) -> bytes:
        return (
            super().serialise_error(document).replace(b"</Message>", b": see <request></Message>")
        )


@FAULTS.add("error-cut", "ERR-03", says="One error in ten lacks its end tag.")
class ErrorCut(Behaviour):
    def serialise_error(self, document: Node) -> bytes:
        whole = super().serialise_error(document)
        return whole.removesuffix(b"</Error>") if self.every(10, "cut error") else whole


# ---- ERR-04: the four nodes ----


class _Without(Behaviour):
    """An error document that lacks a node, or has it empty."""

    _name = ""

    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        return drop(super().error_document(incoming, refusal), self._name)


@FAULTS.add("error-without-code", "ERR-04", says="An error has no Code.")
class ErrorWithoutCode(_Without):
    _name = "Code"


@FAULTS.add("error-without-message", "ERR-04", says="An error has no Message.")
class ErrorWithoutMessage(_Without):
    _name = "Message"


@FAULTS.add("error-without-request-id", "ERR-04", "ERR-07", says="An error has no RequestId.")
class ErrorWithoutRequestId(_Without):
    _name = "RequestId"


@FAULTS.add("error-without-trace-id", "ERR-04", "ERR-08", says="An error has no TraceId.")
class ErrorWithoutTraceId(_Without):
    _name = "TraceId"


@FAULTS.add("error-message-empty", "ERR-04", says="An error has an empty Message.")
class ErrorMessageEmpty(Behaviour):
    def error_message(self, refusal: Refusal) -> str:
        return ""


@FAULTS.add("error-renamed", "ERR-04", says="Message is called Description.")
class ErrorRenamed(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        return rename(super().error_document(incoming, refusal), "Message", "Description")


@FAULTS.add("error-bare-for-lists", "ERR-04", says="A refused list says Code and Message only.")
class ErrorBareForLists(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        made = super().error_document(incoming, refusal)
        return drop(made, "RequestId", "TraceId") if incoming.operation is Operation.LIST else made


# ---- ERR-05: codes ----


class _Codes(Behaviour):
    """Other codes for some of the documented ones."""

    def error_code(self, refusal: Refusal) -> str:
        usual = super().error_code(refusal)
        return self._called(usual)

    def _called(self, code: str) -> str:
        raise NotImplementedError


@FAULTS.add(
    "code-of-a-framework", "ERR-05", says="InvalidArgument is called BadRequest.", level=SHOULD
)
class CodeOfAFramework(_Codes):
    def _called(self, code: str) -> str:
        return "BadRequest" if code == "InvalidArgument" else code


@FAULTS.add(
    "code-of-object-storage",
    "ERR-05",
    says="A bad signature is SignatureDoesNotMatch, as in object storage.",
    level=SHOULD,
)
class CodeOfObjectStorage(_Codes):
    def _called(self, code: str) -> str:
        return "SignatureDoesNotMatch" if code == "AccessDenied" else code


@FAULTS.add("code-number", "ERR-05", says="Code is the number of the table.", level=SHOULD)
class CodeNumber(_Codes):
    _numbers = (("InvalidArgument", "1015"), ("InvalidContent", "1011"), ("AccessDenied", "1018"))

    def _called(self, code: str) -> str:
        return dict(self._numbers).get(code, code)


@FAULTS.add("code-lower-case", "ERR-05", says="Codes are written in lower case.", level=SHOULD)
class CodeLowerCase(_Codes):
    def _called(self, code: str) -> str:
        return code.lower()


@FAULTS.add("code-no-such-job", "ERR-05", says="An unknown job is NoSuchJob.", level=SHOULD)
class CodeNoSuchJob(_Codes):
    def _called(self, code: str) -> str:
        return "NoSuchJob" if code == "AuditingJobNotFound" else code


# ---- ERR-06: the status of a code ----


class _Status(Behaviour):
    """Another status for one code."""

    _code, _status = "", 400

    def error_status(self, refusal: Refusal) -> int:
        return self._status if refusal.code == self._code else super().error_status(refusal)


@FAULTS.add("invalid-argument-422", "ERR-06", says="InvalidArgument comes with 422.")
class InvalidArgument422(_Status):
    _code, _status = "InvalidArgument", 422


@FAULTS.add("invalid-content-422", "ERR-06", says="InvalidContent comes with 422.")
class InvalidContent422(_Status):
    _code, _status = "InvalidContent", 422


@FAULTS.add("missing-content-411", "ERR-06", says="MissingContent comes with 411.")
class MissingContent411(_Status):
    _code, _status = "MissingContent", 411


@FAULTS.add("missing-authorization-403", "ERR-06", says="MissingAuthorization comes with 403.")
class MissingAuthorization403(_Status):
    _code, _status = "MissingAuthorization", 403


@FAULTS.add("unknown-secret-id-404", "ERR-06", says="SecretidNotExist comes with 404.")
class UnknownSecretId404(_Status):
    _code, _status = "SecretidNotExist", 404


@FAULTS.add("access-denied-400", "ERR-06", says="AccessDenied comes with 400.")
class AccessDenied400(_Status):
    _code, _status = "AccessDenied", 400


@FAULTS.add("invalid-url-400", "ERR-06", "REQ-47", says="InvalidUrl comes with 400.")
class InvalidUrl400(_Status):
    _code, _status = "InvalidUrl", 400


@FAULTS.add("not-implemented-405", "ERR-06", says="NotImplemented comes with 405.")
class NotImplemented405(_Status):
    _code, _status = "NotImplemented", 405


@FAULTS.add("unknown-job-400", "ERR-06", says="AuditingJobNotFound comes with 400.")
class UnknownJob400(_Status):
    _code, _status = "AuditingJobNotFound", 400


@FAULTS.add("queue-paused-400", "ERR-06", "STA-13", says="A paused queue refuses, with 400.")
class QueuePaused400(Behaviour):
    def admit(self, job: StoredJob, queue: Queue) -> None:
        if queue.paused:
            raise Refusal(400, "QueuePaused", "the queue is paused")
        super().admit(job, queue)


@FAULTS.add("missing-input-404", "ERR-06", says="ResourceNotFound comes with 404.")
class MissingInput404(Behaviour):
    def find_queue(self, wanted: JobRequest) -> Queue:
        queue = super().find_queue(wanted)
        if wanted.input_object not in self.settings.input_objects:
            raise Refusal(404, "ResourceNotFound", "the input object does not exist")
        return queue


# ---- ERR-07, ERR-08: ids ----


@FAULTS.add("error-request-id-other", "ERR-07", says="RequestId is not the header's.")
class ErrorRequestIdOther(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        other = self.new_request_id(incoming.arrived)
        return put(super().error_document(incoming, refusal), "RequestId", other)


@FAULTS.add("error-request-id-constant", "ERR-07", says="RequestId is always the same.")
class ErrorRequestIdConstant(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        constant = "NTk0MjdmODlfMjQ4OGY3XzYzYzhfMjc="
        return put(super().error_document(incoming, refusal), "RequestId", constant)


@FAULTS.add("error-request-id-unpadded", "ERR-07", says="RequestId lacks Base64's padding.")
class ErrorRequestIdUnpadded(Behaviour):
    def new_request_id(self, now: float) -> str:
        return f"{super().new_request_id(now).rstrip('=')}="

    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        made = super().error_document(incoming, refusal)
        return rewrite(made, "RequestId", lambda text: text.rstrip("="))


@FAULTS.add(
    "error-without-request-id-header",
    "ERR-07",
    "RSP-06",
    says="An error has no x-ci-request-id.",
)
class ErrorWithoutRequestIdHeader(Behaviour):
    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        pairs = super().common_headers(incoming, answer)
        return tuple(p for p in pairs if p[0] != "x-ci-request-id") if answer.refused else pairs


@FAULTS.add("error-without-trace-header", "ERR-08", says="An error has no x-ci-trace-id.")
class ErrorWithoutTraceHeader(Behaviour):
    def trace_id_header(self, incoming: Incoming, answer: Answer) -> str | None:
        return None


@FAULTS.add("error-trace-other", "ERR-08", says="TraceId is not the header's.")
class ErrorTraceOther(Behaviour):
    def trace_id_header(self, incoming: Incoming, answer: Answer) -> str | None:
        return self.new_trace_id() if answer.refused else None


@FAULTS.add("error-trace-is-request", "ERR-08", says="TraceId repeats RequestId.")
class ErrorTraceIsRequest(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        return put(super().error_document(incoming, refusal), "TraceId", incoming.request_id)


@FAULTS.add("error-without-trace-404", "ERR-08", says="A 404 has no x-ci-trace-id.")
class ErrorWithoutTrace404(Behaviour):
    def trace_id_header(self, incoming: Incoming, answer: Answer) -> str | None:
        return None if answer.status == 404 else super().trace_id_header(incoming, answer)


# ---- ERR-09: a bad request is not the server's failure ----


class _Crash(Behaviour):
    """Gives 500 InternalError where the client is to blame."""

    def fail(self, incoming: Incoming, refusal: Refusal) -> Answer:
        if self._crashes(incoming, refusal):
            refusal = Refusal(500, "InternalError", "something went wrong")
        return super().fail(incoming, refusal)

    def _crashes(self, incoming: Incoming, refusal: Refusal) -> bool:
        raise NotImplementedError


@FAULTS.add("crash-on-malformed", "ERR-09", says="A body that is not well-formed gives 500.")
class CrashOnMalformed(_Crash):
    def _crashes(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "InvalidContent" and incoming.document is None


@FAULTS.add("crash-on-missing-node", "ERR-09", says="A body without a required node gives 500.")
class CrashOnMissingNode(_Crash):
    def _crashes(self, incoming: Incoming, refusal: Refusal) -> bool:
        return incoming.document is not None and "missing" in refusal.message


@FAULTS.add("crash-on-unknown-queue", "ERR-09", says="A create for an unknown queue gives 500.")
class CrashOnUnknownQueue(_Crash):
    def _crashes(self, incoming: Incoming, refusal: Refusal) -> bool:
        return incoming.operation is Operation.CREATE and refusal.code == "QueueNotFound"


@FAULTS.add("crash-on-authorization", "ERR-09", says="A malformed Authorization gives 500.")
class CrashOnAuthorization(_Crash):
    def _crashes(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "InvalidAuthorization"


@FAULTS.add("crash-on-list", "ERR-09", says="A list with a bad parameter gives 500.")
class CrashOnList(_Crash):
    def _crashes(self, incoming: Incoming, refusal: Refusal) -> bool:
        return incoming.operation is Operation.LIST and refusal.code == "InvalidArgument"


@FAULTS.add("crash-on-cancel", "ERR-09", says="Cancelling an unknown job gives 500.")
class CrashOnCancel(_Crash):
    def _crashes(self, incoming: Incoming, refusal: Refusal) -> bool:
        return refusal.code == "AuditingJobNotFound"


@FAULTS.add("crash-on-unicode", "ERR-09", says="Non-ASCII UserData gives 500.")
class CrashOnUnicode(_Crash):
    def _crashes(self, incoming: Incoming, refusal: Refusal) -> bool:
        given = incoming.document.value("Operation/UserData") if incoming.document else None
        return not (given or "").isascii()


@FAULTS.add("unavailable-on-refusal", "ERR-09", says="A bad value in a body gives 503.")
class UnavailableOnRefusal(Behaviour):
    def fail(self, incoming: Incoming, refusal: Refusal) -> Answer:
        if incoming.document is not None and refusal.code == "InvalidArgument":
            refusal = Refusal(503, "ServiceUnavailable", refusal.message)
        return super().fail(incoming, refusal)


# ---- ERR-11: secrets ----


@FAULTS.add("message-with-secret-key", "ERR-11", says="A bad signature's Message has SecretKey.")
class MessageWithSecretKey(Behaviour):
    def error_message(self, refusal: Refusal) -> str:
        usual = super().error_message(refusal)
        if refusal.code not in _IDENTITY:
            return usual
        return f"{usual}; expected one made with {self.settings.secret_key}"


@FAULTS.add("message-with-sign-key", "ERR-11", says="A bad signature's Message has the SignKey.")
class MessageWithSignKey(Behaviour):
    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        made = super().error_document(incoming, refusal)
        if refusal.code != "AccessDenied":
            return made
        key_time = self._key_time(incoming)
        key = sign_key(self.settings.secret_key, key_time)
        return rewrite(made, "Message", lambda text: f"{text}: KeyTime {key_time}, SignKey {key}")

    def _key_time(self, incoming: Incoming) -> str:
        try:
            return self.find_authorization(incoming).get("q-key-time")
        except Refusal:
            return ""


@FAULTS.add(
    "message-with-key-in-dump", "ERR-11", says="Every Message ends in the settings, keys and all."
)
class MessageWithKeyInDump(Behaviour):
    def error_message(self, refusal: Refusal) -> str:
        own = self.settings
        return f"{super().error_message(refusal)} [{own.bucket} {own.secret_id}/{own.secret_key}]"
