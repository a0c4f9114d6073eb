"""What a store that was put back from a backup does not know, and how that is told to the person who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from meetbot.core import times


@dataclass(frozen=True)
class Letters:
    """What the sent-mail journal says beyond the store."""

    again: Mapping[str, int]  #: by kind, letters that would go out a second time
    unheard_of: int  #: letters that went out and of which the store knows nothing
    newest: datetime | None  #: when the last letter went out; None: none did after the backup
    foreign: int  #: lines that were written with another data key: nobody can say which letters they are


@dataclass(frozen=True)
class AtZoom:
    """What Zoom holds beyond the store."""

    changes: tuple[str, ...] = ()  #: what would be done to meetings there, each with its reason
    registrants: int = 0  #: who are there and not in the store
    decided: int = 0  #: who are approved there and pending in the store
    unseen: str = ""  #: why Zoom could not be asked; "" when it was


@dataclass(frozen=True)
class Comparison:
    """Both, for one restore."""

    made_at: datetime  #: the backup
    restored_at: datetime
    letters: Letters
    at_zoom: AtZoom

    def document(self) -> dict[str, object]:
        """As plain JSON."""
        newest = self.letters.newest
        return {
            "made_at": self.made_at.isoformat(),
            "restored_at": self.restored_at.isoformat(),
            "letters_again": dict(self.letters.again),
            "letters_unheard_of": self.letters.unheard_of,
            "letters_newest_at": newest.isoformat() if newest else None,
            "journal_of_another_key": self.letters.foreign,
            "zoom_changes": list(self.at_zoom.changes),
            "zoom_registrants": self.at_zoom.registrants,
            "zoom_approved_pending_here": self.at_zoom.decided,
            "zoom_unseen": self.at_zoom.unseen,
        }

    def text(self, zone: str) -> str:
        """For a person in that zone, line by line."""
        made = f"This store was put back from a backup made on {_moment(self.made_at, zone)}."
        return "\n".join([made, *_of_letters(self.letters, zone), *_of_zoom(self.at_zoom)])


def _of_letters(letters: Letters, zone: str) -> list[str]:
    lines = []
    if letters.newest is None:
        lines.append(
            "The sent-mail journal knows of no letter after that. If it was lost with the old machine, letters that "
            "wait may have gone already: look at them first (meetbot outbox list)."
        )
    elif letters.again:
        kinds = ", ".join(f"{count} {kind}" for kind, count in letters.again.items())
        lines.append(f"{_count(sum(letters.again.values()), 'letter')} would go out again: {kinds}.")
    else:
        lines.append("No letter that waits has gone out already.")
    if letters.unheard_of:
        lines.append(
            f"{_count(letters.unheard_of, 'letter')} went out after the backup that this store knows nothing of, the "
            f"last on {_moment(letters.newest, zone)}. Apply the newest programme file and import the newest lists: a "
            "letter that comes of them and has gone already does not go again."
        )
    if letters.foreign:
        lines.append(
            f"{_count(letters.foreign, 'line')} of the journal were written with another data.key: letters that are "
            "decided anew cannot be compared with them."
        )
    return lines


def _of_zoom(at_zoom: AtZoom) -> list[str]:
    if at_zoom.unseen:
        return [f"Zoom could not be asked: {at_zoom.unseen}"]
    lines = [f"At Zoom {change}" for change in at_zoom.changes] or ["The meetings at Zoom are as planned here."]
    if at_zoom.registrants:
        people = _count(at_zoom.registrants, "registrant")
        lines.append(f"{people} at Zoom not in this store: reading Zoom's page brings them back.")
    if at_zoom.decided:
        people = _count(at_zoom.decided, "registrant")
        lines.append(
            f"{people} approved at Zoom and pending in this store: what was decided after the backup is not in it. "
            "Decide again (meetbot registrants list --status pending)."
        )
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _moment(at: datetime | None, zone: str) -> str:
    return f"{times.date_text(at, zone)} {times.clock_text(at, zone)}" if at else ""
