"""The deployment: credentials, addresses and paths, from `MEETBOT_…` variables, `.env` or files of secrets.

A secret may lie in a file of its own: every file in `$CREDENTIALS_DIRECTORY` (systemd) or `/run/secrets` (containers)
that is named like the variable in lower case, for example `meetbot_zoom_client_secret`, is read.
"""

from __future__ import annotations

import difflib
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from dotenv import parser
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from meetbot.errors import ProgrammeError

_PREFIX = "MEETBOT_"
_PLACEHOLDERS = {"changeme", "change-me", "xxxx", "secret", "your-secret", "<your-secret>"}
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Everything that differs between two deployments; `.env.example` explains each one."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", hide_input_in_errors=True, frozen=True)

    data_dir: Path = Path("data")
    database_url: str = ""
    data_key: SecretStr = SecretStr("")
    backup_passphrase: SecretStr = SecretStr("")
    node: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,60}$")] = ""

    zoom_account_id: str = ""
    zoom_client_id: str = ""
    zoom_client_secret: SecretStr = SecretStr("")
    zoom_plan: Literal["free", "pro", "business"] = "pro"
    zoom_api_url: str = "https://api.zoom.us/v2"
    zoom_token_url: str = "https://zoom.us/oauth/token"
    zoom_webhook_secret: SecretStr = SecretStr("")
    zoom_webhook_secret_old: SecretStr = SecretStr("")

    mail_transport: Literal["maildir", "smtp"] = "maildir"
    smtp_host: str = ""
    smtp_port: Port = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_oauth_token_url: str = ""
    smtp_oauth_client_id: str = ""
    smtp_oauth_client_secret: SecretStr = SecretStr("")
    smtp_oauth_scope: str = ""
    bounce_address: str = ""
    imap_host: str = ""
    imap_port: Port = 993
    imap_username: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_folder: str = "INBOX"

    web_host: str = "127.0.0.1"
    web_port: Port = 8000
    public_url: str = ""
    health_host: str = "127.0.0.1"
    health_port: Port = 8080
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 9464
    ping_url: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("zoom_api_url", "zoom_token_url")
    @classmethod
    def _only_https(cls, url: str) -> str:
        if not _is_private(url):
            raise ValueError("must begin with https:// (http only for a sandbox on 127.0.0.1)")
        return url.rstrip("/")

    @field_validator("ping_url", "public_url")
    @classmethod
    def _https_or_none(cls, url: str) -> str:
        if url and not _is_private(url):
            raise ValueError("must begin with https:// (http only on 127.0.0.1)")
        return url.rstrip("/")

    @field_validator(
        "zoom_client_secret",
        "zoom_webhook_secret",
        "zoom_webhook_secret_old",
        "smtp_password",
        "smtp_oauth_client_secret",
        "data_key",
        "backup_passphrase",
        "imap_password",
    )
    @classmethod
    def _no_placeholder(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value().strip().lower() in _PLACEHOLDERS:
            raise ValueError("is still a placeholder; put the real value here")
        return secret

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the store; SQLite in the data folder unless another one is named."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'meetbot.db'}"

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """What may sign Zoom's events, the newest first; empty where none are to be taken in."""
        newest, old = self.zoom_webhook_secret.get_secret_value(), self.zoom_webhook_secret_old.get_secret_value()
        return (newest, *([old] if old else [])) if newest else ()

    @property
    def maildir(self) -> Path:
        """Where the `maildir` transport lays its messages."""
        return self.data_dir / "outbox"

    @property
    def journal(self) -> Path:
        """Where the sent-mail journal lies: beside the store, so that it outlives what happens to that."""
        return self.data_dir / "sent.journal"

    @property
    def erased_journal(self) -> Path:
        """Where the journal of erasures lies, for the same reason."""
        return self.data_dir / "erased.journal"


def read(env_file: Path | None = Path(".env")) -> Settings:
    """The settings of this process. What the environment says goes before `.env`, and that before files of secrets.

    ProgrammeError, with every problem and never a value, when a setting is unknown, misspelt or out of range.
    """
    written, problems = _written(env_file) if env_file is not None and env_file.is_file() else ({}, [])
    problems = [_unknown(name, "the environment") for name in os.environ if _is_unknown(name)] + problems
    if problems:
        raise ProgrammeError(*problems)
    folders = [Path(path) for path in (os.environ.get("CREDENTIALS_DIRECTORY"), "/run/secrets") if path]
    values = {field: text for field, text in written.items() if field not in map(_field, os.environ)}
    try:
        return Settings(**values, _secrets_dir=[path for path in folders if path.is_dir()])  # type: ignore[arg-type, call-arg]
    except ValidationError as error:
        raise ProgrammeError(*(_sentence(problem) for problem in error.errors(include_input=False))) from None


def _is_private(url: str) -> bool:
    """Nobody on the way can read it, and it gives no password away."""
    local = url.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))
    return (url.startswith("https://") or local) and "@" not in url


def _field(name: str) -> str:
    """The field that a variable means, whatever the case of its letters."""
    return name.lower().removeprefix(_PREFIX.lower()) if name.upper().startswith(_PREFIX) else ""


def _is_unknown(name: str) -> bool:
    return name.upper().startswith(_PREFIX) and _field(name) not in Settings.model_fields


def _unknown(name: str, place: str) -> str:
    known = [f"{_PREFIX}{field.upper()}" for field in Settings.model_fields]
    near = difflib.get_close_matches(name.upper(), known, n=1)
    return f"{place}: {name} is not a setting of meetbot" + (f"; did you mean {near[0]}?" if near else "")


def _written(path: Path) -> tuple[dict[str, str], list[str]]:
    """What `.env` says, by field, and what is wrong with it.

    pydantic-settings would put variables in for `${…}`, drop lines that it cannot read and take the last of two:
    but a secret must stay as it is, and a mistake must be heard of.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return {}, [f"{path}: is not UTF-8 text; save it as UTF-8"]
    written: dict[str, str] = {}
    problems: list[str] = []
    for number, name, value in _lines(text):
        field = _field(name)
        if value is None:
            problems.append(f"{path}:{number}: is not of the form NAME=value")
        elif field not in Settings.model_fields:
            problems.append(_unknown(name, f"{path}:{number}"))
        elif field in written:
            problems.append(f"{path}:{number}: {name} is set twice; keep one of the two lines")
        else:
            written[field] = value
    return written, problems


def _lines(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Number, name and value of each line that is neither blank nor a comment; None: it has no value."""
    for binding in parser.parse_stream(io.StringIO(text)):
        original = binding.original.string
        blank = original[: len(original) - len(original.lstrip())].count("\n")
        if binding.key is not None or binding.error:
            yield binding.original.line + blank, binding.key or "", binding.value


def _sentence(problem: Mapping[str, object]) -> str:
    location = problem["loc"]
    field = str(location[0]) if isinstance(location, tuple) and location else "settings"
    return f"{_PREFIX}{field.upper()}: {str(problem['msg']).removeprefix('Value error, ')}"
