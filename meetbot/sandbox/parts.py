"""The settings that are mappings of their own: which of them Zoom refuses (Zoom API, Create a meeting)."""

from collections.abc import Callable, Iterator

from meetbot.sandbox.answers import Json
from meetbot.sandbox.setup import Setup

#: The languages that Zoom brings along; an administrator may add others.
LANGUAGES = ("English", "Chinese", "Japanese", "German", "French", "Russian", "Portuguese", "Spanish", "Korean")
SIGN_LANGUAGES = (
    *("American", "Chinese", "French", "German", "Japanese"),
    *("Russian", "Brazilian", "Spanish", "Mexican", "British"),
)
_SIGN_INTERPRETERS = 20
_WAITING = ("everyone", "users_not_in_account", "users_not_in_account_or_whitelisted_domains", "users_not_on_invite")


def wrong(setup: Setup, settings: Json) -> Iterator[str]:
    """The names of settings whose inside is wrong."""
    for name, good in _GOOD.items():
        value = settings.get(name, {})
        try:
            if not isinstance(value, dict) or not good(setup, value):
                yield name
        except (AttributeError, KeyError, TypeError):
            yield name


def languages(setup: Setup) -> tuple[str, ...]:
    return (*LANGUAGES, *setup.custom_languages)


def _interpretation(setup: Setup, value: Json) -> bool:
    """Each interpreter has exactly two languages of the account's; where the feature is off, nobody looks."""
    return not setup.interpretation or all(
        "@" in one["email"] and ("languages" in one or _two_languages(setup, one["interpreter_languages"]))
        for one in value.get("interpreters", [])
    )


def _two_languages(setup: Setup, written: str) -> bool:
    spoken = [one.strip() for one in written.split(",")]
    return len(set(spoken)) == len(spoken) == 2 and set(spoken) <= set(languages(setup))


def _sign_interpretation(setup: Setup, value: Json) -> bool:
    interpreters = value.get("interpreters", [])
    return not setup.sign_interpretation or (
        len(interpreters) <= _SIGN_INTERPRETERS and all(one["sign_language"] in SIGN_LANGUAGES for one in interpreters)
    )


def _breakout(_setup: Setup, value: Json) -> bool:
    rooms = value.get("rooms", [])
    named = [room["name"] for room in rooms]
    return (
        all(isinstance(name, str) and name for name in named)
        and len(set(named)) == len(named)
        and all(isinstance(person, str) for room in rooms for person in room.get("participants", []))
    )


def _waiting(_setup: Setup, value: Json) -> bool:
    """`custom` says who waits."""
    if not value or value.get("mode") == "follow_setting":
        return True
    return value.get("mode") == "custom" and value["who_goes_to_waiting_room"] in _WAITING


def _countries(_setup: Setup, value: Json) -> bool:
    """Who approves countries names them, and so does who denies some."""
    if not value.get("enable"):
        return True
    listed = {"approve": "approved_list", "deny": "denied_list"}[value["method"]]
    return bool(value[listed]) and all(len(country) == 2 for country in value[listed])


def _chat(_setup: Setup, value: Json) -> bool:
    return isinstance(value.get("enable", False), bool)


_GOOD: dict[str, Callable[[Setup, Json], bool]] = {
    "language_interpretation": _interpretation,
    "sign_language_interpretation": _sign_interpretation,
    "breakout_room": _breakout,
    "waiting_room_options": _waiting,
    "approved_or_denied_countries_or_regions": _countries,
    "continuous_meeting_chat": _chat,
}
