"""`meetbot report`: an attendance report, of one meeting or of many in one, as a file for whoever asks."""

from __future__ import annotations

import calendar
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meetbot.bootstrap import App
    from meetbot.core.attendance.consolidated import Period
    from meetbot.core.model import Reader

_AS_TEXT = ("html", "txt", "json")  #: the others are files that no terminal shows
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


class _Period(click.ParamType["Period"]):
    """ "2021-11..2021-12", "2021-11-10..2021-11-12", or one of either."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        from meetbot.core.attendance.consolidated import Period

        first, _, last = str(value).partition("..")
        try:
            return Period(_day(first, last=False), _day(last or first, last=True))
        except ValueError:
            self.fail(f"{value!r} is no period; write it as 2021-11..2021-12 or 2021-11-10..2021-11-12", param, ctx)


def _day(text: str, *, last: bool) -> date:
    """The day, or the first or last one of a month. ValueError for anything else."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day = int(found[1]), int(found[2]), found[3]
    return date(year, month, int(day) if day else calendar.monthrange(year, month)[1] if last else 1)


@click.command()
@click.argument("which", nargs=-1, metavar="[PROGRAMME | MEETING...]")
@click.option(
    "--for",
    "reader",
    type=click.Choice(["organiser", "donor"]),
    default="organiser",
    show_default=True,
    help="With names, or without: then small groups are hidden.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "csv", "pdf", *_AS_TEXT]),
    help="Else by the ending of FILE, or xlsx.",
)
@click.option("--period", type=_Period(), help="Only meetings of these days, as 2021-11..2021-12.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help='Where to; "-" is standard output.')
@shell.in_loop
async def report(
    which: tuple[str, ...], reader: str, form: str | None, period: Period | None, output: Path | None
) -> None:
    """The newest attendance report of a meeting, or of several in one, in which nobody is counted twice.

    Without a name: of all meetings. Without -o, tables are written under a name of their own into this folder.

    \b
    Example:  meetbot report launch --format pdf
              meetbot report --for donor --period 2021-11..2021-12 -o network.xlsx
    """
    from meetbot.core.model import Reader
    from meetbot.flows.attendance import reading

    form = form or (output.suffix.removeprefix(".") if output and output.suffix else "xlsx")
    async with shell.app() as app:
        programme = await app.needed_programme()
        document = await reading.document(app.store, programme, which, period)
        name, content = await _made(app, document, Reader(reader), form)
    _put(name, content, output, form)


async def _made(app: App, document: Mapping[str, Any], reader: Reader, form: str) -> tuple[str, bytes]:
    """The file, and the name that it has by itself."""
    from meetbot.core.attendance import versions
    from meetbot.files.report import forms
    from meetbot.flows.attendance import rendering

    if form in forms.FORMS:
        [file] = await rendering.files(document, reader, [form])
        return file.name, file.content
    if form not in _AS_TEXT:
        raise click.UsageError(f"There is no form {form!r}: choose one with --format.")
    version = await rendering.aside(versions.version, dict(document), reader)
    return f"report.{form}", await _as_text(app, version, form)


async def _as_text(app: App, version: Mapping[str, Any], form: str) -> bytes:
    import json

    from meetbot.core import letters
    from meetbot.core.model import ReportReader
    from meetbot.mail.letters import render

    if form == "json":
        return (json.dumps(version, ensure_ascii=False, indent=2) + "\n").encode()
    programme = await app.needed_programme()
    reader = ReportReader(programme.organiser.name, programme.organiser.address)
    letter = letters.consolidated(programme, reader, document=version, version=0)
    written = render(letter, organiser=programme.organiser, link=None, uid=None, made_at=app.clock.now())
    return (written.html if form == "html" else written.text).encode()


def _put(name: str, content: bytes, output: Path | None, form: str) -> None:
    from meetbot.cli.bilaterals import lists

    if output == Path("-") or (output is None and form in _AS_TEXT):
        click.echo(shell.inert(content.decode()) if form == "txt" else content, nl=False)
    else:
        lists.write(output or Path(name), content)
