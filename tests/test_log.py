"""Nothing secret and nothing that steers a terminal reaches a log line, wherever in the event it stands."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from subprocess import PIPE
from typing import Any

import pytest
import structlog

from meetbot import log
from meetbot.core.model import JoinLink
from meetbot.redaction import strike

LINK = "https://us06web.zoom.us/w/85011112222?tk=CanaryToken.AG&pwd=CanaryPass"
CANARIES = ("CanaryToken", "CanaryPass", "CanarySecret", "85011112222")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"join at {LINK} now", "join at https://us06web.zoom.us/w/*** now"),
        (f'<a href="{LINK}">join</a>', '<a href="https://us06web.zoom.us/w/***">join</a>'),
        ("https://zoom.us/j/85011112222?pwd=CanaryPass", "https://zoom.us/j/***"),
        ("https://zoom.us/s/85011112222?zak=CanaryToken", "https://zoom.us/s/***"),
        ("https://ilo.zoom.us/my/canary.room", "https://ilo.zoom.us/my/***"),
        ("GET /report?a=1&access_token=CanaryToken&b=2", "GET /report?a=1&access_token=***&b=2"),
        ("/oauth/token?grant_type=x&account_id=CanarySecret", "/oauth/token?grant_type=x&account_id=***"),
        ("?TK=CanaryToken", "?TK=***"),
        ("https://meetbot.example/oauth?code=CanaryCode&state=1", "https://meetbot.example/oauth?code=***&state=1"),
        ("authorization: Bearer eyJ.Canary-Token_~+/=", "authorization: Bearer ***"),
        ("Basic Q2FuYXJ5OlNlY3JldA==", "Basic ***"),
        ("title \x1b[2J\x1b]0;owned\x07", "title \ufffd[2J\ufffd]0;owned\ufffd"),
        ("a\rb\x85c\u2028d\u202ee\u2066f", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf"),
        ("two\n\tlines", "two\n\tlines"),
        ("សុខ ដារា 王䶮 H.E. ကျော်", "សុខ ដារា 王䶮 H.E. ကျော်"),
        ("https://marketplace.zoom.us/docs?page=2", "https://marketplace.zoom.us/docs?page=2"),
        ("the bearer of this letter, basic training", "the bearer of this letter, basic training"),
    ],
)
def test_P31_secrets_are_struck_out_of_any_text_and_the_rest_stays(written: str, shown: str) -> None:
    """Links, tokens and control characters go; names in any script, addresses of pages and plain words stay."""
    assert strike(written) == shown


def logged(capsys: pytest.CaptureFixture[str], *, console: bool = False, **event: Any) -> str:
    log.configure(level="INFO", console=console)
    log.get("zoom").info("zoom.answered", **event)
    return capsys.readouterr().err


def test_a_line_for_machines_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """Event, level, time in UTC, and the keys as they were given; scripts are left readable."""
    event: dict[str, Any] = {"meeting": "launch", "count": 3, "name": "សុខ", "at": None, "kinds": ["cue", "push"]}

    line = json.loads(logged(capsys, **event))

    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo == UTC
    assert line == {"event": "zoom.answered", "level": "info", **event}


@pytest.mark.parametrize(
    "event",
    [
        {"reason": f"refused for {LINK}"},
        {"join_url": LINK},
        {"joinlink": "CanarySecret"},
        {"client_secret": "CanarySecret"},
        {"Authorization": "CanaryToken"},
        {"answer": {"access_token": "CanaryToken", "registrants": [{"join_url": LINK, "id": 1}]}},
        {"rows": [("a", LINK), ["Bearer CanaryToken"]]},
        {"secrets": ["CanarySecret"]},
        {"error": ValueError(f"bad link {LINK}")},
        {"link": JoinLink(LINK)},
    ],
    ids=lambda event: next(iter(event)),
)
@pytest.mark.parametrize("console", [True, False], ids=["console", "json"])
def test_P31_no_secret_in_a_line_wherever_it_stands(
    capsys: pytest.CaptureFixture[str], console: bool, event: dict[str, Any]
) -> None:
    """In a text, under a telling name, deep in an answer, in an exception: struck out for people and machines alike."""
    line = logged(capsys, console=console, **event)

    assert "zoom.answered" in line
    assert [canary for canary in CANARIES if canary in line] == []


def test_P31_no_secret_in_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """The error and its cause are told without the link that they quote, and without the values of variables."""
    client_secret = "CanarySecret"
    log.configure(level="INFO", console=False)
    try:
        try:
            raise KeyError(LINK)
        except KeyError as cause:
            raise RuntimeError(f"cannot read {LINK} with {len(client_secret)} letters") from cause
    except RuntimeError:
        log.get("serve").exception("serve.pass_broke")

    line = json.loads(capsys.readouterr().err)

    assert "RuntimeError: cannot read https://us06web.zoom.us/w/*** with 12 letters" in line["exception"]
    assert [canary for canary in CANARIES if canary in str(line)] == []


def test_P31_a_library_that_logs_a_link_is_struck_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines that do not come from us go the same way."""
    log.configure(level="INFO", console=False)
    logging.getLogger("uvicorn.error").warning("cannot answer %s", LINK)

    line = json.loads(capsys.readouterr().err)

    assert (line["event"], line["level"]) == ("cannot answer https://us06web.zoom.us/w/***", "warning")


