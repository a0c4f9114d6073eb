"""Puts three mails of a rehearsal side by side on one page, as a reader's telephone shows them."""

from __future__ import annotations

import html
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_SHOWN = (
    ("Your link", "The link letter, to approved people only"),
    ("You are next", "A cue, in the reader's own time"),
    ("Attendance", "The attendance report, final"),
)
_STYLE = """
body { margin: 0; background: #dfe6ee; font: 17px sans-serif; color: #14283c; }
main { display: flex; gap: 32px; padding: 28px 34px; }
figure { margin: 0; width: 383px; }
figcaption { padding: 0 4px 12px; }
iframe { width: 383px; height: 770px; border: 0; border-radius: 18px; background: #fff; }
"""


def main() -> None:
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(sys.argv[1]).glob("new/*")]
    figures = "".join(_figure(mails, subject, caption) for subject, caption in _SHOWN)
    sys.stdout.write(f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><main>{figures}</main>")


def _figure(mails: list[EmailMessage], subject: str, caption: str) -> str:
    """One mail of that subject, always the same one, and if there is one of a reader far from the programme's clock."""
    fitting = [(_content(mail), str(mail["To"])) for mail in mails if str(mail["Subject"]).startswith(subject)]
    content, _ = min(fitting, key=lambda one: ("UTC+6:30" not in one[0], "UTC+8" not in one[0], one[1]))
    shown = html.escape(content, quote=True)
    return f'<figure><figcaption>{caption}</figcaption><iframe scrolling="no" srcdoc="{shown}"></iframe></figure>'


def _content(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    return str(body.get_content()) if body else ""


if __name__ == "__main__":
    main()
