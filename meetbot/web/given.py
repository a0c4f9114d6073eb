"""What somebody sends from a page: a plain form, of a bounded size, within a bounded time."""

from __future__ import annotations

import asyncio

from starlette.datastructures import ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

#: Bytes of a whole form; a delegation of two hundred is about a third of it.
LARGEST = 64 * 1024
_PATIENCE = 10  # seconds for the whole body
_MOST_FIELDS = 1000


class Given(ImmutableMultiDict[str, str]):
    """The fields and what stands in them."""


async def read(request: Request) -> Given:
    """HTTPException for what no page of ours sends: another form of body, a file, or a body that does not end."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    try:
        async with asyncio.timeout(_PATIENCE), request.form(max_fields=_MOST_FIELDS) as fields:
            return Given([(name, value) for name, value in fields.multi_items() if isinstance(value, str)])
    except TimeoutError:
        raise HTTPException(408, headers={"connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
