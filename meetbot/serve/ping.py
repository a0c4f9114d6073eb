"""Calls an address outside once a minute while all is well: whoever keeps it misses us when we are dead."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog

from meetbot import __version__, metrics

log = structlog.get_logger("ping")

_EVERY = 60  # seconds
_TIMEOUT = 5  # seconds; a stop waits for a call that is under way


class Asked(Protocol):
    """Whatever says why all is not well; nothing: it is."""

    async def reasons(self) -> Sequence[str]: ...


class Ping:
    """Where the outside monitor listens. Its address lets anybody say that we live, so it is never logged."""

    def __init__(self, url: str, readiness: Asked) -> None:
        self._url = url
        self._readiness = readiness
        self._out = False  # the last call did not arrive
        # An address on this machine is not to be sought through the office's proxy.
        proxies = [] if url.startswith("https:") else [urllib.request.ProxyHandler({})]
        self._opener = urllib.request.build_opener(_NoRedirect, *proxies)

    async def run(self) -> None:
        """Call it once a minute, until cancelled."""
        while True:
            if not await self._readiness.reasons():
                await self.once()
            await asyncio.sleep(_EVERY)

    async def once(self) -> None:
        """One call. That it does not arrive is told once, and hinders nothing."""
        try:
            # Not by the line to Zoom, which carries our token; and a thread, because a name may take long to look up.
            await asyncio.to_thread(self._get)
        except (OSError, HTTPException, ValueError) as error:
            metrics.PINGS.labels("failed").inc()
            if not self._out:
                log.warning("ping.not_heard", host=urlsplit(self._url).hostname, error=_plain(error))
            self._out = True
        else:
            metrics.PINGS.labels("heard").inc()
            if self._out:
                log.info("ping.heard_again", host=urlsplit(self._url).hostname)
            self._out = False

    def _get(self) -> None:
        request = urllib.request.Request(self._url, headers={"User-Agent": f"meetbot/{__version__}"})
        with self._opener.open(request, timeout=_TIMEOUT) as answer:
            answer.read(1)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A monitor has no reason to send us elsewhere: what it answers then counts as not heard."""

    def redirect_request(self, *_request: Any) -> None:
        return None


def _plain(error: Exception) -> str:
    """What went wrong, without the address."""
    if isinstance(error, urllib.error.HTTPError):
        return f"answered {error.code}"
    return str(getattr(error, "reason", None) or type(error).__name__)
