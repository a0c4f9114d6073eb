"""Zoom's webhooks: what it tells of whom, how it signs, when it tries again, and every way in which that goes wrong."""
