"""Trying mutants: which tests run for each, and whether one of them notices.

One pytest session collects the tests of the pure core and measures, once, which lines each of them
runs. Then every mutant is tried in a fork of that session, with the tests that run its lines, the
quickest first, until one fails:

* a change inside a function is made by giving the function objects that already exist their new
  code, so that a trial costs milliseconds;
* a change of what runs when the module is loaded forgets every module of ours in the fork, and
  collects again with the changed module in place.

A trial that uses far more time than its tests do counts as noticed.
"""

from __future__ import annotations

import functools
import gc
import importlib.abc
import importlib.machinery
import json
import os
import resource
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time
from types import CodeType, FunctionType, ModuleType
from typing import Protocol

import coverage
import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from mutants import CORE, ROOT, Mutant

#: The tests of the pure core.
TESTS = ("tests/spec", "tests/checks")

_WITHOUT = ("cacheprovider", "picjobs", "xdist", "cov")
QUIET = ("-q", "-x", "-W", "ignore", *(f"-pno:{plugin}" for plugin in _WITHOUT))

#: CPU seconds that a trial may take beyond ten times what its tests take, and bytes of memory.
PATIENCE = 3
MEMORY = 4 << 30


class Told(Protocol):
    """Hears of each mutant whether a test noticed it."""

    def __call__(self, mutant: Mutant, /, *, noticed: bool) -> None: ...


class Noticed(Exception):
    """A test failed."""


@dataclass
class Measured:
    """What the unchanged tests do: seconds by test, and tests by line (``""``: while loading)."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[str]]]

    def tests_of(self, mutant: Mutant) -> set[str]:
        by_line = self.lines.get(mutant.path, {})
        return {test for line in mutant.lines for test in by_line.get(line, ())}

    def tests_of_module(self, path: str) -> set[str]:
        return {test for tests in self.lines.get(path, {}).values() for test in tests}


class Trials:
    """A pytest plugin that tries ``mutants`` in place of running the tests."""

    def __init__(self, mutants: Sequence[Mutant], told: Told) -> None:
        self.mutants = mutants
        self.told = told

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise pytest.UsageError("the tests cannot be collected")
        items = {item.nodeid: item for item in session.items}
        measured = _measure(items)
        functions = _functions()
        _forget_results()
        gc.freeze()  # so that a fork does not copy everything as soon as it looks at it
        for mutant in self.mutants:
            self.told(mutant, noticed=self._noticed(mutant, items, measured, functions))
        return True

    def _noticed(
        self,
        mutant: Mutant,
        items: dict[str, pytest.Item],
        measured: Measured,
        functions: dict[tuple[str, str, int], list[FunctionType]],
    ) -> bool:
        code = mutant.compiled()
        tests = measured.tests_of(mutant)
        quickest = sorted(tests - {""}, key=lambda test: measured.seconds[test])
        seconds = sum(measured.seconds[test] for test in quickest)
        if mutant.in_function and _fork(
            lambda: _with_functions(code, functions, [items[test] for test in quickest]), seconds
        ):
            return True
        if mutant.in_function and "" not in tests:
            return False
        if not mutant.in_function:
            quickest = sorted(measured.tests_of_module(mutant.path) - {""} or set(items))
        seconds = sum(measured.seconds[test] for test in quickest) + 10
        files = Counter(test.partition("::")[0] for test in quickest)
        return any(
            _fork(partial(_with_module, mutant.path, code, file), seconds)
            for file, _ in sorted(files.items(), key=lambda each: _likeness(mutant.path, *each))
        )


def _likeness(path: str, file: str, count: int) -> tuple[bool, int]:
    """For sorting: the files of tests that bear the module's name come first, then the largest."""
    return Path(path).stem.rstrip("s") not in file, -count


# ---- the unchanged tests ------------------------------------------------------------------------


