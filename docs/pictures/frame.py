"""Mails of a rehearsal as a page to be drawn: three side by side as telephones show them, or the newest report alone.

python docs/pictures/frame.py OUTBOX [report]
"""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

_REPORT = "Attendance: Launching"
_SHOWN = (
    ("Your link: Launching", "The link letter, to approved people only"),
    ("You are next", "A cue, in the reader's own time"),
    (_REPORT, "The attendance report, final"),
)
_STYLE = """
body { margin: 0; background: #dfe6ee; font: 17px sans-serif; color: #14283c; }
main { display: flex; gap: 32px; padding: 28px 34px; }
figure { margin: 0; width: 383px; }
figcaption { padding: 0 4px 12px; }
iframe { width: 383px; height: 770px; border: 0; border-radius: 18px; background: #fff; }
"""


def main() -> None:
    outbox, *alone = sys.argv[1:]
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(outbox).glob("new/*")]
    if alone:
        sys.stdout.write(_content(mails, _REPORT))
        return
    figures = "".join(_figure(_content(mails, subject), caption) for subject, caption in _SHOWN)
    sys.stdout.write(f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><main>{figures}</main>")


def _figure(content: str, caption: str) -> str:
    shown = html.escape(content, quote=True)
    return f'<figure><figcaption>{caption}</figcaption><iframe scrolling="no" srcdoc="{shown}"></iframe></figure>'


def _content(mails: Sequence[EmailMessage], subject: str) -> str:
    """The newest of that subject within the office, if there is one of a reader far from the programme's clock."""
    fitting = [(_page(mail), mail) for mail in mails if str(mail["Subject"]).startswith(subject)]

    def last(one: tuple[str, EmailMessage]) -> tuple[object, ...]:
        page, mail = one
        sent_at = parsedate_to_datetime(str(mail["Date"])).timestamp()
        return "UTC+6:30" not in page, "UTC+8" not in page, "hidden" in page, -sent_at, str(mail["To"])

    return min(fitting, key=last)[0]


def _page(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    return str(body.get_content()) if body else ""


if __name__ == "__main__":
    main()
