"""The shape of the programme file: its groups and their fields. Nothing here looks beyond its own group."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from meetbot.core import model
from meetbot.files import written
from meetbot.files.programme import fields


class Shape(BaseModel):
    """A group of lines `key: value`. A key left without a value counts as not written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, group: Any) -> Any:
        if not isinstance(group, dict):
            return group
        names = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in group.items() if value is not None or key not in names}


class Contact(Shape):
    name: fields.Line
    address: fields.Address


class Registration(Shape):
    approve_invited: fields.YesNo = Field(True, description="approve people of an invited organisation by themselves")
    quota: fields.Whole = Field(
        5, description="how many people of one organisation are approved without being looked at"
    )


class Reminders(Shape):
    before: list[fields.Span] = Field(description="how long before the start, such as 1 day")


class Cues(Shape):
    brief: fields.Span = Field(model.CueTimes.brief, description="before the meeting: the brief")
    next: fields.Span = Field(model.CueTimes.next, description="before their segment: you are next")
    closing: fields.Span = Field(model.CueTimes.closing, description="before the end of their segment: please close")
    grace: fields.Span = Field(model.CueTimes.grace, description="a cue later than this is not given any more")


class Organisation(Shape):
    number: fields.Whole | None = Field(None, description="its number in the list of participants")
    name: fields.Line
    country: fields.Line
    constituent: fields.Line = Field(description="the kind of organisation, such as government")
    zone: fields.ZoneName | None = Field(None, description="where its zone is not that of its country")
    quota: fields.Whole | None = Field(None, description="where it is not the quota of all")
    aliases: list[fields.Line] = Field([], description="other names that people write on forms")


class Person(Shape):
    name: fields.Line
    office: fields.Line = ""
    organisation: fields.OrganisationKey | None = None
    address: fields.Address | None = None


class Segment(Shape):
    title: fields.Title
    start: fields.Moment | None = Field(None, description="wall time; without it the segment follows the one before")
    end: fields.Moment | None = None
    minutes: fields.Whole | None = Field(None, description="how long, where there is no end")
    text: fields.Text = ""
    speakers: list[fields.SomebodyKey] = []
    presenters: list[fields.SomebodyKey] = []
    discussants: list[fields.SomebodyKey] = []
    moderators: list[fields.SomebodyKey] = []

    @model_validator(mode="after")
    def _times_agree(self) -> Segment:
        if self.end and self.minutes is not None:
            raise written.Wrong("it has both an end and minutes", "keep one of them", ("minutes",))
        if self.end and not self.start:
            raise written.Wrong("it has an end and no start", "add start, or give minutes instead of end", ("end",))
        if self.start and not self.end and self.minutes is None:
            raise written.Wrong("it has a start and no end", "add end or minutes", ("start",))
        if self.minutes == 0:
            raise written.Wrong(
                "it lasts 0 minutes", "leave minutes out where there is no time of its own", ("minutes",)
            )
        _refuse_backward(self.start, self.end)
        return self


class Recording(Shape):
    first: str = Field(alias="from", description="key of the segment with which the recording begins")
    last: str = Field(alias="to", description="key of the segment after which it stops")


class Meeting(Shape):
    title: fields.Title
    text: fields.Text = ""
    date: fields.Day
    start: fields.Moment
    end: fields.Moment | None = None
    minutes: fields.Whole | None = Field(None, description="how long, where there is no end")
    opens: fields.Moment | None = Field(None, description="when people may come in; without it at the start")
    zone: fields.ZoneName | None = Field(None, description="where it is not the zone of the programme")
    host: fields.Line = Field(description="address or Zoom id of a licensed Zoom user")
    alternative_hosts: list[fields.Line] = []
    waiting_room: fields.YesNo = True
    cancelled: fields.YesNo = False
    recording: Recording | None = None
    rundown: dict[fields.Key, Segment] = {}

    @model_validator(mode="after")
    def _times_agree(self) -> Meeting:
        if (self.end is None) == (self.minutes is None):
            raise written.Wrong("it needs either an end or minutes", "write one of them", ("start",))
        if self.minutes is not None and not 0 < self.minutes <= 24 * 60:
            raise written.Wrong(f"it lasts {self.minutes} minutes", "write 1 to 1440", ("minutes",))
        _refuse_backward(self.start, self.end)
        if self.host == "me":
            raise written.Wrong("'me' is nobody when a program asks Zoom", "name a licensed Zoom user", ("host",))
        return self


class Bilaterals(Shape):
    title: fields.Title
    after: fields.MeetingKey = Field(description="key of the meeting that they follow")
    when: fields.Line = Field("", description="in your own words while there is no date")
    sides: list[list[fields.OrganisationKey]] = Field([], description="who meets: across the sides, not within one")


class File(Shape):
    key: fields.Key
    title: fields.Title
    zone: fields.ZoneName = Field(description="in which all times of the file are meant, such as Asia/Bangkok")
    language: fields.Language = "en"
    organiser: Contact = Field(description="letters come from here and answers go there")
    reports_to: list[Contact] = []
    registration: Registration = Registration()  # type: ignore[call-arg]
    reminders: Reminders | None = None
    cues: Cues = Cues()  # type: ignore[call-arg]
    countries: dict[str, fields.ZoneName] = Field({}, description="the zone of each country")
    organisations: dict[fields.Key, Organisation]
    people: dict[fields.Key, Person] = {}
    meetings: dict[fields.Key, Meeting]
    bilaterals: Bilaterals | None = None


def _refuse_backward(start: written.Moment | None, end: written.Moment | None) -> None:
    if not start or not end or (start.day is None) != (end.day is None):
        return
    if (end.day or 0, end.time) <= (start.day or 0, start.time):
        what = f"it ends at {end.time:%H:%M}, not after its start at {start.time:%H:%M}"
        raise written.Wrong(
            what, "correct one of them; over midnight the end needs its day, such as 2021-11-11 00:30", ("end",)
        )
