"""The calls that a library is asked to make: an explicit corpus, and generated ones.

Every call is valid (but for the values that no XML can hold, LIB-14): a library is never blamed
for what its caller broke.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.checks.client_case import Call, Keys
from conformance.generate.bodies import keys, user_data
from conformance.spec.names import (
    JOB_LEVELS,
    MQ_MODES,
    MQ_REGIONS,
    TAG,
    USER_DATA_MAX,
)
from conformance.spec.reading import Operation

BUCKET = "examplebucket-1250000000"
REGION = "ap-chongqing"
TEMPLATE = "t10461fe2bd5a649db9022452ec71e0381"
QUEUE = "p2911917386e148639319e13c285cc774"

#: (bucket, region) pairs that a library may stumble over.
PLACES = (
    (BUCKET, REGION),
    ("a-1250000000", "ap-shanghai"),
    ("my-bucket-2-1250000000", "na-siliconvalley"),
    ("0numbers0-100000", "eu-frankfurt"),
    ("examplebucket-1250000000", "ap-beijing-1"),
    ("x" * 40 + "-1250000000", "ap-shanghai-fsi"),
)

JsonJob = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Keyset:
    """The throwaway credentials of a run: two permanent pairs and a temporary one."""

    first: Keys
    second: Keys
    temporary: Keys


def keyset(seed: int) -> Keyset:
    """Credentials that belong to nobody; the same for the same seed."""
    return Keyset(_pair(seed, "first"), _pair(seed, "second"), _pair(seed, "temporary", token=True))


def _pair(seed: int, name: str, *, token: bool = False) -> Keys:
    def letters(part: str) -> str:
        return hashlib.sha256(f"picjobs/{seed}/{name}/{part}".encode()).hexdigest()[:32]

    # Tokens are Base64 of one alphabet or the other: every mark of either is in this one.
    word = f"{letters('a')}+{letters('b')}/{letters('c')}-_==" if token else None
    return Keys(f"AKID{letters('id')}", letters("key"), word)


def sample_job(*, inline: bool = False, data: str | None = "This is my data.") -> JsonJob:
    """The page's sample without its optional nodes; ``data`` is the user data, or None."""
    operation: JsonJob = (
        {"PicProcess": {"IsPicInfo": "true", "ProcessRule": "imageMogr2/rotate/90"}}
        if inline
        else {"TemplateId": TEMPLATE}
    )
    operation["Output"] = {"Region": REGION, "Bucket": BUCKET, "Object": "output/out.jpg"}
    if data is not None:
        operation["UserData"] = data
    return {
        "Tag": TAG,
        "Input": {"Object": "input/deer.jpg"},
        "Operation": operation,
        "QueueId": QUEUE,
    }


def create(pair: Keys, job: JsonJob | None = None, *, timeout: float = 10.0) -> Call:
    job = sample_job() if job is None else job
    return Call(Operation.CREATE, pair, BUCKET, REGION, job=job, timeout=timeout)


def describe(pair: Keys, *ids: str, timeout: float = 10.0) -> Call:
    return Call(Operation.DESCRIBE, pair, BUCKET, REGION, job_ids=ids, timeout=timeout)


def listing(pair: Keys, *query: tuple[str, str], timeout: float = 10.0) -> Call:
    asked = (("queueId", QUEUE), ("tag", TAG), *query)
    return Call(Operation.LIST, pair, BUCKET, REGION, query=asked, timeout=timeout)


def cancel(pair: Keys, job_id: str, *, timeout: float = 10.0) -> Call:
    return Call(Operation.CANCEL, pair, BUCKET, REGION, job_ids=(job_id,), timeout=timeout)


# ---- the corpus ----

_TDMQ = {"MqRegion": "sh", "MqMode": "Queue", "MqName": "picjobs-conformance"}

