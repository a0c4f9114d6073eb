"""One Zoom account: everything in it, found by id, address or secret."""

import heapq
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from meetbot.sandbox.answers import Json, Refusal, invalid, no_meeting
from meetbot.sandbox.limits import Limits
from meetbot.sandbox.model import Action, Instance, InviteLink, Licence, Meeting, Registrant, Token, User
from meetbot.sandbox.names import Names
from meetbot.sandbox.pages import Pages
from meetbot.sandbox.setup import SWITCHES, Setup


class Account:
    """One Zoom account with everything in it."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.names = Names(setup.seed)
        self.limits = Limits(setup.plan, enabled=setup.limits)
        self.pages = Pages(self.names)
        self.tokens: dict[str, Token] = {}
        self.users: dict[str, User] = {}
        self.user_by_email: dict[str, User] = {}
        #: Deleted ones too: they can be recovered.
        self.meetings: dict[int, Meeting] = {}
        self.meetings_by_host: dict[str, list[Meeting]] = {}
        self.instances: dict[str, Instance] = {}
        self.registrant_by_tk: dict[str, Registrant] = {}
        self.invite_by_tk: dict[str, InviteLink] = {}
        self.tracking_fields: list[Json] = []
        #: When messages were sent, and until when none may be, by channel: seconds as in `Call.pacing`.
        self.chat_sent: dict[str, deque[float]] = {}
        self.chat_blocked_until: dict[str, float] = {}
        self._coming: list[tuple[datetime, int, Action]] = []
        self._actions = 0

    def user(self, key: str) -> User:
        """By id or address; an address that ends in `.example` is a user from its first mention."""
        found = self.users.get(key) or self.user_by_email.get(key.lower())
        if found:
            return found
        if "@" in key and key.lower().endswith(".example"):
            return self.add_user(key)
        raise Refusal(404, 1001, f"User does not exist: {key}.")

    def add_user(
        self,
        email: str,
        *,
        first_name: str = "",
        last_name: str = "",
        licence: Licence | None = None,
        timezone: str = "UTC",
        active: bool = True,
    ) -> User:
        """Add a user, or give an existing one another name, licence and status."""
        address = email.lower()
        user = self.user_by_email.get(address) or User(self.names.person_id(), address, pmi=self.names.meeting_id())
        user.first_name = first_name or address.partition("@")[0]
        user.last_name = last_name
        user.licence = licence or ("basic" if self.setup.plan == "free" else "licensed")
        user.timezone = timezone
        user.active = active
        self.users[user.id] = self.user_by_email[address] = user
        return user

    def switch(self, switches: Mapping[str, object]) -> None:
        """The administrator switches features on or off; what is stored stays. Raises 400 code 300."""
        if not switches.keys() <= SWITCHES.keys() or not all(isinstance(on, bool) for on in switches.values()):
            raise invalid(("account", f"True or false for some of {', '.join(SWITCHES)}."))
        self.setup = replace(self.setup, **dict(switches))  # type: ignore[arg-type]

    def planned(self, parts: Mapping[str, str]) -> Meeting:
        """What a path names: `/meetings/{meeting}` or `/webinars/{webinar}`."""
        return self.webinar(parts["webinar"]) if "webinar" in parts else self.meeting(parts["meeting"])

    def meeting(self, key: str | int) -> Meeting:
        found = self._found(key, "meeting")
        if found.is_webinar:
            raise Refusal(400, 3000, "Cannot access webinar info.")
        return found

    def webinar(self, key: str | int) -> Meeting:
        found = self._found(key, "webinar")
        if not found.is_webinar:
            raise Refusal(400, 3000, "Cannot access meeting info.")
        return found

    def _found(self, key: str | int, noun: str) -> Meeting:
        if not str(key).isdecimal():
            raise invalid((f"{noun}Id", f"Invalid {noun} id."))
        found = self.meetings.get(int(key))
        if found is None or found.deleted:
            raise no_meeting(key, noun)
        return found

    def add_meeting(self, meeting: Meeting) -> None:
        self.meetings[meeting.id] = meeting
        self.meetings_by_host.setdefault(meeting.host.id, []).append(meeting)

    def hand_over(self, meeting: Meeting, host: User) -> None:
        """Give a meeting another host; its id and its links stay."""
        self.meetings_by_host[meeting.host.id].remove(meeting)
        meeting.host = host
        self.meetings_by_host.setdefault(host.id, []).append(meeting)

    def expect(self, action: Action) -> None:
        """Keep an action until its moment comes."""
        self._actions += 1
        heapq.heappush(self._coming, (action.at, self._actions, action))

    def next_action(self, now: datetime) -> Action | None:
        """The earliest action whose moment has come, taken off the list."""
        if not self._coming or self._coming[0][0] > now:
            return None
        return heapq.heappop(self._coming)[2]

    @property
    def actions_to_come(self) -> int:
        return len(self._coming)
