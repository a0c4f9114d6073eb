"""Bilaterals: pairs, what their sides said, who comes, signed page links, and what was agreed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pair",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("a", sa.String(length=40), nullable=False),
        sa.Column("b", sa.String(length=40), nullable=False),
        sa.Column("wish", sa.String(length=8), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("interpreter", sa.Text(), nullable=True),
        sa.Column("agreed_by", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "availability",
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation"),
    )
    op.create_table(
        "delegate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation", "address", "name", name="delegate_once"),
    )
    op.create_table(
        "page_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("fingerprint"),
    )
    op.create_index("page_link_of", "page_link", ["purpose", "subject"], unique=False)
    op.create_table(
        "interpreter_out",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.add_column("programme", sa.Column("agreed", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("message", sa.Column("page", sa.Integer(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":  # SQLite does not look at the length
        op.alter_column("meeting", "key", type_=sa.String(length=100))
        for table in ("retired", "registrant", "rundown", "segment_run", "due", "message", "reading", "report"):
            op.alter_column(table, "meeting", type_=sa.String(length=100))
        op.alter_column("due", "subject", type_=sa.String(length=200))
