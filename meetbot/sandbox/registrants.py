"""Registrants of a meeting (Zoom API, Meetings: registrants), and Zoom's own registration page."""

from collections.abc import Iterable
from datetime import datetime

from meetbot.sandbox import answers, forms, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, invalid
from meetbot.sandbox.model import MANUAL_APPROVAL, WEB, Meeting, Registrant, RegistrantStatus

CAPACITY = 4_999
_STATUSES_A_CALL = 30
_BECOMES: dict[str, RegistrantStatus] = {"approve": "approved", "deny": "denied", "cancel": "denied"}
_QUESTIONS = {*forms.TEXTS, "last_name"}


def add(account: Account, call: Call) -> Answer:
    """POST: the same address again is the same registrant, and spends one of its three calls of the day."""
    meeting = account.meeting(call.parts["meeting"])
    _require_registration(account, meeting)
    forms.check(call.body)
    account.limits.registrant_add(meeting.id, call.body["email"].strip().lower(), call.now)
    at_once = call.body.get("auto_approve") is True
    return enrol(account, meeting, call.body, at_once=at_once, now=call.now)


def register(account: Account, call: Call) -> Answer:
    """Somebody fills in the form behind the meeting's `registration_url`: never approved at once by their own wish."""
    meeting = account.meeting(call.body.get("meeting", ""))
    _require_registration(account, meeting)
    forms.check(call.body)
    return enrol(account, meeting, call.body, at_once=False, now=call.now)


def enrol(account: Account, meeting: Meeting, form: Json, *, at_once: bool, now: datetime) -> Answer:
    """Put a checked form into the meeting."""
    email = form["email"].strip().lower()
    if email in meeting.hosts:
        raise Refusal(400, 3027, "Host can not register")
    if meeting.ends_at < now and not meeting.live:
        raise Refusal(400, 3038, "Meeting is over, you can not register now.")
    manual = meeting.settings["approval_type"] == MANUAL_APPROVAL
    status: RegistrantStatus = "approved" if at_once or not manual else "pending"
    registrant = meeting.registrant_by_email.get(email)
    effects: tuple[Json, ...] = ()
    if registrant is None:
        registrant = _new(account, meeting, form, status, now)
        effects = (_effect("registrant.added", registrant),)
    elif registrant.status != status and registrant.status != "approved":
        registrant.status = status
        effects = (_effect(f"registrant.{status}", registrant),)
    return Answer(201, _added(meeting, registrant), effects)


def listed(account: Account, call: Call) -> Answer:
    """GET list of one status, approved ones when none is named."""
    meeting = account.meeting(call.parts["meeting"])
    _require_registration(account, meeting)
    status = call.query.get("status", "approved")
    if status not in ("pending", "approved", "denied"):
        raise invalid(("status", "Invalid field."))
    rows = [
        _row(meeting, registrant)
        for registrant in meeting.registrants.values()
        if registrant.status == status and registrant.created_at <= call.now - call.lag
    ]
    return Answer(200, account.pages.cut("registrants", rows, call, listing="registrants"))


def get(account: Account, call: Call) -> Answer:
    meeting = account.meeting(call.parts["meeting"])
    return Answer(200, _row(meeting, _known(meeting, call.parts["registrant"])))


def delete(account: Account, call: Call) -> Answer:
    meeting = account.meeting(call.parts["meeting"])
    registrant = _known(meeting, call.parts["registrant"])
    del meeting.registrants[registrant.id], meeting.registrant_by_email[registrant.email]
    del account.registrant_by_tk[registrant.tk]
    return Answer(204, effects=(_effect("registrant.deleted", registrant),))


def set_status(account: Account, call: Call) -> Answer:
    """PUT: 204 whatever happened; who is not found, or found under a misspelt key, stays as they were."""
    meeting = account.meeting(call.parts["meeting"])
    _require_registration(account, meeting)
    status = _BECOMES.get(call.body.get("action", ""))
    if status is None:
        raise invalid(("action", "Invalid field."))
    rows = answers.rows(call.body, "registrants")
    if len(rows) > _STATUSES_A_CALL:
        raise invalid(("registrants", f"At most {_STATUSES_A_CALL} registrants."))
    named = list(_named(meeting, rows))
    for registrant in named:
        account.limits.registrant_status(meeting.id, registrant.email, call.now)
    changing = [registrant for registrant in named if registrant.status != status]
    for registrant in changing:
        registrant.status = status
    return Answer(204, effects=tuple(_effect(f"registrant.{status}", registrant) for registrant in changing))


