"""The peer of `scripts/bench engine`: APScheduler 3.11 with its own job store, each job writing one line.

Arguments: address of the database (synchronous driver), file for the lines, number of actions, seconds they take.
Its limit of one second of grace is lifted, as its manual advises, so that it drops nothing for being late.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

_PATIENCE = 60  # seconds after the last action

_lines = Path(sys.argv[2]).open("w")  # noqa: SIM115 - jobs are pickled, and find it here by name


def act(number: int, due_at: float) -> None:
    _lines.write(f"{number} {time.time() - due_at:.6f}\n")


def main(address: str, actions: int, seconds: float) -> None:
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=address)},
        executors={"default": ThreadPoolExecutor(10)},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    began = time.perf_counter()
    # Written ahead of time, as far as the writing takes: measured once on a hundredth.
    first = datetime.now(UTC) + timedelta(seconds=2) + _enqueueing(scheduler, actions // 100) * 100
    for number in range(actions):
        due_at = first + timedelta(seconds=seconds * number / actions)
        scheduler.add_job(act, "date", run_date=due_at, args=(number, due_at.timestamp()))
    enqueued = time.perf_counter() - began
    scheduler.resume()
    end = first + timedelta(seconds=seconds + _PATIENCE)
    while scheduler.get_jobs() and datetime.now(UTC) < end:
        time.sleep(1)
    scheduler.shutdown(wait=True)
    _lines.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = {"enqueue": enqueued, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}
    sys.stdout.write(json.dumps(found))


def _enqueueing(scheduler: BackgroundScheduler, number: int) -> timedelta:
    began = time.perf_counter()
    far = datetime.now(UTC) + timedelta(days=1)
    jobs = [scheduler.add_job(act, "date", run_date=far, args=(0, 0.0)) for _ in range(number)]
    took = time.perf_counter() - began
    for job in jobs:
        job.remove()
    return timedelta(seconds=took)


main(sys.argv[1], int(sys.argv[3]), float(sys.argv[4]))