#: Optional nodes, each alone: name, path, value.
_OPTIONAL: tuple[tuple[str, str, Any], ...] = (
    ("job-level-0", "Operation/JobLevel", "0"),
    ("job-level-1", "Operation/JobLevel", "1"),
    ("job-level-2", "Operation/JobLevel", "2"),
    ("callback-url", "CallBack", "http://callback.demo.com"),
    ("callback-query", "CallBack", "https://callback.demo.com:8443/p/a?x=1&y=%20<z>"),
    ("callback-case", "CallBack", "http://Callback.demo.com/Notify/?Id=A+b%2F&x=Y#End"),
    ("callback-no", "CallBack", "no"),
    ("format-json", "CallBackFormat", "JSON"),
    ("format-xml", "CallBackFormat", "XML"),
    ("type-url", "CallBackType", "Url"),
)

#: Object keys that have to be escaped, or not to be touched.
OBJECTS: dict[str, str] = {
    "spaces": "out put/a  b.jpg",
    "last-space": "output/a.jpg ",
    "slashes": "output//a/./b/../c.JPG",
    "plus-percent": "output/a+b%20c%2Bd%.jpg",
    "ampersand": "output/a&b&amp;c.jpg",
    "angles": "output/<a>b</a>.jpg",
    "quotes": "output/\"a\" 'b'.jpg",
    "cdata-end": "output/a]]>b.jpg",
    "entity-like": "output/&#65;&lt;&unknown;.jpg",
    "comment-like": "output/<!--a-->.jpg",
    "punctuation": "output/!$'()*,;:@=#?[]{}|\\^`~.jpg",
    "accents": "output/caf\u00e9 \u00df.jpg",
    "decomposed": "output/cafe\u0301.jpg",
    "chinese": "\u8f93\u51fa/\u56fe\u7247(\u817e\u8baf\u4e91).jpg",
    "astral": "output/\U0001f98c\U00020000.jpg",
    "long": "output/" + "k" * 840 + ".jpg",
    "placeholder": "output/${ItemName}_${Number}.jpg",
}

_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))

#: User data over the documented range.
DATA: dict[str, str] = {
    "empty": "",
    "one": "x",
    "zero": "0",
    "false": "false",
    "longest-less-one": ("0123456789abcdef" * 64)[: USER_DATA_MAX - 1],
    "longest": ("0123456789abcdef" * 64)[:USER_DATA_MAX],
    "longest-special": "<&>\"' ]]>" * 113 + "1234567",
    "printable": _PRINTABLE,
    "leading-space": "  two before",
    "trailing-space": "two after  ",
    "only-spaces": "   ",
    "inner-spaces": "a    b",
    "markup": "<UserData>&amp;</UserData><![CDATA[x]]>",
    "cdata-end": "a]]>b",
    "ampersand": "a&b&amp;c&#65;",
    "json": '{"k": "v\\n", "n": [1, null]}',
    "percent": "100%25 +1 a%20b",
    "number": "007",
}

#: Characters that XML 1.0 cannot hold (production 2, Char).
UNWRITABLE: dict[str, str] = {
    "nul": "a\x00b",
    "start-of-heading": "a\x01b",
    "vertical-tab": "a\x0bb",
    "escape": "a\x1b[1mb",
    "not-a-character": "a\uffffb",
}


def corpus(pairs: Keyset) -> Iterator[tuple[str, Call]]:
    """Named creates: both forms, each optional node alone, all of them, special values, places."""
    first = pairs.first
    yield "template", create(first)
    yield "inline", create(first, sample_job(inline=True))
    yield "only-required", create(first, sample_job(data=None))
    yield "both-forms", create(first, _with_both())
    for name, path, value in _OPTIONAL:
        yield name, create(first, put(sample_job(data=None), path, value))
    for region in MQ_REGIONS:
        for mode in MQ_MODES[: 2 if region == "sh" else 1]:
            job = {**sample_job(), "CallBackType": "TDMQ"}
            config = {**_TDMQ, "MqRegion": region, "MqMode": mode}
            yield f"tdmq-{region}-{mode}", create(first, {**job, "CallBackMqConfig": config})
    yield "all-nodes", create(first, _everything())
    job = put(sample_job(inline=True), "Operation/PicProcess/IsPicInfo", "false")
    yield "no-pic-info", create(first, job)
    yield "rule-special", create(first, _special_rule())
    for name, value in DATA.items():
        yield f"user-data-{name}", create(first, sample_job(data=value))
    for name, value in OBJECTS.items():
        job = put(sample_job(), "Operation/Output/Object", value)
        yield f"object-{name}", create(first, put(job, "Input/Object", f"input/{value}"))
    for bucket, region in PLACES[1:]:
        job = put(sample_job(), "Operation/Output/Bucket", bucket)
        job = put(job, "Operation/Output/Region", region)
        call = create(first, job)
        yield f"place-{region}", replace(call, bucket=bucket, region=region)
    yield "other-place-for-output", create(first, put(sample_job(), "Operation/Output", _ELSEWHERE))
    yield "other-credentials", create(pairs.second)
    yield "first-credentials-again", create(first)


