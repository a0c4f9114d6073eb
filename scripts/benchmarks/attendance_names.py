"""Names of `scripts/bench attendance`, drawn from a seed: who registered, and what stood on the screen at Zoom.

In five scripts. Four of five came under a name with up to three kinds of damage; one in twenty is a stranger, and one
in a hundred has the very name of somebody else.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from meetbot.core.model import Form, Organisation, Registrant, Status

#: Parts of names by script: families, given names (two of them may be joined), and what stands between.
_PARTS: dict[str, tuple[str, str, str]] = {
    "Khmer": (
        "សុខ ចាន់ គឹម ហេង លី ផាន ឃឹម អ៊ុំ ប៉ែន ទូច យិន នួន ឈឹម អ៊ុក ម៉ុក គង់ ទេព ព្រំ សេង ពេជ្រ ជា ម៉ៅ កែវ អ៊ឹង ឡុង រស់ ស៊ួន",
        "ដារ៉ា សុភ័ក្រ សុជាតា វិបុល ម៉ារីណា រិទ្ធី រតនា សីហា ចន្ធី ស្រីនាង កក្កដា ពិសិដ្ឋ សុខា ផល្លា វិសាល "
        "បុប្ផា "
        "រតនៈ ចាន់ថុល វណ្ណៈ សុភាព គន្ធា មុនី វីរៈ ធារិទ្ធ សុវណ្ណ ណារី សម្បត្តិ វុទ្ធា ពិសី",
        " ",
    ),
    "Lao": (
        "ພົມມະຈັນ ແກ້ວວົງສາ ສີສຸວັນ ໄຊຍະວົງ ດວງດາລາ ຈັນທະລາ ວົງຄຳຊາວ ພິມມະສອນ ບົວລະພັນ ອິນທະວົງ ແກ້ວມະນີ "
        "ລາດສະວົງ ຈັນທະວີສຸກ ໄຊຍະເສນສຸກ ສີສະຫວາດ ພູມມີ ແສງອາລຸນ ທຳມະວົງ ບຸນຍະວົງ ໂພທິສານ",
        "ສົມສັກ ບຸນມີ ວິໄລພອນ ຄຳແພງ ສຸກສະຫວັນ ອຳພອນ ນິດຕະຍາ ທອງໃສ ແສງເດືອນ ພູວົງ ສົມຈິດ ຄຳພອນ ບຸນທັນ ເພັດສະໝອນ "
        "ວຽງໄຊ ແສງດາວອນ ທະວີສັກ ມະນີວັນ ຈັນສະໝຸດ ໄພວັນ ສຸລິຍາ ພອນປະເສີດ ອານຸສອນ ນາລີ",
        " ",
    ),
    "Burmese": (
        "အောင် သီတာ ကျော် ခင် နန်း ဇော် သန္တာ ရဲရင့် မေသူ ဝေယံ စိုးမိုး နီလာ ဖြိုး ထက် မြတ် သူရ နှင်း ယမင်း ဉာဏ် လှိုင်",
        "မြင့်ဦး ဝင်း စွာလင်း မျိုးချစ် မွှေးမွှေး မင်းထွန်း အေးအေး ပိုင်စိုး ခိုင်ဇာ မောင်မောင် ထွဋ်နိုင် "
        "ဇာလွင် ချိုမြတ် "
        "ယုဝေ သန့်ဇင် ကိုကို ပြည့်ဖြိုး လင်းထက် စန္ဒီ သူဇာ ဖြူဖြူ မင်းခန့်",
        "",
    ),
    "Chinese": (
        "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 萧 "
        "田 董 袁 潘 蒋 蔡 余",
        "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 桂 英 建 国 志 远 晓 燕 海 文 秀 玲 德 "
        "华 立 新 国 栋 丹 宁 琳 雪 峰 鹏 宇",
        "",
    ),
    "Latin": (
        "Chhim Ouk Nhem Mok Kong Tep Sambath Prum Seng Inthavong Sisavath Keomanivong Latsavong Chanthavisouk "
        "Pich Chea "
        "Mao Keo Ung Long Ros Suon Nguyen Tran Pham Hoang Phan Vu Dang Bui Zhang Liu Chen Yang Huang Zhao "
        "Phommachanh "
        "Vongkhamsao Santos Reyes Cruz Bautista Garcia Rahman Hossain Siregar Nasution Dupont Bernard Moreau",
        "Sokha Dararith Sreymom Phalla Visal Bopha Rattanak Chanthol Vannak Somchit Khamphone Bounthanh "
        "Phetsamone "
        "Viengxay Thinzar Hnin Sophoan Ratana Sokunthea Virak Sophorn Dimanche Vanna Chenda Huong Thang Quynh "
        "Giang Minh "
        "Xiaoming Meiling Guoqing Haiyan Miguel Angelica Rosario Farhana Anisur Putri Bambang Camille Étienne "
        "Benoît Amélie",
        " ",
    ),
}
_TITLES = {
    "Khmer": ("លោក ", "លោកស្រី ", "ឯកឧត្តម "),
    "Lao": ("ທ່ານ ", "ດຣ. "),
    "Burmese": ("ဦး", "ဒေါက်တာ "),
    "Latin": ("Mr. ", "Dr ", "H.E. ", "Prof. ", "Ms "),
}
_ORGANISATIONS = tuple(
    Organisation(key, name, country, "training institution", "Asia/Bangkok", 200, aliases)
    for key, name, country, aliases in (
        ("npic", "National Polytechnic Institute of Cambodia (NPIC)", "Cambodia", ()),
        ("vedi", "Vocational Education Development Institute", "Lao PDR", ("VEDI",)),
        ("cvt", "Center for Vocational Training (CVT)", "Myanmar", ()),
        ("yunnan", "Yunnan Technician College", "China", ("云南技师学院",)),
        ("mlvt", "Ministry of Labour and Vocational Training", "Cambodia", ("MLVT",)),
    )
)
_SHORT = {"npic": "NPIC", "vedi": "VEDI", "cvt": "CVT", "yunnan": "云南技师学院", "mlvt": "MLVT"}


@dataclass(frozen=True)
class Room:
    """One meeting: what was shown at Zoom, by line, and who that was; None: nobody who is registered."""

    registrants: tuple[Registrant, ...]
    organisations: dict[str, Organisation]
    shown: dict[str, str]
    truth: dict[str, int | None]


def drawn(count: int, seed: int) -> Room:
    """`count` registrants, of whom four in five come; strangers are one in twenty of `count` besides."""
    rng = random.Random(seed)
    names = _names(rng, count + count // 20)
    for number in range(0, count, 100):
        names[number] = names[number + 1]
    registrants = tuple(_registrant(rng, number, name) for number, name in enumerate(names[:count], start=1))
    came = rng.sample(registrants, count * 4 // 5)
    shown = {f"line-{one.id}": _damaged(rng, one.form.name, one.organisation or "") for one in came}
    strangers = {f"stranger-{name}": _damaged(rng, name, rng.choice(_ORGANISATIONS).key) for name in names[count:]}
    truth: dict[str, int | None] = {f"line-{one.id}": one.id for one in came}
    offices = {one.key: one for one in _ORGANISATIONS}
    return Room(registrants, offices, {**shown, **strangers}, {**truth, **dict.fromkeys(strangers)})


def _names(rng: random.Random, count: int) -> list[str]:
    """So many, each once."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[_name(rng, rng.choice(list(_PARTS)))] = None
    return list(found)


