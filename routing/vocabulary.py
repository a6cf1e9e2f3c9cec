"""The one normaliser of words: what leads, policy, team file and commands write becomes the same word here.

Provinces, cities and languages are closed vocabularies: an unknown word is `None`, and `did_you_mean` says what was
probably meant. Industries are open: an alias becomes the usual word, anything else stays as it was written, tidied.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from routing.regions import CITIES, PROVINCES, City
from routing.simplified import simplified

_normalize = unicodedata.normalize
_NOISE = re.compile(r"[\W_]+")
_SPACES = re.compile(r"\s+")
_LATIN_TAIL = re.compile(
    r"(?<=[a-z])(?:province|municipality|city|autonomousregion|specialadministrativeregion|prefecture|sar)$"
)


def tidy(text: str) -> str:
    """Give the text in the form that is stored and shown.

    NFKC (full-width letters and digits become plain), no control or invisible characters, inner white space collapsed
    to one blank, none at the ends. Case and traditional characters stay.
    """
    if not text.isascii():
        text = _normalize("NFKC", text)
    if not text.isprintable():
        text = "".join([char if char.isprintable() else _unseen(char) for char in text])
    return " ".join(text.split()) if " " in text else text


def _unseen(char: str) -> str:
    """White space of any kind becomes a blank; controls, format marks and lone surrogates vanish."""
    return " " if char.isspace() else ""


def folded(text: str) -> str:
    """Give the form in which words are compared: simplified, half-width, lower case, no blanks or punctuation."""
    if not text.isascii():
        text = simplified(unicodedata.normalize("NFKC", text))
    return _NOISE.sub("", text.casefold())


def _province_index() -> dict[str, str]:
    index: dict[str, str] = {}
    for unit in PROVINCES:
        words = (unit.code, f"{unit.code}0000", unit.name, unit.short, unit.letter, *unit.latin)
        index.update((folded(word), unit.name) for word in words)
        if not unit.whole and not unit.name.endswith("省"):
            index[folded(f"{unit.short}自治区")] = unit.name
        elif unit.name.endswith("特别行政区"):
            index[folded(f"{unit.short}特区")] = unit.name
    return index


_PROVINCE_BY_WORD = _province_index() | {"内蒙": "内蒙古自治区"}
_CODE_BY_PROVINCE = {unit.name: unit.code for unit in PROVINCES}
#: English and older names that are no plain pinyin, and names of daily speech. A city of the last kind may have a new
#: official name.
_CITY_ALIASES = {
    "harbin": "哈尔滨市", "hohhot": "呼和浩特市", "huhhot": "呼和浩特市", "urumqi": "乌鲁木齐市", "lhasa": "拉萨市",
    "amoy": "厦门市", "canton": "广州市", "tsingtao": "青岛市", "kashgar": "喀什地区", "ordos": "鄂尔多斯市",
    "hulunbuir": "呼伦贝尔市", "qiqihar": "齐齐哈尔市", "luliang": "吕梁市", "tulufan": "吐鲁番市",
    "turpan": "吐鲁番市",
    "karamay": "克拉玛依市", "shigatse": "日喀则市", "peking": "北京市", "chungking": "重庆市",
    "macao": "澳门特别行政区",
    "xianggang": "香港特别行政区", "aomen": "澳门特别行政区", "taibei": "台北市", "gaoxiong": "高雄市",
    "乌市": "乌鲁木齐市", "呼市": "呼和浩特市", "襄樊": "襄阳市", "襄樊市": "襄阳市", "巴州": "巴音郭楞蒙古自治州",
    "博州": "博尔塔拉蒙古自治州", "克州": "克孜勒苏柯尔克孜自治州", "思茅": "普洱市", "普洱地区": "普洱市",
    "香港": "香港特别行政区", "澳门": "澳门特别行政区",
}  # fmt: skip
#: Short names that mean something else more often: 朝阳 is also the district of 北京, 海南 the island. They need a
#: province beside them.
_NEEDS_PROVINCE = frozenset({"朝阳", "海南", "hainan", "chaoyang"})


def _city_index() -> dict[str, tuple[City, ...]]:
    index: dict[str, list[City]] = {}
    by_name = {unit.name: unit for unit in CITIES}
    for unit in CITIES:
        words = {unit.name, unit.short, unit.latin}
        if unit.code and not unit.province.whole:
            words |= {unit.code, unit.code.ljust(6, "0")}
        if unit.name.endswith("自治州"):
            words.add(f"{unit.short}州")
        for word in words:
            index.setdefault(folded(word), []).append(unit)
    for word, name in _CITY_ALIASES.items():
        index.setdefault(folded(word), []).append(by_name[name])
    return {word: tuple(dict.fromkeys(units)) for word, units in index.items()}


_CITIES_BY_WORD = _city_index()
#: Every folded word that names a province or a city, for readers who look for places inside a longer text.
PLACE_WORDS = frozenset(_PROVINCE_BY_WORD) | frozenset(_CITIES_BY_WORD)


def province(text: str) -> str | None:
    """Give the official name of a province: 江苏, 苏, Jiangsu, 32 and 320000 are all 江苏省; None if none is."""
    word = folded(text)
    return _PROVINCE_BY_WORD.get(word) or _PROVINCE_BY_WORD.get(_LATIN_TAIL.sub("", word))


def province_code(name: str) -> str | None:
    """Give the two-digit GB/T 2260 code of a province's official name."""
    return _CODE_BY_PROVINCE.get(name)


