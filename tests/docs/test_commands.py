"""Every command that the pages and the README print does what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, TOP, Block, blocks, jobs
from tests.docs.shell import PLACEHOLDERS, Shell

#: A few clauses of a server and of a client: enough to see that a command works, and quick.
FEW = {"PICJOBS_CLAUSE": "REQ-45 HTTP-02", "PICJOBS_MAX_EXAMPLES": "5"}

#: What a checkout has that commands name.
_LINKS = ("conformance", "cassettes", "scripts", "constraints.txt")


def commands(page: Path) -> list[Block]:
    """The blocks of a page that are there to be followed."""
    found = [each for each in blocks(page) if each.file or each.language in ("console", "yaml")]
    return [each for each in found if not each.elsewhere]


_WITH_COMMANDS = [page for page in PAGES if commands(page)]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A directory that looks like a checkout with the suite installed, and no network."""
    for name in _LINKS:
        (tmp_path / name).symlink_to(TOP / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    told = {key: value for key, value in os.environ.items() if not key.startswith("PICJOBS_")}
    told |= {"PATH": f"{sys.prefix}/bin:{os.environ['PATH']}", "SUITE": str(TOP)}
    with Shell(tmp_path, told) as made:
        yield made


@pytest.mark.long
@pytest.mark.parametrize("page", _WITH_COMMANDS, ids=lambda page: str(page.relative_to(TOP)))
def test_the_commands_of(page: Path, shell: Shell) -> None:
    follow(page, shell, [each for each in commands(page) if not each.set_up and not each.whole])


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A clone of the project with what the first page has one install, and nothing else."""
    clone = tmp_path_factory.mktemp("newcomer") / "picjobs-conformance"
    subprocess.run(["git", "clone", "--quiet", TOP, clone], check=True)
    own = f"{sys.prefix}/bin"
    path = [each for each in os.environ["PATH"].split(":") if each != own]
    told = {key: os.environ[key] for key in ("HOME", "LANG") if key in os.environ}
    with Shell(clone, {**told, "PATH": ":".join(path), "SUITE": "."}) as shell:
        for step in blocks(TOP / "docs" / "index.md"):
            if step.set_up:
                ended = shell.run(step.text)
                assert ended.status == 0, ended
        ended = shell.run("pip install --quiet -c constraints.txt pytest-xdist")
        assert ended.status == 0, ended
        return clone, shell.environment


@pytest.mark.whole
@pytest.mark.parametrize("page", _WITH_COMMANDS, ids=lambda page: str(page.relative_to(TOP)))
def test_the_whole_of(page: Path, newcomer: tuple[Path, dict[str, str]]) -> None:
    clone, told = newcomer
    installed = page.name == "index.md"  # by the fixture, as the page says
    with Shell(clone, told) as shell:
        steps = [each for each in commands(page) if not (installed and each.set_up)]
        follow(page, shell, steps, whole=True)


def follow(page: Path, shell: Shell, steps: list[Block], *, whole: bool = False) -> None:
    """Do what the blocks say, one after the other. Unless ``whole``, runs judge a few clauses."""
    if page.name == "vendor.md":
        shell.environment["PICJOBS_DRY_RUN"] = "1"
    for step in steps:
        where = f"{page.relative_to(TOP)}:{step.line}"
        if step.file is not None:
            (shell.folder / step.file).write_text(shell.own(step.text), encoding="utf-8")
        elif step.language == "console":
            few = _is_long(step.text) and not whole
            shell.environment |= FEW if few else dict.fromkeys(FEW, "")
            ended = shell.run(step.text)
            assert ended.status == step.status, f"{where}: {ended}"
            if step.output is not None and not few:
                assert_printed(shell.own(step.output), ended.printed or ended.errors, where)
            if page.name == "vendor.md":
                assert "nothing was sent" in ended.printed, where
        elif step.language == "yaml":
            shell.environment |= {} if whole else FEW
            _follow_jobs(step.text, shell, where)


def _is_long(commands: str) -> bool:
    """Whether commands judge a live server or client by every clause."""
    judges = re.search(r"picjobs-conformance (run|client)", commands) is not None
    return judges and not re.search(r"--(clause|case|replay|dry-run)", commands)


def _follow_jobs(text: str, shell: Shell, where: str) -> None:
    before = dict(shell.environment)
    for variables, scripts in jobs(text):
        summary = str(shell.folder / "summary.md")
        shell.environment |= {**variables, **PLACEHOLDERS, "GITHUB_STEP_SUMMARY": summary}
        shell.environment["PICJOBS_ENDPOINT"] = shell.own(variables["PICJOBS_ENDPOINT"])
        for script in scripts:
            if "pip install" in script:
                assert '"$SUITE"' in script, where
                continue
            ended = shell.run(script)
            assert ended.status == 0, f"{where}: {script}: {ended}"
        shell.end_background()
    shell.environment = before


def assert_printed(shown: str, printed: str, where: str) -> None:
    """``shown`` is what was printed, where ``...`` stands for anything."""
    assert pattern(shown).fullmatch(printed), (
        f"{where}: this is shown:\n{shown}\nand this was printed:\n{printed}"
    )


def pattern(shown: str) -> re.Pattern[str]:
    """A line of nothing but ``...`` is any number of lines, in a line it is any text."""
    lines = [
        r"(?:[^\n]*\n)*?"
        if line.strip() == "..."
        else re.escape(line).replace(r"\.\.\.", r"[^\n]*") + "[ ]*\n"
        for line in shown.splitlines()
    ]
    return re.compile("".join(lines))
