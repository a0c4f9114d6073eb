"""`meetbot drift`: what somebody changed on Zoom's own pages, and what is to become of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.core.meetings import field_name

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.store.meetings import Stored

meeting = click.argument("meeting")


@click.group(invoke_without_command=True)
@shell.as_json
@click.pass_context
def drift(context: click.Context, json_: bool) -> None:
    """What somebody changed on Zoom's own pages. Where it touches access or time, letters wait for your choice.

    \b
    Example:  meetbot drift
              meetbot drift adopt launch
              meetbot drift overwrite launch
              meetbot drift deleted
    """
    if context.invoked_subcommand is None:
        shell.in_loop(_list)(json_)


async def _list(json_: bool) -> None:
    from meetbot.store import meetings

    async with shell.app() as app, app.store.reading() as tx:
        changed = [one for one in (await meetings.all_(tx)).values() if _needs_a_choice(one)]
    if json_:
        shell.answer([_document(one) for one in changed])
        return
    for one in changed:
        click.echo(shell.inert(_in_words(one)))
    if not changed:
        click.echo("Zoom holds every meeting as it was last confirmed; nobody has changed one there.")


def _needs_a_choice(stored: Stored) -> bool:
    return bool(stored.known.drift) or stored.known.state == "gone"


def _document(stored: Stored) -> dict[str, Any]:
    known = stored.known
    changes = [
        {"field": one.field, "planned": one.planned, "at_zoom": one.remote, "holds_letters": one.guards_access}
        for one in known.drift
    ]
    return {"meeting": known.key, "state": known.state, "reason": stored.reason, "changes": changes}


def _in_words(stored: Stored) -> str:
    known = stored.known
    if known.state == "gone":
        lines = ["  deleted at Zoom; links in people's letters are dead"]
        choices = (
            "adopt cancels it here and tells everybody",
            "overwrite makes it anew, with a new link for everybody",
        )
    else:
        lines = [f"  {field_name(one.field)}: planned {one.planned}, at Zoom {one.remote}" for one in known.drift]
        choices = ("adopt takes over what Zoom holds", "overwrite puts the plan back at Zoom")
    held = ["  letters about this meeting are on hold until then"] if known.state == "drifted" else []
    remedy = [f"  meetbot drift {choice.replace(' ', f' {known.key}   ', 1)}" for choice in choices]
    return "\n".join([known.key, *lines, *held, *remedy])


@drift.command()
@meeting
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def adopt(meeting: str, yes: bool, dry_run: bool, json_: bool) -> None:
    """Take over what Zoom holds for MEETING into the programme; whoever knew another time gets one mail.

    \b
    Example:  meetbot drift adopt launch --dry-run
    """
    from meetbot.flows import programme

    await _choose(programme.adopt, "Adopt", meeting, yes, dry_run, json_)


@drift.command()
@meeting
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def overwrite(meeting: str, yes: bool, dry_run: bool, json_: bool) -> None:
    """Let Zoom hold what is planned for MEETING again; a deleted one is made anew, with a new link for everybody.

    \b
    Example:  meetbot drift overwrite launch --dry-run
    """
    from meetbot.flows import programme

    await _choose(programme.overwrite, "Overwrite", meeting, yes, dry_run, json_)


@drift.command()
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def deleted(yes: bool, dry_run: bool, json_: bool) -> None:
    """Say that all meetings were deleted at Zoom, where it lists none of them and meetbot asks for the right account.

    It writes nothing at Zoom and tells nobody: of each meeting you then choose whether it is cancelled or made anew.

    
    Example:  meetbot drift deleted --dry-run
    """
    from meetbot.flows import meetings as flow

    async with shell.app() as app:
        programme = await app.needed_programme()
        believe = partial(flow.deleted, app.store, programme, app.zoom, now=app.clock.now(), by=shell.person())
        found = await believe(dry_run=True)
        if found and not dry_run:
            if not json_:
                click.echo(shell.inert(f"Zoom does not list: {', '.join(found)}."))
            if not shell.agreed("Were they deleted there?", already=yes):
                return
            found = await believe()
    if json_:
        shell.answer({"deleted": list(found)})
    elif not found:
        click.echo("Zoom lists every meeting that it should.")
    elif dry_run:
        click.echo(shell.inert(f"Zoom does not list: {', '.join(found)}."))
    else:
        click.echo("Noted. Choose for each: meetbot drift")


async def _choose(
    do: Callable[..., Awaitable[str]], verb: str, meeting: str, yes: bool, dry_run: bool, json_: bool
) -> None:
    from meetbot.flows import meetings as flow
    from meetbot.store import meetings

    async with shell.app() as app:
        async with app.store.reading() as tx:
            stored = await meetings.get(tx, meeting)
        if not json_ and stored is not None and _needs_a_choice(stored):
            click.echo(shell.inert(_in_words(stored)))
        if dry_run:
            done = await do(app.store, meeting, now=app.clock.now(), by=shell.person(), dry_run=True)
            _report(f"Would be done: {done}", (), json_)
            return
        if not shell.agreed(f"{verb} this for {meeting}?", already=yes):
            return
        done = await do(app.store, meeting, now=app.clock.now(), by=shell.person())
        remarks = await _at_zoom(app, flow.sync)
    _report(done, remarks, json_)


async def _at_zoom(app: App, sync: Callable[..., Awaitable[Any]]) -> Sequence[str]:
    """Bring Zoom in line at once; where it does not answer, the service will."""
    from meetbot.errors import ZoomError

    try:
        outcome = await sync(app.store, await app.needed_programme(), app.zoom, now=app.clock.now())
    except ZoomError as error:
        return [f"{error}; `meetbot serve` goes on with it"]
    remarks: Sequence[str] = outcome.remarks
    return remarks


def _report(done: str, remarks: Sequence[str], json_: bool) -> None:
    if json_:
        shell.answer({"done": shell.inert(done), "remarks": [shell.inert(one) for one in remarks]})
        return
    click.echo(f"{shell.inert(done[:1].upper() + done[1:])}.")
    for remark in remarks:
        shell.say(remark)