def cities(text: str, within: str | None = None) -> tuple[City, ...]:
    """Give every city that the word may mean, of the province `within` (official name) if one is given."""
    word = folded(text)
    if within is None and word in _NEEDS_PROVINCE:
        return ()
    found = _CITIES_BY_WORD.get(word) or _CITIES_BY_WORD.get(_LATIN_TAIL.sub("", word)) or ()
    return tuple(unit for unit in found if unit.province.name == within) if within else found


def city(text: str, within: str | None = None) -> str | None:
    """Give the official name of a city (苏州 -> 苏州市), None if there is none or not just one (suzhou: 苏州, 宿州)."""
    found = cities(text, within)
    return found[0].name if len(found) == 1 else None


def same_word(one: str, other: str) -> bool:
    """Say whether two words differ in nothing but case, width, blanks, punctuation and traditional characters."""
    return one == other or folded(one) == folded(other)


# --- languages -----------------------------------------------------------------------------------------------------

_ISO_639_1 = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es "
    "et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka "
    "kg ki "
    "kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl "
    "nn no "
    "nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw "
    "ta te "
    "tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
) | {"yue", "wuu", "nan", "hak", "fil"}  # fmt: skip
_LANGUAGE_WORDS = {
    "zh": "中文 汉语 普通话 国语 华语 chinese mandarin zho chi cn", "zh-hans": "简体中文 简体 simplifiedchinese zhchs",
    "zh-hant": "繁体中文 繁体 traditionalchinese zhcht", "yue": "粤语 广东话 cantonese", "en": "英文 英语 english eng",
    "ja": "日文 日语 japanese jpn jp", "ko": "韩文 韩语 朝鲜语 korean kor", "fr": "法文 法语 french",
    "de": "德文 德语 german",
    "es": "西班牙文 西班牙语 西语 spanish", "pt": "葡萄牙文 葡萄牙语 葡语 portuguese", "ru": "俄文 俄语 russian",
    "it": "意大利文 意大利语 italian", "ar": "阿拉伯文 阿拉伯语 arabic", "vi": "越南文 越南语 vietnamese",
    "th": "泰文 泰语 thai", "id": "印尼文 印尼语 印度尼西亚语 indonesian", "ms": "马来文 马来语 malay",
    "hi": "印地文 印地语 hindi", "tr": "土耳其文 土耳其语 turkish", "nl": "荷兰文 荷兰语 dutch",
    "pl": "波兰文 波兰语 polish",
    "ug": "维吾尔文 维吾尔语 维语 uyghur uighur", "bo": "藏文 藏语 tibetan", "mn": "蒙文 蒙语 蒙古文 蒙古语 mongolian",
    "kk": "哈萨克文 哈萨克语 kazakh", "za": "壮文 壮语 zhuang", "uk": "乌克兰文 乌克兰语 ukrainian",
    "my": "缅甸文 缅甸语 burmese",
    "km": "柬埔寨语 高棉语 khmer", "lo": "老挝语 lao", "fa": "波斯语 persian farsi", "he": "希伯来语 hebrew",
    "el": "希腊语 greek",
    "sv": "瑞典语 swedish", "cs": "捷克语 czech", "uz": "乌兹别克语 uzbek", "ky": "柯尔克孜语 吉尔吉斯语 kyrgyz",
}  # fmt: skip
_LANGUAGE_BY_WORD = {folded(word): tag for tag, words in _LANGUAGE_WORDS.items() for word in words.split()}
_TAG = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{1,8}){0,3})")


