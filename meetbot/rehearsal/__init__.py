"""Plays a whole programme with made-up people against the Zoom sandbox, and judges from outside what came of it."""
