"""The places in which a deployment keeps what a backup holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DatabaseError

from meetbot.errors import UserError
from meetbot.store import copying, snapshot
from meetbot.store.tables import Instant


@dataclass(frozen=True)
class Home:
    """One deployment."""

    address: str = field(repr=False)  #: of the store, as SQLAlchemy writes it
    data_dir: Path
    data_key: str = field(repr=False)  #: as the settings give it; "": it lies in the data folder

    @property
    def database(self) -> Path | None:
        """The store's file; None when a server keeps it."""
        return snapshot.file_of(self.address)

    @property
    def key_path(self) -> Path:
        return self.data_dir / "data.key"

    @property
    def journal(self) -> Path:
        return self.data_dir / "sent.journal"

    @property
    def erased_journal(self) -> Path:
        return self.data_dir / "erased.journal"

    def key_in_use(self) -> str:
        """The data key as text. UserError when there is none, because then no join link can be read any more."""
        if self.data_key:
            return self.data_key
        if not self.key_path.exists():
            raise UserError(f"{self.key_path}: is missing; put it back, or set MEETBOT_DATA_KEY to what was in it")
        return self.key_path.read_text().strip()

    def living(self, *, now: datetime) -> str | None:
        """A node that works on the store at this moment; None also where the store cannot be read."""
        with copying.telling(self.address):
            engine = self._engine()
        try:
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT name, lease_until FROM node").columns(lease_until=Instant))
                return next((row.name for row in rows if row.lease_until > now), None)
        except DatabaseError:
            return None
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        """That never writes the store's file."""
        file = self.database
        if file is None:
            return create_engine(self.address)
        return create_engine("sqlite://", creator=lambda: snapshot.only_read(file))
