"""An interpreter drops out: others take over without anything changing its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from meetbot.core.bilaterals import interpreters
from meetbot.core.bilaterals.interpreters import Replaced
from meetbot.core.model import Interpreter, Meeting
from tests.core.bilaterals.builders import NOW, between, meeting, organisation, programme

LIN, WANG, HAN = (Interpreter(name, f"{name}@x.example", ("Chinese", "Burmese")) for name in ("lin", "wang", "han"))
THAI = Interpreter("somchai", "somchai@x.example", ("Chinese", "Thai"))
SIDES = [
    *(organisation(key, "Myanmar", "Asia/Yangon", speaks=("Burmese",)) for key in ("a", "b")),
    *(organisation(key, "China", "Asia/Shanghai", speaks=("Chinese",)) for key in ("c", "d", "e")),
    organisation("t", "Thailand", "Asia/Bangkok", speaks=("Thai",)),
]


def bilateral(key: str, start: str, end: str, *who: Interpreter) -> Meeting:
    a, b = key.split("+")
    return meeting(key, between(start, end), delegations=(a, b), interpreters=who)


def replaced(*meetings: Meeting, pool: tuple[Interpreter, ...] = (LIN, WANG), **other: Any) -> Replaced:
    """Lin drops out."""
    base = programme(*SIDES, meetings={one.key: one for one in meetings})
    assert base.bilaterals is not None
    plan = replace(base.bilaterals, interpreters=pool)
    asked: dict[str, Any] = {"away": frozenset(), "to": None, "now": NOW, **other}
    return interpreters.replace(base, plan, "Lin@x.example", **asked)


def nobody(why: str = "is free then", languages: str = "Burmese and Chinese") -> str:
    return (
        f"nobody else who interprets between {languages} {why}: add an interpreter to the programme, "
        "or let it move to a time at which somebody can, with --move"
    )


def test_somebody_who_is_free_and_knows_the_languages_takes_over() -> None:
    """Not the one who knows others, and only what the one who drops out had."""
    ours, not_ours = bilateral("a+c", "09:00", "10:00", LIN), bilateral("b+d", "10:15", "11:15", WANG)

    assert replaced(ours, not_ours, pool=(LIN, THAI, WANG)) == Replaced({"a+c": WANG}, {})


def test_A05_nobody_interprets_twice_at_one_time_nor_without_rest() -> None:
    """Fifteen minutes apart is enough, fourteen are not."""
    near = bilateral("b+d", "10:14", "11:14", WANG)
    clear = bilateral("b+d", "10:15", "11:15", WANG)
    ours = bilateral("a+c", "09:00", "10:00", LIN)

    assert replaced(ours, near) == Replaced({}, {"a+c": nobody()})
    assert replaced(ours, clear) == Replaced({"a+c": WANG}, {})


def test_one_gives_way_so_that_all_find_somebody() -> None:
    """Han and Wang are both taken when the last is looked at: Wang gives the Thai one up to Somchai."""
    both = replace(WANG, languages=("Chinese", "Burmese", "Thai"))
    burmese = [bilateral("a+c", "09:00", "10:00", LIN), bilateral("b+d", "09:10", "10:10", LIN)]
    thai = bilateral("e+t", "09:05", "10:05", LIN)

    found = replaced(*burmese, thai, pool=(LIN, HAN, both, THAI))

    assert found == Replaced({"a+c": HAN, "b+d": both, "e+t": THAI}, {})


def test_two_at_one_time_and_one_interpreter_leave_one_with_its_reason() -> None:
    """Neither is moved to another time."""
    both = [bilateral(key, "09:00", "10:00", LIN) for key in ("a+c", "b+d")]

    found = replaced(*both)

    assert found == Replaced({"a+c": WANG}, {"b+d": nobody("has enough hours for all of theirs")})


def test_whoever_has_dropped_out_before_is_not_asked() -> None:
    """Nor anybody else than the one who was named."""
    ours = bilateral("a+c", "09:00", "10:00", LIN)

    assert replaced(ours, away=frozenset({"wang@x.example"})).taken == {}
    assert replaced(ours, pool=(LIN, WANG, HAN), to="HAN@x.example").taken == {"a+c": HAN}


def test_what_is_over_or_cancelled_stays_and_what_the_file_names_is_said() -> None:
    """The one who writes the file has to change it."""
    over = bilateral("a+c", "09:00", "10:00", LIN)
    off = replace(bilateral("b+d", "12:00", "13:00", LIN), cancelled=True)
    launch = meeting("launch", between("14:00", "17:00"), interpreters=(LIN,))

    found = replaced(over, off, launch, now=over.interval.end + timedelta(minutes=1))

    assert found == Replaced({}, {"launch": "the programme file names them: change it there"})
