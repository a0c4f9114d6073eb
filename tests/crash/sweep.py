"""Plays the scenario again and again, each time with another kill, and judges each run: `scripts/crash-sweep`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import multiprocessing
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.benchmarks.figures import Figure, show
from tests import postgres
from tests.crash import lives, oracle, play, power
from tests.crash.points import Point

#: More than a small machine has processors: a new process waits until the lease of the killed one has lapsed.
_AT_ONCE = 4
_LAST_STEPS = 6  # shown of each killed process
#: A second kill comes while the first is being recovered from: three seconds are the lease, and then it goes on.
_RECOVERY_SECONDS = 6.0
_EARLY = 3


@dataclass(frozen=True)
class Judged:
    """A run and what was wrong with it."""

    run: play.Run
    violations: Sequence[str]
    killed: int = 0
    twice: int = 0  #: messages that came twice, as they may
    back_after: float = 0.0
    told: str = ""  #: the last steps of each process, for whoever looks for the cause

    def __str__(self) -> str:
        return "\n".join([f"{self.run}", *(f"  {one}" for one in self.violations), self.told])


def every_point(hits: Mapping[str, int], chance: random.Random) -> Iterator[Point]:
    """Each step's each time, in an order that comes to every step once before it comes to any again."""
    orders = []
    for name in sorted(hits):
        times = list(range(1, hits[name] + 1))
        chance.shuffle(times)
        orders.append([Point(name, nth) for nth in times])
    chance.shuffle(orders)
    for round_ in itertools.zip_longest(*orders):
        yield from (point for point in round_ if point is not None)


def pairs(hits: Mapping[str, int], chance: random.Random) -> Iterator[tuple[play.Where, ...]]:
    """Two kills, the second while the process recovers from the first: at one of its early steps, or at any moment."""
    names = sorted(hits)
    again = [name for name in names if hits[name] > _EARLY] or names  # what comes but once may be over by then
    while True:
        first = chance.choice(names)
        second: play.Where = Point(chance.choice(again), chance.randint(1, _EARLY))
        if chance.random() < 0.5:
            second = chance.uniform(0, _RECOVERY_SECONDS)
        yield Point(first, chance.randint(1, hits[first])), second


@dataclass(frozen=True)
class Ground:
    """Where runs take place: a process that forks lives, and the database that they use."""

    zygote: lives.Zygote
    server: postgres.Server | None = None  #: None: SQLite

    def played(self, run: play.Run, folder: Path) -> play.Played:
        """One run, with a database of its own."""
        if self.server is None:
            return play.play(self.zygote, folder, run)
        name = folder.name.replace("_", "").lower()
        try:
            return play.play(self.zygote, folder, run, self.server.address(name))
        finally:
            self.server.say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def undisturbed(self, run: play.Run) -> play.Played:
        """What the run shows without its kills."""
        with tempfile.TemporaryDirectory(prefix="crash-", dir=_memory()) as folder:
            return self.played(replace(run, kills=()), Path(folder))

    def judge(self, run: play.Run, expected: oracle.Seen) -> Judged:
        """The run, compared with what an undisturbed one shows."""
        with tempfile.TemporaryDirectory(prefix="crash-", dir=_memory()) as name:
            folder = Path(name)
            try:
                seen = self.played(run, folder).seen
            except Exception as error:  # whatever it is, it is what came of this run, and the others go on
                never = f"P17: it never came to its end: {type(error).__name__} {error}"
                return Judged(run, [never], told=_told(folder))
            copies = Counter(mail.message_id for mail in seen.mails)
            return Judged(
                run,
                oracle.violations(seen, expected),
                killed=len(seen.kills),
                twice=sum(count > 1 for count in copies.values()),
                back_after=max((kill.back_after for kill in seen.kills), default=0.0),
                told=_told(folder),
            )


def _told(folder: Path) -> str:
    """The last steps of each process, and the last lines of the log."""
    lines = []
    for path in sorted(folder.glob("points.*")):
        lines.append(f"  {path.name}: … {' | '.join(path.read_text().splitlines()[-_LAST_STEPS:])}")
    log = folder / "log"
    if log.exists():
        lines += [f"  {line[:400]}" for line in log.read_text(errors="replace").splitlines()[-_LAST_STEPS:]]
    return "\n".join(lines)


