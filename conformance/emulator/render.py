"""Hooks that write a job as its ``JobsDetail`` node, small piece by small piece."""

from __future__ import annotations

from conformance.emulator.life import Life
from conformance.emulator.results import callback_result, pictures, upload_result
from conformance.emulator.store import StoredJob
from conformance.emulator.values import Operation
from conformance.spec.messages import leaf, output_node, pic_process_node
from conformance.spec.names import TAG
from conformance.spec.states import State
from conformance.spec.times import NO_TIME, format_job_time
from conformance.spec.xml import Node, element

#: Output's nodes in the order of the page's response sample.
_OUTPUT = (("Bucket", "bucket"), ("Object", "object"), ("Region", "region"))


class Rendering(Life):
    """The views of a job; ``operation`` says for whom."""

    def render_job(self, job: StoredJob, operation: Operation) -> Node:
        """One ``JobsDetail``, in the order of the page's sample."""
        return element(
            "JobsDetail",
            leaf("Code", self.code_of(job)),
            leaf("Message", self.message_of(job)),
            leaf("JobId", self.job_id_of(job)),
            leaf("State", self.state_of(job)),
            leaf("CreationTime", self.creation_time_of(job)),
            leaf("EndTime", self.end_time_of(job)),
            leaf("StartTime", self.start_time_of(job)),
            leaf("QueueId", self.queue_id_of(job)),
            leaf("Tag", self.tag_of(job)),
            self.render_input(job),
            self.render_operation(job, operation),
        )

    def render_input(self, job: StoredJob) -> Node | None:
        """RSP-18, E1: BucketId, as in every sample."""
        return element(
            "Input",
            leaf("BucketId", job.bucket),
            leaf("Object", self.input_object_of(job)),
            leaf("Region", job.region),
        )

    def render_operation(self, job: StoredJob, operation: Operation) -> Node | None:
        return element(
            "Operation",
            self.render_output(job),
            leaf("TemplateId", self.template_id_of(job)),
            leaf("TemplateName", self.template_name_of(job)),
            self.render_pic_process(job),
            self.render_result(job, operation),
            leaf("UserData", self.user_data_of(job)),
            leaf("JobLevel", self.job_level_of(job)),
        )

    def code_of(self, job: StoredJob) -> str | None:
        """RSP-27, RSP-28, E2: ``Success`` until the job has failed, as in the samples."""
        return job.code if self.state_of(job) == State.FAILED else "Success"

    def message_of(self, job: StoredJob) -> str | None:
        """RSP-27, RSP-28, E2."""
        return job.message if self.state_of(job) == State.FAILED else ""

    def job_id_of(self, job: StoredJob) -> str | None:
        """RSP-12."""
        return job.job_id

    def state_of(self, job: StoredJob) -> str:
        """RSP-14: the state as it is shown, in lists and their filters too."""
        return job.state.value

    def creation_time_of(self, job: StoredJob) -> str | None:
        """RSP-15."""
        return self.time_text(job.created)

    def start_time_of(self, job: StoredJob) -> str | None:
        """RSP-16, STA-02 to STA-05."""
        return self.time_text(job.started)

    def end_time_of(self, job: StoredJob) -> str | None:
        """RSP-16, STA-02 to STA-05."""
        return self.time_text(job.ended)

    def time_text(self, moment: float | None) -> str:
        return NO_TIME if moment is None else format_job_time(moment)

    def queue_id_of(self, job: StoredJob) -> str | None:
        """RSP-17."""
        return job.request.queue_id

    def tag_of(self, job: StoredJob) -> str | None:  # noqa: ARG002  for overriding
        """RSP-13."""
        return TAG

    def input_object_of(self, job: StoredJob) -> str | None:
        """RSP-18, REQ-37."""
        return job.request.input_object

    def render_output(self, job: StoredJob) -> Node | None:
        """RSP-20."""
        return output_node(job.request.output, _OUTPUT)

    def template_id_of(self, job: StoredJob) -> str | None:
        """RSP-21, RSP-30."""
        return job.request.template_id or None

    def template_name_of(self, job: StoredJob) -> str | None:
        """RSP-22."""
        return job.template_name

    def render_pic_process(self, job: StoredJob) -> Node | None:
        """RSP-23: the inline rule, echoed when it is the one that is used."""
        return None if job.request.template_id else pic_process_node(job.request.pic_process)

    def render_result(self, job: StoredJob, operation: Operation) -> Node | None:
        """RSP-26, STA-11: only a job that succeeded has output."""
        if self.state_of(job) != State.SUCCESS:
            return None
        before, after = pictures(job, self.rule_of(job))
        if operation is Operation.CALLBACK:
            return callback_result(before, after)
        return upload_result(before, after)

    def rule_of(self, job: StoredJob) -> str:
        """The processing rule: the template's when there is one (RSP-30), else the inline one."""
        template = self.store.templates.get(job.request.template_id or "")
        if template is not None:
            return template.rule
        inline = job.request.pic_process
        return (inline and inline.process_rule) or ""

    def user_data_of(self, job: StoredJob) -> str | None:
        """RSP-24."""
        return job.request.user_data

    def job_level_of(self, job: StoredJob) -> str | None:
        """RSP-25, E4: ``0`` when the request had none."""
        return job.request.job_level or "0"
