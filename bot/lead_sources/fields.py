"""Single values: the names they come by, and how each is read.

Every reader gives the value for the lead, None for "nothing there", or raises `Bad` with what is wrong and the mend.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import datetime, timedelta, timezone

from bot.lead_sources.problems import Wording
from routing.vocabulary import tidy

#: Our field -> names it comes by without configuration; case, blanks, `_` and `-` do not count.
_NAMES = {
    "external_id": "externalid id leadid recordid",
    "name": "name username contact contactname linkman fullname realname 姓名 联系人",
    "phone": "phone mobile tel telephone telphone cellphone phonenumber mobilephone leadstel cluephonenumber "
    "contactphone 手机 "
    "手机号 手机号码 电话 联系电话",
    "wechat": "wechat weixin wx wechatid 微信 微信号", "email": "email mail emailaddress 邮箱 电子邮箱",
    "unionid": "unionid wechatunionid", "title": "title position job jobtitle 职位 职务",
    "company": "company companyname corp corpname enterprise org organization 公司 公司名称 单位",
    "company_size": "companysize employees 公司规模 员工人数", "company_listed": "companylisted 是否上市",
    "industry": "industry 行业 所属行业", "province": "province state 省 省份", "city": "city 市 城市",
    "district": "district county 区 区县", "address": "address area region location 地址 地区",
    "product": "product 产品 意向产品", "quantity": "quantity qty 数量 采购数量", "budget": "budget 预算",
    "demand": "demand remark remarks message content comments comment description requirement note 备注 需求 留言",
    "channel": "channel source sourcechannel leadsource 来源 渠道", "campaign": "campaign utmcampaign 活动 活动名称",
    "language": "language lang locale 语言",
    "submitted_at": "submittedat createdat createtime submittime committime timestamp 提交时间 创建时间",
    "is_test": "istest", "behaviour": "behaviour behavior 行为", "attributes": "attributes attribute attrs",
    "utm": "utm",
    "page": "page", "utm.source": "utmsource", "utm.medium": "utmmedium", "utm.term": "utmterm",
    "utm.content": "utmcontent",
    "page.url": "pageurl landingpage landingurl", "page.referrer": "referrer referer",
    "behaviour.dwell_seconds": "dwellseconds", "behaviour.pages": "pageviews",
    "behaviour.form_seconds": "formseconds fillseconds",
}  # fmt: skip
#: The plain fields: those that hold one value of the lead itself.
FIELD_NAMES = frozenset(name for name in _NAMES if "." not in name) - {"behaviour", "attributes", "utm", "page"}
_FIELD_BY_NAME = {name: field for field, names in _NAMES.items() for name in names.split()}
_EXACT = _FIELD_BY_NAME | {field: field for field in _NAMES}
_PREFIXES = ("behaviour", "behavior", "attributes")

_SHANGHAI = timezone(timedelta(hours=8))
_LONGEST_NUMBER = 32
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_LARGEST = 10**15
_TRUE = frozenset({"true", "1", "yes", "y", "是", "有", "on"})
_FALSE = frozenset({"false", "0", "no", "n", "否", "无", "off"})
#: Unix times from here on are milliseconds; as seconds it would be the year 5138.
_MILLISECONDS_FROM = 10**11
_YEARS = range(2000, 2101)
_CHINESE_DATE = re.compile(r"([0-9]{4})[年/.]([0-9]{1,2})[月/.]([0-9]{1,2})日?")


class Bad(Exception):
    """A value can't be what its field wants."""

    def __init__(self, message: Wording, mend: Wording) -> None:
        super().__init__(message.en)
        self.message = message
        self.mend = mend


_NOT_TEXT = Wording("应为文本", "has to be text")
_NOT_A_NUMBER = Wording("应为数字", "has to be a number")
_NOT_A_TIME = Wording("不是可识别的时间", "is no time that can be read")


def field_of(name: str) -> str | None:
    """Give our field for a name in a payload: `companyName`, `联系电话`, `behaviour[dwell_seconds]`; else None."""
    found = _EXACT.get(name)
    if found is not None:
        return found
    if len(name) > 100:  # noqa: PLR2004  (no name of a field; it goes to `extra`, cut)
        return None
    word = name.lower()
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) > len(prefix) + 1 and word[len(prefix)] in ".[":
            rest = name[len(prefix) + 1 :].removesuffix("]")
            return f"{'attributes' if prefix == 'attributes' else 'behaviour'}.{rest}"
    return _EXACT.get(word.replace("_", "").replace("-", "").replace(" ", ""))


