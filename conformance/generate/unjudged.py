"""What the page does not decide: sent to see that the answer is well-formed, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.generate import edges, edit
from conformance.generate.base import (
    SAMPLE_MQ,
    Case,
    CaseMaker,
    marker_of,
    unjudged,
    with_key,
)
from conformance.generate.lexical import DECLARATION, PLAIN, Style
from conformance.spec.messages import JobRequest, PicProcess
from conformance.spec.target import Target
from conformance.spec.xml import Node


def unjudged_cases(target: Target) -> list[Case]:
    """Every open question, once."""
    questions = _Questions(target)
    return [*questions.values(), *questions.names(), *questions.documents()]


class _Questions(CaseMaker):
    def values(self) -> Iterator[Case]:
        """Empty optional nodes (E26), and values with something around them."""
        for path in ("CallBack", "CallBackFormat", "CallBackType", "Operation/JobLevel"):
            leaf = path.rpartition("/")[2]
            name = f"open/empty-{leaf}"
            model = self.base(name)
            node = edit.put(model.to_node(), path, "")
            yield self.open(name, model, f"an empty {leaf} (E26)", node=node)
        for slug, level in {
            "padded": " 1 ",
            "leading-zero": "01",
            "plus": "+1",
            "decimal": "1.0",
            "fullwidth": "\uff11",
        }.items():
            name = f"open/job-level-{slug}"
            model = replace(self.base(name), job_level=level)
            yield self.open(name, model, f"JobLevel {level!a}")
        name = "open/call-back-format-padded"
        model = replace(self.base(name), call_back_format=" JSON ")
        yield self.open(name, model, "CallBackFormat with white space around it")
        for slug, rule in edges.RULES.items():
            name = f"open/rule-{slug}"
            model = replace(self.base(name, inline=True), pic_process=PicProcess("true", rule))
            yield self.open(name, model, f"ProcessRule with {slug.replace('-', ' ')}")
        name = "open/tag-padded"
        model = replace(self.base(name), tag="\n PicProcess\n")
        yield self.open(name, model, "Tag with white space around it")

    def names(self) -> Iterator[Case]:
        """Objects that need not exist, or not be taken."""
        for slug, key in edges.OPEN_INPUTS.items():
            name = f"open/input-{slug}"
            model = replace(self.base(name), input_object=key)
            clauses = () if slug in edges.OPEN_ALTOGETHER else ("REQ-37",)
            yield self.open(name, model, f"Input.Object with {slug}", *clauses)
        for slug, (before, after) in edges.OPEN_KEYS.items():
            name = f"open/key-{slug}"
            model = with_key(self.base(name), f"{before}{marker_of(name)}{after}")
            yield self.open(name, model, f"Output.Object with a {slug.replace('-', ' ')}")
        for slug, bucket, region in (
            ("bucket", f"other-{self.target.bucket}", self.target.region),
            ("region", self.target.bucket, edges.other_region(self.target.region)),
        ):
            name = f"open/output-in-another-{slug}"
            model = self.base(name)
            assert model.output is not None
            output = replace(model.output, bucket=bucket, region=region)
            yield self.open(name, replace(model, output=output), f"Output in another {slug}")

    def documents(self) -> Iterator[Case]:
        """Documents of a sort that the page does not speak of."""
        name = "open/mq-config-without-tdmq"
        model = replace(self.base(name), mq_config=SAMPLE_MQ)
        yield self.open(name, model, "CallBackMqConfig without CallBackType TDMQ")
        name = "open/utf-16"
        style = Style(head=DECLARATION.replace("UTF-8", "UTF-16"), encoding="utf-16")
        yield self.open(name, self.base(name), "UTF-16, declared and with a BOM", style=style)

    def open(
        self,
        name: str,
        model: JobRequest,
        note: str,
        *clauses: str,
        node: Node | None = None,
        style: Style = PLAIN,
    ) -> Case:
        expect = unjudged(*clauses, note=note)
        return self.case(name, model, note, node=node, style=style, expect=expect)
