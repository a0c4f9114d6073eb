"""A process of its own that makes files: a function and its arguments go in, what it gives comes out.

Large tables and PDF take longer than letters and cues may wait.
"""

from __future__ import annotations

import os
import pickle
import sys

from meetbot.errors import UserError

#: Letters and cues go first where processors are few.
_POLITE = 10


def main() -> None:
    """A pickled function with its arguments from standard input; its pickled result, or refusal, to standard output."""
    os.nice(_POLITE)
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand before the answer
    function, arguments = pickle.load(sys.stdin.buffer)
    try:
        made = function(*arguments)
    except UserError as refusal:
        made = refusal
    with answer:
        pickle.dump(made, answer)


if __name__ == "__main__":
    main()
