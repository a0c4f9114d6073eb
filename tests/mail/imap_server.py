"""A small mailbox server on loopback: IMAP4rev1 (RFC 3501) over TLS, as far as reading a mailbox needs it."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

USERNAME, PASSWORD = "bounces@network.example", "right"


@dataclass
class ImapServer:
    """What lies in the mailbox, how the server behaves, and what it was asked."""

    port: int = 0
    folder: str = "INBOX"
    mails: dict[int, bytes] = field(default_factory=dict)  #: by UID
    seen: set[int] = field(default_factory=set)
    hangs_up_at: str = ""  #: the command at which it breaks off
    token: str = ""
    asked: list[str] = field(default_factory=list)  #: commands, log-in without its password

    def put(self, *contents: bytes) -> None:
        """Mails that come in."""
        for content in contents:
            self.mails[max(self.mails, default=0) + 1] = content

    def answer(self, command: str, rest: str) -> tuple[list[bytes], str]:
        """Untagged lines, and the words of the tagged one."""
        done: Callable[[str], tuple[list[bytes], str]] = getattr(self, f"_{command.lower().replace(' ', '_')}")
        return done(rest)

    def _capability(self, _rest: str) -> tuple[list[bytes], str]:
        return [b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2"], "OK done"

    def _login(self, rest: str) -> tuple[list[bytes], str]:
        right = rest.replace('"', "") == f"{USERNAME} {PASSWORD}"
        return [], "OK welcome" if right else "NO [AUTHENTICATIONFAILED] Authentication failed."

    def _authenticate(self, rest: str) -> tuple[list[bytes], str]:
        """Whoever has the token may come in (XOAUTH2); `rest`: the mechanism, and the answer to the prompt."""
        said = f"user={USERNAME}\1auth=Bearer {self.token}\1\1".encode()
        return [], "OK welcome" if rest == f"XOAUTH2 {base64.b64encode(said).decode()}" else "NO not you"

    def _select(self, rest: str) -> tuple[list[bytes], str]:
        if rest.strip('"') != self.folder:
            return [], f"NO [NONEXISTENT] Mailbox doesn't exist: {rest}"
        return [b"* %d EXISTS" % len(self.mails), b"* OK [UIDVALIDITY 1] good"], "OK [READ-WRITE] selected"

    def _uid_search(self, rest: str) -> tuple[list[bytes], str]:
        assert rest == "UNSEEN", rest
        unseen = " ".join(str(uid) for uid in sorted(self.mails.keys() - self.seen))
        return [f"* SEARCH {unseen}".strip().encode()], "OK done"

    def _uid_fetch(self, rest: str) -> tuple[list[bytes], str]:
        asked = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        assert asked, rest
        content = self.mails.get(int(asked[1]))
        if content is None:
            return [], "OK nothing"
        part = content[: int(asked[2])]
        literal = b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)" % (int(asked[1]), int(asked[1]), len(part), part)
        return [literal], "OK done"

    def _uid_store(self, rest: str) -> tuple[list[bytes], str]:
        asked = re.fullmatch(r"(\d+) \+FLAGS\.SILENT \(\\Seen\)", rest)
        assert asked, rest
        self.seen.add(int(asked[1]))
        return [], "OK done"

    def _logout(self, _rest: str) -> tuple[list[bytes], str]:
        return [b"* BYE"], "OK done"

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        command = ""
        while command != "LOGOUT" and (line := (await reader.readline()).decode().strip()):
            tag, _, rest = line.partition(" ")
            words = rest.split(" ", 2 if rest.startswith("UID ") else 1)
            command, arguments = (
                (" ".join(words[:2]), words[2]) if words[0] == "UID" else (words[0], "".join(words[1:]))
            )
            self.asked.append("LOGIN" if command == "LOGIN" else rest)
            if command == self.hangs_up_at:
                break
            if command == "AUTHENTICATE":
                writer.write(b"+ \r\n")
                arguments += " " + (await reader.readline()).decode().strip()
            untagged, said = self.answer(command, arguments)
            writer.write(b"".join(one + b"\r\n" for one in untagged) + f"{tag} {said}\r\n".encode())
        writer.close()


@asynccontextmanager
async def running(server: ImapServer, context: ssl.SSLContext) -> AsyncIterator[ImapServer]:
    """The server, listening with that certificate."""
    talks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())  # type: ignore[arg-type]
        await server.converse(reader, writer)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
