"""The script that holds every fault, and what a script says of the run as a whole."""

import dataclasses
import json
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from meetbot.sandbox import Sandbox, faults, grammar
from meetbot.sandbox.webhooks import disorder

STORM = faults.read("storm")
USERS = "/users/host@office.example"


def test_every_verb_is_in_the_storm() -> None:
    """Each with every argument that a list of words allows."""
    rules = faults.load(STORM)["zoom"]
    dos = [rule["do"] if isinstance(rule["do"], dict) else {rule["do"]: None} for rule in rules]
    named = {verb for do in dos for verb in do}
    words = {verb: {word for do in dos if verb in do for word in flat(do[verb])} for verb in named}

    assert named == set(grammar.VERBS)
    assert words["participants"] == set(grammar.DISTORTIONS)
    assert words["quota"] == set(grammar.QUOTAS)
    assert words["report"] == set(grammar.STAGES)
    assert words["tls_bad"] == set(grammar.CERTIFICATES)
    assert [rule["when"]["p"] for rule in rules if not 0 < rule["when"]["p"] < 0.5] == []


def test_every_disorder_of_webhooks_is_in_the_storm() -> None:
    """Each with a chance: what holds for a whole run is decided by its seed."""
    section = faults.load(STORM)["webhooks"]
    runs = [disorder.read(section, random.Random(seed)) for seed in range(200)]
    switches = ("missing_started", "ended_first", "revalidate", "disable")

    assert set(section) == {field.name for field in dataclasses.fields(runs[0])}
    assert [{getattr(run, name) for run in runs} for name in switches] == [{True, False}] * 4
    assert runs[7] == disorder.read(section, random.Random(7))


def flat(argument: object) -> list[str]:
    return [str(word) for word in (argument if isinstance(argument, list) else [argument])]


async def run(seed: int, count: int) -> list[tuple[object, ...]]:
    """What a plain client sees of so many calls in a storm, without those verbs that take real seconds."""
    calm = [rule for rule in faults.load(STORM)["zoom"] if not set(flat_verbs(rule)) & {"delay", "stall", "drip"}]
    stand_in = Sandbox(seed=seed, limits=False, faults=json.dumps({"clock": {"rate": 0}, "zoom": calm}))
    transport = httpx.ASGITransport(stand_in.app)
    seen: list[tuple[object, ...]] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://zoom") as http:
        for number in range(count):
            if number % 20 == 0:
                await log_in(http)
            seen.append(await outcome(http, number))
    return [*seen, *(tuple(entry["faults"]) for entry in stand_in.ledger.entries)]


def flat_verbs(rule: dict[str, Any]) -> list[str]:
    return [rule["do"]] if isinstance(rule["do"], str) else list(rule["do"])


async def log_in(http: httpx.AsyncClient) -> None:
    grant = {"grant_type": "account_credentials", "account_id": "sandbox"}
    answer = await http.post("/oauth/token", params=grant, auth=("sandbox", "sandbox"))
    if answer.status_code == 200:
        http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"


async def outcome(http: httpx.AsyncClient, number: int) -> tuple[object, ...]:
    """Three calls in turn: create, list, read."""
    method, path = [("POST", f"{USERS}/meetings"), ("GET", f"{USERS}/meetings"), ("GET", USERS)][number % 3]
    try:
        answer = await http.request(method, f"/v2{path}", json={"topic": "T"} if method == "POST" else None)
    except (ConnectionResetError, httpx.DecodingError) as error:
        return (type(error).__name__,)
    return answer.status_code, len(answer.content)


async def test_one_seed_is_one_storm() -> None:
    """The same 200 requests meet the same faults under the same seed, and others under another."""
    first, again, other = await run(4711, 200), await run(4711, 200), await run(4712, 200)

    assert first == again != other


async def test_the_storm_strikes_now_and_then() -> None:
    """Enough to be felt, little enough that work goes on."""
    seen = await run(4711, 600)
    outcomes, struck = seen[:600], [verbs for verbs in seen[600:] if verbs]
    counts = Counter(one[0] for one in outcomes)

    assert counts[200] + counts[201] > 400
    assert len({verb for verbs in struck for verb in verbs}) > 15


def test_seed_and_clock_of_a_script_count_where_none_is_given() -> None:
    """What the caller says goes first."""
    text = 'seed: 4711\nclock: {start: "2021-11-10T05:00:00Z", rate: 0}\n'
    began, later = datetime(2021, 11, 10, 5, 0, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)

    told = Sandbox(faults=text)
    asked = Sandbox(faults=text, seed=7, clock=faults.timing(faults.load(text)).clock(later, 2.0))
    silent = Sandbox()

    assert [(one.account.setup.seed, one.clock.speed) for one in (told, asked, silent)] == [(4711, 0), (7, 2), (1, 1)]
    assert (told.clock.now(), asked.clock.started) == (began, later)


def test_the_parts_for_others_are_left_alone(tmp_path: Path) -> None:
    """One file drives all stand-ins and whoever starts and stops programs; what is not UTF-8 is refused."""
    file = tmp_path / "faults.yaml"
    file.write_text("process: [{at: +31m, do: kill9}]\nclock_faults: [{at: +50m, step: -3600s}]\n")
    Sandbox(faults=faults.read(str(file)))
    file.write_bytes(b"zoom: \xff")

    with pytest.raises(faults.ScriptError, match="is not UTF-8"):
        faults.read(str(file))
    with pytest.raises(faults.ScriptError, match="No such file or directory; a fault script is a file, or `storm`"):
        faults.read(str(tmp_path / "sturm"))
