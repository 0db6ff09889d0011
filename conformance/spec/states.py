"""The six job states and the steps between them: one table that checks, emulator and docs read."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """A job's status, by the page's names."""

    SUBMITTED = "Submitted"
    RUNNING = "Running"
    SUCCESS = "Success"
    FAILED = "Failed"
    PAUSE = "Pause"
    CANCEL = "Cancel"


#: STA-06: from each state, the states that a later look may find. Staying is always allowed.
STEPS: dict[State, frozenset[State]] = {
    State.SUBMITTED: frozenset(
        {State.PAUSE, State.RUNNING, State.CANCEL, State.SUCCESS, State.FAILED}
    ),
    State.PAUSE: frozenset(
        {State.SUBMITTED, State.RUNNING, State.CANCEL, State.SUCCESS, State.FAILED}
    ),
    State.RUNNING: frozenset({State.SUCCESS, State.FAILED}),
    State.SUCCESS: frozenset(),
    State.FAILED: frozenset(),
    State.CANCEL: frozenset(),
}

#: STA-07: states that never change again.
FINAL: frozenset[State] = frozenset(state for state, nexts in STEPS.items() if not nexts)

#: States in which a job waits: it can be cancelled (CancelPicJob) and has no times yet (STA-02).
WAITING: frozenset[State] = frozenset({State.SUBMITTED, State.PAUSE})


_BY_NAME: dict[str | None, State] = {state.value: state for state in State}


def parse_state(text: str | None) -> State | None:
    """The state of that name, letter case included, or None."""
    return _BY_NAME.get(text)
