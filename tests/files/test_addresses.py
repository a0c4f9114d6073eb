"""Mail addresses: what is taken, what is made plain, what is refused."""

from __future__ import annotations

import pytest

from meetbot.files import addresses, written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a＠b.org", "a@b.org"),
        ("a@b．org", "a@b.org"),
        ("a@b。org", "a@b.org"),
        ("ａ@ｂ.org", "a@b.org"),
        ("a@b.org\u200b", "a@b.org"),
        ("\ufeffa@b.org", "a@b.org"),
        ("a\u00adb@c.org", "ab@c.org"),
        ('"Sok, Dara" <sok@example.kh>', "sok@example.kh"),
        ("mailto:sok@example.kh", "sok@example.kh"),
        ("sok@example.kh.", "sok@example.kh"),
    ],
)
def test_E01_E02_L16_keyboard_and_copying_are_put_right_and_shown(text: str, value: str) -> None:
    """Full-width and invisible signs, a name around the address: the fix is marked as one."""
    assert addresses.read(text) == addresses.Address(value, fixed=True)


def test_E03_domain_is_lower_case_and_the_rest_stays_as_typed() -> None:
    """That is no fix: nothing else was meant."""
    assert addresses.read("A.User@EXAMPLE.org") == addresses.Address("A.User@example.org", fixed=False)


@pytest.mark.parametrize(
    "text",
    [
        "a+sss@b.org",
        "o'brien@b.org",
        "10001@qq.com",
        "x@vip.163.com",
        "a@b.museum",
        "a@moe.gov.kh",
        "-a@b.org",
        "=cmd@b.org",
        "+1@b.org",
        "a@mail.com",
    ],
)
def test_E04_E11_E12_uncommon_addresses_are_taken_as_they_are(text: str) -> None:
    """They look odd and are right."""
    assert addresses.read(text) == addresses.Address(text, fixed=False)


def test_E05_domain_in_another_script_is_taken_in_its_form_on_the_wire() -> None:
    """Every mail server understands that form, and a person is told to look."""
    assert addresses.read("a@例子.中国") == addresses.Address(
        "a@xn--fsqu00a.xn--fiqs8s",
        fixed=True,
        doubt="its domain has letters of another script; they may look like Latin ones",
    )


@pytest.mark.parametrize("text", ["用户@例子.中国", "ຄຳ@example.org", "а@b.org"])
def test_E05_E06_letters_before_the_at_that_servers_refuse(text: str) -> None:
    """A Cyrillic а is one of them, however Latin it looks."""
    with pytest.raises(written.Wrong) as wrong:
        addresses.read(text)

    assert wrong.value.what == f"'{text}' has letters before the @ that many mail servers refuse"
    assert wrong.value.remedy == "ask for another address"


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@b.local",
        "a@example.invalid",
        "a@b.c",
        "a@b.org%0d%0aBcc:v@x.org",
        '"a b"@b.org',
        "a@b.org(comment)",
        "alice@example.org)bob@evil.org",
        '"<a@evil.org>" <b@good.org>',
        "x" * 65 + "@b.org",
        "a@" + "b" * 60 + "." + "c" * 200 + ".org",
        "a..b@c.org",
        ".a@c.org",
        "",
        "a",
        "@",
    ],
)
def test_E07_E08_E09_E10_what_cannot_be_written_to_is_refused(text: str) -> None:
    """Whatever the reason, no address comes out."""
    with pytest.raises(written.Wrong):
        addresses.read(text)


@pytest.mark.parametrize("text", ["a@b.org\r\nBcc: v@x.org", "a@b.org\nRCPT TO:<v@x.org>", "a\x00@b.org"])
def test_E08_line_breaks_are_refused(text: str) -> None:
    """An address never ends a header."""
    with pytest.raises(written.Wrong) as wrong:
        addresses.read(text)

    assert wrong.value.what == "a line break or an invisible sign stands in the address"


@pytest.mark.parametrize("text", ["a@x.org; b@y.org", "a@x.org、b@y.org", "a@x.org / b@y.org", "a@x.org,b@y.org"])
def test_L15_two_addresses_are_told_apart(text: str) -> None:
    """Nobody is chosen: a person splits them."""
    with pytest.raises(written.Wrong) as wrong:
        addresses.read(text)

    assert wrong.value.what == "two addresses stand in one place"
    assert wrong.value.remedy.startswith("write a@x.org and b@y.org apart")


@pytest.mark.parametrize("text", ["noreply@x.org", "MAILER-DAEMON@x.org", "postmaster@x.org"])
def test_E13_address_that_nobody_reads_is_refused(text: str) -> None:
    """A link sent there is lost."""
    with pytest.raises(written.Wrong) as wrong:
        addresses.read(text)

    assert wrong.value.what == f"nobody reads '{text}'"


@pytest.mark.parametrize(
    ("text", "meant"), [("a@gmial.com", "a@gmail.com"), ("a@hotmail.con", "a@hotmail.com"), ("a@ilo.ogr", "a@ilo.org")]
)
def test_E16_slip_in_a_common_domain_is_a_question(text: str, meant: str) -> None:
    """The address is taken as written, and the question shown."""
    assert addresses.read(text) == addresses.Address(text, fixed=False, doubt=f"did you mean {meant}?")
