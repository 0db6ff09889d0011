"""The pages hold what they say: generated ones are up to date, excerpts stand in the code."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from conformance.config import load
from conformance.expectations import load_expectations
from conformance.reference.__main__ import pages, stale
from conformance.reference.clauses import shown_on
from conformance.spec.clauses import CATALOGUE
from tests.docs.blocks import PAGES, TOP, blocks

DOCS = TOP / "docs"

_LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)(?:#[\w-]*)?\)")


def named(page: Path) -> str:
    return str(page.relative_to(TOP))


def test_generated_pages_are_up_to_date():
    assert not stale(pages(DOCS)), "run scripts/docs"


@pytest.mark.parametrize("clause", CATALOGUE, ids=lambda clause: clause.id)
def test_every_clause_has_an_example_that_passes_and_one_that_fails(clause):
    page = DOCS / "reference" / "clauses" / f"{clause.family.lower()}.md"
    sides = {"client" if role == "C" else "server" for role in clause.roles}
    wanted = {(clause.id, side, passes) for side in sides for passes in (True, False)}
    assert wanted <= set(shown_on(page.read_text(encoding="utf-8"))), "run scripts/docs --examples"


def test_every_page_is_in_the_contents_and_there():
    def files(entries):
        for entry in entries:
            value = next(iter(entry.values())) if isinstance(entry, dict) else entry
            yield from files(value) if isinstance(value, list) else [value]

    contents = yaml.safe_load((TOP / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    there = {str(page.relative_to(DOCS)) for page in PAGES if page.is_relative_to(DOCS)}
    assert sorted(files(contents)) == sorted(there)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    for link in _LINK.findall(text):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_excerpts_stand_in_the_code(page):
    for block in blocks(page):
        first, _, excerpt = block.text.partition("\n")
        if block.language == "python" and first.startswith("# conformance/"):
            assert excerpt in (TOP / first[2:]).read_text(encoding="utf-8"), first


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_toml_is_what_the_suite_reads(page, tmp_path):
    for block in blocks(page):
        if block.language != "toml" or block.file == "misspelt.toml":
            continue
        file = tmp_path / "shown.toml"
        file.write_text(block.text, encoding="utf-8")
        if {"known", "statement"} & set(tomllib.loads(block.text)):
            assert load_expectations(file, date(2026, 1, 1)).path
        else:
            secrets = {"PICJOBS_SECRET_ID": "id", "PICJOBS_SECRET_KEY": "key", "PICJOBS_YES": "1"}
            config, _ = load({}, secrets, tmp_path, str(file))
            assert config.bucket
