"""The error tree, sorted by what the caller will do about it, not by where it happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


class MeetbotError(Exception):
    """Something went wrong that the program foresaw."""


class UserError(MeetbotError):
    """Something a person can put right; shown as a list of problems, never with a traceback."""

    exit_code = 1

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems: Sequence[str] = problems


class ProgrammeError(UserError):
    """The programme file, a list or the settings are wrong; each problem names its place and remedy."""

    exit_code = 3


class ZoomError(MeetbotError):
    """Zoom did not do what was asked."""


class ZoomRefused(ZoomError):
    """Zoom understood and said no; asking again changes nothing until a person acts."""

    def __init__(self, message: str, *, status: int, code: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    @property
    def missing(self) -> bool:
        """The thing asked for does not exist (any more)."""
        return self.status == 404 and self.code in (404, 1001, 3001, None)


class ZoomRateLimited(ZoomError):
    """A limit of the account, the host or the registrant is reached; free again at `retry_at` (UTC)."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class ZoomUnreachable(ZoomError):
    """The call certainly had no effect: no connection, or Zoom failed before acting. Try again later."""


class ZoomUnknownOutcome(ZoomError):
    """The call may have had its effect, but the answer was lost. Look before asking again."""


class MailError(MeetbotError):
    """A message was not accepted. `permanent` refusals are not tried again; a person hears of them.

    `fault` is what the server has against us, whatever the message: "the mail server refuses our log-in", say.
    `slower`: it takes no more for now. `away`: it could not be reached at all. `too_large`: the message is.
    `passing`: refused in words as if for good, and often over within hours, such as a full mailbox.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        fault: str = "",
        slower: bool = False,
        away: bool = False,
        too_large: bool = False,
        passing: bool = False,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.fault = fault
        self.slower = slower
        self.away = away
        self.too_large = too_large
        self.passing = passing


class MailUnknownOutcome(MeetbotError):
    """The connection broke after the message was handed over: it may or may not have been accepted."""


class Interrupted(Exception):
    """A pass cannot go on, through no fault of its rows. No MeetbotError, so that no flow takes it for an outcome."""


class Fenced(Interrupted):
    """This process slept through its lease: another one may be acting in its place by now."""


class StoreAway(Interrupted):
    """The database cannot be reached or takes no writes; nothing was written, unless the message says otherwise."""
