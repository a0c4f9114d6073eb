"""Messages leave by themselves, and a person lets one go once more, sends it elsewhere or discards it."""

from meetbot.flows.outbox.by_hand import discard, edit, release
from meetbot.flows.outbox.deliver import Post, Standing, deliver

__all__ = ["Post", "Standing", "deliver", "discard", "edit", "release"]
