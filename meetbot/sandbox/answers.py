"""What goes into an operation and what comes out of it: the call, the answer, the refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Json = dict[str, Any]
#: How a list may go wrong from page to page.
Paging = Literal["page_loop", "page_repeats", "page_token_expired"]


@dataclass(frozen=True)
class Call:
    """One request as an operation sees it."""

    now: datetime
    pacing: float
    #: Named parts of the path, percent-decoded once.
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    raw: bytes = b""
    authorization: str = ""
    #: A fault: lists do not show yet what is younger than this.
    lag: timedelta = timedelta(0)
    #: A fault: the stage at which every report is kept.
    report_stage: str | None = None
    #: A fault: what becomes of the rows of a participant report.
    distorted: Callable[[list[Json]], list[Json]] = list
    #: A fault: how lists go wrong.
    paging: Paging | None = None


@dataclass(frozen=True)
class Answer:
    """What Zoom would say, and what changed by it (for the ledger, without secrets)."""

    status: int
    body: Json | None = None
    effects: tuple[Json, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An error answer of Zoom: HTTP status, Zoom's own code, message."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: list[Json] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        wrong = "; ".join(f"{one['field']}: {one['message']}" for one in errors or ())
        super().__init__(f"{status} {code} {message} {wrong}".rstrip())
        body: Json = {"code": code, "message": message}
        if errors:
            body["errors"] = errors
        self.answer = Answer(status, body, headers=headers or {})


def invalid(*errors: tuple[str, str]) -> Refusal:
    """400 code 300 with one line for each (field, message)."""
    lines = [{"field": field, "message": message} for field, message in errors]
    return Refusal(400, 300, "Validation Failed.", errors=lines)


def rows(body: Json, name: str) -> list[Json]:
    """A list of objects under `name`, empty when it is missing. Raises 400 code 300."""
    listed = body.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise invalid((name, "Invalid field."))
    return listed


def no_meeting(key: object, noun: str = "meeting") -> Refusal:
    return Refusal(404, 3001, f"{noun.capitalize()} does not exist: {key}.")


def paid_only(account_id: str, what: str = "Paid or ZMP") -> Refusal:
    """What Zoom answers to a plan that lacks the call."""
    return Refusal(400, 200, f"Only available for {what} account: {account_id}.")
