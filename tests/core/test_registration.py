"""Who may join: the rules approve what they are sure of and hold the rest."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest

from meetbot.core import registration
from meetbot.core.model import Form, Host, Interpreter, Reminders, Status
from meetbot.core.registration import Approve, Hold, Refused
from tests.core import builders as a
from tests.core.builders import bkk

NOW = bkk("09:00", "2021-11-08")
NPIC = "National Polytechnic Institute of Cambodia (NPIC)"


def decide(form: Form, **other: object) -> Approve | Hold:
    values: dict[str, object] = {
        "programme": a.programme(),
        "meeting": a.meeting(),
        "approved_of_organisation": 0,
        "sharing_address": None,
        "now": NOW,
    }
    return registration.decide(form, **{**values, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "action", "becomes"),
    [
        (Status.PENDING, "approve", Status.APPROVED),
        (Status.PENDING, "deny", Status.DENIED),
        (Status.PENDING, "cancel", Status.CANCELLED),
        (Status.APPROVED, "cancel", Status.CANCELLED),
        (Status.APPROVED, "undo", Status.PENDING),
        (Status.DENIED, "approve", Status.APPROVED),
        (Status.CANCELLED, "approve", Status.APPROVED),
    ],
)
def test_F46_a_status_changes_by_the_table(status: Status, action: str, becomes: Status) -> None:
    """Also somebody refused by mistake, or who had cancelled, can come back."""
    assert registration.transition(status, action) == becomes


def test_F46_what_is_not_in_the_table_is_refused() -> None:
    """The second of two admins does not overrule the first: every other move changes nothing."""
    moves = product(Status, ("approve", "deny", "cancel", "forget"))
    outside = [move for move in moves if move not in registration.TRANSITIONS]

    answers = {registration.transition(*move) for move in outside}

    assert answers == {Refused(f"already {status}: cannot {action}") for status, action in outside}
    assert (Status.APPROVED, "deny") in outside


def test_an_invited_person_within_the_quota_is_approved() -> None:
    """The fifth of five still is."""
    assert decide(a.form(), approved_of_organisation=4) == Approve(f"invited: 5 of 5 for {NPIC}")


def test_a_person_above_the_quota_is_held() -> None:
    """The sixth of five waits for a person."""
    assert decide(a.form(), approved_of_organisation=5) == Hold(f"would be the 6th of 5 for {NPIC}")


@pytest.mark.parametrize(
    ("approved", "said"), [(0, "1st"), (1, "2nd"), (2, "3rd"), (9, "10th"), (10, "11th"), (20, "21st")]
)
def test_the_place_in_the_quota_is_said_in_words(approved: int, said: str) -> None:
    """11th, not 11st."""
    one = a.programme(organisations={"npic": a.organisation(quota=0)})

    assert decide(a.form(), programme=one, approved_of_organisation=approved) == Hold(
        f"would be the {said} of 0 for {NPIC}"
    )


@pytest.mark.parametrize("organisation", ["NPIC2", "National Polytechnic Institute", "Cambodia", ""])
def test_P01_an_organisation_that_was_not_invited_is_held(organisation: str) -> None:
    """Likeness is not enough: a part of an invited name lets nobody in."""
    held = decide(a.form(organisation=organisation))

    assert held == Hold(f"not an invited organisation: {organisation or 'none given'}")


def test_an_organiser_who_looks_at_everybody_approves_nobody_by_rule() -> None:
    """The rule can be switched off."""
    assert decide(a.form(), programme=a.programme(approve_invited=False)) == Hold(
        "every registration is looked at by a person"
    )


@pytest.mark.parametrize(
    ("interpreter", "reason"),
    [
        (Interpreter("Lin", "Lin@words.example", ("English", "Khmer")), "interprets between English and Khmer"),
        (Interpreter("Lin", "Lin@words.example", ("British",), sign=True), "interprets into British"),
    ],
)
def test_whoever_interprets_is_approved_beside_all_quotas(interpreter: Interpreter, reason: str) -> None:
    """Also where a person looks at every guest: who interprets was decided by the programme."""
    programme, meeting = a.programme(approve_invited=False), a.meeting(interpreters=(interpreter,))
    form = a.form(address="lin@words.example", organisation="", source="interpreter")

    assert decide(form, programme=programme, meeting=meeting) == Approve(reason)


def test_P01_only_the_programme_makes_an_interpreter() -> None:
    """Whoever writes an interpreter's address on a form is a guest; who interprets elsewhere does not here."""
    interpreter = Interpreter("Lin", "lin@words.example", ("English", "Khmer"))
    meeting = a.meeting(interpreters=(interpreter,))
    guest = a.form(address="lin@words.example", organisation="", source="zoom")
    elsewhere = a.form(address="wang@words.example", organisation="", source="interpreter")

    assert decide(guest, meeting=meeting) == Hold("not an invited organisation: none given")
    assert decide(elsewhere, meeting=meeting) == Hold("not an invited organisation: none given")


