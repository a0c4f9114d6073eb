"""The planted mistakes stay plantable; whether the tests notice them is asked by scripts/planted, which takes long."""

from __future__ import annotations

import subprocess

import pytest

from tests.planted.mistakes import HOME, Mistake, planted


def test_there_are_enough_of_them() -> None:
    """Twenty-five at least, no two of one name."""
    names = [one.what for one in planted()]

    assert len(names) >= 25
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("mistake", planted(), ids=lambda one: one.patch.stem)
def test_a_mistake_can_be_planted(mistake: Mistake) -> None:
    """The patch fits the program as it is, and the places where it should be noticed are there."""
    fits = subprocess.run(
        ["git", "apply", "--check", str(mistake.patch)], cwd=HOME, capture_output=True, text=True, check=False
    )

    assert fits.stderr == ""
    assert [place for place in mistake.tests if not (HOME / place.partition("::")[0]).exists()] == []
