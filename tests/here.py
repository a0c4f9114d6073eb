"""Reports become files in the process of the test: one of its own for each takes longer than all else in most tests."""

from __future__ import annotations

import pickle


def made(question: bytes) -> object:
    """Stands for the process that `meetbot.files.report` is."""
    function, arguments = pickle.loads(question)
    return function(*arguments)
