"""A generated valid request as a plan: what it holds and how it is written, free of any target.

A plan uses few freedoms of the page at a time, so that a refusal can be pinned on one clause; the
plans that use several at once promise acceptance without deciding a clause by themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from conformance.generate import edit, lexical
from conformance.generate.base import (
    SAMPLE_RULE,
    Case,
    accepted,
    callback_of,
    claims_tdmq,
    marked,
    sample,
    with_key,
)
from conformance.generate.lexical import PLAIN, Style
from conformance.spec.messages import JobRequest, MqConfig, PicProcess
from conformance.spec.target import Target
from conformance.spec.xml import Node, element

#: User data that has nothing special about it and is long enough to take a marker.
PLAIN_DATA = "This is my data. " * 5

#: In a plan, CallBack may be this instead of ``no``: the address of the suite's own receiver.
TO_RECEIVER = "url"

_PLAIN_KEY = re.compile(r"[A-Za-z0-9/_-]*")
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9. ]{40,200}")


@dataclass(frozen=True, slots=True)
class Plan:
    """One valid request.

    ``key`` follows the marker in Output.Object; ``user_data`` gives way to the marker at its
    beginning where it is long enough; ``unknown`` are containers that get a node which the page
    does not name.
    """

    inline: bool = False
    is_pic_info: str = "true"
    rotation: int = 90
    user_data: str | None = PLAIN_DATA
    job_level: str | None = None
    call_back: str | None = None
    call_back_format: str | None = None
    call_back_type: str | None = None
    mq: MqConfig | None = None
    key: str = ""
    unknown: tuple[str, ...] = ()
    style: Style = PLAIN


def suited(plan: Plan, target: Target) -> Plan:
    """The plan without what the target does not offer, and without what its form cannot hold."""
    in_rule = "Operation/PicProcess" in plan.unknown
    inline = plan.inline or in_rule or target.template_id is None
    tdmq = plan.call_back_type == "TDMQ"
    if tdmq and not claims_tdmq(target):
        plan = replace(plan, call_back_type=None)
        tdmq = False
    if plan.call_back == TO_RECEIVER and callback_of(target, "") is None:
        plan = replace(plan, call_back=None)
    return replace(
        plan,
        inline=inline,
        is_pic_info=plan.is_pic_info if inline else "true",
        rotation=plan.rotation if inline else 90,
        mq=plan.mq if tdmq else None,
    )


def model_of(plan: Plan, target: Target, marker: str) -> JobRequest:
    """The job that a suited plan asks of ``target``."""
    base = sample(target, marker, inline=plan.inline)
    rule = SAMPLE_RULE.replace("90", str(plan.rotation))
    to_receiver = plan.call_back == TO_RECEIVER
    return replace(
        with_key(base, f"output/{marker}{plan.key}.jpg"),
        pic_process=PicProcess(plan.is_pic_info, rule) if plan.inline else None,
        user_data=None if plan.user_data is None else marked(plan.user_data, marker),
        job_level=plan.job_level,
        call_back=callback_of(target, f"sink-{marker}") if to_receiver else plan.call_back,
        call_back_format=plan.call_back_format,
        call_back_type=plan.call_back_type,
        mq_config=plan.mq,
    )


def valid_case(plan: Plan, target: Target, name: str, marker: str) -> Case:
    """The request that a plan describes, and the clause that its acceptance decides."""
    plan = suited(plan, target)
    model = model_of(plan, target, marker)
    note = f"a generated request: {', '.join(_freedoms(plan).values()) or 'nothing special'}"
    expect = accepted(*clauses_of(plan), note=note)
    body = lexical.write(_node(plan, model), plan.style)
    return Case(name, body, model, expect, note=note, marker=marker)


def _node(plan: Plan, model: JobRequest) -> Node:
    node = model.to_node()
    for parent in plan.unknown:
        node = edit.add(node, parent, element("FutureNode", "1"))
    return node


def clauses_of(plan: Plan) -> tuple[str, ...]:
    """The one clause that the acceptance of this plan decides; none when it might be several."""
    freedoms = tuple(_freedoms(plan))
    if not freedoms:
        return ("REQ-32",) if plan.user_data is None else ("REQ-33",)
    return freedoms if len(freedoms) == 1 else ()


def _freedoms(plan: Plan) -> dict[str, str]:
    """The clauses whose freedoms a plan uses, each with a few words on it."""
    found: dict[str, str] = {}
    optional = (plan.job_level, plan.call_back, plan.call_back_format, plan.call_back_type)
    values = (
        plan.job_level not in (None, "0"),
        plan.is_pic_info != "true",
        plan.call_back == "no",
        plan.call_back_format == "XML",
        plan.call_back_type == "TDMQ",
    )
    if plan.rotation != 90:
        found["REQ-31"] = "another rotation"
    if any(values):
        found["REQ-34"] = "documented values"
    elif any(optional):
        found["REQ-33"] = "optional nodes"
    if plan.user_data is not None and _PLAIN_TEXT.fullmatch(plan.user_data) is None:
        found["REQ-35"] = f"UserData of {len(plan.user_data)} characters"
    if plan.style != PLAIN:
        found["REQ-36"] = "XML written freely"
    if _PLAIN_KEY.fullmatch(plan.key) is None:
        found["REQ-37"] = "characters of all kinds in Output.Object"
    if plan.unknown:
        found["REQ-38"] = "unknown nodes"
    return found
