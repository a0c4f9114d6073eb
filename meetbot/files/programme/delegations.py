"""What the file says of the bilaterals and of who answers for a delegation: as nouns, and looked at once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from meetbot.core import delegations, model, times
from meetbot.files import written
from meetbot.files.programme import at_zoom, fields, schema
from meetbot.files.programme.source import Source, Trouble


def focal_point(shape: schema.FocalPoint | None) -> delegations.FocalPoint | None:
    return delegations.FocalPoint(shape.name, shape.address, shape.telephone, shape.language) if shape else None


def bilaterals(file: schema.File, troubles: list[Trouble]) -> model.Bilaterals | None:
    """The plan of the bilaterals. A deadline that the clock skips becomes a trouble."""
    shape = file.bilaterals
    if shape is None:
        return None
    return model.Bilaterals(
        title=shape.title,
        after=shape.after,
        when=shape.when,
        sides=shape.sides,
        pairs=tuple(delegations.Pairing(one.a, one.b, one.wish, one.weight) for one in shape.pairs),
        first_on=shape.from_,
        last_on=shape.to,
        answers_by=_deadline(shape.answers_by, file.zone, troubles),
        duration=timedelta(minutes=shape.minutes),
        step=shape.step,
        rest=shape.rest,
        most_a_day=shape.most_a_day,
        hours={country: _hours(one) for country, one in shape.hours.items()},
        interpreters=at_zoom.interpreters(shape),
    )


def _deadline(moment: written.Moment | None, zone: str, troubles: list[Trouble]) -> datetime | None:
    if moment is None or moment.day is None:
        return None
    try:
        return times.at(f"{moment.on(moment.day):%Y-%m-%d %H:%M}", zone)
    except ValueError as error:
        troubles.append(Trouble(("bilaterals", "answers_by"), str(error), "write another time"))
        return None


def _hours(shape: schema.Hours) -> delegations.WorkingHours:
    return delegations.WorkingHours(
        start=shape.from_,
        end=shape.to,
        lunch=(shape.lunch[0], shape.lunch[1]) if shape.lunch else None,
        weekdays=frozenset(list(fields.Weekday).index(one) for one in shape.weekdays),
    )


def troubles(file: schema.File, source: Source) -> Iterator[Trouble]:
    """Pairs written twice, whichever side comes first."""
    first: dict[frozenset[str], int] = {}
    for at, one in enumerate(file.bilaterals.pairs if file.bilaterals else ()):
        before = first.setdefault(frozenset((one.a, one.b)), at)
        if before != at:
            line = source.line_of(("bilaterals", "pairs", before, "a"))
            what = f"{one.a} and {one.b} are a pair already in line {line}"
            yield Trouble(("bilaterals", "pairs", at), what, "keep one of them")


def warnings(programme: model.Programme) -> Iterator[Trouble]:
    """What the plan of the bilaterals allows but perhaps does not mean."""
    plan = programme.bilaterals
    if plan is None:
        return
    if plan.first_on is None:
        what = f"no meeting is made for '{plan.title}' until there is a date"
        yield Trouble(("bilaterals", "when"), what, "write from and to when the days are known", warning=True)
    yield from _days(plan, programme)
    yield from _countries(plan, programme)
    yield from _pairs_within(plan)
    yield from _without_focal_point(plan, programme)
    yield from _spoken_by_nobody(plan, programme)


def _days(plan: model.Bilaterals, programme: model.Programme) -> Iterator[Trouble]:
    if plan.first_on is None or plan.last_on is None:
        return
    after = programme.meetings[plan.after]
    if plan.first_on < after.interval.start.astimezone(times.zone(programme.zone)).date():
        what = f"they begin on {plan.first_on}, before {after.title}, which they follow"
        yield Trouble(("bilaterals", "from"), what, "write a later day", warning=True)
    weekdays = {(plan.first_on + timedelta(days=n)).weekday() for n in range((plan.last_on - plan.first_on).days + 1)}
    for country in dict.fromkeys(programme.organisations[key].country for key in _asked(plan)):
        if not weekdays & plan.hours.get(country, delegations.WorkingHours()).weekdays:
            what = f"nobody in {country} works on any day from {plan.first_on} to {plan.last_on}"
            yield Trouble(("bilaterals", "from"), what, "write other days", warning=True)


def _countries(plan: model.Bilaterals, programme: model.Programme) -> Iterator[Trouble]:
    known = {one.country for one in programme.organisations.values()}
    for country in plan.hours:
        if country not in known:
            remedy = written.did_you_mean(country, known) or "write the country as its organisations have it"
            what = f"no organisation is in {country}"
            yield Trouble(("bilaterals", "hours", country), what, remedy, at_key=True, warning=True)


def _pairs_within(plan: model.Bilaterals) -> Iterator[Trouble]:
    for at, one in enumerate(plan.pairs):
        if any(one.a in side and one.b in side for side in plan.sides):
            what = f"{one.a} and {one.b} are on the same side"
            yield Trouble(("bilaterals", "pairs", at), what, "see whether this pair is meant", warning=True)


def _without_focal_point(plan: model.Bilaterals, programme: model.Programme) -> Iterator[Trouble]:
    without = [key for key in _asked(plan) if programme.organisations[key].focal_point is None]
    if without and plan.first_on:
        what = f"nobody can be asked for {', '.join(without)}"
        remedy = "add a focal_point to each, or answer for them by hand"
        yield Trouble(("bilaterals",), what, remedy, at_key=True, warning=True)


def _spoken_by_nobody(plan: model.Bilaterals, programme: model.Programme) -> Iterator[Trouble]:
    spoken = {language.casefold() for key in _asked(plan) for language in programme.organisations[key].speaks}
    for at, one in enumerate(plan.interpreters):
        for n, language in enumerate(() if one.sign else one.languages):
            if language.casefold() not in spoken:
                where = ("bilaterals", "interpreters", at, "languages", n)
                what = f"no delegation speaks {language}"
                yield Trouble(where, what, "correct it, or add it to what a delegation speaks", warning=True)


def _asked(plan: model.Bilaterals) -> list[str]:
    """The organisations that take part, in the order of the file: those of the pairs, or else of the sides."""
    paired = [key for one in plan.pairs if one.wish is not delegations.Wish.NO for key in (one.a, one.b)]
    return list(dict.fromkeys(paired or [key for side in plan.sides for key in side]))
