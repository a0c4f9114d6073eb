"""What Zoom tells of each thing that happens in the account: from an effect of the ledger to its events."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import Instance, Meeting
from meetbot.sandbox.webhooks import objects
from meetbot.sandbox.webhooks.events import NAMES, Event
from meetbot.sandbox.webhooks.recordings import Recordings

_SECRET = "(secret)"


class Teller:
    """Has the account beside the effects, which bear no secrets, and keeps what the account forgets."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._recordings = Recordings()
        self._passcodes: dict[int, str] = {}

    def events(self, at: datetime, effect: Json) -> list[Event]:
        """The events of one effect; none for what Zoom tells nobody."""
        tell = _TOLD.get(effect["kind"].removeprefix("webinar.").removeprefix("meeting."))
        if tell is None:
            return []
        meeting = self._account.meetings[effect["meeting"]]
        return [event for event in tell(self, meeting, effect, at) if event.name in NAMES]

    def _created(self, meeting: Meeting, _effect: Json, at: datetime) -> Iterator[Event]:
        self._passcodes[meeting.id] = meeting.password
        by = {**_operator(meeting), "operation": _operation(meeting)}
        yield _event(meeting, "created", at, {**by, "object": objects.created(meeting)})

    def _updated(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        former = self._passcodes.get(meeting.id, "")
        self._passcodes[meeting.id] = meeting.password
        payload = {
            **_operator(meeting),
            "scope": effect.get("operation", "all"),
            "time_stamp": int(at.timestamp() * 1000),
            "object": _side(meeting, effect["changed"], meeting.password),
            "old_object": _side(meeting, effect["old"], former),
        }
        yield _event(meeting, "updated", at, payload)

    def _removed(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        """Deleted, or back again."""
        whole = objects.removed(meeting, effect.get("occurrence_id"))
        operation = "single" if "occurrence_id" in effect else _operation(meeting)
        payload = {**_operator(meeting), "operation": operation, "object": whole}
        yield _event(meeting, effect["kind"].partition(".")[2], at, payload)

    def _started(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        yield _event(meeting, "started", at, {"object": self._run(meeting, effect)})

    def _ended(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        yield _event(meeting, "ended", at, {"object": {**self._run(meeting, effect), "end_time": effect["ended_at"]}})

    def _joined(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        person = objects.joining(effect, at)
        if effect["before_host"]:
            yield self._of(meeting, effect, at, "participant_jbh_joined", person)
        yield self._of(meeting, effect, at, "participant_joined", person)

    def _admitted(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        yield self._of(meeting, effect, at, "participant_admitted", objects.passing(effect, at))
        yield self._of(meeting, effect, at, "participant_joined", objects.joining(effect, at))

    def _waiting(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        yield self._of(meeting, effect, at, "participant_joined_waiting_room", objects.passing(effect, at))

    def _waiting_for_host(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        yield self._of(meeting, effect, at, "participant_jbh_waiting", objects.passing(effect, at))

    def _left(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        if effect["where"] == "in_meeting":
            yield self._of(meeting, effect, at, "participant_left", objects.leaving(effect, at))
        else:
            room = "left_waiting_room" if effect["where"] == "in_waiting_room" else "jbh_waiting_left"
            yield self._of(meeting, effect, at, f"participant_{room}", objects.passing(effect, at))

    def _enrolled(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        registrant = meeting.registrants[effect["registrant"]]
        person = {**objects.planned(meeting), "registrant": objects.enrolled(meeting, registrant)}
        yield _event(meeting, "registration_created", at, {"object": person})

    def _approved(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        registrant = meeting.registrants[effect["registrant"]]
        yield _registration(meeting, "approved", objects.approved(meeting, registrant, effect), at)

    def _turned_away(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        """Denied, cancelled, deleted."""
        denied = effect.get("action") == "deny"
        yield _registration(meeting, "denied" if denied else "cancelled", objects.named(effect), at)

    def _recorded(self, meeting: Meeting, effect: Json, at: datetime) -> Iterator[Event]:
        return self._recordings.events(meeting, self._account.instances[effect["uuid"]], effect["kind"], at)

    def _run(self, meeting: Meeting, effect: Json) -> Json:
        return {**objects.running(meeting, self._instance(effect)), "host_email": meeting.host.email}

    def _of(self, meeting: Meeting, effect: Json, at: datetime, name: str, participant: Json) -> Event:
        running = objects.running(meeting, self._instance(effect))
        return _event(meeting, name, at, {"object": {**running, "participant": participant}})

    def _instance(self, effect: Json) -> Instance | None:
        """None for who waits for the host: there is no instance yet."""
        return self._account.instances.get(effect.get("uuid", ""))


_TOLD: dict[str, Callable[[Any, Meeting, Json, datetime], Iterator[Event]]] = {
    "created": Teller._created,
    "updated": Teller._updated,
    "deleted": Teller._removed,
    "recovered": Teller._removed,
    "live.started": Teller._started,
    "live.ended": Teller._ended,
    "live.joined": Teller._joined,
    "live.admitted": Teller._admitted,
    "live.waiting": Teller._waiting,
    "live.waiting_for_host": Teller._waiting_for_host,
    "live.left": Teller._left,
    "registrant.added": Teller._enrolled,
    "registrant.approved": Teller._approved,
    "registrant.denied": Teller._turned_away,
    "registrant.deleted": Teller._turned_away,
    "recording.start": Teller._recorded,
    "recording.pause": Teller._recorded,
    "recording.resume": Teller._recorded,
    "recording.stop": Teller._recorded,
}


def _event(meeting: Meeting, name: str, at: datetime, payload: Json) -> Event:
    return Event(f"{meeting.noun}.{name}", at, payload)


def _registration(meeting: Meeting, became: str, registrant: Json, at: datetime) -> Event:
    payload = {**_operator(meeting), "object": {**objects.planned(meeting), "registrant": registrant}}
    return _event(meeting, f"registration_{became}", at, payload)


def _operator(meeting: Meeting) -> Json:
    """Who did it. The sandbox keeps no account of that and names the host."""
    return {"operator": meeting.host.email, "operator_id": meeting.host.id}


def _operation(meeting: Meeting) -> str:
    return "all" if meeting.recurrence else "single"


def _side(meeting: Meeting, changed: Json, passcode: str) -> Json:
    """The new or the former values of what changed, settings in an object of their own."""
    side: Json = {"id": meeting.id}
    for name, value in changed.items():
        shown = passcode if value == _SECRET else value
        place, _, setting = name.rpartition(".")
        (side.setdefault(place, {}) if place else side)[setting] = shown
    return side
