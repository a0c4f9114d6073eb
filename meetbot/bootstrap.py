"""Composition in one place: settings become an open store, a Zoom client and a mail transport."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self

from meetbot import clock as clocks
from meetbot.core import times
from meetbot.core.model import Programme
from meetbot.errors import UserError
from meetbot.flows import outbox
from meetbot.flows import programme as programme_flow
from meetbot.mail import imap, oauth, transports
from meetbot.mail.journal import Journal
from meetbot.settings import Settings
from meetbot.store import damage, engine, nodes, programmes, seal
from meetbot.store.erased_journal import ErasedJournal
from meetbot.zoom import auth, client, limits


@dataclass
class App:
    """Everything that a flow may be handed."""

    settings: Settings
    clock: times.Clock
    store: engine.Store
    zoom: client.Zoom
    transport: transports.Transport
    #: Asked before each effect at Zoom or the mail server.
    fence: nodes.Fence = field(default_factory=lambda: nodes.Fence(clocks.steady))
    standing: outbox.Standing = field(default_factory=outbox.Standing)
    _loaded: tuple[int, Programme] | None = field(default=None, repr=False)

    @property
    def journal(self) -> Journal:
        """Remembers what left, beside the store."""
        return Journal(self.settings.journal)

    @property
    def erased(self) -> ErasedJournal:
        """Remembers who was erased, beside the store."""
        return ErasedJournal(self.settings.erased_journal)

    @property
    def post(self) -> outbox.Post:
        """What letters leave by."""
        bounces, public_url = self.settings.bounce_address, self.settings.public_url
        return outbox.Post(self.transport, self.journal, self.standing, bounces, public_url)

    @property
    def mailbox(self) -> imap.ImapAccount | None:
        """Where returned mail comes to; None: nobody is to read it."""
        one = self.settings
        if not one.imap_host:
            return None
        password, token = one.imap_password.get_secret_value(), None
        if one.smtp_oauth_token_url:
            app = {"client_id": one.smtp_oauth_client_id, "scope": one.smtp_oauth_scope}
            secret = one.smtp_oauth_client_secret.get_secret_value()
            token = partial(oauth.access_token, one.smtp_oauth_token_url, client_secret=secret, **app)
        return imap.ImapAccount(one.imap_host, one.imap_port, one.imap_username, password, one.imap_folder, token)

    def under(self, life: nodes.Life) -> Self:
        """The same for a pass of that life: once another has taken its place, nothing of it is written any more."""
        return replace(self, store=self.store.guarded(partial(nodes.confirm, life=life)))

    async def programme(self) -> Programme | None:
        """The programme in force; None before the first apply."""
        async with self.store.reading() as tx:
            newest = await programmes.latest_id(tx)
            if newest is None:
                return None
            if self._loaded is None or self._loaded[0] != newest:
                applied = await programmes.latest(tx)
                assert applied is not None
                self._loaded = applied.id, programme_flow.of(applied)
        return self._loaded[1]

    async def needed_programme(self) -> Programme:
        """The programme in force, or a UserError that says how to get one."""
        found = await self.programme()
        if found is None:
            raise UserError("No programme has been applied yet. Begin with: meetbot plan FILE, meetbot apply FILE")
        return found


@asynccontextmanager
async def opened(settings: Settings, clock: times.Clock) -> AsyncIterator[App]:
    """The parts of this deployment, open for use and closed afterwards."""
    for place in (settings.data_dir, settings.data_dir / "data.key"):
        damage.refuse_locked_away(place)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    links = seal.from_settings(settings.data_key.get_secret_value(), settings.data_dir)
    store = await engine.open_store(settings.database, links, copies=settings.data_dir / "backups")
    fence = nodes.Fence(clocks.steady)
    transport = Fenced(_transport(settings), fence.check)
    try:
        async with client.Zoom(_account(settings), clock, may_change=fence.check) as zoom:
            yield App(settings, clock, store, zoom, transport, fence)
    finally:
        await transport.aclose()
        await store.aclose()


@dataclass(frozen=True)
class Fenced:
    """A way out for messages that is shut while this process may not act."""

    way_out: transports.Transport
    may_act: Callable[[], None]

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        self.may_act()
        return await self.way_out.deliver(message_id, sender, recipient, content)

    async def check(self) -> str:
        return await self.way_out.check()

    async def aclose(self) -> None:
        await self.way_out.aclose()


def node_name(settings: Settings) -> str:
    """What this process calls itself among the nodes of one store; the same after a restart."""
    return settings.node or re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:60]


def _account(settings: Settings) -> auth.Account:
    return auth.Account(
        account_id=settings.zoom_account_id,
        client_id=settings.zoom_client_id,
        client_secret=settings.zoom_client_secret.get_secret_value(),
        api_url=settings.zoom_api_url,
        token_url=settings.zoom_token_url,
        plan=limits.Plan(settings.zoom_plan),
    )


def _transport(settings: Settings) -> transports.Transport:
    if settings.mail_transport == "maildir":
        return transports.Maildir(settings.maildir)
    return transports.Smtp(
        transports.SmtpAccount(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            username=settings.smtp_username,
            password=settings.smtp_password.get_secret_value(),
            oauth_token_url=settings.smtp_oauth_token_url,
            oauth_client_id=settings.smtp_oauth_client_id,
            oauth_client_secret=settings.smtp_oauth_client_secret.get_secret_value(),
            oauth_scope=settings.smtp_oauth_scope,
        )
    )
