"""The table of states and steps says what STA-06 and STA-07 say."""

from __future__ import annotations

import pytest

from conformance.spec.states import FINAL, STEPS, WAITING, State, parse_state

S = State


def test_the_six_states_by_the_pages_names() -> None:
    assert [*S] == ["Submitted", "Running", "Success", "Failed", "Pause", "Cancel"]


@pytest.mark.parametrize(
    ("state", "nexts"),
    [
        (S.SUBMITTED, {S.PAUSE, S.RUNNING, S.CANCEL, S.SUCCESS, S.FAILED}),
        (S.PAUSE, {S.SUBMITTED, S.RUNNING, S.CANCEL, S.SUCCESS, S.FAILED}),
        (S.RUNNING, {S.SUCCESS, S.FAILED}),
        (S.SUCCESS, set()),
        (S.FAILED, set()),
        (S.CANCEL, set()),
    ],
)
def test_steps(state: State, nexts: set[State]) -> None:
    assert STEPS[state] == nexts


def test_what_never_changes_and_what_waits() -> None:
    assert frozenset({S.SUCCESS, S.FAILED, S.CANCEL}) == FINAL
    assert frozenset({S.SUBMITTED, S.PAUSE}) == WAITING
    assert set(STEPS) == set(S)


@pytest.mark.parametrize("state", S)
def test_a_state_is_read_by_its_exact_name(state: State) -> None:
    assert parse_state(str(state)) is state
    assert parse_state(state.lower()) is None
    assert parse_state(f" {state}") is None


@pytest.mark.parametrize("text", [None, "", "Done", "SUBMITTED"])
def test_what_is_no_state(text: str | None) -> None:
    assert parse_state(text) is None
