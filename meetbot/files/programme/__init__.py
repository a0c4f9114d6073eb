"""The programme file: YAML that a programme officer writes, read into the nouns with every mistake in its place."""

from meetbot.files.programme.reading import Reading, load, parse, read, text_of

__all__ = ["Reading", "load", "parse", "read", "text_of"]
