"""Keys by which the same customer is known again, however he writes his company, his name and his ids.

The keys are for comparing only; what is shown is always what was written. In order of trust: phone, WeChat id or
unionid, e-mail, company and contact together, the last only if the company's name says anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from routing.lead import Lead
from routing.places import TOWNS
from routing.regions import CITIES, PROVINCES, City, Province
from routing.simplified import simplified
from routing.vocabulary import folded

_NOISE = re.compile(r"[\W_]+")
#: Longest first. 集团 stays: a group and its subsidiary are two customers.
_LEGAL_ZH = re.compile(
    r"(?:股份有限责任公司|有限责任公司|股份有限公司|有限公司|股份公司|总公司|公司|有限合伙|特殊普通合伙|普通合伙|合伙企业|"
    r"个体工商户|个人独资企业|工作室|事务所|经营部|商行)$"
)
_LEGAL_EN = frozenset(
    "co company ltd limited inc incorporated corp corporation llc llp lp plc gmbh ag sa sarl bv nv pte pty pvt jsc kk "
    "oy ab as spa srl coltd".split()
)
#: What is left of a name that names nothing: a trade, a country, a filler.
_GENERIC = frozenset(
    "科技 技术 网络 网络科技 信息 信息技术 信息科技 软件 电子 电子商务 电子科技 贸易 国际贸易 商贸 进出口 实业 工业 "
    "咨询 "
    "文化 传媒 文化传媒 投资 物流 教育 机械 设备 建筑 装饰 医疗 医疗器械 医药 食品 集团 控股 中国 公司 个人 个体 "
    "自由职业 无 没有 暂无 保密 "
    "未知 未填写 测试 某公司 某某 technology tech technologies trading trade information network software "
    "electronics industry "
    "industrial international consulting investment logistics education machinery equipment medical group holdings "
    "china "
    "company test testing none na null unknown personal private individual self selfemployed nil no".split()
)
_NOBODY = frozenset(
    "无 没有 暂无 匿名 未命名 未知 保密 测试 访客 游客 用户 客户 先生 女士 小姐 test none na null unknown anonymous "
    "guest".split()
)
#: A name with fewer characters than this, places apart, is no name.
_LEAST = 2
#: A name with more characters than this is never taken for one that says nothing; it also bounds the search.
_LONGEST_EMPTY = 40


def _place_words() -> dict[str, str]:
    """Give every Chinese place word that may begin a company's name, with what stands for it in the key.

    That is the pinyin, or the short name where two places share the pinyin (苏州 and 宿州).
    """
    meant: dict[str, set[str]] = {}
    words: dict[str, tuple[str, str]] = {}
    units: tuple[Province | City, ...] = (*PROVINCES, *CITIES)
    for unit in units:
        latin = unit.latin if isinstance(unit, City) else unit.latin[0]
        meant.setdefault(latin, set()).add(unit.short)
        for word in (unit.name, unit.short):
            words.setdefault(folded(word), (latin, folded(unit.short)))
    return {word: latin if len(meant[latin]) == 1 else short for word, (latin, short) in words.items()}


_PLACES = _place_words()
#: Words that say where and no more, in either script; a company called only by these has no name of its own.
_WHERE = frozenset(_PLACES) | TOWNS | {unit.latin for unit in CITIES} | {unit.latin[0] for unit in PROVINCES}
_LONGEST_PLACE = max(map(len, _WHERE))


@dataclass(frozen=True, slots=True)
class CompanyKey:
    """A company for comparing; one of `low_information` must never bring two leads together by itself."""

    key: str
    low_information: bool


def company_key(name: str, aliases: Mapping[str, str] | None = None) -> CompanyKey | None:
    """Give the key of a company's name; None if nothing but signs is there.

    Traditional characters become simplified, width, case, blanks, punctuation and brackets do not count, the legal
    form at the end goes (有限公司, Co., Ltd., Inc.), a city at the beginning becomes its pinyin if no other place
    shares it.

    Args:
        name: the name as it was written.
        aliases: the lookup made by `compile_company_aliases`.
    """
    text = name if name.isascii() else simplified(unicodedata.normalize("NFKC", name))
    words = _NOISE.sub(" ", text.casefold()).split()
    while len(words) > 1 and words[-1] in _LEGAL_EN:
        words.pop()
    bare = "".join(words)
    while (match := _LEGAL_ZH.search(bare)) and match.start() > 0:
        bare = bare[: match.start()]
    if not bare:
        return None
    key = "".join(_split_place(bare))
    if aliases:
        key = aliases.get(key, key)
    return CompanyKey(key, _says_nothing(key))


def _split_place(bare: str) -> tuple[str, str]:
    """Cut the leading province or city off, as pinyin; both stay in the key, so that 海南航空 loses nothing."""
    for length in range(min(_LONGEST_PLACE, len(bare)), 1, -1):
        pinyin = _PLACES.get(bare[:length])
        if pinyin is not None:
            return pinyin, bare[length:]
    return "", bare


def _says_nothing(rest: str) -> bool:
    """Say whether places and words of trade are all that is there."""
    if rest in _GENERIC or len(rest) < _LEAST or rest.isdecimal() or _LEGAL_ZH.fullmatch(rest):
        return True
    if len(rest) > _LONGEST_EMPTY:
        return False
    lengths = range(2, min(_LONGEST_PLACE, len(rest)) + 1)
    return any(rest[:n] in _WHERE and (n == len(rest) or _says_nothing(rest[n:])) for n in lengths)


def compile_company_aliases(table: Mapping[str, str]) -> dict[str, str]:
    """Turn `other name: usual name` into the lookup of `company_key`; a chain of aliases is followed to its end.

    Args:
        table: names as people write them, as `{"Beijing Huayi Device Co.,Ltd.": "北京华医器械有限公司"}`.
    """
    direct: dict[str, str] = {}
    for other, usual in table.items():
        one, two = company_key(other), company_key(usual)
        if one is not None and two is not None and one.key != two.key:
            direct[one.key] = two.key
    ends: dict[str, str] = {}
    for start in direct:
        end, seen = start, {start}
        while end in direct and direct[end] not in seen:
            end = direct[end]
            seen.add(end)
        ends[start] = end
    return ends


def contact_key(name: str) -> str | None:
    """Give the key of a person's name; None for fillers (无, 匿名). 王先生 and 王女士 stay two people."""
    key = folded(name)
    return None if not key or key in _NOBODY else key


@dataclass(frozen=True, slots=True)
class CustomerKeys:
    """What a lead can be known again by; None where it has nothing of the kind."""

    phone: str | None
    wechat: str | None
    unionid: str | None
    email: str | None
    company_contact: str | None


def customer_keys(lead: Lead, aliases: Mapping[str, str] | None = None) -> CustomerKeys:
    """Give every key of a lead, to be tried in the order of the fields."""
    return CustomerKeys(
        phone=lead.phone,
        wechat=lead.wechat.casefold() if lead.wechat else None,
        unionid=lead.unionid,
        email=lead.email.casefold() if lead.email else None,
        company_contact=_company_contact(lead, aliases),
    )


def _company_contact(lead: Lead, aliases: Mapping[str, str] | None) -> str | None:
    if not lead.company or not lead.name:
        return None
    company, contact = company_key(lead.company, aliases), contact_key(lead.name)
    if company is None or company.low_information or contact is None:
        return None
    return f"{company.key}\n{contact}"
