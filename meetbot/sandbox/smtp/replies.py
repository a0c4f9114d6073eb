"""What the mail server says, the odd replies too: without text, of many lines, of a very long line, not UTF-8."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    text: str
    #: How many lines the last line becomes.
    lines: int = 1
    #: Characters that each line is filled up to.
    width: int = 0
    encoding: str = "utf-8"

    @property
    def agrees(self) -> bool:
        """Whether the step goes on (2xx and 3xx)."""
        return self.text[:1] in ("2", "3")

    @property
    def closes(self) -> bool:
        """421 says that the connection ends (RFC 5321, 3.8)."""
        return self.text.startswith("421")

    def on_wire(self, *, more: bool = False) -> bytes:
        """Without the last line end; `more` when other lines follow, as in the answer to EHLO."""
        *before, last = self.text.splitlines()
        repeated = [_continued(last)] * (self.lines - 1) + [_continued(last) if more else last]
        filled = [line.ljust(self.width, "x") for line in [*before, *repeated]]
        return "\r\n".join(filled).encode(self.encoding, errors="replace")


def _continued(line: str) -> str:
    return f"{line[:3]}-{line[4:]}"
