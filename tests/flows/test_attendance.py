"""From Zoom's late and partial report to the mail with the figures."""

from __future__ import annotations

from email import message_from_bytes, policy
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from meetbot.core import times
from meetbot.rehearsal.mailbox import Mail, attachments
from meetbot.store import attendance
from tests.flows.stage import PROGRAMME, Stage, form

pytestmark = pytest.mark.every_database


def acts(stage: Stage, wall: str, action: str, person: str, **more: Any) -> dict[str, Any]:
    at = times.at(f"2021-11-10 {wall}", "Asia/Bangkok").isoformat()
    return {"meeting": stage.at_zoom()[0].id, "at": at, "action": action, "person": person, **more}


async def meeting_day(stage: Stage) -> None:
    """Dara comes twice and once more by telephone; Hla never comes; a namesake of Hla comes without a link."""
    await stage.register(
        form("dara@npic.example"), form("hla@cvt.example", "Hla Min", "Center for Vocational Training")
    )
    stage.leap("2021-11-10 13:00")
    await stage.until("2021-11-10 13:20")
    link = next(iter(stage.mails("dara@npic.example")[0].links))
    dara = {"person": "dara", "join_link": link}
    stage.sandbox.people(
        [
            acts(stage, "13:25", "start", "host", email="host@network.example"),
            acts(stage, "13:50", "waiting", **dara),
            acts(stage, "13:55", "admit", "dara"),
            acts(stage, "14:20", "leave", "dara"),
            acts(stage, "14:25", "join", **dara),
            acts(stage, "14:30", "join", "dara", email="dara@npic.example", name="iPhone", device="phone"),
            acts(stage, "14:05", "join", "stranger", name="Hla Min"),
            acts(stage, "15:00", "end", "host"),
        ]
    )


async def documents(stage: Stage) -> list[tuple[int, bool, Any]]:
    async with stage.app.store.reading() as tx:
        return [(one.version, one.final, one.document) for one in await attendance.reports(tx, "launch")]


@pytest.mark.own_process
async def test_P12_preliminary_first_then_final_once_two_readings_agree(stage: Stage) -> None:
    """404, empty, partial, then stable: one preliminary mail, one final mail, tables attached to both."""
    await meeting_day(stage)
    await stage.until("2021-11-10 18:00")

    made = await documents(stage)
    mails = [mail for mail in stage.mails("officer@network.example") if mail.attachments]
    assert [(version, final) for version, final, _ in made] == [(1, False), (2, True)]
    assert [sorted(name.rpartition(".")[2] for name in mail.attachments) for mail in mails] == [["csv", "xlsx"]] * 2
    assert ["preliminary" in mail.text.lower() for mail in mails] == [True, False]


async def test_P13_F37_nobody_is_credited_by_name(stage: Stage) -> None:
    """The namesake is listed for a person to look at; the registrant of that name is absent."""
    await meeting_day(stage)
    await stage.until("2021-11-10 18:00")

    document = (await documents(stage))[-1][2]
    assert [line["name"] for line in document["lines"]] == ["Sok Dara"]
    assert [line["name"] for line in document["open_lines"]] == ["Hla Min"]
    assert [one["name"] for one in document["absent"]] == ["Hla Min"]
    assert (document["registered"], document["approved"], document["attended"]) == (2, 2, 1)


async def test_F36_rejoining_and_two_devices_count_once_and_waiting_does_not(stage: Stage) -> None:
    """13:55 to 14:20 and 14:25 to 15:00 are sixty minutes, whatever the telephone and the waiting room add."""
    await meeting_day(stage)
    await stage.until("2021-11-10 18:00")

    (line,) = (await documents(stage))[-1][2]["lines"]
    assert line["minutes"] == 60


async def test_without_the_right_to_reports_the_lighter_list_is_read(stage: Stage) -> None:
    """An app that lacks the report scope still counts, by Zoom's list of past participants."""
    refused = "{status: 400, json: {code: 4711, message: 'does not contain scopes:[report:read]'}}"
    stage.sandbox.set_faults(f"zoom: [{{when: {{path: '/v2/report/**'}}, do: {refused}}}]")
    await meeting_day(stage)
    await stage.until("2021-11-10 18:00")

    document = (await documents(stage))[-1][2]
    assert ([line["name"] for line in document["lines"]], document["final"]) == (["Sok Dara"], True)


async def test_P13_the_host_whom_the_pool_gave_is_staff(stage: Stage) -> None:
    """The file names no host for the meeting; who held it is neither a guest nor an open line."""
    without = PROGRAMME.replace("    host: host@network.example\n", "")
    await stage.apply(without.replace("meetings:", "hosts: [{address: host@network.example}]\nmeetings:"))
    await meeting_day(stage)
    await stage.until("2021-11-10 18:00")

    document = (await documents(stage))[-1][2]
    assert [line["name"] for line in (*document["lines"], *document["open_lines"])] == ["Sok Dara", "Hla Min"]


async def test_P33_a_donor_gets_the_final_report_alone_and_it_names_nobody(stage: Stage) -> None:
    """Neither the letter nor the files: what the office reads beside it holds every name."""
    donor = "  - {name: Donor, address: donor@bank.example, version: donor}\n"
    await stage.apply(PROGRAMME.replace("registration:", f"{donor}registration:", 1))
    await meeting_day(stage)
    await stage.until("2021-11-10 18:00")

    named = {
        reader: [
            sorted(name for name in ("Sok Dara", "Hla Min") if name in everything(mail))
            for mail in stage.mails(reader)
            if mail.attachments
        ]
        for reader in ("officer@network.example", "donor@bank.example")
    }
    assert named == {"officer@network.example": [["Hla Min", "Sok Dara"]] * 2, "donor@bank.example": [[]]}


def everything(mail: Mail) -> str:
    """All that its reader can find in a mail, whatever they open."""
    parts = message_from_bytes(mail.path.read_bytes(), policy=policy.default).walk()
    words = [part.get_content() for part in parts if part.get_content_maintype() == "text"]
    books = [content for name, content in attachments(mail.path) if name.endswith(".xlsx")]
    cells = [ZipFile(BytesIO(book)).read("xl/sharedStrings.xml").decode() for book in books]
    return "\n".join([*words, *cells])
