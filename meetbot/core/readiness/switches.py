"""What an administrator of the Zoom account may have switched off: Zoom then drops it from a meeting in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from meetbot.core.model import Meeting, MeetingKind
from meetbot.core.readiness.duties import Duty
from meetbot.core.readiness.findings import Finding, Level, joined
from meetbot.core.remote import HostSettings


@dataclass(frozen=True)
class _Switch:
    name: str  #: as on Zoom's settings pages
    asked: Callable[[Meeting], bool]
    on: Callable[[HostSettings], bool | None]  #: None: Zoom does not say
    loss: str = "Zoom leaves it out of the meeting without a word"
    level: Level = Level.FAIL


_SWITCHES = (
    _Switch(
        "Cloud recording", lambda one: one.recording is not None, lambda on: on.cloud_recording, "nothing is recorded"
    ),
    _Switch(
        "Language interpretation",
        lambda one: any(not each.sign for each in one.interpreters),
        lambda on: on.interpretation,
    ),
    _Switch(
        "Sign language interpretation",
        lambda one: any(each.sign for each in one.interpreters),
        lambda on: on.sign_interpretation,
    ),
    _Switch("Breakout room", lambda one: bool(one.breakout_rooms), lambda on: on.breakout_rooms),
    _Switch(
        "Waiting room",
        lambda one: one.waiting_room,
        lambda on: on.waiting_room,
        "meetbot sends no join link to a meeting that Zoom made without it",
    ),
    _Switch("Continuous meeting chat", lambda one: one.chat, lambda on: on.chat, "cues go by mail only", Level.WARN),
    _Switch(
        "Webinar",
        lambda one: one.kind is MeetingKind.WEBINAR,
        lambda on: None if on.webinar_capacity is None else on.webinar_capacity > 0,
        "Zoom makes no webinar. It is an add-on that is bought and assigned to the host",
    ),
)


def check_switches(duty: Duty) -> Iterator[Finding]:
    """What a host's meetings need and the account has switched off, or does not show."""
    for switch in _SWITCHES:
        users = [one.key for one in duty.meetings if switch.asked(one)]
        on = switch.on(duty.settings)
        if on or not users:
            continue
        need = f"{joined(users)} {'needs' if len(users) == 1 else 'need'} it"
        if on is None:
            text = f"Zoom does not say whether “{switch.name}” is on for host {duty.host}; {need}"
            yield Finding(Level.WARN, text, "Look in the host's settings at zoom.us.")
        else:
            remedy = f"An administrator of the Zoom account switches it on. Until then {switch.loss}."
            yield Finding(switch.level, f"“{switch.name}” is off for host {duty.host}; {need}", remedy)
