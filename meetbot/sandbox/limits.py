"""Zoom's rate limits: per second and label, per day and label, per host, per registrant (Zoom API, Rate limits)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from meetbot.sandbox import answers, times

Plan = Literal["free", "pro", "business"]
Label = Literal["Light", "Medium", "Heavy", "Resource-intensive"]

PER_SECOND: dict[Plan, dict[Label, int]] = {
    "free": {"Light": 4, "Medium": 2, "Heavy": 1},
    "pro": {"Light": 30, "Medium": 20, "Heavy": 10},
    "business": {"Light": 80, "Medium": 60, "Heavy": 40},
}
#: Of resource-intensive calls, which have no rate per second.
PER_MINUTE: dict[Plan, int] = {"free": 10, "pro": 10, "business": 20}
PER_DAY: dict[Plan, dict[Label, int]] = {
    "free": {"Light": 6_000, "Medium": 2_000, "Heavy": 1_000, "Resource-intensive": 30_000},
    "pro": {"Heavy": 30_000, "Resource-intensive": 30_000},
    "business": {"Heavy": 60_000, "Resource-intensive": 60_000},
}
HOST_WRITES = 100
REGISTRANT_ADDS = 3
REGISTRANT_STATUSES = 10


@dataclass
class _Bucket:
    """Fills up to `size` within so many `seconds`."""

    size: int
    seconds: int
    level: float
    at: float

    def take(self, at: float) -> bool:
        self.level = min(self.size, self.level + (at - self.at) * self.size / self.seconds)
        self.at = at
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Limits:
    """The counters of one account. Every day counter starts again at 00:00 UTC."""

    def __init__(self, plan: Plan, *, enabled: bool = True) -> None:
        self.plan = plan
        self.enabled = enabled
        self._buckets: dict[Label, _Bucket] = {}
        self._day = date.min
        self._counts: Counter[tuple[object, ...]] = Counter()

    def spend(self, label: Label, now: datetime, pacing: float) -> None:
        """One call of this label on the account. Raises the 429 of the second or of the day."""
        size, seconds = self._rate(label)
        bucket = self._buckets.setdefault(label, _Bucket(size, seconds, size, pacing))
        if self.enabled and not bucket.take(pacing):
            raise self.over_second(label)
        cap = PER_DAY[self.plan].get(label)
        if cap and self._over(now, cap, "account", self._day_of(label)):
            raise self.over_day(label, now)

    def host_write(self, host_id: str, now: datetime) -> None:
        """One create or update of a meeting of this host."""
        if self._over(now, HOST_WRITES, "host", host_id):
            raise self.over_host_day()

    def registrant_add(self, meeting_id: int, email: str, now: datetime) -> None:
        if self._over(now, REGISTRANT_ADDS, "add", meeting_id, email):
            raise self.over_registrant_day(email)

    def registrant_status(self, meeting_id: int, email: str, now: datetime) -> None:
        if self._over(now, REGISTRANT_STATUSES, "status", meeting_id, email):
            raise _too_many(
                f"You have exceeded the daily rate limit of ({REGISTRANT_STATUSES}) for Update meeting registrant "
                f"status API requests for the registrant ({email}). "
                "You can resume these API requests at GMT 00:00:00."
            )

    def over_second(self, label: Label) -> answers.Refusal:
        return _too_many(
            "You have reached the maximum per-second rate limit for this API. Try again later.",
            {
                "X-RateLimit-Category": label,
                "X-RateLimit-Type": "QPS",
                "X-RateLimit-Limit": str(self._rate(label)[0]),
                "X-RateLimit-Remaining": "0",
            },
        )

    def over_day(self, label: Label, now: datetime) -> answers.Refusal:
        return _too_many(
            "You have reached the maximum daily rate limit for this API. Refer to the response header for details "
            "on when you can make another request.",
            {
                "X-RateLimit-Category": label,
                "X-RateLimit-Type": "Daily-limit",
                # Where a label has no limit of its own, the one of heavy calls is shown.
                "X-RateLimit-Limit": str(PER_DAY[self.plan].get(label) or PER_DAY[self.plan]["Heavy"]),
                "X-RateLimit-Remaining": "0",
                "Retry-After": times.text(times.midnight_after(now)),
            },
        )

    def over_host_day(self) -> answers.Refusal:
        account_limit = str(PER_SECOND[self.plan]["Light"])
        return _too_many(
            f"You have exceeded the daily rate limit ({HOST_WRITES}) of Meeting Create/Update API requests "
            "permitted for this particular user. You may resume these requests at GMT 00:00:00.",
            # Zoom shows the account's budget here, which is not used up, and no Retry-After.
            {
                "X-RateLimit-Category": "Light",
                "X-RateLimit-Limit": account_limit,
                "X-RateLimit-Remaining": account_limit,
            },
        )

    def over_registrant_day(self, email: str) -> answers.Refusal:
        return _too_many(
            f"You have exceeded the daily rate limit of ({REGISTRANT_ADDS}) for Add meeting registrant API "
            f"requests for the registrant ({email}). You can resume these API requests at GMT 00:00:00."
        )

    def _rate(self, label: Label) -> tuple[int, int]:
        """So many calls within so many seconds."""
        per_second = PER_SECOND[self.plan].get(label)
        return (per_second, 1) if per_second else (PER_MINUTE[self.plan], 60)

    def _day_of(self, label: Label) -> str:
        """Paid plans have one daily count for heavy and resource-intensive calls together."""
        shared = self.plan != "free" and label in ("Heavy", "Resource-intensive")
        return "shared" if shared else label

    def _over(self, now: datetime, cap: int, *key: object) -> bool:
        if now.date() != self._day:
            self._day = now.date()
            self._counts.clear()
        self._counts[key] += 1
        return self.enabled and self._counts[key] > cap


def _too_many(message: str, headers: dict[str, str] | None = None) -> answers.Refusal:
    return answers.Refusal(429, 429, message, headers=headers)
