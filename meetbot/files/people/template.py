"""An Excel list to hand out: the columns that are read, with drop-downs and a word of help in each."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from meetbot.core import model

_ROWS = 500
_SHEET, _LISTS = "Registrations", "Lists"
# Header, width, and what is said when a cell of the column is chosen (Excel shows at most 255 signs).
_COLUMNS = (
    ("Name", 28, "The full name, as it should be shown in the meeting."),
    ("E-mail", 32, "One address, the person's own: the join link goes there and nowhere else."),
    ("Organisation", 48, "Choose from the list. Others may be written; they wait until a person has looked."),
    ("Position", 28, "The office or function."),
    ("Country", 16, "Choose from the list, or write it."),
    ("Language", 12, "In which letters are written. Empty: the language of the programme."),
    ("Sex", 10, "As the person states it. Leave it empty where they prefer not to say."),
    ("Time zone", 18, "Only where it is not that of the organisation, such as Asia/Bangkok."),
    ("Programme role", 28, "Only for people with a part in the agenda: choose their name as it stands there."),
)


def template(programme: model.Programme, languages: tuple[str, ...] = ("en", "km", "lo", "my", "zh")) -> bytes:
    """A workbook (.xlsx) that `read` and `forms` understand, without people."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, lists = book.add_worksheet(_SHEET), book.add_worksheet(_LISTS)
        lists.hide()
        heading = book.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True})
        choices = _choices(programme, languages)
        asked = [one for one in _COLUMNS if one[0] != "Sex" or programme.asks_sex]
        for column, (header, width, help_text) in enumerate(asked):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, header, heading)
            known = choices.get(header, [])
            lists.write_column(0, column, known)
            sheet.data_validation(1, column, _ROWS, column, _validation(header, help_text, column, len(known)))
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return content.getvalue()


def _choices(programme: model.Programme, languages: tuple[str, ...]) -> dict[str, list[str]]:
    organisations = programme.organisations.values()
    return {
        "Organisation": [one.name for one in organisations],
        "Country": list(dict.fromkeys(one.country for one in organisations)),
        "Language": list(languages),
        "Sex": [*model.Sex, "prefer not to say"],
        "Time zone": sorted({programme.zone, *(one.zone for one in organisations)}),
        "Programme role": [one.name for one in programme.people.values()],
    }


def _validation(header: str, help_text: str, column: int, count: int) -> dict[str, Any]:
    """Offers the list and takes anything else: only reading decides what is wrong."""
    shown = {"input_title": header, "input_message": help_text}
    if not count:
        return {"validate": "any", **shown}
    letter = chr(ord("A") + column)
    return {"validate": "list", "source": f"={_LISTS}!${letter}$1:${letter}${count}", "show_error": False, **shown}
