"""Zoom's limits on calls per second: how fast an account may go, and the pace that keeps below it.

Source: Zoom API, Rate limits. Daily limits for hosts and registrants are planned for elsewhere, not waited for here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from meetbot.core import times
from meetbot.errors import ZoomRateLimited


class Label(StrEnum):
    """Zoom's "Rate Limit Label" of a call."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


class Plan(StrEnum):
    """The account's plan; Education and Enterprise have the limits of Business."""

    FREE = "free"
    PRO = "pro"
    BUSINESS = "business"


#: Calls per second that Zoom allows the whole account.
RATES: Mapping[Plan, Mapping[Label, int]] = {
    Plan.FREE: {Label.LIGHT: 4, Label.MEDIUM: 2, Label.HEAVY: 1},
    Plan.PRO: {Label.LIGHT: 30, Label.MEDIUM: 20, Label.HEAVY: 10},
    Plan.BUSINESS: {Label.LIGHT: 80, Label.MEDIUM: 60, Label.HEAVY: 40},
}

# Other software of the same account eats from the same allowance.
_SHARE = 0.8
# A label closed for longer than this has met a daily limit: no caller is kept waiting for that.
_PATIENCE = timedelta(seconds=10)


class Pace:
    """Gives each call its turn, evenly spaced for each label."""

    def __init__(self, clock: times.Clock, plan: Plan) -> None:
        now = clock.now()
        self._clock = clock
        self._spacing = {label: timedelta(seconds=1 / (rate * _SHARE)) for label, rate in RATES[plan].items()}
        self._free_at = dict.fromkeys(Label, now)
        self._closed_until = dict.fromkeys(Label, now)

    async def turn(self, label: Label) -> None:
        """Return when a call with that label may be sent. ZoomRateLimited, at once, when that is not soon."""
        now, open_at = self._clock.now(), self._closed_until[label]
        if open_at - now > _PATIENCE:
            raise ZoomRateLimited(f"Zoom takes no more {label} calls from the whole account", retry_at=open_at)
        mine = max(now, open_at, self._free_at[label])
        self._free_at[label] = mine + self._spacing[label]
        await self._clock.sleep_until(mine)
        if self._closed_until[label] > mine:
            await self.turn(label)

    def close(self, label: Label, until: datetime) -> None:
        """No call with that label before `until`: Zoom said that the account has had its share."""
        self._closed_until[label] = max(self._closed_until[label], until)
