"""The clause reference: a page for each family, and the page that leads to them.

The examples on a page come from runs that take minutes. A page is therefore made again around the
examples that stand on it, unless new ones are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conformance import REVISION
from conformance.reference.errata import link
from conformance.reference.examples import CLIENT, SERVER, Example
from conformance.reference.exchange import example_lines
from conformance.reference.markdown import NOTICE, plain, table
from conformance.spec.clauses import CATALOGUE, FAMILIES, ROLES, Clause

#: The Markdown of examples by clause, side and whether they pass.
Shown = dict[tuple[str, str, bool], str]

_ROLE = {"S": "a server", "C": "a client library", "K": "the sender of callbacks"}

_MARK = re.compile(r"<!-- example (\S+) (\S+) (passes|fails) -->\n(.*?)\n<!-- end -->", re.DOTALL)

#: Lines of bodies and of their lengths; names and counts that hang on how quick things were.
_PASSING = re.compile(r"[<{]|\(\.\.\.|Content-Length: |x-ci-|ETag")
_NAMES = re.compile(
    r"\bc[0-9a-f]{31,33}\b|(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])|&nextToken=[^& ]+"
    r"|(?<=life/success-)\d\d|\d+ (?=of \d+|jobs|seconds)|(?<=`)(?:(?:Submitted|Running) > )+"
    r"|(?<=State is )(?:Submitted|Running)"
)

_INDEX = f"""\
# Clauses

Every statement that an implementation can be found to break: {len(CATALOGUE)} *clauses* (test
assertions), drawn from the CreatePicJobs page of {REVISION} and the pages that it leans on. An id
never changes its meaning and is never used again.

A broken **MUST** fails, a broken **SHOULD** warns (and fails with `--strict`), a broken **MAY** is
told for information.

Each clause has an example that obeys it and one that breaks it, from real runs: on the reference
emulator or the plain client as they are, and with one fault. In the examples, moments, ids, ports
and signatures are replaced by fixed ones, so that signatures do not verify; long bodies are cut.
"""


def index() -> str:
    """The page that leads to the families."""
    lines = [NOTICE, "", _INDEX]
    rows = []
    for family, title in FAMILIES.items():
        clauses = [each for each in CATALOGUE if each.family == family]
        rows.append((f"[{family}]({family.lower()}.md)", plain(title), *_counts(clauses)))
    lines += table(("family", "what it is about", "server", "callbacks", "client"), rows)
    return "\n".join(lines) + "\n"


def _counts(clauses: list[Clause]) -> tuple[str, ...]:
    counts = [sum(role in each.roles for each in clauses) for role in ("S", "K", "C")]
    return tuple(str(count) if count else "" for count in counts)


def shown_on(page: str) -> Shown:
    """The examples that stand on a page."""
    return {(at[1], at[2], at[3] == "passes"): at[4] for at in _MARK.finditer(page)}


def shown(examples: Mapping[tuple[str, str, bool], Example]) -> Shown:
    """Examples as Markdown."""
    return {key: "\n".join(example_lines(example)) for key, example in examples.items()}


def merged(there: Shown, fresh: Shown) -> Shown:
    """``fresh``, but what stands ``there`` where the two tell the same.

    Which jobs a list holds, and what they are called, is another in every run.
    """
    return {
        key: there[key] if key in there and told(there[key]) == told(text) else text
        for key, text in fresh.items()
    }


def told(text: str) -> str:
    """What an example tells in every run: all of it but bodies, ids, tokens and counts."""
    lines = [line for line in text.splitlines() if not _PASSING.match(line)]
    return _NAMES.sub("", "\n".join(lines))


def page(family: str, examples: Shown) -> str:
    """The page of one family."""
    return "\n".join(_lines(family, examples)) + "\n"


def _lines(family: str, examples: Shown) -> Iterator[str]:
    clauses = [each for each in CATALOGUE if each.family == family]
    yield NOTICE
    yield ""
    yield f"# {family}: {FAMILIES[family]}"
    yield ""
    rows = ((link(each), _levels(each), plain(each.assertion)) for each in clauses)
    yield from table(("clause", "level", "assertion"), rows)
    for each in clauses:
        yield ""
        yield from _clause(each, examples)


def _levels(clause: Clause) -> str:
    return ", ".join(dict.fromkeys(str(clause.level_for(role)) for role in clause.roles))


def _clause(clause: Clause, examples: Shown) -> Iterator[str]:
    yield f"## {clause.id}"
    yield ""
    yield plain(clause.assertion)
    yield ""
    for role in clause.roles:
        yield f"- **{clause.level_for(role)}** for {_ROLE[role]}{_outcome(clause, role)}"
    sources = [
        f"[{plain(each.name)}]({each.url})" if each.url else plain(each.name)
        for each in clause.sources
    ]
    yield f"- Source: {'; '.join(sources)}"
    if clause.errata:
        links = (f"[{each}](../errata.md#{each.lower()})" for each in clause.errata)
        yield f"- Errata: {', '.join(links)}"
    if clause.note:
        yield f"- Note: {plain(clause.note)}"
    for side, roles in ((SERVER, {"S", "K"}), (CLIENT, {"C"})):
        if roles & set(clause.roles):
            yield from _examples(clause, side, examples)


def _outcome(clause: Clause, role: str) -> str:
    """What a server does with a request that the clause speaks of."""
    return f": such a request is {clause.outcome}" if role == "S" and clause.outcome else ""


def _examples(clause: Clause, side: str, examples: Shown) -> Iterator[str]:
    whose = {SERVER: "Server", CLIENT: ROLES["C"].capitalize()}[side]
    for passes in (True, False):
        text = examples.get((clause.id, side, passes))
        if text is None:
            continue
        word = "passes" if passes else "fails"
        yield ""
        yield f'<details markdown="1"><summary>{whose}: an example that {word}</summary>'
        yield ""
        yield f"<!-- example {clause.id} {side} {word} -->"
        yield text
        yield "<!-- end -->"
        yield ""
        yield "</details>"
