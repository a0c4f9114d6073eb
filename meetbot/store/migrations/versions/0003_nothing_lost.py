"""Holds, restored backups, what a life took over, copies of a letter, and the outbox's words for what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Rings for the other nodes when rows begin to wait; once for a statement, however many they are.
RING = """
CREATE FUNCTION due_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM changed WHERE state = 'waiting') THEN PERFORM pg_notify('due', ''); END IF;
  RETURN NULL;
END $$
"""
RING_ON = """
CREATE TRIGGER due_ring_on_{event} AFTER {event} ON due
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION due_ring()
"""


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "restored",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("restored_at", sa.BigInteger(), nullable=False),
        sa.Column("resumed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sent_before",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("sent_before_mark", "sent_before", ["mark"], unique=False)
    op.add_column("node", sa.Column("since", sa.BigInteger(), nullable=True))
    op.add_column("node", sa.Column("resumed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("programme", sa.Column("starts", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("due", sa.Column("open_since", sa.BigInteger(), nullable=True))
    op.add_column("message", sa.Column("copies", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE message SET state = 'accepted', copies = 1 WHERE state = 'sent'")
    op.execute("UPDATE message SET state = 'refused' WHERE state = 'failed'")
    op.create_index("message_by_time", "message", ["created_at"], unique=False)
    op.create_index("audit_by_what", "audit", ["what", "at"], unique=False)
    claimed = sa.text("state = 'claimed'")
    op.create_index("due_claimed", "due", ["owner"], unique=False, sqlite_where=claimed, postgresql_where=claimed)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(RING)
        for event in ("insert", "update"):
            op.execute(RING_ON.format(event=event))