def _registrant(rng: random.Random, number: int, name: str) -> Registrant:
    organisation = rng.choice(_ORGANISATIONS)
    form = Form("launch", f"{number}@example.org", name, organisation.name)
    return Registrant(number, form, organisation.key, Status.APPROVED, "", "Asia/Bangkok", "en")


def _name(rng: random.Random, script: str) -> str:
    families, given, between = _PARTS[script]
    chosen = rng.sample(given.split(), rng.choice((1, 2, 2)))
    joined = between.join(chosen) if script == "Latin" else "".join(chosen)
    return f"{rng.choice(families.split())}{between}{joined}"


def script_of(name: str) -> str:
    """Of its first letter."""
    letter = unicodedata.name(name[0])
    for begins, script in (("KHMER", "Khmer"), ("LAO", "Lao"), ("MYANMAR", "Burmese"), ("CJK", "Chinese")):
        if letter.startswith(begins):
            return script
    return "Latin"


def _damaged(rng: random.Random, name: str, organisation: str) -> str:
    hand = _Hand(rng, script_of(name), organisation)
    for damage in rng.sample(hand.damages, rng.randint(0, 3)):
        name = damage(name)
    return name


class _Hand:
    """Somebody who types a name into Zoom."""

    def __init__(self, rng: random.Random, script: str, organisation: str) -> None:
        self._rng = rng
        self._script = script
        self._organisation = organisation

    @property
    def damages(self) -> Sequence[Callable[[str], str]]:
        plain = self.swapped, self.case, self.with_organisation, self.titled, self.zero_width, self.wide_spaces
        return *plain, self.decomposed, self.typo, self.device, self.initials, self.no_spaces, self.full_width

    def swapped(self, name: str) -> str:
        return " ".join(reversed(name.split(" ")))

    def case(self, name: str) -> str:
        return self._rng.choice((name.upper(), name.lower()))

    def with_organisation(self, name: str) -> str:
        short = _SHORT[self._organisation]
        return self._rng.choice((f"{name} ({short})", f"{short}_{name}", f"{short} - {name}", f"{name} | {short}"))

    def titled(self, name: str) -> str:
        if self._script == "Chinese":
            return name + self._rng.choice(("先生", "女士", "老师"))
        return self._rng.choice(_TITLES[self._script]) + name

    def zero_width(self, name: str) -> str:
        at = self._rng.randrange(1, len(name))
        return name[:at] + "\u200c" + name[at:] if self._script == "Latin" else name.replace(" ", "\u200b")

    def wide_spaces(self, name: str) -> str:
        return name.replace(" ", self._rng.choice(("\u3000", "  ", "\u00a0")))

    def decomposed(self, name: str) -> str:
        return unicodedata.normalize("NFD", name)

    def typo(self, name: str) -> str:
        """A letter left out, doubled or swapped, in a name of some length: one of two Chinese signs is half a name."""
        if self._script == "Chinese" or len(name) < 6:
            return name
        at = self._rng.randrange(1, len(name) - 1)
        return self._rng.choice(
            (
                name[:at] + name[at + 1 :],
                name[:at] + name[at] + name[at:],
                name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            )
        )

    def device(self, name: str) -> str:
        return self._rng.choice((f"{name}'s iPhone", f"{name} iPad", f"{name} Galaxy A52"))

    def initials(self, name: str) -> str:
        """One given name shortened, where the script has initials."""
        words = name.split()
        if self._script == "Latin" and len(words) > 1:
            words[1] = f"{words[1][0]}."
        return " ".join(words)

    def no_spaces(self, name: str) -> str:
        return name.replace(" ", "")

    def full_width(self, name: str) -> str:
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
