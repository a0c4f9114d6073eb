"""Holds, restored backups, what a life took over, copies of a letter, and the outbox's words for what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


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
    op.add_column("node", sa.Column("since", sa.BigInteger(), nullable=True))
    op.add_column("node", sa.Column("resumed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("message", sa.Column("copies", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE message SET state = 'accepted', copies = 1 WHERE state = 'sent'")
    op.execute("UPDATE message SET state = 'refused' WHERE state = 'failed'")
