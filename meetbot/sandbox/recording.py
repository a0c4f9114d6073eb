"""Cloud recording of a live meeting (Zoom API, Use in-meeting controls)."""

from typing import Literal

from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, invalid
from meetbot.sandbox.model import Instance, Meeting

State = Literal["off", "on", "paused"]

_MOVES: dict[tuple[State, str], State] = {
    ("off", "recording.start"): "on",
    ("on", "recording.pause"): "paused",
    ("paused", "recording.resume"): "on",
    ("on", "recording.stop"): "off",
    ("paused", "recording.stop"): "off",
}
_METHODS = {method for _, method in _MOVES}


def control(account: Account, call: Call) -> Answer:
    """`PATCH /live_meetings/{id}/events`: 202 means queued; a move that makes no sense now changes nothing."""
    meeting = account.meeting(call.parts["meeting"])
    method = call.body.get("method", "")
    if method not in _METHODS:
        raise invalid(("method", "Invalid field."))
    if not meeting.live or not meeting.live.host_came:
        raise Refusal(400, 3000, "The meeting is not in progress or its host has not started it.")
    return Answer(202, effects=tuple(move(meeting, meeting.live, method)))


def move(meeting: Meeting, instance: Instance, method: str) -> list[Json]:
    """The effect of one method, none when the recording is not in a state for it."""
    state = _MOVES.get((instance.recording, method))
    if state is None:
        return []
    instance.recording = state
    return [{"kind": method, "meeting": meeting.id, "uuid": instance.uuid, "recording": state}]
