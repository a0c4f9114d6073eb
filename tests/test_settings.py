"""A setting is taken exactly as it was written, or refused with its place and what to do; its value is never shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from meetbot import bootstrap, clock, settings
from meetbot.errors import ProgrammeError, UserError
from meetbot.settings import Settings

SECRET = "S3cr3t-Canary"
EXAMPLE = Path(__file__).parent.parent / ".env.example"

Write = Callable[[str | bytes], Path]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of whoever runs the tests."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    for name in [f"MEETBOT_{field.upper()}" for field in Settings.model_fields]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Write:
    """Writes a `.env` and says where."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / ".env"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refusal(path: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(ProgrammeError) as refused:
        settings.read(path)
    assert refused.value.exit_code == 3
    return tuple(refused.value.problems)


def test_without_any_setting_everything_stays_on_this_machine(tmp_path: Path) -> None:
    """The defaults send nothing to anybody: a folder for mail, a file for the store, Zoom's own addresses."""
    found = settings.read(tmp_path / "no such file")

    assert (found.mail_transport, found.maildir) == ("maildir", Path("data/outbox"))
    assert found.database == "sqlite+aiosqlite:///data/meetbot.db"
    assert (found.zoom_api_url, found.zoom_token_url) == ("https://api.zoom.us/v2", "https://zoom.us/oauth/token")
    assert (found.web_host, found.web_port, found.webhook_secrets) == ("127.0.0.1", 8000, ())
    assert (found.health_host, found.health_port) == ("127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MEETBOT_SMTP_PROT", "MEETBOT_SMTP_PORT"),
        ("MEETBOT_SMTP__PROT", "MEETBOT_SMTP_PORT"),
        ("MEETBOT_ZOOM_CLIENT_SECRT", "MEETBOT_ZOOM_CLIENT_SECRET"),
        ("meetbot_data_dri", "MEETBOT_DATA_DIR"),
    ],
)
def test_C04_a_misspelt_setting_is_refused_with_the_right_one(
    monkeypatch: pytest.MonkeyPatch, env_file: Write, name: str, meant: str
) -> None:
    """In the environment and in `.env`, there with its line; both are told at once, and neither value."""
    path = env_file(f"# Mail\n\nMEETBOT_SMTP_PORT=25\n\nexport {name}={SECRET}\n")
    monkeypatch.setenv(name, SECRET)

    assert refusal(path) == (
        f"the environment: {name} is not a setting of meetbot; did you mean {meant}?",
        f"{path}:5: {name} is not a setting of meetbot; did you mean {meant}?",
    )


def test_C04_a_stranger_in_the_file_is_named(env_file: Write) -> None:
    """Something that is like no setting gets no suggestion; in the environment other programs' names are fine."""
    path = env_file("TZ=Asia/Bangkok\n")

    assert refusal(path) == (f"{path}:1: TZ is not a setting of meetbot",)


def test_C03_a_setting_written_twice_is_refused(env_file: Write) -> None:
    """The last does not silently win."""
    path = env_file("MEETBOT_SMTP_PORT=25\n# moved\nmeetbot_smtp_port=587\n")

    assert refusal(path) == (f"{path}:3: meetbot_smtp_port is set twice; keep one of the two lines",)


def test_a_line_that_says_nothing_is_refused(env_file: Write) -> None:
    """A forgotten sign, a pasted secret without a name: the line's number, not its text."""
    path = env_file(f"MEETBOT_SMTP_PORT\n{SECRET} and more\nMEETBOT_SMTP_HOST='unclosed\n")

    assert refusal(path) == tuple(f"{path}:{number}: is not of the form NAME=value" for number in (1, 2, 3))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfMEETBOT_ZOOM_ACCOUNT_ID=abc\nMEETBOT_SMTP_PORT=25\n",
        b"MEETBOT_ZOOM_ACCOUNT_ID=abc\r\nMEETBOT_SMTP_PORT=25\r\n",
        b"\xef\xbb\xbf\r\nMEETBOT_ZOOM_ACCOUNT_ID=abc\r\n\r\nMEETBOT_SMTP_PORT=25",
    ],
    ids=["BOM", "CRLF", "both and no end of line"],
)
def test_C05_a_file_from_windows_is_read(env_file: Write, content: bytes) -> None:
    """The mark at its beginning and carriage returns belong to no name and no value."""
    found = settings.read(env_file(content))

    assert (found.zoom_account_id, found.smtp_port) == ("abc", 25)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_C05_a_file_in_another_encoding_is_refused(env_file: Write, encoding: str) -> None:
    """Half of it would be guessed."""
    path = env_file(f"MEETBOT_ZOOM_CLIENT_SECRET=é{SECRET}\n".encode(encoding))

    assert refusal(path) == (f"{path}: is not UTF-8 text; save it as UTF-8",)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("abc#def", "abc#def"),
        ('"abc#def"', "abc#def"),
        ("'abc # def'", "abc # def"),
        ("a$b", "a$b"),
        ("a${HOME}b", "a${HOME}b"),
        ('"a${HOME:-x}b"', "a${HOME:-x}b"),
        ('" abc "', " abc "),
        ("a=b==", "a=b=="),
        (r"a\nb", r"a\nb"),
        ("abc # since May", "abc"),
    ],
)
def test_C06_a_secret_is_kept_exactly(env_file: Write, written: str, kept: str) -> None:
    """Signs, spaces and dollars are part of it; quotes around it are not, nor is a remark after a space."""
    found = settings.read(env_file(f"MEETBOT_ZOOM_CLIENT_SECRET={written}\n"))

    assert found.zoom_client_secret.get_secret_value() == kept


