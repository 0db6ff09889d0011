"""Drawing: the same on every machine, item by item, silent, and without a trace on the disk."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.provider_conformance import run_conformance_test

from conformance.generate.provider import SeededProvider, draw

THINGS = st.tuples(
    st.integers(0, 10**6), st.binary(max_size=5), st.booleans(), st.lists(st.sampled_from("xy"))
)


def test_an_item_depends_on_seed_stream_and_index_alone():
    whole = draw(THINGS, seed=3, stream="a", count=40)
    assert draw(THINGS, seed=3, stream="a", count=10) == whole[:10]
    assert draw(THINGS, seed=3, stream="a", count=5, start=20) == whole[20:25]
    assert draw(THINGS, seed=4, stream="a", count=40) != whole
    assert draw(THINGS, seed=3, stream="b", count=40) != whole


def test_the_values_of_a_seed_are_fixed():
    drawn = draw(st.tuples(st.integers(0, 999), st.binary(max_size=3)), seed=0, stream="s", count=3)
    assert drawn == [(319, b""), (183, b"|"), (715, b"L\x93\xc3")]


def test_rejected_values_are_drawn_again_for_the_same_item():
    even = st.integers(0, 9).filter(lambda number: number % 2 == 0)
    whole = draw(even, seed=0, stream="even", count=60)
    assert len(whole) == 60
    assert draw(even, seed=0, stream="even", count=7, start=31) == whole[31:38]


def test_a_strategy_that_rejects_everything_is_named():
    never = st.integers().filter(lambda _: False)
    with pytest.raises(ValueError, match="stream 'never' gave 0 of 3 items"):
        draw(never, seed=0, stream="never", count=3)


def test_nothing_asked_nothing_drawn():
    assert draw(THINGS, seed=0, stream="a", count=0) == []


def test_a_strategy_without_a_choice_is_named():
    with pytest.raises(ValueError, match="has nothing to choose"):
        draw(st.just("x"), seed=0, stream="one", count=2)


def test_a_small_space_gives_as_many_items_as_asked():
    assert len(draw(st.booleans(), seed=0, stream="two", count=50)) == 50


def test_the_global_random_state_is_left_alone():
    random.seed(7)
    before = random.getstate()
    draw(THINGS, seed=0, stream="a", count=5)
    assert random.getstate() == before


def test_drawing_inside_a_test_of_hypothesis():
    expected = draw(THINGS, seed=0, stream="a", count=3)

    @settings(max_examples=3, database=None, suppress_health_check=[HealthCheck.nested_given])
    @given(st.integers())
    def outer(_number: int) -> None:
        assert draw(THINGS, seed=0, stream="a", count=3) == expected

    outer()


def test_threads_do_not_disturb_each_other():
    expected = {seed: draw(THINGS, seed=seed, stream="t", count=30) for seed in range(4)}
    seen: dict[int, list[object]] = {}

    def work(seed: int) -> None:
        seen[seed] = draw(THINGS, seed=seed, stream="t", count=30)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == expected


def test_silent_and_without_a_trace_outside_pytest(tmp_path: Path):
    code = (
        "from conformance.generate.cases import valid_cases\n"
        "from conformance.generate.shrink import smallest\n"
        "from conformance.generate.streams import VALID\n"
        "from tests.generate.support import TARGET\n"
        "for index in range(30):\n"
        "    smallest(VALID, TARGET, seed=0, index=index, still_fails=lambda case: True, tries=9)\n"
        "print(len(valid_cases(TARGET, 0, 20)))\n"
    )
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (run.stdout, run.stderr) == ("20\n", "")
    assert list(tmp_path.iterdir()) == []


def test_the_provider_obeys_the_interface_of_backends():
    run_conformance_test(
        SeededProvider, settings=settings(max_examples=20, database=None, stateful_step_count=15)
    )
