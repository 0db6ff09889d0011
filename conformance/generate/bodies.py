"""Hypothesis strategies over the whole documented space of valid requests.

Texts are drawn as bytes and mapped to alphabets of our own: hypothesis' text strategies depend on
the Unicode tables of the Python at hand, and a seed must give the same bytes everywhere.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.generate.lexical import DECLARATIONS, GAPS, PLAIN, SPELLINGS, Style
from conformance.generate.plans import PLAIN_DATA, TO_RECEIVER, Plan
from conformance.spec.messages import MqConfig
from conformance.spec.names import JOB_LEVELS, MQ_MODES, MQ_REGIONS, USER_DATA_MAX

PRINTABLE = tuple(map(chr, range(0x20, 0x7F)))

#: Alphabets of user data, from plain to all of printable ASCII.
_DATA_ALPHABETS = (
    tuple("abcdefghijklmnopqrstuvwxyz0123456789"),
    PRINTABLE,
    tuple("x&<>\"']]> "),
    tuple("x  "),
    tuple("%+20B/?#=;~\\"),
)
_DATA_SIZES = (0, 1, 2, 16, 100, 255, 256, 257, 512, 1000, USER_DATA_MAX - 1, USER_DATA_MAX)

#: What a key is made of: characters and sequences that implementations stumble over.
_KEY_TOKENS = (
    *"abcdefghijklmnopqrstuvwxyz",
    *"ABCXYZ0123456789-_",
    *"/ +%&<>\"'?#;=~,:@!$()[]{}^`|*\\",
    *("%20", "%2B", "%2F", "%E5", "]]>", "&amp;", "&#65;", "<!--", "</Object>", "  "),
    *"\u00e9\u00df\u00fc\u00f1\u0130\u0131\u03b1\u03a9\u0436\u042f\u05d0\u0645\u0915",
    *"\u4e2d\u6587\u56fe\u7247\u5904\u7406\u3042\u30ab\uac00\ud55c\uff21\u20ac\u2026\u3000",
    *("e\u0301", "a\u0308", "\u212b", "\ufb01"),
    *("\U0001f98c", "\U0001f600", "\U0001f469\u200d\U0001f4bb", "\U00020000", "\U0001d49c"),
)

#: Containers that can take an unknown node.
_CONTAINERS = ("", "Input", "Operation", "Operation/Output", "Operation/PicProcess")

#: What a plan is about; simpler ones first, since that is where shrinking goes.
_THEMES = ("nodes", "value", "user-data", "key", "writing", "unknown", "rule", "everything")

_bools = st.booleans()
_theme = st.sampled_from((*_THEMES[:-1], "user-data", "key", "writing", *("everything",) * 2))
_level = st.sampled_from((None, *JOB_LEVELS))
_sample_level = st.sampled_from((None, "0"))
_call_back = st.sampled_from((None, TO_RECEIVER))
_any_call_back = st.sampled_from((None, TO_RECEIVER, "no"))
_format = st.sampled_from((None, "JSON"))
_any_format = st.sampled_from((None, "JSON", "XML"))
_type = st.sampled_from((None, "Url"))
_any_type = st.sampled_from((None, "Url", "TDMQ"))
_info = st.sampled_from(("true", "false"))
_rotation = st.integers(1, 359)
_sizes = st.sampled_from(_DATA_SIZES) | st.integers(0, USER_DATA_MAX)
_alphabet = st.sampled_from(_DATA_ALPHABETS)
_seed_bytes = st.binary(min_size=96, max_size=96)
_key_bytes = st.binary(min_size=1, max_size=24)
_mq = st.builds(
    MqConfig,
    st.sampled_from(MQ_REGIONS),
    st.sampled_from(MQ_MODES),
    st.sampled_from(("picjobs-conformance", "topic_1", "a.b-c")),
)
_unknown = st.lists(st.sampled_from(_CONTAINERS), min_size=1, max_size=3, unique=True)
_one_value = st.sampled_from(
    (
        Plan(job_level="1"),
        Plan(job_level="2"),
        Plan(inline=True, is_pic_info="false"),
        Plan(call_back="no"),
        Plan(call_back=TO_RECEIVER, call_back_format="XML"),
        Plan(call_back_type="TDMQ", mq=MqConfig("gz", "Topic", "picjobs-conformance")),
    )
)

_heads = st.sampled_from(
    ("", *(f"{each}\n" for each in DECLARATIONS), "<!-- first -->\n", f"{DECLARATIONS[0]}<!---->")
)
_tails = st.sampled_from(("", "\n", "\r\n\t", "\n<!-- last -->"))
_gaps = st.lists(st.sampled_from(GAPS), min_size=1, max_size=4)
_spellings = st.lists(st.sampled_from(tuple(SPELLINGS)), min_size=1, max_size=3)
_orders = st.lists(st.integers(0, 5039), min_size=1, max_size=3)


@st.composite
def styles(draw: DrawFn) -> Style:
    """Every freedom of writing, each used or not."""
    return Style(
        head=draw(_heads),
        tail=draw(_tails),
        gaps=tuple(draw(_gaps)),
        spellings=tuple(draw(_spellings)),
        orders=tuple(draw(_orders)) if draw(_bools) else (0,),
        loose=draw(_bools),
        pairs=draw(_bools),
        bom=draw(_bools) and draw(_bools),
    )


@st.composite
def user_data(draw: DrawFn) -> str:
    """Printable ASCII of any permitted length, the bounds more often than chance has it."""
    size = draw(_sizes)
    alphabet = draw(_alphabet)
    drawn = draw(_seed_bytes)
    pattern = "".join(alphabet[byte % len(alphabet)] for byte in drawn)
    return (pattern * (size // len(pattern) + 1))[:size]


@st.composite
def keys(draw: DrawFn) -> str:
    """What follows the marker in Output.Object: no empty segment, no white space at an end."""
    text = "".join(_KEY_TOKENS[byte % len(_KEY_TOKENS)] for byte in draw(_key_bytes))
    segments = (segment.strip(" \u3000") for segment in text.split("/"))
    return "/".join(segment for segment in segments if segment)


@st.composite
def plans(draw: DrawFn) -> Plan:
    """A valid request, mostly about one thing; see :mod:`conformance.generate.plans`."""
    theme = draw(_theme)
    inline = draw(_bools)
    if theme == "value":
        return draw(_one_value)
    if theme == "user-data":
        return Plan(inline=inline, user_data=draw(_user_data))
    if theme == "key":
        return Plan(inline=inline, key=draw(_keys))
    if theme == "writing":
        return Plan(inline=inline, style=draw(_styles), user_data=PLAIN_DATA)
    if theme == "unknown":
        return Plan(inline=inline, unknown=tuple(draw(_unknown)))
    if theme == "rule":
        return Plan(inline=True, rotation=draw(_rotation))
    if theme == "everything":
        return draw(_everything)
    return Plan(
        inline=inline,
        user_data=PLAIN_DATA if draw(_bools) else None,
        job_level=draw(_sample_level),
        call_back=draw(_call_back),
        call_back_format=draw(_format),
        call_back_type=draw(_type),
    )


@st.composite
def crowded_plans(draw: DrawFn) -> Plan:
    """A valid request that uses any of the freedoms at once."""
    call_back_type = draw(_any_type)
    return Plan(
        inline=draw(_bools),
        is_pic_info=draw(_info),
        rotation=draw(_rotation),
        user_data=draw(_user_data) if draw(_bools) else PLAIN_DATA,
        job_level=draw(_level),
        call_back=draw(_any_call_back),
        call_back_format=draw(_any_format),
        call_back_type=call_back_type,
        mq=draw(_mq) if call_back_type == "TDMQ" else None,
        key=draw(_keys) if draw(_bools) else "",
        unknown=tuple(draw(_unknown)) if draw(_bools) and draw(_bools) else (),
        style=draw(_styles) if draw(_bools) else PLAIN,
    )


@st.composite
def sober_plans(draw: DrawFn) -> Plan:
    """A valid request with nothing in it that a server could refuse for another reason."""
    return Plan(
        inline=draw(_bools),
        job_level=draw(_sample_level),
        call_back=draw(_call_back),
        call_back_format=draw(_format),
    )


_user_data = user_data()
_keys = keys()
_styles = styles()
_everything = crowded_plans()

VALID_PLANS: SearchStrategy[Plan] = plans()
SOBER_PLANS: SearchStrategy[Plan] = sober_plans()