def _measure(items: dict[str, pytest.Item]) -> Measured:
    """Run every test once, in a fork so that nothing is left in memory; they all must pass."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            json.dump(_run_measured(items), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    if not text:
        raise pytest.UsageError("the tests of the unchanged code do not pass")
    seconds, lines = json.loads(text)
    by_path = {
        path: {int(line): tests for line, tests in found.items()} for path, found in lines.items()
    }
    return Measured(seconds, by_path)


def _run_measured(
    items: dict[str, pytest.Item],
) -> tuple[dict[str, float], dict[str, dict[int, list[str]]]]:
    include = [str(ROOT / folder / "*") for folder in CORE]
    measuring = coverage.Coverage(data_file=None, include=include, config_file=False)
    measuring.start()
    for module in _ours():  # what loading runs has to count as run by no test
        path = Path(module.__file__ or "")
        if path.is_relative_to(ROOT / "conformance"):
            exec(compile(path.read_bytes(), str(path), "exec"), dict(vars(module)))  # noqa: S102
    seconds = {}
    for test, item in items.items():
        measuring.switch_context(test)
        began = process_time()
        _run([item], strict=True)
        seconds[test] = process_time() - began
    measuring.stop()
    data = measuring.get_data()
    lines = {
        str(Path(file).relative_to(ROOT)): data.contexts_by_lineno(file)
        for file in data.measured_files()
    }
    return seconds, lines


def _run(items: list[pytest.Item], *, strict: bool = False) -> None:
    """Run ``items`` in order. Raises :class:`Noticed` at the first that fails."""
    for item, following in zip(items, [*items, None][1:], strict=True):  # there may be none
        for report in runtestprotocol(item, log=False, nextitem=following):
            if report.failed:
                if strict:
                    sys.stderr.write(f"{item.nodeid}\n{report.longreprtext}\n")
                raise Noticed


# ---- a changed module ---------------------------------------------------------------------------


def _fork(trial: Callable[[], None], seconds: float) -> bool:
    """Whether ``trial`` raised, ended otherwise than well, or outlived its time."""
    child = os.fork()
    if child == 0:
        gc.disable()
        _limit(int(seconds * 10) + PATIENCE)
        try:
            trial()
        except BaseException:  # noqa: BLE001 - whatever it was, it was noticed
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


def _limit(seconds: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(seconds * 20)


def _functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """Every function object of the core that exists, by file, name and first line."""
    found: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType):
            found[_place(each.__code__)].append(each)
    return found


@functools.lru_cache
def _some_cached_function() -> None:
    """Any cached function, for its type, which has no public name."""


def _forget_results() -> None:
    """Collecting may have filled caches with what the unchanged code says."""
    for each in gc.get_objects():
        if isinstance(each, type(_some_cached_function)):
            each.cache_clear()


def _place(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _with_functions(
    code: CodeType,
    functions: dict[tuple[str, str, int], list[FunctionType]],
    items: list[pytest.Item],
) -> None:
    for each in _codes(code):
        for function in functions.get(_place(each), ()):
            function.__code__ = each
    _run(items)


def _codes(code: CodeType) -> Iterable[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


class _Loader(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    """Finds one module with other code; a pytest plugin, so as to come before pytest's finder."""

    def __init__(self, path: str, code: CodeType) -> None:
        self.name = module_name(path)
        self.path = path
        self.code = code

    def pytest_sessionstart(self) -> None:
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        package = self.path.endswith("__init__.py")
        spec = importlib.machinery.ModuleSpec(
            name, self, origin=str(ROOT / self.path), is_package=package
        )
        if package:
            spec.submodule_search_locations = [str((ROOT / self.path).parent)]
        spec.has_location = True
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, vars(module))  # noqa: S102 - the module with one change


def _with_module(path: str, code: CodeType, file: str) -> None:
    for module in _ours():
        del sys.modules[module.__name__]
    if pytest.main([*QUIET, file], plugins=[_Loader(path, code)]) != pytest.ExitCode.OK:
        raise Noticed


def _ours() -> list[ModuleType]:
    return [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in ("conformance", "tests")
    ]


def module_name(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


# ---- from outside -------------------------------------------------------------------------------


def try_all(mutants: Sequence[Mutant], told: Told, tests: Sequence[str] = TESTS) -> int:
    """Try every mutant and tell ``told`` of each whether a test noticed; the exit status."""
    quick = hypothesis.settings(
        max_examples=10,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.register_profile("mutation", quick)
    hypothesis.settings.load_profile("mutation")
    os.chdir(ROOT)
    return int(pytest.main([*QUIET, *tests], plugins=[Trials(mutants, told)]))
