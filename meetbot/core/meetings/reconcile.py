"""Planned, known and remote side by side: what to do about each meeting, with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta

from meetbot.core.meetings.differences import Difference, differences, field_name
from meetbot.core.meetings.states import (
    Adopt,
    Cancel,
    Create,
    DeleteTwin,
    Drift,
    Gone,
    Intent,
    Keep,
    KnownMeeting,
    MeetingState,
    NoHost,
    Refuse,
    Retire,
    Retired,
    TooLate,
    Update,
    Wait,
)
from meetbot.core.remote import PlannedMeeting, RemoteMeeting

SETTLE = timedelta(seconds=90)  # a meeting just made may be missing from Zoom's list for so long

_NONE_LISTED = (
    "Zoom lists none of the {} meetings made there: is this the right account? If it is: meetbot drift deleted"
)
_CHOOSE = "choose: meetbot drift adopt, or meetbot drift overwrite"


def reconcile(
    planned: Sequence[PlannedMeeting],
    known: Sequence[KnownMeeting],
    remote: Sequence[RemoteMeeting],
    *,
    now: datetime,
    settle: timedelta = SETTLE,
    without: Mapping[str, str] | None = None,
    retired: Sequence[Retired] = (),
    right_account: bool = False,
) -> tuple[Intent, ...]:
    """What to do at Zoom: the planned meetings by their start, then what is known but no longer planned.

    `remote` is all that Zoom lists or shows; a meeting there with neither our marker nor a known id is left alone.
    `without`: why a planned meeting has nobody to hold it, by key. `retired` are those that others of ours replace.
    `right_account`: a person says so, and then meetings that Zoom does not list were deleted, be it all of them.
    """
    barred, at_zoom = without or {}, _AtZoom(remote)
    expected = [
        one for one in known if _held_id(one) and one.state != MeetingState.GONE and not _over(one.planned, now)
    ]
    if not right_account and len(expected) >= 2 and not any(at_zoom.found(one) for one in expected):
        return (Refuse(_NONE_LISTED.format(len(expected))),)
    known_by_key = {one.key: one for one in known}
    intents: list[Intent] = []
    for plan in sorted(planned, key=lambda one: (one.starts_at, one.key)):
        row = known_by_key.pop(plan.key, KnownMeeting(plan.key, plan.ref, MeetingState.PLANNED))
        found = at_zoom.found(row)
        if plan.key in barred and not found:
            intents.append(NoHost(plan.key, barred[plan.key]))
        else:
            intents += _wanted(plan, row, found, now, settle)
    for row in known_by_key.values():
        intents += _unwanted(row, at_zoom.found(row), now, settle)
    stands = {one.key for one in known if one.state is MeetingState.CREATED}
    wanted = {one.key for one in planned}
    intents += [
        Retire(one.meeting, one.zoom_id, one.reason, one.kind)
        for one in retired
        if one.meeting in stands or one.meeting not in wanted
    ]
    return tuple(intents)


#: Read back at least once, and not known to be gone.
_STANDING = (MeetingState.CREATED, MeetingState.BLOCKED, MeetingState.DRIFTED, MeetingState.OVERWRITING)


def _held_id(known: KnownMeeting) -> str | None:
    """The id under which people hold links; a cancelled or never confirmed meeting has none."""
    return known.zoom_id if known.state in (*_STANDING, MeetingState.GONE) else None


class _AtZoom:
    """All that Zoom lists or shows, found by our marker or by the id under which people hold links."""

    def __init__(self, remote: Sequence[RemoteMeeting]) -> None:
        self._by_id = {one.id: one for one in remote}
        self._by_ref: dict[str, list[RemoteMeeting]] = {}
        for one in self._by_id.values():
            self._by_ref.setdefault(one.ref or "", []).append(one)

    def found(self, known: KnownMeeting) -> tuple[RemoteMeeting, ...]:
        """Ours at Zoom, the one to keep first: the one with links, else one that runs, else the first by its id."""
        held = self._by_id.get(_held_id(known) or "")
        marked = self._by_ref.get(known.ref, []) if known.ref else []
        ours = {one.id: one for one in [*marked, *([held] if held else [])]}
        return tuple(sorted(ours.values(), key=lambda one: (one is not held, one.status != "started", one.id)))


def _over(planned: PlannedMeeting | None, now: datetime) -> bool:
    return planned is not None and planned.starts_at + timedelta(minutes=planned.minutes) <= now


def _settling(known: KnownMeeting, now: datetime, settle: timedelta) -> Wait | None:
    if known.state != MeetingState.CREATING or known.attempted_at is None or now >= known.attempted_at + settle:
        return None
    return Wait(known.key, known.attempted_at + settle, "creation outcome unknown: checking with Zoom")


def _wanted(
    plan: PlannedMeeting, known: KnownMeeting, found: tuple[RemoteMeeting, ...], now: datetime, settle: timedelta
) -> tuple[Intent, ...]:
    held = _held_id(known)
    if found and held in (None, found[0].id):
        return (_present(plan, known, found[0], now), *(_twin(plan.key, one) for one in found[1:]))
    if held and _over(plan, now):
        return (Keep(plan.key, "over; Zoom no longer lists it"),)
    if held:
        twin = f"; Zoom has {found[0].id} with our marker, whose link nobody holds" if found else ""
        return (Gone(plan.key, f"meeting {held} was deleted at Zoom, and people may hold its links{twin}"),)
    return (_absent(plan, known, now, settle),)


def _absent(plan: PlannedMeeting, known: KnownMeeting, now: datetime, settle: timedelta) -> Intent:
    if wait := _settling(known, now, settle):
        return wait
    if plan.starts_at <= now:
        return TooLate(plan.key, "its start has passed: Zoom would make it start at once")
    lost = known.state == MeetingState.CREATING
    return Create(plan, "not at Zoom: the last attempt came to nothing" if lost else "not at Zoom yet")


def _present(plan: PlannedMeeting, known: KnownMeeting, remote: RemoteMeeting, now: datetime) -> Intent:
    if known.state is MeetingState.OVERWRITING:
        return _overwrite(plan, known, remote, now)
    if known.state is MeetingState.GONE:
        return Adopt(plan, remote, "back at Zoom")
    if known.state not in _STANDING or known.planned is None:
        return Adopt(plan, remote, "found at Zoom by our marker")
    if _over(plan, now):
        return Keep(plan.key, "over")
    ours = _changed(known.planned, plan)
    found = tuple(one for one in _drifted(known, known.planned, remote) if one.field not in ours)
    standing = tuple(one for one in known.drift if one.field not in ours)
    if known.state is MeetingState.BLOCKED and not ours:
        return Adopt(plan, remote, "read back at Zoom once more")
    if not (found or ours) and (standing or known.state is MeetingState.DRIFTED):
        return Adopt(plan, remote, "as planned again at Zoom")
    if verdict := _judged(plan, known, remote, found, standing, now):
        return verdict
    if "starts_at" in ours and plan.starts_at <= now:
        return TooLate(plan.key, "its new start has passed: Zoom ignores such a change")
    if not ours:
        return Keep(plan.key, _words("changed at Zoom, not adopted", found) or "as planned")
    return Update(plan, remote.id, ours, _words("the programme changed", ours), spares=found)


def _judged(
    plan: PlannedMeeting,
    known: KnownMeeting,
    remote: RemoteMeeting,
    found: tuple[Difference, ...],
    standing: tuple[Difference, ...],
    now: datetime,
) -> Intent | None:
    """What somebody else's change at Zoom asks for; None: nothing that would keep the programme's own changes back."""
    if plan.starts_at <= now:
        # Under way: letters and cues of a running meeting are held for nobody's change.
        found = tuple(replace(one, guards_access=False) for one in found)
    if found and found != standing:
        return Drift(plan, remote.id, found, _words("changed at Zoom", found))
    if found and known.state is MeetingState.DRIFTED:
        return Keep(plan.key, f"{_words('changed at Zoom', found)}; {_CHOOSE}")
    return None


def _overwrite(plan: PlannedMeeting, known: KnownMeeting, remote: RemoteMeeting, now: datetime) -> Intent:
    if plan.starts_at <= now:
        return TooLate(plan.key, "its start has passed: Zoom ignores such a change")
    changed = tuple(one.field for one in known.drift)
    return Update(plan, remote.id, changed, _words("put back at Zoom, as chosen", changed))


def _twin(key: str, twin: RemoteMeeting) -> Intent:
    if twin.status == "started":
        return Keep(key, f"its twin {twin.id} is running: not deleted before it ends")
    return DeleteTwin(key, twin.id, "a second meeting with our marker, whose link was never sent", twin.kind)


def _unwanted(
    known: KnownMeeting, found: tuple[RemoteMeeting, ...], now: datetime, settle: timedelta
) -> tuple[Intent, ...]:
    if known.state == MeetingState.CANCELLED and not found:
        return ()
    if _over(known.planned, now):
        return (Keep(known.key, "no longer planned, but over"),)
    if any(one.status == "started" for one in found):
        return (Keep(known.key, "no longer planned, but running: not deleted"),)
    if found:
        return tuple(Cancel(known.key, one.id, "no longer planned", one.kind) for one in found)
    return (_settling(known, now, settle) or Cancel(known.key, None, "no longer planned; not at Zoom"),)


def _changed(before: PlannedMeeting, after: PlannedMeeting) -> tuple[str, ...]:
    return tuple(one.name for one in fields(after) if getattr(before, one.name) != getattr(after, one.name))


def _drifted(known: KnownMeeting, confirmed: PlannedMeeting, remote: RemoteMeeting) -> tuple[Difference, ...]:
    """What somebody else changed at Zoom since it was last confirmed there."""
    found = differences(confirmed, remote, listed=remote.silent is None, door=known.door)
    if remote.ref == confirmed.ref:
        return found
    return (*found, Difference("text", "with our mark in its first line", "without it", guards_access=False))


def _words(what: str, named: Sequence[str | Difference]) -> str:
    shown = [
        f"{field_name(one.field)} {one.planned} → {one.remote}" if isinstance(one, Difference) else field_name(one)
        for one in named
    ]
    return f"{what}: {', '.join(shown)}" if shown else ""
