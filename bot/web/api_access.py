"""Who may use the API, and what its addresses and parameters may say; what is wrong is answered as problem details."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from bot.lead_sources.problems import FieldProblem, Wording
from bot.web.app_keys import SERVICES
from bot.web.health import has_bearer
from bot.web.problem_details import Handler, locale_of, problem, problem_response, unauthenticated

#: Ids people type: L1024, l1024, 1024. More digits than this are nobody's id, and no database takes them.
_ID = re.compile(r"[A-Za-z]?([0-9]{1,18})", re.ASCII)
_YES_NO = {"true": True, "1": True, "false": False, "0": False}
_ONE_OF_YES_NO = Wording("请写 true 或 false", "write true or false")
_UNKNOWN = Wording("没有这个参数", "there is no such parameter")


class WrongParameter(Exception):
    """A parameter of the query can't be understood; the handler's guard answers it."""

    def __init__(self, name: str, message: Wording, mend: Wording) -> None:
        super().__init__(message.en)
        self.problem = FieldProblem(name, message, mend)


def guarded(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Handler:
    """Let a handler be reached only with the API's token, and answer the parameters it can't understand."""

    async def guard(request: web.Request) -> web.StreamResponse:
        refused = _refuse(request)
        if refused is not None:
            return refused
        try:
            return await handler(request)
        except WrongParameter as wrong:
            return _wrong_parameter(request, wrong.problem)

    return guard


def _refuse(request: web.Request) -> web.Response | None:
    token = request.app[SERVICES].settings.api_token
    if token is None:
        return problem(
            request, 403, "api_closed", ("API 未开放：没有设置 PAIDAN_API_TOKEN", "请设置 PAIDAN_API_TOKEN 并重启服务"),
            ("the API is closed: PAIDAN_API_TOKEN is not set", "set PAIDAN_API_TOKEN and restart the service"),
        )  # fmt: skip
    if has_bearer(request, token.get_secret_value()):
        return None
    return unauthenticated(request, "PAIDAN_API_TOKEN")


def _wrong_parameter(request: web.Request, wrong: FieldProblem) -> web.Response:
    locale = locale_of(request)
    detail = f"{wrong.field}: {wrong.message.text(locale)}"
    title = Wording("参数不正确", "a parameter is wrong").text(locale)
    return problem_response(
        {"type": "urn:paidan:problem:parameter", "title": title, "status": 400, "detail": detail,
         "mend": wrong.mend.text(locale), "errors": [wrong.as_member(locale)]}
    )  # fmt: skip


def nothing_in_force(request: web.Request) -> web.Response:
    """Say that nothing can be decided before a team and a policy are there."""
    return problem(
        request, 409, "nothing_in_force", ("还没有生效的团队和规则", "请先导入团队并发布规则"),
        ("no team and policy are in force yet", "import a team and publish a policy first"),
    )  # fmt: skip


def id_in_path(request: web.Request, letter: str) -> int | None:
    """Give the number of the id in the address, None where it is no id: it names nothing then."""
    text = request.match_info["id"]
    found = _ID.fullmatch(text)
    return int(found[1]) if found is not None and (text[0].isdigit() or text[0].upper() == letter) else None


def only_parameters(request: web.Request, known: Collection[str]) -> None:
    """Refuse parameters nobody knows: a misspelt filter would silently give everything."""
    for name in request.query:
        if name not in known:
            mend = Wording(f"可用的参数：{', '.join(sorted(known))}", f"known are: {', '.join(sorted(known))}")
            raise WrongParameter(name[:100], _UNKNOWN, mend)


def text_parameter(request: web.Request, name: str) -> str | None:
    """Give a parameter, None where it is absent or empty."""
    return request.query.get(name) or None


def flag_parameter(request: web.Request, name: str) -> bool:
    """Read a parameter that is yes or no, no where it is absent."""
    text = request.query.get(name, "false").lower()
    if text not in _YES_NO:
        raise WrongParameter(name, Wording("应为是或否", "has to be yes or no"), _ONE_OF_YES_NO)
    return _YES_NO[text]


def number_parameter(request: web.Request, name: str, *, otherwise: int | None, least: int, most: int) -> int | None:
    """Read a parameter that is a whole number between two others."""
    text = text_parameter(request, name)
    if text is None:
        return otherwise
    number = int(text) if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) else least - 1
    if not least <= number <= most:
        mend = Wording(f"请写 {least} 到 {most} 之间的整数", f"write a whole number from {least} to {most}")
        raise WrongParameter(name, Wording("不是可用的数", "is no number that can be used"), mend)
    return number
