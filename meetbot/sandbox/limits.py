"""Zoom's rate limits: per second and label, per day and label, per host, per registrant (Zoom API, Rate limits)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from meetbot.sandbox import answers, times

Plan = Literal["free", "pro", "business"]
Label = Literal["Light", "Medium", "Heavy"]

PER_SECOND: dict[Plan, dict[Label, int]] = {
    "free": {"Light": 4, "Medium": 2, "Heavy": 1},
    "pro": {"Light": 30, "Medium": 20, "Heavy": 10},
    "business": {"Light": 80, "Medium": 60, "Heavy": 40},
}
PER_DAY: dict[Plan, dict[Label, int]] = {
    "free": {"Light": 6_000, "Medium": 2_000, "Heavy": 1_000},
    "pro": {"Heavy": 30_000},
    "business": {"Heavy": 60_000},
}
HOST_WRITES = 100
REGISTRANT_ADDS = 3
REGISTRANT_STATUSES = 10


@dataclass
class _Bucket:
    """Fills at `rate` a second up to one second's worth."""

    rate: int
    level: float
    at: float

    def take(self, at: float) -> bool:
        self.level = min(self.rate, self.level + (at - self.at) * self.rate)
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
        rate = PER_SECOND[self.plan][label]
        bucket = self._buckets.setdefault(label, _Bucket(rate, rate, pacing))
        if self.enabled and not bucket.take(pacing):
            raise _per_second(label, rate)
        cap = PER_DAY[self.plan].get(label)
        if cap and self._over(now, cap, "account", label):
            raise _per_day(label, cap, now)

    def host_write(self, host_id: str, now: datetime) -> None:
        """One create or update of a meeting of this host."""
        if self._over(now, HOST_WRITES, "host", host_id):
            account_limit = str(PER_SECOND[self.plan]["Light"])
            raise _too_many(
                f"You have exceeded the daily rate limit ({HOST_WRITES}) of Meeting Create/Update API requests "
                "permitted for this particular user. You may resume these requests at GMT 00:00:00.",
                # Zoom shows the account's budget here, which is not used up, and no Retry-After.
                {
                    "X-RateLimit-Category": "Light",
                    "X-RateLimit-Limit": account_limit,
                    "X-RateLimit-Remaining": account_limit,
                },
            )

    def registrant_add(self, meeting_id: int, email: str, now: datetime) -> None:
        if self._over(now, REGISTRANT_ADDS, "add", meeting_id, email):
            raise _too_many(
                f"You have exceeded the daily rate limit of ({REGISTRANT_ADDS}) for Add meeting registrant API "
                f"requests for the registrant ({email}). You can resume these API requests at GMT 00:00:00."
            )

    def registrant_status(self, meeting_id: int, email: str, now: datetime) -> None:
        if self._over(now, REGISTRANT_STATUSES, "status", meeting_id, email):
            raise _too_many(
                f"You have exceeded the daily rate limit of ({REGISTRANT_STATUSES}) for Update meeting registrant "
                f"status API requests for the registrant ({email}). "
                "You can resume these API requests at GMT 00:00:00."
            )

    def _over(self, now: datetime, cap: int, *key: object) -> bool:
        if now.date() != self._day:
            self._day = now.date()
            self._counts.clear()
        self._counts[key] += 1
        return self.enabled and self._counts[key] > cap


def _per_second(label: Label, rate: int) -> answers.Refusal:
    return _too_many(
        "You have reached the maximum per-second rate limit for this API. Try again later.",
        {
            "X-RateLimit-Category": label,
            "X-RateLimit-Type": "QPS",
            "X-RateLimit-Limit": str(rate),
            "X-RateLimit-Remaining": "0",
        },
    )


def _per_day(label: Label, cap: int, now: datetime) -> answers.Refusal:
    return _too_many(
        "You have reached the maximum daily rate limit for this API. Refer to the response header for details "
        "on when you can make another request.",
        {
            "X-RateLimit-Category": label,
            "X-RateLimit-Type": "Daily-limit",
            "X-RateLimit-Limit": str(cap),
            "X-RateLimit-Remaining": "0",
            "Retry-After": times.text(times.midnight_after(now)),
        },
    )


def _too_many(message: str, headers: dict[str, str] | None = None) -> answers.Refusal:
    return answers.Refusal(429, 429, message, headers=headers)
