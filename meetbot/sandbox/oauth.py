"""Server-to-Server OAuth (the Zoom page of that name): the token call, the check of a token on all other calls."""

import base64
import binascii
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call, Refusal
from meetbot.sandbox.model import Token

TOKEN_LIFE = timedelta(seconds=3600)


def issue(account: Account, call: Call, *, all_scopes: frozenset[str]) -> Answer:
    """`POST /oauth/token`: the grant may stand in the query string or in a form body."""
    grant = {**dict(parse_qsl(call.raw.decode("latin-1"))), **call.query}
    if _basic(call.authorization) != (account.setup.client_id, account.setup.client_secret):
        # Sources disagree on the status.
        return _refused("Invalid client_id or client_secret", "invalid_client", account.names.either(400, 401))
    if grant.get("grant_type") != "account_credentials":
        return _refused("unsupported grant type", "unsupported_grant_type")
    if grant.get("account_id") != account.setup.account_id:
        return _refused("Invalid account_id", "invalid_request")
    scopes = all_scopes if account.setup.scopes is None else account.setup.scopes
    text = account.names.token()
    account.tokens[text] = Token(scopes, call.now + TOKEN_LIFE)
    return Answer(
        200,
        {
            "access_token": text,
            "token_type": "bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "scope": " ".join(sorted(scopes)),
            "api_url": account.setup.api_url,
        },
    )


def check(account: Account, authorization: str, scope: str, now: datetime) -> None:
    """Raise Zoom's 401 for a token that is unknown or has expired, its 400 for one without `scope`."""
    token = account.tokens.get(authorization.removeprefix("Bearer ").strip())
    if token is None:
        raise Refusal(401, 124, "Invalid access token.")
    if token.dies_at <= now:
        raise Refusal(401, 124, "Access token is expired.")
    if scope not in token.scopes:
        raise Refusal(400, 4711, f"Invalid access token, does not contain scopes:[{scope}].")


def _basic(authorization: str) -> tuple[str, str]:
    try:
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    client_id, _, secret = pair.partition(":")
    return client_id, secret


def _refused(reason: str, error: str, status: int = 400) -> Answer:
    return Answer(status, {"reason": reason, "error": error})
