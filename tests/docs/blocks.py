"""The code blocks of a Markdown page, with what the comment before each says of it.

A ``console`` block is commands; a ``text`` block right after it is what they print, with ``...``
for whatever may differ. The comment before a block says more of it::

    <!-- exit status N -->      how it ends, when not with 0
    <!-- set-up -->             it installs: run with the whole of a page only
    <!-- whole -->              it takes long: run with the whole of a page only
    <!-- run by .ci/run -->     it is run there, not here
    <!-- file NAME -->          it is that file
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

TOP = Path(__file__).resolve().parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]

_BLOCK = re.compile(
    r"(?P<said>(?:^<!--[^\n]*-->\n)*)^```(?P<language>\w+)\n(?P<text>.*?)^```$"
    r"(?:\n+^```text\n(?P<output>.*?)^```$)?",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """One block. ``line`` is where its text begins, ``output`` None when none is shown."""

    line: int
    language: str
    text: str
    output: str | None = None
    status: int = 0
    set_up: bool = False
    whole: bool = False
    elsewhere: bool = False
    file: str | None = None


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page in order."""
    source = page.read_text(encoding="utf-8")
    at = 0
    while (found := _BLOCK.search(source, at)) is not None:
        output = found["output"] if found["language"] == "console" else None
        at = found.end() if output is not None else found.end("text") + 4
        said = found["said"]
        status = re.search(r"exit status (\d+)", said)
        file = re.search(r"<!-- file (\S+) -->", said)
        yield Block(
            source.count("\n", 0, found.start("text")) + 1,
            found["language"],
            found["text"],
            output,
            int(status[1]) if status else 0,
            "<!-- set-up -->" in said,
            "<!-- whole -->" in said,
            "<!-- run by .ci/run -->" in said,
            file[1] if file else None,
        )


def jobs(text: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """The jobs of a CI system's YAML: the variables of each, and its scripts."""
    for job in (told := yaml.safe_load(text)).get("jobs", told).values():
        variables = job.get("env", job.get("variables", {}))
        steps = [each["run"] for each in job.get("steps", ()) if "run" in each]
        scripts = [*steps, *job.get("before_script", ()), *job.get("script", ())]
        yield {key: str(value) for key, value in variables.items()}, scripts
