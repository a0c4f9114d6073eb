"""The catalogue of sentences for translators."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from meetbot import mail

ROOM = Path(mail.__file__).parent


def test_catalogue_has_every_sentence() -> None:
    """What a letter says can be translated: the template catalogue is as new as the letters."""
    with (ROOM / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    said = {sentence for _, _, sentence, _, _ in extract_from_dir(ROOM, methods, options)}
    with (ROOM / "locales" / "letters.pot").open() as template:
        listed = {entry.id for entry in read_po(template) if entry.id}

    assert said == listed
