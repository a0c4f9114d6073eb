"""Words that people write beside their names in video meetings: titles, devices, offices, posts."""

from __future__ import annotations

import re

_split = str.split

#: With the model and the "'s" around it: "Dara's iPhone 12 Pro", "iPhone de Dara".
DEVICE = re.compile(
    r"(?:['’`]s\s*|的)?\b(?:i\s?phone|i\s?pad|mac\s?book|galaxy|samsung|oppo|vivo|redmi|xiaomi|huawei|realme|oneplus|nokia"
    r"|android|laptop|desktop|windows|tablet|smartphone)(?![a-z])(?:\s+(?:pro|max|plus|ultra|note|mini|air|tab|se|de|of)\b"
    r"|\s+[a-z]*-?[a-z]*\d\w*)*|(?:的)?(?:华为|小米|苹果|手机)(?=\s|$)|(?:华为|小米|苹果)手机"
    r"|\b[a-z]{0,2}-?\d+\w*",
    re.IGNORECASE,
)

#: A run of Chinese signs that ends like this, and is longer than a name, is an office.
OFFICE = re.compile("^.{2,}(?:学院|大学|学校|中心|公司|协会|委员会|办公室)$|^.{3,}[部局厅处院省市]$")

#: Words that stand before a name and are none, with the sex that they tell: "f", "m" or "".
TITLES: dict[str, dict[str, str]] = {
    "latin": {
        **dict.fromkeys(_split("mr u lok sir monsieur"), "m"),
        **dict.fromkeys(_split("mrs ms miss mme daw madam madame"), "f"),
        **dict.fromkeys(
            _split(
                "mx dr prof professor assoc associate asst assistant ing eng hon excellency his her ajarn acharn khun "
                "oknha samdech ambassador"
            ),
            "",
        ),
    },
    "burmese": {"ကို": "m", "မ": "f", "ဆရာ": "m", "ဆရာမ": "f"},
    "lao": {"ດຣ": "", "ສຈ": "", "ອຈ": "", "ທ": "m", "ນ": "f"},
}

#: Written together with the name, or apart from it. The longer ones first.
PREFIXES: dict[str, dict[str, str]] = {
    "khmer": {
        "លោកជំទាវ": "f",
        "លោកស្រី": "f",
        "លោកគ្រូ": "m",
        "អ្នកគ្រូ": "f",
        "អ្នកស្រី": "f",
        "អ្នកនាង": "f",
        "ឯកឧត្តម": "",
        "បណ្ឌិត": "",
        "ឧកញ៉ា": "",
        "កញ្ញា": "f",
        "លោក": "m",
    },
    "lao": {"ທ່ານນາງ": "f", "ທ່ານ": "", "ທ້າວ": "m", "ນາງ": "f"},
    "thai": {"นางสาว": "f", "นาย": "m", "นาง": "f", "ดร": ""},
    "burmese": {"ဒေါက်တာ": "", "ပါမောက္ခ": "", "ဒေါ်": "f", "ဦး": "m"},
}
SUFFIXES: dict[str, dict[str, str]] = {
    "han": {
        "先生": "m",
        "女士": "f",
        "小姐": "f",
        **dict.fromkeys(("博士", "教授", "老师", "部长", "院长", "校长", "主任", "局长", "处长", "同学"), ""),
    },
}

#: Words of posts and offices, and what Zoom or a cautious person adds. None of them is a name by itself.
NOISE = frozenset(
    _split(
        "guest host cohost zoom user admin administrator meeting room participant interpreter speaker he him she "
        "her they them phd md msc mba ma's of and the for de la du des et in at from deputy vice director general "
        "secretary minister officer chief head dean rector president chairman lecturer teacher trainer student "
        "staff coordinator advisor adviser manager assistant specialist expert ministry department institute "
        "institution university college school centre center office education training vocational technical "
        "national international technician polytechnic skills development pdr ilo un undp unesco 嘉宾 主持人 用户"
    )
)
