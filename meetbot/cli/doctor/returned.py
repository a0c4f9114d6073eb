"""Whether mail that comes back is heard of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from meetbot.core.readiness import Finding, Level

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.mail.imap import ImapAccount


async def findings(app: App) -> AsyncIterator[Finding]:
    """The mailbox and the address of returned mail; nothing where neither is set."""
    address, mailbox = app.settings.bounce_address, app.mailbox
    if mailbox is not None:
        yield await _mailbox(mailbox)
        if not address:
            yield Finding(
                Level.FAIL,
                "returned mail cannot be told apart: MEETBOT_BOUNCE_ADDRESS is not set",
                "Set it to the address of the mailbox; it must take mail for name+anything@ too.",
            )
    if address:
        if mailbox is None:
            remedy = "Set MEETBOT_IMAP_HOST and what belongs to it."
            yield Finding(Level.WARN, f"nobody reads what comes back to {address}", remedy)
        yield await _domain(app, address)


async def _mailbox(mailbox: ImapAccount) -> Finding:
    from meetbot import errors
    from meetbot.mail import imap

    try:
        async with imap.opened(mailbox) as opened:
            waiting = len(await opened.unseen())
    except errors.MailError as error:
        return Finding(Level.FAIL, f"returned mail cannot be read: {error}", "Check the MEETBOT_IMAP_ settings.")
    return Finding(Level.OK, f"mailbox {mailbox.username} at {mailbox.host} lets us in; {waiting} mails not read yet")


async def _domain(app: App, address: str) -> Finding:
    """A server that may send for one domain only would refuse an envelope of another, or be taken for a forger."""
    programme = await app.programme()
    ours = programme.organiser.address.rpartition("@")[2].lower() if programme else ""
    theirs = address.rpartition("@")[2].lower()
    if ours and theirs != ours:
        return Finding(
            Level.WARN,
            f"returned mail comes to {address}, and letters are from {ours}",
            "Use an address of the same domain, or ask whoever runs the mail server whether it may send for both.",
        )
    return Finding(Level.OK, f"returned mail comes to {address}")
