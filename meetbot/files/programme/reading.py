"""Reading the programme file: text, tree, shape, nouns; and every problem on the way, each in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from meetbot import errors
from meetbot.core import model
from meetbot.files.programme import wording
from meetbot.files.programme.build import build
from meetbot.files.programme.checks import warnings
from meetbot.files.programme.source import LARGEST, Source, Trouble, Unreadable, scan

_INIT = "name an existing file; config/example.yaml is one to begin with"


@dataclass(frozen=True)
class Reading:
    """What came of reading a programme file. With errors among the problems there is no programme."""

    programme: model.Programme | None
    problems: tuple[model.Problem, ...]


def read(path: Path) -> Reading:
    """The programme in the file. Whatever is wrong with the file is a problem, never an exception."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return _refused(path.name, "there is no such file", _INIT)
    except IsADirectoryError:
        return _refused(path.name, "this is a folder", _INIT)
    except OSError as error:
        return _refused(path.name, f"the file cannot be read: {error.strerror}", _INIT)
    if len(content) > LARGEST:
        return _refused(path.name, f"the file is larger than {LARGEST // 1024} KB", "is this the programme file?")
    try:
        return parse(content.decode("utf-8"), path.name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        coded = "UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "an old encoding"
        return _refused(f"{path.name}:{line}:1", f"the file is saved in {coded}", "save it as UTF-8")


def parse(text: str, name: str) -> Reading:
    """The programme in the text; `name` stands before the line in the places of problems."""
    try:
        source = scan(text, name)
    except Unreadable as error:
        return Reading(None, (error.problem(text, name),))
    if source.tree is None and not source.troubles:
        return _refused(name, "the file is empty", _INIT)
    file, troubles = wording.validate(source)
    troubles = [*source.troubles, *troubles]
    if file is None:
        return Reading(None, _placed(source, troubles))
    programme, found = build(file, source)
    troubles += found
    if troubles:
        return Reading(None, _placed(source, troubles))
    return Reading(programme, _placed(source, warnings(programme, file, source)))


def load(text: str, name: str) -> model.Programme:
    """The programme in the text. Raises ProgrammeError with all problems when there is an error among them."""
    reading = parse(text, name)
    if reading.programme is None:
        raise errors.ProgrammeError(*(str(problem) for problem in reading.problems))
    return reading.programme


def text_of(path: Path) -> str:
    """The text of a programme file without errors. Raises ProgrammeError with all problems when there are some."""
    reading = read(path)
    if reading.programme is None:
        raise errors.ProgrammeError(*(str(problem) for problem in reading.problems))
    return path.read_text(encoding="utf-8")


def _refused(place: str, what: str, remedy: str) -> Reading:
    return Reading(None, (model.Problem(place, what, remedy),))


def _placed(source: Source, troubles: Iterable[Trouble]) -> tuple[model.Problem, ...]:
    """The troubles as problems, in the order of the file."""
    return tuple(source.problem(trouble) for trouble in sorted(troubles, key=source.mark))
