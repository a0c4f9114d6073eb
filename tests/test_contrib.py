"""What an operator copies works: the systemd unit is tight, the image takes what is there, the alerts name metrics."""

from __future__ import annotations

import configparser
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from meetbot import metrics
from meetbot.serve import stacks
from meetbot.settings import Settings

HOME = Path(__file__).parent.parent
UNIT = HOME / "contrib/meetbot.service"
ALERTS = HOME / "contrib/prometheus-alerts.yml"
CONTAINERFILE = HOME / "contrib/Containerfile"

_METRIC = re.compile(r"\bmeetbot_[a-z_]+")


def unit() -> configparser.SectionProxy:
    """The [Service] part; of a setting that is written twice the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT)
    return parser["Service"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_the_unit_is_exposed_no_more_than_1_5() -> None:
    """By systemd's own measure of what a service may touch."""
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)], capture_output=True, text=True
    )

    found = re.search(r"Overall exposure level for meetbot\.service: ([0-9.]+)", judged.stdout)
    assert found, judged.stderr
    assert float(found[1]) <= 1.5


def test_F57_the_stacks_are_written_before_systemd_ends_it() -> None:
    """It is told every second; without a word it is ended and started anew, within 45 seconds."""
    found = unit()

    assert (found["Type"], found["Restart"]) == ("notify", "on-failure")
    assert stacks.PATIENCE < int(found["WatchdogSec"]) + int(found["RestartSec"]) <= 45


def test_the_unit_lets_in_only_secrets_that_are_settings() -> None:
    """A misspelt credential would be passed over in silence."""
    named = re.findall(r"^#?LoadCredential=meetbot_(\w+):", UNIT.read_text(), re.MULTILINE)

    assert named
    assert [name for name in named if name not in Settings.model_fields] == []


def rules() -> list[Any]:
    return [rule for group in YAML(typ="safe").load(ALERTS)["groups"] for rule in group["rules"]]


def known_metrics() -> set[str]:
    """The samples of everything that is counted, and what the page reads from the store."""
    page = (HOME / "meetbot/web/metrics.py").read_text()
    families = {family.name: family.type for family in metrics.REGISTRY.collect()}
    ending = {"counter": "_total", "histogram": "_bucket", "gauge": ""}
    return {name + ending[kind] for name, kind in families.items()} | set(_METRIC.findall(page))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_P04_alerts_ask_for_metrics_that_there_are(rule: Any) -> None:
    """A rule about a metric with another name would never fire, and nobody would know."""
    assert [name for name in _METRIC.findall(rule["expr"]) if name not in known_metrics()] == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_is_explained(rule: Any) -> None:
    """Whoever is woken finds it in the page on monitoring, with what to do."""
    assert f"`{rule['alert']}`" in (HOME / "docs/how-to/monitoring.md").read_text()


def instructions() -> list[tuple[str, str]]:
    text = CONTAINERFILE.read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1].strip()) for line in lines]


def test_the_image_is_made_of_what_is_there() -> None:
    """Every file that is copied exists and is let in by .dockerignore; settings and keys of the checkout are not."""
    let_in = [line[1:] for line in (HOME / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [shlex.split(rest)[:-1] for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    sources = [source for group in copied for source in group]

    assert [one for one in sources if not (HOME / one).exists()] == []
    assert [one for one in sources if not any(fnmatch.fnmatch(one, f"{name}*") for name in let_in)] == []
    assert not {".env", "data", ".git"} & set(let_in)


def test_the_image_runs_as_nobody_with_settings_that_there_are() -> None:
    """Not as root; every MEETBOT_ variable is a setting, with the port that is published."""
    words = dict(instructions())
    named = re.findall(r"MEETBOT_(\w+)=", words["ENV"])

    assert words["USER"] == "10001:10001"
    assert [name for name in named if name.lower() not in Settings.model_fields] == []
    assert f"MEETBOT_HEALTH_PORT={Settings.model_fields['health_port'].default} " in words["ENV"]


@pytest.mark.parametrize(("page", "code"), [("/healthz", 0), ("/elsewhere", 1)])
def test_the_health_check_asks_the_port_that_is_set(page: str, code: int) -> None:
    """Another MEETBOT_HEALTH_PORT must not make a healthy container look dead."""
    _, command = dict(instructions())["HEALTHCHECK"].split(" CMD ")

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == page else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        environment = {**os.environ, "MEETBOT_HEALTH_PORT": str(server.server_port)}
        _, *arguments = json.loads(command)
        asked = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True)

    assert asked.returncode == code
