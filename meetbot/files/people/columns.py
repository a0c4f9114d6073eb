"""Which column holds what: headers in English, Khmer, Lao, Burmese and Chinese, in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from meetbot.core import registration
from meetbot.files.people.table import Row

#: A title may stand above the header.
HEADER_WITHIN = 10

_HEADERS = """
name          name, full name, name of participant, participant name, participant
name          ឈ្មោះ, ឈ្មោះពេញ, ຊື່, ຊື່ເຕັມ, ຊື່ ແລະ ນາມສະກຸນ, အမည်, နာမည်, အမည်အပြည့်အစုံ, 姓名, 名字, 参会人员
given         first name, given name, given names, forename, នាមខ្លួន, 名
family        last name, family name, surname, នាមត្រកូល, ນາມສະກຸນ, 姓, 姓氏
address       e-mail, email, mail, mail address, e-mail address, email address
address       អ៊ីមែល, អ៊ីម៉ែល, អាសយដ្ឋានអ៊ីមែល, ອີເມວ, ອີເມລ, ທີ່ຢູ່ອີເມວ, အီးမေးလ်, အီးမေးလ်လိပ်စာ
address       邮箱, 电子邮箱, 电子邮件, 邮件, 邮箱地址, 邮件地址
organisation  organisation, organization, name of organisation, name of organization, institution, institute
organisation  agency, office, affiliation, company, ស្ថាប័ន, អង្គភាព, អង្គការ, ອົງກອນ, ອົງການ, ໜ່ວຍງານ, ສະຖາບັນ
organisation  အဖွဲ့အစည်း, ဌာန, 单位, 机构, 组织, 工作单位, 单位名称
position      position, job title, post, function, designation, occupation
position      តួនាទី, មុខតំណែង, ຕຳແໜ່ງ, ຕໍາແໜ່ງ, ရာထူး, 职务, 职位, 职称
country       country, ប្រទេស, ປະເທດ, နိုင်ငံ, 国家, 国别
language      language, preferred language, ភាសា, ພາສາ, ဘာသာစကား, 语言, 语种
zone          time zone, timezone, zone, ល្វែងម៉ោង, ເຂດເວລາ, အချိန်ဇုန်, 时区
sex           sex, gender, m/f, sex/gender, ភេទ, ເພດ, ကျား/မ, ကျား မ, လိင်, 性别
person        programme role, program role, role, role in programme, speaker
person        វាគ្មិន, ຜູ້ບັນຍາຍ, ຜູ້ກ່າວ, ဟောပြောသူ, 发言人, 讲者, 演讲人
"""
_FIELD_BY_HEADER = {
    registration.fold(header): field
    for field, headers in (line.split(maxsplit=1) for line in _HEADERS.strip().splitlines())
    for header in headers.split(", ")
}


def field_of(header: str) -> str | None:
    """The field that a header names, also beside its translation ("Name / 姓名") or an explanation in brackets."""
    for part in (header, *re.split(r"[/()（）|\n*:：]", header)):
        if field := _FIELD_BY_HEADER.get(registration.fold(part)):
            return field
    return None


def header(rows: Sequence[Row]) -> Row | None:
    """The first row that names a column of mail addresses; None when there is none near the top."""
    return next((row for row in rows[:HEADER_WITHIN] if "address" in known(row.cells).values()), None)


def known(headers: Sequence[str]) -> dict[int, str]:
    """By column, the fields that are known."""
    return {column: field for column, header in enumerate(headers) if (field := field_of(header))}
