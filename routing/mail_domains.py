"""What the domain of an e-mail address tells: a free mailbox, a school, an authority, or a company."""

from __future__ import annotations

EMAIL_KINDS = ("free", "company", "education", "government")

#: Mail services that give a mailbox to anybody: in China first, then those common in enquiries from abroad.
FREE_MAIL_DOMAINS = frozenset(
    "qq.com vip.qq.com foxmail.com 163.com vip.163.com 126.com vip.126.com yeah.net 188.com 139.com 189.cn wo.cn "
    "wo.com.cn sina.com sina.cn vip.sina.com vip.sina.cn sohu.com vip.sohu.com tom.com 21cn.com 263.net aliyun.com "
    "163.net 56.com chinaren.com sogou.com citiz.net eyou.com 2980.com 88.com 111.com gmail.com googlemail.com "
    "outlook.com outlook.fr outlook.de outlook.jp hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com live.cn "
    "msn.com msn.cn yahoo.com yahoo.cn yahoo.com.cn yahoo.co.jp yahoo.co.uk yahoo.co.in yahoo.fr yahoo.de "
    "yahoo.com.tw yahoo.com.hk ymail.com rocketmail.com icloud.com me.com mac.com aol.com proton.me protonmail.com "
    "pm.me tutanota.com zoho.com mail.com gmx.com gmx.de gmx.net web.de t-online.de orange.fr laposte.net libero.it "
    "mail.ru inbox.ru bk.ru list.ru yandex.ru yandex.com rambler.ru naver.com hanmail.net daum.net kakao.com "
    "rediffmail.com uol.com.br bol.com.br terra.com.br seznam.cz wp.pl o2.pl interia.pl abv.bg fastmail.com hey.com "
    "duck.com".split()
)
_SCHOOLS = (".edu", ".edu.cn", ".edu.hk", ".edu.tw", ".edu.au", ".ac.cn", ".ac.uk", ".ac.jp", ".ac.kr")
_AUTHORITIES = (".gov", ".gov.cn", ".gov.hk", ".gov.tw", ".gov.uk", ".mil")


def email_kind(address: str) -> str:
    """Tell the kind of an address: one of `EMAIL_KINDS`."""
    domain = address.rpartition("@")[2].strip().lower()
    if domain in FREE_MAIL_DOMAINS:
        return "free"
    dotted = f".{domain}"
    if dotted.endswith(_SCHOOLS):
        return "education"
    if dotted.endswith(_AUTHORITIES):
        return "government"
    return "company"
