"""The mutants of a module: what one small slip of the author would have made of it.

A mutant is the module's tree with one thing changed, compiled straight from the tree: no file is
ever written. What is changed: comparisons, ``and``/``or`` (one side dropped), ``not``, plain
conditions, numbers, strings, True and False, members of enumerations (levels, marks, states),
arithmetic, ``strip``/``lower`` and their like, ``any``/``all``, ``min``/``max``, ``break`` and
``continue``, statements left out.

What is not judged by mutants, because it is wording or data and not logic:

* what people read: docstrings, f-strings, arguments and variables named in ``PROSE``, what is
  raised, and any string of three words or more. Names, statuses, levels, clause ids and every value
  that is compared have fewer, and are mutated;
* annotations, decorators, ``__all__``, ``DECIDES`` (it documents, and has its own test), and
  what mypy refuses anyhow (an argument left out, a None in the place of a value);
* the modules in ``DATA``.
"""

from __future__ import annotations

import ast
import enum
import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parents[2]
CORE = ("conformance/spec", "conformance/checks")

#: The catalogue's pages and the errata are rows of data whose words are the point; the samples are
#: what the documentation prints. Their form has tests of its own (tests/spec, tests/test_proof.py).
DATA = (
    "conformance/spec/clauses/[!_m]*.py",
    "conformance/spec/errata.py",
    "conformance/spec/rules/[!_m]*.py",
    "conformance/spec/samples.py",
)

#: Keyword arguments, and variables, that say something to people.
PROSE = frozenset({"message", "expected", "observed", "reason", "seen", "note", "why"})
WORDS = 3

#: Python takes the name of a codec with any punctuation around it.
CODECS = frozenset({"utf-8", "latin-1"})

#: A longer expression is named by its two ends.
LONG = 110

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}
_TWINS = {
    "startswith": "endswith",
    "endswith": "startswith",
    "removeprefix": "removesuffix",
    "removesuffix": "removeprefix",
    "partition": "rpartition",
    "rpartition": "partition",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
}
_DROPPED = frozenset({"strip", "lower", "upper", "casefold"})


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change. ``name`` identifies it in its module for as long as what it changes stays.

    ``lines`` are those of its statement up to the change; ``in_function`` is false for what runs
    when the module is loaded.
    """

    path: str
    scope: str
    was: str
    becomes: str
    place: int  # among equal changes of one scope
    lines: range
    in_function: bool
    tree: ast.Module
    site: Site
    changed: ast.AST

    @property
    def name(self) -> str:
        more = f" #{self.place}" if self.place else ""
        return f"{self.scope}: {self.was} -> {self.becomes}{more}"

    def compiled(self) -> CodeType:
        """The whole module with the change in it."""
        with self.site.holding(self.changed):
            return compile(self.tree, str(ROOT / self.path), "exec", dont_inherit=True)


def modules() -> list[str]:
    """The modules of the pure core that have logic, as paths below the checkout."""
    held = {file for folder in CORE for file in (ROOT / folder).rglob("*.py")}
    data = {file for pattern in DATA for file in ROOT.glob(pattern)}
    return sorted(
        str(file.relative_to(ROOT)) for file in held - data if file.read_text().count("\n") > 1
    )


def mutants(path: str) -> list[Mutant]:
    """Every mutant of the module at ``path``, in the order of its source."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    enums = _enums(path)
    counted: Counter[tuple[str, str, str]] = Counter()
    found = []
    for site in _sites(tree):
        changes = list(_changes(site, enums))
        was = _text(site.node) if changes else ""
        for changed in changes:
            becomes = _text(changed)
            key = (site.scope, was, becomes)
            lines = range(site.start, (site.node.end_lineno or site.node.lineno) + 1)
            found.append(
                Mutant(path, *key, counted[key], lines, site.in_function, tree, site, changed)
            )
            counted[key] += 1
    return found