@pytest.mark.parametrize("value", ["abc#def ", '"quoted"', "a${HOME}b", "a$b # c"])
def test_C06_a_secret_in_the_environment_is_kept_exactly(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """There even quotes belong to it."""
    monkeypatch.setenv("MEETBOT_ZOOM_CLIENT_SECRET", value)

    assert settings.read(None).zoom_client_secret.get_secret_value() == value


def test_the_environment_goes_before_the_file_and_the_file_before_secret_files(
    monkeypatch: pytest.MonkeyPatch, env_file: Write, tmp_path: Path
) -> None:
    """Each place is asked in its turn, whatever the case of the letters."""
    (tmp_path / "secrets").mkdir()
    for field in ("zoom_client_secret", "smtp_password", "data_key"):
        (tmp_path / "secrets" / f"meetbot_{field}").write_text(f"{field} from a secret file\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "secrets"))
    monkeypatch.setenv("meetbot_zoom_client_secret", "from the environment")
    path = env_file("MEETBOT_ZOOM_CLIENT_SECRET=from the file\nMEETBOT_SMTP_PASSWORD=from the file\n")

    found = settings.read(path)

    secrets = (found.zoom_client_secret, found.smtp_password, found.data_key)
    assert [secret.get_secret_value() for secret in secrets] == [
        "from the environment",
        "from the file",
        "data_key from a secret file",
    ]


@pytest.mark.parametrize(
    "field",
    [
        "ZOOM_CLIENT_SECRET",
        "ZOOM_WEBHOOK_SECRET",
        "ZOOM_WEBHOOK_SECRET_OLD",
        "SMTP_PASSWORD",
        "SMTP_OAUTH_CLIENT_SECRET",
        "DATA_KEY",
    ],
)
@pytest.mark.parametrize("placeholder", ["changeme", "XXXX", " <your-secret> "])
def test_C07_a_placeholder_is_no_secret(monkeypatch: pytest.MonkeyPatch, field: str, placeholder: str) -> None:
    """Whoever copied an example is told before Zoom or the mail server says no."""
    monkeypatch.setenv(f"MEETBOT_{field}", placeholder)

    assert refusal() == (f"MEETBOT_{field}: is still a placeholder; put the real value here",)


@pytest.mark.parametrize("name", ["MEETBOT_SMTP_PORT", "MEETBOT_WEB_PORT", "MEETBOT_HEALTH_PORT"])
@pytest.mark.parametrize(
    ("port", "why"),
    [
        ("25x", "Input should be a valid integer, unable to parse string as an integer"),
        ("", "Input should be a valid integer, unable to parse string as an integer"),
        ("0", "Input should be greater than or equal to 1"),
        ("-1", "Input should be greater than or equal to 1"),
        ("65536", "Input should be less than or equal to 65535"),
    ],
)
def test_C09_a_port_is_a_whole_number_in_range(monkeypatch: pytest.MonkeyPatch, name: str, port: str, why: str) -> None:
    """Words, nothing, and what no machine has are refused."""
    monkeypatch.setenv(name, port)

    assert refusal() == (f"{name}: {why}",)


@pytest.mark.parametrize("port", ["1", "65535"])
def test_C09_the_first_and_the_last_port_are_taken(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    """The other side of the edge."""
    monkeypatch.setenv("MEETBOT_SMTP_PORT", port)

    assert settings.read(None).smtp_port == int(port)


async def test_C10_mail_without_encryption_goes_to_this_machine_alone(tmp_path: Path) -> None:
    """Join links do not cross a network in the clear; a server on this machine is fine."""

    def sending_by(host: str) -> Settings:
        return Settings(data_dir=tmp_path, mail_transport="smtp", smtp_security="none", smtp_host=host)

    with pytest.raises(UserError) as refused:
        async with bootstrap.opened(sending_by("mail.example.org"), clock.RealClock()):
            raise AssertionError("opened")
    async with bootstrap.opened(sending_by("127.0.0.1"), clock.RealClock()):
        pass

    assert refused.value.problems == (
        "MEETBOT_SMTP_SECURITY: 'none' would send join links in the clear; use 'starttls' or 'tls'",
    )


@pytest.mark.parametrize(
    "address",
    ["http://api.zoom.us/v2", f"https://name:{SECRET}@zoom.example/v2", "zoom.us", "http://127.0.0.1.evil.org/v2"],
)
@pytest.mark.parametrize("name", ["MEETBOT_ZOOM_API_URL", "MEETBOT_ZOOM_TOKEN_URL"])
def test_C11_zoom_is_called_by_https_alone(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    """A secret goes there; http is for a sandbox on this machine, and a name and password belong in no address."""
    monkeypatch.setenv(name, address)

    assert refusal() == (f"{name}: must begin with https:// (http only for a sandbox on 127.0.0.1)",)


def test_C11_a_sandbox_on_this_machine_may_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slash at the end is not part of it."""
    monkeypatch.setenv("MEETBOT_ZOOM_API_URL", "http://127.0.0.1:9000/v2/")

    assert settings.read(None).zoom_api_url == "http://127.0.0.1:9000/v2"


@pytest.mark.parametrize("address", [f"postgres//meetbot:{SECRET}@db/x", f"nosuch://meetbot:{SECRET}@db/x"])
async def test_C15_a_database_address_that_is_none_is_refused_without_being_shown(tmp_path: Path, address: str) -> None:
    """It holds a password."""
    with pytest.raises(UserError) as refused:
        async with bootstrap.opened(Settings(data_dir=tmp_path, database_url=address), clock.RealClock()):
            raise AssertionError("opened")

    assert refused.value.problems == (
        "MEETBOT_DATABASE_URL: is no address of a database, such as postgresql+psycopg://name:password@host/meetbot",
    )


def test_every_problem_is_told_at_once_and_no_value_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three mistakes, three lines; what was written in their place is not repeated."""
    for name in ("SMTP_PORT", "MAIL_TRANSPORT", "LOG_LEVEL"):
        monkeypatch.setenv(f"MEETBOT_{name}", SECRET)
    monkeypatch.setenv("MEETBOT_ZOOM_CLIENT_SECRET", SECRET)

    assert refusal() == (
        "MEETBOT_MAIL_TRANSPORT: Input should be 'maildir' or 'smtp'",
        "MEETBOT_SMTP_PORT: Input should be a valid integer, unable to parse string as an integer",
        "MEETBOT_LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'",
    )


def test_P31_settings_do_not_show_their_secrets() -> None:
    """However they are printed."""
    secret = SecretStr(SECRET)
    found = Settings(
        zoom_client_secret=secret,
        zoom_webhook_secret=secret,
        zoom_webhook_secret_old=secret,
        smtp_password=secret,
        data_key=secret,
        smtp_oauth_client_secret=secret,
    )

    assert [text for text in (repr(found), str(found), found.model_dump_json()) if SECRET in text] == []


def test_the_example_names_exactly_the_settings_that_exist() -> None:
    """No setting is left out of `.env.example`, and it names none that is gone."""
    named = re.findall(r"^#?(MEETBOT_[A-Z_]+)=", EXAMPLE.read_text(), re.M)

    assert sorted(named) == sorted(f"MEETBOT_{field.upper()}" for field in Settings.model_fields)


def test_the_example_is_valid_as_it_stands_and_with_every_line_in_use(env_file: Write) -> None:
    """Copied unchanged it gives the defaults; what its comments show as defaults are the defaults."""
    in_use = re.sub(r"^#(?=MEETBOT_)", "", EXAMPLE.read_text(), flags=re.M)

    assert settings.read(EXAMPLE) == Settings()
    shown = settings.read(env_file(in_use))
    given_as_examples = {
        "smtp_host": "smtp.example.org",
        "smtp_oauth_scope": "https://outlook.office365.com/.default",
        "public_url": "https://meetings.partnership.example",
    }
    assert shown == Settings().model_copy(update=given_as_examples)


@pytest.mark.parametrize(
    ("newest", "old", "secrets"),
    [("", "", ()), ("new", "", ("new",)), ("new", "old", ("new", "old")), ("", "old", ())],
)
def test_W28_two_webhook_secrets_are_good_while_one_is_replaced(
    newest: str, old: str, secrets: tuple[str, ...]
) -> None:
    """The newest first; the old one alone is none, for it is no longer Zoom's."""
    found = Settings(zoom_webhook_secret=SecretStr(newest), zoom_webhook_secret_old=SecretStr(old))

    assert found.webhook_secrets == secrets
