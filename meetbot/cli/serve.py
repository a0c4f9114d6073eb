"""`meetbot serve`."""

from __future__ import annotations

import click

from meetbot.cli import shell


@click.command()
@shell.in_loop
async def serve() -> None:
    """Run as a service: poll, approve, send, cue, collect and report, until stopped by SIGTERM or Ctrl+C.

    \b
    Health:   http://127.0.0.1:8080/healthz and /readyz (MEETBOT_HEALTH_HOST, MEETBOT_HEALTH_PORT)
    Webhooks: http://127.0.0.1:8000/zoom/webhook, once MEETBOT_ZOOM_WEBHOOK_SECRET is set (MEETBOT_WEB_HOST, _PORT)
    Example:  MEETBOT_LOG_LEVEL=INFO meetbot serve
    """
    from meetbot import serve as daemon
    from meetbot.web import app as web_app
    from meetbot.web import health

    async with shell.app(service=True) as app:
        running = daemon.Daemon(app)
        with daemon.stopping_on_signals(running):
            async with (
                health.served(running, app.store, app.settings.health_host, app.settings.health_port),
                web_app.served(app),
            ):
                await running.run()
