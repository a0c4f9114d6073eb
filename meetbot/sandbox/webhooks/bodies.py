"""The bytes of an event. Zoom writes compact JSON; the sandbox now and then writes the same JSON otherwise, so that a
receiver that checks the signature of anything but the bytes it got is found out.
"""

import json
import random
import zlib
from collections.abc import Callable
from typing import Any

from meetbot.sandbox.answers import Json
from meetbot.sandbox.webhooks.events import Event

#: One body in so many is written in an odd way.
_ODD = 4
# Zoom's events do not agree on the order.
_ORDERS = (("event", "payload", "event_ts"), ("payload", "event_ts", "event"), ("event", "event_ts", "payload"))


def frame(event: Event, account_id: str | None = None) -> Json:
    """An event as a JSON object, its keys in the order which this kind of event has; a challenge names no account."""
    whole: Json = {
        "event": event.name,
        "payload": {**({"account_id": account_id} if account_id else {}), **event.payload},
        "event_ts": int(event.at.timestamp() * 1000),
    }
    order = _ORDERS[zlib.crc32(event.name.encode()) % len(_ORDERS)]
    return {**{key: whole[key] for key in order}, **event.beside}


def written(body: Json, chance: random.Random) -> bytes:
    """Mostly compact; now and then with spaces, escapes or keys in another order."""
    return compact(body) if chance.randrange(_ODD) else oddly(body, chance)


def compact(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def oddly(body: Json, chance: random.Random) -> bytes:
    """The same JSON, never the same bytes as `compact`."""
    return chance.choice(_WAYS)(body, chance)


def _with_spaces(body: Json, _chance: random.Random) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _indented(body: Json, _chance: random.Random) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"


def _escaped(body: Json, _chance: random.Random) -> bytes:
    """ASCII only, and slashes as some servers write them."""
    return json.dumps(body, separators=(",", ": ")).replace("/", "\\/").encode()


def _reordered(body: Json, chance: random.Random) -> bytes:
    return json.dumps(_shuffled(body, chance), ensure_ascii=False, separators=(", ", ":")).encode()


_WAYS: tuple[Callable[[Json, random.Random], bytes], ...] = (_with_spaces, _indented, _escaped, _reordered)


def _shuffled(node: Any, chance: random.Random) -> Any:
    if isinstance(node, list):
        return [_shuffled(one, chance) for one in node]
    if not isinstance(node, dict):
        return node
    names = list(node)
    chance.shuffle(names)
    return {name: _shuffled(node[name], chance) for name in names}
