"""Whether what was proposed is still possible: looked at again on the newest state, just before it is confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from meetbot.core.bilaterals import question, reasons, windows
from meetbot.core.bilaterals.board import Board
from meetbot.core.bilaterals.nouns import ANNOUNCED, Pair, State
from meetbot.core.bilaterals.question import Known
from meetbot.core.model import Bilaterals, Programme


@dataclass(frozen=True)
class Confirmable:
    """Every wanted pair is in one of the two."""

    pairs: tuple[Pair, ...]  #: with the interpreter who is free
    refused: Mapping[str, str]  #: by key: why its time is not possible any more


def confirmable(
    programme: Programme, plan: Bilaterals, known: Known, wanted: Iterable[str], now: datetime
) -> Confirmable:
    """Of the wanted pairs (keys) those that fit beside all that is announced and beside each other."""
    chosen = {one.key: one for one in known.pairs if one.key in set(wanted) and one.state is State.PROPOSED}
    standing = [one for one in known.pairs if one.state in ANNOUNCED]
    asked = replace(known, pairs=[*standing, *chosen.values()])
    board = Board(question.problem(programme, plan, asked, now))
    numbers = {one.pair: number for number, one in enumerate(board.requests)}
    for number, one in enumerate(board.requests):
        if one.fixed and one.announced is not None:
            board.put(number, one.announced)
    fits, refused = [], {key: "no time is proposed to it" for key in wanted if key not in chosen}
    for pair in sorted(chosen.values(), key=lambda one: (one.starts_at or now, one.key)):
        number = numbers[pair.key]
        step = board.requests[number].announced
        if step is None or not board.open(number) >> step & 1:
            refused[pair.key] = _refusal(programme, board, number, step, pair, now)
            continue
        board.put(number, step, _interpreter(board, number, step, pair))
        by = board.by[number]
        fits.append(replace(pair, interpreter=None if by is None else board.interpreters[by]))
    return Confirmable(tuple(fits), refused)


def _interpreter(board: Board, number: int, step: int, pair: Pair) -> int | None:
    """The one who was found with the time, if they still can; else None, for whoever can."""
    if not board.needed[number] or pair.interpreter not in board.interpreters:
        return None
    one = board.interpreters.index(pair.interpreter)
    return one if one in board.can[number] and (board.free[one] & ~board.closed_by[one]) >> step & 1 else None


def _refusal(programme: Programme, board: Board, number: int, step: int | None, pair: Pair, now: datetime) -> str:
    if step is None:
        return "its time is not among those of the bilaterals any more"
    if pair.starts_at is not None and pair.starts_at < now + windows.NOTICE:
        return "its time is less than a day ahead, so that nobody could be told in time"
    obstacles = sorted(reasons.obstacles(board, number, step))
    said = [obstacle_text(programme, what, who) for what, who in obstacles]
    return "; ".join(said) or "one side can no longer at that time"


def obstacle_text(programme: Programme, what: str, who: str) -> str:
    """What takes a time, as in `Blocker`, in words."""
    name = programme.organisations[who].name if who in programme.organisations else who
    return {
        "delegation": f"{name} has another meeting at that time by now",
        "day full": f"{name} has enough bilaterals on that day by now",
        "hosts": "all hosts hold other meetings at that time by now",
        "interpreters": "no interpreter is free at that time any more",
        "calls": "the hosts may create no more meetings",
    }.get(what, "the meeting would end after the last day")
