"""The group behind a meeting's continuous chat: the only way by REST to people's chat window (Zoom API, Team Chat)."""

from collections import deque
from datetime import datetime

from meetbot.sandbox import answers, groups, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, invalid
from meetbot.sandbox.model import ChatGroup, Meeting, Presence, User

_LONGEST = 1024
_MEMBERS_A_CALL = 5
#: So many messages in so many seconds block the channel for so long (Zoom API, Send a chat message).
PACES = ((10, 1, 10), (30, 10, 30), (60, 100, 60), (450, 1_000, 300))


def send(account: Account, call: Call) -> Answer:
    """POST: the first message brings the group into being; the sender must be a member of it."""
    sender = account.user(call.parts["user"])
    message = call.body.get("message")
    if not isinstance(message, str) or not 1 <= len(message) <= _LONGEST:
        raise invalid(("message", f"Must be text of 1 to {_LONGEST} characters."))
    channel_id = str(call.body.get("to_channel", ""))
    meeting = _meeting(account, channel_id)
    group = groups.opened(account, meeting)
    if sender.id not in group.members:
        raise Refusal(400, 5301, "The sender is not a member of this channel.")
    _pace(account, channel_id, call.pacing)
    posted = {
        "kind": "chat.posted",
        "meeting": meeting.id,
        "channel": channel_id,
        "sender": sender.email,
        "message": message,
        "seen_by": _seen_by(account, meeting, group),
    }
    return Answer(201, {"id": account.names.message_id()}, (posted,))


def add_members(account: Account, call: Call) -> Answer:
    """POST: at most five users of the account in one call, once the group exists."""
    meeting = _meeting(account, call.parts["channel"])
    if meeting.chat is None:
        raise _no_channel(call.parts["channel"])
    rows = answers.rows(call.body, "members")
    if not 1 <= len(rows) <= _MEMBERS_A_CALL:
        raise invalid(("members", f"From 1 to {_MEMBERS_A_CALL} members."))
    users = [account.user(str(row.get("email", ""))) for row in rows]
    meeting.chat.members |= {user.id for user in users}
    return Answer(201, _added(users, call.now), ({"kind": "chat.members_added", "meeting": meeting.id, **_who(users)},))


def _meeting(account: Account, channel_id: str) -> Meeting:
    for meeting in account.meetings.values():
        if channel_id and meeting.channel_id == channel_id and not meeting.deleted:
            return meeting
    raise _no_channel(channel_id)


def _no_channel(channel_id: str) -> Refusal:
    return Refusal(404, 4130, f"Channel does not exist: {channel_id}.")


def _pace(account: Account, channel_id: str, at: float) -> None:
    """Count a message, or refuse it while the channel is blocked. Raises 429."""
    if not account.limits.enabled:
        return
    sent = account.chat_sent.setdefault(channel_id, deque(maxlen=PACES[-1][0]))
    if at < account.chat_blocked_until.get(channel_id, 0.0):
        raise _too_fast()
    for most, seconds, block in PACES:
        if sum(before > at - seconds for before in sent) >= most:
            account.chat_blocked_until[channel_id] = at + block
            raise _too_fast()
    sent.append(at)


def _too_fast() -> Refusal:
    return Refusal(429, 429, "You have reached the maximum message rate of this channel. Try again later.")


def _seen_by(account: Account, meeting: Meeting, group: ChatGroup) -> list[str]:
    """Who has it before their eyes: people in the live meeting; guests where the account lets it reach them."""

    def sees(presence: Presence) -> bool:
        known = presence.identity.account_user_id in group.members
        return presence.where == "in_meeting" and not presence.room_id and (known or account.setup.chat_reaches_guests)

    inside = meeting.live.inside.values() if meeting.live else []
    return list(dict.fromkeys(presence.person for presence in inside if sees(presence)))


def _added(users: list[User], now: datetime) -> Json:
    return {"ids": ",".join(user.id for user in users), "added_at": times.text(now)}


def _who(users: list[User]) -> Json:
    return {"emails": [user.email for user in users]}
