"""The question "when can you meet?" as a form: for each day one answer, or one for each stretch; and who comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField, validators
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from meetbot.core import times
from meetbot.core.bilaterals import Can
from meetbot.core.times import Interval
from meetbot.web.given import Given

#: The answer for a day of which each stretch has its own.
BY_THE_HOUR = "by the hour"

#: Languages that are not on the list.
OTHER_LANGUAGES = "other-languages"

_CANS = [SelectChoice(str(can)) for can in Can]
_LONGEST_LIST = 30_000

Said = tuple[tuple[Interval, Can], ...]


@dataclass(frozen=True)
class Stretch:
    """A part of a day that is answered at once, about as long as one meeting."""

    interval: Interval

    @property
    def name(self) -> str:
        """Of its field."""
        return f"at-{self.interval.start:%Y%m%dT%H%M}"


@dataclass(frozen=True)
class Day:
    """A date of the organisation's own calendar."""

    on: date
    stretches: tuple[Stretch, ...]

    @property
    def name(self) -> str:
        """Of the field for the whole day."""
        return f"day-{self.on}"

    @property
    def hours(self) -> tuple[Interval, ...]:
        """From when to when it is asked about."""
        return times.union(stretch.interval for stretch in self.stretches)


def days(offered: Mapping[date, Iterable[Interval]], length: timedelta) -> tuple[Day, ...]:
    """What is asked: the offered times cut into stretches of that length; the last one of a half day may be shorter."""
    return tuple(
        Day(on, tuple(Stretch(part) for interval in intervals for part in _cut(interval, length)))
        for on, intervals in sorted(offered.items())
    )


@dataclass(frozen=True)
class Filled:
    """What the form shows before somebody writes in it."""

    said: Said = ()
    delegation: str = ""
    speaks: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  #: to choose from; what they speak is among them


def form(asked: Sequence[Day], known: Filled, *, given: Given | None = None) -> BaseForm:
    """The form, filled with what is known, or else with what somebody has just `given`."""
    fields: dict[str, object] = {}
    said = known.said
    for day in asked:
        answers = [_known(stretch, said) if said else None for stretch in day.stretches]
        fields[day.name] = RadioField(
            choices=[*_CANS, SelectChoice(BY_THE_HOUR)],
            default=_in_one(answers),
            validators=[validators.InputRequired("Please choose one answer for this day.")],
        )
        for stretch, answer in zip(day.stretches, answers, strict=True):
            fields[stretch.name] = RadioField(choices=_CANS, default=str(answer or Can.NO))
    fields["delegation"] = TextAreaField(
        default=known.delegation,
        validators=[validators.Length(max=_LONGEST_LIST, message="This list is too long; send it to the organiser.")],
    )
    fields["speaks"] = SelectMultipleField(
        choices=[SelectChoice(one) for one in known.languages], default=known.speaks, validate_choice=False
    )
    fields[OTHER_LANGUAGES] = StringField()
    made = BaseForm(fields)
    made.process(given)
    return made


def said(asked: Iterable[Day], filled: BaseForm) -> Said:
    """What a valid form says, in as few stretches as it takes."""
    by_can: dict[Can, list[Interval]] = {can: [] for can in Can}
    for interval, can in _answers(asked, filled):
        by_can[can].append(interval)
    return tuple(sorted((interval, can) for can in Can for interval in times.union(by_can[can])))


def _answers(asked: Iterable[Day], filled: BaseForm) -> Iterator[tuple[Interval, Can]]:
    for day in asked:
        whole = filled[day.name].data
        for stretch in day.stretches:
            yield stretch.interval, Can(filled[stretch.name].data if whole == BY_THE_HOUR else whole)


def _cut(interval: Interval, length: timedelta) -> Iterator[Interval]:
    start = interval.start
    while start < interval.end:
        yield Interval(start, min(start + length, interval.end))
        start += length


def _known(stretch: Stretch, known: Said) -> Can:
    """The answer for all of the stretch: of several the least willing, and no where nothing was said."""
    inside = [(part, can) for interval, can in known if (part := interval & stretch.interval)]
    if any(can is Can.NO for _, can in inside) or times.total(part for part, _ in inside) < stretch.interval.duration:
        return Can.NO
    return Can.IF_NEEDED if any(can is Can.IF_NEEDED for _, can in inside) else Can.YES


def _in_one(answers: Sequence[Can | None]) -> str | None:
    """The one answer for the whole day; None while there is no answer at all."""
    if len(set(answers)) > 1:
        return BY_THE_HOUR
    return str(answers[0]) if answers[0] else None
