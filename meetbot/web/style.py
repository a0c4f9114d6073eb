"""The style sheet of all pages: named after what stands in it, so that a browser fetches it once and keeps it."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

_SHEET = (Path(__file__).parent / "static" / "meetbot.css").read_bytes()
_PACKED = gzip.compress(_SHEET, mtime=0)
ADDRESS = f"/static/{hashlib.sha256(_SHEET).hexdigest()[:12]}.css"
_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


async def get(request: Request) -> Response:
    """Packed once, for whoever can unpack it."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_PACKED, media_type="text/css", headers={**_HEADERS, "content-encoding": "gzip"})
    return Response(_SHEET, media_type="text/css", headers=_HEADERS)
