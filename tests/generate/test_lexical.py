"""Writing: whatever the style, the same tree is read back."""

from __future__ import annotations

from itertools import permutations

import pytest

from conformance.generate import edit
from conformance.generate.lexical import (
    DECLARATIONS,
    GAPS,
    SPELLINGS,
    Style,
    permuted,
    reorder,
    reversing,
    rotating,
    write,
)
from conformance.spec.xml import Node, element, read_xml, write_xml

TEXT = " a & <b> ]]> \"c\" 'd' \u56fe\U0001f98c ]]]>>"
TREE = element(
    "Request",
    element("Tag", "PicProcess"),
    element("Input", element("Object", TEXT)),
    element("Empty"),
    element("QueueId", "p1"),
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_reads_back(spelling: str):
    assert read_xml(write(TREE, Style(spellings=(spelling,)))) == TREE


@pytest.mark.parametrize("gap", GAPS)
def test_every_gap_is_no_text(gap: str):
    assert read_xml(write(TREE, Style(gaps=(gap,)))) == TREE


@pytest.mark.parametrize("head", DECLARATIONS)
def test_every_declaration_is_read(head: str):
    assert read_xml(write(TREE, Style(head=head, bom=True))) == TREE


def test_tags_may_be_loose_and_empty_nodes_pairs():
    body = write(TREE, Style(loose=True, pairs=True))
    assert b"<Empty ></Empty >" in body
    assert read_xml(body) == TREE


def test_plain_writing_is_the_writing_of_the_core():
    assert write(TREE) == write_xml(TREE)


def test_ranks_count_through_every_permutation():
    children = tuple(Node(name) for name in "abcd")
    assert {permuted(children, rank) for rank in range(24)} == set(permutations(children))
    assert permuted(children, 0) == children


def test_orders_move_nodes_and_lose_none():
    body = write(TREE, Style(orders=(5, 1)))
    read = read_xml(body)
    assert read != TREE
    assert sorted(node.name for node in read.children) == ["Empty", "Input", "QueueId", "Tag"]
    assert reorder(TREE, reversing).children[0].name == "QueueId"
    assert reorder(TREE, rotating).children[-1].name == "Tag"


def test_edits_change_one_place():
    assert edit.drop(TREE, "Input/Object").at("Input") == Node("Input")
    assert edit.put(TREE, "Input/More", "x").value("Input/More") == "x"
    assert edit.put(TREE, "QueueId", "p2").value("QueueId") == "p2"
    assert edit.rename(TREE, "Tag", "tag").value("tag") == "PicProcess"
    moved = edit.move(TREE, "Input/Object", "")
    assert (moved.value("Object"), moved.at("Input/Object")) == (TEXT, None)
    doubled = edit.double(TREE, "QueueId", "p1", "p2")
    assert [node.text for node in doubled.all("QueueId")] == ["p1", "p2"]


@pytest.mark.parametrize("change", [edit.drop, edit.empty, edit.double])
def test_an_edit_of_nothing_is_an_error(change):
    with pytest.raises(ValueError, match="no node Absent"):
        change(TREE, "Absent")
    with pytest.raises(ValueError, match="no node Absent to move"):
        edit.move(TREE, "Absent", "")
