"""Variants of refusing: which permitted code and status, after which check, in which words."""

from __future__ import annotations

from typing import Any

from lxml import etree

from conformance.emulator import Behaviour, hook
from conformance.emulator.deviation import Variants
from conformance.emulator.store import Queue, StoredJob, Template
from conformance.emulator.validate import argument
from conformance.emulator.values import Incoming, Operation, Refusal
from conformance.spec.messages import JobRequest
from conformance.spec.names import JOBS, PIC_JOBS
from conformance.spec.signature import PARAMETERS, Authorization
from conformance.spec.wire import Request
from conformance.spec.xml import Node

VARIANTS = Variants()


class _Recoding(Behaviour):
    """Changes a refusal before it is answered."""

    def perform(self, incoming: Incoming) -> Node | None:
        try:
            return super().perform(incoming)
        except Refusal as refusal:
            raise self._recoded(refusal) from None

    def _recoded(self, refusal: Refusal) -> Refusal:
        return refusal


# ---- authorisation ----


@VARIANTS.add("always-403", says="Whatever would be a 401 is 403 AccessDenied.", errata=("E13",))
class Always403(_Recoding):
    def _recoded(self, refusal: Refusal) -> Refusal:
        if refusal.status != 401:
            return refusal
        return Refusal(403, "AccessDenied", "access denied")


@VARIANTS.add(
    "always-401",
    says="Whatever would be 403 AccessDenied is 401 AccessDenied, with WWW-Authenticate.",
    errata=("E13",),
)
class Always401(_Recoding):
    def _recoded(self, refusal: Refusal) -> Refusal:
        if refusal.status != 401 and refusal.code != "AccessDenied":
            return refusal
        challenge = (("WWW-Authenticate", 'q-sign realm="ci"'),)
        return Refusal(401, refusal.code, refusal.message, challenge)


@VARIANTS.add(
    "early-windows",
    says="A window that begins within the next quarter of an hour is taken: clocks differ.",
)
@hook("check_window")
def early_windows(
    behaviour: Behaviour, inner: Any, incoming: Incoming, auth: Authorization, name: str
) -> None:
    try:
        inner(incoming, auth, name)
    except Refusal:
        arrived, incoming.arrived = incoming.arrived, incoming.arrived + 900
        try:
            inner(incoming, auth, name)
        finally:
            incoming.arrived = arrived


@VARIANTS.add(
    "strict-signatures",
    says="Two signatures, and windows that differ though both are valid, are refused.",
    errata=("E24",),
)
class StrictSignatures(Behaviour):
    def find_authorization(self, incoming: Incoming) -> Authorization:
        found = super().find_authorization(incoming)
        if found.carrier == "header" and self.find_authorization_in_url(incoming.request):
            raise Refusal(401, "InvalidAuthorization", "the request is signed twice")
        return found

    def check_parameters(self, auth: Authorization) -> None:
        super().check_parameters(auth)
        if auth.get("q-sign-time") != auth.get("q-key-time"):
            raise Refusal(401, "InvalidAuthorization", "q-sign-time is not q-key-time")


@VARIANTS.add(
    "lenient-signatures",
    says="Of a repeated signature parameter the first counts; others are passed over.",
    errata=("E24",),
)
@hook("check_parameters")
def lenient_signatures(behaviour: Behaviour, inner: Any, auth: Authorization) -> None:
    for name in PARAMETERS:
        if auth.count(name) == 0:
            raise Refusal(401, "InvalidAuthorization", f"{name} is missing")


@VARIANTS.add("plus-is-plus", says="A + in the query is a plus, never a space.", errata=("E15",))
@hook("readings")
def plus_is_plus(behaviour: Behaviour, inner: Any, request: Request) -> tuple[Request, ...]:
    return (request,)


@VARIANTS.add("plus-is-space", says="A + in the query is a space, never a plus.", errata=("E15",))
@hook("readings")
def plus_is_space(behaviour: Behaviour, inner: Any, request: Request) -> tuple[Request, ...]:
    readings: tuple[Request, ...] = inner(request)
    return readings[-1:]


# ---- the order of the doors ----


@VARIANTS.add("body-before-signature", says="Create looks at the body before the signature.")
class BodyBeforeSignature(Behaviour):
    def perform(self, incoming: Incoming) -> Node | None:
        self.check_host(incoming)
        incoming.operation = self.route(incoming)
        if incoming.operation is Operation.CREATE:
            self.check_content(incoming)
            self.understand(incoming)
        self.authorise(incoming)
        self.check_bucket(incoming)
        return self.dispatch(incoming)


@VARIANTS.add("signature-before-all", says="The signature is looked at first, whatever was asked.")
class SignatureBeforeAll(Behaviour):
    def perform(self, incoming: Incoming) -> Node | None:
        self.authorise(incoming)
        self.check_host(incoming)
        self.check_bucket(incoming)
        incoming.operation = self.route(incoming)
        return self.dispatch(incoming)


# ---- paths, methods, hosts ----


