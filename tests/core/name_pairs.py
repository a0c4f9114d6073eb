"""Names as registered and as they stood on the screen at Zoom, in five scripts; the people are made up.

Written before the code that compares them, from how people really name themselves in video meetings.
"""

from __future__ import annotations

#: One person each: as registered, as shown. All of them are in one meeting.
SAME = (
    # Khmer: titles without a space, order, zero-width spaces, both scripts, devices, cut, damaged.
    ("សុខ ដារ៉ា", "លោក សុខ ដារ៉ា"),
    ("ចាន់ សុភ័ក្រ", "ចាន់សុភ័ក្រ"),
    ("គឹម សុជាតា", "លោកស្រីគឹម សុជាតា"),
    ("ហេង វិបុល", "វិបុល ហេង"),
    ("លី ម៉ារីណា", "លី\u200bម៉ារីណា"),
    ("ផាន សុវណ្ណារិទ្ធ", "ឯកឧត្តម ផាន សុវណ្ណារិទ្ធ (NPIC)"),
    ("ឃឹម ច័ន្ទរតនា", "NPIC_ឃឹម ច័ន្ទរតនា"),
    ("អ៊ុំ សីហា", "អ៊ំុ សីហា"),
    ("ប៉ែន ចន្ធី", "ប៉ែន ចន្ធី (Pen Chanthy)"),
    ("Touch Sreyneang ទូច ស្រីនាង", "ទូច ស្រីនាង"),
    ("យិន កក្កដា", "ឧកញ៉ា យិន កក្កដា | NPIC"),
    ("នួន ពិសិដ្ឋមុនី", "នួន ពិស?ដ្ឋមុនី"),
    # Lao
    ("ສົມສັກ ພົມມະຈັນ", "ທ່ານ ສົມສັກ ພົມມະຈັນ"),
    ("ບຸນມີ ແກ້ວວົງສາ", "ບຸນມີແກ້ວວົງສາ"),
    ("ວິໄລພອນ ສີສຸວັນ", "ນາງ ວິໄລພອນ ສີສຸວັນ"),
    ("ຄຳແພງ ໄຊຍະວົງ", "ຄໍາແພງ ໄຊຍະວົງ"),
    ("ສຸກສະຫວັນ ດວງດາລາ", "ດວງດາລາ ສຸກສະຫວັນ"),
    ("ອຳພອນ ຈັນທະລາ", "ດຣ. ອຳພອນ ຈັນທະລາ - Lao-German Technical College"),
    ("ນິດຕະຍາ ວົງຄຳຊາວ", "ນິດຕະຍາ ວົງຄຳຊາວ's iPhone"),
    ("ທອງໃສ ພິມມະສອນ", "VEDI | ທອງໃສ ພິມມະສອນ"),
    ("ແສງເດືອນ ບົວລະພັນ", "ແສງເດືອນ_ບົວລະພັນ"),
    ("ພູວົງ ອິນທະວົງ", "ພູວົງ ອິນທະວົງ (Phouvong)"),
    # Burmese
    ("အောင်မြင့်ဦး", "ဦးအောင်မြင့်ဦး"),
    ("သီတာဝင်း", "ဒေါ် သီတာ ဝင်း"),
    ("ကျော်စွာလင်း", "ကျော်စွာလင်း (CVT)"),
    ("ခင်မျိုးချစ်", "ဒေါက်တာ ခင်မျိုးချစ်"),
    ("နန်းမွှေးမွှေး", "နန်း မွှေး မွှေး"),
    ("ဇော်မင်းထွန်း", "ဇော်မင်း\u200bထွန်း"),
    ("သန္တာအေးအေး", "CVT - သန္တာအေးအေး"),
    ("ရဲရင့်ပိုင်စိုး", "ကို ရဲရင့်ပိုင်စိုး"),
    ("မေသူခိုင်ဇာ", "မေသူခိုင်ဇာ Galaxy A52"),
    ("ဝေယံမောင်မောင်", "ဝေယံမောင်မောင် / Wai Yan"),
    # Chinese
    ("张伟民", "张 伟民"),
    ("李秀英", "李秀英女士"),
    ("王建国", "王建国(昆明学院)"),
    ("陈晓燕", "陈晓燕老师"),
    ("刘德华明", "华为 刘德华明"),
    ("赵国强", "【云南】赵国强"),
    ("欧阳文静", "欧阳文静_云南技师学院"),
    ("周海燕", "周海燕 Zhou Haiyan"),
    ("Wu Guodong 吴国栋", "吴国栋"),
    ("孙立新", "孙立新 iPhone"),
    ("杨志远", "云南技师学院-杨志远"),
    ("黄丽华", "黄丽华 教授"),
    # Latin, Cambodian and Lao spellings
    ("Sokha Chhim", "CHHIM Sokha"),
    ("Dararith Ouk", "Mr. Dararith OUK (NPIC)"),
    ("Sreymom Nhem", "Sreymom Nhem's iPhone"),
    ("Phalla Mok", "NPIA - Mok Phalla"),
    ("Visal Kong", "KONG, Visal"),
    ("Bopha Rithy Tep", "H.E. Tep Bopha Rithy"),
    ("Rattanak Sambath", "Rattanak_Sambath_MLVT"),
    ("Chanthol Prum", "ChantholPrum"),
    ("Vannak Seng", "Ｖannak　Ｓeng"),
    ("Somchit Inthavong", "Somchith Inthavong"),
    ("Khamphone Sisavath", "Khamphone Sisavat"),
    ("Bounthanh Keomanivong", "Dr Bounthanh Keomanivong | VEDI | Lao PDR"),
    ("Phetsamone Latsavong", "iPhone (Phetsamone Latsavong)"),
    ("Viengxay Chanthavisouk", "Viengxai Chanthavisouk"),
    # Latin, Burmese spellings
    ("Aye Aye Khaing", "Daw Aye Aye Khaing"),
    ("Zaw Htet Naing", "U Zaw Htet Naing-CVT"),
    ("Thinzar Lwin Oo", "Thin Zar Lwin Oo"),
    ("Nay Chi Myat", "nay chi myat"),
    ("Hnin Yu Wai", "HninYuWai"),
    # Latin, Vietnamese and European, with accents
    ("Nguyễn Thị Hương Giang", "Nguyen Thi Huong Giang"),
    ("Trần Đức Thắng", "Tran Duc Thang"),
    ("Lê Quỳnh Như", "Le\u0302 Quy\u0300nh Nhu\u031b"),
    ("François Béranger", "Francois BERANGER (he/him)"),
    ("Jürgen Großmann", "Juergen Grossmann"),
    ("Søren Østergaard", "Soren Ostergaard"),
    ("Anne-Marie Dupont", "Anne Marie Dupont - ILO"),
    ("María José Fernández López", "Maria Jose Fernandez Lopez"),
    # Latin, pinyin
    ("Zhang Xiaoming", "Xiaoming Zhang"),
    ("Liu Meiling", "LIU Mei Ling"),
    ("Ma Guoqing", "Guoqing MA"),
    # Cut at 64, damaged, decorated
    (
        "Sengdavone Phommachanthone",
        "Assoc. Prof. Dr. Sengdavone Phommachanthone, Lao-German Technical",
    ),
    ("Thavisack Xayasensouk", "Ms. Thavisack Xayasensouk, Deputy Director, Vocational Education"),
    ("Pich Sophoan Vuthea", "Pich Sophoan Vuth?a"),
    ("Chea Ratanakiri", "🇰🇭 Chea Ratanakiri 🙂"),
    ("Mao Sokunthea", "12. Mao Sokunthea"),
    ("Keo Virakbot", "Keo Virakbot (Guest)"),
    ("Ung Sophorn", "Ung Sophorn (2)"),
    ("Long Dimanche", "Long  Dimanche\u200e"),
    ("Ros Vanna", "R\u00ados Vanna"),
    ("Suon Maly Chenda", "Suon Maly Chnda"),
)

