"""Strikes out of any text what must not be read in a log, an error or on a terminal."""

from __future__ import annotations

import re

# Query values that open a door: the passcode, the registrant's token, the host's key, an OAuth code.
_SECRET_QUERY = re.compile(r"([?&;](?:pwd|tk|zak|token|code|access_token|account_id)=)[^&\s\"'>]+", re.I)
_JOIN_PATH = re.compile(r"(https?://[^\s\"'<>]*?/(?:w|j|s|my|b)/)[^\s\"'<>]+")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+")
# C0 and C1 controls but for tab and line feed, line and paragraph separators, and what turns the direction of text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def strike(text: str) -> str:
    """The text with join links, start links, tokens and control characters struck out."""
    text = _JOIN_PATH.sub(r"\1***", text)
    text = _SECRET_QUERY.sub(r"\1***", text)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _BEARER.sub(r"\1 ***", text))
