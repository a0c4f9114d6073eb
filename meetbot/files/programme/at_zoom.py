"""What the file asks of Zoom - hosts, interpreters, breakout rooms - and what Zoom cannot do of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meetbot.core import model
from meetbot.files import written
from meetbot.files.programme import schema
from meetbot.files.programme.source import Source, Trouble, Where

#: The languages that Zoom has by itself (Zoom Support, Managing language interpretation in your meeting or webinar).
_ZOOMS_OWN = ("English", "Chinese", "Japanese", "German", "French", "Russian", "Portuguese", "Spanish", "Korean")
#: The sign languages that Zoom has by itself; its API leaves "Sign Language" out (Zoom API, Get user settings).
_ZOOMS_OWN_SIGNED = (
    *("American", "Chinese", "French", "German", "Japanese"),
    *("Russian", "Brazilian", "Spanish", "Mexican", "British"),
)
#: What a webinar has not, by field, with what to do (Zoom API, Create a webinar).
_NOT_IN_WEBINARS = {
    "breakout_rooms": ("a webinar has no breakout rooms", "remove them, or make it a meeting"),
    "waiting_room_follows": ("a webinar has no waiting room", "remove the line, or make it a meeting"),
    "chat": ("a webinar has no chat that goes on", "remove the line, or make it a meeting"),
}


def hosts(file: schema.File) -> tuple[model.Host, ...]:
    return tuple(
        model.Host(
            address=one.address,
            licence=one.licence,
            at_once=one.at_once or (2 if one.licence is model.Licence.BUSINESS else 1),
            buffer=one.buffer,
            backup=one.backup,
        )
        for one in file.hosts
    )


def interpreters(shape: schema.Meeting | schema.Bilaterals) -> tuple[model.Interpreter, ...]:
    return tuple(
        model.Interpreter(
            name=one.name,
            address=one.address,
            languages=(_signed(one.sign_language),) if one.sign_language else one.languages,
            sign=one.sign_language is not None,
        )
        for one in shape.interpreters
    )


def _signed(language: str) -> str:
    short = language.removesuffix(" Sign Language")
    return short if short in _ZOOMS_OWN_SIGNED else language


def breakout_rooms(shape: schema.Meeting) -> tuple[model.BreakoutRoom, ...]:
    return tuple(model.BreakoutRoom(one.name, one.organisations, one.people) for one in shape.breakout_rooms)


def troubles(file: schema.File, source: Source) -> Iterator[Trouble]:
    """What Zoom cannot do, each in its place."""
    addresses = ((("hosts", at, "address"), one.address) for at, one in enumerate(file.hosts))
    yield from _twice(addresses, source, "keep one of them")
    if file.bilaterals:
        pool = enumerate(file.bilaterals.interpreters)
        named = ((("bilaterals", "interpreters", at, "address"), one.address) for at, one in pool)
        yield from _twice(named, source, "keep one of them")
    listed = ("hosts", 0) in source.values or source.refused(("hosts",))
    for key, shape in file.meetings.items():
        where = ("meetings", key)
        if not (listed or shape.host or source.refused((*where, "host"))):
            what = "nobody is there to hold it"
            yield Trouble(where, what, "add a line 'host: …', or list hosts for all under 'hosts'", at_key=True)
        if shape.kind is model.MeetingKind.WEBINAR:
            asked = (field for field in _NOT_IN_WEBINARS if getattr(shape, field))
            yield from (Trouble((*where, field), *_NOT_IN_WEBINARS[field], at_key=True) for field in asked)
        elif shape.waiting_room_follows and not shape.waiting_room:
            what, remedy = (
                "there is no waiting room to follow the rundown",
                "write waiting_room: yes, or remove the line",
            )
            yield Trouble((*where, "waiting_room_follows"), what, remedy, at_key=True)
        yield from _rooms((*where, "breakout_rooms"), shape, source)


def _rooms(where: Where, shape: schema.Meeting, source: Source) -> Iterator[Trouble]:
    rooms = list(enumerate(shape.breakout_rooms))
    yield from _twice((((*where, at, "name"), room.name) for at, room in rooms), source, "give it another name")
    for field in ("organisations", "people"):
        sent = (((*where, at, field, n), key) for at, room in rooms for n, key in enumerate(getattr(room, field)))
        yield from _twice(sent, source, "leave it in one room")


def _twice(named: Iterable[tuple[Where, str]], source: Source, remedy: str) -> Iterator[Trouble]:
    first: dict[str, Where] = {}
    for where, name in named:
        before = first.setdefault(name.casefold(), where)
        if before != where:
            yield Trouble(where, f"'{name}' is written twice, here and in line {source.line_of(before)}", remedy)


def warnings(file: schema.File) -> Iterator[Trouble]:
    """Languages that must be added at Zoom first: an unknown one is dropped there without a word."""
    said: set[str] = set()
    for where, language, known in _languages(file):
        if language not in known and language not in said:
            said.add(language)
            remedy = written.did_you_mean(language, known) or "see that somebody has added it there"
            yield Trouble(where, f"Zoom does not offer '{language}' by itself", remedy, warning=True)


def _languages(file: schema.File) -> Iterator[tuple[Where, str, Iterable[str]]]:
    """Each language with its place, and those among which it should be."""
    groups: list[tuple[Where, schema.Meeting | schema.Bilaterals]] = [
        (("meetings", key), shape) for key, shape in file.meetings.items()
    ]
    if file.bilaterals:
        groups.append((("bilaterals",), file.bilaterals))
    for group, shape in groups:
        for at, one in enumerate(shape.interpreters):
            where = (*group, "interpreters", at)
            yield from (((*where, "languages", n), language, _ZOOMS_OWN) for n, language in enumerate(one.languages))
            if one.sign_language:
                yield (*where, "sign_language"), _signed(one.sign_language), _ZOOMS_OWN_SIGNED