#: Shown at Zoom, and nobody who is registered, however near it looks.
NOBODY = (
    "សុខ ដារី",  # one letter from a registered name, and a name of its own
    "ចាន់ សុផល",
    "ສົມສັກ ແກ້ວວົງສາ",  # two halves of two registered names
    "အောင်မြင့်",  # a shorter name than the registered one is another name
    "သီတာဝင်းဝင်း",
    "张伟",
    "李秀荣",  # one sign from a registered name
    "王建民",
    "杨志",
    "Sokha Chim Rithy",
    "Dararith Mok",
    "Visal Prum",
    "Sokha",
    "Dara",
    "iPhone",
    "Galaxy A52",
    "NPIC",
    "NPIC Meeting Room 1",
    "Ministry of Labour and Vocational Training",
    "云南技师学院",
    "Zoom user",
    "Admin",
    "",
    "???? ????",
    "🙂",
    "Nguyen Thi Huong",
    "Nguyễn Thị Hướng Giàng",  # with its accents it is another name
    "Tran Duc",
    "Zhang Xiaomeng",
    "Liu Meilin Zhao",
    "U Aye Aye Khaing",  # a man, where a woman is registered
    "Aye Khaing",
    "Zaw Htet",
    "Nay Chi",
    "Chhim Dara",
    "Inthavong",
    "Daw Hnin Yu",
    "S. Chhim",
    "Kong V.",
    "Ros Vannak",
)

#: Two who are registered under one name: whoever shows it is none of them for certain.
TWICE = (("Nguyen Van An", "Nguyen Van An"), ("សុខ ចាន់ធី", "សុខ ចាន់ធី"), ("U Tun Lin", "Daw Tun Lin"), ("李娜", "李娜"))
