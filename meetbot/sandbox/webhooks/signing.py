"""What Zoom writes on the envelope: headers, signature; and how a challenge is answered (Zoom API, Webhooks)."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta

#: Zoom's clock is so much ahead of a subscriber's at most.
_AHEAD = 15


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Over the very bytes that are sent."""
    return "v0=" + _digest(secret, f"v0:{timestamp}:".encode() + body)


def token(secret: str, plain: str) -> str:
    """The `encryptedToken` that answers a challenge."""
    return _digest(secret, plain.encode())


def answers(secret: str, plain: str, status: int, body: bytes) -> bool:
    """Whether this is the right answer to a challenge."""
    try:
        answered = json.loads(body)
    except ValueError:
        return False
    return status == 200 and answered == {"plainToken": plain, "encryptedToken": token(secret, plain)}


def headers(
    secret: str, client_id: str, request_id: str, body: bytes, at: datetime, *, attempt: int, forged: bool = False
) -> list[tuple[str, str]]:
    """All of one attempt. A retry has the request's id and a trace, a moment and a signature of its own."""
    trace = hashlib.sha256(f"{request_id}:{attempt}".encode()).hexdigest()
    ahead = timedelta(milliseconds=int(trace[:8], 16) % (_AHEAD + 1))
    timestamp = str(int((at + ahead).timestamp()))
    tracking = f"WEB_{trace[:32]}"
    signed = signature(secret, timestamp, body)
    return [
        ("x-zm-request-timestamp", timestamp),
        ("x-zm-signature", _forged(signed) if forged else signed),
        ("x-zm-request-id", request_id),
        ("x-zm-trackingid", tracking if int(trace[-1], 16) % 2 else f"v=2.0;clid=us06;rid={tracking}"),
        ("traceparent", f"00-{trace[:32]}-{trace[32:48]}-01"),
        ("zm-trace-upstream", "webhook"),
        ("clientid", client_id),
        ("user-agent", "Zoom Marketplace/1.0a"),
        ("content-type", "application/json; charset=utf-8"),
    ]


def _digest(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _forged(signed: str) -> str:
    return signed[:-1] + ("0" if signed[-1] != "0" else "1")
