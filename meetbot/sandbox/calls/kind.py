"""One kind of call: where it is, what it costs, what it needs, what answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from meetbot.sandbox.account import Account
from meetbot.sandbox.answers import Answer, Call
from meetbot.sandbox.limits import Label

Operation = Callable[[Account, Call], Answer]


@dataclass(frozen=True)
class Kind:
    """`path` below `/v2` with its parts in braces, `scope` without its `:admin`."""

    method: str
    path: str
    label: Label
    scope: str
    operation: Operation
    #: Whether it makes a meeting or webinar, which Zoom's pages label differently.
    creates: bool = False

    @property
    def full_scope(self) -> str:
        return f"{self.scope}:admin"

    def label_in(self, account: Account) -> Label:
        return account.setup.create_label if self.creates else self.label
