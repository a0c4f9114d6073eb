"""A form becomes a registrant; approval pushes them to Zoom and puts the link letter in the outbox, each step a row."""

from meetbot.flows.registration.decisions import decide
from meetbot.flows.registration.forms import submit, would_approve
from meetbot.flows.registration.page import poll
from meetbot.flows.registration.push import push
from meetbot.flows.registration.reminders import remind
from meetbot.flows.registration.undoing import undo

__all__ = ["decide", "poll", "push", "remind", "submit", "undo", "would_approve"]
