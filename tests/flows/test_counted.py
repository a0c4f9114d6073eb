"""What happens is counted once, where it happens; what came of it is the only label beside its kind."""

from __future__ import annotations

from meetbot import metrics
from tests.flows.stage import Stage, form


def count(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0


async def test_P04_letters_cues_and_calls_to_zoom_are_counted(stage: Stage) -> None:
    """One registrant until the first cue: a letter, a new registrant at Zoom, a cue that came in time."""
    letters, calls = count("meetbot_letters_total", result="accepted"), posts()
    cues, late = count("meetbot_cue_lateness_seconds_count"), count("meetbot_cue_lateness_seconds_sum")
    await stage.register(form("dara@npic.example"))

    await stage.run_due()
    sent = count("meetbot_letters_total", result="accepted") - letters
    added = posts() - calls
    stage.leap("2021-11-09 13:59")
    await stage.until("2021-11-09 14:01")

    assert (sent, added) == (1, 1)
    assert count("meetbot_cue_lateness_seconds_count") > cues
    assert count("meetbot_cue_lateness_seconds_sum") - late < 60


def posts() -> float:
    return count("meetbot_zoom_calls_total", method="POST", result="ok")
