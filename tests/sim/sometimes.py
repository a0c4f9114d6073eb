"""Situations that many seeds together must reach: a simulation that never meets them proves nothing about them."""

from __future__ import annotations

from collections.abc import Mapping

#: By what brings them about.
SITUATIONS = (
    # Zoom
    "Zoom answers 503",
    "Zoom answers 429",
    "Zoom cannot be reached",
    "the line breaks before Zoom has acted",
    "meeting created and the answer lost",
    "meeting changed and the answer lost",
    "meeting deleted and the answer lost",
    "registrant added and the answer lost",
    "status changed and the answer lost",
    "an answer of Zoom's lost",
    # Mail
    "a letter refused: greylisted",
    "a letter refused: server down",
    "a letter refused: mailbox unknown",
    "greylisted, then accepted",
    "the 250 lost",
    "a letter came twice under one Message-ID",
    "a letter unknown",
    "a letter refused",
    "a letter expired",
    "a letter cancelled",
    # Processes
    "killed: before a transaction",
    "killed: committed",
    "killed: asks Zoom",
    "killed: has Zoom's answer",
    "killed: before the final dot",
    "killed: has the 250",
    "killed anywhere",
    "killed when Zoom had done it and nothing was written down",
    "what a stopped service had begun taken over",
    "a service paused",
    "a service paused in the middle of a letter",
    "a paused service wakes",
    "a service found its number old",
    "a pass broken off: another service acts",
    "a second service stands by",
    "two services up",
    "two services share the work",
    "time passes and no service works",
    # Clocks
    "a clock forward",
    "a clock back",
    "a clock right again",
    "a clock changed in the middle of a pass",
    # People
    "the same people imported twice",
    "somebody decided by hand: approve",
    "somebody decided by hand: deny",
    "somebody decided by hand: cancel",
    "approve and deny at once",
    "launch moved",
    "bilateral moved",
    "a meeting cancelled",
    "a meeting takes place after all",
    "a host dropped out",
    "a host came back",
    "mail held",
    "mail held while letters wait",
    "zoom held",
    "cues held",
    "a person synced beside the service",
    "the rundown: start",
    "the rundown: next",
    "the rundown: hold",
    "the rundown: slip",
    "somebody fills in Zoom's own form",
    "somebody moves a meeting at Zoom",
    "somebody lengthens a meeting at Zoom",
    "somebody deletes a meeting at Zoom",
    "what was changed at Zoom adopted",
    "what was changed at Zoom overwritten",
    # What came of it
    "a cue done",
    "a cue missed",
    "a cue cancelled",
    "a final report",
    "a report that is not final",
)


def never(reached: Mapping[str, int]) -> list[str]:
    """Those that none of the seeds reached."""
    return [one for one in SITUATIONS if not reached.get(one)]
