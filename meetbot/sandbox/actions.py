"""The rows of `POST /_sandbox/people`: who does what in which meeting, and when."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from meetbot.sandbox import live, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json, invalid
from meetbot.sandbox.model import Action


def read(account: Account, rows: list[Json], now: datetime) -> list[Action]:
    """The actions that are meant; a moment that has passed means now. Raises 400 code 300 that names the row."""
    return [_action(account, row, f"[{place}]", now) for place, row in enumerate(rows)]


def _action(account: Account, row: Json, place: str, now: datetime) -> Action:
    if row.get("action") not in live.STEPS:
        raise invalid((f"{place}.action", f"One of {', '.join(live.STEPS)}."))
    if not str(row.get("meeting", "")).isdecimal():
        raise invalid((f"{place}.meeting", "The number of a meeting."))
    by_link = _behind(account, row["join_link"], place) if row.get("join_link") else {}
    registrant_id = by_link.get("registrant_id", row.get("registrant_id"))
    return Action(
        at=max(_moment(row, place, now), now),
        meeting_id=int(row["meeting"]),
        action=row["action"],
        person=str(row.get("person") or row.get("email") or registrant_id or row.get("phone") or "host"),
        name=by_link.get("name", row.get("name")),
        registrant_id=registrant_id,
        email=(row.get("email") or "").lower(),
        device=row.get("device"),
        phone=row.get("phone") or "",
        room=row.get("room") or "",
        country=(row.get("country") or "").upper(),
        link_dies_at=by_link.get("link_dies_at"),
        zak=_zak(row["start_link"], place) if row.get("start_link") else None,
    )


def _moment(row: Json, place: str, now: datetime) -> datetime:
    try:
        return times.from_iso(row["at"]) if row.get("at") else now
    except ValueError as error:
        raise invalid((f"{place}.at", str(error))) from None


def _behind(account: Account, link: str, place: str) -> Json:
    """Whose link it is: people in a rehearsal come by the link from their letter, or by a personal invite link."""
    tk = _secret(link, "tk")
    if registrant := account.registrant_by_tk.get(tk):
        return {"registrant_id": registrant.id}
    if invite := account.invite_by_tk.get(tk):
        return {"name": invite.name, "link_dies_at": invite.dies_at}
    raise invalid((f"{place}.join_link", "Not the join link of any registrant."))


def _zak(link: str, place: str) -> str:
    zak = _secret(link, "zak")
    if not zak.rpartition(".")[2].isdecimal():
        raise invalid((f"{place}.start_link", "Not a start link of any meeting."))
    return zak


def _secret(link: str, name: str) -> str:
    return parse_qs(urlsplit(link).query).get(name, [""])[0]
