"""Zoom's registration form: its fields, and which answers it refuses (Zoom API, Add a meeting registrant)."""

from meetbot.sandbox import answers
from meetbot.sandbox.answers import Json

_LONGEST = {"email": 128, "first_name": 64, "last_name": 64}
TEXTS = (
    "address",
    "city",
    "state",
    "zip",
    "country",
    "phone",
    "comments",
    "industry",
    "job_title",
    "org",
    "no_of_employees",
    "purchasing_time_frame",
    "role_in_purchase_process",
)
_LANGUAGES = (
    "en-US de-DE es-ES fr-FR jp-JP pt-PT ru-RU zh-CN zh-TW ko-KO it-IT vi-VN pl-PL Tr-TR".split()  # noqa: SIM905
)


def check(form: Json) -> None:
    """Raise one `Validation Failed.` that names every wrong field."""
    wrong = [field for field, longest in _LONGEST.items() if not _is_text(form.get(field, ""), longest)]
    wrong += [field for field in ("email", "first_name") if not form.get(field) and field not in wrong]
    if "email" not in wrong and not is_address(form["email"]):
        wrong.append("email")
    wrong += [field for field in TEXTS if not isinstance(form.get(field, ""), str)]
    if "country" not in wrong and len(form.get("country", "")) not in (0, 2):
        wrong.append("country")
    if form.get("language", "en-US") not in _LANGUAGES:
        wrong.append("language")
    if any(not _is_text(answer.get("value", ""), 128) for answer in answers.rows(form, "custom_questions")):
        wrong.append("custom_questions")
    if wrong:
        raise answers.invalid(*((field, "Invalid field.") for field in wrong))


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest


def is_address(written: str) -> bool:
    local, _, domain = written.strip().rpartition("@")
    return bool(local) and "." in domain and not any(char.isspace() for char in local + domain)
