"""`meetbot attendance match`, `declare` and `unmatch`: somebody says who was behind a line, or takes it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meetbot.bootstrap import App
    from meetbot.core.attendance.guests import Guest, Named
    from meetbot.core.model import Meeting, Programme, Registrant
    from meetbot.flows.attendance.looking import Look
    from meetbot.flows.attendance.settling import Settled


@click.command()
@click.argument("line")
@click.argument("person")
@shell.dry_run
@shell.as_json
@shell.in_loop
async def match(line: str, person: str, dry_run: bool, json_: bool) -> None:
    """Say that an open LINE is a registrant: PERSON is a number or mail address. The report is counted anew.

    LINE may be cut short, as long as no other line begins so.

    \b
    Example:  meetbot attendance match 72b9a970 sok.dara@npic.example
    """
    from meetbot.core.attendance import guests
    from meetbot.flows.attendance import looking, settling

    async with shell.app() as app:
        programme, now, by = await app.needed_programme(), app.clock.now(), shell.person()
        meeting, key = await looking.find(app.store, programme, line)
        one = await _registrant(app, meeting, person)
        if dry_run:
            _answer([guests.named(one)], None, json_)
            return
        settled = await settling.match(app.store, programme, meeting, key, one.id, now=now, by=by)
        await _done(app, programme, meeting, settled, json_)


@click.command()
@click.argument("line")
@click.option("--name", "names", multiple=True, help='"Sok Dara", "Sok Dara; NPIC" or "Sok Dara <her address>".')
@click.option("--file", "file", type=click.Path(path_type=Path), help="An Excel or CSV list with a column of names.")
@click.option("--organisation", default="", help="Key or name: of those who are named without one.")
@shell.dry_run
@shell.as_json
@shell.in_loop
async def declare(
    line: str, names: tuple[str, ...], file: Path | None, organisation: str, dry_run: bool, json_: bool
) -> None:
    """Say who sat before one screen: behind an open LINE, or beside the person whose line it is.

    Whoever is registered for the organisation under the name is that registrant; others are counted as not registered.

    \b
    Example:  meetbot attendance declare 0f3c21aa --organisation npic --name "Chea Visal" --name "Keo Sophal"
              meetbot attendance declare 0f3c21aa --organisation npic --file hall.xlsx
    """
    from meetbot.core.attendance import guests
    from meetbot.flows.attendance import looking, settling
    from meetbot.store import registration

    people = _people(names, file, organisation)
    async with shell.app() as app:
        programme, now, by = await app.needed_programme(), app.clock.now(), shell.person()
        meeting, key = await looking.find(app.store, programme, line)
        if dry_run:
            async with app.store.reading() as tx:
                registrants = await registration.listing(tx, meeting.key)
            _answer(guests.resolved(people, registrants, programme.organisations), None, json_)
            return
        settled = await settling.declare(app.store, programme, meeting, key, people, now=now, by=by)
        await _done(app, programme, meeting, settled, json_)


def _people(names: Sequence[str], file: Path | None, organisation: str) -> Sequence[Guest]:
    from meetbot.files import guests

    if bool(names) == (file is not None):
        raise click.UsageError("Name them by --name, or give a list by --file: one of the two.")
    return guests.listed(file, organisation) if file else guests.read("\n".join(names), organisation)


@click.command()
@click.argument("line")
@shell.dry_run
@shell.as_json
@shell.in_loop
async def unmatch(line: str, dry_run: bool, json_: bool) -> None:
    """Take back whatever was said of a LINE. The report is counted anew.

    \b
    Example:  meetbot attendance unmatch 72b9a970
    """
    from meetbot.core.attendance.guests import Named
    from meetbot.flows.attendance import looking, settling
    from meetbot.store import declarations

    async with shell.app() as app:
        programme, now, by = await app.needed_programme(), app.clock.now(), shell.person()
        meeting, key = await looking.find(app.store, programme, line)
        if dry_run:
            async with app.store.reading() as tx:
                said = [one for one in await declarations.of(tx, meeting.key) if one.line == key]
            _answer([Named(one.name, one.organisation, one.registrant) for one in said], None, json_, back=True)
            return
        settled = await settling.unmatch(app.store, programme, meeting, key, now=now, by=by)
        await _done(app, programme, meeting, settled, json_, back=True)


async def _registrant(app: App, meeting: Meeting, person: str) -> Registrant:
    from meetbot.store import registration

    async with app.store.reading() as tx:
        found = (await registration.by_text(tx, meeting.key, [person]))[person]
    if len(found) == 1:
        return found[0]
    who = ", ".join(f"{one.id} {one.form.name}" for one in found)
    remedy = f"give the number: {who}" if found else "`meetbot registrants list` has the numbers"
    raise UserError(f"{person}: {len(found)} registrants of {meeting.key} are meant; {remedy}.")


async def _done(
    app: App, programme: Programme, meeting: Meeting, settled: Settled, json_: bool, *, back: bool = False
) -> None:
    from meetbot.flows.attendance import looking

    look = await looking.look(app.store, programme, meeting)
    _answer(settled.people, look, json_, back=back)


def _answer(people: Sequence[Named], look: Look | None, json_: bool, *, back: bool = False) -> None:
    """`look`: how things stand now; None: nothing was done."""
    if json_:
        named = [{"name": one.name, "organisation": one.organisation, "registrant": one.registrant} for one in people]
        shell.answer({"done": look is not None, "people": named, "figure": look.figure() if look else None})
        return
    for one in people:
        known = f"registrant {one.registrant}" if one.registrant else "not registered"
        click.echo(shell.inert(f"{'-' if back else '+'} {one.name} ({known})"))
    if not people:
        click.echo("It was so already.")
    click.echo(look.figure() if look else "Nothing has been done yet.")
