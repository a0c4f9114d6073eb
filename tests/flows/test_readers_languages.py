"""What readers of several languages find in their mailboxes, of one launch."""

from __future__ import annotations

from email import message_from_bytes, policy

from tests.flows.stage import Stage, form


async def test_P22_each_registrant_is_written_in_the_language_they_chose(stage: Stage) -> None:
    """The link in Chinese, with their clock, and in English below; whoever chose no language reads English alone."""
    await stage.register(
        form("li@npic.example", "李娜", language="zh", zone="Asia/Shanghai"), form("dara@npic.example", "Sok Dara")
    )
    await stage.run_due()

    [chinese], [english] = stage.mails("li@npic.example"), stage.mails("dara@npic.example")
    assert chinese.subject == "您的链接：Launching Ceremony，2021年11月10日星期三, 14:00 Bangkok (UTC+7)"
    assert chinese.text.splitlines()[2] == "尊敬的 李娜："
    assert "您的当地时间：15:00–16:00 Shanghai (UTC+8)，2021年11月10日星期三" in chinese.text
    assert "Your time: 15:00–16:00 Shanghai (UTC+8), Wed 10 Nov 2021" in chinese.text
    assert (len(chinese.links), chinese.links & english.links) == (1, frozenset())
    assert message_from_bytes(chinese.path.read_bytes(), policy=policy.default)["Content-Language"] == "zh, en"
    assert english.text.splitlines()[0] == "Dear Sok Dara,"
