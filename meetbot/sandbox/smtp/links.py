"""A link scanner: opens every link of a mail by GET and HEAD, several times, before the person reads the mail.

Only links to this machine are opened: a rehearsal never touches the world.
"""

import http.client
import random
from urllib.parse import urljoin, urlsplit

_HERE = ("localhost", "127.0.0.1", "::1")
_PATIENCE = 10  # seconds
_MOST_REDIRECTS = 5
_AGENT = "Mozilla/5.0 (compatible; sandbox link scanner)"


def plan(links: list[str], most: int, chance: random.Random) -> list[tuple[str, str]]:
    """Method and link of each visit, in random order: 1 to `most` visits for each method and link."""
    visits = [
        (method, link) for link in links for method in ("GET", "HEAD") for _visit in range(chance.randint(1, most))
    ]
    chance.shuffle(visits)
    return visits


def here(link: str) -> bool:
    """Whether the link leads to this machine."""
    try:
        return urlsplit(link).hostname in _HERE
    except ValueError:
        return False


def visit(method: str, link: str) -> int | None:
    """The status of the answer after redirects, None when there was none. Blocks."""
    status = None
    for _redirect in range(_MOST_REDIRECTS):
        if not here(link):
            return status
        try:
            status, location = _answer(method, link)
        except (OSError, ValueError, http.client.HTTPException):
            return None
        if location is None:
            return status
        link = urljoin(link, location)
    return status


def _answer(method: str, link: str) -> tuple[int, str | None]:
    where = urlsplit(link)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=_PATIENCE)
    try:
        target = where._replace(scheme="", netloc="", fragment="").geturl() or "/"
        connection.request(method, target, headers={"User-Agent": _AGENT})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers["Location"] if 300 <= answer.status < 400 else None
    finally:
        connection.close()
