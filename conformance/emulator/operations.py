"""Hooks that carry out the four operations, and the way of a request through all the others."""

from __future__ import annotations

import uuid

from conformance.emulator.answers import Answering, Success
from conformance.emulator.auth import SignatureRules
from conformance.emulator.callbacks import CallbackRules
from conformance.emulator.gate import Gate
from conformance.emulator.listing import Listing
from conformance.emulator.store import Queue, StoredJob, Template
from conformance.emulator.validate import BodyRules
from conformance.emulator.values import Answer, Incoming, Operation, Refusal, shown
from conformance.spec.messages import JobRequest, leaf
from conformance.spec.wire import Request
from conformance.spec.xml import Node, element


class Operations(Gate, SignatureRules, BodyRules, Listing, CallbackRules, Answering):
    """Create, describe, list, cancel."""

    def receive(
        self, request: Request, *, body_size: int | None = None, keep_alive: bool = True
    ) -> Incoming:
        """A request as the hooks see it. ``body_size`` is given when bytes were thrown away."""
        now = self.now()
        return Incoming(
            request,
            now,
            self.new_request_id(now),
            self.new_trace_id(),
            len(request.body) if body_size is None else body_size,
            keep_alive,
            request.params,
        )

    def handle(self, incoming: Incoming) -> Answer:
        """The answer to one request."""
        with self.store.lock:
            self.advance(incoming.arrived)
            try:
                document = self.perform(incoming)
            except Refusal as refusal:
                self.refused(incoming, refusal)
                return self.fail(incoming, refusal)
            return self.succeed(incoming, document)

    def perform(self, incoming: Incoming) -> Success:
        """Judge the request's outside in order, then do what it asks."""
        self.check_host(incoming)
        incoming.operation = self.route(incoming)
        self.authorise(incoming)
        self.check_bucket(incoming)
        return self.dispatch(incoming)

    def dispatch(self, incoming: Incoming) -> Success:
        if incoming.operation is Operation.CREATE:
            return self.create(incoming)
        if incoming.operation is Operation.DESCRIBE:
            return self.describe(incoming)
        if incoming.operation is Operation.LIST:
            return self.list_jobs(incoming)
        return self.cancel_job(incoming)

    def refused(self, incoming: Incoming, refusal: Refusal) -> None:
        """A request was refused; ERR-10 asks that nothing is left of it."""

    def create(self, incoming: Incoming) -> Success:
        """CreatePicJobs."""
        self.check_content(incoming)
        incoming.job_request = self.understand(incoming)
        queue = self.find_queue(incoming.job_request)
        template = self.find_template(incoming.job_request)
        job = self.make_job(incoming, incoming.job_request, template)
        self.admit(job, queue)
        incoming.job = job
        return self.create_document(incoming, job)

    def find_queue(self, wanted: JobRequest) -> Queue:
        """REQ-40."""
        queue = self.store.queues.get(wanted.queue_id or "")
        if queue is None:
            raise Refusal(404, "QueueNotFound", f"there is no queue {shown(wanted.queue_id or '')}")
        return queue

    def find_template(self, wanted: JobRequest) -> Template | None:
        """REQ-41; None when the request names no template."""
        if not wanted.template_id:
            return None
        template = self.store.templates.get(wanted.template_id)
        if template is None:
            raise Refusal(
                404, "TemplateNotFound", f"there is no template {shown(wanted.template_id)}"
            )
        return template

    def make_job(
        self, incoming: Incoming, wanted: JobRequest, template: Template | None
    ) -> StoredJob:
        bucket, region = self.host_parts(incoming)
        return StoredJob(
            number=self.count("job"),
            job_id=self.new_job_id(),
            request=wanted,
            bucket=bucket,
            region=region,
            created=incoming.arrived,
            template_name=None if template is None else template.name,
        )

    def new_job_id(self) -> str:
        """RSP-12: unique, in the shape of the page's sample."""
        return f"c{uuid.uuid4().hex}"

    def admit(self, job: StoredJob, queue: Queue) -> None:  # noqa: ARG002  for overriding
        """Remember the job and start its life."""
        self.store.add(job)
        self.enter(job)

    def create_document(self, incoming: Incoming, job: StoredJob) -> Node:  # noqa: ARG002
        """RSP-10, RSP-11."""
        return element("Response", self.render_job(job, Operation.CREATE))

    def describe(self, incoming: Incoming) -> Success:
        """DescribePicJob."""
        found, missing = self.look_up(incoming.job_ids)
        return self.describe_document(found, missing)

    def look_up(self, job_ids: tuple[str, ...]) -> tuple[tuple[StoredJob, ...], tuple[str, ...]]:
        """QRY-01, QRY-02, QRY-04: the jobs that exist, as asked for, and the ids that do not."""
        found = {job_id: self.store.find(job_id) for job_id in job_ids}
        return (
            tuple(job for job in found.values() if job is not None),
            tuple(job_id for job_id, job in found.items() if job is None),
        )

    def describe_document(self, found: tuple[StoredJob, ...], missing: tuple[str, ...]) -> Node:
        """QRY-02, QRY-03, E12: the ids that do not exist, joined by commas."""
        jobs = (self.render_job(job, Operation.DESCRIBE) for job in found)
        return element("Response", *jobs, leaf("NonExistJobIds", ",".join(missing) or None))

    def list_jobs(self, incoming: Incoming) -> Success:
        """DescribePicJobs."""
        jobs, token = self.select_jobs(incoming)
        return self.list_document(jobs, token)

    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        """QRY-10, QRY-14: at the end there is no NextToken."""
        details = (self.render_job(job, Operation.LIST) for job in jobs)
        return element("Response", *details, leaf("NextToken", token))

    def cancel_job(self, incoming: Incoming) -> Success:
        """CancelPicJob; its success has no body."""
        job = self.find_job(incoming)
        incoming.job = job
        if not self.may_cancel(job):
            raise Refusal(400, "InvalidArgument", f"a job in state {job.state} is not pending")
        self.cancel(job, incoming.arrived)
        return None

    def find_job(self, incoming: Incoming) -> StoredJob:
        """QRY-22, E14."""
        job = self.store.find(incoming.job_ids[0])
        if job is None:
            raise Refusal(404, "AuditingJobNotFound", "there is no such job")
        return job
