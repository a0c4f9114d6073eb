"""Cloud recording of a live meeting: off, on, paused."""

from typing import Literal

from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import Instance, Meeting

State = Literal["off", "on", "paused"]

_MOVES: dict[tuple[State, str], State] = {
    ("off", "recording.start"): "on",
    ("on", "recording.pause"): "paused",
    ("paused", "recording.resume"): "on",
    ("on", "recording.stop"): "off",
    ("paused", "recording.stop"): "off",
}
METHODS = {method for _, method in _MOVES}


def move(meeting: Meeting, instance: Instance, method: str) -> list[Json]:
    """The effect of one method, none when the recording is not in a state for it."""
    state = _MOVES.get((instance.recording, method))
    if state is None:
        return []
    instance.recording = state
    return [{"kind": method, "meeting": meeting.id, "uuid": instance.uuid, "recording": state}]
