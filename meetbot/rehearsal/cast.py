"""Made-up people for a rehearsal: names in the scripts of the first user's region, and habits that real people have."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from meetbot.core.model import Meeting, Organisation, Programme

_NAMES = {
    "Cambodia": (("សុខ", "ចាន់", "ហេង", "គឹម", "លី"), ("ដារា", "សុភា", "វិបុល", "ស្រីនាង", "បញ្ញា")),
    "Lao PDR": (("ສົມພອນ", "ບຸນມີ", "ຄຳຫຼ້າ", "ນາງມະນີ", "ວິໄລ"), ("ແກ້ວມະນີ", "ພົມມະຈັນ", "ສີສຸວັນ", "ອິນທະວົງ", "ໄຊຍະວົງ")),
    "Myanmar": (("ကျော်", "အောင်", "သန္တာ", "မြင့်", "ခင်"), ("ဇော", "မင်း", "လွင်", "ဦး", "ထွန်း")),
    "China": (("王", "李", "張", "陈", "歐陽"), ("䶮", "娜", "伟", "晓明", "建國")),
}
_LATIN = (("Ana", "Nguyễn", "Jürgen", "Siti", "O'Brien"), ("Santos", "Văn An", "Müller-Lüdenscheidt", "Rahma", "Ng"))


class Habit(StrEnum):
    """How somebody behaves on the day."""

    PUNCTUAL = "punctual"
    LATE = "late"
    LEAVES_EARLY = "leaves early"
    COMES_TWICE = "comes twice"  #: the line drops, they come back
    TWO_DEVICES = "two devices"
    NEVER = "never comes"
    LATE_SPEAKER = "late speaker"
    WITHOUT_LINK = "cannot find the link"  #: the host lets them in under the name that they type
    SCREEN = "brings the screen of a hall"  #: comes by their own link, with others beside them
    BESIDE = "sits before a colleague's screen"


#: So many sit in the hall besides those two of its delegates who had registered.
_UNREGISTERED = 10
#: Out of ten people, in this order round and round: most are there in time, somebody always is not.
_MIX = (
    Habit.PUNCTUAL,
    Habit.PUNCTUAL,
    Habit.LATE,
    Habit.PUNCTUAL,
    Habit.COMES_TWICE,
    Habit.NEVER,
    Habit.PUNCTUAL,
    Habit.TWO_DEVICES,
    Habit.LEAVES_EARLY,
    Habit.PUNCTUAL,
)


class Door(StrEnum):
    """How their form reaches the organiser."""

    LIST = "list"
    ZOOM_PAGE = "Zoom's own page"


@dataclass(frozen=True)
class Member:
    """One made-up person."""

    name: str
    address: str
    organisation: str  #: as they write it
    country: str
    position: str
    habit: Habit
    door: Door = Door.LIST
    person: str | None = None  #: key of the person in the rundown whom they play
    invited: bool = True


def cast(programme: Programme, meeting: Meeting, seed: int) -> tuple[Member, ...]:
    """Everybody who asks to join: speakers, delegations, one above a quota, strangers, and some by Zoom's own page."""
    chance = random.Random(seed)
    habits, seats = _habits(), _seats(programme)
    speakers = list(_speakers(programme, meeting))
    delegates = [
        _delegate(chance, organisation, number, seats.get((organisation.key, number), next(habits)))
        for organisation in programme.organisations.values()
        for number in (1, 2)
    ]
    return _each_with_a_name((*speakers, *delegates, *_crowd(chance, programme, speakers), *_strangers()))


def hall(programme: Programme) -> Organisation | None:
    """Whose people sit together before one screen: the first with a focal point, who can be asked for their names."""
    organisations = list(programme.organisations.values())
    return next((one for one in organisations if one.focal_point), next(iter(organisations), None))


def beside(programme: Programme, members: Sequence[Member], seed: int) -> tuple[str, ...]:
    """Those in the hall who had not registered, by names that nobody else of their organisation has."""
    there = hall(programme)
    if there is None:
        return ()
    taken = {one.name for one in members if one.organisation == there.name}
    names = [name for name in _names(there.country) if name not in taken]
    return tuple(random.Random(seed).sample(names, _UNREGISTERED))