_ELSEWHERE = {"Region": "eu-frankfurt", "Bucket": "other-1250000001", "Object": "o/1.png"}


def unwritable(pairs: Keyset) -> Iterator[tuple[str, Call]]:
    """Creates with a value that XML cannot hold (LIB-14)."""
    for name, value in UNWRITABLE.items():
        yield f"user-data-{name}", create(pairs.first, sample_job(data=value))
    job = put(sample_job(), "Operation/Output/Object", "output/a\x01b.jpg")
    yield "object-start-of-heading", create(pairs.first, job)


#: Queries of a list, beside queueId and tag.
QUERIES: dict[str, tuple[tuple[str, str], ...]] = {
    "required-only": (),
    "ascending": (("orderByTime", "Asc"),),
    "size": (("size", "100"),),
    "next-token": (("nextToken", "MTIzNDU2Nzg5MA=="),),
    "states": (("states", "Submitted,Running,Pause"),),
    "times": (
        ("startCreationTime", "2022-07-18T00:00:00+0800"),
        ("endCreationTime", "2022-07-19T00:00:00+0800"),
    ),
    "input-object": (("inputObject", "input/\u56fe a+b&c=d%20~!'()*.jpg"),),
    "size-1": (("size", "1"), ("states", "All")),
    "workflow": (("workflowId", "w0e72f1b1a9a94a9b8a3f5a3a0f3f7c11"),),
    "inventory": (("inventoryTriggerJobId", "b6f91cc0c9ff211ed8a3f52540036418c"),),
    "everything": (
        ("orderByTime", "Desc"),
        ("nextToken", "abc+/=="),
        ("size", "7"),
        ("states", "Success,Failed"),
        ("startCreationTime", "2022-07-18T00:00:00+0800"),
        ("endCreationTime", "2022-07-19T00:00:00+0800"),
        ("inputObject", "input/deer.jpg"),
    ),
}


def put(job: JsonJob, path: str, value: Any) -> JsonJob:
    """The job with ``value`` at a ``/``-separated path."""
    name, _, rest = path.partition("/")
    return {**job, name: put(job.get(name, {}), rest, value) if rest else value}


def _with_both() -> JsonJob:
    return put(
        sample_job(),
        "Operation/PicProcess",
        {"IsPicInfo": "true", "ProcessRule": "imageMogr2/rotate/180"},
    )


def _everything() -> JsonJob:
    job = put(_with_both(), "Operation/JobLevel", "2")
    return {
        **job,
        "CallBack": "https://callback.demo.com/a?b=c&d=e",
        "CallBackFormat": "XML",
        "CallBackType": "TDMQ",
        "CallBackMqConfig": {**_TDMQ, "MqMode": "Topic"},
    }


def _special_rule() -> JsonJob:
    rule = "imageMogr2/thumbnail/!50p|watermark/2/text/5paH5a2X<&>/fill/I0ZGRkZGRg=="
    return put(sample_job(inline=True), "Operation/PicProcess/ProcessRule", rule)


# ---- generated calls ----