def _memory() -> str | None:
    """A kill leaves the files as they are: no disk is needed for them, and memory is faster."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


_ground: Ground
_expected: Mapping[str, oracle.Seen]


def _begin(expected: Mapping[str, oracle.Seen], server_folder: Path | None) -> None:
    global _ground, _expected
    _ground = Ground(lives.Zygote(), postgres.Server(server_folder) if server_folder else None)
    _expected = expected


def _judge(run: play.Run) -> Judged:
    return _ground.judge(run, _expected[run.transport])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/crash-sweep", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite", help="default: sqlite")
    parser.add_argument("--sample", type=int, metavar="N", help="only N kills at steps, every step first; default: all")
    parser.add_argument("--pairs", type=int, default=0, metavar="N", help="N runs with a second kill during recovery")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="N kills at any moment")
    parser.add_argument("--power", type=int, default=0, metavar="N", help="N power cuts instead, on SQLite")
    parser.add_argument("--seed", type=int, default=1, help="one seed is one order and one choice")
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, metavar="N", help="runs side by side")
    parser.add_argument("--only", default="", metavar="TEXT", help="only steps whose name has this in it")
    parser.add_argument("--list", action="store_true", help="print the steps and how often each is passed, and stop")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON document")
    return parser.parse_args()


@dataclass(frozen=True)
class _Plan:
    """What is to be played, and what each run should show."""

    hits: Mapping[str, int]
    runs: Sequence[play.Run]
    expected: Mapping[str, oracle.Seen]


def _plan(ground: Ground, arguments: argparse.Namespace) -> _Plan:
    """Mail goes to a server in most runs, and into a folder in those that end a process there."""
    calm = {transport: ground.undisturbed(play.Run(transport=transport)) for transport in ("smtp", "maildir")}
    hits = {name: count for name, count in calm["smtp"].hits.items() if arguments.only in name}
    laid = {name: n for name, n in calm["maildir"].hits.items() if "maildir" in name and arguments.only in name}
    chance = random.Random(arguments.seed)
    kills: list[tuple[play.Where, ...]] = [(one,) for one in every_point({**hits, **laid}, chance)]
    kills = kills[: arguments.sample]
    if hits:
        kills += itertools.islice(pairs(hits, chance), arguments.pairs)
    kills += [(chance.uniform(0, calm["smtp"].seconds),) for _ in range(arguments.random)]
    runs = [play.Run(one, "maildir" if str(one[0]).startswith("mail.maildir") else "smtp") for one in kills]
    return _Plan({**hits, **laid}, runs, {transport: one.seen for transport, one in calm.items()})


def _sweep(plan: _Plan, server: postgres.Server | None, *, at_once: int) -> Iterator[Judged]:
    began_with = (plan.expected, server.folder if server else None)
    with multiprocessing.Pool(at_once, _begin, began_with) as pool:
        for count, one in enumerate(pool.imap_unordered(_judge, plan.runs), 1):
            if one.violations:
                sys.stderr.write(f"\n{one}\n")
            sys.stderr.write(f"\r{count} of {len(plan.runs)} runs")
            yield one
    sys.stderr.write("\n")


def _cut_power(moments: int, seed: int) -> None:
    with tempfile.TemporaryDirectory(prefix="crash-", dir=_memory()) as name:
        folder = Path(name)
        log = power.replay(*asyncio.run(power.a_launch(folder)), folder / "replayed.db")
        found = power.losses(log, moments, seed=seed)
    sys.stderr.writelines(f"{one}\n" for one in found)
    show(
        f"crash-sweep --power {moments} --seed {seed}",
        [
            Figure("writes and syncs of the database's files", len(log.operations), ""),
            Figure("commits that were acknowledged", len(log.acknowledged), ""),
            Figure("power cuts", moments, ""),
            Figure("of them with damage or a loss", len(found), "", goal=0),
        ],
    )


def _kill(arguments: argparse.Namespace) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.server()) if arguments.database == "postgres" else None
        with lives.zygote() as zygote:
            plan = _plan(Ground(zygote, server), arguments)
        if arguments.list:
            sys.stdout.writelines(f"{count:5} {name}\n" for name, count in sorted(plan.hits.items()))
            return
        judged = list(_sweep(plan, server, at_once=arguments.at_once))
    show(
        f"crash-sweep --database {arguments.database} --seed {arguments.seed}",
        [
            Figure("names of steps", len(plan.hits), ""),
            Figure("times that they are passed in one run", sum(plan.hits.values()), ""),
            Figure("runs", len(judged), ""),
            Figure("kills", sum(one.killed for one in judged), ""),
            Figure("runs with a violation", sum(bool(one.violations) for one in judged), "", goal=0),
            Figure("messages that came twice, under one Message-ID", sum(one.twice for one in judged), ""),
            Figure("longest until a killed process was back", max(one.back_after for one in judged), "s", goal=5),
        ],
    )


def main() -> None:
    arguments = _arguments()
    if arguments.power:
        _cut_power(arguments.power, arguments.seed)
    else:
        _kill(arguments)


if __name__ == "__main__":
    main()
