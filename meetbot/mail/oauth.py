"""Access tokens for mail servers that log in by OAuth: the client credentials grant (RFC 6749, 4.4)."""

from __future__ import annotations

from meetbot import errors


async def access_token(url: str, *, client_id: str, client_secret: str, scope: str) -> str:
    """A fresh token, good for one log-in. MailError (not permanent) when there is none to be had."""
    # Imported late: it brings a whole HTTP client, and most offices log in with a password or not at all.
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    client = AsyncOAuth2Client(
        client_id, client_secret, scope=scope, token_endpoint_auth_method="client_secret_post", timeout=30
    )
    try:
        async with client:
            token = await client.fetch_token(url, grant_type="client_credentials")
            return str(token["access_token"])
    except Exception as problem:  # whatever it was: no letter has left, and its text may repeat the secret
        kind = type(problem).__name__
        raise errors.MailError(
            f"no access token from {url} ({kind}); check MEETBOT_SMTP_OAUTH_…", permanent=False
        ) from None
