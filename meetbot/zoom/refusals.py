"""What Zoom's refusals mean and what a person can do about them.

Sources: Zoom API, Error definitions, Rate limits, and the error tables of the single calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from meetbot.errors import ZoomError, ZoomRefused, ZoomUnreachable
from meetbot.zoom import wire

_MEANINGS = {
    124: "Zoom does not accept our access token, not even a new one; see whether the app is still activated",
    200: "the account or its plan does not allow this",
    300: "Zoom finds something in the request wrong",
    404: "registration is not switched on for this meeting at Zoom; it needs a licensed host",
    1001: "Zoom does not know this user or meeting; see the host in the programme",
    1010: "this user is not in our Zoom account; see the host in the programme",
    3000: "Zoom does not allow this for this meeting",
    3001: "the meeting does not exist at Zoom (any more)",
    3002: "the meeting is running",
    3007: "the meeting has ended",
    3027: "the address belongs to the host of the meeting, who cannot register",
    3038: "the meeting is over",
    3043: "the meeting is full: Zoom takes no more registrants",
    3161: "the host may not hold this meeting; give the user a Zoom licence",
    4130: "the chat of the meeting does not exist (yet)",
    12702: "the meeting is too old: Zoom keeps reports for one year",
}
#: Codes for a token without the scope that the call needs.
SCOPE_MISSING = (4700, 4711)
_LONGEST_WAIT = timedelta(hours=24)
# Nobody comes back on the stroke of midnight: clocks differ, and everybody else waits for it too.
_MARGIN = timedelta(minutes=1)
# A limit per second is over within the second, in whichever way Zoom counts it.
_NEXT_SECOND = timedelta(seconds=0.5)


@dataclass(frozen=True)
class Limit:
    """A limit that was reached, as a 429 tells it."""

    sentence: str
    retry_at: datetime
    of_account: bool  #: every call with the same label meets it, not only those for this host or registrant
    daily: bool = False


def limit(answer: wire.Answer, now: datetime) -> Limit | None:
    """Which limit the answer reports; None when it reports none."""
    if answer.status != 429:
        return None
    text = _message(answer).lower()
    daily = "daily rate limit" in text or answer.headers.get("x-ratelimit-type", "").lower() == "daily-limit"
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    retry_at = _retry_after(answer.headers.get("retry-after", ""), now) or (tomorrow if daily else now + _NEXT_SECOND)
    whose, of_account = _scope(text)
    sentence = f"Zoom's {'daily' if daily else 'per-second'} limit {whose} is reached"
    return Limit(sentence, min(retry_at + _MARGIN * daily, now + _LONGEST_WAIT), of_account, daily)


def _scope(text: str) -> tuple[str, bool]:
    if "particular user" in text:
        return "of created and changed meetings for this host", False
    if "for the registrant" in text:
        return "of calls for this registrant", False
    if "concurrent" in text:
        return "of calls at one time for this meeting", False
    return "of calls for the whole account", True


def _retry_after(text: str, now: datetime) -> datetime | None:
    """The instant that `Retry-After` names (seconds, ISO or HTTP date), at most a day ahead; None: nothing of use."""
    try:
        named = _named(text.strip(), now)
    except (ValueError, OverflowError):
        return None
    return min(named, now + _LONGEST_WAIT) if named > now else None


def _named(text: str, now: datetime) -> datetime:
    if text.isascii() and text.isdecimal():
        # Seven digits are more than a day in any case.
        return now + timedelta(seconds=int(text[:7]))
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        date = parsedate_to_datetime(text)
    return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)


def read(request: wire.Request, answer: wire.Answer) -> wire.Row:
    """The object in the answer to a request that Zoom granted; otherwise the error which says what that means."""
    if 300 <= answer.status < 400:
        raise ZoomRefused(
            f"{request.what}: Zoom's address sent us elsewhere, which is not followed; see MEETBOT_ZOOM_API_URL",
            status=answer.status,
        )
    if answer.status >= 500:
        raise request.lost(f"Zoom failed ({answer.status})")
    try:
        row = answer.row()
    except wire.Unreadable as error:
        # A refusal that Zoom itself did not write says nothing about the meeting.
        raise request.lost(str(error)) if answer.status < 300 else ZoomUnreachable(f"{request.what}: {error}") from None
    if answer.status >= 400:
        raise refusal(request.what, answer.status, row)
    return row


def refusal(what: str, status: int, row: wire.Row) -> ZoomError:
    """Zoom's "no" in words, with the remedy where there is one."""
    code = str(row.get("code"))
    number = int(code) if code.isdecimal() else None
    if status == 408 or (status == 404 and number is None):
        return ZoomUnreachable(f"{what}: something before Zoom's API answered ({status})")
    said = wire.plain(" ".join([str(row.get("message", "")), *_wrong_fields(row)]))
    meaning = _missing_scope(said) if number in SCOPE_MISSING else _MEANINGS.get(number or 0, "Zoom refuses this")
    return ZoomRefused(f"{what}: {meaning} (Zoom {status}, code {number}: {said})", status=status, code=number)


def _missing_scope(said: str) -> str:
    named = re.search(r"\[([^\]]+)\]", said)
    scope = f"the scope {named[1]}" if named else "a scope"
    return f"Zoom refuses our credentials: {scope} is missing; add it to the app in the Zoom App Marketplace"


def _wrong_fields(row: wire.Row) -> list[str]:
    errors = row.get("errors")
    rows = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return [f"{error.get('field')}: {error.get('message')}" for error in rows]


def _message(answer: wire.Answer) -> str:
    try:
        return str(answer.row().get("message", ""))
    except wire.Unreadable:
        return ""


def credentials(status: int, row: wire.Row) -> ZoomRefused:
    """Zoom gives no token for what the settings say."""
    reason = wire.plain(row.get("reason") or row.get("error") or "no reason given")
    return ZoomRefused(
        f"Zoom refuses our credentials: {reason}; see MEETBOT_ZOOM_ACCOUNT_ID, MEETBOT_ZOOM_CLIENT_ID and "
        "MEETBOT_ZOOM_CLIENT_SECRET, and whether the app is activated",
        status=status,
    )
