"""A stand-in for Zoom's REST API: a real HTTP server on loopback that keeps Zoom's model and Zoom's bad habits.

It imports nothing of the rest of meetbot, so that it cannot share a mistake with the Zoom client.
"""

from meetbot.sandbox.clock import Clock
from meetbot.sandbox.server import Sandbox

__all__ = ["Clock", "Sandbox"]
