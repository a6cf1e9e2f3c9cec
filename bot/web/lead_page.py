"""`/l/{id}?t=…`: a lead's page on the phone, behind a signed link that works once; only with a public address.

A GET shows whose lead it is and a button; the button's POST uses the link up. WeCom, mail servers and browsers fetch
links to preview or to scan them, and would use up every link before anybody has tapped it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, Template

from bot.masking import mask_name, plain_phone
from bot.messaging import LeadProfile
from bot.services.desk import Desk
from bot.services.lead_link import Link, Seen, look_at, open_link, read_link
from bot.services.profile import profile_of
from bot.services.texts_on_cards import JOINT
from bot.web.api_access import id_in_path
from bot.web.app_keys import SERVICES
from bot.web.problem_details import locale_of, not_found, problem
from store.rows import LeadRow

#: A form with a link's token; whatever is longer is none of ours.
_LONGEST_FORM = 4096
_FOLDER = Path(__file__).with_name("templates")
_STATUS = {Seen.WHOLE: 200, Seen.MASKED: 200, Seen.MOVED_ON: 410, Seen.USED: 410, Seen.EXPIRED: 410, Seen.FORGED: 403}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page; `href` makes it something to tap."""

    label: str
    value: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown: `seen` chooses the words, `lines` are the lead's; `token` is for the button, where there is one."""

    seen: Seen
    locale: str
    title: str = ""
    lines: tuple[Line, ...] = ()
    name: str = ""
    token: str | None = None


#: Field of the page -> its name in Chinese and in English.
_LABELS = {
    "contact": ("联系人", "Contact"), "phone": ("电话", "Phone"), "wechat": ("微信", "WeChat"),
    "email": ("邮箱", "E-mail"), "score": ("评分", "Score"), "need": ("需求", "Need"), "region": ("地区", "Region"),
    "industry": ("行业", "Industry"), "size": ("规模", "Size"), "product": ("产品", "Product"),
    "prior_orders": ("历史订单", "Orders before"), "traits": ("特征", "Traits"), "source": ("来源", "Source"),
}  # fmt: skip


async def lead_page(request: web.Request) -> web.Response:
    """Ask whether to open the link; however often it is asked for, the link stays good."""
    return await _answer(request, request.query.get("t", ""), opening=False)


async def open_lead_page(request: web.Request) -> web.Response:
    """Open the link: show the lead to whoever it was made for, once."""
    body = await request.read()
    if len(body) > _LONGEST_FORM:
        zh, en = ("内容过大", "请在页面上点按钮"), ("the form is too large", "use the button of the page")
        return problem(request, 413, "too_large", zh, en)
    token = parse_qs(body.decode("ascii", "replace")).get("t", [""])[0]
    return await _answer(request, token, opening=True)


async def _answer(request: web.Request, token: str, *, opening: bool) -> web.Response:
    services = request.app[SERVICES]
    lead_id = id_in_path(request, "L")
    if services.settings.public_url is None or lead_id is None:
        return not_found(request)
    link = read_link(services.runner.keys, lead_id, token, services.clock.now())
    if not isinstance(link, Link):
        page = Page(link, locale_of(request))
    elif opening:
        page = await services.runner.run(lambda desk: _open(desk, link, locale_of(request)))
    else:
        page = await services.runner.look(lambda desk: _ask(desk, link, token, locale_of(request)))
    return web.Response(
        text=_template().render(page=page, style=page_style(), en=page.locale == "en"),
        status=_STATUS[page.seen],
        content_type="text/html",
        headers=page_headers(),
    )


def _ask(desk: Desk, link: Link, token: str, otherwise: str) -> Page:
    opened, locale = look_at(desk, link), _locale(desk, link, otherwise)
    if opened.row is None:
        return Page(opened.seen, locale)
    title = " · ".join(part for part in (opened.row.name, mask_name(opened.row.lead.name)) if part)
    return Page(opened.seen, locale, title, name=opened.row.name, token=token)


def _open(desk: Desk, link: Link, otherwise: str) -> Page:
    opened, locale = open_link(desk, link), _locale(desk, link, otherwise)
    if opened.row is None:
        return Page(opened.seen, locale)
    profile = profile_of(desk, opened.row, locale=locale, whole=opened.seen is Seen.WHOLE)
    title = " · ".join(part for part in (opened.row.name, profile.company or profile.contact) if part)
    contact = _whole(opened.row) if opened.seen is Seen.WHOLE else _masked(profile)
    lines = [Line(_label("contact", locale), profile.contact)] if profile.contact else []
    lines += [Line(_label(name, locale), value, href) for name, value, href in contact if value]
    lines += [Line(_label(name, locale), value) for name, value in _about(profile, locale) if value]
    return Page(opened.seen, locale, title, tuple(lines))


def _locale(desk: Desk, link: Link, otherwise: str) -> str:
    """Give the language of the person the link was made for, as far as anybody is known yet."""
    return desk.office.locale_of(link.person) if desk.office is not None else otherwise


def _whole(row: LeadRow) -> list[tuple[str, str | None, str | None]]:
    lead = row.lead
    return [
        ("phone", plain_phone(lead.phone), f"tel:{lead.phone}"),
        ("wechat", lead.wechat, None),
        ("email", lead.email, f"mailto:{lead.email}"),
    ]


def _masked(profile: LeadProfile) -> list[tuple[str, str | None, str | None]]:
    return [
        ("phone", profile.masked_phone, None),
        ("wechat", profile.masked_wechat, None),
        ("email", profile.masked_email, None),
    ]


def _about(profile: LeadProfile, locale: str) -> list[tuple[str, str | None]]:
    score = " ".join(part for part in (str(profile.score), profile.grade) if part)
    joint = JOINT.say(locale)
    return [
        ("score", joint.join((score, *profile.score_reasons))),
        ("need", profile.need),
        ("region", profile.region),
        ("industry", profile.industry),
        ("size", profile.size),
        ("product", profile.product),
        ("prior_orders", profile.prior_orders),
        ("traits", joint.join(profile.traits)),
        ("source", profile.source),
    ]


def _label(name: str, locale: str) -> str:
    zh, en = _LABELS[name]
    return en if locale == "en" else zh


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("lead_page.html")


@cache
def page_style() -> str:
    """Give the style of the pages that links in the chat open."""
    return (_FOLDER / "lead_page.css").read_text("utf-8")


@cache
def page_headers() -> dict[str, str]:
    """Let the page load nothing, send its button nowhere else, be kept nowhere, and tell nobody where it was."""
    digest = base64.b64encode(hashlib.sha256(page_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