def read_text(value: object, limit: int = 500) -> str | None:
    """Read one line of text, tidied and cut at `limit` characters; numbers are written out."""
    if isinstance(value, str):
        if len(value) <= limit:
            return tidy(value) or None
        return tidy(value[: limit * 2])[:limit] or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Bad(_NOT_TEXT, Wording("请发送字符串", "send a string"))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_long_text(value: object, limit: int = 20_000) -> str | None:
    """Read text of several lines as it was typed, without control characters."""
    if not isinstance(value, str):
        return read_text(value, limit)
    if not value.isprintable():
        value = "".join(char for char in value[: limit * 2] if char in "\n\t" or unicodedata.category(char)[0] != "C")
    return value.strip()[:limit] or None


def read_id(value: object, limit: int = 200) -> str | None:
    """Read a key of the sender; a cut or rounded key would be another key, so it is refused instead."""
    if isinstance(value, float):
        raise Bad(
            Wording("编号作为数字会丢失精度", "loses digits as a number"),
            Wording("请用引号写成字符串", "send it in quotes"),
        )
    if isinstance(value, str) and len(value) > limit:
        raise Bad(
            Wording(f"超过 {limit} 个字符", f"has more than {limit} characters"), Wording("请缩短", "make it shorter")
        )
    return read_text(value, limit)


def read_number(value: object) -> float | int | None:
    """Read a number that is not negative: 800, "800", "500,000.00", "１２３"; words are refused."""
    if type(value) is int and 0 <= value <= _LARGEST:
        return value
    if isinstance(value, str):
        text = tidy(value[: _LONGEST_NUMBER + 1]).replace(",", "").replace(" ", "")
        if not text:
            return None
        if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise Bad(_NOT_A_NUMBER, Wording("请只写数字，不带单位或文字", "send digits only, without units or words"))
        value = float(text) if "." in text else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Bad(_NOT_A_NUMBER, Wording("请发送数字", "send a number"))
    if not 0 <= value <= _LARGEST:
        raise Bad(
            Wording("超出范围", "is out of range"),
            Wording("请发送 0 到 10^15 之间的数", "send a number from 0 to 10^15"),
        )
    return value


def read_whole_number(value: object) -> int | None:
    """Read a whole number: 800, 800.0, "800"."""
    number = read_number(value)
    if isinstance(number, float):
        if not number.is_integer():
            raise Bad(Wording("应为整数", "has to be a whole number"), Wording("请去掉小数", "leave the fraction out"))
        return int(number)
    return number


def read_decimal(value: object) -> float | None:
    """Read a number as a float."""
    number = read_number(value)
    return None if number is None else float(number)


def read_flag(value: object) -> bool | None:
    """Read yes or no: true, 1, "是", "yes" and their opposites."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str | int) and not isinstance(value, bool):
        word = tidy(str(value)[:16]).lower()
        if not word:
            return None
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
    raise Bad(Wording("应为是或否", "has to be yes or no"), Wording("请发送 true 或 false", "send true or false"))


def read_time(value: object) -> datetime | None:
    """Read a time: ISO 8601, `2026-11-20 10:15`, `2026年11月20日`, Unix seconds or milliseconds.

    Without a zone it is Shanghai's.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _bad_time()
    if isinstance(value, str):
        # What nearly every sender writes, without a look at anything else.
        if len(value) == len("2026-11-20T02:14:00+08:00") and value[10] == "T" and value.isascii():
            return _checked(_calendar_time(value))
        text = tidy(value[:64])
        if not text:
            return None
        if not text.isascii() or not text.replace(".", "", 1).isdigit() or len(text) == len("20261120"):
            return _checked(_calendar_time(text))
        value = float(text)
    seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
    try:
        return _checked(datetime.fromtimestamp(seconds, _SHANGHAI))
    except (OverflowError, ValueError, OSError) as error:
        raise _bad_time() from error


def _calendar_time(text: str) -> datetime:
    if text[4:5] != "-" and (match := _CHINESE_DATE.match(text)):
        text = f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}{text[match.end() :]}"
    try:
        if text[12:13] == ":":
            text = f"{text[:11]}0{text[11:]}"
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad_time() from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=_SHANGHAI)


def _checked(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise _bad_time()
    return moment


def _bad_time() -> Bad:
    return Bad(_NOT_A_TIME, Wording("请使用 2026-11-20T10:15:00+08:00 的格式", "write it as 2026-11-20T10:15:00+08:00"))