@pytest.mark.parametrize("name", ["httpx", "httpcore", "apscheduler", "aiosqlite"])
def test_libraries_that_tell_everything_are_quiet(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """httpx writes down every address that it calls; only its warnings are of use."""
    log.configure(level="INFO", console=False)
    logging.getLogger(name).info("HTTP Request: GET https://api.zoom.us/v2/users")

    assert capsys.readouterr().err == ""


def test_a_control_character_cannot_make_a_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A name from a form that pretends to be a log line stays inside its own."""
    err = logged(capsys, name='x"}\n{"event": "registration.approved"}')

    assert len(err.splitlines()) == 1
    assert json.loads(err)["name"] == 'x"}\n{"event": "registration.approved"}'


@pytest.mark.parametrize(("level", "lines"), [("INFO", 2), ("WARNING", 1), ("ERROR", 0)])
def test_the_level_says_what_is_told(capsys: pytest.CaptureFixture[str], level: str, lines: int) -> None:
    """What is below the level is left out."""
    log.configure(level=level, console=False)
    log.get("zoom").info("zoom.answered")
    log.get("zoom").warning("zoom.slow")

    assert len(capsys.readouterr().err.splitlines()) == lines


#: A service whose standard error is a pipe that nobody reads: it logs more than fits, and says when it is done.
TALKATIVE = """
import sys
from meetbot import log, metrics
log.configure(waits=False)
for number in range(20_000):
    log.get("test").info("test.line", number=number, text="x" * 100)
lost = metrics.REGISTRY.get_sample_value("meetbot_log_lines_lost_total")
print("done", int(lost), flush=True)
sys.stdin.read()
log.settle()
"""


def test_F63_a_log_that_nobody_reads_holds_up_nothing() -> None:
    """The work goes on to its end; what did not fit is counted, and once somebody reads, the gap is noted."""
    process = subprocess.Popen(
        [sys.executable, "-c", TALKATIVE], stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin and process.stdout and process.stderr

    word, lost = process.stdout.readline().split()
    process.stdin.close()
    lines = [json.loads(line) for line in process.stderr]

    gaps = [line for line in lines if line["event"] == "log.lines_lost"]
    assert word == "done"
    assert sum(gap["count"] for gap in gaps) == int(lost) > 5_000
    assert len([line for line in lines if line["event"] == "test.line"]) == 20_000 - int(lost)
    assert process.wait() == 0
    process.stdout.close()
    process.stderr.close()


def test_F63_a_closed_standard_error_ends_nothing() -> None:
    """Started without one, the service works all the same."""
    script = TALKATIVE.replace("import sys", "import os, sys; os.close(2)").replace("20_000", "10")

    done = subprocess.run([sys.executable, "-c", script], input="", stdout=PIPE, text=True, timeout=30)

    assert (done.returncode, done.stdout.split()[0]) == (0, "done")