def _text(node: ast.AST) -> str:
    """The source on one line, its middle left out when it is long."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONG else f"{text[: LONG - 25]} … {text[-20:]}"


def _enums(path: str) -> dict[str, type[enum.Enum]]:
    module = importlib.import_module(
        path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    )
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, enum.Enum)
    }


# ---- where --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Site:
    """A place in the tree whose node may be changed: ``owner.field``, or an item of that list."""

    node: ast.expr | ast.stmt
    scope: str
    start: int  # the first line of its statement
    in_function: bool
    owner: ast.AST
    field: str
    index: int | None

    @contextmanager
    def holding(self, changed: ast.AST) -> Iterator[None]:
        """The tree with ``changed`` at this place, for as long as the context lasts."""
        for each in ast.walk(changed):
            if not hasattr(each, "lineno"):
                ast.copy_location(each, self.node)
        self._put(changed)
        try:
            yield
        finally:
            self._put(self.node)

    def _put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.index] = node


def _sites(tree: ast.Module) -> Iterator[Site]:
    """Every expression and statement that may be changed."""
    yield from _below(tree, "module", 1, in_function=False)


def _below(node: ast.AST, scope: str, start: int, *, in_function: bool) -> Iterator[Site]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        scope = node.name if scope == "module" else f"{scope}.{node.name}"
    for field, index, child in _children(node):
        if _is_wording(child):
            continue
        # A function's body runs when it is called; its defaults and decorators when it is loaded.
        inside = in_function or (isinstance(node, ast.FunctionDef) and field == "body")
        first = child.lineno if isinstance(child, ast.stmt) else start
        if isinstance(child, ast.expr | ast.stmt):
            yield Site(child, scope, first, inside, node, field, index)
        yield from _below(child, scope, first, in_function=inside)


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_params", "decorator_list"):
            continue
        if isinstance(value, ast.AST):
            yield field, None, value
        elif isinstance(value, list):
            for index, each in enumerate(value):
                if isinstance(each, ast.AST):
                    yield field, index, each


def _is_wording(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr | ast.Raise | ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if isinstance(node, ast.keyword):
        return node.arg in PROSE
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return len(node.value.split()) >= WORDS or node.value in CODECS
    named = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return isinstance(named, ast.Name) and named.id in {"__all__", "DECIDES", *PROSE}


# ---- what ---------------------------------------------------------------------------------------


def _changes(site: Site, enums: dict[str, type[enum.Enum]]) -> Iterator[ast.AST]:
    node = site.node
    change = _OPERATORS.get(type(node))
    if change is not None:
        yield from change(node)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield from _next_member(node, enums.get(node.value.id))
    condition = site.field in ("test", "ifs") and isinstance(
        node, ast.Name | ast.Call | ast.Attribute
    )
    if condition and isinstance(node, ast.expr):
        yield ast.UnaryOp(ast.Not(), node)


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for index, operator in enumerate(node.ops):
        ops = list(node.ops)
        ops[index] = _COMPARE[type(operator)]()
        yield ast.Compare(node.left, ops, node.comparators)


def _bool_op(node: ast.BoolOp) -> Iterator[ast.AST]:
    for index in range(len(node.values)):
        rest = [each for at, each in enumerate(node.values) if at != index]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    other = _ARITHMETIC.get(type(node.op))
    if other is not None and not _is_text(node.left) and not _is_text(node.right):
        yield ast.BinOp(node.left, other(), node.right)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(value + "~")
    elif isinstance(value, bytes):
        yield ast.Constant(value + b"~")


def _call(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield ast.Call(ast.Name(_CALLS[node.func.id], ast.Load()), node.args, node.keywords)
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in _TWINS:
            other = ast.Attribute(node.func.value, _TWINS[node.func.attr], ast.Load())
            yield ast.Call(other, node.args, node.keywords)
        if node.func.attr in _DROPPED:
            yield node.func.value


def _left_out(_node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _assigned(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Pass()
    if isinstance(node.op, ast.Add | ast.Sub):
        other = ast.Sub if isinstance(node.op, ast.Add) else ast.Add
        yield ast.AugAssign(node.target, other(), node.value)


def _next_member(node: ast.Attribute, members: type[enum.Enum] | None) -> Iterator[ast.AST]:
    names = list(members.__members__) if members is not None else []
    if node.attr in names and len(names) > 1:
        following = names[(names.index(node.attr) + 1) % len(names)]
        yield ast.Attribute(node.value, following, ast.Load())


_OPERATORS: dict[type[ast.AST], Callable[..., Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Expr: _left_out,
    ast.AugAssign: _assigned,
    ast.Break: lambda _node: iter([ast.Continue()]),
    ast.Continue: lambda _node: iter([ast.Break()]),
}
