"""Documents with a document type (REQ-44): refused, or taken with the entity left out.

Whether an entity was resolved shows in two ways. The texts in ``forbidden`` can only have come
from the entity when they stand in a job (an error message may quote the document); and a callback
address serves as ``bait``: nobody but a resolver asks for it. The expansions harm nobody: the
largest comes to 270 kB.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.generate.base import (
    Case,
    callback_of,
    marker_of,
    sample,
    unjudged,
)
from conformance.generate.lexical import write
from conformance.spec.target import Target

#: What only an expansion can bring into a job.
EXPANDED = "PICJOBS-ENTITY-WAS-EXPANDED"

#: Files that nearly every machine has, each with texts of which it holds one.
_FILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "passwd": ("file:///etc/passwd", ("root:x:0:0:", "root:*:0:0:")),
    "win-ini": ("file:///c:/windows/win.ini", ("[fonts]",)),
}


def hostile_cases(target: Target) -> list[Case]:
    """Every hostile document that the target's configuration allows."""
    return [*_internal(target), *_files(target), *_fetched(target)]


def _internal(target: Target) -> Iterator[Case]:
    simple = f'<!ENTITY e "{EXPANDED}">'
    for slug, note, in_key in (
        ("internal-in-user-data", "an internal entity in UserData", False),
        ("internal-in-key", "an internal entity in Output.Object", True),
    ):
        yield _case(
            target, slug, note, simple, reference="&e;", forbidden=(EXPANDED,), in_key=in_key
        )
    nested = simple + '<!ENTITY outer "&e;">'
    note = "an entity that holds another"
    yield _case(target, "nested", note, nested, reference="&outer;", forbidden=(EXPANDED,))
    nested = f'<!ENTITY e0 "{EXPANDED}">' + "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 5)
    )
    note = "entities that expand to ten thousand times their length"
    yield _case(target, "expanding", note, nested, reference="&e4;", forbidden=(EXPANDED,))
    recursive = '<!ENTITY a "&b;"><!ENTITY b "&a;">'
    yield _case(target, "recursive", "entities that hold each other", recursive, reference="&a;")


def _files(target: Target) -> Iterator[Case]:
    for slug, (url, contents) in _FILES.items():
        declaration = f'<!ENTITY e SYSTEM "{url}">'
        note = f"an external entity, {url}"
        yield _case(target, f"file-{slug}", note, declaration, reference="&e;", forbidden=contents)
        parameter = f'<!ENTITY % p SYSTEM "{url}"> %p;'
        note = f"an external parameter entity, {url}"
        yield _case(target, f"parameter-{slug}", note, parameter, forbidden=contents)


def _fetched(target: Target) -> Iterator[Case]:
    for slug, note, declaration, reference in (
        ("fetched", "an external entity, http", '<!ENTITY e SYSTEM "{url}">', "&e;"),
        ("parameter-fetched", "a parameter entity, http", '<!ENTITY % p SYSTEM "{url}"> %p;', ""),
        ("subset-fetched", "an external subset, http", "", ""),
    ):
        bait = f"bait-{slug}"
        url = callback_of(target, bait)
        if url is not None:
            yield _case(
                target,
                slug,
                note,
                declaration.format(url=url),
                reference=reference,
                bait=bait,
                subset="" if declaration else url,
            )


def _case(
    target: Target,
    slug: str,
    note: str,
    declarations: str,
    *,
    reference: str = "",
    forbidden: tuple[str, ...] = (),
    in_key: bool = False,
    bait: str = "",
    subset: str = "",
) -> Case:
    name = f"REQ-44/{slug}"
    marker = marker_of(name)
    model = sample(target, marker)
    system = f' SYSTEM "{subset}"' if subset else ""
    internal = f" [{declarations}]" if declarations else ""
    head = f"<!DOCTYPE Request{system}{internal}>\n".encode()
    place = f"<Object>output/{marker}" if in_key else f"<UserData>{marker}"
    body = write(model.to_node()).replace(place.encode(), f"{place}{reference}".encode(), 1)
    return Case(
        name,
        head + body,
        model,
        unjudged("REQ-44", note=note),
        note=note,
        marker=marker,
        forbidden=forbidden,
        bait=bait,
    )
