"""Hooks of the task callback: whether, where, when and how a finished job is announced."""

from __future__ import annotations

import json

from conformance.emulator.render import Rendering
from conformance.emulator.store import StoredJob
from conformance.emulator.values import CallbackMessage, Notice, Operation
from conformance.spec.messages import node_to_json
from conformance.spec.states import State
from conformance.spec.xml import Node, element, write_xml

#: E25: a cancelled job is not announced.
ANNOUNCED = frozenset({State.SUCCESS, State.FAILED})


class CallbackRules(Rendering):
    """What a callback is; the sending is :mod:`conformance.emulator.sender`'s."""

    def notices(self, job: StoredJob, state: State) -> tuple[Notice, ...]:
        """CBK-01, CBK-07, CBK-08: one callback, once the job is final."""
        url = self.callback_url(job)
        if state not in ANNOUNCED or url is None:
            return ()
        return (Notice(job, url, self.callback_format(job), self.callback_delay(job)),)

    def callback_url(self, job: StoredJob) -> str | None:
        """CBK-06: the request's address before the queue's; ``no`` silences both."""
        if job.request.call_back_type == "TDMQ":
            return None
        given = job.request.call_back or self.queue_callback_url(job)
        return None if given in {"", "no"} else given

    def queue_callback_url(self, job: StoredJob) -> str:
        """The queue's own address, when its callback is switched on (GET /picqueue)."""
        queue = self.store.queues[job.request.queue_id or ""]
        return queue.callback_url if queue.callback_on else ""

    def callback_format(self, job: StoredJob) -> str:
        """CBK-02, CBK-03: the request's format before the queue's."""
        queue = self.store.queues[job.request.queue_id or ""]
        return job.request.call_back_format or queue.callback_format

    def callback_delay(self, job: StoredJob) -> float:  # noqa: ARG002  for overriding
        """Seconds from the state that calls for the callback to its sending."""
        return 0.0

    def callback_message(self, notice: Notice) -> CallbackMessage:
        """The callback as it is sent."""
        body = self.callback_body(notice, self.callback_document(notice))
        return CallbackMessage("POST", notice.url, self.callback_headers(notice), body)

    def callback_document(self, notice: Notice) -> Node:
        """CBK-04, CBK-05."""
        return element(
            "Response",
            element("EventName", self.event_name(notice)),
            self.render_job(notice.job, Operation.CALLBACK),
        )

    def event_name(self, notice: Notice) -> str:  # noqa: ARG002  for overriding
        """CBK-04."""
        return "TaskFinish"

    def callback_body(self, notice: Notice, document: Node) -> bytes:
        """CBK-02, CBK-03."""
        if notice.format == "JSON":
            return json.dumps(node_to_json(document), ensure_ascii=False).encode("utf-8")
        return write_xml(document)

    def callback_headers(self, notice: Notice) -> tuple[tuple[str, str], ...]:
        """CBK-02, CBK-03; Host and Content-Length are the sender's."""
        kind = "application/json" if notice.format == "JSON" else "application/xml"
        return (("Content-Type", kind), ("User-Agent", "tencent-ci"))

    def retry_delay(self, notice: Notice, attempt: int, status: int | None) -> float | None:  # noqa: ARG002
        """CBK-09: seconds until the next attempt, or None when there is to be none.

        ``attempt`` counts from 1; ``status`` is what the receiver answered, None when nothing came.
        """
        if attempt >= self.settings.callback_attempts or (status is not None and status < 500):
            return None
        return self.settings.callback_retry_delay
