"""`meetbot swap`: somebody drops out, and others take over what they had."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell

if TYPE_CHECKING:
    from meetbot.flows.bilaterals import InterpreterSwap
    from meetbot.flows.programme import Swap

_SECONDS = 20  # to look for other times


@click.group()
def swap() -> None:
    """Let others take over from a host or an interpreter who has dropped out.

    \b
    Example:  meetbot swap host zoom-host@partnership.example --dry-run
              meetbot swap interpreter lin@words.example --dry-run
    """


@swap.command()
@click.argument("host")
@click.option("--to", help="Address of the host who takes over; without it hosts of the programme are chosen.")
@click.option("--back", is_flag=True, help="The host is there again and may be given meetings.")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def host(host: str, to: str | None, back: bool, yes: bool, dry_run: bool, json_: bool) -> None:
    """HOST (an address) drops out: their meetings to come go to other hosts, and everybody gets a new link.

    Zoom hands no meeting to another user, so each is made anew and the old one deleted once the new one stands.

    \b
    Example:  meetbot swap host zoom-host@partnership.example --to second-host@partnership.example
              meetbot swap host zoom-host@partnership.example --back
    """
    from meetbot.flows import meetings as meetings_flow
    from meetbot.flows import programme as flow

    async with shell.app() as app:
        now = app.clock.now()
        if back:
            await flow.back(app.store, host, now=now, by=shell.person())
            shell.answer({"host": host, "back": True}) if json_ else click.echo(f"{host} may be given meetings again.")
            return
        decided = await flow.swap(app.store, host, to=to, now=now)
        if not json_:
            click.echo(shell.inert(_in_words(decided)))
        if not dry_run:
            if not shell.agreed("Do this?", already=yes):
                return
            decided = await flow.drop_out(app.store, host, to=to, now=now, by=shell.person())
            outcome = await meetings_flow.sync(app.store, await app.needed_programme(), app.zoom, now=now)
            for remark in outcome.remarks:
                shell.say(remark)
    if json_:
        plain = {"host": decided.host, "moved": dict(decided.moved), "stays": dict(decided.stays)}
        shell.answer({**plain, "people": decided.people, "done": not dry_run})
    sys.exit(shell.PARTLY if decided.stays else 0)


def _in_words(decided: Swap) -> str:
    moved = [f"  {key}: held by {taker} from now on" for key, taker in decided.moved.items()]
    stays = [f"! {key} stays with {decided.host}: {why}" for key, why in decided.stays.items()]
    if not moved and not stays:
        return f"{decided.host} holds no meeting that is still to come; they will be given none."
    people = f"{decided.people} approved people get a new link; the links they have stop working."
    return "\n".join([*moved, *stays, *([people] if decided.people else [])])


@swap.command()
@click.argument("address")
@click.option("--to", help="Address of the interpreter who takes over; without it all of the programme are asked.")
@click.option("--move", is_flag=True, help="What nobody can take over goes to the nearest time at which somebody can.")
@click.option("--back", is_flag=True, help="The interpreter is there again and may be given bilaterals.")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def interpreter(
    address: str, to: str | None, move: bool, back: bool, yes: bool, dry_run: bool, json_: bool
) -> None:
    """The interpreter of that ADDRESS drops out: others who are free and know the languages take their bilaterals.

    The taker gets a link of their own, the link of the one who drops out is dead. No bilateral changes its time, and
    nobody else is told. What nobody can take over is named, or moved by --move, with letters to its people alone.

    \b
    Example:  meetbot swap interpreter lin@words.example
              meetbot swap interpreter lin@words.example --move --dry-run
              meetbot swap interpreter lin@words.example --back
    Exit code 5 when some have no interpreter.
    """
    from meetbot.cli.bilaterals import move as moves
    from meetbot.flows import bilaterals as flow
    from meetbot.flows import meetings as meetings_flow

    async with shell.app() as app:
        now = app.clock.now()
        if back:
            await flow.interpreter_back(app.store, address, now=now, by=shell.person())
            plain = {"interpreter": address, "back": True}
            shell.answer(plain) if json_ else click.echo(f"{address} may be given bilaterals again.")
            return
        decided = await flow.swap_interpreter(app.store, address, to=to, now=now)
        moving = None
        if move and decided.left:
            moving = await flow.would_move_left(app.store, address, to=to, now=now, seconds=_SECONDS)
        if not json_:
            click.echo(shell.inert(_in_their_place(decided)))
            if moving:
                moves.show(moving)
        if not dry_run:
            if not shell.agreed("Do this?", already=yes):
                return
            decided = await flow.interpreter_drops_out(app.store, address, to=to, now=now, by=shell.person())
            if moving:
                await flow.move(app.store, moving, now=now, by=shell.person())
            outcome = await meetings_flow.sync(app.store, await app.needed_programme(), app.zoom, now=now)
            for remark in outcome.remarks:
                shell.say(remark)
    going = {one.pair.key for one in moving.moves if one.after} if moving else set()
    if json_:
        shell.answer(
            {**_plain(decided), "moves": moves.plain(moving, ())["moves"] if moving else {}, "done": not dry_run}
        )
    sys.exit(shell.PARTLY if decided.left.keys() - going else 0)


def _in_their_place(decided: InterpreterSwap) -> str:
    taken = [f"  {key}: {taker} interprets from now on" for key, taker in decided.taken.items()]
    offered = [
        f"  {key}, not agreed yet: {f'{taker} is to interpret' if taker else 'another time is looked for'}"
        for key, taker in decided.offered.items()
    ]
    left = [f"! {key} has no interpreter: {why}" for key, why in decided.left.items()]
    none = f"{decided.address} interprets nothing that is still to come; they will be given nothing."
    return "\n".join([*taken, *offered, *left]) or none


def _plain(decided: InterpreterSwap) -> dict[str, Any]:
    return {
        "interpreter": decided.address,
        "taken": dict(decided.taken),
        "offered": dict(decided.offered),
        "left": dict(decided.left),
    }
