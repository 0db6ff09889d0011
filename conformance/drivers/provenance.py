"""Where a recording comes from: what answered, what was asked, and with which seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from conformance.spec.names import BUCKET, REGION, one_line
from conformance.spec.target import Target

FORMAT = "picjobs-conformance-recording/1"


class ForeignFormat(ValueError):
    """The plain data is not of this format."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a recording comes from, and what a replay needs to ask the same questions again.

    ``kind`` and ``name`` say what answered; ``recorded`` is an RFC 3339 time. ``scheme`` is the
    one that the target was spoken to with. ``notes`` holds further plain data of the run.
    """

    suite: str
    revision: str
    recorded: str
    kind: str
    name: str
    target: Target
    seed: int = 0
    examples: int = 0
    selected: tuple[str, ...] = ()
    scheme: str = "http"
    notes: Mapping[str, Any] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        target = asdict(self.target)
        target["disclaimed"] = sorted(self.target.disclaimed)
        plain.update(
            target=target,
            selected=list(self.selected),
            notes=dict(self.notes),
        )
        return {"format": FORMAT, **plain}

    @classmethod
    def from_plain(cls, plain: object) -> Provenance:
        """Read it back; names that a later suite may add are passed over.

        Raises :class:`ForeignFormat` for another format, ValueError for anything else wrong.
        """
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise ForeignFormat(FORMAT)
        known = {each.name: plain[each.name] for each in fields(cls) if each.name in plain}
        try:
            known["target"] = _target(known.get("target"))
            known["selected"] = tuple(map(str, known.get("selected", ())))
            known["notes"] = dict(known.get("notes", {}))
            provenance = cls(**known)
        except TypeError as error:
            raise ValueError(str(error)) from None
        for name in ("suite", "revision", "recorded", "kind", "name", "scheme"):
            _expect(isinstance(getattr(provenance, name), str), name, "text")
        for name in ("seed", "examples"):
            value = getattr(provenance, name)
            right = type(value) is int and 0 <= value <= _MOST[name]
            _expect(right, name, f"a whole number from 0 to {_MOST[name]}")
        return provenance


#: What the options of a run allow.
_MOST = {"seed": 2**63 - 1, "examples": 1_000_000}

_NUMBERS = frozenset({"job_timeout", "callback_timeout", "poll_first", "poll_most"})
_NEEDED = frozenset({"bucket", "region", "queue_id", "input_object"})


def _target(plain: object) -> Target:
    """The Target as it was. Raises ValueError or TypeError."""
    if not isinstance(plain, dict):
        raise TypeError("there is no target")
    known = {each.name: plain[each.name] for each in fields(Target) if each.name in plain}
    disclaimed = known.pop("disclaimed", [])
    _expect(isinstance(disclaimed, list), "target.disclaimed", "a list")
    for name, value in known.items():
        if name in _NUMBERS:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            _expect(number, f"target.{name}", "a number")
        elif name == "has_temporary":
            _expect(isinstance(value, bool), f"target.{name}", "true or false")
        else:
            _expect_text(f"target.{name}", value, needed=name in _NEEDED)
    for name, form in (("bucket", BUCKET), ("region", REGION)):
        _expect(bool(form.fullmatch(known.get(name, ""))), f"target.{name}", f"a {name}'s name")
    return Target(**known, disclaimed=frozenset(map(str, disclaimed)))


def _expect(holds: bool, name: str, wanted: str) -> None:
    if not holds:
        raise ValueError(f"{name} is not {wanted}")


def _expect_text(name: str, value: object, *, needed: bool) -> None:
    if value is None and not needed:
        return
    try:
        one_line(value)
    except ValueError as error:
        raise ValueError(f"{name} is not {error}") from None
