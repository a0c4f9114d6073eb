"""Who may send: user `sandbox` with password or token `sandbox`, by PLAIN, LOGIN or XOAUTH2."""

from base64 import b64decode
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

_USER = b"sandbox"
_REFUSED = '{"status":"400","schemes":"Bearer","scope":"https://mail.example/"}'


def judge(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    return AuthResult(success=given == LoginPassword(_USER, _USER), handled=False)


async def xoauth2(server: SMTP, arguments: list[str]) -> AuthResult:
    """`user=…^Aauth=Bearer …^A^A`; a refusal is first a challenge with its reason (Google, XOAUTH2 protocol)."""
    given = _decoded(arguments[1]) if len(arguments) > 1 else await server.challenge_auth("")
    if given is MISSING:
        return AuthResult(success=False, handled=True)
    if given == b"user=%s\x01auth=Bearer %s\x01\x01" % (_USER, _USER):
        return AuthResult(success=True)
    refused = await server.challenge_auth(_REFUSED)
    return AuthResult(success=False, handled=refused is MISSING)


def _decoded(written: str) -> bytes:
    try:
        return b64decode(written, validate=True)
    except ValueError:
        return b""
