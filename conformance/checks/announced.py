"""CBK-05: the job in a callback is the job that DescribePicJob shows, node by node."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.base import Decisions, Outcome, broken, ok
from conformance.checks.facts import Facts
from conformance.checks.results import shape_of
from conformance.spec.names import RESPONSE_DRIFT
from conformance.spec.reading import Sighting
from conformance.spec.states import FINAL, State
from conformance.spec.wire import Exchange
from conformance.spec.xml import Node

_RESULT = "Operation/PicProcessResult"
_LEVEL = "Operation/JobLevel"

#: Nodes that are free: drift (E9), what workflows add, JobLevel (E4).
_FREE = frozenset({*RESPONSE_DRIFT, "CosHeaders"})


def compare(facts: Facts, callback: Exchange, job: Node) -> Iterator[Outcome]:
    """Compare with the last look that showed the job in a final state."""
    look = _final_look(facts, job.value("JobId"))
    if look is None:
        yield from _against_creation(facts, callback, job)
        return
    here, there = leaves(job), leaves(look.job)
    differing = [
        path
        for path in sorted(here.keys() | there.keys())
        if here.get(path, "") != there.get(path, "") and not _is_free(path, here, there)
    ]
    level = _wrong_level(facts, job, here)
    if level is not None and _LEVEL not in differing:
        differing.append(_LEVEL)
        there[_LEVEL] = level
    mine, other = result_values(job.at(_RESULT)), result_values(look.job.at(_RESULT))
    for name in sorted(mine.keys() & other.keys()):
        if mine[name] != other[name]:
            differing.append(f"{_RESULT}/{name}")
            here[differing[-1]], there[differing[-1]] = mine[name], other[name]
    if look.state is State.SUCCESS and job.at(_RESULT) is None and look.job.at(_RESULT):
        differing.append(_RESULT)
    for path in differing:
        yield broken(
            "CBK-05",
            callback,
            look.exchange,
            message=f"the job in the callback differs from DescribePicJob's in {path}",
            expected=repr(there.get(path, "")),
            observed=repr(here.get(path, "")),
            at=f"Response/JobsDetail/{path}",
        )
    if not differing:
        yield ok("CBK-05", callback)


def _against_creation(facts: Facts, callback: Exchange, job: Node) -> Iterator[Outcome]:
    """Where nobody looked afterwards, what was asked for still has to be there."""
    creation = facts.creation(job.value("JobId"))
    if creation is None or creation.request is None or creation.request.output is None:
        return
    for path, wanted in (
        ("Operation/Output/Object", creation.request.output.object),
        ("Operation/UserData", creation.request.user_data),
    ):
        if (job.value(path) or "") != (wanted or ""):
            yield broken(
                "CBK-05",
                callback,
                creation.exchange,
                message=f"the job in the callback is not the one that was created: {path}",
                expected=repr(wanted or ""),
                observed=repr(job.value(path) or ""),
                at=f"Response/JobsDetail/{path}",
            )


def _final_look(facts: Facts, job_id: str | None) -> Sighting | None:
    looks = [look for look in facts.looks_at(job_id) if look.state in FINAL]
    return looks[-1] if looks else None


def leaves(job: Node) -> dict[str, str]:
    """Every leaf by its path, the result left out; BucketId and Bucket are one name (E1)."""
    found: dict[str, str] = {}
    for path, node in job.walk():
        inner = path.partition("/")[2]
        if node.children or inner.startswith(_RESULT):
            continue
        if inner == "Input/Bucket":
            inner = "Input/BucketId"
        if not _FREE & set(inner.split("/")):
            found[inner] = node.text
    return found


def _wrong_level(facts: Facts, job: Node, here: dict[str, str]) -> str | None:
    """The JobLevel that was asked for, where the callback has another one (E4).

    A describe may leave the node out, and then there is nothing else to compare it with.
    """
    creation = facts.creation(job.value("JobId"))
    if creation is None or creation.request is None or not here.get(_LEVEL, "").strip():
        return None
    asked = (creation.request.job_level or "0").strip()
    return asked if here[_LEVEL].strip() != asked else None


def _is_free(path: str, here: dict[str, str], there: dict[str, str]) -> bool:
    """E4: JobLevel may be left out. E2: without an error Code is absent or Success."""
    if path == _LEVEL:
        return path not in here or path not in there
    if path == "Code":
        return {here.get(path, ""), there.get(path, "")} <= {"", "Success"}
    return False


def result_values(result: Node | None) -> dict[str, str]:
    """The values of a PicProcessResult by names that all its shapes share (E3, E28)."""
    if result is None or shape_of(result) is None:
        return {}
    inner = result.first("UploadResult") or result
    values: dict[str, str] = {}
    image = inner.at("OriginalInfo/ImageInfo")
    for child in image.children if image is not None else ():
        values[f"OriginalInfo/ImageInfo/{child.name}"] = child.text.strip()
    processed = inner.first("ProcessResult") or inner.at("ProcessResults/Object")
    for name in ("Format", "Width", "Height", "Size", "Quality"):
        node = processed.first(name) if processed is not None else None
        if node is not None:
            values[f"ProcessResult/{name}"] = node.text.strip()
    return values


#: Which function decides which clauses.
DECIDES: Decisions = {
    compare: ("CBK-05",),
    _against_creation: ("CBK-05",),
}
