"""What generation hands out: a case, and the parts that every case is made of."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, replace

from conformance.generate.lexical import PLAIN, Style, write
from conformance.generate.signing import GOOD, Signing
from conformance.spec.messages import JobRequest, MqConfig, Output, PicProcess
from conformance.spec.names import TAG
from conformance.spec.target import Target
from conformance.spec.wire import Expect, Wanted
from conformance.spec.xml import Node

#: The rule of the page's second sample.
SAMPLE_RULE = "imageMogr2/rotate/90"

#: The user data of the page's samples.
SAMPLE_DATA = "This is my data."


@dataclass(frozen=True, slots=True)
class Case:
    """One request to create a job, and what the documentation promises for it.

    ``name`` is unique and stable (``REQ-35/user-data-1024``, ``valid/0017``). ``model`` is the job
    that the body asks for; of a broken body it is the job as it was before it was broken.
    ``headers`` are added to the usual ones or replace them. ``marker`` stands in Output.Object and
    UserData wherever the case leaves room for it, so that a job can be traced to its case.

    For hostile documents (REQ-44): ``forbidden`` are texts that no job may hold, because only a
    resolved entity could have brought them there, and ``bait`` is the token of a callback
    address that nobody may ask for.
    """

    name: str
    body: bytes
    model: JobRequest
    expect: Expect
    headers: tuple[tuple[str, str], ...] = ()
    signing: Signing = GOOD
    note: str = ""
    marker: str = ""
    forbidden: tuple[str, ...] = ()
    bait: str = ""


def accepted(*clauses: str, note: str = "") -> Expect:
    return Expect(Wanted.ACCEPT, clauses, note=note)


def refused(*clauses: str, codes: tuple[str, ...] = (), note: str = "") -> Expect:
    return Expect(Wanted.REFUSE, clauses, codes, note=note)


def unjudged(*clauses: str, note: str = "") -> Expect:
    """The page leaves it open: whatever comes must still be a well-formed answer."""
    return Expect(Wanted.EITHER, clauses, note=note)


def marker_for(stream: str, seed: int, index: int, trial: int = 0) -> str:
    """The marker of a generated case; ``trial`` tells the tries of a shrinking apart.

    Every marker ends in an underscore, so that none is the beginning of another.
    """
    return f"picjobs-{stream}-{seed}-{index}" + (f"-{trial}_" if trial else "_")


def marker_of(name: str) -> str:
    """The marker of a case that is known by its name."""
    return "picjobs-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + "_"


def sample(target: Target, marker: str, *, inline: bool = False) -> JobRequest:
    """Only the required nodes, and the user data that carries the marker.

    The inline form is used when it is asked for, or when the target has no template.
    """
    inline = inline or target.template_id is None
    return JobRequest(
        tag=TAG,
        input_object=target.input_object,
        template_id=None if inline else target.template_id,
        pic_process=PicProcess("true", SAMPLE_RULE) if inline else None,
        output=Output(target.region, target.bucket, f"output/{marker}.jpg"),
        user_data=marker,
        queue_id=target.queue_id,
    )


def with_key(model: JobRequest, key: str) -> JobRequest:
    """The same job with another Output.Object."""
    assert model.output is not None
    return replace(model, output=replace(model.output, object=key))


def marked(text: str, marker: str) -> str:
    """``text`` with the marker at its beginning, its length kept; a short text stays as it is."""
    return marker + text[len(marker) :] if len(text) > len(marker) else text


def content_md5(body: bytes) -> str:
    """The Content-MD5 header for ``body`` (RFC 1864)."""
    return base64.b64encode(hashlib.md5(body).digest()).decode()


def callback_of(target: Target, token: str) -> str | None:
    """The callback address for ``token``, or None when callbacks cannot be judged."""
    if target.callback_base is None or "callbacks" in target.disclaimed:
        return None
    return target.callback_url(token)


def claims_tdmq(target: Target) -> bool:
    return "tdmq" not in target.disclaimed


SAMPLE_MQ = MqConfig("sh", "Queue", "picjobs-conformance")


class CaseMaker:
    """Makes the named cases of one target, each over a sample of its own."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def base(self, name: str, *, inline: bool = False) -> JobRequest:
        return sample(self.target, marker_of(name), inline=inline)

    def case(
        self,
        name: str,
        model: JobRequest,
        note: str,
        *,
        node: Node | None = None,
        body: bytes | None = None,
        style: Style = PLAIN,
        expect: Expect | None = None,
    ) -> Case:
        """A case named ``<clause>/<slug>``, accepted by that clause unless ``expect`` says else."""
        if body is None:
            body = write(model.to_node() if node is None else node, style)
        clause = name.partition("/")[0]
        if expect is None:
            expect = accepted(clause, note=note)
        return Case(name, body, model, expect, note=note, marker=marker_of(name))
