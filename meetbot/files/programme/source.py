"""YAML text as a tree in which every scalar is still the text that was written and every node knows its place.

What a text means (a number, a time, a date) is for the schema to say: no `NO` becomes false here, no `1_000` a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.reader import ReaderError

from meetbot.core import model

#: The way to a node: keys of mappings and indexes of lists.
Where = tuple[str | int, ...]
#: Line and column, from 1.
Mark = tuple[int, int]
Tree = dict[str, "Tree"] | list["Tree"] | str | None

# Many times the largest real programme, and read in about a second.
LARGEST = 512 * 1024
_DEEPEST = 12
_NULLS = ("", "~", "null", "Null", "NULL")

# The parser's words, and what the writer of the file should do.
_SYNTAX = {
    "mapping values are not allowed here": (
        "a second ': ' in one line, or a line that is indented too far",
        "put the text in quotes, or indent the line like the one above",
    ),
    "'\\t'": ("a tab stands where spaces are expected", "indent with spaces"),
    "cannot start any token": ("a text begins with a sign that YAML keeps for itself", "put the text in quotes"),
    "unexpected end of stream": ("a quote is opened here and not closed", "close the quote"),
    "could not find expected ':'": (
        "a line without ': ' after its key",
        "write 'key: value', or put a long text in quotes",
    ),
    "<block end>": (
        "this line does not fit the indentation of the lines above",
        "indent it like the lines it belongs to",
    ),
    "another document": ("a second document begins here", "remove the '---'; one file is one programme"),
    "expected ',' or": ("a bracket is opened and not closed", "close the bracket, or put the text in quotes"),
}


_Tagged = events.ScalarEvent | events.CollectionStartEvent


class Unreadable(Exception):
    """The text is not YAML from here on; nothing after it can be judged."""

    def __init__(self, what: str, remedy: str, line: int, column: int) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.line = line
        self.column = column

    def problem(self, text: str, name: str) -> model.Problem:
        trouble = Trouble((), self.what, self.remedy, mark=(self.line, self.column))
        return Source(name, text.splitlines()).problem(trouble)


@dataclass(frozen=True)
class Trouble:
    """A problem that still speaks of a node rather than of a line."""

    where: Where
    what: str
    remedy: str = ""
    at_key: bool = False
    warning: bool = False
    mark: Mark | None = None  #: where it is not the place of the node


@dataclass
class Source:
    """A file as it was written: its tree, and the mark of each key and each value."""

    name: str
    lines: list[str]
    tree: Tree = None
    keys: dict[Where, Mark] = field(default_factory=dict)
    values: dict[Where, Mark] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def keys_of(self, *where: str | int) -> tuple[str, ...]:
        """The keys written at a mapping, also those whose values turn out to be wrong."""
        size = len(where) + 1
        return tuple(str(path[-1]) for path in self.keys if len(path) == size and path[:-1] == where)

    def refused(self, where: Where) -> bool:
        """Something is written there, which was taken out of the tree because it cannot be read."""
        holder: Any = self.tree
        for step in where[:-1]:
            holder = holder[step]
        return where in self.keys and where[-1] not in holder

    def line_of(self, where: Where) -> int:
        return self.mark(Trouble(where, "", at_key=True))[0]

    def mark(self, trouble: Trouble) -> Mark:
        """Its place; a node that was never written is placed at what should contain it."""
        if trouble.mark:
            return trouble.mark
        where, at_key = trouble.where, trouble.at_key
        while where and where not in self.values:
            where, at_key = where[:-1], True
        places = self.keys if at_key and where in self.keys else self.values
        return places.get(where, (1, 1))

    def rename(self, where: Where, key: str) -> None:
        """Read the key at that place as another one, which is not written beside it."""
        size = len(where)
        for marks in (self.keys, self.values):
            for path in [path for path in marks if path[:size] == where]:
                marks[(*where[:-1], key, *path[size:])] = marks.pop(path)
        holder: Any = self.tree
        for step in where[:-1]:
            holder = holder[step]
        holder[key] = holder.pop(where[-1])

    def problem(self, trouble: Trouble) -> model.Problem:
        line, column = self.mark(trouble)
        shown = self.lines[line - 1] if line <= len(self.lines) else ""
        place = f"{self.name}:{line}:{column}"
        return model.Problem(place, trouble.what, trouble.remedy, shown, column, trouble.warning)


def scan(text: str, name: str) -> Source:
    """Read the text into a tree. What is YAML but not for us (tags, anchors, doubled keys) is in `troubles`.

    Raises Unreadable where the text stops being YAML.
    """
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    source = Source(name, text.splitlines())
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise Unreadable(f"the file is larger than {LARGEST // 1024} KB", "is this the programme file?", 1, 1)
    try:
        _Walk(source, YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        raise _unreadable(error) from None
    except ReaderError as error:
        before = text[: error.position].splitlines() or [""]
        sign = f"U+{ord(text[error.position]):04X}"
        raise Unreadable(
            f"the control character {sign} stands in the text", "remove it", len(before), len(before[-1]) + 1
        ) from None
    return source


def _unreadable(error: MarkedYAMLError) -> Unreadable:
    said = str(error.problem)
    what, remedy = next((words for part, words in _SYNTAX.items() if part in said), (said, "see the lines above it"))
    mark = error.context_mark if "unexpected end of stream" in said else error.problem_mark
    line, column = _place(mark) if mark else (1, 1)
    return Unreadable(what, remedy, line, column)


def _place(mark: StreamMark) -> Mark:
    return mark.line + 1, mark.column + 1


class _Walk:
    """Follows the parser's events and builds the tree of one document into a source."""

    def __init__(self, source: Source, stream: Iterator[Any]) -> None:
        self.source = source
        self.stream = stream

    def document(self) -> None:
        for event in self.stream:
            if isinstance(event, events.NodeEvent):
                self.source.tree = self.node(event, ())
            elif isinstance(event, events.DocumentStartEvent) and self.source.values:
                raise Unreadable(*_SYNTAX["another document"], *_place(event.start_mark))

    def node(self, event: events.NodeEvent, where: Where) -> Tree:
        self.source.values[where] = _place(event.start_mark)
        self._refuse_cleverness(event, where)
        if len(where) > _DEEPEST:
            raise Unreadable(
                f"more than {_DEEPEST} levels lie inside one another", "close the brackets", *_place(event.start_mark)
            )
        if isinstance(event, events.MappingStartEvent):
            return self._mapping(where)
        if isinstance(event, events.SequenceStartEvent):
            return self._list(where)
        if isinstance(event, events.ScalarEvent):
            return None if event.style is None and event.value in _NULLS else event.value
        return None

    def _mapping(self, where: Where) -> dict[str, Tree]:
        mapping: dict[str, Tree] = {}
        while not isinstance(event := next(self.stream), events.MappingEndEvent):
            if not isinstance(event, events.ScalarEvent):
                raise Unreadable(
                    "a key must be a plain word", "put a text with { or [ in quotes", *_place(event.start_mark)
                )
            below = (*where, event.value)
            if below in self.source.keys:
                self._refuse_double(below, _place(event.start_mark))
            else:
                self.source.keys[below] = _place(event.start_mark)
                mapping[event.value] = self.node(next(self.stream), below)
        return mapping

    def _refuse_double(self, where: Where, mark: Mark) -> None:
        what = f"'{where[-1]}' is written twice, here and in line {self.source.keys[where][0]}"
        self.source.troubles.append(Trouble(where, what, "keep one of them", mark=mark))
        _Walk(Source(self.source.name, []), self.stream).node(next(self.stream), where)

    def _list(self, where: Where) -> list[Tree]:
        items: list[Tree] = []
        while not isinstance(event := next(self.stream), events.SequenceEndEvent):
            items.append(self.node(event, (*where, len(items))))
        return items

    def _refuse_cleverness(self, event: events.NodeEvent, where: Where) -> None:
        if isinstance(event, events.AliasEvent) or event.anchor:
            self.source.troubles.append(
                Trouble(where, "& and * (anchors) are not read here", "write it out, or put the text in quotes")
            )
        if isinstance(event, _Tagged) and event.tag:
            self.source.troubles.append(
                Trouble(where, f"the tag {event.tag} is not read here", "remove it, or put the text in quotes")
            )
