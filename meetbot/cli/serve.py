"""`meetbot serve`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell

if TYPE_CHECKING:
    from meetbot.bootstrap import App


@click.command()
@shell.in_loop
async def serve() -> None:
    """Run as a service: poll, approve, send, cue, collect and report, until stopped by SIGTERM or Ctrl+C.

    \b
    Health:   http://127.0.0.1:8080/healthz and /readyz (MEETBOT_HEALTH_HOST, MEETBOT_HEALTH_PORT)
    Metrics:  http://127.0.0.1:9464/metrics (MEETBOT_METRICS_HOST, MEETBOT_METRICS_PORT)
    Webhooks: http://127.0.0.1:8000/zoom/webhook, once MEETBOT_ZOOM_WEBHOOK_SECRET is set (MEETBOT_WEB_HOST, _PORT)
    Example:  MEETBOT_LOG_LEVEL=INFO meetbot serve
    """
    import faulthandler
    import os

    from meetbot import serve as daemon
    from meetbot.serve import clockwatch, notify, ping, readiness, stacks, zone_rules
    from meetbot.serve.beside import beside
    from meetbot.web import app as web_app
    from meetbot.web import health, metrics

    faulthandler.enable()  # says where it was when systemd's watchdog ends it
    async with shell.app(service=True) as app:
        would_move = await _before_work(app, now=app.clock.now())
        clock = clockwatch.ClockWatch(app)
        running = daemon.Daemon(app, cues_wait=clock.cues_wait)
        ready = readiness.Readiness(app, running, clock)
        supervisor = notify.Supervisor(os.environ.get("NOTIFY_SOCKET", ""))
        works = [clock.run(), zone_rules.watch(app, would_move)]
        works += [notify.tell(supervisor, ready), stacks.write_when_stuck()]
        if app.settings.ping_url:
            works.append(ping.Ping(app.settings.ping_url, ready).run())
        with daemon.stopping_on_signals(running):
            async with (
                health.served(ready, app.settings),
                metrics.served(running, app.store, app.clock, app.settings),
                web_app.served(app),
                beside(*works),
            ):
                await running.run()


async def _before_work(app: App, *, now: datetime) -> str:
    """Look what may have changed since the last life: rules of zones, the store; clear what a killed backup left.

    Returns what new rules of zones would move.
    """
    from meetbot.flows import bounces, programme, restored
    from meetbot.flows.attendance import erased_again, retention
    from meetbot.store import registration
    from meetbot.store.backup import workplace

    async with app.store.reading() as tx:
        await registration.refuse_other_key(tx, app.store.links)
    workplace.clear(app.settings.data_dir)
    would_move = await programme.hold_what_would_move(app.store, now=now)
    await restored.hold_if_older(app.store, app.journal, now=now)
    app.journal.prune(now=now)
    if app.mailbox is not None:
        await bounces.watch(app.store, now=now)
    if (applied := await app.programme()) is not None:
        await retention.watch(app.store, applied, now=now)
        await erased_again.catch_up(app.store, applied, app.erased, now=now, by="meetbot")
    return would_move
