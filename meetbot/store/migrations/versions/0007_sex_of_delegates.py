"""The sex of somebody in a delegation, where the programme asks for it and they stated it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delegate", sa.Column("sex", sa.String(length=8), nullable=True))
