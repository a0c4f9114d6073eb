"""A process of its own that looks for times: `python -m meetbot.worker`, a question in, better and better answers out.

Its memory leaves with it, and whoever asked can end it at any moment: the last answer that it wrote stands.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import BinaryIO

from meetbot.core.bilaterals import Schedule, solver

#: Of the search, when nobody ends it before.
_ROUNDS = 40
#: Letters and cues go first where processors are few.
_POLITE = 10


def main() -> None:
    """From standard input a pickled problem; to standard output pickled schedules, the last one is the answer."""
    os.nice(_POLITE)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand between two answers
    problem = pickle.load(sys.stdin.buffer)

    _write(answers, solver.solve(problem, rounds=_ROUNDS, good=lambda better: _write(answers, better)))


def _write(answers: BinaryIO, schedule: Schedule) -> None:
    pickle.dump(schedule, answers)
    answers.flush()


if __name__ == "__main__":
    main()
