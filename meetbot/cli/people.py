"""`meetbot import` and `meetbot registrants`: forms come in, a person decides what the rules leave open."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.cli.rundown import the_meeting, which
from meetbot.errors import UserError

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.core.model import Outcome, Registrant
    from meetbot.files.people import Preview


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@which
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def import_(file: Path, meeting: str | None, yes: bool, dry_run: bool, json_: bool) -> None:
    """Take in an Excel or CSV list of registration forms; nothing is written before you say yes.

    Columns are found by their header, in any order. Rows with a problem are left out and named by cell. A list that
    would approve more than 50 people is taken in only on a terminal; `meetbot registrants undo` has a minute then.

    \b
    Example:  meetbot import registrations.xlsx
    """
    from meetbot.core import registration as core_registration
    from meetbot.files import people
    from meetbot.flows import registration

    async with shell.app() as app:
        programme = await app.needed_programme()
        chosen = the_meeting(programme, meeting)
        preview = people.forms(people.read(file), programme=programme, meeting=chosen.key)
        if json_:
            document = _preview_document(preview)
        else:
            _print_preview(preview)
        if dry_run or not preview.forms:
            if json_:
                shell.answer(document)
            sys.exit(0 if preview.forms else 3)
        approved = await registration.would_approve(app.store, programme, preview.forms, now=app.clock.now())
        many = len(approved) > core_registration.APPROVED_UNASKED
        if many:
            _show_many(approved, nobody_looks=yes)
        if not shell.agreed(f"Take in these {len(preview.forms)} forms?", already=yes):
            return
        now, undo_for = app.clock.now(), core_registration.UNDO_FOR if many else timedelta()
        outcome = await registration.submit(
            app.store, programme, preview.forms, now=now, by=shell.person(), undo_for=undo_for
        )
    if json_:
        shell.answer({**document, "taken_in": dict(outcome.counts)})
    else:
        counted = ", ".join(f"{count} {word}" for word, count in outcome.counts.items())
        click.echo(f"Taken in: {counted}." + _UNDO * many)
    if any(not problem.warning for problem in preview.problems):
        sys.exit(shell.PARTLY)


#: How long that is, `core.registration.UNDO_FOR` says.
_UNDO = " Sending starts in 60 s; until then `meetbot registrants undo` takes the approvals back."


def _show_many(approved: Sequence[Registrant], *, nobody_looks: bool) -> None:
    """Whom a long list would approve; UserError where no person would look at it."""
    what = f"This list would approve {len(approved)} people at once: {_sample(approved)}."
    if nobody_looks:
        raise UserError(f"{what} Nobody was taken in: look at it, and give the command on a terminal without --yes.")
    shell.say(what)


def _sample(people: Sequence[Registrant]) -> str:
    """A few of them by name, and how many more they are."""
    names = [f"{one.form.name} <{one.form.address}>" for one in people[:5]]
    return ", ".join([*names, f"and {len(people) - 5} more"] if len(people) > 5 else names)


def _preview_document(preview: Preview) -> dict[str, Any]:
    return {
        "forms": [
            {"name": one.name, "address": one.address, "organisation": one.organisation} for one in preview.forms
        ],
        "problems": [
            {"place": one.place, "what": one.what, "remedy": one.remedy, "refused": not one.warning}
            for one in preview.problems
        ],
        "columns": dict(preview.mapping),
    }


def _print_preview(preview: Preview) -> None:
    from meetbot.cli import shown

    console = shell.console()
    columns = ", ".join(f"{header} = {field}" for header, field in preview.mapping.items())
    console.print(f"Columns: {shell.inert(columns)}", markup=False)
    people = shown.table()
    for column in ("Name", "Address", "Organisation"):
        people.add_column(column)
    for one in preview.forms[:20]:
        people.add_row(*(shell.inert(text) for text in (one.name, one.address, one.organisation)))
    console.print(people)
    if len(preview.forms) > 20:
        console.print(f"… and {len(preview.forms) - 20} more")
    for problem in preview.problems:
        kind = "note" if problem.warning else "left out"
        console.print(f"{kind}: {shell.inert(str(problem))}", markup=False)


@click.group()
def registrants() -> None:
    """List, approve, deny and add registrants. Only an approval ever leads to a join link.

    \b
    Example:  meetbot registrants list --status pending
              meetbot registrants approve 17 dara@npic.example
    """


@registrants.command("list")
@which
@click.option("--status", type=click.Choice(["pending", "approved", "denied", "cancelled"]))
@shell.as_json
@shell.in_loop
async def list_(meeting: str | None, status: str | None, json_: bool) -> None:
    """Everybody who asked to join, with their status and its reason.

    \b
    Example:  meetbot registrants list --status pending
    """
    from meetbot.core.model import Status
    from meetbot.store import bounces, registration

    async with shell.app() as app:
        chosen = the_meeting(await app.needed_programme(), meeting)
        async with app.store.reading() as tx:
            found = await registration.listing(tx, chosen.key, status=Status(status) if status else None)
            remarks = await bounces.remarks(tx, chosen.key)
    if json_:
        shell.answer([_document(one, remarks.get(one.id)) for one in found])
    else:
        _print_registrants(found, remarks)


def _document(one: Registrant, remark: str | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.form.name,
        "address": one.form.address,
        "organisation": one.organisation,
        "organisation_written": one.form.organisation,
        "status": one.status,
        "reason": one.reason,
        "link_ready": one.pushed,
        "remark": remark,
    }


def _print_registrants(found: tuple[Registrant, ...], remarks: Mapping[int, str]) -> None:
    from meetbot.cli import shown

    people = shown.table()
    for column in ("No.", "Name", "Address", "Organisation", "Status", "Why"):
        people.add_column(column)
    for one in found:
        why = "; ".join(filter(None, (one.reason, remarks.get(one.id))))
        texts = (one.form.name, one.form.address, one.form.organisation, one.status, why)
        people.add_row(str(one.id), *(shell.inert(text) for text in texts))
    shell.console().print(people)
    click.echo(f"{len(found)} registrant{'s' * (len(found) != 1)}")


@registrants.command()
@click.argument("who", nargs=-1, required=True)
@which
@click.option("--reason", default="approved by the organiser", help="Kept with the decision.")
@shell.yes
@shell.as_json
@shell.in_loop
async def approve(who: tuple[str, ...], meeting: str | None, reason: str, yes: bool, json_: bool) -> None:
    """Approve WHO (numbers or addresses): Zoom is told, and their own link goes out.

    Before several people are approved at once you are asked, and afterwards `meetbot registrants undo` has a minute.

    \b
    Example:  meetbot registrants approve 17 dara@npic.example
    """
    await _decide(who, meeting, "approve", reason, json_, yes=yes)


@registrants.command()
@shell.as_json
@shell.in_loop
async def undo(json_: bool) -> None:
    """Take back the last approval of several people at once: they are pending again, and no link goes out.

    Sending starts a minute after such an approval. Whose letter has left by now stays approved, and is named.

    \b
    Example:  meetbot registrants undo
    """
    from meetbot.flows import registration as flow

    async with shell.app() as app:
        programme = await app.needed_programme()
        outcome = await flow.undo(app.store, programme, now=app.clock.now(), by=shell.person())
    _answer(outcome, json_)


@registrants.command()
@click.argument("who", nargs=-1, required=True)
@which
@click.option("--reason", required=True, help="Written to the person, so say it as you would say it to them.")
@shell.as_json
@shell.in_loop
async def deny(who: tuple[str, ...], meeting: str | None, reason: str, json_: bool) -> None:
    """Deny WHO (numbers or addresses), with a reason that is written to them.

    \b
    Example:  meetbot registrants deny 17 --reason "the ceremony is for members of the network"
    """
    await _decide(who, meeting, "deny", reason, json_)


@registrants.command()
@click.argument("who", nargs=-1, required=True)
@which
@click.option("--reason", required=True, help="Written to the person.")
@shell.as_json
@shell.in_loop
async def cancel(who: tuple[str, ...], meeting: str | None, reason: str, json_: bool) -> None:
    """Take back the approval of WHO; their calendar entry is withdrawn, and Zoom is told.

    \b
    Example:  meetbot registrants cancel 17 --reason "you asked us to"
    """
    await _decide(who, meeting, "cancel", reason, json_)


async def _decide(
    who: tuple[str, ...], meeting: str | None, action: str, reason: str, json_: bool, *, yes: bool = True
) -> None:
    """`yes`: also of several people at once without a question."""
    from meetbot.flows import registration as flow

    async with shell.app() as app:
        programme = await app.needed_programme()
        people = await _people(app, the_meeting(programme, meeting).key, who)
        if len(people) > 1 and not yes:
            shell.say(f"{len(people)} people: {_sample(people)}.")
            if not shell.agreed(f"Let these {len(people)} people join?", already=False):
                return
        ids, now, by = [one.id for one in people], app.clock.now(), shell.person()
        outcome = await flow.decide(app.store, programme, ids, action, reason=reason, now=now, by=by)
    _answer(outcome, json_)


def _answer(outcome: Outcome, json_: bool) -> None:
    """What came of a decision; partly done, or not at all, when there are remarks."""
    if json_:
        shell.answer({"decided": dict(outcome.counts), "remarks": list(outcome.remarks)})
    else:
        for word, count in outcome.counts.items():
            click.echo(f"{count} {word}" + (f".{_UNDO}" if word == "approved" and count > 1 else ""))
        for remark in outcome.remarks:
            shell.say(remark)
    if outcome.remarks:
        sys.exit(shell.PARTLY if outcome.counts else 1)


async def _people(app: App, meeting: str, who: tuple[str, ...]) -> list[Registrant]:
    from meetbot.store import registration

    async with app.store.reading() as tx:
        found = await registration.by_text(tx, meeting, who)
    problems = [f"{text}: nobody registered with that number or address" for text, ones in found.items() if not ones]
    problems += [
        f"{text}: {len(ones)} people share this address; give the number: {', '.join(str(one.id) for one in ones)}"
        for text, ones in found.items()
        if len(ones) > 1
    ]
    if problems:
        raise UserError(*problems)
    return list({ones[0].id: ones[0] for ones in found.values()}.values())


#: Options whose column in a list is headed by another word.
_HEADERS = {"address": "E-mail", "person": "Programme role"}


@registrants.command()
@which
@click.option("--name", required=True)
@click.option("--address", required=True)
@click.option("--organisation", default="", help="Its name or key; an invited one is approved within its quota.")
@click.option("--position", default="")
@click.option("--language")
@click.option("--zone", help="IANA time zone of the reader, such as Asia/Yangon.")
@click.option("--person", help="Key of the person in the programme, for speakers.")
@click.option("--sex", help="As they state it, where the programme asks: female, male, other.")
@shell.as_json
@shell.in_loop
async def add(meeting: str | None, json_: bool, **written: str | None) -> None:
    """Add one person, as if their form had come in.

    \b
    Example:  meetbot registrants add --name "Sok Dara" --address dara@npic.example --organisation npic
    """
    from meetbot.files import people
    from meetbot.flows import registration

    filled = {_HEADERS.get(option, option): text for option, text in written.items() if text}
    sheet = people.one_row("registrants add", filled)
    async with shell.app() as app:
        programme = await app.needed_programme()
        preview = people.forms(sheet, programme=programme, meeting=the_meeting(programme, meeting).key)
        if not preview.forms:
            raise UserError(*(str(problem) for problem in preview.problems))
        for problem in preview.problems:
            shell.say(str(problem))
        now = app.clock.now()
        outcome = await registration.submit(app.store, programme, preview.forms, now=now, by=shell.person())
    if json_:
        shell.answer({"taken_in": dict(outcome.counts)})
    else:
        click.echo(", ".join(outcome.counts))
