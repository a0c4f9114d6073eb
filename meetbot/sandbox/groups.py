"""The Team Chat group of a meeting with continuous chat: there from the first message or the first start on."""

from meetbot.sandbox.account import Account
from meetbot.sandbox.model import ChatGroup, Meeting


def opened(account: Account, meeting: Meeting) -> ChatGroup:
    """The group, made with the hosts and the invitees among the users when it is not there yet."""
    if meeting.chat is None:
        invited = [str(row.get("email", "")).lower() for row in meeting.settings.get("meeting_invitees", [])]
        users = [account.user_by_email.get(email) for email in [*meeting.hosts, *invited]]
        meeting.chat = ChatGroup(meeting.channel_id, {user.id for user in users if user})
    return meeting.chat
