"""What every page has around it: headers that let nothing foreign in, and proof that a change came from the page.

The rules are those of OWASP ASVS 5.0, V3.4 and V3.5.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# No script at all, nothing inline, nothing from elsewhere.
_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "content-security-policy": _POLICY,
    # The address of a page is a secret. `no-referrer` would keep it too, but makes browsers send `Origin: null`.
    "referrer-policy": "strict-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED = (
    "This did not come from the page itself, so nothing was changed.\n"
    "Open the link in your letter again and press the button there.\n"
)


class SafeHeaders:
    """Adds to each answer what browsers need to know. Nothing is kept by a cache unless the answer itself says so."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._headers = {"cache-control": "no-store", **_ALWAYS}
        if public_url.startswith("https://"):
            self._headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class FromThePage:
    """Lets a change through only if the browser says that a page of ours sent it; a foreign page cannot make it say so.

    `Sec-Fetch-Site` decides where there is one (W3C, Fetch Metadata); else `Origin`, by which old browsers tell.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._own_host = urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        changes = scope["type"] == "http" and scope["method"] not in _READING
        if changes and not self._proven(Headers(scope=scope)):
            await PlainTextResponse(_REFUSED, status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _proven(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        host = urlsplit(headers.get("origin", "")).netloc
        return bool(host) and host in (self._own_host, headers.get("host", ""))
