"""From the shape of the file to the nouns: wall times become instants, parts and quotas are filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from meetbot.core import model, times
from meetbot.files import written
from meetbot.files.programme import at_zoom, delegations, schema
from meetbot.files.programme.source import Source, Trouble, Where

_LONGEST = timedelta(hours=24)
_DAYS_OF_TWELVE_MONTHS = 365


def build(file: schema.File, source: Source) -> tuple[model.Programme, list[Trouble]]:
    """The programme, and what only shows when the parts of the file are seen together."""
    troubles = [*_same_keys(source), *at_zoom.troubles(file, source), *delegations.troubles(file, source)]
    meetings = {key: _meeting(key, shape, file, source, troubles) for key, shape in file.meetings.items()}
    programme = model.Programme(
        key=file.key,
        title=file.title,
        zone=file.zone,
        language=file.language,
        organiser=_contact(file.organiser),
        reports_to=tuple(
            model.ReportReader(one.name, one.address, outside=one.version is model.Reader.DONOR)
            for one in file.reports_to
        ),
        organisations={key: _organisation(key, shape, file) for key, shape in file.organisations.items()},
        people={key: model.Person(key, **vars(shape)) for key, shape in file.people.items()},
        meetings={key: meeting for key, meeting in meetings.items() if meeting},
        bilaterals=delegations.bilaterals(file, troubles),
        hosts=at_zoom.hosts(file),
        approve_invited=file.registration.approve_invited,
        asks_sex=file.registration.ask_sex,
        retention=_retention(file.retention),
        reminders=model.Reminders(file.reminders.before) if file.reminders else model.Reminders(),
        cue_times=model.CueTimes(**vars(file.cues)),
    )
    return programme, troubles


def _same_keys(source: Source) -> list[Trouble]:
    remedy = "rename one of them: parts in the rundown name both by their key"
    both = set(source.keys_of("people")) & set(source.keys_of("organisations"))
    return [
        Trouble(("people", key), f"'{key}' is also the key of an organisation", remedy, at_key=True) for key in both
    ]


def _contact(shape: schema.Contact) -> model.Contact:
    return model.Contact(shape.name, shape.address)


def _retention(shape: schema.Retention) -> model.Retention:
    days = shape.registrations_months * _DAYS_OF_TWELVE_MONTHS // 12
    return model.Retention(timedelta(days=shape.attendance_days), timedelta(days=days))


def _organisation(key: str, shape: schema.Organisation, file: schema.File) -> model.Organisation:
    return model.Organisation(
        key=key,
        name=shape.name,
        country=shape.country,
        constituent=shape.constituent,
        zone=shape.zone or file.countries.get(shape.country, file.zone),
        quota=file.registration.quota if shape.quota is None else shape.quota,
        aliases=shape.aliases,
        focal_point=delegations.focal_point(shape.focal_point),
        speaks=shape.speaks,
    )


def _meeting(
    key: str, shape: schema.Meeting, file: schema.File, source: Source, troubles: list[Trouble]
) -> model.Meeting | None:
    where = ("meetings", key)
    walls = _Walls(shape.date, shape.zone or file.zone, troubles)
    interval = walls.interval(where, shape, after=None)
    if interval is None:
        return None
    opens_at = walls.instant((*where, "opens"), shape.opens) if shape.opens else interval.start
    if opens_at is None:
        return None
    if opens_at > interval.start:
        troubles.append(Trouble((*where, "opens"), "it opens after its start", "write a time before the start"))
    return model.Meeting(
        key=key,
        title=shape.title,
        text=shape.text,
        interval=interval,
        opens_at=opens_at,
        zone=walls.zone,
        host=shape.host,
        alternative_hosts=shape.alternative_hosts,
        waiting_room=shape.waiting_room,
        rundown=_rundown((*where, "rundown"), shape.rundown, walls, interval.start, file),
        recording=_recording((*where, "recording"), shape.recording, source, troubles),
        cancelled=shape.cancelled,
        kind=shape.kind,
        interpreters=at_zoom.interpreters(shape),
        breakout_rooms=at_zoom.breakout_rooms(shape),
        waiting_room_follows=shape.waiting_room_follows,
        chat=shape.chat,
    )


@dataclass
class _Walls:
    """Wall times of one meeting made instants; what cannot be one becomes a trouble at its place."""

    day: date
    zone: str
    troubles: list[Trouble]

    def instant(self, where: Where, moment: written.Moment) -> datetime | None:
        try:
            return times.at(f"{moment.on(self.day):%Y-%m-%d %H:%M}", self.zone)
        except ValueError as error:
            self.troubles.append(Trouble(where, str(error), "choose a time that exists once on that day"))
            return None

    def interval(
        self, where: Where, shape: schema.Meeting | schema.Segment, *, after: datetime | None
    ) -> times.Interval | None:
        """When it is planned; `after` is where it begins when it has no start of its own."""
        start = self.instant((*where, "start"), shape.start) if shape.start else after
        if start is None:
            return None
        end = self.instant((*where, "end"), shape.end) if shape.end else start + timedelta(minutes=shape.minutes or 0)
        if end is None:
            return None
        if not start <= end <= start + _LONGEST:
            what = "it ends before its start, or more than 24 hours after it"
            self.troubles.append(Trouble((*where, "end"), what, "correct start or end"))
            return None
        return times.Interval(start, end)


def _rundown(
    where: Where, shapes: Mapping[str, schema.Segment], walls: _Walls, start: datetime, file: schema.File
) -> tuple[model.Segment, ...]:
    segments: list[model.Segment] = []
    for key, shape in shapes.items():
        interval = walls.interval((*where, key), shape, after=segments[-1].interval.end if segments else start)
        if interval is None:
            continue
        if segments and interval.start < segments[-1].interval.start:
            what = f"it starts before '{segments[-1].key}', which stands above it"
            remedy = "correct its start, or move it up; after midnight the start needs its day"
            walls.troubles.append(Trouble((*where, key, "start"), what, remedy))
        timed = shape.start is not None or shape.minutes is not None
        segments.append(model.Segment(key, shape.title, interval, timed, shape.text, _parts(shape, file)))
    return tuple(segments)


def _parts(shape: schema.Segment, file: schema.File) -> tuple[model.Part, ...]:
    played = {
        model.Role.SPEAKER: shape.speakers,
        model.Role.PRESENTER: shape.presenters,
        model.Role.DISCUSSANT: shape.discussants,
        model.Role.MODERATOR: shape.moderators,
    }
    return tuple(
        model.Part(role, person=key) if key in file.people else model.Part(role, organisation=key)
        for role, keys in played.items()
        for key in keys
    )


def _recording(
    where: Where, shape: schema.Recording | None, source: Source, troubles: list[Trouble]
) -> model.Recording | None:
    if shape is None:
        return None
    keys = source.keys_of(*where[:-1], "rundown")
    for field, key in (("from", shape.from_), ("to", shape.to)):
        if key not in keys:
            remedy = written.did_you_mean(key, keys) or "name a segment by its key"
            troubles.append(Trouble((*where, field), f"'{key}' is not a segment of this meeting", remedy))
    if shape.from_ in keys and shape.to in keys and keys.index(shape.to) < keys.index(shape.from_):
        troubles.append(Trouble((*where, "to"), f"'{shape.to}' comes before '{shape.from_}'", "correct the order"))
    return model.Recording(shape.from_, shape.to)
