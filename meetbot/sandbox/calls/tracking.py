"""Tracking fields: an account names them, a meeting fills them in (Zoom API, Tracking field). Business and higher."""

from meetbot.sandbox import answers
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Json, invalid


def listed(account: Account, _call: Call) -> Answer:
    _require_business(account)
    return Answer(200, {"total_records": len(account.tracking_fields), "tracking_fields": account.tracking_fields})


def add(account: Account, call: Call) -> Answer:
    _require_business(account)
    name = call.body.get("field")
    if not isinstance(name, str) or not name or name in _names(account):
        raise invalid(("field", "Invalid field."))
    field = {
        "id": account.names.person_id(),
        "field": name,
        "recommended_values": call.body.get("recommended_values", []),
        "required": call.body.get("required") is True,
        "visible": call.body.get("visible") is True,
    }
    account.tracking_fields.append(field)
    return Answer(201, field, ({"kind": "tracking_field.created", "field": name},))


def accepted(account: Account, body: Json) -> list[Json]:
    """What a meeting keeps: fields that the account does not have are dropped in silence."""
    visible = {field["field"]: field["visible"] for field in account.tracking_fields}
    return [
        {"field": row["field"], "value": str(row.get("value", "")), "visible": visible[row["field"]]}
        for row in answers.rows(body, "tracking_fields")
        if str(row.get("field")) in visible
    ]


def _names(account: Account) -> set[str]:
    return {field["field"] for field in account.tracking_fields}


def _require_business(account: Account) -> None:
    if account.setup.plan != "business":
        raise answers.paid_only(account.setup.account_id, "Business, Education or higher")
