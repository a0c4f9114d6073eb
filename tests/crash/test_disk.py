"""A full disk stops the service from writing, and takes nothing; with space again it goes on by itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.crash import lives, oracle, play, scenario

_MIB = 2**20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 12 MiB."""
    command = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@dataclass
class FullFor(play.Play):
    """The disk is full when the step is to be taken; there is space again once that was said."""

    step: str = ""
    said: str = ""
    back_after: float = field(default=0.0)  #: real seconds from then on until the step is taken

    async def take(self, step: scenario.Step) -> None:
        if step.name == self.step:
            _fill(self.folder / "ballast")
            self.said = (await self.order({"do": step.name}))["failed"]
            (self.folder / "ballast").unlink()
            freed = time.monotonic()
            while (await self.order({"do": step.name})).get("failed"):  # noqa: ASYNC110  # as a person would
                await asyncio.sleep(0.05)
            self.back_after = time.monotonic() - freed
        else:
            await super().take(step)


def _fill(ballast: Path) -> None:
    """Until not one more byte fits."""
    with ballast.open("wb", buffering=0) as file:
        for size in (_MIB, 4096, 1):
            with pytest.raises(OSError):
                while True:
                    file.write(b"x" * size)


@pytest.mark.parametrize("step", ["import", "back up"])
def test_P23_F48_a_full_disk_is_said_and_takes_nothing(
    step: str, small_disk: Path, zygote: lives.Zygote, calm: play.Played
) -> None:
    """Nothing of the step is saved until there is space; within a minute then all goes on, and nothing is lost."""
    full = FullFor(zygote, small_disk, play.Run(), step=step)

    seen = asyncio.run(full.play()).seen

    assert "full" in full.said or "space" in full.said
    assert full.back_after < 60
    assert oracle.violations(seen, calm.seen) == []
