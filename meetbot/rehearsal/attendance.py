"""What people do once the report has come: say on pages who was there, ask for a confirmation, ask to be erased."""

from __future__ import annotations

import asyncio
import csv
import html
import importlib.util
import io
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from meetbot.core.model import LetterKind, Reader
from meetbot.core.registration import canonical_address
from meetbot.flows.attendance import confirming, erasing, reading, rendering
from meetbot.flows.attendance import pages as links
from meetbot.rehearsal import cast, day, mailbox, pages
from meetbot.rehearsal.attendance_oracle import Confirmation, Erased, Row
from meetbot.rehearsal.cast import Habit, Member
from meetbot.rehearsal.director import Director
from meetbot.store import confirmations, outbox

_BY = "rehearsal"
_ORGANISERS_PAGE = re.compile(r"https?://[^\s\"'<>]+/b/attendance/[^\s\"'<>]+")
_HALL = re.compile(r"https?://[^\s\"'<>]+/b/hall/[^\s\"'<>]+")
_LINE = re.compile(r'<h3>(?P<name>[^<]+).*?name="line" value="(?P<line>[^"]+)"', re.DOTALL)
_CANDIDATE = re.compile(
    r'name="line" value="(?P<line>[^"]+)"><input type="hidden" name="person" value="(?P<person>\d+)">\s*'
    r'<p><strong>(?P<name>[^<]+)</strong> <span class="age">(?P<organisation>[^<]*)</span>'
)
_NOBODYS_CODE = "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A"


