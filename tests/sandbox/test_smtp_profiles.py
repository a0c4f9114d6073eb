"""Mail servers as one meets them: each profile does what its provider does."""

from collections import Counter

import pytest

from meetbot.sandbox import faults
from meetbot.sandbox.smtp import grammar, profiles
from tests.sandbox.mailroom import RECIPIENT, mailroom, message

A = RECIPIENT


async def test_F23_office365_takes_thirty_a_minute_from_who_is_logged_in() -> None:
    """Over three connections at a time."""
    async with mailroom(smtp_profile="office365") as room:
        stranger = await room.answers(A, login=False)
        many = await room.answers(*[A] * 32)
        room.wait(minutes=1)
        later = await room.answers(A)
        clients = [room.client() for _number in range(3)]
        for client in clients:
            await client.connect()
        fourth = await room.answers(A)
        for client in clients:
            await client.quit()

    taken = Counter(many)
    assert (stranger, later, fourth) == ([530], [250], [421])
    assert (taken[250], taken[451] + taken[432]) == (30, 2)
    assert many[-1] == 432


async def test_gmail_like_wants_a_log_in() -> None:
    """In words of two lines; now and then it closes the line."""
    async with mailroom(smtp_profile="gmail-like", seed=3) as room:
        stranger = await room.answers(A, login=False)
        many = await room.answers(*[A] * 60)

    assert stranger == [530]
    assert many.count(250) >= 50
    assert set(many) <= {250, 421, 450}


async def test_qq_like_is_slow_and_has_no_international_addresses() -> None:
    """Two seconds to the banner: who gives it less gets nowhere."""
    async with mailroom(smtp_profile="qq-like") as room:
        assert await room.answers(A, timeout=0.1) == ["SMTPConnectTimeoutError"]

        async with room.client() as client:
            assert not client.supports_extension("smtputf8")
            assert client.supports_extension("size")


async def test_F20_postfix_with_greylist_lets_in_after_five_minutes() -> None:
    """Nobody has to log in."""
    async with mailroom(smtp_profile="postfix+greylist") as room:
        first = await room.answers(A, login=False)
        room.wait(minutes=5)
        second = await room.answers(A, login=False)

    assert (first, second) == ([450], [250])


async def test_M02_a_broken_appliance_knows_only_HELO() -> None:
    """It takes the mail in the clear or not at all, and answers in Latin-1."""
    async with mailroom(smtp_profile="broken-appliance") as room:
        encrypted = await room.answers(A)
        async with room.client(start_tls=False, login=False) as client:
            said = (await client.helo()).code
            await client.sendmail("a@x.org", [A], message())

        assert (encrypted, said, len(room.effects("mail.accepted"))) == (["SMTPException"], 250, 1)


async def test_a_storm_is_one_storm_for_one_seed() -> None:
    """Forty letters meet the same faults twice, and some get through."""
    runs = []
    for _run in range(2):
        async with mailroom(seed=11) as room:
            room.sandbox.set_faults(faults.read("storm"))
            runs.append(await room.answers(*[f"p{number}@x.example" for number in range(40)]))

    assert runs[0] == runs[1]
    assert 10 < runs[0].count(250) < 40


def test_the_storm_knows_every_verb_and_every_step() -> None:
    """So that a seed alone can bring about anything."""
    deeds = [grammar.deed(entry["do"]) for entry in faults.load(faults.read("storm"))["smtp"]]

    assert {verb for deed in deeds for verb in deed.verbs} == {*grammar.VERBS, "reply", "drop", "delay"}
    assert {step for deed in deeds for step in deed.steps} == {*grammar.STEPS, grammar.ACCEPTED}


@pytest.mark.parametrize("name", profiles.NAMES)
def test_every_profile_has_its_reason_and_reads(name: str) -> None:
    """A comment first, then nothing but a list under `smtp`."""
    text = (profiles.FOLDER / f"{name}.yaml").read_text()

    assert text.startswith("# ")
    assert set(faults.load(text)) == {"smtp"}
