"""What the ledger says of a thing that happened: its kind and all that the outside may be told, without secrets."""

from meetbot.sandbox import times
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import Action, CannotHappen, Identity, Instance, Meeting, Presence, Registrant


def meeting(kind: str, planned: Meeting, **more: object) -> Json:
    """`meeting.created`, `webinar.updated`: the noun is the planned thing's own."""
    return {"kind": f"{planned.noun}.{kind}", "meeting": planned.id, **more}


def registrant(kind: str, of: Registrant, **more: object) -> Json:
    """`registrant.added`, `.approved`, `.denied` (with the `action`, `deny` or `cancel`), `.pending`, `.deleted`."""
    return {
        "kind": f"registrant.{kind}",
        "meeting": of.meeting_id,
        "registrant": of.id,
        "email": of.email,
        "first_name": of.form["first_name"],
        "last_name": of.form["last_name"],
        "status": of.status,
        **more,
    }


def instance(kind: str, planned: Meeting, run: Instance) -> Json:
    """`live.started` and `live.ended`."""
    ended = {"ended_at": times.text(run.ended_at)} if run.ended_at else {}
    return {
        "kind": f"live.{kind}",
        "meeting": planned.id,
        "uuid": run.uuid,
        "host": planned.host.email,
        "host_id": planned.host.id,
        "topic": planned.topic,
        "type": planned.type,
        "duration": planned.duration,
        "timezone": planned.timezone,
        "started_at": times.text(run.started_at),
        **ended,
    }


def presence(kind: str, run: Instance, stay: Presence, **more: object) -> Json:
    """What somebody does in a running meeting: one effect for each of their devices."""
    return {
        "kind": f"live.{kind}",
        "meeting": run.meeting_id,
        "uuid": run.uuid,
        "person": stay.person,
        "device": stay.device,
        "where": stay.where,
        "user_id": stay.user_id,
        "participant_uuid": stay.participant_uuid,
        "before_host": not run.host_came,
        **_identity(stay.identity),
        **more,
    }


def in_front(kind: str, action: Action, who: Identity) -> Json:
    """Somebody who came before the host: Zoom has no instance for them yet."""
    return {
        "kind": f"live.{kind}",
        "meeting": action.meeting_id,
        "person": action.person,
        "where": "waiting_for_host",
        **_identity(who),
    }


def refused(action: Action, reason: CannotHappen) -> Json:
    return {
        "kind": "live.refused",
        "meeting": action.meeting_id,
        "person": action.person,
        "action": action.action,
        "reason": str(reason),
    }


def _identity(who: Identity) -> Json:
    return {
        "name": who.name,
        "email": who.email,
        "registrant": who.registrant_id,
        "account_user_id": who.account_user_id,
        "phone": who.phone,
    }
