"""What all tests share: how thoroughly properties are tried."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("nightly", max_examples=20_000, deadline=None)
