"""The shipped files are found in a checkout and in an installed wheel, and missed in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import resources
from conformance.resources import KINDS, resource_path


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_here(kind: str) -> None:
    assert any(resource_path(kind).rglob("*.*"))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation."""
    here = tmp_path / "site-packages" / "conformance"
    here.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", here)
    return here


def test_in_a_wheel_they_are_inside_the_package(package: Path) -> None:
    inside = package / "_data" / "schemas"
    inside.mkdir(parents=True)
    assert resource_path("schemas") == inside


def test_in_a_checkout_they_are_at_its_top(package: Path) -> None:
    (package.parent / "schemas").mkdir()
    (package.parent / "pyproject.toml").touch()
    assert resource_path("schemas") == package.parent / "schemas"


def test_a_folder_that_happens_to_be_there_is_not_taken(package: Path) -> None:
    (package.parent / "schemas").mkdir()
    with pytest.raises(FileNotFoundError, match="install the suite again") as caught:
        resource_path("schemas")
    assert "\n" not in str(caught.value)


def test_there_are_two_kinds() -> None:
    with pytest.raises(ValueError, match="there are schemas and cassettes"):
        resource_path("secrets")