def test_a_shared_address_is_held_with_the_other_name() -> None:
    """One Zoom registrant is one link: whoever approves knows that two people share it."""
    held = decide(a.form(), sharing_address="Chan Lina")

    assert held == Hold("the same address as Chan Lina: one join link for two people")


def test_a_cancelled_or_past_meeting_approves_nobody() -> None:
    """At its end it is over; one second before it is not."""
    end = bkk("17:00")

    assert decide(a.form(), meeting=a.meeting(cancelled=True)) == Hold("the meeting is cancelled")
    assert decide(a.form(), now=end) == Hold("the meeting is over")
    assert isinstance(decide(a.form(), now=end - timedelta(seconds=1)), Approve)


def test_P01_somebody_whom_only_zoom_approved_is_held() -> None:
    """Approved there by nobody here: a setting was lost or somebody clicked at Zoom."""
    assert decide(a.form(source="zoom"), approved_at_zoom=True) == Hold("approved at Zoom, but by nobody here")


@pytest.mark.parametrize(("clock", "urgent"), [("12:59", False), ("13:00", True), ("14:30", True)])
def test_decisions_of_the_last_hour_are_urgent(clock: str, urgent: bool) -> None:
    """From an hour before the start on, whoever is approved stands before the door."""
    assert registration.urgent(a.meeting(), bkk(clock)) is urgent


@pytest.mark.parametrize("address", ["host@ilo.example", "Second@ILO.example", "pool@ilo.example"])
def test_a_host_cannot_register(address: str) -> None:
    """Zoom refuses hosts and alternative hosts, in any case; one of the programme's hosts may be the one."""
    meeting = a.meeting(alternative_hosts=("second@ilo.example",))
    programme = a.programme(meeting, hosts=(Host("Pool@ilo.example"),))

    assert decide(a.form(address=address), meeting=meeting, programme=programme) == Hold(
        "a host's address: Zoom lets no host register"
    )


@pytest.mark.parametrize(
    "name",
    ["Click https://evil.example for prize", "www.evil.example", "evil.example/x", "t.me/x", "h\u200bttps://evil"],
)
def test_N07_a_link_in_a_name_is_held(name: str) -> None:
    """Also with an invisible character inside."""
    assert decide(a.form(name, address="x@npic.example")) == Hold("there is a link in the name")


@pytest.mark.parametrize("name", ["Administrator", "ILO Support", "Host", "HOST 2", "Ｈｏｓｔ"])
def test_N13_a_name_of_office_is_held(name: str) -> None:
    """In any case and width."""
    assert decide(a.form(name, address="x@npic.example")) == Hold("the name sounds like the staff of the meeting")


@pytest.mark.parametrize(
    "name", ["H.E. TANG Tao", "Dr.Sok Dara", "O'Brien", "សុខ ដារា", "王䶮", "Null", "X Æ", "Hostettler"]
)
def test_N10_ordinary_names_are_approved(name: str) -> None:
    """Titles, apostrophes, every script, and words that programs stumble over."""
    assert isinstance(decide(a.form(name, address="x@npic.example")), Approve)


TANG = a.person("tang", name="H.E. TANG Tao", address="tang@mohrss.example")
WITH_TANG = a.programme(people={"tang": TANG})


@pytest.mark.parametrize("name", ["H.E. TANG Tao", "Tang Tao", "Vice Minister H.E. Tang Tao"])
def test_N13_a_speakers_name_on_zooms_open_page_is_held(name: str) -> None:
    """Anybody can write it there, with or without the title."""
    form = a.form(name, address="someone@npic.example", source="zoom")

    assert decide(form, programme=WITH_TANG) == Hold(
        "the name of H.E. TANG Tao, who is in the rundown: is it really them?"
    )


@pytest.mark.parametrize(
    ("name", "address", "source"),
    [
        ("Tang Tao", "Tang@mohrss.example", "zoom"),
        ("Tang Tao", "someone@npic.example", "import"),
        ("Tang Lina", "someone@npic.example", "zoom"),
        ("Tao", "someone@npic.example", "zoom"),
    ],
)
def test_N13_the_speakers_themselves_and_people_of_similar_names_are_not_held(
    name: str, address: str, source: str
) -> None:
    """The speaker's own address settles it, an organiser's list is believed, and half a name is no name."""
    assert isinstance(decide(a.form(name, address=address, source=source), programme=WITH_TANG), Approve)


