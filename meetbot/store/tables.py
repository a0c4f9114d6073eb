"""Every table of the store. Instants are microseconds since 1970 in UTC, so that SQL can move them on any database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from meetbot.core import times

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(duration: timedelta) -> int:
    """The duration as the store counts it."""
    return duration // _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as microseconds since the epoch."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(times.utc(value) - _EPOCH)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData()

#: Every applied programme file; the newest row is the one in force.
programme = Table(
    "programme",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("applied_at", Instant, nullable=False),
    Column("applied_by", Text, nullable=False),
    Column("adopted", JSON, nullable=False, server_default="{}"),  # by meeting, what Zoom's own pages changed
    Column("starts", JSON, nullable=False, server_default="{}"),  # by meeting, the instant that was meant; {}: unknown
    Column("agreed", JSON, nullable=False, server_default="{}"),  # by pair, the bilateral that its peers agreed on
    Column("spoken", JSON, nullable=False, server_default="{}"),  # by organisation, the languages that it answered
)

meeting = Table(
    "meeting",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("revision", Integer, nullable=False),  # up at every change that people must hear of
    Column("sequence", Integer, nullable=False),  # of the calendar entry (RFC 5545 3.8.7.4)
    Column("ref", String(32), nullable=False, unique=True),  # in our marker at Zoom; never reused
    Column("uid", Text, nullable=False),  # of the calendar entry; the same for ever
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("zoom_id", String(32)),
    Column("attempted_at", Instant),  # of the create call whose outcome is not known yet
    Column("confirmed", JSON),  # what Zoom was seen to hold
    Column("host", Text),  # chosen from the pool, or as the programme names it; NULL: not yet
    Column("door", String(32)),  # a mark of the passcode; NULL: not seen yet
    Column("drift", JSON, nullable=False, server_default="[]"),  # what somebody changed at Zoom, field by field
    Column("channel", Text),  # of the continuous meeting chat
    Column("live_at", Instant),  # when Zoom last said that it was running
)

#: Meetings at Zoom that another one of ours has replaced: to be deleted once nobody needs them.
retired = Table(
    "retired",
    metadata,
    Column("zoom_id", String(32), primary_key=True),
    Column("meeting", ForeignKey("meeting.key"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("deleted_at", Instant),
)

#: Hosts of the pool who have dropped out.
host_out = Table(
    "host_out",
    metadata,
    Column("address", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("who", Text, nullable=False),
)

#: Interpreters of the pool who have dropped out.
interpreter_out = Table(
    "interpreter_out",
    metadata,
    Column("address", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("who", Text, nullable=False),
)

#: Our own count of the calls that Zoom limits by UTC day.
zoom_call = Table(
    "zoom_call",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

#: Webhook events as they came, sealed; the body goes once it has been acted on.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),  # SHA-256 of the body: a retry brings the same
    Column("received_at", Instant, nullable=False),
    Column("body", LargeBinary),
    Column("event", Text, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, taken, ignored
    Column("reason", Text, nullable=False),
)
Index("inbox_waiting", inbox.c.id, sqlite_where=inbox.c.state == "waiting", postgresql_where=inbox.c.state == "waiting")

#: What Zoom told of running meetings. A fact is here once, however often and in whatever order it was told.
fact = Table(
    "fact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", String(32), nullable=False),
    Column("uuid", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("participant", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("registrant_id", Text, nullable=False),
    UniqueConstraint("meeting_id", "uuid", "kind", "participant", "user_id", "at", name="fact_once"),
)

registrant = Table(
    "registrant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meeting", ForeignKey("meeting.key"), nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("organisation_written", Text, nullable=False),
    Column("position", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("language_chosen", Text),
    Column("zone_chosen", Text),
    Column("sex", String(8)),  # NULL: not stated, or not asked
    Column("person", Text),
    Column("source", String(16), nullable=False),
    Column("organisation", Text),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("zoom_id", Text),
    Column("pushed_at", Instant),
    Column("sealed_link", LargeBinary),  # the join link, encrypted
    UniqueConstraint("meeting", "address", "name_folded", name="registrant_once"),
    Index("registrant_by_status", "meeting", "status"),
)

rundown = Table(
    "rundown",
    metadata,
    Column("meeting", ForeignKey("meeting.key"), primary_key=True),
    Column("slip", BigInteger, nullable=False),  # microseconds
    Column("held_at", Instant),
)

segment_run = Table(
    "segment_run",
    metadata,
    Column("meeting", ForeignKey("meeting.key"), primary_key=True),
    Column("segment", String(64), primary_key=True),
    Column("started_at", Instant),
    Column("ended_at", Instant),
)

#: Everything that must happen, before it happens.
due = Table(
    "due",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("meeting", String(100)),
    Column("revision", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("urgency", Integer, nullable=False),  # of rows due together the lowest goes first
    Column("owner", String(80)),
    Column("reason", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("begun_at", Instant),
    Column("done_at", Instant),
    Column("open_since", Instant),  # when it first fell due; NULL: never tried, or the last try went well
    UniqueConstraint("kind", "subject", "revision", name="due_once"),
)
Index("due_waiting", due.c.due_at, sqlite_where=due.c.state == "waiting", postgresql_where=due.c.state == "waiting")
Index("due_claimed", due.c.owner, sqlite_where=due.c.state == "claimed", postgresql_where=due.c.state == "claimed")
Index("due_of_meeting", due.c.meeting, due.c.kind)

message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("dedupe", Text, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("to_name", Text, nullable=False),
    Column("to_address", Text, nullable=False),
    Column("meeting", String(100)),
    Column("registrant", ForeignKey("registrant.id")),
    Column("needs_link", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sequence", Integer),
    Column("useful_until", Instant),
    Column("report", ForeignKey("report.id")),
    Column("page", Integer),  # the page link that it carries; no foreign key: links go before letters do
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("copies", Integer, nullable=False, server_default="0"),  # how often a server may have taken it
    Column("sent_as", Text),  # Message-ID of the mail in which it goes with others; NULL: it has not begun with others
    Index("message_of_registrant", "registrant", "kind"),
    Index("message_by_time", "created_at"),
)

#: Pairs of organisations that are to meet, and how far it has come.
pair = Table(
    "pair",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("a", String(40), nullable=False),
    Column("b", String(40), nullable=False),
    Column("wish", String(8), nullable=False),
    Column("weight", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("starts_at", Instant),
    Column("interpreter", Text),
    Column("agreed_by", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
)

#: Further meetings that one side of a pair has asked for; one row for a pair, the newest.
series = Table(
    "series",
    metadata,
    Column("pair", String(100), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("every", Integer, nullable=False),  # weeks
    Column("starts", JSON, nullable=False),  # by key of the meeting that it would be
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("agreed_by", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
)

#: What each organisation said of when it can meet.
availability = Table(
    "availability",
    metadata,
    Column("organisation", String(40), primary_key=True),
    Column("said", JSON, nullable=False),  # [start, end, yes | if needed | no], …
    Column("answered_at", Instant, nullable=False),
    Column("answered_by", Text, nullable=False),
)

#: The people whom an organisation sends to its bilaterals.
delegate = Table(
    "delegate",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("organisation", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("position", Text, nullable=False),
    Column("language", Text),
    Column("sex", String(8)),  # NULL: not stated, or not asked
    UniqueConstraint("organisation", "address", "name", name="delegate_once"),
)

#: Signed addresses of pages: one purpose, one object, an expiry. The token is not here, only what tells it again.
page_link = Table(
    "page_link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("fingerprint", String(64), nullable=False, unique=True),  # SHA-256 of the token
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("page_link_of", "purpose", "subject"),
)

#: Each complete reading of an instance's participant report, as Zoom gave it.
reading = Table(
    "reading",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meeting", ForeignKey("meeting.key"), nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("digest", Text),  # NULL: Zoom had no report yet
    Column("instances", JSON, nullable=False),
)

#: Attendance reports; without a meeting: one over all meetings of the programme.
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meeting", ForeignKey("meeting.key")),
    Column("version", Integer, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("document", JSON, nullable=False),
    UniqueConstraint("meeting", "version", name="report_once"),
)

#: What a person said of who was behind a line of Zoom's report that proves nothing by itself, until they take it back.
declaration = Table(
    "declaration",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meeting", ForeignKey("meeting.key"), nullable=False),
    Column("line", String(64), nullable=False),  # of the report, the same in every reading
    Column("registrant", ForeignKey("registrant.id")),  # NULL: somebody who had not registered
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),  # key, or as written
    Column("sex", String(8)),
    Column("said_by", Text, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Index("declaration_of", "meeting", "line"),
)

#: Confirmations of attendance that were given out. Whoever holds the code may ask whether it is true.
confirmation = Table(
    "confirmation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),  # SHA-256 of the code
    Column("meeting", ForeignKey("meeting.key"), nullable=False),
    Column("registrant", ForeignKey("registrant.id"), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)

#: Receipts of what was erased, when, by whom. The address is here only as a mark by which it is known again.
erasure = Table(
    "erasure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mark", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("receipt", JSON, nullable=False),
)

#: One row for each running process; its fencing number goes up at each start under the same name.
node = Table(
    "node",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("fencing", Integer, nullable=False),
    Column("lease_until", Instant, nullable=False),
    Column("since", Instant),  # start of the present life; NULL: it has ended in order
    Column("resumed", Integer, nullable=False, server_default="0"),  # rows of stopped lives that this life took over
)

#: What does not happen until a person says so: mail, Zoom, cues.
hold = Table(
    "hold",
    metadata,
    Column("scope", String(16), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

#: Backups that were put back; until `resumed_at` nothing leaves without a person's word.
restored = Table(
    "restored",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_at", Instant, nullable=False),  # when the backup was made
    Column("restored_at", Instant, nullable=False),
    Column("resumed_at", Instant),
)

#: What the sent-mail journal says was accepted after a backup was made that has been put back since.
sent_before = Table(
    "sent_before",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("mark", String(32), nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Index("sent_before_mark", "mark"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("audit_by_what", "what", "at"),
)
