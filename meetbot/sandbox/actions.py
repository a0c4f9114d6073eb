"""The rows of `POST /_sandbox/people`: who does what in which meeting, and when."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from meetbot.sandbox import live, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json, invalid
from meetbot.sandbox.model import Action, Registrant


def read(account: Account, rows: list[Json], now: datetime) -> list[Action]:
    """The actions that are meant; a moment that has passed means now. Raises 400 code 300 that names the row."""
    return [_action(account, row, f"[{place}]", now) for place, row in enumerate(rows)]


def _action(account: Account, row: Json, place: str, now: datetime) -> Action:
    if row.get("action") not in live.STEPS:
        raise invalid((f"{place}.action", f"One of {', '.join(live.STEPS)}."))
    if not str(row.get("meeting", "")).isdecimal():
        raise invalid((f"{place}.meeting", "The number of a meeting."))
    registrant_id = row.get("registrant_id")
    if row.get("join_link"):
        registrant_id = _behind(account, row["join_link"], place).id
    return Action(
        at=max(_moment(row, place, now), now),
        meeting_id=int(row["meeting"]),
        action=row["action"],
        person=str(row.get("person") or row.get("email") or registrant_id or "host"),
        name=row.get("name"),
        registrant_id=registrant_id,
        email=(row.get("email") or "").lower(),
        device=row.get("device"),
    )


def _moment(row: Json, place: str, now: datetime) -> datetime:
    try:
        return times.from_iso(row["at"]) if row.get("at") else now
    except ValueError as error:
        raise invalid((f"{place}.at", str(error))) from None


def _behind(account: Account, link: str, place: str) -> Registrant:
    """Whose link it is: people in a rehearsal come by the link from their letter."""
    tk = parse_qs(urlsplit(link).query).get("tk", [""])[0]
    found = account.registrant_by_tk.get(tk)
    if found is None:
        raise invalid((f"{place}.join_link", "Not the join link of any registrant."))
    return found