@dataclass
class Attendance:
    """Directs the day after the launch."""

    director: Director
    corrections: int = 0  #: how often something was settled
    confirmation: Confirmation | None = None
    erased: Erased | None = None

    async def settled(self) -> None:
        """The organiser says who was behind the names on the screens, one click each, and takes one word back."""
        page = await self._organisers_page()
        shown = await asyncio.to_thread(pages.read, page)
        for member in [one for one in await self.director.links() if one.habit is Habit.WITHOUT_LINK]:
            await asyncio.to_thread(pages.do, page, {"do": "match", **_candidate(shown, member)})
            self.director.say(f"{member.address} came without their link")
        line = _line(shown, day.UNKNOWN["caller"])
        absent = next(member for member in self.director.members if member.habit is Habit.NEVER)
        people = f"{absent.name} <{absent.address}>"
        await asyncio.to_thread(pages.do, page, {"do": "declare", "line": line, "people": people})
        await asyncio.to_thread(pages.do, page, {"do": "undo", "line": line})
        self.director.say(f"{absent.address} was taken for the caller by mistake, and taken back")
        await self._mailed()

    async def named(self) -> None:
        """A focal point is given the page of their hall, and writes who sat beside their colleague."""
        there, came = cast.hall(self.director.programme), await self.director.links()
        holder = next((member for member in came if member.habit is Habit.SCREEN), None)
        if there is None or holder is None:
            return
        asked = {"do": "hall", "organisation": there.key}
        shown = await asyncio.to_thread(pages.press, await self._organisers_page(), asked)
        found = _HALL.search(shown.text)
        assert found is not None, "the organiser is shown the address of the hall's page"
        line = _line(await asyncio.to_thread(pages.read, found[0]), holder.name)
        people = self.in_the_hall()
        await asyncio.to_thread(
            pages.do, found[0], {"do": "declare", "line": line, "people": "\n".join(one.name for one in people)}
        )
        self.director.say(f"{there.name} names {len(people)} people beside {holder.name}")
        await self._mailed()

    async def confirmed(self) -> None:
        """Somebody asks for a confirmation, and whoever is shown it asks the page whether it is true."""
        if importlib.util.find_spec("typst") is None:
            self.director.say("No confirmation is played: PDF needs Typst, which is not installed")
            return
        director, asking = self.director, (await self._punctual())[0]
        outcome = await confirming.confirm(
            director.app.store,
            director.programme,
            director.meeting,
            {canonical_address(asking.address)},
            now=director.clock.now(),
            by=_BY,
        )
        self.director.say(f"{asking.address} asks for a confirmation: {', '.join(outcome.remarks) or 'sent'}")
        await self._pass(minutes=15)
        verify = f"{director.app.settings.public_url}/verify"
        true, forged = [
            (await asyncio.to_thread(pages.press, verify, {"code": code})).text
            for code in (await self._code(), _NOBODYS_CODE)
        ]
        mails = await asyncio.to_thread(lambda: list(mailbox.mails(director.app.settings.maildir)))
        papers = [one for one in mails if one.to == asking.address and any(".pdf" in name for name in one.attachments)]
        self.confirmation = Confirmation(
            asking.address, asking.name, len(papers), html.unescape(true), html.unescape(forged)
        )

    async def erasure(self) -> None:
        """Somebody asks to be erased; the report is made again before and after."""
        going = (await self._punctual())[-1]
        before, outside_before = await self._again()
        store, programme = self.director.app.store, self.director.programme
        address = canonical_address(going.address)
        journal, now = self.director.app.erased, self.director.clock.now()
        receipt = await erasing.erase(store, programme, journal, address, now=now, by=_BY)
        await self._pass(minutes=15)
        after, outside_after = await self._again()
        self.director.say(f"{going.address} is erased, receipt {receipt}")
        found = [*await asyncio.to_thread(self._in_files, going), *await self._at_zoom(going)]
        self.erased = Erased(going.name, going.address, before, after, outside_before, outside_after, found)

    def in_the_hall(self) -> list[Member]:
        """Who sat beside the one who brought the screen; those who had not registered too."""
        members, there = self.director.members, cast.hall(self.director.programme)
        registered = [member for member in members if member.habit is Habit.BESIDE]
        names = cast.beside(self.director.programme, members, self.director.seed)
        organisation = there.name if there else ""
        return [*registered, *(Member(name, "", organisation, "", "", Habit.BESIDE) for name in names)]

    async def _organisers_page(self) -> str:
        """The newest that lies in a mailbox; where nobody reads reports within, as the command line gives it."""
        app, director = self.director.app, self.director
        mails = await asyncio.to_thread(lambda: list(mailbox.mails(app.settings.maildir)))
        found: list[str] = [page for mail in mails for page in _ORGANISERS_PAGE.findall(mail.text)]
        if found:
            return found[-1]
        url, now = app.settings.public_url, director.clock.now()
        return await links.address(app.store, director.programme, director.meeting, public_url=url, now=now, by=_BY)

    async def _punctual(self) -> list[Member]:
        """Who came by their own link and has a name for themselves alone."""
        names = [member.name for member in self.director.members]
        came = await self.director.links()
        return [member for member in came if member.habit is Habit.PUNCTUAL and names.count(member.name) == 1]

    async def _code(self) -> str:
        """As it stands on the paper; nobody but the program can read it out of a PDF here."""
        store = self.director.app.store
        async with store.reading() as tx:
            sent = await outbox.listing(tx, kinds=[LetterKind.CONFIRMATION])
            number = sent[0].message.letter.facts["confirmation"] if sent else 0
            paper = await confirmations.paper(tx, store.links, number)
        return str(paper["code"]) if paper else ""

    async def _again(self) -> tuple[list[Row], list[Row]]:
        """The rows of the report as it can be made now: within, and for outside."""
        store, programme = self.director.app.store, self.director.programme
        document = await reading.document(store, programme, [self.director.meeting.key], None)
        made = [(await rendering.files(document, reader, ["csv"]))[0] for reader in (Reader.ORGANISER, Reader.DONOR)]
        within, outside = (rows(one.content) for one in made)
        return within, outside

    def _in_files(self, member: Member) -> list[str]:
        """Files of the database in which the name or the address can be read, however JSON writes it."""
        written = [text for plain in (member.name, member.address) for text in (plain, ascii(plain)[1:-1])]
        files = [path for path in Path(self.director.folder).glob("meetbot.db*") if path.is_file()]
        contents = {path.name: path.read_bytes() for path in files}
        return [name for name, content in contents.items() if any(text.encode() in content for text in written)]

    async def _at_zoom(self, member: Member) -> list[str]:
        state = await self.director.zoom.state()
        there = [one["email"] for meeting in state["meetings"] for one in meeting["registrants"]]
        return ["Zoom's list of registrants"] if member.address in there else []

    async def _mailed(self) -> None:
        """What was settled is mailed when nothing more is said for ten minutes."""
        self.corrections += 1
        await self._pass(minutes=30)

    async def _pass(self, *, minutes: int) -> None:
        await self.director.daemon.wake()
        await self.director.pass_time(self.director.clock.now() + timedelta(minutes=minutes))


def rows(table: bytes) -> list[Row]:
    """The rows of a CSV table by their columns."""
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def _line(shown: str, name: str) -> str:
    """The key of the line that stands under the name."""
    return next(found["line"] for found in _LINE.finditer(shown) if html.unescape(found["name"]).strip() == name)


def _candidate(shown: str, member: Member) -> dict[str, str]:
    """The form whose button says that a line is this member."""
    line = _line(shown, member.name)
    who = member.name, member.organisation
    return next(
        {"line": line, "person": found["person"]}
        for found in _CANDIDATE.finditer(shown)
        if found["line"] == line and (html.unescape(found["name"]), html.unescape(found["organisation"])) == who
    )