_bools = st.booleans()
_sometimes = st.integers(0, 3).map(lambda drawn: drawn == 3)
_levels = st.sampled_from(JOB_LEVELS)
_call_backs = st.sampled_from(
    ("http://callback.demo.com", "https://callback.demo.com/a?b=c&d=<e>", "no")
)
_formats = st.sampled_from(("JSON", "XML"))
_mq_regions = st.sampled_from(MQ_REGIONS)
_mq_modes = st.sampled_from(MQ_MODES)
_mq_names = st.sampled_from(("topic", "a.b-c_d", "persistent"))
_rules = st.sampled_from(
    ("imageMogr2/rotate/90", "imageMogr2/thumbnail/!50p|imageMogr2/format/webp", "imageView2/1/w/9")
)
_data = user_data()
_keys = keys()
_places = st.sampled_from(PLACES)
_ids = st.lists(
    st.binary(min_size=16, max_size=16).map(lambda drawn: f"j{drawn.hex()}"),
    min_size=1,
    max_size=4,
    unique=True,
)
_orders = st.sampled_from(("Asc", "Desc"))
_list_sizes = st.integers(1, 100).map(str)
_states = st.lists(
    st.sampled_from(("Submitted", "Running", "Success", "Failed", "Pause", "Cancel")),
    min_size=1,
    max_size=3,
    unique=True,
).map(",".join)
_kinds = st.sampled_from(
    (Operation.CREATE,) * 7 + (Operation.DESCRIBE, Operation.LIST) + (Operation.CANCEL,)
)


@st.composite
def jobs(draw: DrawFn) -> JsonJob:
    """A valid job: every optional node may be there, each value anywhere in its range."""
    inline = draw(_bools)
    job = sample_job(inline=inline, data=draw(_data) if draw(_bools) else None)
    if inline:
        job = put(job, "Operation/PicProcess/ProcessRule", draw(_rules))
        job = put(job, "Operation/PicProcess/IsPicInfo", "true" if draw(_bools) else "false")
    if draw(_bools):
        job = put(job, "Input/Object", f"input/{draw(_keys)}.jpg")
    if draw(_bools):
        job = put(job, "Operation/Output/Object", f"output/{draw(_keys)}.jpg")
    if draw(_bools):
        job = put(job, "Operation/JobLevel", draw(_levels))
    if draw(_bools):
        job["CallBack"] = draw(_call_backs)
    if draw(_bools):
        job["CallBackFormat"] = draw(_formats)
    if draw(_sometimes):
        job["CallBackType"] = "TDMQ"
        job["CallBackMqConfig"] = {
            "MqRegion": draw(_mq_regions),
            "MqMode": draw(_mq_modes),
            "MqName": draw(_mq_names),
        }
    return job


@st.composite
def queries(draw: DrawFn) -> tuple[tuple[str, str], ...]:
    """Optional parameters of a list."""
    query: list[tuple[str, str]] = []
    if draw(_bools):
        query.append(("orderByTime", draw(_orders)))
    if draw(_bools):
        query.append(("size", draw(_list_sizes)))
    if draw(_bools):
        query.append(("states", draw(_states)))
    if draw(_sometimes):
        query.append(("inputObject", f"input/{draw(_keys)}.jpg"))
    return tuple(query)


@st.composite
def calls(draw: DrawFn, pairs: Keyset) -> Call:
    """Any valid call, most of them creates."""
    operation = draw(_kinds)
    pair = pairs.temporary if draw(_sometimes) else pairs.first
    if operation is Operation.CREATE:
        call = create(pair, draw(_jobs))
    elif operation is Operation.DESCRIBE:
        call = describe(pair, *draw(_ids))
    elif operation is Operation.LIST:
        call = listing(pair, *draw(_queries))
    else:
        call = cancel(pair, draw(_ids)[0])
    if draw(_sometimes):
        bucket, region = draw(_places)
        call = replace(call, bucket=bucket, region=region)
    return call


_jobs = jobs()
_queries = queries()


def any_call(pairs: Keyset) -> SearchStrategy[Call]:
    return calls(pairs)