@VARIANTS.add("methods-not-found", says="A method that is not served is 404 InvalidUrl.")
@hook("choose")
def methods_not_found(
    behaviour: Behaviour, inner: Any, incoming: Incoming, methods: dict[str, Operation]
) -> Operation:
    operation = methods.get(incoming.request.method)
    if operation is None:
        raise Refusal(404, "InvalidUrl", "nothing is served for this method")
    return operation


@VARIANTS.add("methods-are-arguments", says="A method that is not served is 400 InvalidArgument.")
@hook("choose")
def methods_are_arguments(
    behaviour: Behaviour, inner: Any, incoming: Incoming, methods: dict[str, Operation]
) -> Operation:
    operation = methods.get(incoming.request.method)
    if operation is None:
        raise Refusal(400, "InvalidArgument", "the method", (("Allow", ", ".join(methods)),))
    return operation


@VARIANTS.add("trailing-slash", says="A path may end with a slash.")
@hook("route")
def trailing_slash(behaviour: Behaviour, inner: Any, incoming: Incoming) -> Any:
    request = incoming.request
    if request.raw_path not in {f"{PIC_JOBS}/", f"{JOBS}/"}:
        return inner(incoming)
    target = request.target.replace("/?", "?", 1) if request.query else request.raw_path[:-1]
    incoming.request = Request(request.method, target, request.headers, request.body)
    try:
        return inner(incoming)
    finally:
        incoming.request = request


@VARIANTS.add(
    "hosts-by-one-code",
    says="A Host of another form is 403 AccessDenied, another's bucket 400 InvalidHost.",
)
class HostsByOneCode(_Recoding):
    def check_host(self, incoming: Incoming) -> None:
        try:
            super().check_host(incoming)
        except Refusal as refusal:
            raise Refusal(403, "AccessDenied", refusal.message) from None

    def check_bucket(self, incoming: Incoming) -> None:
        try:
            super().check_bucket(incoming)
        except Refusal as refusal:
            raise Refusal(400, "InvalidHost", refusal.message) from None


@VARIANTS.add(
    "region-redirects",
    says="A Host of the right bucket in another region is 301 PermanentRedirect.",
)
@hook("check_bucket")
def region_redirects(behaviour: Behaviour, inner: Any, incoming: Incoming) -> None:
    bucket, region = behaviour.host_parts(incoming)
    own = behaviour.settings
    if bucket == own.bucket and region != own.region:
        where = (("Location", f"http://{own.service_host}{incoming.request.target}"),)
        raise Refusal(301, "PermanentRedirect", "the bucket is elsewhere", where)
    inner(incoming)


# ---- bodies ----


@VARIANTS.add("content-type-415", says="Another Content-Type is 415 InvalidContentType.")
@hook("check_content_type")
def content_type_415(behaviour: Behaviour, inner: Any, incoming: Incoming) -> None:
    try:
        inner(incoming)
    except Refusal as refusal:
        raise Refusal(415, "InvalidContentType", refusal.message) from None


@VARIANTS.add("all-invalid-content", says="Whatever is wrong in a body is 400 InvalidContent.")
class AllInvalidContent(Behaviour):
    def understand(self, incoming: Incoming) -> JobRequest:
        try:
            return super().understand(incoming)
        except Refusal as refusal:
            raise Refusal(400, "InvalidContent", refusal.message) from None


@VARIANTS.add("all-invalid-argument", says="Whatever is wrong in a body is 400 InvalidArgument.")
class AllInvalidArgument(Behaviour):
    def understand(self, incoming: Incoming) -> JobRequest:
        try:
            return super().understand(incoming)
        except Refusal as refusal:
            raise Refusal(400, "InvalidArgument", refusal.message) from None


@VARIANTS.add(
    "entities-left-out",
    says="A document type is passed over, and references to its entities give nothing.",
)
class EntitiesLeftOut(Behaviour):
    def read_document(self, body: bytes) -> Node:
        try:
            return super().read_document(body)
        except Refusal:
            parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
            try:
                root = etree.fromstring(body, parser)
            except (etree.XMLSyntaxError, ValueError):
                raise Refusal(400, "InvalidContent", "the body is not XML") from None
            etree.strip_tags(root, etree.Entity)
            return super().read_document(etree.tostring(root))


@VARIANTS.add(
    "empty-options-refused",
    says="An optional node that is empty is refused, UserData aside.",
    errata=("E26",),
)
@hook("check_body")
def empty_options_refused(behaviour: Behaviour, inner: Any, root: Node) -> None:
    inner(root)
    paths = ("CallBack", "CallBackFormat", "CallBackType", "Operation/JobLevel")
    for path in (*paths, "Operation/TemplateId"):
        if root.value(path) == "":
            raise argument(f"{path} is empty")


@VARIANTS.add("empty-rule-refused", says="PicProcess without a ProcessRule is refused at once.")
@hook("check_job_type")
def empty_rule_refused(behaviour: Behaviour, inner: Any, root: Node) -> None:
    inner(root)
    if not root.value("Operation/TemplateId") and not root.value(
        "Operation/PicProcess/ProcessRule"
    ):
        raise argument("ProcessRule is missing or empty")


