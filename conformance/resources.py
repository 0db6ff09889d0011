"""Where the files that ship with the suite are: schemas and recordings.

In a checkout and in an unpacked sdist they stand at the top of the tree, in an installed wheel
inside the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent

KINDS = ("schemas", "cassettes")


def resource_path(kind: str) -> Path:
    """The directory of ``kind`` (``schemas`` or ``cassettes``).

    Raises ValueError for another kind, FileNotFoundError when the installation lacks it.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of resource; there are {' and '.join(KINDS)}")
    installed = _PACKAGE / "_data" / kind
    if installed.is_dir():
        return installed
    checkout = _PACKAGE.parent / kind
    if checkout.is_dir() and (_PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    raise FileNotFoundError(
        f"{installed} is missing and {_PACKAGE.parent} is no checkout; install the suite again"
    )
