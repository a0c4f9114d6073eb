"""The events that the sandbox tells (Zoom API, Meetings and Webinars: webhooks)."""

from dataclasses import dataclass, field
from datetime import datetime

from meetbot.sandbox.answers import Json

CHALLENGE = "endpoint.url_validation"

_OF_BOTH = (
    "created",
    "updated",
    "deleted",
    "recovered",
    "started",
    "ended",
    "participant_joined",
    "participant_left",
    "registration_created",
    "registration_approved",
    "registration_cancelled",
    "registration_denied",
)
_OF_MEETINGS = (
    "participant_joined_waiting_room",
    "participant_left_waiting_room",
    "participant_admitted",
    "participant_jbh_waiting",
    "participant_jbh_joined",
    "participant_jbh_waiting_left",
)
_OF_RECORDINGS = ("started", "paused", "resumed", "stopped", "completed")

#: Every name that a subscription may ask for.
NAMES = (
    *(f"meeting.{name}" for name in (*_OF_BOTH, *_OF_MEETINGS)),
    *(f"webinar.{name}" for name in _OF_BOTH),
    *(f"recording.{name}" for name in _OF_RECORDINGS),
)


@dataclass(frozen=True)
class Event:
    """A fact that Zoom tells: what, since when, and the payload without the account's id."""

    name: str
    at: datetime
    payload: Json = field(repr=False)
    #: Keys next to the payload, such as `download_token`.
    beside: Json = field(default_factory=dict, repr=False)
