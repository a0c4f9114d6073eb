"""The bilaterals of a rehearsal: a list of pairs, answers on the page, silence, times, changes, a week of meetings."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from meetbot.core.bilaterals import Availability, Can, Pair, State, asking, moving, windows
from meetbot.core.model import Bilaterals, Meeting, Programme
from meetbot.core.times import Interval
from meetbot.flows import bilaterals as flow
from meetbot.flows import meetings
from meetbot.rehearsal import mailbox, pages, peers
from meetbot.rehearsal.director import Director
from meetbot.rehearsal.peers import Answers, College
from meetbot.rehearsal.peers_oracle import Series
from meetbot.store import bilaterals
from meetbot.store import meetings as store_meetings

_BY = "rehearsal"
_PAGE = re.compile(r"https?://[^\s\"'<>]+/b/[^\s\"'<>]+")
_DAY = re.compile(r'name="(day-\d{4}-\d\d-\d\d)"')
_SPOKEN = re.compile(r'name="speaks" value="([^"]+)" checked')
_OFFERED = re.compile(r'<div class="series">(?P<times>.*?)name="revision" value="(?P<revision>\d+)"', re.DOTALL)
_TIME = re.compile(r"<li>([^<]+)<strong>(\d\d:\d\d)")
_SECONDS = 10  # to look for times


@dataclass
class Peers:
    """Directs the days after the launch."""

    director: Director
    plan: Bilaterals
    came: dict[str, set[str]] = field(default_factory=dict)  #: by meeting: addresses of those who came by their link
    colleges: tuple[College, ...] = ()
    series: list[Series] = field(default_factory=list)  #: that were agreed to, as the page showed them

    async def asked(self) -> None:
        """The organiser's list is taken in, and every focal point is asked."""
        programme, now = await self._programme(), self.director.clock.now()
        pairs = peers.pairings(programme, self.director.seed)
        self.colleges = peers.colleges(programme, pairs)
        await flow.take_in(self.director.app.store, programme, pairs, now=now, by=_BY)
        asked = await flow.ask(self.director.app.store, programme, None, now=now, by=_BY)
        self.director.say(f"{len(pairs)} pairs of {len(self.colleges)} colleges; {asked.letters} focal points asked")
        await self._pass(minutes=15)

    async def answered(self) -> None:
        """Most answer on their page; some only when nudged; for one the organiser answers, by telephone."""
        await self._answer_on_the_page(Answers.AT_ONCE)
        deadline = asking.deadline(await self._programme(), self.plan)
        await self.director.pass_time(deadline - timedelta(hours=2))
        await self._answer_on_the_page(Answers.WHEN_NUDGED)
        await self.director.pass_time(deadline + timedelta(minutes=10))
        for college in self._who(Answers.BY_TELEPHONE):
            await self._answer_for(college)

    async def created(self) -> None:
        """Times are found and confirmed, and the meetings stand at Zoom before the first day."""
        store, programme, now = self.director.app.store, await self._programme(), self.director.clock.now()
        found = await flow.find(store, programme, now=now, seconds=_SECONDS)
        await flow.propose(store, programme, found, tell=False, now=now, by=_BY)
        confirmed = await flow.confirm(store, found.fresh, now=now, by=_BY)
        for key, reason in {**found.reasons, **confirmed.refused}.items():
            self.director.say(f"  {key}: {reason}")
        self.director.say(f"{len(confirmed.agreed)} bilaterals agreed; gap to the bound {found.schedule.gap:.1%}")
        await meetings.sync(store, await self._programme(), self.director.app.zoom, now=self.director.clock.now())
        await self._pass(minutes=30)

    async def changed(self) -> None:
        """One pair withdraws, and two are postponed by a week."""
        gone, *postponed = [one.key for one in await self._pairs(State.CREATED)][:3]
        store, now = self.director.app.store, self.director.clock.now()
        await flow.cancel(store, gone, reason="the college is closed that day", now=now, by=_BY)
        self.director.say(f"{gone} is cancelled")
        assert self.plan.last_on is not None, "the days are known"
        week = moving.week_of(self.plan.last_on + timedelta(days=3))
        shown = await flow.would_move(store, postponed, week, same_day=False, now=now, seconds=_SECONDS)
        for key in await flow.move(store, shown, now=now, by=_BY):
            self.director.say(f"{key} is postponed to the week of {week.first_on:%-d %B}")
        await self._pass(minutes=30)

    async def week(self) -> None:
        """Meeting after meeting: both delegations come by their own links, the host ends it."""
        programme = await self._programme()
        for pair in sorted(await self._pairs(State.CREATED), key=lambda one: (one.starts_at, one.key)):
            meeting = programme.meetings[pair.key]
            await self.director.pass_time(meeting.interval.start - timedelta(minutes=20))
            await self._hold(meeting)
        await self.director.pass_time(self.director.clock.now() + timedelta(hours=2))

    async def went_on(self) -> None:
        """One side of a pair that has met asks for a workshop; the other finds a letter, and agrees on its page."""
        met = [*await self._pairs(State.HELD), *await self._pairs(State.REPORTED)]
        pair = next(one for one in met if self._page(one.a) and self._page(one.b))
        workshop = {"subject": "Curriculum workshop", "count": "2", "every": "1"}
        await asyncio.to_thread(pages.do, self._page(pair.a), {"do": "ask-series", "pair": pair.key, **workshop})
        await self._pass(minutes=15)
        page = self._page(pair.b)
        shown = await asyncio.to_thread(pages.read, page)
        offered = _OFFERED.search(shown)
        assert offered is not None, "the other side is shown what is asked for"
        agreed = {"do": "agree-series", "pair": pair.key, "revision": offered["revision"]}
        await asyncio.to_thread(pages.do, page, agreed)
        walls = tuple(f"{day.strip()} {start}" for day, start in _TIME.findall(offered["times"]))
        self.series.append(Series(pair.key, pair.b, walls))
        self.director.say(f"{pair.key} goes on: {', '.join(walls)}")
        await meetings.sync(
            self.director.app.store, await self._programme(), self.director.app.zoom, now=self.director.clock.now()
        )
        await self._pass(minutes=30)

    def _page(self, organisation: str) -> str:
        """The newest page in the mailbox of its focal point; "": there is none."""
        college = next(one.organisation for one in self.colleges if one.organisation.key == organisation)
        return self.pages().get(college.focal_point.address, "") if college.focal_point else ""

    async def reported(self) -> None:
        """Zoom's reports come late; each is final when two readings agree."""
        await self.director.pass_time(self.director.clock.now() + timedelta(hours=30), until_reported=True)

    async def _answer_on_the_page(self, how: Answers) -> None:
        found = self.pages()
        for college in self._who(how):
            focal_point = college.organisation.focal_point
            assert focal_point is not None, "only who has a focal point was asked"
            await asyncio.to_thread(_fill_in, found[focal_point.address], college)

    def pages(self) -> Mapping[str, str]:
        """The page that each focal point finds in their own mailbox."""
        return {reader: page for page, readers in self.pages_read().items() for reader in readers}

    def pages_read(self) -> Mapping[str, frozenset[str]]:
        """Each page with those in whose mailbox it lies."""
        found: dict[str, set[str]] = {}
        for mail in mailbox.mails(self.director.app.settings.maildir):
            for page in _PAGE.findall(mail.text):
                found.setdefault(page, set()).add(mail.to)
        return {page: frozenset(readers) for page, readers in found.items()}

    async def _answer_for(self, college: College) -> None:
        """By telephone: any working hour of the week."""
        programme, now = await self._programme(), self.director.clock.now()
        steps = windows.grid(self.plan, programme)
        week = Interval(steps.origin, steps.at(steps.count))
        said = Availability(college.organisation.key, ((week, Can.YES),), now, "organiser (telephone)")
        await flow.answer(self.director.app.store, programme, said, None, now=now)
        self.director.say(f"{college.organisation.key} answered by telephone")

    async def _hold(self, meeting: Meeting) -> None:
        """Everybody who has a link comes, but for every fifth."""
        zoom_id, host = await self._at_zoom(meeting.key)
        people = await self.director.app.zoom.registrants(zoom_id, "approved")
        linked = {one.address: one.join_link.reveal() for one in people if one.join_link}
        coming = {address: link for number, (address, link) in enumerate(sorted(linked.items())) if number % 5 != 4}
        self.came[meeting.key] = set(coming)
        await self.director.zoom.people([{"meeting": zoom_id, **one} for one in _stays(meeting, host, coming)])

    async def _at_zoom(self, key: str) -> tuple[str, str]:
        """Its id there, and who holds it."""
        async with self.director.app.store.reading() as tx:
            stored = await store_meetings.get(tx, key)
        assert stored is not None and stored.known.zoom_id and stored.known.host, f"{key} stands at Zoom"
        return stored.known.zoom_id, stored.known.host

    async def _pairs(self, state: State) -> list[Pair]:
        async with self.director.app.store.reading() as tx:
            return [one for one in await bilaterals.pairs(tx) if one.state is state]

    async def _programme(self) -> Programme:
        return await self.director.app.needed_programme()

    def _who(self, how: Answers) -> Iterator[College]:
        return (one for one in self.colleges if one.answers is how)

    async def _pass(self, *, minutes: int) -> None:
        await self.director.daemon.wake()
        await self.director.pass_time(self.director.clock.now() + timedelta(minutes=minutes))


def _fill_in(page: str, college: College) -> None:
    """As somebody would: yes to every day, Friday only if needed for some, the delegation pasted below."""
    shown = pages.read(page)
    days = list(dict.fromkeys(_DAY.findall(shown)))
    can = {day: Can.IF_NEEDED if college.reluctant_on_friday and day == days[-1] else Can.YES for day in days}
    speaks = {"speaks": _SPOKEN.findall(shown), "other-languages": ""}
    pages.do(page, {"do": "answer", "delegation": college.delegation, **can, **speaks})


def _stays(meeting: Meeting, host: str, links: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    start, end = meeting.interval.start, meeting.interval.end
    yield {"at": _text(start - timedelta(minutes=5)), "action": "start", "person": "host", "email": host}
    for number, (address, link) in enumerate(links.items()):
        waiting = start - timedelta(minutes=4) + number * timedelta(seconds=20)
        yield {"at": _text(waiting), "action": "waiting", "person": address, "join_link": link}
        yield {"at": _text(waiting + timedelta(seconds=40)), "action": "admit", "person": address}
    yield {"at": _text(end), "action": "end", "person": "host"}


def _text(at: datetime) -> str:
    return at.isoformat()
