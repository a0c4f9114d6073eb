"""What may differ from one sandbox to the next: its seed, the account's plan, what the administrator switched off."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from meetbot.sandbox.limits import Label, Plan

#: The fields of `Setup` that an administrator can switch while the sandbox runs.
SWITCHES = {
    "webinar": "the webinar add-on",
    "interpretation": "language interpretation",
    "sign_interpretation": "sign language interpretation",
    "breakout_rooms": "breakout rooms",
    "cloud_recording": "cloud recording",
    "registration": "registration",
    "continuous_chat": "continuous meeting chat",
    "waiting_room_lock": "waiting rooms, locked on or locked off",
    "chat_reaches_guests": "guests see what is posted to the chat group",
}


@dataclass(frozen=True)
class ReportDelay:
    """How a report grows after the end: missing, then empty, then building (partial, duration 0), then complete.

    Some time after that Zoom may revise it; None means that this one stays as it is.
    """

    missing: timedelta = timedelta(minutes=4)
    empty: timedelta = timedelta(minutes=1)
    building: timedelta = timedelta(minutes=2)
    revised: timedelta | None = None


@dataclass(frozen=True)
class PasscodeRules:
    """What the account asks of a passcode (Zoom API, Get user settings, `meeting_password_requirement`)."""

    length: int = 0
    have_letter: bool = False
    have_number: bool = False
    only_allow_numeric: bool = False


@dataclass(frozen=True)
class Setup:
    """What may differ from one sandbox to the next."""

    seed: int = 1
    plan: Plan = "pro"
    limits: bool = True
    #: The scopes of new tokens; None means all that any call needs.
    scopes: frozenset[str] | None = None
    account_id: str = "sandbox"
    client_id: str = "sandbox"
    client_secret: str = field(default="sandbox", repr=False)
    api_url: str = "https://api.zoom.us"
    #: Which label creating a meeting or webinar has; older pages of Zoom's say Medium.
    create_label: Label = "Light"
    #: Whether the account has the webinar add-on.
    webinar: bool = False
    # What the administrator switched on or off: a setting that needs it is dropped in silence.
    interpretation: bool = False
    sign_interpretation: bool = False
    breakout_rooms: bool = True
    cloud_recording: bool = True
    registration: bool = True
    continuous_chat: bool = True
    #: Waiting rooms as the administrator locked them; None leaves them to the host.
    waiting_room_lock: bool | None = None
    #: Languages that the administrator added to Zoom's own for interpretation.
    custom_languages: tuple[str, ...] = ()
    passcode: PasscodeRules = PasscodeRules()
    #: Two-letter codes of the countries that nobody can come from.
    denied_countries: tuple[str, ...] = ()
    #: How many people fit into a meeting; None for what the plan has.
    capacity: int | None = None
    #: Whether guests without a Zoom account see what is posted to the meeting's chat group.
    chat_reaches_guests: bool = True
    report_delay: ReportDelay = ReportDelay()
    #: The kind of mail server, a file of `smtp/profiles`; None for one without habits.
    smtp_profile: str | None = None
    #: The Maildir that bounces go to; None for none.
    smtp_bounces: Path | None = None
    #: Who is told everything from the start, signed with `webhook_secret`.
    webhooks: tuple[str, ...] = ()
    webhook_secret: str = field(default="sandbox", repr=False)
    #: The certificates that are trusted when a webhook goes to an https address; None for the system's.
    webhook_ca: Path | None = None
