"""Shells complete commands, options, and the names of clauses, faults and variants."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from conformance import cli
from conformance.spec.clauses import CATALOGUE

_VARIABLE = "_PICJOBS_CONFORMANCE_COMPLETE"


def completed(words: str, monkeypatch: pytest.MonkeyPatch, capsys) -> list[str]:
    """What bash is offered for the last of ``words``."""
    monkeypatch.setenv(_VARIABLE, "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    with pytest.raises(SystemExit):
        cli.run([])
    return [line.partition(",")[2] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("picjobs-conformance cl", ["client", "clauses"]),
        ("picjobs-conformance run --max-f", ["--max-failures"]),
        ("picjobs-conformance run --clause sig-4", None),
        ("picjobs-conformance run --skip CB", None),
        ("picjobs-conformance serve --fault callback-twi", ["callback-twice"]),
        ("picjobs-conformance selftest --only callback-twi", ["callback-twice"]),
        ("picjobs-conformance clauses HTTP-10", ["HTTP-10"]),
    ],
)
def test_names_are_completed(words, offered, monkeypatch, capsys) -> None:
    found = completed(words, monkeypatch, capsys)
    if offered is None:
        start = words.split()[-1].upper()
        names = [each.id for each in CATALOGUE if each.id.startswith(start)]
        offered = [*({"CBK"} if start == "CB" else ()), *names]
    assert found == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_reads(shell, capsys) -> None:
    assert cli.run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert _VARIABLE in script
    assert "picjobs-conformance" in script
    if shutil.which(shell) is not None:
        read = subprocess.run([shell, "-n"], input=script, text=True, check=False)
        assert read.returncode == 0
