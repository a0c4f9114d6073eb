"""What happens while a meeting runs: people come and go, the host starts it, somebody or nobody ends it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from meetbot.sandbox import recording, stays, users
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import Action, CannotHappen, Instance, Meeting, Where


def advance(account: Account, now: datetime) -> list[tuple[datetime, Json]]:
    """Let everything happen whose moment has come, in the order of time: effects with their moments."""
    happened = []
    while action := account.next_action(now):
        happened += [(action.at, effect) for effect in _take(account, action)]
    return happened


def end(meeting: Meeting, instance: Instance, at: datetime) -> Json:
    """End a live instance: everybody leaves."""
    for presence in list(instance.inside.values()):
        stays.leave(instance, presence, at)
    instance.ended_at = at
    instance.recording = "off"
    meeting.past.append(instance)
    meeting.live = None
    return {"kind": "live.ended", "meeting": meeting.id, "uuid": instance.uuid}


def _take(account: Account, action: Action) -> list[Json]:
    meeting = account.meetings.get(action.meeting_id)
    try:
        if meeting is None or meeting.deleted:
            raise CannotHappen("no such meeting")
        return STEPS[action.action](account, meeting, action)
    except CannotHappen as reason:
        return [_refused(action, reason)]


def _start(account: Account, meeting: Meeting, action: Action) -> list[Json]:
    if action.email and action.email not in meeting.hosts:
        raise CannotHappen("only the host or an alternative host starts a meeting")
    opened = [] if meeting.live else [_open(account, meeting, action.at)]
    instance = _running(meeting)
    entered = _enter(account, meeting, action, "in_meeting")
    automatic = meeting.settings["auto_recording"] == "cloud"
    recorded = recording.move(meeting, instance, "recording.start") if automatic else []
    return [*opened, entered, *recorded, *_let_in(account, meeting, action.at)]


def _join(account: Account, meeting: Meeting, action: Action) -> list[Json]:
    stays.approved(meeting, action)
    if meeting.live:
        return [_enter(account, meeting, action, "in_meeting")]
    if not _before_host(meeting, action.at):
        return [_wait_for_host(meeting, action)]
    opened = _open(account, meeting, action.at)
    return [opened, _enter(account, meeting, action, "in_meeting"), *_let_in(account, meeting, action.at)]


def _wait(account: Account, meeting: Meeting, action: Action) -> list[Json]:
    stays.approved(meeting, action)
    if meeting.live:
        return [_enter(account, meeting, action, "in_waiting_room")]
    return [_wait_for_host(meeting, action)]


def _admit(_account: Account, meeting: Meeting, action: Action) -> list[Json]:
    instance = _running(meeting)
    for presence in stays.of(instance, action, "in_waiting_room"):
        stays.follow(instance, presence, action.at)
    return [_effect("live.admitted", action, uuid=instance.uuid)]


def _rename(_account: Account, meeting: Meeting, action: Action) -> list[Json]:
    """In the report the new name begins a new row."""
    instance = _running(meeting)
    for presence in stays.of(instance, action):
        stays.follow(instance, presence, action.at, name=action.name, where=presence.where)
    return [_effect("live.renamed", action, uuid=instance.uuid, name=action.name or "")]


def _leave(_account: Account, meeting: Meeting, action: Action) -> list[Json]:
    """The last one out ends the meeting."""
    staying = [early for early in meeting.lobby if early.person != action.person]
    if len(staying) < len(meeting.lobby):
        meeting.lobby = staying
        return [_effect("live.left", action)]
    instance = _running(meeting)
    for presence in stays.of(instance, action):
        stays.leave(instance, presence, action.at)
    left = _effect("live.left", action, uuid=instance.uuid)
    return [left] if instance.inside else [left, end(meeting, instance, action.at)]


def _end(_account: Account, meeting: Meeting, action: Action) -> list[Json]:
    return [end(meeting, _running(meeting), action.at)]


#: What a person can do.
STEPS: dict[str, Callable[[Account, Meeting, Action], list[Json]]] = {
    "start": _start,
    "join": _join,
    "leave": _leave,
    "waiting": _wait,
    "admit": _admit,
    "rename": _rename,
    "end": _end,
}


def _running(meeting: Meeting) -> Instance:
    if meeting.live is None:
        raise CannotHappen("the meeting is not live")
    return meeting.live


def _before_host(meeting: Meeting, at: datetime) -> bool:
    """Whether people may open the meeting: from `jbh_time` minutes before its start, 0 for any time."""
    early = meeting.settings["jbh_time"]
    near = early == 0 or at >= meeting.start_at - timedelta(minutes=early)
    return bool(meeting.settings["join_before_host"] and near)


def _open(account: Account, meeting: Meeting, at: datetime) -> Json:
    most = users.concurrent(account, meeting.host)
    running = sum(other.live is not None for other in account.meetings_by_host[meeting.host.id])
    if running >= most:
        raise CannotHappen(f"the host has {most} live meeting{'s' if most > 1 else ''} already")
    instance = Instance(account.names.instance_uuid(), meeting.id, started_at=at)
    meeting.live = account.instances[instance.uuid] = instance
    return {
        "kind": "live.started",
        "meeting": meeting.id,
        "uuid": instance.uuid,
        "host": meeting.host.email,
    }


def _wait_for_host(meeting: Meeting, action: Action) -> Json:
    meeting.lobby.append(action)
    return _effect("live.waiting_for_host", action)


def _let_in(account: Account, meeting: Meeting, at: datetime) -> list[Json]:
    """Those who came before the host go where they wanted to go."""
    early, meeting.lobby = meeting.lobby, []
    happened = []
    for action in early:
        where: Where = "in_meeting" if action.action == "join" else "in_waiting_room"
        try:
            happened.append(_enter(account, meeting, action, where, at))
        except CannotHappen as reason:
            happened.append(_refused(action, reason))
    return happened


def _enter(account: Account, meeting: Meeting, action: Action, where: Where, at: datetime | None = None) -> Json:
    instance = _running(meeting)
    presence = stays.enter(account, meeting, instance, action, where, at or action.at)
    kind = "live.joined" if where == "in_meeting" else "live.waiting"
    return _effect(kind, action, uuid=instance.uuid, name=presence.name, registrant=presence.registrant_id)


def _refused(action: Action, reason: CannotHappen) -> Json:
    return _effect("live.refused", action, action=action.action, reason=str(reason))


def _effect(kind: str, who: Action, **more: str) -> Json:
    return {"kind": kind, "meeting": who.meeting_id, "person": who.person, **more}
