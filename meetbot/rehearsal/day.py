"""Who does what on the day, as the sandbox is told it: people come by the link from their own letter, or without."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from meetbot.core.model import Meeting
from meetbot.rehearsal.cast import Habit, Member

Action = dict[str, Any]
_NOT_AT_A_SCREEN = (Habit.NEVER, Habit.BESIDE)  #: of their own
#: People without a link of their own, whom the host lets in: nobody can say for certain who they are.
UNKNOWN = {"hall": "Training hall, first floor", "caller": "iPhone (2)"}


def _after(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def arrivals(meeting: Meeting, zoom_id: str, members: Mapping[Member, str], *, seed: int) -> list[Action]:
    """What everybody does until the end of the meeting.

    `members` gives the join link of each who got one. All go through the waiting room, as the meeting asks.
    """
    chance = random.Random(seed)
    actions: list[Action] = [
        {"at": meeting.opens_at - _after(5), "action": "start", "person": "host", "email": meeting.host}
    ]
    for member, link in members.items():
        if member.habit not in _NOT_AT_A_SCREEN:
            actions += _stay(meeting, member, link, chance)
    actions += _guests(meeting)
    return [{"meeting": zoom_id, **action, "at": action["at"].isoformat()} for action in actions]


def _stay(meeting: Meeting, member: Member, link: str, chance: random.Random) -> Iterator[Action]:
    opens, start = meeting.opens_at, meeting.interval.start
    early = opens + _after(chance.uniform(1, max(2.0, (start - opens) / _after(1) - 2)))
    who = {"person": member.address}
    by_link = {**who, "join_link": link}
    match member.habit:
        case Habit.LATE:
            yield from _enter(start + _after(chance.uniform(8, 25)), by_link)
        case Habit.LATE_SPEAKER:
            yield from _enter(start + _after(7), by_link)
        case Habit.COMES_TWICE:
            yield from _enter(early, by_link)
            yield {**who, "action": "leave", "at": start + _after(40)}
            yield from _enter(start + _after(43), by_link)
        case Habit.WITHOUT_LINK:
            yield from _enter(start + _after(4), {**who, "name": member.name})
        case Habit.TWO_DEVICES:
            yield from _enter(early, by_link)
            # A link works on one device at a time; the telephone is signed in with the same address.
            phone = {**who, "email": member.address, "name": "iPhone", "device": "phone"}
            yield from _enter(start + _after(20), phone)
            yield {**who, "action": "leave", "device": "phone", "at": start + _after(75)}
        case Habit.LEAVES_EARLY:
            yield from _enter(early, by_link)
            yield {**who, "action": "leave", "at": start + meeting.interval.duration * 0.6}
        case _:
            yield from _enter(early, by_link)


def _enter(at: datetime, who: Mapping[str, Any]) -> Iterator[Action]:
    """Through the waiting room; the host lets people in after a moment."""
    yield {**who, "action": "waiting", "at": at}
    place = {key: value for key, value in who.items() if key in ("person", "device")}
    yield {**place, "action": "admit", "at": at + _after(0.7)}


def _guests(meeting: Meeting) -> Iterator[Action]:
    """Two of whom nobody knows more, and one whom the host does not let in."""
    start = meeting.interval.start
    for minutes, (person, name) in zip((3, 10), UNKNOWN.items(), strict=True):
        yield from _enter(start + _after(minutes), {"person": person, "name": name})
    yield {"action": "waiting", "person": "impatient", "name": "Just looking", "at": start + _after(5)}
    yield {"action": "leave", "person": "impatient", "at": start + _after(9)}
