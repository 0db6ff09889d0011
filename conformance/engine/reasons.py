"""Why a clause is not run, where the configuration alone says so."""

from __future__ import annotations

from conformance.checks.verdicts import UNCLAIMED
from conformance.spec.clauses import for_roles
from conformance.spec.target import Target

#: Optional parts of the conformance statement, and the clauses that go with them.
PARTS: dict[str, tuple[str, ...]] = {
    "callbacks": ("CBK",),
    "tdmq": ("REQ-15", "REQ-16", "REQ-17"),
    "list": (
        *(f"QRY-{number}" for number in range(10, 19)),
        "ERR-10",
        "SIG-39",
    ),
    "cancel": ("QRY-20", "QRY-21", "QRY-22"),
    "temporary-credentials": ("SIG-26", "SIG-44"),
}

#: Scenarios that use an optional part, by the beginning of their names.
USES: dict[str, tuple[str, ...]] = {
    "callbacks": ("callback/",),
    "list": ("list/", "signing/list/"),
    "cancel": ("query/cancel-", "signing/cancel/"),
}


def not_run_reasons(target: Target) -> dict[str, str]:
    """Clause id to reason, for every clause that this configuration leaves out."""
    reasons: dict[str, str] = {}

    def leave_out(patterns: tuple[str, ...], reason: str) -> None:
        for clause in for_roles(("S", "K")):
            if clause.id in patterns or clause.family in patterns:
                reasons.setdefault(clause.id, reason)

    for part in sorted(target.disclaimed):
        leave_out(PARTS.get(part, ()), f"{UNCLAIMED} {part}")
    if target.disclaimed >= {"list", "cancel"}:  # no other operation takes parameters
        leave_out(("SIG-23",), f"{UNCLAIMED} list and cancel")
    if target.callback_base is None:
        leave_out(("CBK",), "the target cannot reach a callback receiver: give --callback-host")
    if not target.has_temporary:
        leave_out(("SIG-26", "SIG-44"), "no temporary credentials were given")
    if target.template_id is None:
        leave_out(("REQ-30", "RSP-30"), "no template was given: --template-id")
    if target.paused_queue_id is None:
        leave_out(("STA-13",), "no paused queue was given: --paused-queue-id")
    return reasons


def is_claimed(scenario: str, target: Target) -> bool:
    """Whether a scenario uses only what the target claims to have."""
    return not any(
        scenario.startswith(prefix) for part in target.disclaimed for prefix in USES.get(part, ())
    )
