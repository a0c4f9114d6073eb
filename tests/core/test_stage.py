"""Who of the registrants is meant by a part of the rundown, and by a breakout room."""

from __future__ import annotations

from meetbot.core import rundown
from meetbot.core.model import BreakoutRoom, Meeting, Part, Role
from tests.core import builders as a

PROGRAMME = a.programme(people={"tang": a.person("tang", address="Tang@npic.example")})
DEAN = a.registrant(1, "Sok Dara")
BY_ADDRESS = a.registrant(2, "H.E. Tang", address="tang@NPIC.example")
BY_WORD = a.registrant(3, "H.E. Tang", form=a.form("H.E. Tang", person="tang"), organisation=None)
GUEST = a.registrant(4, "Hla Min", organisation=None)
EVERYBODY = (DEAN, BY_ADDRESS, BY_WORD, GUEST)


def on_stage(meeting: Meeting) -> list[int]:
    return [one.id for one in EVERYBODY if rundown.on_stage(one, meeting, PROGRAMME)]


def test_on_stage_is_whoever_has_a_part() -> None:
    """As the person of the rundown, by their address or the organiser's word, or as one of a delegation."""
    talks = a.segment("talks", "14:00", "15:00", parts=(Part(Role.DISCUSSANT, organisation="npic"),))
    welcome = a.segment("welcome", "14:00", "15:00", "tang")

    assert on_stage(a.meeting(rundown=(talks,))) == [1, 2]
    assert on_stage(a.meeting(rundown=(welcome,))) == [2, 3]
    assert on_stage(a.meeting(rundown=(welcome, talks))) == [1, 2, 3]


def test_a_person_who_is_named_goes_to_their_own_room_and_not_with_their_organisation() -> None:
    """Nobody is sent to two rooms; whom no room is for stays in the meeting."""
    theirs, own = BreakoutRoom("Khmer", ("npic",)), BreakoutRoom("Speakers", (), ("tang",))
    meeting = a.meeting(breakout_rooms=(theirs, own))

    assert [rundown.room_of(one, meeting, PROGRAMME) for one in EVERYBODY] == [theirs, own, own, None]
