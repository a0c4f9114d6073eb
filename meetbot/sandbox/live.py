"""What happens while a meeting runs: people come and go, the host starts it, somebody or nobody ends it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from meetbot.sandbox import doors, effects, groups, plans, recording, stays
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import Action, CannotHappen, Instance, Meeting, Where


def advance(account: Account, now: datetime) -> list[tuple[datetime, Json]]:
    """Let everything happen whose moment has come, in the order of time: effects with their moments."""
    happened = []
    while action := account.next_action(now):
        happened += [(action.at, effect) for effect in _take(account, action)]
    return happened


def end(meeting: Meeting, instance: Instance, at: datetime) -> list[Json]:
    """End a live instance: everybody leaves, recording stops."""
    inside = list(instance.inside.values())
    for presence in inside:
        stays.leave(instance, presence, at)
    left = [effects.presence("left", instance, presence, reason="the host ended it") for presence in inside]
    stopped = recording.move(meeting, instance, "recording.stop")
    instance.ended_at = at
    meeting.past.append(instance)
    meeting.live = None
    return [*left, *stopped, effects.instance("ended", meeting, instance)]


def _take(account: Account, action: Action) -> list[Json]:
    meeting = account.meetings.get(action.meeting_id)
    try:
        if meeting is None or meeting.deleted:
            raise CannotHappen("no such meeting")
        return STEPS[action.action](account, meeting, action)
    except CannotHappen as reason:
        return [effects.refused(action, reason)]


def _start(account: Account, meeting: Meeting, action: Action) -> list[Json]:
    doors.check_host(meeting, action)
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
        return [_wait_for_host(account, meeting, action)]
    opened = _open(account, meeting, action.at)
    return [opened, _enter(account, meeting, action, "in_meeting"), *_let_in(account, meeting, action.at)]


def _wait(account: Account, meeting: Meeting, action: Action) -> list[Json]:
    stays.approved(meeting, action)
    if meeting.live:
        return [_enter(account, meeting, action, "in_waiting_room")]
    return [_wait_for_host(account, meeting, action)]


def _admit(_account: Account, meeting: Meeting, action: Action) -> list[Json]:
    instance = _running(meeting)
    return [
        effects.presence("admitted", instance, stays.follow(instance, presence, action.at))
        for presence in stays.of(instance, action, "in_waiting_room")
    ]


def _rename(_account: Account, meeting: Meeting, action: Action) -> list[Json]:
    """In the report the new name begins a new row."""
    instance = _running(meeting)
    return [
        effects.presence(
            "renamed",
            instance,
            stays.follow(
                instance, presence, action.at, name=action.name, where=presence.where, room_id=presence.room_id
            ),
            former_name=presence.identity.name,
        )
        for presence in stays.of(instance, action)
    ]


def _break_out(account: Account, meeting: Meeting, action: Action) -> list[Json]:
    """Into the named breakout room, or back to the main one: each begins a new row of the report."""
    instance = _running(meeting)
    if not meeting.settings["breakout_room"].get("enable"):
        raise CannotHappen("the meeting has no breakout rooms")
    if action.room and action.room not in instance.rooms:
        instance.rooms[action.room] = account.names.instance_uuid()
    room_id = instance.rooms.get(action.room, "")
    return [
        effects.presence(
            "moved", instance, stays.follow(instance, presence, action.at, room_id=room_id), room=action.room
        )
        for presence in stays.of(instance, action, "in_meeting")
    ]


def _leave(account: Account, meeting: Meeting, action: Action) -> list[Json]:
    """The last one out ends the meeting."""
    early = [waiting for waiting in meeting.lobby if waiting.person == action.person]
    if early:
        meeting.lobby = [waiting for waiting in meeting.lobby if waiting.person != action.person]
        return [effects.in_front("left", waiting, stays.identify(account, meeting, waiting)) for waiting in early]
    instance = _running(meeting)
    leaving = stays.of(instance, action)
    for presence in leaving:
        stays.leave(instance, presence, action.at)
    left = [effects.presence("left", instance, presence, reason="left of their own will") for presence in leaving]
    return left if instance.inside else [*left, *end(meeting, instance, action.at)]


def _end(_account: Account, meeting: Meeting, action: Action) -> list[Json]:
    return end(meeting, _running(meeting), action.at)


#: What a person can do.
STEPS: dict[str, Callable[[Account, Meeting, Action], list[Json]]] = {
    "start": _start,
    "join": _join,
    "leave": _leave,
    "waiting": _wait,
    "admit": _admit,
    "rename": _rename,
    "breakout": _break_out,
    "end": _end,
}


def _running(meeting: Meeting) -> Instance:
    if meeting.live is None:
        raise CannotHappen("the meeting is not live")
    return meeting.live


def _before_host(meeting: Meeting, at: datetime) -> bool:
    """Whether people may open the meeting: from `jbh_time` minutes before its start, 0 for any time."""
    early = meeting.settings["jbh_time"]
    near = early == 0 or at >= meeting.start_near(at) - timedelta(minutes=early)
    return bool(meeting.settings["join_before_host"] and near)


def _open(account: Account, meeting: Meeting, at: datetime) -> Json:
    most = plans.concurrent(account.setup, meeting.host)
    running = sum(other.live is not None for other in account.meetings_by_host[meeting.host.id])
    if running >= most:
        raise CannotHappen(f"the host has {most} live meeting{'s' if most > 1 else ''} already")
    instance = Instance(account.names.instance_uuid(), meeting.id, started_at=at)
    meeting.live = account.instances[instance.uuid] = instance
    if meeting.channel_id:
        groups.opened(account, meeting)
    return effects.instance("started", meeting, instance)


def _wait_for_host(account: Account, meeting: Meeting, action: Action) -> Json:
    meeting.lobby.append(action)
    return effects.in_front("waiting_for_host", action, stays.identify(account, meeting, action))


def _let_in(account: Account, meeting: Meeting, at: datetime) -> list[Json]:
    """Those who came before the host go where they wanted to go."""
    early, meeting.lobby = meeting.lobby, []
    happened = []
    for action in early:
        where: Where = "in_meeting" if action.action == "join" else "in_waiting_room"
        try:
            happened.append(_enter(account, meeting, action, where, at))
        except CannotHappen as reason:
            happened.append(effects.refused(action, reason))
    return happened


def _enter(account: Account, meeting: Meeting, action: Action, where: Where, at: datetime | None = None) -> Json:
    instance = _running(meeting)
    presence = stays.enter(account, meeting, instance, action, where, at or action.at)
    return effects.presence("joined" if where == "in_meeting" else "waiting", instance, presence)
