"""What webinars have besides what they share with meetings: the add-on, panelists, absentees (Zoom API, Webinars)."""

from dataclasses import replace

from meetbot.sandbox import answers, forms, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Refusal, invalid
from meetbot.sandbox.calls import meetings, registrants, reports
from meetbot.sandbox.calls.kind import Kind
from meetbot.sandbox.model import Meeting, Panelist, Registrant

_WEBINAR = 5
_PANELISTS_A_CALL = 30


def with_add_on(kind: Kind) -> Kind:
    """The same call, refused with 400 code 200 where the account has no webinar plan."""

    def guarded(account: Account, call: Call) -> Answer:
        if not account.setup.webinar:
            raise Refusal(
                400,
                200,
                "Webinar plan is missing. You must subscribe to the webinar plan and enable webinars for this user "
                "in order to perform this action.",
            )
        return kind.operation(account, call)

    return replace(kind, operation=guarded)


def create(account: Account, call: Call) -> Answer:
    return meetings.made(account, call, otherwise=_WEBINAR)


def panelists(account: Account, call: Call) -> Answer:
    webinar = account.planned(call.parts)
    rows = [
        {"id": one.id, "name": one.name, "email": one.email, "join_url": registrants.join_url(webinar, one.tk)}
        for one in webinar.panelists.values()
    ]
    return Answer(200, {"total_records": len(rows), "panelists": rows})


def add_panelists(account: Account, call: Call) -> Answer:
    """POST: at most thirty in one call; who is a panelist already stays one."""
    webinar = account.planned(call.parts)
    rows = answers.rows(call.body, "panelists")
    if not 1 <= len(rows) <= _PANELISTS_A_CALL:
        raise invalid(("panelists", f"From 1 to {_PANELISTS_A_CALL} panelists."))
    if any(not row.get("name") or not forms.is_address(str(row.get("email", ""))) for row in rows):
        raise invalid(("panelists", "Each needs a name and an address."))
    new = [row for row in rows if row["email"].lower() not in webinar.panelists]
    for row in new:
        email = row["email"].lower()
        webinar.panelists[email] = Panelist(account.names.person_id(), row["name"], email, account.names.token())
    added = ({"kind": "panelist.added", "meeting": webinar.id, "email": row["email"].lower()} for row in new)
    return Answer(201, {"id": str(webinar.id), "updated_at": times.text(call.now)}, tuple(added))


def remove_panelists(account: Account, call: Call) -> Answer:
    """DELETE of all, or of the one that the path names."""
    webinar = account.planned(call.parts)
    named = call.parts.get("panelist")
    leaving = [one for one in webinar.panelists.values() if named in (None, one.id)]
    if named and not leaving:
        raise Refusal(400, 300, f"Panelist {named} was not found.")
    for one in leaving:
        del webinar.panelists[one.email]
    removed = ({"kind": "panelist.removed", "meeting": webinar.id, "email": one.email} for one in leaving)
    return Answer(204, effects=tuple(removed))


def absentees(account: Account, call: Call) -> Answer:
    """Who was approved and did not come; meetings have no such call."""
    webinar, instance = reports.ended(account, call)
    came = {presence.identity.registrant_id for presence in instance.presences if presence.where == "in_meeting"}
    rows = [registrants.row(webinar, one) for one in _approved(webinar) if one.id not in came]
    return Answer(200, account.pages.cut("registrants", rows, call, listing="absentees"))


def _approved(webinar: Meeting) -> list[Registrant]:
    return [one for one in webinar.registrants.values() if one.status == "approved"]
