"""Valid requests that are always sent: every documented bound and freedom, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.generate import edges, edit, lexical
from conformance.generate.base import (
    SAMPLE_DATA,
    SAMPLE_MQ,
    Case,
    CaseMaker,
    accepted,
    callback_of,
    claims_tdmq,
    content_md5,
    marked,
    marker_of,
    with_key,
)
from conformance.generate.lexical import Style
from conformance.generate.unjudged import unjudged_cases
from conformance.spec.messages import JobRequest, MqConfig, PicProcess
from conformance.spec.names import CALLBACK_FORMATS, JOB_LEVELS, MQ_MODES, MQ_REGIONS
from conformance.spec.target import Target
from conformance.spec.xml import element


def edge_cases(target: Target) -> list[Case]:
    """Every edge case that the target's configuration allows, in clause order."""
    corpus = _Corpus(target)
    return [
        *corpus.forms(),
        *corpus.optional_nodes(),
        *corpus.values(),
        *corpus.user_data(),
        *corpus.writing(),
        *corpus.keys(),
        *corpus.unknown_nodes(),
        *corpus.framed(),
        *unjudged_cases(target),
    ]


class _Corpus(CaseMaker):
    def forms(self) -> Iterator[Case]:
        """REQ-30 to REQ-32, and both forms at once (RSP-30)."""
        if self.target.template_id is not None:
            yield self._as_printed("REQ-30/page-sample", "the page's first sample", inline=False)
        yield self._as_printed("REQ-31/page-sample", "the page's second sample", inline=True)
        for form in ("template", "inline"):
            if form == "template" and self.target.template_id is None:
                continue
            name = f"REQ-32/{form}-only-required"
            model = replace(self.base(name, inline=form == "inline"), user_data=None)
            yield self.case(name, model, f"only the required nodes, {form} form")
        if self.target.template_id is not None:
            name = "RSP-30/template-and-inline"
            model = self.base(name)
            model = replace(model, pic_process=PicProcess("true", "imageMogr2/rotate/180"))
            note = "both TemplateId and PicProcess"
            yield self.case(name, model, note, expect=accepted("RSP-30", note=note))

    def _as_printed(self, name: str, what: str, *, inline: bool) -> Case:
        model = replace(
            self.base(name, inline=inline),
            user_data=SAMPLE_DATA,
            job_level="0",
            call_back=callback_of(self.target, f"sink-{marker_of(name)}") or "no",
            call_back_format="JSON",
        )
        style = Style(gaps=("\n",))
        return self.case(name, model, f"{what}, mended", style=style)

    def optional_nodes(self) -> Iterator[Case]:
        """REQ-33: each optional node alone, then all at once."""
        url = callback_of(self.target, "sink-req-33")
        alone = JobRequest()
        singles = {
            "job-level": replace(alone, job_level="0"),
            "call-back": replace(alone, call_back=url or "no"),
            "call-back-format": replace(alone, call_back_format="XML"),
            "call-back-type": replace(alone, call_back_type="Url"),
        }
        name = "REQ-33/user-data"
        yield self.case(name, self.base(name), "one optional node: user-data")
        for slug, single in singles.items():
            name = f"REQ-33/{slug}"
            model = replace(
                self.base(name),
                user_data=None,
                job_level=single.job_level,
                call_back=single.call_back,
                call_back_format=single.call_back_format,
                call_back_type=single.call_back_type,
            )
            yield self.case(name, model, f"one optional node: {slug}")
        for form in ("template", "inline"):
            name = f"REQ-33/all-{form}"
            model = replace(
                self.base(name, inline=form == "inline"),
                job_level="1",
                call_back=url or "no",
                call_back_format="XML",
                call_back_type="TDMQ" if claims_tdmq(self.target) else "Url",
                mq_config=SAMPLE_MQ if claims_tdmq(self.target) else None,
            )
            yield self.case(name, model, f"every optional node at once, {form} form")
        if claims_tdmq(self.target):
            name = "REQ-33/call-back-mq-config"
            model = replace(self.base(name), call_back_type="TDMQ", mq_config=SAMPLE_MQ)
            yield self.case(name, model, "CallBackMqConfig with its CallBackType")

    def values(self) -> Iterator[Case]:
        """REQ-34: every documented value."""
        for level in JOB_LEVELS:
            name = f"REQ-34/job-level-{level}"
            yield self.case(name, replace(self.base(name), job_level=level), f"JobLevel {level}")
        for info in ("true", "false"):
            name = f"REQ-34/is-pic-info-{info}"
            model = self.base(name, inline=True)
            assert model.pic_process is not None
            model = replace(model, pic_process=replace(model.pic_process, is_pic_info=info))
            yield self.case(name, model, f"IsPicInfo {info}")
        for form in CALLBACK_FORMATS:
            name = f"REQ-34/call-back-format-{form}"
            url = callback_of(self.target, f"sink-{marker_of(name)}") or "no"
            model = replace(self.base(name), call_back=url, call_back_format=form)
            yield self.case(name, model, f"CallBackFormat {form}")
        name = "REQ-34/call-back-type-Url"
        url = callback_of(self.target, f"sink-{marker_of(name)}") or "no"
        model = replace(self.base(name), call_back=url, call_back_type="Url")
        yield self.case(name, model, "CallBackType Url")
        name = "REQ-34/call-back-no"
        yield self.case(name, replace(self.base(name), call_back="no"), "CallBack no")
        if claims_tdmq(self.target):
            yield from self._queues()

    def _queues(self) -> Iterator[Case]:
        for place, region in enumerate(MQ_REGIONS):
            mode = MQ_MODES[place % len(MQ_MODES)]
            name = f"REQ-34/tdmq-{region}-{mode}"
            config = MqConfig(region, mode, "picjobs-conformance")
            model = replace(self.base(name), call_back_type="TDMQ", mq_config=config)
            yield self.case(name, model, f"CallBackType TDMQ, MqRegion {region}, MqMode {mode}")

    def user_data(self) -> Iterator[Case]:
        """REQ-35: each length at a bound, each character, white space at each place."""
        for slug, text in edges.LENGTHS.items():
            name = f"REQ-35/user-data-{slug}"
            model = replace(self.base(name), user_data=marked(text, marker_of(name)))
            yield self.case(name, model, f"UserData of {len(text)} characters")
        for slug, (before, after) in edges.DATA.items():
            name = f"REQ-35/user-data-{slug}"
            text = f"{before}{marker_of(name)}{after}"
            model = replace(self.base(name), user_data=text)
            yield self.case(name, model, f"UserData with {slug.replace('-', ' ')}")
        for slug, text in edges.WHOLE_DATA.items():
            name = f"REQ-35/user-data-{slug}"
            model = replace(self.base(name), user_data=text)
            yield self.case(name, model, f"UserData is {text!r} and nothing else")

    def writing(self) -> Iterator[Case]:
        """REQ-36: one lexical freedom at a time, over a request with text that needs escaping."""
        for slug, style in edges.STYLES.items():
            name = f"REQ-36/{slug}"
            model = replace(self.base(name), job_level="1", call_back="no")
            assert model.user_data is not None
            model = replace(model, user_data=f"{model.user_data} <a> & ]]>")
            yield self.case(name, model, slug.replace("-", " "), style=style)
        for slug, order in {"reversed": lexical.reversing, "rotated": lexical.rotating}.items():
            name = f"REQ-36/nodes-{slug}"
            model = replace(self.base(name, inline=True), job_level="1", call_back="no")
            node = lexical.reorder(model.to_node(), order)
            yield self.case(name, model, f"nodes {slug} in every container", node=node)
        for slug, value in {"pair": "<UserData></UserData>", "self-closed": "<UserData/>"}.items():
            name = f"REQ-36/empty-user-data-{slug}"
            model = replace(self.base(name), user_data="")
            body = lexical.write(model.to_node()).replace(b"<UserData/>", value.encode())
            yield self.case(name, model, f"empty UserData written {value}", body=body)
        yield from self._one_in_cdata()
        yield from self._comments_inside()

    def _one_in_cdata(self) -> Iterator[Case]:
        """One value as CDATA and the others plain, so that losing it is no missing node."""
        for node in ("UserData", "Object"):
            name = f"REQ-36/cdata-{node.lower()}"
            model = self.base(name)
            assert model.user_data is not None
            assert model.output is not None
            text = model.user_data if node == "UserData" else model.output.object or ""
            plain = lexical.write(model.to_node())
            written = lexical.cdata(text).encode()
            body = plain.replace(
                b"<%b>%b<" % (node.encode(), text.encode()), b"<%b>%b<" % (node.encode(), written)
            )
            yield self.case(name, model, f"{node} as CDATA, the rest plain", body=body)

    def _comments_inside(self) -> Iterator[Case]:
        for slug, path in {
            "user-data": "Operation/UserData",
            "output-object": "Operation/Output/Object",
        }.items():
            name = f"REQ-36/comment-inside-{slug}"
            model = self.base(name)
            text = (model.to_node().value(path) or "").encode()
            half = len(text) // 2
            split = text[:half] + b"<!-- a comment -->" + text[half:]
            leaf = path.rpartition("/")[2].encode()
            body = lexical.write(model.to_node()).replace(
                b"<%s>%s</" % (leaf, text), b"<%s>%s</" % (leaf, split)
            )
            yield self.case(name, model, f"a comment inside the text of {path}", body=body)

    def keys(self) -> Iterator[Case]:
        """REQ-37: one class of characters at a time in Output.Object."""
        for slug, tail in edges.KEYS.items():
            name = f"REQ-37/key-{slug}"
            model = self.base(name)
            key = f"output/{marker_of(name)}{tail}.jpg"
            yield self.case(name, with_key(model, key), f"Output.Object with {slug}")
        name = "REQ-37/key-800-characters"
        key = f"output/{marker_of(name)}/"
        key += "k" * (796 - len(key)) + ".jpg"
        yield self.case(name, with_key(self.base(name), key), "Output.Object of 800 characters")

    def unknown_nodes(self) -> Iterator[Case]:
        """REQ-38: a node that nobody knows, in each container."""
        unknown = element("FutureNode", "1")
        for parent in ("", "Input", "Operation", "Operation/Output", "Operation/PicProcess"):
            where = parent.rpartition("/")[2] or "Request"
            name = f"REQ-38/unknown-in-{where}"
            model = self.base(name, inline=where == "PicProcess")
            node = edit.add(model.to_node(), parent, unknown)
            yield self.case(name, model, f"an unknown node in {where}", node=node)
        name = "REQ-38/unknown-container"
        model = self.base(name)
        nested = element("FutureSettings", element("Mode", "a"), element("Tag", "Other"))
        node = edit.add(model.to_node(), "", nested)
        yield self.case(name, model, "an unknown container with nodes of its own", node=node)

    def framed(self) -> Iterator[Case]:
        """A header that the page allows and most clients leave out."""
        name = "HTTP-10/content-md5"
        case = self.case(name, self.base(name), "a Content-MD5 that matches")
        yield replace(case, headers=(("Content-MD5", content_md5(case.body)),))