def language(text: str) -> str | None:
    """Give a language as a BCP-47 tag in lower case: zh, zh_CN, 中文, English, `en-US,en;q=0.9`; None if it is none."""
    first = re.split(r"[,;.]", text, maxsplit=1)[0].strip()
    tag = _TAG.fullmatch(first.lower().replace("_", "-"))
    if tag and tag[1] in _ISO_639_1:
        return tag[0]
    return _LANGUAGE_BY_WORD.get(folded(first))


def language_matches(wanted: str, spoken: str) -> bool:
    """Say whether a tag is a kind of the wanted one (RFC 4647): `zh` matches `zh-cn`, not the other way round."""
    wanted, spoken = wanted.lower(), spoken.lower()
    return spoken == wanted or spoken.startswith(f"{wanted}-")


# --- industries ----------------------------------------------------------------------------------------------------

#: The usual word -> other words for it. A policy may add more.
INDUSTRY_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "医疗器械": ("medical device", "medical devices", "medical equipment", "医疗设备"),
    "医药": ("pharmaceutical", "pharmaceuticals", "pharma", "制药"),
    "制造业": ("manufacturing", "制造"),
    "工业": ("industrial", "industry"),
    "互联网": ("internet", "it互联网"),
    "软件": ("software", "软件开发"),
    "教育": ("education", "教育培训"),
    "金融": ("finance", "financial services"),
    "物流": ("logistics",),
    "电子商务": ("e-commerce", "ecommerce", "电商"),
    "房地产": ("real estate", "地产"),
    "建筑": ("construction", "建筑业"),
    "零售": ("retail", "零售业"),
    "餐饮": ("catering", "餐饮业"),
    "汽车": ("automotive", "汽车行业"),
})  # fmt: skip


def compile_aliases(*tables: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Turn tables of `usual word: other words` into one lookup for `industry`; later tables go first."""
    index: dict[str, str] = {}
    for table in tables:
        for usual, others in table.items():
            index.update((folded(word), usual) for word in (usual, *others))
    return index


_INDUSTRY_BY_WORD = compile_aliases(INDUSTRY_ALIASES)


def industry(text: str, aliases: Mapping[str, str] | None = None) -> str:
    """Give the usual word for an industry; one that nobody listed stays as written, tidied, without a trailing 行业.

    Args:
        text: what the lead, policy or team file says.
        aliases: the lookup of `compile_aliases`; the built-in one where omitted.
    """
    known = _INDUSTRY_BY_WORD if aliases is None else aliases
    word = folded(text)
    found = known.get(word) or known.get(word.removesuffix("行业"))
    if found:
        return found
    clean = simplified(tidy(text))
    return clean.removesuffix("行业") or clean


# --- help for those who mistype ------------------------------------------------------------------------------------


def did_you_mean(word: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Give the known words nearest to a mistyped one, best first, at most `most`; none if nothing is near."""
    by_folded: dict[str, str] = {}
    for candidate in known:
        by_folded.setdefault(folded(candidate), candidate)
    near = difflib.get_close_matches(folded(word), by_folded, n=most, cutoff=0.5)
    return tuple(by_folded[key] for key in near)


def province_candidates(word: str) -> tuple[str, ...]:
    """Give the provinces that a mistyped word may mean, by official name."""
    near = did_you_mean(word, (name for name in _PROVINCE_BY_WORD if len(name) > 1 and not name.isdigit()), most=4)
    return tuple(dict.fromkeys(_PROVINCE_BY_WORD[name] for name in near))


def city_candidates(word: str, within: str | None = None) -> tuple[str, ...]:
    """Give the cities that an ambiguous or mistyped word may mean, by official name."""
    sure = _CITIES_BY_WORD.get(folded(word), ())
    if not sure:
        near = did_you_mean(word, (name for name in _CITIES_BY_WORD if not name.isdigit()), most=4)
        sure = tuple(unit for name in near for unit in _CITIES_BY_WORD[name])
    return tuple(dict.fromkeys(unit.name for unit in sure if within in (None, unit.province.name)))


def language_candidates(word: str) -> tuple[str, ...]:
    """Give the language tags that a mistyped word may mean."""
    near = did_you_mean(word, _LANGUAGE_BY_WORD, most=4)
    return tuple(dict.fromkeys(_LANGUAGE_BY_WORD[name] for name in near))
