"""What a case is before it is run, and which clauses it can say anything about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.checks.client_case import Call
from conformance.clients.answers import Answer
from conformance.spec.clauses import for_roles
from conformance.spec.reading import Operation


@dataclass(frozen=True, slots=True)
class CaseSpec:
    """One case before it is run.

    ``clauses`` come the most telling first: an adapter that fails is a finding on that one.
    ``note`` says what is special about the answer.
    """

    name: str
    clauses: tuple[str, ...]
    call: Call
    script: tuple[Answer, ...]
    note: str = ""


#: What every request is judged by, whichever operation it is for.
_EVERY = (
    *(each.id for each in for_roles("C") if each.family == "SIG"),
    *("HTTP-02", "HTTP-05", "HTTP-07", "HTTP-08", "HTTP-09"),
)

#: What every request of an operation is judged by, whatever the case is made for.
UNIVERSAL: dict[Operation, tuple[str, ...]] = {
    Operation.CREATE: (
        *_EVERY,
        *(each.id for each in for_roles("C") if each.family == "REQ"),
        *("HTTP-01", "HTTP-03", "HTTP-04", "HTTP-06"),
        *("LIB-01", "LIB-07", "LIB-09", "LIB-13"),
    ),
    Operation.DESCRIBE: (*_EVERY, "HTTP-11"),
    Operation.LIST: (*_EVERY, "HTTP-12"),
    Operation.CANCEL: (*_EVERY, "HTTP-13"),
}


_OPERATIONS = {Operation.LIST: "list", Operation.CANCEL: "cancel"}


def parts_of(call: Call) -> Iterator[str]:
    """The parts of the conformance statement that a library needs for a call."""
    if call.operation in _OPERATIONS:
        yield _OPERATIONS[call.operation]
    if call.keys.token is not None:
        yield "temporary-credentials"
    job = call.job or {}
    if job.get("CallBackType") == "TDMQ" or "CallBackMqConfig" in job:
        yield "tdmq"


def relevant(case: CaseSpec, selected: frozenset[str] | None) -> bool:
    """Whether a case can say anything about the selected clauses."""
    if selected is None:
        return True
    return bool(selected.intersection((*case.clauses, *UNIVERSAL[case.call.operation])))
