"""Attendance: what people declared, confirmations given out, erasures, sex where it was asked, reports over all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.String(length=100), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("registrant", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("sex", sa.String(length=8), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["meeting"], ["meeting.key"]),
        sa.ForeignKeyConstraint(["registrant"], ["registrant.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("declaration_of", "declaration", ["meeting", "line"], unique=False)
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("meeting", sa.String(length=100), nullable=False),
        sa.Column("registrant", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["meeting"], ["meeting.key"]),
        sa.ForeignKeyConstraint(["registrant"], ["registrant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("fingerprint"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("message", sa.Column("sent_as", sa.Text(), nullable=True))
    op.add_column("registrant", sa.Column("sex", sa.String(length=8), nullable=True))
    with op.batch_alter_table("report") as report:
        report.alter_column("meeting", existing_type=sa.String(length=100), nullable=True)
