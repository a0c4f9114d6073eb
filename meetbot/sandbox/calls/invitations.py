"""Ways in that are not registration: the text of an invitation, personal links with a name (Zoom API, Meetings)."""

from datetime import timedelta

from meetbot.sandbox import answers
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, invalid
from meetbot.sandbox.calls import registrants
from meetbot.sandbox.model import InviteLink

_MOST = 500
_LONGEST_NAME = 64
_LIFE = 7_200
_LONGEST_LIFE = 7_776_000


def text(account: Account, call: Call) -> Answer:
    """GET: the text that a host copies into a mail, lines ended as in a mail."""
    meeting = account.planned(call.parts)
    lines = [
        f"{meeting.host.name} is inviting you to a scheduled Zoom meeting.",
        "",
        f"Topic: {meeting.topic}",
        f"Time: {meeting.start_at:%b %d, %Y %H:%M} Universal Time UTC",
        "",
        "Join Zoom Meeting",
        meeting.join_url,
        "",
        f"Meeting ID: {meeting.id}",
        *([f"Passcode: {meeting.password}"] if meeting.password else []),
        "",
    ]
    return Answer(200, {"invitation": "\r\n".join(lines), "sip_links": []})


def add_links(account: Account, call: Call) -> Answer:
    """POST: links that bear a name and no address, for `ttl` seconds."""
    meeting = account.planned(call.parts)
    attendees = answers.rows(call.body, "attendees")
    life = call.body.get("ttl", _LIFE)
    if not 1 <= len(attendees) <= _MOST:
        raise invalid(("attendees", f"From 1 to {_MOST} attendees."))
    if any(not 1 <= len(str(row.get("name", ""))) <= _LONGEST_NAME for row in attendees):
        raise invalid(("attendees", f"Each needs a name of at most {_LONGEST_NAME} characters."))
    if type(life) is not int or not 0 <= life <= _LONGEST_LIFE:
        raise invalid(("ttl", "Invalid field."))
    links = []
    for row in attendees:
        tk = account.names.token()
        account.invite_by_tk[tk] = InviteLink(meeting.id, row["name"], call.now + timedelta(seconds=life))
        links.append({"name": row["name"], "join_url": registrants.join_url(meeting, tk)})
    made = {"kind": "invite_links.created", "meeting": meeting.id, "names": [row["name"] for row in attendees]}
    return Answer(201, {"attendees": links}, (made,))