def _seats(programme: Programme) -> Mapping[tuple[str, int], Habit]:
    """Which delegates (organisation, number) have a habit of their own: two in the hall, two who lost their link."""
    there = hall(programme)
    if there is None:
        return {}
    elsewhere = [one.key for one in programme.organisations.values() if one.key != there.key][:2]
    without = {(key, 1): Habit.WITHOUT_LINK for key in elsewhere}
    return {(there.key, 1): Habit.SCREEN, (there.key, 2): Habit.BESIDE, **without}


def _each_with_a_name(members: Sequence[Member]) -> tuple[Member, ...]:
    """Namesakes stay, as in life, but neither within one organisation nor among those who have nothing but their name:
    the judge could not tell them apart either."""
    seen: set[tuple[str, str]] = set()
    told_apart = []
    for member in members:
        while not seen.isdisjoint(_known_by(member)):
            member = replace(member, name=f"{member.name} II")
        seen |= _known_by(member)
        told_apart.append(member)
    return tuple(told_apart)


def _known_by(member: Member) -> set[tuple[str, str]]:
    places = [member.organisation, *([member.habit] if member.habit is Habit.WITHOUT_LINK else [])]
    return {(place, member.name) for place in places}


def _habits() -> Iterator[Habit]:
    while True:
        yield from _MIX


def _speakers(programme: Programme, meeting: Meeting) -> Iterator[Member]:
    """Whoever has a part; the first of them is late, and the last never sent a form."""
    keys = list(dict.fromkeys(part.person for one in meeting.rundown for part in one.parts if part.person))
    for index, key in enumerate(keys[:-1] if len(keys) > 2 else keys):
        person = programme.people[key]
        organisation = programme.organisations.get(person.organisation or "")
        yield Member(
            name=person.name,
            address=person.address or f"{key}@{person.organisation or 'guests'}.example",
            organisation=organisation.name if organisation else "",
            country=organisation.country if organisation else "",
            position=person.office,
            habit=Habit.LATE_SPEAKER if index == 0 else Habit.PUNCTUAL,
            person=key,
        )


def _delegate(chance: random.Random, organisation: Organisation, number: int, habit: Habit) -> Member:
    return Member(
        name=_name(chance, organisation.country),
        address=f"delegate{number}@{organisation.key}.example",
        organisation=organisation.name,
        country=organisation.country,
        position="Delegate",
        habit=habit,
        door=Door.ZOOM_PAGE if number == 2 and habit is Habit.LATE else Door.LIST,
    )


def _crowd(chance: random.Random, programme: Programme, speakers: Sequence[Member]) -> Iterator[Member]:
    """So many people of one organisation that one of them is above its quota."""
    if not programme.organisations:
        return
    crowded = list(programme.organisations.values())[-1]
    there = 2 + sum(one.organisation == crowded.name for one in speakers)
    for number in range(there + 1, crowded.quota + 2):
        yield _delegate(chance, crowded, number, Habit.PUNCTUAL)


def _strangers() -> Iterator[Member]:
    """People whom nobody invited: the organiser approves one, denies one and leaves one waiting."""
    yield Member(
        "Maria Strange", "maria@elsewhere.example", "A College Elsewhere", "", "Teacher", Habit.PUNCTUAL, invited=False
    )
    yield Member("Ian Nosy", "ian@elsewhere.example", "A Newspaper", "", "Reporter", Habit.NEVER, invited=False)
    page = Door.ZOOM_PAGE
    yield Member("Late Form", "late@elsewhere.example", "Unknown Office", "", "", Habit.NEVER, door=page, invited=False)


def _name(chance: random.Random, country: str) -> str:
    return chance.choice(_names(country))


def _names(country: str) -> list[str]:
    joint = "" if country == "China" else " "
    return [joint.join(parts) for parts in product(*_NAMES.get(country, _LATIN))]
