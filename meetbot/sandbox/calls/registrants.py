"""Registrants of a meeting or webinar (Zoom API, Meetings: registrants), and Zoom's own registration page."""

from collections.abc import Iterable
from datetime import datetime

from meetbot.sandbox import answers, effects, forms, occurrences, times
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, invalid
from meetbot.sandbox.model import MANUAL_APPROVAL, WEB, Meeting, Registrant, RegistrantStatus

CAPACITY = 4_999
_STATUSES_A_CALL = 30
_BECOMES: dict[str, RegistrantStatus] = {"approve": "approved", "deny": "denied", "cancel": "denied"}
_QUESTIONS = {*forms.TEXTS, "last_name"}
_ONCE_FOR_ALL = 1


def add(account: Account, call: Call) -> Answer:
    """POST: the same address again is the same registrant, and spends one of its three calls of the day."""
    meeting = account.planned(call.parts)
    require_registration(account, meeting)
    forms.check(call.body)
    dates = _dates(meeting, call)
    account.limits.registrant_add(meeting.id, call.body["email"].strip().lower(), call.now)
    at_once = call.body.get("auto_approve") is True
    return enrol(account, meeting, call.body, at_once=at_once, now=call.now, dates=dates)


def register(account: Account, call: Call) -> Answer:
    """Somebody fills in the form behind the meeting's `registration_url`: never approved at once by their own wish."""
    noun = "webinar" if "webinar" in call.body else "meeting"
    meeting = account.planned({noun: str(call.body.get(noun, ""))})
    require_registration(account, meeting)
    forms.check(call.body)
    return enrol(account, meeting, call.body, at_once=False, now=call.now)


def enrol(
    account: Account,
    meeting: Meeting,
    form: Json,
    *,
    at_once: bool,
    now: datetime,
    dates: frozenset[str] = frozenset(),
) -> Answer:
    """Put a checked form into the meeting, for some of its dates or, with none named, for all."""
    email = form["email"].strip().lower()
    require_places(meeting, {email}, now)
    manual = meeting.settings["approval_type"] == MANUAL_APPROVAL
    status: RegistrantStatus = "approved" if at_once or not manual else "pending"
    registrant = meeting.registrant_by_email.get(email)
    happened: tuple[Json, ...] = ()
    if registrant is None:
        registrant = _new(account, meeting, form, status, now)
        registrant.occurrences = set(dates)
        happened = (effects.registrant("added", registrant),)
    else:
        registrant.occurrences = registrant.occurrences | dates if dates else set()
        if registrant.status != status and registrant.status != "approved":
            registrant.status = status
            happened = (effects.registrant(status, registrant),)
    return Answer(201, _added(meeting, registrant), happened)


def listed(account: Account, call: Call) -> Answer:
    """GET list of one status, approved ones when none is named; of one date with `occurrence_id`."""
    meeting = account.planned(call.parts)
    require_registration(account, meeting)
    status = call.query.get("status", "approved")
    if status not in ("pending", "approved", "denied"):
        raise invalid(("status", "Invalid field."))
    date = call.query.get("occurrence_id")
    found = [
        row(meeting, registrant)
        for registrant in meeting.registrants.values()
        if registrant.status == status
        and registrant.created_at <= call.now - call.lag
        and (date is None or not registrant.occurrences or date in registrant.occurrences)
    ]
    return Answer(200, account.pages.cut("registrants", found, call, listing="registrants"))


def get(account: Account, call: Call) -> Answer:
    meeting = account.planned(call.parts)
    return Answer(200, row(meeting, _known(meeting, call.parts["registrant"])))


def delete(account: Account, call: Call) -> Answer:
    meeting = account.planned(call.parts)
    registrant = _known(meeting, call.parts["registrant"])
    del meeting.registrants[registrant.id], meeting.registrant_by_email[registrant.email]
    del account.registrant_by_tk[registrant.tk]
    return Answer(204, effects=(effects.registrant("deleted", registrant),))


def set_status(account: Account, call: Call) -> Answer:
    """PUT: 204 whatever happened; who is not found, or found under a misspelt key, stays as they were."""
    meeting = account.planned(call.parts)
    require_registration(account, meeting)
    action = str(call.body.get("action", ""))
    if action not in _BECOMES:
        raise invalid(("action", "Invalid field."))
    rows = answers.rows(call.body, "registrants")
    if len(rows) > _STATUSES_A_CALL:
        raise invalid(("registrants", f"At most {_STATUSES_A_CALL} registrants."))
    named = list(_named(meeting, rows))
    for registrant in named:
        account.limits.registrant_status(meeting.id, registrant.email, call.now)
    if "occurrence_id" in call.query and action != "approve":
        date = occurrences.known(meeting, call.query["occurrence_id"]).id
        named = [registrant for registrant in named if not _stays_for_others(meeting, registrant, date)]
    changing = [registrant for registrant in named if registrant.status != _BECOMES[action]]
    for registrant in changing:
        registrant.status = _BECOMES[action]
    happened = (effects.registrant(_BECOMES[action], registrant, action=action) for registrant in changing)
    return Answer(204, effects=tuple(happened))


