"""The stays of people in one instance: each one is a row of the report later on."""

from dataclasses import replace
from datetime import datetime

from meetbot.sandbox import doors
from meetbot.sandbox.account import Account
from meetbot.sandbox.model import Action, CannotHappen, Identity, Instance, Meeting, Presence, Registrant, Where

# Zoom counts participants from about here in steps of 1,024, anew in every instance.
_FIRST_USER_ID = 16_778_240
_DEVICE = "computer"


def enter(
    account: Account, meeting: Meeting, instance: Instance, action: Action, where: Where, at: datetime
) -> Presence:
    """Somebody comes in. Raises CannotHappen when they are there already, their link is in use, a door is shut."""
    if (action.person, action.device or _DEVICE) in instance.inside:
        raise CannotHappen("this person is there already")
    registrant = approved(meeting, action)
    if registrant and not meeting.settings["allow_multiple_devices"] and _uses(instance, registrant):
        raise CannotHappen("this join link is in use on another device")
    doors.check(account, meeting, instance, action, at)
    who = identify(account, meeting, action)
    presence = Presence(
        person=action.person,
        device=action.device or _DEVICE,
        user_id=_next_user_id(instance),
        participant_uuid=_participant_uuid(account, instance, action),
        identity=who,
        where=where,
        joined_at=at,
    )
    _put(instance, presence)
    if who.email in meeting.hosts:
        instance.host_came = True
    return presence


def identify(account: Account, meeting: Meeting, action: Action) -> Identity:
    """Who this is to Zoom: a registrant, a user, somebody on the phone, a guest."""
    if action.phone:
        return Identity(name=action.phone, phone=action.phone)
    registrant = approved(meeting, action)
    user = account.user_by_email.get(action.email or (meeting.host.email if action.action == "start" else ""))
    if registrant:
        name, email = registrant.name, registrant.email
    elif user:
        name, email = user.name, user.email
    else:
        # Zoom hides the address of a guest unless the meeting asks for it.
        name, email = "Guest", action.email if meeting.settings["email_in_attendee_report"] else ""
    return Identity(
        name=action.name or name,
        email=email,
        registrant_id=registrant.id if registrant else "",
        account_user_id=user.id if user else "",
    )


def approved(meeting: Meeting, action: Action) -> Registrant | None:
    """The registrant behind the action, None for a guest. Raises CannotHappen when not approved."""
    if action.registrant_id is None:
        return None
    registrant = meeting.registrants.get(action.registrant_id)
    if registrant is None or registrant.status != "approved":
        raise CannotHappen("this registrant is not approved")
    return registrant


def of(instance: Instance, action: Action, where: Where | None = None) -> list[Presence]:
    """Where this person is now, on the named device or on all of them. Raises CannotHappen when nowhere."""
    found = [
        presence
        for presence in instance.inside.values()
        if presence.person == action.person
        and action.device in (None, presence.device)
        and where in (None, presence.where)
    ]
    if not found:
        raise CannotHappen("this person is not there")
    return found


def leave(instance: Instance, presence: Presence, at: datetime) -> None:
    presence.left_at = at
    del instance.inside[presence.person, presence.device]


def follow(
    instance: Instance,
    former: Presence,
    at: datetime,
    *,
    name: str | None = None,
    where: Where = "in_meeting",
    room_id: str = "",
) -> Presence:
    """End one stay and begin the next at once: admitted, under another name, in another room."""
    leave(instance, former, at)
    presence = replace(
        former,
        user_id=_next_user_id(instance),
        identity=replace(former.identity, name=name or former.identity.name),
        where=where,
        room_id=room_id,
        joined_at=at,
        left_at=None,
    )
    _put(instance, presence)
    return presence


def _uses(instance: Instance, registrant: Registrant) -> bool:
    return any(presence.identity.registrant_id == registrant.id for presence in instance.inside.values())


def _participant_uuid(account: Account, instance: Instance, action: Action) -> str:
    key = action.person, action.device or _DEVICE
    if key not in instance.participant_uuids:
        instance.participant_uuids[key] = account.names.participant_uuid()
    return instance.participant_uuids[key]


def _put(instance: Instance, presence: Presence) -> None:
    instance.presences.append(presence)
    instance.inside[presence.person, presence.device] = presence


def _next_user_id(instance: Instance) -> str:
    return str(_FIRST_USER_ID + 1_024 * len(instance.presences))
