"""What Zoom's participant reports do to their rows: addresses gone, people split and doubled, times without a zone.

Every one of these was seen in real reports; how much of it strikes is the sandbox's own choice.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from meetbot.sandbox import times
from meetbot.sandbox.answers import Json

_SEGMENTS = 45
_GAP = timedelta(seconds=1)
_WAIT = timedelta(minutes=5)
_LONGEST_NAME = 12

Rows = list[Json]


def distorted(rows: Rows, how: Iterable[str]) -> Rows:
    """The rows of a report as these distortions, one after the other, leave them."""
    for distortion in how:
        rows = _DISTORTIONS[distortion](rows) if rows else rows
    return rows


def revised(rows: Rows) -> Rows:
    """Zoom found out that the last one to come was out for the middle third of the time: one row more."""
    *others, last = rows
    begins_at, third = _begin(last), _length(last) / 3
    return [
        *others,
        _lasting(last, begins_at, third),
        _lasting({**last, "user_id": _next_user_id(rows)}, begins_at + 2 * third, third),
    ]


def _blank_email(rows: Rows) -> Rows:
    return [{**row, "user_email": ""} for row in rows]


def _same_name(rows: Rows) -> Rows:
    return [{**row, "name": rows[0]["name"]} for row in rows]


def _many_segments(rows: Rows) -> Rows:
    """Who was in longest came and went 45 times, a second out each time."""
    longest = max(rows, key=_length)
    count = max(1, min(_SEGMENTS, _length(longest) // (2 * _GAP)))
    share = _length(longest) / count
    segments = [
        _lasting({**longest, "user_id": _next_user_id(rows, number)}, _begin(longest) + number * share, share - _GAP)
        for number in range(count)
    ]
    place = rows.index(longest)
    return [*rows[:place], *segments, *rows[place + 1 :]]


def _two_devices(rows: Rows) -> Rows:
    """Everybody was in with a telephone as well, for the second half of each stay."""
    return [row for number, stay in enumerate(rows) for row in (stay, _second_half(stay, _next_user_id(rows, number)))]


def _second_half(stay: Json, user_id: str) -> Json:
    half = _length(stay) / 2
    return _lasting({**stay, "user_id": user_id}, _begin(stay) + half, half)


def _waiting_room(rows: Rows) -> Rows:
    """Everybody waited for five minutes before each stay."""
    waits = [
        _lasting(
            {**stay, "user_id": _next_user_id(rows, number), "status": "in_waiting_room"}, _begin(stay) - _WAIT, _WAIT
        )
        for number, stay in enumerate(rows)
    ]
    return [row for pair in zip(waits, rows, strict=True) for row in pair]


def _naive_times(rows: Rows) -> Rows:
    return [{**row, **{name: row[name].removesuffix("Z") for name in ("join_time", "leave_time")}} for row in rows]


def _negative(rows: Rows) -> Rows:
    """The last one left before coming."""
    *others, last = rows
    turned = {"join_time": last["leave_time"], "leave_time": last["join_time"], "duration": -last["duration"]}
    return [*others, {**last, **turned}]


def _cut_names(rows: Rows) -> Rows:
    """Twelve characters, and a question mark for each one that is not ASCII."""
    return [{**row, "name": row["name"][:_LONGEST_NAME].encode("ascii", "replace").decode()} for row in rows]


def _no_registrant_id(rows: Rows) -> Rows:
    return [{name: value for name, value in row.items() if name != "registrant_id"} for row in rows]


_DISTORTIONS: dict[str, Callable[[Rows], Rows]] = {
    "blank_email": _blank_email,
    "same_name": _same_name,
    "many_segments": _many_segments,
    "two_devices": _two_devices,
    "waiting_room": _waiting_room,
    "naive_times": _naive_times,
    "negative": _negative,
    "cut_names": _cut_names,
    "no_registrant_id": _no_registrant_id,
}


def _begin(row: Json) -> datetime:
    return times.from_iso(row["join_time"])


def _length(row: Json) -> timedelta:
    return times.from_iso(row["leave_time"]) - _begin(row)


def _lasting(row: Json, begins_at: datetime, length: timedelta) -> Json:
    """The same person at another time, in whole seconds."""
    seconds = int(length.total_seconds())
    begin = begins_at.replace(microsecond=0)
    return {
        **row,
        "join_time": times.text(begin),
        "leave_time": times.text(begin + timedelta(seconds=seconds)),
        "duration": seconds,
    }


def _next_user_id(rows: Rows, number: int = 0) -> str:
    """One that no row has, in Zoom's steps."""
    return str(max(int(row["user_id"]) for row in rows) + 1_024 * (number + 1))
