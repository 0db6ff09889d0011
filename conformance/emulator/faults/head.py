"""Faults of the outside of every response: status and common headers (RSP-01 to RSP-08)."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.values import Answer, Delivery, Incoming, Operation, Segment
from conformance.spec.clauses import Level
from conformance.spec.times import format_http_date

FAULTS = Faults()

Pairs = tuple[tuple[str, str], ...]
SHOULD = Level.SHOULD
_EAST = 8 * 3600


# ---- RSP-01: status ----


@FAULTS.add("create-201", "RSP-01", says="Create answers 201 Created.")
class Create201(Behaviour):
    def success_status(self, incoming: Incoming) -> int:
        return 201 if incoming.operation is Operation.CREATE else super().success_status(incoming)


@FAULTS.add("create-202", "RSP-01", says="Create answers 202 Accepted.")
class Create202(Behaviour):
    def success_status(self, incoming: Incoming) -> int:
        return 202 if incoming.operation is Operation.CREATE else super().success_status(incoming)


@FAULTS.add("create-202-inline", "RSP-01", says="A create with an inline rule answers 202.")
class Create202Inline(Behaviour):
    def success_status(self, incoming: Incoming) -> int:
        wanted = incoming.job_request
        inline = wanted is not None and not wanted.template_id
        return 202 if inline else super().success_status(incoming)


@FAULTS.add("describe-203", "RSP-01", "QRY-01", says="Describe answers 203, as a proxy would.")
class Describe203(Behaviour):
    def success_status(self, incoming: Incoming) -> int:
        return 203 if incoming.operation is Operation.DESCRIBE else super().success_status(incoming)


@FAULTS.add("list-206", "RSP-01", "QRY-10", says="List answers 206 Partial Content.")
class List206(Behaviour):
    def success_status(self, incoming: Incoming) -> int:
        return 206 if incoming.operation is Operation.LIST else super().success_status(incoming)


# ---- RSP-02: Content-Type ----


class _SuccessType(Behaviour):
    """Another Content-Type on success; errors keep theirs (they are ERR-02's)."""

    _kind: str | None = None

    def content_type(self, answer: Answer) -> str | None:
        usual = super().content_type(answer)
        return usual if answer.refused or usual is None else self._kind


@FAULTS.add("type-text-xml", "RSP-02", says="Success comes as text/xml.")
class TypeTextXml(_SuccessType):
    _kind = "text/xml; charset=utf-8"


@FAULTS.add("type-json", "RSP-02", says="Success is XML, yet is sent as application/json.")
class TypeJson(_SuccessType):
    _kind = "application/json"


@FAULTS.add("type-octets", "RSP-02", says="Success comes as application/octet-stream.")
class TypeOctets(_SuccessType):
    _kind = "application/octet-stream"


@FAULTS.add("type-soap", "RSP-02", says="Success comes as application/soap+xml.")
class TypeSoap(_SuccessType):
    _kind = "application/soap+xml"


@FAULTS.add("type-missing", "RSP-02", says="Success has no Content-Type.")
class TypeMissing(_SuccessType):
    _kind = None


@FAULTS.add("list-type-html", "RSP-02", says="List comes as text/html, a framework's default.")
class ListTypeHtml(Behaviour):
    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        pairs = super().common_headers(incoming, answer)
        if incoming.operation is not Operation.LIST or answer.refused:
            return pairs
        return tuple((n, "text/html" if n == "Content-Type" else v) for n, v in pairs)


# ---- RSP-03: Content-Length ----


class _Closing(Behaviour):
    """Ends the connection after each answer, so that a wrong length spoils no other answer."""

    def deliver(self, incoming: Incoming, answer: Answer) -> Delivery:
        return Delivery(super().deliver(incoming, answer).segments, close=True)

    def connection(self, incoming: Incoming) -> str | None:
        return "close"


@FAULTS.add(
    "length-in-characters",
    "RSP-03",
    says="Content-Length counts characters: short when the answer holds non-ASCII ones.",
)
class LengthInCharacters(_Closing):
    def content_length(self, answer: Answer) -> str | None:
        return str(len(answer.body.decode("utf-8")))


@FAULTS.add("length-one-less", "RSP-03", says="Content-Length leaves out the last byte.")
class LengthOneLess(_Closing):
    def content_length(self, answer: Answer) -> str | None:
        return str(max(0, len(answer.body) - 1))


@FAULTS.add("length-one-more", "RSP-03", says="Content-Length counts a byte that never comes.")
class LengthOneMore(_Closing):
    def content_length(self, answer: Answer) -> str | None:
        return str(len(answer.body) + 1)


@FAULTS.add("length-of-the-sample", "RSP-03", says="Content-Length is 230, as on the page.")
class LengthOfTheSample(_Closing):
    def content_length(self, answer: Answer) -> str | None:
        return "230" if answer.body else "0"


@FAULTS.add("length-missing", "RSP-03", says="HTTP/1.1 without Content-Length or chunks.")
class LengthMissing(_Closing):
    def content_length(self, answer: Answer) -> str | None:
        return None


@FAULTS.add("length-missing-on-errors", "RSP-03", says="Errors have no Content-Length.")
class LengthMissingOnErrors(_Closing):
    def content_length(self, answer: Answer) -> str | None:
        return None if answer.refused else super().content_length(answer)


@FAULTS.add("bytes-after-the-body", "RSP-03", says="A line end follows the body, uncounted.")
class BytesAfterTheBody(_Closing):
    def deliver(self, incoming: Incoming, answer: Answer) -> Delivery:
        made = super().deliver(incoming, answer)
        return Delivery((*made.segments, Segment(b"\r\n")), close=True)


# ---- RSP-04: Date ----


@FAULTS.add("date-missing", "RSP-04", says="There is no Date.")
class DateMissing(Behaviour):
    def date(self, incoming: Incoming) -> str | None:
        return None


@FAULTS.add("date-local", "RSP-04", "RSP-31", says="Date is the time in Chongqing, called GMT.")
class DateLocal(Behaviour):
    def date(self, incoming: Incoming) -> str | None:
        return format_http_date(incoming.arrived + _EAST)


@FAULTS.add("date-zone", "RSP-04", says="Date ends in +0800 rather than GMT.")
class DateZone(Behaviour):
    def date(self, incoming: Incoming) -> str | None:
        return format_http_date(incoming.arrived + _EAST).replace("GMT", "+0800")


@FAULTS.add("date-weekday", "RSP-04", says="Date names the day of the week before.")
class DateWeekday(Behaviour):
    def date(self, incoming: Incoming) -> str | None:
        yesterday = format_http_date(incoming.arrived - 86_400)
        return yesterday[:3] + format_http_date(incoming.arrived)[3:]


@FAULTS.add("date-iso", "RSP-04", says="Date has the ISO 8601 form.")
class DateIso(Behaviour):
    def date(self, incoming: Incoming) -> str | None:
        return f"{datetime.fromtimestamp(int(incoming.arrived), UTC):%Y-%m-%dT%H:%M:%SZ}"


@FAULTS.add("date-rfc-850", "RSP-04", says="Date has the obsolete RFC 850 form.")
class DateRfc850(Behaviour):
    def date(self, incoming: Incoming) -> str | None:
        return f"{datetime.fromtimestamp(int(incoming.arrived), UTC):%A, %d-%b-%y %H:%M:%S GMT}"


@FAULTS.add(
    "date-of-the-sample",
    "RSP-04",
    "RSP-31",
    says="Date stands still at the sample of the page.",
)
class DateOfTheSample(Behaviour):
    def date(self, incoming: Incoming) -> str | None:
        return "Mon, 18 Jul 2022 19:37:29 GMT"


@FAULTS.add("date-missing-on-errors", "RSP-04", says="Errors have no Date.")
class DateMissingOnErrors(Behaviour):
    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        pairs = super().common_headers(incoming, answer)
        return tuple(p for p in pairs if p[0] != "Date") if answer.refused else pairs


@FAULTS.add("date-missing-sometimes", "RSP-04", says="One answer in twenty has no Date.")
class DateMissingSometimes(Behaviour):
    def date(self, incoming: Incoming) -> str | None:
        return None if self.every(20, "date") else super().date(incoming)


# ---- RSP-05: Server ----


@FAULTS.add("server-missing", "RSP-05", says="There is no Server header.", level=SHOULD)
class ServerMissing(Behaviour):
    def server_name(self) -> str | None:
        return None


@FAULTS.add("server-other", "RSP-05", says="Server names the web server in use.", level=SHOULD)
class ServerOther(Behaviour):
    def server_name(self) -> str | None:
        return "nginx/1.25.3"


@FAULTS.add("server-cos", "RSP-05", says="Server is tencent-cos.", level=SHOULD)
class ServerCos(Behaviour):
    def server_name(self) -> str | None:
        return "tencent-cos"


# ---- RSP-06: x-ci-request-id ----


@FAULTS.add("request-id-missing", "RSP-06", says="Success has no x-ci-request-id.")
class RequestIdMissing(Behaviour):
    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        pairs = super().common_headers(incoming, answer)
        return pairs if answer.refused else tuple(p for p in pairs if p[0] != "x-ci-request-id")


@FAULTS.add("request-id-empty", "RSP-06", says="Success has an empty x-ci-request-id.")
class RequestIdEmpty(Behaviour):
    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        pairs = super().common_headers(incoming, answer)
        if answer.refused:
            return pairs
        return tuple((n, "" if n == "x-ci-request-id" else v) for n, v in pairs)


@FAULTS.add("request-id-constant", "RSP-06", says="Every x-ci-request-id is the page's sample.")
class RequestIdConstant(Behaviour):
    def new_request_id(self, now: float) -> str:
        return "NjMxMDJhYTNfMThhYTk0MGFfYmU1OV8zZjc="


@FAULTS.add("request-id-by-second", "RSP-06", says="x-ci-request-id is the time in seconds.")
class RequestIdBySecond(Behaviour):
    def new_request_id(self, now: float) -> str:
        return f"{int(now):x}"


@FAULTS.add("request-id-repeats", "RSP-06", says="Every tenth x-ci-request-id was there before.")
class RequestIdRepeats(Behaviour):
    _last = ""

    def new_request_id(self, now: float) -> str:
        if not self.every(10, "repeated request id"):
            self._last = super().new_request_id(now)
        return self._last


@FAULTS.add(
    "request-id-lost-on-cancel",
    "RSP-06",
    "ERR-07",
    says="Cancel answers without x-ci-request-id.",
)
class RequestIdLostOnCancel(Behaviour):
    def request_id_header(self, incoming: Incoming) -> str | None:
        lost = incoming.operation is Operation.CANCEL
        return None if lost else super().request_id_header(incoming)


# ---- RSP-07: x-ci-trace-id ----


@FAULTS.add("trace-id-on-success", "RSP-07", says="x-ci-trace-id is there on success too.")
class TraceIdOnSuccess(Behaviour):
    def trace_id_header(self, incoming: Incoming, answer: Answer) -> str | None:
        return incoming.trace_id


@FAULTS.add("trace-id-on-list", "RSP-07", says="List has x-ci-trace-id although it succeeded.")
class TraceIdOnList(Behaviour):
    def trace_id_header(self, incoming: Incoming, answer: Answer) -> str | None:
        if incoming.operation is Operation.LIST:
            return incoming.trace_id
        return super().trace_id_header(incoming, answer)


@FAULTS.add("trace-id-sometimes", "RSP-07", says="One success in twenty has x-ci-trace-id.")
class TraceIdSometimes(Behaviour):
    def trace_id_header(self, incoming: Incoming, answer: Answer) -> str | None:
        if not answer.refused and self.every(20, "trace id on success"):
            return incoming.trace_id
        return super().trace_id_header(incoming, answer)


# ---- RSP-08: Connection ----


@FAULTS.add("connection-upgrade", "RSP-08", says="Connection is Upgrade.")
class ConnectionUpgrade(Behaviour):
    def connection(self, incoming: Incoming) -> str | None:
        return "Upgrade"


@FAULTS.add("connection-made-up", "RSP-08", says="Connection is persistent, a made-up word.")
class ConnectionMadeUp(Behaviour):
    def connection(self, incoming: Incoming) -> str | None:
        return "persistent" if incoming.keep_alive else "close"
