"""What people write where a form asks for the sex: in their own language, or that they would rather not say."""

from __future__ import annotations

from meetbot.core.model import Sex
from meetbot.core.registration import fold
from meetbot.files import written

_WORDS = {
    Sex.FEMALE: "f|female|woman|w|ms|mrs|ស្រី|ស|ຍິງ|ຍ|အမျိုးသမီး|မ|女|女性",
    Sex.MALE: "m|male|man|mr|ប្រុស|ប|ຊາຍ|ຊ|အမျိုးသား|ကျား|男|男性",
    Sex.OTHER: "x|other|non-binary|nonbinary|diverse|ផ្សេងទៀត|ອື່ນໆ|အခြား|其他",
    None: "-|prefer not to say|not stated|n/a|na|none|unknown|មិនបញ្ជាក់|ບໍ່ລະບຸ|မဖြေလိုပါ|不愿透露|不透露|未说明",
}
_SEX_BY_WORD = {fold(word): sex for sex, words in _WORDS.items() for word in words.split("|")}


def is_one(text: str) -> bool:
    """Whether it answers the question, or says that it is not answered."""
    return fold(text) in _SEX_BY_WORD


def read(text: str) -> Sex | None:
    """None: not stated, which is an answer too. Wrong for any other word."""
    if not is_one(text):
        raise written.Wrong(f"'{text}' is no answer here", "write female, male or other, or leave it open")
    return _SEX_BY_WORD[fold(text)]
