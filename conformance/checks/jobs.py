"""RSP-12 to RSP-32 and STA-02 to STA-05, STA-11, STA-12: what one ``JobsDetail`` has to be.

These rules hold for a job wherever it is shown (create, describe, list), and whoever asked.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from os.path import commonprefix

from conformance.checks.base import Decisions, Level, Outcome, broken, ok
from conformance.checks.facts import Creation
from conformance.spec.messages import JobRequest, PicProcess
from conformance.spec.names import RESPONSE_DRIFT, TAG
from conformance.spec.states import State, parse_state
from conformance.spec.target import Target
from conformance.spec.times import NO_TIME, parse_job_time
from conformance.spec.wire import Exchange
from conformance.spec.xml import Node

ROOT = "Response/JobsDetail"


@dataclass(frozen=True)
class JobView:
    """One job as one answer shows it, beside what was asked for when it was created."""

    exchange: Exchange
    job: Node
    target: Target
    creation: Creation | None

    @property
    def asked(self) -> JobRequest | None:
        return self.creation.request if self.creation is not None else None

    @cached_property
    def state(self) -> State | None:
        return parse_state(self.job.value("State"))

    def text(self, path: str) -> str:
        return self.job.value(path) or ""


def check_job(view: JobView) -> Iterator[Outcome]:
    """Every rule for a job that needs no other exchange than the one that created it."""
    yield from _identity(view)
    yield from _times(view)
    yield from _input(view)
    yield from _operation(view)
    yield from _echo(view)
    yield from _template(view)
    yield from _pic_process(view)
    yield from _outcome_nodes(view)
    yield from _names(view)


# ---- the smallest judgement: a value against what it has to be ----------------------------------


def _expect(
    view: JobView, clause: str, path: str, *, right: bool, message: str, expected: str
) -> Outcome:
    """One outcome for the node at ``path``; what was observed is read from the job."""
    if right:
        return ok(clause, view.exchange)
    node = view.job.at(path)
    observed = "absent" if node is None else _shown(node)
    return broken(
        clause,
        view.exchange,
        message=message,
        expected=_around(expected, observed),
        observed=_around(observed, expected),
        at=f"{ROOT}/{path}",
    )


#: Longer values are shown around the first place where they differ.
LONG = 160


def _around(text: str, other: str) -> str:
    """``text`` whole when it is short, else the part where it and ``other`` go apart."""
    if len(text) <= LONG and len(other) <= LONG:
        return text
    apart = len(commonprefix((text, other)))  # noqa: RUF071 - of characters, not of paths
    start, end = max(0, apart - 40), apart + 60
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    return f"{head}{text[start:end]}{tail}"


def _shown(node: Node) -> str:
    if node.children:
        return "<" + "/><".join(child.name for child in node.children) + "/>"
    return repr(node.text)


def _there(view: JobView, path: str) -> bool:
    return bool(view.text(path).strip())


# ---- identity and state -------------------------------------------------------------------------


def _identity(view: JobView) -> Iterator[Outcome]:
    yield _expect(
        view,
        "RSP-12",
        "JobId",
        right=_there(view, "JobId"),
        message="the job has no JobId",
        expected="a JobId that is not empty",
    )
    yield _expect(
        view,
        "RSP-13",
        "Tag",
        right=view.text("Tag") == TAG,
        message="Tag is not PicProcess",
        expected=repr(TAG),
    )
    yield _expect(
        view,
        "RSP-14",
        "State",
        right=view.state is not None,
        message="State is not one of the six documented values",
        expected="one of " + ", ".join(State),
    )
    asked = view.asked
    if asked is not None and asked.queue_id:
        yield _expect(
            view,
            "RSP-17",
            "QueueId",
            right=view.text("QueueId") == asked.queue_id,
            message="QueueId is not the request's",
            expected=repr(asked.queue_id),
        )
    else:
        yield _expect(
            view,
            "RSP-17",
            "QueueId",
            right=_there(view, "QueueId"),
            message="the job has no QueueId",
            expected="a QueueId that is not empty",
        )


# ---- times --------------------------------------------------------------------------------------


def _times(view: JobView) -> Iterator[Outcome]:
    """RSP-15, RSP-16: the form. STA-02 to STA-05: what State says about them."""
    form = "a real date of the form 2022-07-18T15:16:43+0800"
    created = parse_job_time(view.text("CreationTime"))
    yield _expect(
        view,
        "RSP-15",
        "CreationTime",
        right=created is not None,
        message="CreationTime is not a time of the documented form",
        expected=form,
    )
    for name in ("StartTime", "EndTime"):
        text = view.text(name)
        yield _expect(
            view,
            "RSP-16",
            name,
            right=text == NO_TIME or parse_job_time(text) is not None,
            message=f"{name} is neither - nor a time of the documented form",
            expected=f"'-', or {form}",
        )
    yield from times_by_state(view)
    yield from _time_order(view, created)


#: The clause that says whether there is a StartTime in a state, then an EndTime (None: either).
_TIMES: dict[State | None, tuple[str, bool | None, bool]] = {
    State.SUBMITTED: ("STA-02", False, False),
    State.PAUSE: ("STA-02", False, False),
    State.RUNNING: ("STA-03", True, False),
    State.SUCCESS: ("STA-04", True, True),
    State.FAILED: ("STA-04", None, True),
}


def times_by_state(view: JobView) -> Iterator[Outcome]:
    """STA-02, STA-03, STA-04: which of the two times there may be in which state (E25: Cancel)."""
    rule = _TIMES.get(view.state)
    if rule is None:
        return
    clause, start, end = rule
    for name, due in (("StartTime", start), ("EndTime", end)):
        if due is not None:
            yield _expect(
                view,
                clause,
                name,
                right=(view.text(name) not in ("", NO_TIME)) is due,
                message=f"State is {view.state} and {name} does not fit it",
                expected="a time" if due else "'-'",
            )


def _time_order(view: JobView, created: float | None) -> Iterator[Outcome]:
    """STA-05; a job that was cancelled is free in its times (E25)."""
    if view.state is State.CANCEL:
        return
    moments = [
        ("CreationTime", created),
        ("StartTime", parse_job_time(view.text("StartTime"))),
        ("EndTime", parse_job_time(view.text("EndTime"))),
    ]
    known = [(name, moment) for name, moment in moments if moment is not None]
    for (name, moment), (later_name, later) in itertools.pairwise(known):
        yield _expect(
            view,
            "STA-05",
            later_name,
            right=moment <= later,
            message=f"{later_name} is before {name}",
            expected=f"not before {view.text(name)}",
        )


# ---- input and output ---------------------------------------------------------------------------


def _input(view: JobView) -> Iterator[Outcome]:
    """RSP-18: the bucket stands in BucketId or in Bucket (E1); both at once must agree."""
    if view.job.first("Input") is None:
        yield _expect(
            view,
            "RSP-18",
            "Input",
            right=False,
            message="the job has no Input",
            expected="Input with the bucket, Region and Object of the request",
        )
        return
    asked = view.asked
    if asked is None or not asked.input_object:
        right, wanted = _there(view, "Input/Object"), "an Object that is not empty"
    else:
        right, wanted = view.text("Input/Object") == asked.input_object, repr(asked.input_object)
    yield _expect(
        view,
        "RSP-18",
        "Input/Object",
        right=right,
        message="Input.Object is not the request's",
        expected=wanted,
    )
    yield _expect(
        view,
        "RSP-18",
        "Input/Region",
        right=view.text("Input/Region") == view.target.region,
        message="Input.Region is not the region of the Host",
        expected=repr(view.target.region),
    )
    names = [name for name in ("BucketId", "Bucket") if view.job.at(f"Input/{name}") is not None]
    for name in names or ("BucketId",):
        yield _expect(
            view,
            "RSP-18",
            f"Input/{name}",
            right=view.text(f"Input/{name}") == view.target.bucket,
            message="the bucket in Input is not the bucket of the Host",
            expected=repr(view.target.bucket),
        )


def _operation(view: JobView) -> Iterator[Outcome]:
    yield _expect(
        view,
        "RSP-19",
        "Operation",
        right=view.job.first("Operation") is not None,
        message="the job has no Operation",
        expected="Operation",
    )


def _echo(view: JobView) -> Iterator[Outcome]:
    """RSP-20, RSP-24, RSP-25: Output, UserData and JobLevel come back as they were sent."""
    asked = view.asked
    if view.job.first("Operation") is None:
        return
    if asked is None or asked.output is None:
        yield _expect(
            view,
            "RSP-20",
            "Operation/Output",
            right=view.job.at("Operation/Output") is not None,
            message="the job has no Operation.Output",
            expected="Operation.Output",
        )
        return
    for name, value in (
        ("Region", asked.output.region),
        ("Bucket", asked.output.bucket),
        ("Object", asked.output.object),
    ):
        yield _expect(
            view,
            "RSP-20",
            f"Operation/Output/{name}",
            right=view.text(f"Operation/Output/{name}") == (value or ""),
            message=f"Operation.Output.{name} is not the request's",
            expected=repr(value or ""),
        )
    yield _expect(
        view,
        "RSP-24",
        "Operation/UserData",
        right=view.text("Operation/UserData") == (asked.user_data or ""),
        message="Operation.UserData is not the request's",
        expected=repr(asked.user_data or ""),
    )
    if view.job.at("Operation/JobLevel") is not None:  # its absence is right (E4)
        level = asked.job_level or "0"
        yield _expect(
            view,
            "RSP-25",
            "Operation/JobLevel",
            right=view.text("Operation/JobLevel").strip() == level.strip()
            or (not asked.job_level and not view.text("Operation/JobLevel").strip()),
            message="Operation.JobLevel is not the request's",
            expected=repr(level),
        )
    else:
        yield ok("RSP-25", view.exchange)


# ---- template and inline parameters -------------------------------------------------------------


def _template(view: JobView) -> Iterator[Outcome]:
    """RSP-21, RSP-22, RSP-30."""
    asked = view.asked
    has_id = _there(view, "Operation/TemplateId")
    if asked is not None and view.job.first("Operation") is not None:
        wanted = asked.template_id or ""
        yield _expect(
            view,
            "RSP-21",
            "Operation/TemplateId",
            right=view.text("Operation/TemplateId") == wanted,
            message="Operation.TemplateId is not the request's",
            expected=repr(wanted) if wanted else "absent: the request had none",
        )
    unknown = asked is not None and asked.template_id not in (None, "", view.target.template_id)
    if not unknown and view.job.first("Operation") is not None:
        yield _expect(
            view,
            "RSP-22",
            "Operation/TemplateName",
            right=_there(view, "Operation/TemplateName") == has_id,
            message="TemplateName and TemplateId do not come together",
            expected="a TemplateName that is not empty" if has_id else "no TemplateName",
        )
    if asked is not None and asked.template_id and asked.pic_process is not None and not unknown:
        yield _expect(
            view,
            "RSP-30",
            "Operation/TemplateId",
            right=view.text("Operation/TemplateId") == asked.template_id
            and _there(view, "Operation/TemplateName"),
            message="with both TemplateId and PicProcess the template is not the one used",
            expected=f"TemplateId {asked.template_id!r} and its TemplateName",
        )


def _pic_process(view: JobView) -> Iterator[Outcome]:
    """RSP-23: equal, node by node, when the job uses it; beside a TemplateId its echo is free."""
    asked = view.asked
    if asked is None or asked.pic_process is None or asked.template_id:
        return
    wanted: PicProcess = asked.pic_process
    for name, value in (
        ("IsPicInfo", wanted.is_pic_info),
        ("ProcessRule", wanted.process_rule),
    ):
        path = f"Operation/PicProcess/{name}"
        yield _expect(
            view,
            "RSP-23",
            path,
            right=view.text(path) == (value or ""),
            message=f"Operation.PicProcess.{name} is not the request's",
            expected=repr(value or ""),
        )


# ---- what the end of a job adds -----------------------------------------------------------------


def _outcome_nodes(view: JobView) -> Iterator[Outcome]:
    """RSP-26, RSP-27, RSP-28: result, code and message by state."""
    if view.state is None:
        return
    if view.state is not State.SUCCESS:
        yield _expect(
            view,
            "RSP-26",
            "Operation/PicProcessResult",
            right=view.job.at("Operation/PicProcessResult") is None,
            message=f"there is a PicProcessResult although State is {view.state}",
            expected="no PicProcessResult",
        )
    code, message = view.text("Code").strip(), view.text("Message").strip()
    if view.state is State.FAILED:
        yield _expect(
            view,
            "RSP-28",
            "Code",
            right=bool(code) and code != "Success",
            message="a Failed job does not say why: Code",
            expected="an error code",
        )
        yield _expect(
            view,
            "RSP-28",
            "Message",
            right=bool(message),
            message="a Failed job does not say why: Message",
            expected="a message that is not empty",
        )
    elif view.state is not State.CANCEL:  # E25
        yield _expect(
            view,
            "RSP-27",
            "Code",
            right=code in ("", "Success"),
            message=f"Code is an error although State is {view.state}",
            expected="absent, or 'Success'",
        )
        yield _expect(
            view,
            "RSP-27",
            "Message",
            right=not message,
            message=f"there is a Message although State is {view.state}",
            expected="absent, or empty",
        )


# ---- names --------------------------------------------------------------------------------------

_JOB_NAMES = frozenset(
    [
        "Code",
        "Message",
        "JobId",
        "Tag",
        "State",
        "CreationTime",
        "StartTime",
        "EndTime",
        "QueueId",
        "Input",
        "Operation",
    ]
)
_INPUT_NAMES = frozenset(("Region", "Bucket", "BucketId", "Object"))
_OPERATION_NAMES = frozenset(
    [
        "TemplateId",
        "TemplateName",
        "PicProcess",
        "Output",
        "PicProcessResult",
        "UserData",
        "JobLevel",
    ]
)
_OUTPUT_NAMES = frozenset(("Region", "Bucket", "Object"))


def _names(view: JobView) -> Iterator[Outcome]:
    """RSP-29: names that the page has (E9: drift is information). RSP-32: each at most once."""
    job = view.job
    groups: list[tuple[str, Node | None, frozenset[str]]] = [
        ("", job, _JOB_NAMES),
        ("Input/", job.first("Input"), _INPUT_NAMES),
        ("Operation/", job.first("Operation"), _OPERATION_NAMES),
        ("Operation/Output/", job.at("Operation/Output"), _OUTPUT_NAMES),
    ]
    strange: list[str] = []
    repeated: list[str] = []
    for prefix, node, names in groups:
        if node is not None:
            held = [child.name for child in node.children]
            strange += [prefix + name for name in held if name not in names]
            repeated += [prefix + name for name in _more_than_once(held) if name in names]
    yield from _strange(view, strange)
    yield from _repeated(view, repeated)


def _strange(view: JobView, strange: list[str]) -> Iterator[Outcome]:
    unknown = [path for path in strange if path.rpartition("/")[2] not in RESPONSE_DRIFT]
    for path, level in [
        *((path, None) for path in unknown),
        *((path, Level.MAY) for path in strange if path not in unknown),
    ]:
        kind = "a node that the page does not name" if level is None else "a later node (drift)"
        yield broken(
            "RSP-29",
            view.exchange,
            message=f"the job holds {kind}: {path}",
            expected="the page's nodes only",
            observed=path,
            level=level,
            at=f"{ROOT}/{path}",
        )
    if not strange:
        yield ok("RSP-29", view.exchange)


def _repeated(view: JobView, repeated: list[str]) -> Iterator[Outcome]:
    for path in repeated:
        yield broken(
            "RSP-32",
            view.exchange,
            message=f"the job holds {path} more than once",
            expected=f"one {path}",
            observed=f"{path} repeated",
            at=f"{ROOT}/{path}",
        )
    if not repeated:
        yield ok("RSP-32", view.exchange)


def _more_than_once(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    twice: list[str] = []
    for name in names:
        if name in seen and name not in twice:
            twice.append(name)
        seen.add(name)
    return twice


#: Which function decides which clauses.
DECIDES: Decisions = {
    _identity: ("RSP-12", "RSP-13", "RSP-14", "RSP-17"),
    _times: ("RSP-15", "RSP-16"),
    times_by_state: ("STA-02", "STA-03", "STA-04"),
    _time_order: ("STA-05",),
    _input: ("RSP-18",),
    _operation: ("RSP-19",),
    _echo: ("RSP-20", "RSP-24", "RSP-25"),
    _template: ("RSP-21", "RSP-22", "RSP-30"),
    _pic_process: ("RSP-23",),
    _outcome_nodes: ("RSP-26", "RSP-27", "RSP-28"),
    _strange: ("RSP-29",),
    _repeated: ("RSP-32",),
}
