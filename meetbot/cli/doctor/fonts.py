"""Whether names can be printed: in a PDF a letter that no font has is a box."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from meetbot import errors
from meetbot.core.readiness import Finding, Level

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.core.model import Programme

_SHOWN = 12


async def finding(app: App) -> Finding:
    """One line: every letter of every name is there, or which are not."""
    from meetbot.files.report import glyphs

    programme = await app.programme()
    names = [*_planned(programme), *await _registered(app, programme)] if programme else []
    try:
        missing = await asyncio.to_thread(glyphs.missing, names)
    except errors.UserError as error:
        return Finding(Level.OK, f"reports come as Excel and CSV; {error}")
    if missing:
        return Finding(
            Level.WARN,
            f"no font here has {', '.join(missing[:_SHOWN])}{' and others' * (len(missing) > _SHOWN)}: boxes in a PDF",
            "Install fonts that have them; for Chinese on Debian: apt-get install fonts-noto-cjk",
        )
    return Finding(Level.OK, "every letter of every name can be printed in a PDF")


def _planned(programme: Programme) -> Iterator[str]:
    yield from (one.name for one in programme.organisations.values())
    yield from (one.name for one in programme.people.values())
    for meeting in programme.meetings.values():
        yield meeting.title
        yield from (segment.title for segment in meeting.rundown)


async def _registered(app: App, programme: Programme) -> list[str]:
    from meetbot.store import registration

    async with app.store.reading() as tx:
        found = [one for key in programme.meetings for one in await registration.listing(tx, key)]
    return [text for one in found for text in (one.form.name, one.form.organisation)]