def questions(account: Account, call: Call) -> Answer:
    meeting = account.meeting(call.parts["meeting"])
    _require_registration(account, meeting)
    return Answer(200, meeting.questions)


def set_questions(account: Account, call: Call) -> Answer:
    meeting = account.meeting(call.parts["meeting"])
    _require_registration(account, meeting)
    asked = answers.rows(call.body, "questions")
    if any(question.get("field_name") not in _QUESTIONS for question in asked):
        raise invalid(("questions", "Invalid field."))
    meeting.questions = {"questions": asked, "custom_questions": answers.rows(call.body, "custom_questions")}
    return Answer(204, effects=({"kind": "questions.updated", "meeting": meeting.id},))


def join_url(meeting: Meeting, registrant: Registrant) -> str:
    passcode = f"&pwd={meeting.password}" if meeting.password else ""
    return f"{WEB}/w/{meeting.id}?tk={registrant.tk}{passcode}"


def _require_registration(account: Account, meeting: Meeting) -> None:
    if meeting.host.licence != "licensed":
        raise Refusal(400, 200, f"Only available for Paid account: {account.setup.account_id}.")
    if not meeting.takes_registrations:
        raise Refusal(404, 404, f"Registration has not been enabled for this meeting: {meeting.id}.")


def _new(account: Account, meeting: Meeting, form: Json, status: RegistrantStatus, now: datetime) -> Registrant:
    if len(meeting.registrants) >= CAPACITY:
        raise Refusal(400, 3043, "Meeting has reached maximum attendee capacity.")
    registrant = Registrant(
        id=account.names.person_id(),
        meeting_id=meeting.id,
        email=form["email"].strip().lower(),
        status=status,
        created_at=now,
        tk=account.names.token(),
        pin=account.names.pin(),
        form={
            "first_name": form["first_name"],
            "last_name": form.get("last_name", ""),
            **{field: form.get(field, "") for field in forms.TEXTS},
            "custom_questions": form.get("custom_questions", []),
        },
    )
    meeting.registrants[registrant.id] = meeting.registrant_by_email[registrant.email] = registrant
    account.registrant_by_tk[registrant.tk] = registrant
    return registrant


def _known(meeting: Meeting, registrant_id: str) -> Registrant:
    found = meeting.registrants.get(registrant_id)
    if found is None:
        raise Refusal(400, 300, f"Registrant {registrant_id} was not found.")
    return found


def _named(meeting: Meeting, rows: list[Json]) -> Iterable[Registrant]:
    """By id, or by address alone."""
    for row in rows:
        email = str(row.get("email", "")).strip().lower()
        found = meeting.registrants.get(row.get("id", "")) or meeting.registrant_by_email.get(email)
        if found:
            yield found


def _added(meeting: Meeting, registrant: Registrant) -> Json:
    body = {
        "id": meeting.id,
        "registrant_id": registrant.id,
        "topic": meeting.topic,
        "start_time": times.text(meeting.start_at),
        "participant_pin_code": registrant.pin,
    }
    if registrant.status == "approved":
        body["join_url"] = join_url(meeting, registrant)
    return body


def _row(meeting: Meeting, registrant: Registrant) -> Json:
    row = {
        "id": registrant.id,
        "email": registrant.email,
        "status": registrant.status,
        "create_time": times.text(registrant.created_at),
        **registrant.form,
        "participant_pin_code": registrant.pin,
    }
    if registrant.status == "approved":
        row["join_url"] = join_url(meeting, registrant)
    return row


def _effect(kind: str, registrant: Registrant) -> Json:
    return {
        "kind": kind,
        "meeting": registrant.meeting_id,
        "registrant": registrant.id,
        "email": registrant.email,
        "status": registrant.status,
    }
