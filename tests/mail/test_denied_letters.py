"""A refusal and an approval taken back are told apart."""

from __future__ import annotations

import pytest

from meetbot.core.model import LetterKind
from tests.mail.builders import TITLE, rendered, words_of

NOT_ADMITTED = "Thank you for your interest. We cannot admit you to this meeting."
WITHDRAWN = (
    "Your approval to join this meeting has been withdrawn. Please do not use the link that you received for it."
)
TAKEN_BACK = "The attached entry takes the meeting out of your calendar. Should it stay there, please delete it."


@pytest.mark.parametrize(
    ("facts", "sequence", "subject", "said"),
    [
        ({}, None, "About your registration", [NOT_ADMITTED]),
        ({"withdrawn": False}, None, "About your registration", [NOT_ADMITTED]),
        ({"withdrawn": True}, None, "Your approval is withdrawn", [WITHDRAWN]),
        ({"withdrawn": True}, 2, "Your approval is withdrawn", [WITHDRAWN, TAKEN_BACK]),
        ({}, 2, "Your approval is withdrawn", [WITHDRAWN, TAKEN_BACK]),
    ],
)
def test_denied_tells_a_refusal_from_a_withdrawal(
    facts: dict[str, bool], sequence: int | None, subject: str, said: list[str]
) -> None:
    """Who was approved before reads that this is withdrawn, and of the calendar only where an entry is attached."""
    written = rendered(LetterKind.DENIED, sequence=sequence, **facts)

    page = words_of(written.html)
    assert written.subject == f"{subject}: {TITLE}"
    assert "Reason: all places of your organisation are taken" in written.text
    assert "Reason: all places of your organisation are taken" in page
    for part in (written.text, page):
        assert [words for words in (NOT_ADMITTED, WITHDRAWN, TAKEN_BACK) if words in part] == said