def questions(account: Account, call: Call) -> Answer:
    meeting = account.planned(call.parts)
    require_registration(account, meeting)
    return Answer(200, meeting.questions)


def set_questions(account: Account, call: Call) -> Answer:
    meeting = account.planned(call.parts)
    require_registration(account, meeting)
    asked = answers.rows(call.body, "questions")
    if any(question.get("field_name") not in _QUESTIONS for question in asked):
        raise invalid(("questions", "Invalid field."))
    meeting.questions = {"questions": asked, "custom_questions": answers.rows(call.body, "custom_questions")}
    return Answer(204, effects=({"kind": "questions.updated", "meeting": meeting.id},))


def require_registration(account: Account, meeting: Meeting) -> None:
    """Raises 400 code 200 without a licence, 404 code 404 (of a webinar 400 code 3000) without registration."""
    if meeting.host.licence != "licensed":
        raise answers.paid_only(account.setup.account_id, "Paid")
    if not meeting.takes_registrations:
        status, code = (400, 3000) if meeting.is_webinar else (404, 404)
        raise Refusal(status, code, f"Registration has not been enabled for this {meeting.noun}: {meeting.id}.")


def require_places(meeting: Meeting, emails: set[str], now: datetime) -> None:
    """Raises the refusal of whoever cannot register: hosts, panelists, anybody after the end, one too many."""
    if emails & set(meeting.hosts):
        raise Refusal(400, 3027, "Host cannot register." if meeting.is_webinar else "Host can not register")
    if emails & meeting.panelists.keys():
        raise Refusal(400, 3000, "You have already been invited as a panelist.")
    most = meeting.settings.get("registrants_restrict_number") or CAPACITY
    new = emails - meeting.registrant_by_email.keys()
    if new and len(meeting.registrants) + len(new) > most:
        raise Refusal(400, 3043, f"{meeting.noun.capitalize()} has reached maximum attendee capacity.")
    if meeting.ends_at < now and not meeting.live:
        raise Refusal(400, 3038, f"{meeting.noun.capitalize()} is over, you can not register now.")


def join_url(meeting: Meeting, tk: str) -> str:
    """The personal link that bears the secret `tk`."""
    passcode = f"&pwd={meeting.password}" if meeting.password else ""
    return f"{WEB}/w/{meeting.id}?tk={tk}{passcode}"


def row(meeting: Meeting, registrant: Registrant) -> Json:
    shown = {
        "id": registrant.id,
        "email": registrant.email,
        "status": registrant.status,
        "create_time": times.text(registrant.created_at),
        **registrant.form,
        "participant_pin_code": registrant.pin,
    }
    if registrant.status == "approved":
        shown["join_url"] = join_url(meeting, registrant.tk)
    return shown


def _dates(meeting: Meeting, call: Call) -> frozenset[str]:
    """The dates that are meant: `occurrence_ids` of the query, unless one registration is for all."""
    asked = [key for key in call.query.get("occurrence_ids", "").split(",") if key]
    chosen = frozenset(occurrences.known(meeting, key).id for key in asked)
    return frozenset() if meeting.settings.get("registration_type", _ONCE_FOR_ALL) == _ONCE_FOR_ALL else chosen


def _stays_for_others(meeting: Meeting, registrant: Registrant, date: str) -> bool:
    """Take one date away; whether others are left."""
    everything = {one.id for one in meeting.occurrences if one.status == "available"}
    left = (registrant.occurrences or everything) - {date}
    if left:
        registrant.occurrences = left
    return bool(left)


def _new(account: Account, meeting: Meeting, form: Json, status: RegistrantStatus, now: datetime) -> Registrant:
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
    for named in rows:
        email = str(named.get("email", "")).strip().lower()
        found = meeting.registrants.get(named.get("id", "")) or meeting.registrant_by_email.get(email)
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
    if meeting.occurrences:
        chosen = registrant.occurrences or {one.id for one in meeting.occurrences}
        body["occurrences"] = [occurrences.row(one) for one in meeting.occurrences if one.id in chosen]
    if registrant.status == "approved":
        body["join_url"] = join_url(meeting, registrant.tk)
    return body
