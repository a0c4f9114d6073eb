"""Makes meetings by another client of Zoom and prints the seconds: zoom_peers.py NAME loop|threads URL COUNT HOST..."""

from __future__ import annotations

import base64
import json
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

_ACCOUNT = "sandbox"
_SETTINGS = {"approval_type": 1, "registrants_email_notification": False, "waiting_room": True}


def zoomus(url: str) -> Callable[[str, str], object]:
    zoom = import_module("zoomus").ZoomClient(
        _ACCOUNT, _ACCOUNT, _ACCOUNT, base_uri=f"{url}/v2", oauth_uri=f"{url}/oauth/token"
    )
    return lambda host, topic: zoom.meeting.create(user_id=host, topic=topic, type=2, duration=30, settings=_SETTINGS)


def pyzoom(url: str) -> Callable[[str, str], object]:
    """Its own `create_meeting` knows no host but the caller; `raw` is its way to name one."""
    zoom = import_module("pyzoom").ZoomClient(_token(url), base_url=f"{url}/v2")
    body = {"type": 2, "duration": 30, "settings": _SETTINGS}

    def create(host: str, topic: str) -> None:
        try:
            zoom.raw.post(f"/users/{host}/meetings", body={**body, "topic": topic})
        except import_module("pyzoom.err").APIError:
            pass  # what a caller does who has not thought of it; the ledger counts

    return create


def _token(url: str) -> str:
    request = urllib.request.Request(
        f"{url}/oauth/token?grant_type=account_credentials&account_id={_ACCOUNT}",
        data=b"",
        headers={"Authorization": "Basic " + base64.b64encode(f"{_ACCOUNT}:{_ACCOUNT}".encode()).decode()},
    )
    with urllib.request.urlopen(request) as answer:
        token: str = json.load(answer)["access_token"]
    return token


def main() -> None:
    name, way, url, count, *hosts = sys.argv[1:]
    create = {"zoomus": zoomus, "pyzoom": pyzoom}[name](url)
    work = [(hosts[number % len(hosts)], f"Meeting {number}") for number in range(int(count))]
    began = time.perf_counter()
    with ThreadPoolExecutor(20 if way == "threads" else 1) as pool:
        list(pool.map(create, *zip(*work, strict=True)))
    sys.stdout.write(f"{time.perf_counter() - began}\n")


if __name__ == "__main__":
    main()
