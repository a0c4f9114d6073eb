"""Who may come in at all: the start link's age, the country, the invite link, the size of the room."""

from datetime import datetime

from meetbot.sandbox import plans, start_links
from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Json
from meetbot.sandbox.model import Action, CannotHappen, Instance, Meeting


def check(account: Account, meeting: Meeting, instance: Instance, action: Action, at: datetime) -> None:
    """Raises CannotHappen with the reason."""
    if len(instance.inside) >= plans.capacity(account.setup, meeting):
        raise CannotHappen(f"the {meeting.noun} is full")
    if action.link_dies_at and at >= action.link_dies_at:
        raise CannotHappen("this invite link has expired")
    rule = meeting.settings["approved_or_denied_countries_or_regions"]
    if action.country in account.setup.denied_countries or not _lets_in(rule, action.country):
        raise CannotHappen(f"nobody may come in from {action.country}")


def check_host(meeting: Meeting, action: Action) -> None:
    """Raises CannotHappen for a stranger, or a start link that is too old."""
    if action.email and action.email not in meeting.hosts:
        raise CannotHappen(f"only the host or an alternative host starts a {meeting.noun}")
    if not meeting.host.active and action.email in ("", meeting.host.email):
        raise CannotHappen("the host's account is inactive")
    if action.zak:
        start_links.require_alive(action.zak, action.at)


def _lets_in(rule: Json, country: str) -> bool:
    """People whose country is not told come from nowhere in particular."""
    if not rule.get("enable") or not country:
        return True
    if rule["method"] == "approve":
        return country in rule["approved_list"]
    return country not in rule["denied_list"]
