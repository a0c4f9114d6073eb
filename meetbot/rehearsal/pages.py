"""Our pages as somebody's browser reads them and presses their buttons."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from meetbot.errors import MeetbotError
from meetbot.rehearsal import stand_in

_PATIENCE = 30  # seconds for a page


@dataclass(frozen=True)
class Shown:
    """What the browser shows after a button."""

    address: str
    text: str


def read(address: str) -> str:
    with stand_in.DIRECT.open(address, timeout=_PATIENCE) as shown:
        text: str = shown.read().decode()
        return text


def press(address: str, form: Mapping[str, object]) -> Shown:
    """Send the form as the page itself would; a refusal is shown like every other page."""
    sent = urllib.parse.urlencode(form, doseq=True).encode()
    request = urllib.request.Request(address, sent, {"sec-fetch-site": "same-origin"})
    try:
        with stand_in.DIRECT.open(request, timeout=_PATIENCE) as shown:
            return Shown(shown.url, shown.read().decode())
    except urllib.error.HTTPError as refusal:
        return Shown(address, refusal.read().decode())


def do(address: str, form: Mapping[str, object]) -> None:
    """Press a button that does something. MeetbotError when the page does not take it."""
    if not press(address, form).address.endswith(f"done={form['do']}"):
        raise MeetbotError(f"a page did not take {form['do']}")
