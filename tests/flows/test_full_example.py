"""The example that uses every option, applied: what it asks of Zoom stands there, read back."""

from __future__ import annotations

from pathlib import Path

from meetbot.core.meetings import MeetingState
from meetbot.core.model import Form
from meetbot.store import meetings
from tests.flows import stage as flows_stage

FULL = Path(__file__).parents[2] / "config" / "full.yaml"


async def test_everything_that_the_full_example_asks_stands_at_zoom(tmp_path: Path) -> None:
    """Kinds, hosts, interpreters, rooms with their people, chat; and whoever is approved or interprets has a link."""
    asked = {"webinar": True, "interpretation": True, "sign_interpretation": True}
    async with flows_stage.set_up(tmp_path, seed=7, **asked) as stage:
        await stage.apply(FULL.read_text())
        await stage.register(
            Form("talk", "dara@angkor.example", "Ms Sok Dara", "Angkor College"),
            Form("talk", "chan@angkor.example", "Mr Chan", "Angkor College"),
            Form("lecture", "ma@yunnan.example", "Mr Ma Hezu", "Yunnan Technical College"),
        )
        await stage.until("2021-11-03 09:20")

        async with stage.app.store.reading() as tx:
            known = await meetings.all_(tx)
        assert {key: (one.known.state, one.known.drift) for key, one in known.items()} == {
            "lecture": (MeetingState.CREATED, ()),
            "talk": (MeetingState.CREATED, ()),
            "visit": (MeetingState.CANCELLED, ()),
        }
        talk, lecture = sorted(stage.at_zoom(), key=lambda one: one.topic, reverse=True)
        assert talk.settings["language_interpretation"]["interpreters"] == [
            {"email": "lina@words.example", "interpreter_languages": "English,Chinese"}
        ]
        assert talk.settings["sign_language_interpretation"]["interpreters"] == [
            {"email": "vuth@words.example", "sign_language": "American"}
        ]
        assert talk.settings["breakout_room"]["rooms"] == [
            {"name": "Electrical workshops", "participants": ["chan@angkor.example"]},
            {"name": "Metal workshops", "participants": ["dara@angkor.example"]},
        ]
        assert talk.channel_id
        assert (lecture.host.email, list(lecture.panelists)) == ("zoom-2@skills.example", ["ma@yunnan.example"])
        assert {mail.to: len(mail.links) for mail in stage.mails()} == {
            "dara@angkor.example": 1,
            "lina@words.example": 1,
            "vuth@words.example": 1,
            "chan@angkor.example": 1,
            "ma@yunnan.example": 1,
        }
