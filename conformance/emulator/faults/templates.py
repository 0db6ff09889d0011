"""Faults of what a success says of the job's rule: template or inline (RSP-21, 22, 23, 30)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from conformance.emulator.behaviour import Behaviour
from conformance.emulator.deviation import Faults
from conformance.emulator.store import StoredJob, Template
from conformance.emulator.trees import drop, edit, put, rewrite
from conformance.emulator.values import Incoming, Operation
from conformance.spec.messages import JobRequest
from conformance.spec.xml import Node

FAULTS = Faults()


# ---- RSP-21, RSP-22, RSP-30: template ----


@FAULTS.add("template-id-missing", "RSP-21", says="TemplateId is not repeated.")
class TemplateIdMissing(Behaviour):
    def template_id_of(self, job: StoredJob) -> str | None:
        return None


@FAULTS.add("template-id-cut", "RSP-21", says="TemplateId is cut at 32 characters.")
class TemplateIdCut(Behaviour):
    def template_id_of(self, job: StoredJob) -> str | None:
        usual = super().template_id_of(job)
        return usual and usual[:32]


@FAULTS.add(
    "template-made-up",
    "RSP-21",
    "RSP-22",
    says="A job with an inline rule shows the first template.",
)
class TemplateMadeUp(Behaviour):
    def template_id_of(self, job: StoredJob) -> str | None:
        return super().template_id_of(job) or next(iter(self.store.templates))

    def template_name_of(self, job: StoredJob) -> str | None:
        return super().template_name_of(job) or "test"


@FAULTS.add(
    "template-id-lost-in-lists",
    "RSP-21",
    "QRY-10",
    says="Lists show TemplateName without TemplateId.",
)
class TemplateIdLostInLists(Behaviour):
    def list_document(self, jobs: tuple[StoredJob, ...], token: str | None) -> Node:
        return drop(super().list_document(jobs, token), "JobsDetail/Operation/TemplateId")


@FAULTS.add("template-name-missing", "RSP-22", says="TemplateName is left out.")
class TemplateNameMissing(Behaviour):
    def template_name_of(self, job: StoredJob) -> str | None:
        return None


@FAULTS.add("template-name-empty", "RSP-22", says="TemplateName is empty.")
class TemplateNameEmpty(Behaviour):
    def template_name_of(self, job: StoredJob) -> str | None:
        return None if job.template_name is None else ""


@FAULTS.add(
    "template-name-without-template", "RSP-22", says="TemplateName is there without TemplateId."
)
class TemplateNameWithoutTemplate(Behaviour):
    def template_name_of(self, job: StoredJob) -> str | None:
        return job.template_name or "custom"


@FAULTS.add(
    "template-name-lost-in-describe",
    "RSP-22",
    "QRY-01",
    says="Describe leaves TemplateName out.",
)
class TemplateNameLostInDescribe(Behaviour):
    def render_operation(self, job: StoredJob, operation: Operation) -> Node | None:
        made = super().render_operation(job, operation)
        return made and drop(made, "TemplateName") if operation is Operation.DESCRIBE else made


@FAULTS.add(
    "inline-before-template",
    "RSP-30",
    "RSP-21",
    says="With both a template and an inline rule, the inline rule is used.",
)
class InlineBeforeTemplate(Behaviour):
    def make_job(
        self, incoming: Incoming, wanted: JobRequest, template: Template | None
    ) -> StoredJob:
        if wanted.pic_process is not None:
            wanted, template = replace(wanted, template_id=None), None
        return super().make_job(incoming, wanted, template)


@FAULTS.add(
    "both-without-name",
    "RSP-30",
    "RSP-22",
    says="With both a template and an inline rule, TemplateName is left out.",
)
class BothWithoutName(Behaviour):
    def template_name_of(self, job: StoredJob) -> str | None:
        return super().template_name_of(job) if job.request.pic_process is None else None


# ---- RSP-23: the inline rule ----


@FAULTS.add("rule-missing", "RSP-23", says="PicProcess is not repeated.")
class RuleMissing(Behaviour):
    def render_pic_process(self, job: StoredJob) -> Node | None:
        return None


class _InlineRule(Behaviour):
    """Another echo of the inline rule."""

    def render_pic_process(self, job: StoredJob) -> Node | None:
        made = super().render_pic_process(job)
        return made and self._changed(made)

    def _changed(self, node: Node) -> Node:
        raise NotImplementedError


@FAULTS.add("rule-without-info", "RSP-23", says="PicProcess is repeated without IsPicInfo.")
class RuleWithoutInfo(_InlineRule):
    def _changed(self, node: Node) -> Node:
        return drop(node, "IsPicInfo")


@FAULTS.add("rule-info-number", "RSP-23", says="IsPicInfo comes back as 1 or 0.")
class RuleInfoNumber(_InlineRule):
    def _changed(self, node: Node) -> Node:
        return rewrite(node, "IsPicInfo", lambda text: "1" if text == "true" else "0")


@FAULTS.add("rule-info-capital", "RSP-23", says="IsPicInfo comes back as True or False.")
class RuleInfoCapital(_InlineRule):
    def _changed(self, node: Node) -> Node:
        return rewrite(node, "IsPicInfo", str.capitalize)


@FAULTS.add("rule-info-always-true", "RSP-23", says="IsPicInfo false comes back as true.")
class RuleInfoAlwaysTrue(_InlineRule):
    def _changed(self, node: Node) -> Node:
        return put(node, "IsPicInfo", "true")


@FAULTS.add("rule-empty", "RSP-23", says="ProcessRule comes back empty.")
class RuleEmpty(_InlineRule):
    def _changed(self, node: Node) -> Node:
        return put(node, "ProcessRule", "")


@FAULTS.add("rule-encoded", "RSP-23", says="The slashes of ProcessRule are percent-encoded.")
class RuleEncoded(_InlineRule):
    def _changed(self, node: Node) -> Node:
        return rewrite(node, "ProcessRule", lambda text: quote(text, safe=""))


@FAULTS.add(
    "rule-lost-in-describe", "RSP-23", "QRY-01", "STA-08", says="Describe leaves PicProcess out."
)
class RuleLostInDescribe(Behaviour):
    def render_operation(self, job: StoredJob, operation: Operation) -> Node | None:
        made = super().render_operation(job, operation)
        return made and drop(made, "PicProcess") if operation is Operation.DESCRIBE else made


@FAULTS.add("rule-flat", "RSP-23", says="ProcessRule stands in Operation, without PicProcess.")
class RuleFlat(Behaviour):
    def render_operation(self, job: StoredJob, operation: Operation) -> Node | None:
        made = super().render_operation(job, operation)
        return made and edit(made, "PicProcess", lambda node: node.children)


@FAULTS.add("rule-chain-cut", "RSP-23", says="ProcessRule ends at its first vertical bar.")
class RuleChainCut(_InlineRule):
    def _changed(self, node: Node) -> Node:
        return rewrite(node, "ProcessRule", lambda rule: rule.partition("|")[0])


@FAULTS.add("rule-lower-case", "RSP-23", says="ProcessRule comes back in lower case.")
class RuleLowerCase(_InlineRule):
    def _changed(self, node: Node) -> Node:
        return rewrite(node, "ProcessRule", str.lower)
