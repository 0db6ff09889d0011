"""Hooks that turn what was decided into a response: document, headers, bytes, delivery."""

from __future__ import annotations

import base64
import os
import secrets
from http import HTTPStatus

from conformance.emulator.hooks import Hooks
from conformance.emulator.values import Answer, Delivery, Incoming, Refusal, Segment
from conformance.spec.messages import ErrorBody
from conformance.spec.times import format_http_date
from conformance.spec.wire import Headers
from conformance.spec.xml import Node, write_xml

#: An operation's success: its document, or None where the body is empty (cancel).
Success = Node | None
Pairs = tuple[tuple[str, str], ...]


class Answering(Hooks):
    """The common response headers, the two kinds of document, and how they go onto the wire."""

    def new_request_id(self, now: float) -> str:
        """RSP-06: Base64, unique, in the shape of the page's sample."""
        text = f"{int(now):08x}_{secrets.randbits(32):08x}_{os.getpid() & 0xFFFF:x}"
        return to_base64(f"{text}_{self.count('request id'):x}")

    def new_trace_id(self) -> str:
        """ERR-08."""
        return to_base64(secrets.token_hex(16))

    def succeed(self, incoming: Incoming, document: Success) -> Answer:
        """RSP-01."""
        body = b"" if document is None else self.serialise(document)
        status = self.success_status(incoming)
        return self.finish_answer(incoming, Answer(status, Headers(), body))

    def success_status(self, incoming: Incoming) -> int:  # noqa: ARG002  for overriding
        return 200

    def fail(self, incoming: Incoming, refusal: Refusal) -> Answer:
        """ERR-01 to ERR-04."""
        body = self.serialise_error(self.error_document(incoming, refusal))
        bare = Answer(self.error_status(refusal), Headers(refusal.headers), body, refused=True)
        return self.finish_answer(incoming, bare)

    def error_status(self, refusal: Refusal) -> int:
        """ERR-06."""
        return refusal.status

    def error_document(self, incoming: Incoming, refusal: Refusal) -> Node:
        """ERR-03, ERR-04, ERR-07, ERR-08."""
        return ErrorBody(
            code=self.error_code(refusal),
            message=self.error_message(refusal),
            request_id=incoming.request_id,
            trace_id=incoming.trace_id,
        ).to_node()

    def error_code(self, refusal: Refusal) -> str:
        """ERR-05."""
        return refusal.code

    def error_message(self, refusal: Refusal) -> str:
        """ERR-11."""
        return refusal.message

    def serialise(self, document: Node) -> bytes:
        """RSP-10."""
        return write_xml(document)

    def serialise_error(self, document: Node) -> bytes:
        """ERR-03."""
        return self.serialise(document)

    def finish_answer(self, incoming: Incoming, answer: Answer) -> Answer:
        """The answer with all its headers: its own, then the common ones."""
        own = answer.headers.items
        pairs = (*own, *self.common_headers(incoming, answer))
        return Answer(answer.status, Headers(pairs), answer.body, answer.refused)

    def common_headers(self, incoming: Incoming, answer: Answer) -> Pairs:
        """RSP-02 to RSP-08, in the order of the page's sample."""
        pairs = (
            ("Content-Type", self.content_type(answer)),
            ("Content-Length", self.content_length(answer)),
            ("Connection", self.connection(incoming)),
            ("Date", self.date(incoming)),
            ("Server", self.server_name()),
            ("x-ci-request-id", self.request_id_header(incoming)),
            ("x-ci-trace-id", self.trace_id_header(incoming, answer)),
        )
        return tuple((name, value) for name, value in pairs if value is not None)

    def content_type(self, answer: Answer) -> str | None:
        """RSP-02: where there is a body."""
        return "application/xml" if answer.body else None

    def content_length(self, answer: Answer) -> str | None:
        """RSP-03."""
        return str(len(answer.body))

    def connection(self, incoming: Incoming) -> str | None:
        """RSP-08."""
        return "keep-alive" if incoming.keep_alive else "close"

    def date(self, incoming: Incoming) -> str | None:
        """RSP-04."""
        return format_http_date(incoming.arrived)

    def server_name(self) -> str | None:
        """RSP-05."""
        return "tencent-ci"

    def request_id_header(self, incoming: Incoming) -> str | None:
        """RSP-06, ERR-07."""
        return incoming.request_id

    def trace_id_header(self, incoming: Incoming, answer: Answer) -> str | None:
        """RSP-07, ERR-08: only when the request failed."""
        return incoming.trace_id if answer.refused else None

    def deliver(self, incoming: Incoming, answer: Answer) -> Delivery:
        """How the answer travels: here in one piece."""
        data = self.head_bytes(answer) + self.body_bytes(incoming, answer)
        return Delivery((Segment(data),), close=not incoming.keep_alive)

    def head_bytes(self, answer: Answer) -> bytes:
        lines = [self.status_line(answer), *(f"{key}: {value}" for key, value in answer.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def status_line(self, answer: Answer) -> str:
        return f"HTTP/1.1 {answer.status} {reason(answer.status)}"

    def body_bytes(self, incoming: Incoming, answer: Answer) -> bytes:
        """The body as it is framed; a HEAD has none (RFC 9110, 9.3.2)."""
        return b"" if incoming.request.method == "HEAD" else answer.body


def reason(status: int) -> str:
    """The reason phrase of a status; empty when it has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def to_base64(text: str) -> str:
    return base64.b64encode(text.encode("ascii")).decode("ascii")
