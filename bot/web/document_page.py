"""`/d/{id}?t=…`: a document that goes with a lead, behind a signed link; only with a public address.

A GET says what the document is and has a button; the button's POST is the opening, which is recorded, and leads on to
the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, quote

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, Template

from bot.services.desk import Desk
from bot.services.document_link import DocumentLink, Gone, Purpose, file_of, file_token, open_document, read_link
from bot.web.api_access import id_in_path
from bot.web.app_keys import SERVICES
from bot.web.lead_page import page_headers, page_style
from bot.web.problem_details import locale_of, not_found, problem

#: A form with a link's token; whatever is longer is none of ours.
_LONGEST_FORM = 4096
_FOLDER = Path(__file__).with_name("templates")
#: Shown by the browser itself; anything else is saved to a file, since nobody knows what it would do.
_SHOWN = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown: a document with the token for its button, or why there is none."""

    locale: str
    lead: str
    name: str = ""
    version: str = ""
    token: str | None = None
    gone: str | None = None


async def document_page(request: web.Request) -> web.Response:
    """Say what the document is; however often this is asked for, nothing is recorded."""
    token = request.query.get("t", "")
    link = _link(request, Purpose.PAGE, token)
    if link is None:
        return not_found(request)
    return await _page(request, link, token)


async def open_document_page(request: web.Request) -> web.Response:
    """Record the opening, and lead on to the file."""
    body = await request.read()
    if len(body) > _LONGEST_FORM:
        zh, en = ("内容过大", "请在页面上点按钮"), ("the form is too large", "use the button of the page")
        return problem(request, 413, "too_large", zh, en)
    token = parse_qs(body.decode("ascii", "replace")).get("t", [""])[0]
    link = _link(request, Purpose.PAGE, token)
    if link is None:
        return not_found(request)
    if not isinstance(link, DocumentLink):
        return await _page(request, link, token)

    def opened(desk: Desk) -> str:
        open_document(desk, link)
        return file_token(desk, link)

    file = await request.app[SERVICES].runner.run(opened)
    # Relative, since a proxy in front may have put the service under a path of its own.
    return web.Response(status=303, headers={"Location": f"L{link.lead_id}/file?t={file}", "Cache-Control": "no-store"})


async def document_file(request: web.Request) -> web.Response:
    """Give the file itself to whoever has just tapped the button."""
    token = request.query.get("t", "")
    link = _link(request, Purpose.FILE, token)
    if link is None:
        return not_found(request)
    if not isinstance(link, DocumentLink):
        return await _page(request, link, token)
    found = await request.app[SERVICES].runner.look(lambda desk: file_of(desk, link))
    if found is None:
        return not_found(request)
    file_name, content = found
    kind = _SHOWN.get(Path(file_name).suffix.casefold())
    shown = "inline" if kind is not None else "attachment"
    return web.Response(
        body=content,
        content_type=kind or "application/octet-stream",
        headers={
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(file_name)}",
            "Cache-Control": "private, no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _link(request: web.Request, purpose: Purpose, token: str) -> DocumentLink | Gone | None:
    """Read a link; None where there is no such page at all."""
    services, lead_id = request.app[SERVICES], id_in_path(request, "L")
    if services.settings.public_url is None or lead_id is None:
        return None
    return read_link(services.runner.keys, purpose, lead_id, token, services.clock.now())


async def _page(request: web.Request, link: DocumentLink | Gone, token: str) -> web.Response:
    lead = request.match_info["id"]
    if isinstance(link, DocumentLink):
        locale = await request.app[SERVICES].runner.look(lambda desk: desk.locale_of(link.person))
        page = Page(locale, lead, link.name, link.version, token)
    else:
        page = Page(locale_of(request), lead, gone=link.value)
    status = {None: 200, Gone.EXPIRED.value: 410}.get(page.gone, 403)
    text = _template().render(page=page, style=page_style(), en=page.locale == "en")
    return web.Response(text=text, status=status, content_type="text/html", headers=page_headers())


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("document_page.html")
