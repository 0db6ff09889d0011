"""``python -m conformance.coverage``: write the matrix and its page anew (``scripts/coverage``)."""

from __future__ import annotations

from pathlib import Path

from conformance.coverage.collect import collect
from conformance.coverage.page import page
from conformance.coverage.proofs import STORED, written

#: The page, in a checkout.
PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"


def main() -> None:
    """Collect and write both."""
    proofs = collect()
    STORED.write_text(written(proofs), encoding="utf-8")
    PAGE.write_text(page(proofs), encoding="utf-8")


if __name__ == "__main__":
    main()
