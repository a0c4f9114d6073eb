"""Many registrants in one call (Zoom API, Perform batch registration): names and addresses only."""

from meetbot.sandbox import answers, forms
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, Refusal, invalid
from meetbot.sandbox.calls import registrants

_MOST = 30
_SCHEDULED = 2
_FIELDS = ("email", "first_name", "last_name")


def add(account: Account, call: Call) -> Answer:
    """POST: all forms are checked before anybody is enrolled; each address spends one of its three calls of the day."""
    meeting = account.planned(call.parts)
    if not meeting.is_webinar and meeting.type != _SCHEDULED:
        raise Refusal(400, 303, "Batch registration is only possible for scheduled meetings.")
    registrants.require_registration(account, meeting)
    forms_given = [_form(row) for row in answers.rows(call.body, "registrants")]
    if not 1 <= len(forms_given) <= _MOST:
        raise invalid(("registrants", f"From 1 to {_MOST} registrants."))
    for form in forms_given:
        forms.check(form)
    emails = {form["email"].strip().lower() for form in forms_given}
    registrants.require_places(meeting, emails, call.now)
    for email in sorted(emails):
        account.limits.registrant_add(meeting.id, email, call.now)
    at_once = call.body.get("auto_approve") is True
    enrolled = [registrants.enrol(account, meeting, form, at_once=at_once, now=call.now) for form in forms_given]
    rows = [_row(form, answer) for form, answer in zip(forms_given, enrolled, strict=True)]
    return Answer(201, {"registrants": rows}, tuple(effect for answer in enrolled for effect in answer.effects))


def _form(row: Json) -> Json:
    return {field: row[field] for field in _FIELDS if field in row}


def _row(form: Json, answer: Answer) -> Json:
    body = answer.body or {}
    kept: Json = {name: body[name] for name in ("registrant_id", "join_url", "participant_pin_code") if name in body}
    return {"email": form["email"], **kept}