@pytest.mark.parametrize(
    "written",
    [
        NPIC,
        "national polytechnic institute of cambodia",
        "National Polytechnic Institute of Cambodia （NPIC）",
        "ＮＰＩＣ",
        "npic",
        "  N\u200bPIC ",
        "Polytechnic of Phnom Penh",
    ],
)
def test_A02_an_organisation_is_known_by_each_of_its_names(written: str) -> None:
    """Name with and without abbreviation, abbreviation, key, alias: in any case, width and spacing."""
    organisations = {
        "poly": a.organisation("poly", aliases=("Polytechnic of Phnom-Penh",)),
        "npia": a.organisation("npia", name="National Polytechnic Institute of Angkor (NPIA)"),
    }
    form = a.form(organisation=written)

    assert registration.organisation_of(form, organisations) == "poly"


def test_an_organisation_that_could_be_two_is_none() -> None:
    """Two ministries of one name, or a name with another's abbreviation: a person must look."""
    molsw = "Ministry of Labour and Social Welfare"
    organisations = {
        "lao": a.organisation("lao", name=molsw),
        "mya": a.organisation("mya", name=molsw),
        "npic": a.organisation(),
        "npia": a.organisation("npia", name="National Polytechnic Institute of Angkor (NPIA)"),
    }
    ambiguous = (molsw, "National Polytechnic Institute of Cambodia (NPIA)", "Another Institute (NPIC)")

    found = [registration.organisation_of(a.form(organisation=one), organisations) for one in ambiguous]

    assert found == [None, None, None]


def test_a_remark_in_brackets_is_no_abbreviation() -> None:
    """ "(Development Partner)" names nobody, so the name stands with it or by its alias."""
    organisations = {"mohrss": a.organisation("mohrss", name="Ministry of Social Security (Development Partner)")}

    found = registration.organisation_of(a.form(organisation="Development Partner"), organisations)

    assert found is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İstanbul", "i\u0307stanbul"),
        ("Straße", "STRASSE"),
        ("ﬁ", "FI"),
        ("Lao-Korea  Institute", "lao korea institute"),
        ("សុខ\u200bដារា", "សុខដារា"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
    ],
)
def test_N18_texts_that_mean_the_same_fold_to_the_same(one: str, other: str) -> None:
    """Case, ligatures, normal forms, invisible characters and punctuation do not count."""
    assert registration.fold(one) == registration.fold(other)


def test_folding_keeps_what_tells_words_apart() -> None:
    """Vowel signs of Khmer and Burmese are letters' parts, not decoration."""
    assert registration.fold("កុំ") != registration.fold("ក")


@pytest.mark.parametrize("address", ["A.User@EXAMPLE.org", " a.user@example.org\u200b", "ａ.user＠example.org"])
def test_E03_addresses_are_compared_without_regard_to_case(address: str) -> None:
    """One mailbox, however it was typed; its dots stay."""
    assert registration.canonical_address(address) == "a.user@example.org"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Sok Dara", "Sok", "Dara"),
        ("Nguyễn Văn An", "Nguyễn Văn", "An"),
        ("Suharto", "Suharto", ""),
        ("王䶮", "王䶮", ""),
        ("H.E. TANG Tao", "H.E. TANG", "Tao"),
        ("U Thant", "U Thant", ""),
        ("  Sok   Dara ", "Sok", "Dara"),
        ("a" * 60 + " " + "b" * 30 + " " + "c" * 30, "a" * 60, "b" * 30 + " " + "c" * 30),
        ("a" * 64 + " Dara", "a" * 64, "Dara"),
        ("a" * 65 + " Dara", "a" * 64, "a Dara"),
        ("ab" * 40, "ab" * 32, "ab" * 8),
    ],
)
def test_N02_N11_N17_a_name_is_split_so_that_it_reads_as_written(name: str, first: str, last: str) -> None:
    """One word has no last name, a title alone is no first name, and each part fits Zoom's 64 characters."""
    assert registration.split_name(name) == (first, last)


def test_reminders_come_before_the_start_in_order() -> None:
    """One day and one hour before."""
    due = registration.reminders_due(a.meeting(), Reminders(), NOW)

    assert due == (bkk("14:00", "2021-11-09"), bkk("13:00"))


@pytest.mark.parametrize(
    ("approved", "due"),
    [
        ("12:49:59", (bkk("13:00"),)),
        ("12:50:00", ()),
        ("12:59:00", ()),
        ("13:30:00", ()),
    ],
)
def test_T16_a_reminder_near_the_link_letter_is_left_out(approved: str, due: tuple[datetime, ...]) -> None:
    """Who is approved two hours before gets the link at once, and no reminder of the day before."""
    assert registration.reminders_due(a.meeting(), Reminders(), bkk(approved)) == due
