"""Who is who in a meeting: for whom the parts of its rundown and its breakout rooms are meant."""

from __future__ import annotations

from itertools import chain

from meetbot.core.model import BreakoutRoom, Meeting, Part, Programme, Registrant


def plays(registrant: Registrant, part: Part, programme: Programme) -> bool:
    """The part is theirs: as the person that it names, or as one of its delegation."""
    if part.person is None:
        return registrant.organisation == part.organisation
    return _is(registrant, part.person, programme)


def on_stage(registrant: Registrant, meeting: Meeting, programme: Programme) -> bool:
    """They have a part somewhere in the rundown."""
    return any(plays(registrant, part, programme) for segment in meeting.rundown for part in segment.parts)


def room_of(registrant: Registrant, meeting: Meeting, programme: Programme) -> BreakoutRoom | None:
    """The breakout room that names them, else that of their organisation; None: they stay in the meeting."""
    rooms = meeting.breakout_rooms
    named = (room for room in rooms if any(_is(registrant, key, programme) for key in room.people))
    invited = (room for room in rooms if registrant.organisation in room.organisations)
    return next(chain(named, invited), None)


def _is(registrant: Registrant, person: str, programme: Programme) -> bool:
    address = programme.people[person].address
    return registrant.form.person == person or (
        address is not None and registrant.form.address.lower() == address.lower()
    )
