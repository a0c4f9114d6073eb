"""`meetbot bilaterals answer`: the organiser answers for a side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.core import times
from meetbot.core.bilaterals import Availability, Can
from meetbot.core.times import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from meetbot.bootstrap import App
    from meetbot.core.bilaterals import Delegate
    from meetbot.core.model import Organisation, Programme

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@dataclass(frozen=True)
class Asked:
    """A side, and the times of which it is asked."""

    organisation: Organisation
    offered: Mapping[date, tuple[Interval, ...]]  #: by its own dates
    zones: tuple[str, ...]  #: its own first, then those of its peers

    @property
    def hours(self) -> list[Interval]:
        """Of all days."""
        return [span for spans in self.offered.values() for span in spans]


@click.command()
@click.argument("organisation")
@click.option("--yes-to", multiple=True, help='When it can: "Mon 15 Nov 09:00-12:00", on its own clock; repeatable.')
@click.option("--if-needed", multiple=True, help="When it can if need be; repeatable.")
@click.option("--all-day", multiple=True, help='A day on which it can at all times: "Mon 15 Nov"; repeatable.')
@click.option("--calendar", help="A calendar of when it is busy: an .ics file, or its https address.")
@click.option("--delegation", type=_FILE, help="A text file of who comes: one line each, name <address>, position.")
@shell.yes
@shell.in_loop
async def answer(
    organisation: str,
    yes_to: tuple[str, ...],
    if_needed: tuple[str, ...],
    all_day: tuple[str, ...],
    calendar: str | None,
    delegation: Path | None,
    yes: bool,
) -> None:
    """Answer for ORGANISATION (a key), as said on the telephone; the answer replaces an earlier one.

    What is not named it cannot. It is shown on all clocks and asked about before it is kept. With --calendar it can
    whenever it is asked about and not busy; nothing else of the calendar is kept.

    \b
    Example:  meetbot bilaterals answer npic --yes-to "Mon 15 Nov 09:00-12:00" --all-day "Tue 16 Nov"
              meetbot bilaterals answer npic --calendar npic.ics --delegation npic.txt
    """
    by_hand = [*yes_to, *if_needed, *all_day]
    if bool(by_hand) == bool(calendar):
        raise click.UsageError("Say when it can: with --yes-to, --if-needed and --all-day, or with --calendar.")
    async with shell.app() as app:
        programme = await app.needed_programme()
        asked = await offered(app, programme, organisation)
        people = _people(delegation, organisation, asks_sex=programme.asks_sex)
        spoken = await _calendar(calendar, asked) if calendar else _spoken(asked, yes_to, if_needed, all_day)
        said = _said(asked, spoken)
        show(asked, said)
        if not shell.agreed(f"Keep this as the answer of {organisation}?", already=yes):
            return
        by = "calendar" if calendar else "organiser (telephone)"
        await keep(app, programme, Availability(organisation, said, app.clock.now(), by), people)


async def offered(app: App, programme: Programme, key: str) -> Asked:
    """What the side is asked. UserError when it is unknown, or is asked nothing."""
    from meetbot.errors import UserError
    from meetbot.files import written

    organisation = programme.organisations.get(key)
    if organisation is None:
        meant = written.did_you_mean(key, programme.organisations)
        raise UserError(f"{key!r} is no organisation of the programme. {meant}".rstrip())
    asked = await look(app, programme, organisation)
    if not asked.offered:
        raise UserError(f"{key} is asked about no time: it has no pair, or no common working hour with a peer is left.")
    return asked


async def look(app: App, programme: Programme, organisation: Organisation) -> Asked:
    """What the side is asked, which may be nothing."""
    from meetbot.flows import bilaterals as flow
    from meetbot.flows.bilaterals import offering

    pairs = (await flow.known(app.store, organisation.key)).pairs
    days = offering.offered(programme, organisation, pairs, now=app.clock.now())
    zones = (organisation.zone, *(one.zone for one in offering.peers(programme, organisation.key, pairs)))
    return Asked(organisation, days, tuple(dict.fromkeys(zones)))


def _people(path: Path | None, organisation: str, *, asks_sex: bool) -> Sequence[Delegate] | None:
    from meetbot.errors import UserError
    from meetbot.files import delegation

    if path is None:
        return None
    try:
        people = delegation.read(path.read_text(encoding="utf-8-sig"), organisation, asks_sex=asks_sex)
    except UnicodeDecodeError:
        raise UserError(f"{path.name} is no text in UTF-8: save it as such.") from None
    except UserError as wrong:
        raise UserError(*(f"{path.name}: {problem}" for problem in wrong.problems)) from None
    if not people:
        raise UserError(f"{path.name}: nobody is named in it.")
    return people


def _spoken(
    asked: Asked, yes_to: Sequence[str], if_needed: Sequence[str], all_day: Sequence[str]
) -> list[tuple[Interval, Can]]:
    """UserError with each stretch that cannot be taken."""
    from meetbot.errors import UserError
    from meetbot.files import spoken, written

    found: list[tuple[Interval, Can]] = []
    problems = []
    zone = asked.organisation.zone
    named = (("--yes-to", Can.YES, yes_to), ("--if-needed", Can.IF_NEEDED, if_needed), ("--all-day", Can.YES, all_day))
    for option, can, texts in named:
        for text in texts:
            try:
                if option == "--all-day":
                    found += ((span, can) for span in asked.offered[spoken.day(text, asked.offered)])
                else:
                    found.append((spoken.stretch(text, asked.offered, zone), can))
            except written.Wrong as wrong:
                problems.append(f"{option}: {wrong.what} - {wrong.remedy}")
    if problems:
        raise UserError(*problems)
    return found


async def _calendar(source: str, asked: Asked) -> list[tuple[Interval, Can]]:
    """Yes to all that is asked; no where the calendar is busy."""
    from meetbot import calendars
    from meetbot.files import busy

    if source.startswith(("https:", "http:", "webcal:")):
        text, name = await calendars.fetch(source), "calendar"
    else:
        text, name = _file(Path(source)), Path(source).name
    hours = asked.hours
    window = Interval(min(one.start for one in hours), max(one.end for one in hours))
    taken = busy.read(text, name, asked.organisation.zone, window)
    return [*((one, Can.YES) for one in hours), *((one, Can.NO) for one in taken)]


def _file(path: Path) -> str:
    from meetbot.errors import UserError

    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path.name} is no calendar in UTF-8: export it again.") from None


def _said(asked: Asked, heard: Sequence[tuple[Interval, Can]]) -> tuple[tuple[Interval, Can], ...]:
    from meetbot.core.bilaterals import spoken

    return spoken.said(asked.hours, heard)


def show(asked: Asked, said: Sequence[tuple[Interval, Can]]) -> None:
    """On its own clock and on those of its peers."""
    from rich.text import Text

    from meetbot.cli import shown

    table = shown.table(f"\n{shell.inert(asked.organisation.name)}")
    for heading in ("Day", "When", "Answer"):
        table.add_column(heading)
    for span, can in said:
        day = times.date_text(span.start, asked.zones[0])
        table.add_row(day, Text(times.span_text(span, *asked.zones).replace(" = ", "\n")), str(can))
    shell.console().print(table)


async def keep(
    app: App, programme: Programme, availability: Availability, people: Sequence[Delegate] | None = None
) -> None:
    """Let it be the answer, and say so."""
    from meetbot.flows import bilaterals as flow

    late = await flow.answer(app.store, programme, availability, people, now=app.clock.now())
    named = f", with a delegation of {len(people)}" if people else ""
    click.echo(f"The answer of {availability.organisation} is kept{named}.{' It came late.' if late else ''}")
