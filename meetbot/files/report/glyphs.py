"""Which letters no font of this machine has: Typst leaves a box in their place and says nothing.

Reads the table of letters of a font (OpenType specification, cmap, formats 4 and 12).
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from meetbot.errors import UserError
from meetbot.files.report import pdf

#: Categories of what is not drawn: spaces, and marks that only steer.
_UNDRAWN = {"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"}


def missing(texts: Iterable[str]) -> str:
    """The letters of these texts that would be boxes in a PDF, in order. UserError when Typst is not installed."""
    wanted = {ord(letter) for text in texts for letter in text if unicodedata.category(letter) not in _UNDRAWN}
    for path, index in _fonts():
        if not wanted:
            break
        with path.open("rb") as font:
            wanted -= {letter for first, last in _ranges(font, index) for letter in wanted if first <= letter <= last}
    return "".join(map(chr, sorted(wanted)))


def _fonts() -> Iterator[tuple[Path, int]]:
    """Every font that Typst finds: ours first, since they have nearly all that is needed."""
    try:
        import typst
    except ImportError:
        raise UserError(pdf.NOT_INSTALLED) from None
    yield from ((path, 0) for path in sorted(pdf.FONTS.glob("*-Regular.ttf")))
    found = typst.Fonts(include_embedded_fonts=False).fonts()
    yield from sorted({(Path(one.path), one.index) for one in found if one.path and one.style == "normal"})


def _ranges(font: BinaryIO, index: int) -> Iterator[tuple[int, int]]:
    """Stretches of letters, first and last, that the font has."""
    start = _unpacked(font, 12 + 4 * index, ">I")[0] if font.read(4) == b"ttcf" else 0
    for number in range(_unpacked(font, start + 4, ">H")[0]):
        tag, _, offset, _ = _unpacked(font, start + 12 + 16 * number, ">4s3I")
        if tag == b"cmap":
            for entry in range(_unpacked(font, offset + 2, ">H")[0]):
                _, _, at = _unpacked(font, offset + 4 + 8 * entry, ">HHI")
                yield from _subtable(font, offset + at)


def _subtable(font: BinaryIO, at: int) -> Iterator[tuple[int, int]]:
    form = _unpacked(font, at, ">H")[0]
    if form == 4:
        count = _unpacked(font, at + 6, ">H")[0] // 2
        ends = _unpacked(font, at + 14, f">{count}H")
        starts = _unpacked(font, at + 16 + 2 * count, f">{count}H")
        yield from zip(starts, ends, strict=True)
    elif form == 12:
        for group in range(_unpacked(font, at + 12, ">I")[0]):
            first, last, _ = _unpacked(font, at + 16 + 12 * group, ">3I")
            yield first, last


def _unpacked(font: BinaryIO, at: int, form: str) -> tuple[Any, ...]:
    font.seek(at)
    return struct.unpack(form, font.read(struct.calcsize(form)))
