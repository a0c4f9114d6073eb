"""How long each of many people was there, reckoned in six ways from the same columns: attendance_peers WAY ROWS.

Of each person the time without overlaps within a meeting and each of its nine segments, in microseconds. Each way may
have the columns in the form that it likes best before the clock starts.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from scripts.benchmarks.attendance_measured import measured

Numbers: TypeAlias = npt.NDArray[np.int64]
Columns: TypeAlias = tuple[Numbers, Numbers, Numbers]  #: people from 0 on, starts, ends
Way: TypeAlias = Callable[[Columns], Callable[[], Any]]  #: of the columns, what is to be timed

_SECOND = 1_000_000
_OPENS = 1_636_525_800 * _SECOND
_START = _OPENS + 1_800 * _SECOND
#: The meeting of three hours, and its nine segments.
WINDOWS = [(_START, _START + 10_800 * _SECOND)] + [
    (_START + number * 1_200 * _SECOND, _START + (number + 1) * 1_200 * _SECOND) for number in range(9)
]
_BEST_OF = {30: 200, 10_000: 10, 1_000_000: 7}


def drawn(rows: int) -> Columns:
    """Everybody comes five times, somewhen, for up to an hour."""
    chance = np.random.default_rng(rows)
    starts = _OPENS + chance.integers(0, 10_000, rows) * _SECOND
    return np.arange(rows) % people_in(rows), starts, starts + chance.integers(1, 3_600, rows) * _SECOND


def people_in(rows: int) -> int:
    return rows // 5


def meetbot(columns: Columns) -> Callable[[], Any]:
    joined = import_module("meetbot.core.attendance.joined")
    stays = joined.Stays(*(array("q", column.tobytes()) for column in columns))
    people = people_in(len(stays))

    return lambda: joined.inside(joined.joined(stays), people, WINDOWS)


def plain_loop(columns: Columns) -> Callable[[], Any]:
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    people = people_in(len(rows))

    def reckon() -> Any:
        found = [[0] * people for _ in WINDOWS]
        last, since, until = -1, 0, 0
        for person, start, end in [*sorted(rows), (-1, 0, 0)]:
            if person == last and start <= until:
                until = max(until, end)
                continue
            for number, (low, high) in enumerate(WINDOWS):
                if since < high and until > low:
                    found[number][last] += min(until, high) - max(since, low)
            last, since, until = person, start, end
        return found

    return reckon


def numpy(columns: Columns) -> Callable[[], Any]:
    """As it is found in textbooks: one sort of the rows, and the running maximum of the ends."""
    people, starts, ends = columns
    count = people_in(len(people))

    def reckon() -> Any:
        origin = starts.min()
        span = ends.max() - origin + 1
        order = np.argsort(people * span + starts - origin)
        whose = people[order]
        since, until = starts[order] + whose * span, ends[order] + whose * span
        furthest = np.maximum.accumulate(until)
        first = np.flatnonzero(np.append(True, since[1:] > furthest[:-1]))
        last = np.append(first[1:], len(since)) - 1
        whose = whose[first]
        since, until = since[first] - whose * span, furthest[last] - whose * span
        return [
            np.bincount(whose, np.clip(np.minimum(until, high) - np.maximum(since, low), 0, None), count)
            for low, high in WINDOWS
        ]

    return reckon


def pandas(columns: Columns) -> Callable[[], Any]:
    pd = import_module("pandas")
    frame = pd.DataFrame(dict(zip(("person", "start", "end"), columns, strict=True)))

    def reckon() -> Any:
        rows = frame.sort_values(["person", "start"])
        before = rows.groupby("person")["end"].cummax().groupby(rows["person"]).shift()
        island = (~(before >= rows["start"])).cumsum()
        stays = rows.groupby(island).agg(person=("person", "first"), start=("start", "first"), end=("end", "max"))
        inside = {
            number: (stays["end"].clip(upper=high) - stays["start"].clip(lower=low)).clip(lower=0)
            for number, (low, high) in enumerate(WINDOWS)
        }
        return pd.DataFrame(inside).groupby(stays["person"]).sum().to_numpy().T

    return reckon


def polars(columns: Columns) -> Callable[[], Any]:
    """Each person has an own stretch of one axis, so that one pass without groups finds the stays."""
    pl = import_module("polars")
    frame = pl.DataFrame(dict(zip(("person", "start", "end"), columns, strict=True)))
    person, start, end, far = (pl.col(name) for name in ("person", "start", "end", "far"))

    def reckon() -> Any:
        origin = frame["start"].min()
        span = frame["end"].max() - origin + 1
        shift = person * span - origin
        axis = frame.lazy().select(start=start + shift, end=end + shift).sort("start")
        axis = axis.with_columns(far=end.cum_max())
        first = (start > far.shift(1)).fill_null(True)
        stays = axis.select(start=start.filter(first), far=far.filter(first.shift(-1).fill_null(True)))
        stays = stays.with_columns(person=start // span)
        stays = stays.select("person", start=start - shift, end=far - shift)
        inside = [
            (pl.min_horizontal(end, pl.lit(high)) - pl.max_horizontal(start, pl.lit(low))).clip(lower_bound=0)
            for low, high in WINDOWS
        ]
        sums = [part.sum().alias(str(number)) for number, part in enumerate(inside)]
        return stays.group_by("person").agg(sums).sort("person").drop("person").collect().to_numpy().T

    return reckon


def duckdb(columns: Columns) -> Callable[[], Any]:
    pd = import_module("pandas")
    connection = import_module("duckdb").connect()
    connection.register("frame", pd.DataFrame(dict(zip(("person", "since", "till"), columns, strict=True))))
    connection.execute("create table rows as select * from frame")
    sums = [f"sum(greatest(0, least(till, {high}) - greatest(since, {low})))::bigint" for low, high in WINDOWS]
    query = f"""
        with behind as (select *, max(till) over (
            partition by person order by since rows between unbounded preceding and 1 preceding) as before from rows),
        numbered as (select *, count(*) filter (where before is null or before < since) over (
            partition by person order by since rows unbounded preceding) as stay from behind),
        stays as (select person, min(since) as since, max(till) as till from numbered group by person, stay)
        select {", ".join(sums)} from stays group by person order by person"""  # noqa: S608 - numbers of our own

    def reckon() -> Any:
        return np.array(list(connection.execute(query).fetchnumpy().values()))

    return reckon


WAYS: Mapping[str, Way] = {
    "meetbot": meetbot,
    "plain loop": plain_loop,
    "numpy": numpy,
    "pandas": pandas,
    "polars": polars,
    "duckdb": duckdb,
}


def main() -> None:
    way, rows = WAYS[sys.argv[1]], int(sys.argv[2])
    way(drawn(30))()  # once for what is loaded but once
    seconds, megabytes, found = measured(way(drawn(rows)), _BEST_OF[rows])
    figures = sha256(np.array(found, dtype=np.int64).tobytes()).hexdigest()
    sys.stdout.write(json.dumps({"seconds": seconds, "megabytes": megabytes, "figures": figures}))


if __name__ == "__main__":
    main()
