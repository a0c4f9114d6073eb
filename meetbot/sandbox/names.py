"""Every id, passcode and token that the sandbox hands out; the same seed gives the same ones."""

import base64
import random
import string
import uuid

from meetbot.sandbox.setup import PasscodeRules

_ALPHANUMERIC = string.ascii_letters + string.digits


class Names:
    """Each purpose draws from its own stream, so that one more token does not change the meeting ids."""

    def __init__(self, seed: int) -> None:
        self._ids = random.Random(f"{seed}:ids")
        self._instances = random.Random(f"{seed}:instances")
        self._secrets = random.Random(f"{seed}:secrets")
        self._participants = random.Random(f"{seed}:participants")
        self._taken: set[int] = set()

    def meeting_id(self) -> int:
        drawn = self._ids.randrange(80_000_000_000, 99_999_999_999)
        while drawn in self._taken:
            drawn = self._ids.randrange(80_000_000_000, 99_999_999_999)
        self._taken.add(drawn)
        return drawn

    def uuid(self) -> str:
        """The uuid of a planned meeting: base64 that needs no double encoding."""
        return _base64(self._ids).replace("/", "8")

    def instance_uuid(self) -> str:
        """The uuid of an instance: one in two begins with a slash or holds two in a row."""
        plain = _base64(self._instances).replace("/", "8")
        habit = self._instances.randrange(4)
        if habit == 0:
            return "/" + plain[1:]
        if habit == 1:
            return plain[:9] + "//" + plain[11:]
        return plain

    def participant_uuid(self) -> str:
        """One participant in one instance, whatever room they are in and however often they come back."""
        return str(uuid.UUID(bytes=self._participants.randbytes(16), version=4)).upper()

    def person_id(self) -> str:
        """22 characters of base64url: a user, a registrant."""
        return base64.urlsafe_b64encode(self._ids.randbytes(16)).decode().rstrip("=")

    def passcode(self, rules: PasscodeRules) -> str:
        """Six characters or as many as the account asks for: letters and digits, or digits alone."""
        drawn = self._secrets.choices(string.digits if rules.only_allow_numeric else _ALPHANUMERIC, k=_length(rules))
        if rules.have_letter:
            drawn[0] = self._secrets.choice(string.ascii_letters)
        if rules.have_number:
            drawn[-1] = self._secrets.choice(string.digits)
        return "".join(drawn)

    def message_id(self) -> str:
        return str(uuid.UUID(bytes=self._participants.randbytes(16), version=4)).upper()

    def pin(self) -> int:
        return self._ids.randrange(100_000, 999_999)

    def token(self) -> str:
        return base64.urlsafe_b64encode(self._secrets.randbytes(33)).decode()

    def either(self, *choices: int) -> int:
        """For what the sources disagree on: decided by the seed."""
        return self._ids.choice(choices)


def _length(rules: PasscodeRules) -> int:
    return max(6, rules.length)


def _base64(stream: random.Random) -> str:
    return base64.b64encode(stream.randbytes(16)).decode()
