"""The question "shall we meet again?" as a form: about what, how many times, how often."""

from __future__ import annotations

from wtforms import SelectField, StringField, validators
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from meetbot.mail import inert
from meetbot.web.given import Given

MOST = 8  #: meetings asked for at once
LONGEST = 80  #: of what they are about, in characters
_COUNTS = [str(number) for number in range(1, MOST + 1)]
_WEEKS = ["1", "2", "4"]


def form(given: Given | None = None) -> BaseForm:
    """The form, empty or with what somebody has just `given`."""
    too_long = f"Write what they are about in at most {LONGEST} characters."
    count, every = f"Choose a number of meetings from 1 to {MOST}.", "Choose how often you want to meet."
    made = BaseForm(
        {
            "subject": StringField(
                filters=[lambda text: inert.line(text or "").strip()],
                validators=[
                    validators.DataRequired("Write what the meetings are about."),
                    validators.Length(max=LONGEST, message=too_long),
                ],
            ),
            "count": StringField(default="1", validators=[validators.AnyOf(_COUNTS, count)]),
            "every": SelectField(
                choices=[SelectChoice(weeks) for weeks in _WEEKS],
                validate_choice=False,
                validators=[validators.AnyOf(_WEEKS, every)],
            ),
        }
    )
    made.process(given)
    return made
