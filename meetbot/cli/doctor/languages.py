"""Whether readers are written in their language: which catalogue is still a draft, and what is said in English."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from meetbot.core.readiness import Finding, Level

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.catalogues import Catalogues
    from meetbot.core.model import Programme

_HOW = "See how a native speaker reads and corrects them: docs/how-to/languages.md."


async def findings(app: App) -> AsyncIterator[Finding]:
    """For each language of the programme's readers but English: letters, and pages."""
    from meetbot.files.programme import fields
    from meetbot.mail import languages
    from meetbot.web import shown

    programme = await app.programme()
    read = {*_planned(programme), *await _registered(app, programme)} if programme else set()
    for language in sorted(read - {"en"}):
        for what, catalogues in (("letters", languages.CATALOGUES), ("pages", shown.CATALOGUES)):
            yield _finding(f"{what} in {fields.LANGUAGES.get(language, language)}", catalogues, language)


def _finding(what: str, catalogues: Catalogues, language: str) -> Finding:
    if catalogues.spoken(language) != language:
        return Finding(Level.WARN, f"{what}: there is no catalogue that can be read, so they are in English", _HOW)
    wrong = []
    if catalogues.catalogue(language).draft:
        wrong.append("no native speaker has read them yet, so letters carry the English below")
    if lacking := catalogues.lacking(language):
        wrong.append(f'{len(lacking)} sentences are in English, such as "{lacking[0]}"')
    if wrong:
        return Finding(Level.WARN, f"{what}: {'; '.join(wrong)}", _HOW)
    return Finding(Level.OK, f"{what}: every sentence is there, and has been read by a native speaker")


def _planned(programme: Programme) -> set[str]:
    focal_points = [one.focal_point for one in programme.organisations.values()]
    return {programme.language, *(one.language for one in focal_points if one and one.language)}


async def _registered(app: App, programme: Programme) -> set[str]:
    from meetbot.store import registration

    async with app.store.reading() as tx:
        return {one.language for key in programme.meetings for one in await registration.listing(tx, key)}
