"""The delegations of agreed bilaterals are registered, each person with a link of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from meetbot.core.bilaterals import Delegate
from meetbot.core.model import Form, Meeting, Organisation, Programme, Sex
from meetbot.core.registration import canonical_address, fold
from meetbot.flows.registration import forms
from meetbot.store import bilaterals, registration
from meetbot.store.engine import Transaction


async def register(tx: Transaction, programme: Programme, keys: Iterable[str], *, now: datetime, by: str) -> None:
    """For these bilaterals (keys); who is registered already stays as they are.

    Of a side that has named nobody its focal point comes. The caller has the locks of these meetings.
    """
    named = await bilaterals.delegates(tx)
    meetings = [programme.meetings[key] for key in keys if key in programme.meetings]
    coming = [one for one in meetings if not one.cancelled and one.interval.end > now]
    written = [form for meeting in coming for form in _forms(programme, meeting, named)]
    if programme.asks_sex:
        written = [replace(form, sex=form.sex or await _stated(tx, form)) for form in written]
    await forms.submit_within(tx, programme, written, now=now, by=by)


async def _stated(tx: Transaction, form: Form) -> Sex | None:
    """What they stated when they registered for another meeting under the same address and name."""
    earlier = await registration.of_address(tx, canonical_address(form.address))
    same = [one for one in earlier if fold(one.form.name) == fold(form.name)]
    return next((one.form.sex for one in reversed(same) if one.form.sex), None)


def _forms(programme: Programme, meeting: Meeting, named: Sequence[Delegate]) -> Iterator[Form]:
    for key in meeting.delegations:
        organisation = programme.organisations[key]
        for one in [one for one in named if one.organisation == key] or _focal_point(organisation):
            yield Form(
                meeting=meeting.key,
                address=one.address,
                name=one.name,
                organisation=organisation.name,
                position=one.position,
                country=organisation.country,
                language=one.language or (organisation.focal_point and organisation.focal_point.language) or None,
                source="delegation",
                sex=one.sex if programme.asks_sex else None,
            )


def _focal_point(organisation: Organisation) -> Sequence[Delegate]:
    one = organisation.focal_point
    return [] if one is None else [Delegate(organisation.key, one.name, one.address, language=one.language)]
