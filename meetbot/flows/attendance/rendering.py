"""Reports and confirmations become files in a process of their own: nothing else stands still meanwhile."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from meetbot.core.attendance import versions
from meetbot.core.model import Attachment, Letter, Reader
from meetbot.errors import MeetbotError, UserError
from meetbot.files.report import forms

P = ParamSpec("P")
R = TypeVar("R")

#: Without the folder that the service happens to run in.
_WORKER = (sys.executable, "-P", "-m", "meetbot.files.report")
_LONGEST = 120  # seconds


async def files(document: Mapping[str, Any], reader: Reader, endings: Sequence[str]) -> tuple[Attachment, ...]:
    """The report for this reader as files with these endings, of `forms.FORMS`.

    UserError for a PDF where Typst is not installed; MeetbotError when the process died or took two minutes.
    """
    return await aside(forms.files, dict(document), reader, tuple(endings))


async def as_read(letter: Letter) -> Letter:
    """The letter as its reader may see it: a report to somebody outside the office names nobody."""
    if not letter.facts.get("outside"):
        return letter
    report = await aside(versions.version, dict(letter.facts["report"]), Reader.DONOR)
    return replace(letter, facts={**letter.facts, "report": report})


async def aside(function: Callable[P, R], *arguments: P.args, **_: P.kwargs) -> R:
    """What the function, one of a module, gives for these arguments, reckoned in a process of its own."""
    made = await asyncio.to_thread(_asked, pickle.dumps((function, arguments)))
    if isinstance(made, UserError):
        raise made
    result: R = made
    return result


def _asked(question: bytes) -> Any:
    try:
        worker = subprocess.run(_WORKER, input=question, capture_output=True, timeout=_LONGEST, check=True)
    except subprocess.CalledProcessError as died:
        last = died.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise MeetbotError(f"a report could not be made into a file: {' '.join(last)}") from None
    except subprocess.TimeoutExpired:
        raise MeetbotError(f"a report could not be made into a file within {_LONGEST} seconds") from None
    return pickle.loads(worker.stdout)
