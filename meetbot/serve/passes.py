"""Which pass acts on which kind of row."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from meetbot import bootstrap
from meetbot.core.model import Outcome, Programme
from meetbot.flows import attendance, bilaterals, bounces, inbox, meetings, outbox, registration, rundown
from meetbot.flows.attendance import erasing, retention
from meetbot.store.due import Kind

Pass = Callable[[bootstrap.App, Programme, datetime, str], Awaitable[Outcome]]

PASSES: Mapping[Kind, Pass] = {
    Kind.MEETING: lambda app, plan, now, owner: meetings.run(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.PUSH: lambda app, plan, now, owner: registration.push(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.POLL: lambda app, plan, now, owner: registration.poll(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.REMINDER: lambda app, plan, now, owner: registration.remind(app.store, plan, now=now, owner=owner),
    Kind.CUE: lambda app, plan, now, owner: rundown.fire(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.LETTER: lambda app, plan, now, owner: outbox.deliver(app.store, plan, app.post, now=now, owner=owner),
    Kind.REPORT: lambda app, plan, now, owner: attendance.collect(app.store, plan, app.zoom, now=now, owner=owner),
    Kind.BOUNCES: lambda app, _plan, now, owner: bounces.run(
        app.store, app.mailbox, app.settings.bounce_address, now=now, owner=owner
    ),
    Kind.BILATERALS: lambda app, plan, now, owner: bilaterals.run(app.store, plan, now=now, owner=owner),
    Kind.ERASURE: lambda app, _plan, now, owner: erasing.remove_at_zoom(app.store, app.zoom, now=now, owner=owner),
    Kind.RETENTION: lambda app, plan, now, owner: retention.forget(app.store, plan, now=now, owner=owner),
    Kind.INBOX: lambda app, plan, now, owner: inbox.run(
        app.store,
        plan,
        account_id=app.settings.zoom_account_id,
        listens=bool(app.settings.webhook_secrets),
        now=now,
        owner=owner,
    ),
}