@VARIANTS.add(
    "strange-rule-refused", says="A ProcessRule that is no rule is refused: 400 InvalidArgument."
)
@hook("find_queue")
def strange_rule_refused(behaviour: Behaviour, inner: Any, wanted: JobRequest) -> Any:
    inline = wanted.pic_process
    if not wanted.template_id and inline is not None:
        rules = ("imageMogr2/", "imageView2/", "watermark/")
        if not (inline.process_rule or "").startswith(rules):
            raise argument("ProcessRule is not a rule")
    return inner(wanted)


@VARIANTS.add(
    "strange-output-refused",
    says="An Output that is not in the bucket of the Host is 403 WriteTargetBucketDenied.",
)
@hook("find_queue")
def strange_output_refused(behaviour: Behaviour, inner: Any, wanted: JobRequest) -> Any:
    output, own = wanted.output, behaviour.settings
    if output is None or (output.bucket, output.region) != (own.bucket, own.region):
        raise Refusal(403, "WriteTargetBucketDenied", "the output bucket is not yours")
    return inner(wanted)


@VARIANTS.add("chunked-requests", says="A chunked body without Content-Length is taken.")
@hook("check_length")
def chunked_requests(behaviour: Behaviour, inner: Any, incoming: Incoming) -> None:
    if "Transfer-Encoding" not in incoming.request.headers:
        inner(incoming)


# ---- what does not exist ----


class _Coding(Behaviour):
    """Refuses what does not exist, or is not pending, with statuses and codes of its own."""

    _queue = (400, "QueueNotFound")
    _template = (400, "TemplateNotFound")
    _job = (404, "AuditingJobNotFound")
    _pending = (400, "InvalidArgument")

    def find_queue(self, wanted: JobRequest) -> Queue:
        try:
            return super().find_queue(wanted)
        except Refusal as refusal:
            raise Refusal(*self._queue, refusal.message) from None

    def find_template(self, wanted: JobRequest) -> Template | None:
        try:
            return super().find_template(wanted)
        except Refusal as refusal:
            raise Refusal(*self._template, refusal.message) from None

    def find_job(self, incoming: Incoming) -> StoredJob:
        try:
            return super().find_job(incoming)
        except Refusal as refusal:
            raise Refusal(*self._job, refusal.message) from None

    def cancel_job(self, incoming: Incoming) -> Node | None:
        job = self.find_job(incoming)
        if not self.may_cancel(job):
            raise Refusal(*self._pending, "the job is not pending")
        return super().cancel_job(incoming)


@VARIANTS.add(
    "missing-is-argument",
    says="A queue, template or job that does not exist is 400 InvalidArgument.",
    errata=("E14",),
)
class MissingIsArgument(_Coding):
    _queue = _template = _job = (400, "InvalidArgument")
    _pending = (400, "ResourceNotSupported")


@VARIANTS.add(
    "missing-is-denied",
    says="A queue, template or job that does not exist is 403 AccessDenied.",
    errata=("E14",),
)
class MissingIsDenied(_Coding):
    _queue = _template = _job = _pending = (403, "AccessDenied")


@VARIANTS.add(
    "missing-is-unprocessable",
    says="QueueNotFound and TemplateNotFound come with statuses of their own, 422 and 409.",
    errata=("E14",),
)
class MissingIsUnprocessable(_Coding):
    _queue = (422, "QueueNotFound")
    _template = (409, "TemplateNotFound")
    _job = (400, "ResourceNotFound")


# ---- what errors say ----


@VARIANTS.add("errors-in-chinese", says="Error messages are Chinese, with special characters.")
@hook("error_message")
def errors_in_chinese(behaviour: Behaviour, inner: Any, refusal: Refusal) -> str:
    return f'\u8bf7\u6c42 <{refusal.code}> \u65e0\u6548 & "\u9519\u8bef" ]]>\n  {inner(refusal)}'


@VARIANTS.add("errors-at-length", says="Error messages have eight thousand characters.")
@hook("error_message")
def errors_at_length(behaviour: Behaviour, inner: Any, refusal: Refusal) -> str:
    return f"{inner(refusal)} {'and so on ' * 800}"


# ---- not now ----


@VARIANTS.add(
    "slow-down-now-and-then",
    says="Every 23rd request is answered with 429 SlowDown; the same one is taken a moment later.",
)
class SlowDownNowAndThen(Behaviour):
    def perform(self, incoming: Incoming) -> Node | None:
        if self.every(23, "slowing"):
            raise Refusal(429, "SlowDown", "reduce your request rate")
        return super().perform(incoming)


@VARIANTS.add("unavailable-now-and-then", says="Every 31st request is answered with a 503.")
class UnavailableNowAndThen(Behaviour):
    def perform(self, incoming: Incoming) -> Node | None:
        if self.every(31, "failing"):
            raise Refusal(503, "ServiceUnavailable", "try again later")
        return super().perform(incoming)
