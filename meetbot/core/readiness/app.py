"""The app at Zoom through which meetbot speaks, and this machine's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from meetbot.core.model import Meeting, MeetingKind
from meetbot.core.readiness.findings import Finding, Level, joined

_CLOCK_OFF = timedelta(seconds=5)
_ADD_THEM = "Add them to the app in Zoom's Marketplace; a new token has them at once."

#: What a programme may use beyond the usual: by feature, who uses it, how bad it is to lack its scopes, and why.
_FEATURES: Mapping[str, tuple[Callable[[Meeting], bool], Level, str]] = {
    "webinar": (lambda one: one.kind is MeetingKind.WEBINAR, Level.FAIL, "webinars cannot be made"),
    "recording": (lambda one: one.recording is not None, Level.FAIL, "nobody starts and stops the cloud recording"),
    "waiting_room": (
        lambda one: one.waiting_room_follows,
        Level.WARN,
        "the waiting room cannot show which segment runs",
    ),
    "chat": (lambda one: one.chat, Level.WARN, "cues cannot be posted into the meeting's chat"),
}
#: Where the programme asks for the sex; nobody is sent to Zoom's page of a bilateral.
_QUESTIONS: Mapping[str, tuple[Callable[[Meeting], bool], Level, str]] = {
    "questions": (
        lambda one: one.kind is MeetingKind.MEETING and not one.delegations,
        Level.WARN,
        "Zoom's registration page cannot ask for the sex",
    ),
    "webinar_questions": (
        lambda one: one.kind is MeetingKind.WEBINAR,
        Level.WARN,
        "Zoom's registration page cannot ask for the sex",
    ),
}


def check_scopes(
    coming: Iterable[Meeting],
    granted: frozenset[str],
    *,
    needed: frozenset[str],
    optional: Mapping[str, frozenset[str]],
    asks_sex: bool,
) -> Iterator[Finding]:
    """What the app may not do that it must, and that these meetings ask for. `optional`: scopes by feature."""
    meetings = list(coming)
    if missing := sorted(needed - granted):
        yield Finding(Level.FAIL, f"the Zoom app lacks the scopes {', '.join(missing)}", _ADD_THEM)
    else:
        yield Finding(Level.OK, "Zoom gives a token with every scope that meetbot needs")
    for feature, (uses, level, loss) in {**_FEATURES, **(_QUESTIONS if asks_sex else {})}.items():
        users = [one.key for one in meetings if uses(one)]
        if users and (missing := sorted(optional[feature] - granted)):
            text = f"{loss} for {joined(users)}: the Zoom app lacks the scopes {', '.join(missing)}"
            yield Finding(level, text, _ADD_THEM)


def check_clock(ours: datetime, theirs: datetime | None) -> Finding:
    """Whether this machine and Zoom agree on the time; `theirs` None: Zoom named none."""
    if theirs is None:
        return Finding(Level.WARN, "Zoom named no time to compare this machine's clock with")
    off = abs(ours - theirs)
    if off > _CLOCK_OFF:
        remedy = "Switch on NTP: cues and reminders go by this machine's clock."
        return Finding(Level.FAIL, f"this machine's clock is {off.total_seconds():.0f} s off Zoom's", remedy)
    return Finding(Level.OK, "this machine's clock agrees with Zoom's")
