"""The kinds of fields in the programme file: how the text of each is read, and how an editor is told of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic_core import core_schema
from pydantic_core.core_schema import CoreSchema, ValidationInfo

from meetbot.core import delegations, model, times
from meetbot.files import addresses, languages, written
from meetbot.files.programme.groups import ReadBy

LANGUAGES = {"en": "English", "km": "Khmer", "lo": "Lao", "my": "Burmese", "zh": "Chinese"}

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def _clean(text: str) -> str:
    if hidden := _CONTROL.search(text):
        raise written.Wrong(f"the invisible sign U+{ord(hidden[0]):04X} stands in the text", "remove it")
    return unicodedata.normalize("NFC", text.strip())


def _at_most(size: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > size:
            raise written.Wrong(f"the text has {len(text)} signs", f"shorten it to {size}")
        return text

    return check


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise written.Wrong(
            f"'{text}' cannot be a key", "write small letters a-z, digits and -, at most 40, such as launch"
        )
    return text


def _zone(text: str) -> str:
    try:
        return times.zone(text).key
    except ValueError as error:
        what, _, suggestion = str(error).partition("; ")
        raise written.Wrong(what, suggestion or written.did_you_mean(text, available_timezones())) from None


def _language(text: str) -> str:
    if text not in LANGUAGES:
        known = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        raise written.Wrong(f"'{text}' is not a language of the letters", f"write one of {known}")
    return text


def _address(text: str) -> str:
    return addresses.read(text).value


def _host(text: str) -> str:
    if text == "me":
        raise written.Wrong("'me' is nobody when a program asks Zoom", "name a licensed Zoom user")
    return text


def _clock(text: str) -> time:
    read = written.moment(text)
    if read.day:
        raise written.Wrong(f"'{text}' has a day", f"write {read.time:%H:%M}: it is meant on every day")
    return read.time


def _one_of(words: type[StrEnum]) -> ReadBy:
    known = ", ".join(words)

    def check(text: str) -> StrEnum:
        if text not in list(words):
            raise written.Wrong(f"'{text}' is not known here", written.did_you_mean(text, words) or f"write {known}")
        return words(text)

    editor = {"enum": list(words)}
    return ReadBy(
        core_schema.no_info_after_validator_function(check, core_schema.str_schema(), metadata={"editor": editor})
    )


def _text(*reads: Callable[[str], str], editor: dict[str, Any] | None = None) -> ReadBy:
    """A text that goes through each of the readings; what an editor is told besides."""
    schema: CoreSchema = core_schema.str_schema()
    for read in reads:
        schema = core_schema.no_info_after_validator_function(read, schema, metadata={"editor": editor or {}})
    return ReadBy(schema)


def _scalar(read: Callable[[str], object], editor: dict[str, Any]) -> ReadBy:
    def check(value: object) -> object:
        if not isinstance(value, str):
            raise written.Wrong("one value is expected here, not a list or a group of lines", "write it behind the ':'")
        return read(value)

    written_as = core_schema.any_schema(metadata={"editor": editor})
    return ReadBy(core_schema.no_info_plain_validator_function(check, json_schema_input_schema=written_as))


def _known(*kinds: str) -> ReadBy:
    """A reference to something whose key is written elsewhere in the file; the keys come as context."""

    def check(key: str, info: ValidationInfo) -> str:
        keys = [known for kind in kinds for known in (info.context or {}).get(kind, ())]
        if key not in keys:
            where = " or ".join(kinds)
            raise written.Wrong(
                f"'{key}' is not written under {where}", written.did_you_mean(key, keys) or "add it there"
            )
        return key

    return ReadBy(core_schema.with_info_after_validator_function(check, core_schema.str_schema()))


_YES_NO = {"enum": [True, False, "yes", "no"]}
_WHOLE = {"type": "integer", "minimum": 0}
_CLOCK = {"type": "string", "pattern": r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[ T])?([01]?[0-9]|2[0-3]):[0-5][0-9]$"}
_SPAN = {"type": "string", "pattern": r"^[0-9]+ (day|hour|minute)s?$"}


class Weekday(StrEnum):
    """The days of a week, as the file writes them; the first is 0 elsewhere."""

    MON, TUE, WED, THU, FRI, SAT, SUN = "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"


Word = Annotated[str, _text()]
Key = Annotated[str, _text(_key)]
Line = Annotated[str, _text(_clean, _one_line, _at_most(300))]
#: Zoom takes a topic of at most 200 characters (Zoom API, Create a meeting).
Title = Annotated[str, _text(_clean, _one_line, _at_most(200))]
Text = Annotated[str, _text(_clean, _at_most(4000))]
ZoneName = Annotated[str, _text(_zone)]
Language = Annotated[str, _text(_language, editor={"enum": list(LANGUAGES)})]
Address = Annotated[str, _text(_address, editor={"format": "email"})]
HostName = Annotated[str, _text(_clean, _one_line, _at_most(300), _host)]
Spoken = Annotated[str, _text(_clean, _one_line, _at_most(60), languages.name)]
MeetingKind = Annotated[model.MeetingKind, _one_of(model.MeetingKind)]
Licence = Annotated[model.Licence, _one_of(model.Licence)]
Version = Annotated[model.Reader, _one_of(model.Reader)]
YesNo = Annotated[bool, _scalar(written.yes_or_no, _YES_NO)]
Whole = Annotated[int, _scalar(written.whole, _WHOLE)]
Day = Annotated[date, _scalar(written.day, {"type": "string"})]
Moment = Annotated[written.Moment, _scalar(written.moment, _CLOCK)]
Clock = Annotated[time, _scalar(_clock, {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"})]
WeekdayName = Annotated[Weekday, _one_of(Weekday)]
Wish = Annotated[delegations.Wish, _one_of(delegations.Wish)]
Span = Annotated[timedelta, _scalar(written.duration, _SPAN)]
OrganisationKey = Annotated[str, _known("organisations")]
SomebodyKey = Annotated[str, _known("people", "organisations")]
PersonKey = Annotated[str, _known("people")]
MeetingKey = Annotated[str, _known("meetings")]
