"""The host's start link: it dies two hours after it was shown (Zoom API, Get a meeting: `start_url`)."""

from datetime import datetime, timedelta

from meetbot.sandbox.account import Account
from meetbot.sandbox.model import CannotHappen

LIFE = timedelta(hours=2)


def secret(account: Account, now: datetime) -> str:
    """A new `zak`; it says itself when it dies, so that nobody must keep it."""
    return f"{account.names.token()}.{int((now + LIFE).timestamp())}"


def require_alive(zak: str, at: datetime) -> None:
    """Raises CannotHappen."""
    if at.timestamp() >= int(zak.rpartition(".")[2]):
        raise CannotHappen("this start link has expired")
