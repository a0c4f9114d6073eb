"""TLS for the sandbox's own port: certificates made on the fly, one kind for all connections or another for some."""

import contextlib
import ssl
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from meetbot.sandbox.certificates import Authority


@dataclass(frozen=True)
class Secured:
    context: ssl.SSLContext
    #: What a client must trust, or no certificate here is good.
    ca_file: Path


@contextlib.contextmanager
def secured(kind: str | None, fault: Callable[[], str | None]) -> Iterator[Secured | None]:
    """None without a `kind`. `fault` is asked at each new connection whether its certificate is another one."""
    if kind is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="sandbox-tls-") as folder:
        authority = Authority(Path(folder))
        context = authority.context(kind)

        def choose(connection: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _context: ssl.SSLContext) -> None:
            struck = fault()
            if struck:
                connection.context = authority.context(struck)

        context.sni_callback = choose
        yield Secured(context, authority.ca_file)
