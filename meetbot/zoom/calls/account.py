"""The account itself: its users, what they may do, and the fields that it tracks."""

from __future__ import annotations

from meetbot.core.remote import HostSettings
from meetbot.zoom import answers, wire
from meetbot.zoom.calls import desk
from meetbot.zoom.limits import Label


class Account(desk.Desk):
    async def check_host(self, host: str) -> answers.Host:
        """The user of that id or address; ZoomRefused when the account has none."""
        return await self._line.ask(wire.Request("look up host", "GET", f"/users/{wire.segment(host)}"), answers.host)

    async def host_settings(self, host: str) -> HostSettings:
        """What the licence and the account allow that user in meetings."""
        path = f"/users/{wire.segment(host)}/settings"
        return await self._line.ask(wire.Request("read settings", "GET", path, Label.MEDIUM), answers.host_settings)

    async def users(self) -> tuple[answers.Host, ...]:
        """All active users of the account."""
        request = wire.Request("list users", "GET", "/users", Label.MEDIUM, {"status": "active", **desk.ALL})
        return tuple(await self._line.all(request, "users", lambda row: answers.host({"status": "active", **row})))

    async def tracking_fields(self) -> tuple[answers.TrackingField, ...]:
        """The fields that the account defines for its meetings."""
        request = wire.Request("list tracking fields", "GET", "/tracking_fields", Label.MEDIUM)
        return tuple(await self._line.all(request, "tracking_fields", answers.tracking_field))

    async def add_tracking_field(self, name: str) -> answers.TrackingField:
        """Define one more, which hosts may leave empty."""
        body = {"field": name, "required": False, "visible": True}
        request = wire.Request("add tracking field", "POST", "/tracking_fields", body=body)
        return await self._line.ask(request, answers.tracking_field)
