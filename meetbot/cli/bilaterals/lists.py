"""Lists that commands read and write: refused with every cell at fault, never written over a filled-in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meetbot.cli import shell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from meetbot.core.model import Problem


def look_through(problems: Iterable[Problem]) -> None:
    """Say what is pointed out only. ProgrammeError with what is wrong."""
    from meetbot.errors import ProgrammeError

    found = list(problems)
    if wrong := [str(one) for one in found if not one.warning]:
        raise ProgrammeError(*wrong)
    for one in found:
        shell.say(str(one))


def write(path: Path, content: bytes) -> None:
    """UserError, and no change, when there is such a file already."""
    from meetbot.errors import UserError

    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise UserError(f"{path} is there already: name another file, or remove it.") from None
    shell.say(f"Written to {path}.")
