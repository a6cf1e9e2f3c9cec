"""What WeCom demands of the envelope and of plain messages at message/send (documentation page 90236)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.errors import WeComError
from sandbox.json_fields import Json, check_url, flag, number, record, records, size, text

TEXT_BYTES = 2048
_TITLE, _DESCRIPTION = 128, 512
_BUTTON_TEXT = 4
_MOST_ARTICLES = 8
_MOST_USERS = 1000
_MOST_GROUPS = 100
_LONGEST_DUPLICATE_CHECK_S = 14_400


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a message is for and how it is to be handled."""

    agent_id: int
    msgtype: str
    users: tuple[str, ...]
    everybody: bool
    parties: tuple[str, ...]
    tags: tuple[str, ...]
    duplicate_check_s: float


def read_envelope(body: Json, token_agent_id: int) -> Envelope:
    """Check and read everything of a message but its content.

    Raises:
        WeComError: With the code of the first rule broken.
    """
    _check_agent(body, token_agent_id)
    msgtype = text(body, "msgtype")
    if msgtype not in CONTENT_RULES and msgtype != "template_card":
        raise WeComError(40008, msgtype)
    safe = number(body, "safe")
    if safe not in (0, 1, 2):
        raise WeComError(40058, "safe")
    if msgtype == "news" and safe:
        raise WeComError(40074)
    flag(body, "enable_id_trans")
    users, parties, tags = (_split(body, key) for key in ("touser", "toparty", "totag"))
    if not (users or parties or tags):
        raise WeComError(82001)
    if len(users) > _MOST_USERS:
        raise WeComError(40032)
    if len(parties) > _MOST_GROUPS:
        raise WeComError(82002)
    if len(tags) > _MOST_GROUPS:
        raise WeComError(82003)
    interval = number(body, "duplicate_check_interval", 1800)
    if not 0 < interval <= _LONGEST_DUPLICATE_CHECK_S:
        raise WeComError(40058, "duplicate_check_interval")
    checked_s = float(interval) if flag(body, "enable_duplicate_check") else 0.0
    return Envelope(token_agent_id, msgtype, users, users == ("@all",), parties, tags, checked_s)


def _check_agent(body: Json, token_agent_id: int) -> None:
    agent_id = body.get("agentid")
    if agent_id is None:
        raise WeComError(41011)
    if isinstance(agent_id, bool) or not isinstance(agent_id, int):
        raise WeComError(40056, "agentid must be an integer")
    if agent_id != token_agent_id:
        raise WeComError(301002)


def _split(body: Json, key: str) -> tuple[str, ...]:
    """Return the ids joined by ``|``; the same id twice, whatever its case, counts once."""
    ids = {part.strip().lower(): part.strip() for part in text(body, key).split("|") if part.strip()}
    return tuple(ids.values())


def check_text(content: Json) -> Json:
    """Text: cut off, not refused, after 2048 bytes."""
    words = text(content, "content")
    if not words:
        raise WeComError(44004)
    return {"content": words.encode()[:TEXT_BYTES].decode(errors="ignore")}


def check_markdown(content: Json) -> Json:
    """Markdown: at most 2048 bytes."""
    words = text(content, "content")
    if not words:
        raise WeComError(44004)
    if size(words) > TEXT_BYTES:
        raise WeComError(45002)
    return {"content": words}


def check_textcard(content: Json) -> Json:
    """Text card: title, description and url are required."""
    for key, code, limit in (("title", 41016, _TITLE), ("description", 41033, _DESCRIPTION)):
        words = text(content, key)
        if not words:
            raise WeComError(code)
        if len(words) > limit:
            raise WeComError(40058, f"textcard.{key} too long")
    if not text(content, "url"):
        raise WeComError(41010)
    check_url(text(content, "url"))
    if len(text(content, "btntxt")) > _BUTTON_TEXT:
        raise WeComError(40058, "textcard.btntxt too long")
    return content


def check_news(content: Json) -> Json:
    """News: one to eight articles."""
    articles = records(content, "articles")
    if not articles:
        raise WeComError(40063, "articles")
    if len(articles) > _MOST_ARTICLES:
        raise WeComError(45008)
    for article in articles:
        if not text(article, "title"):
            raise WeComError(41016)
        if size(text(article, "title")) > _TITLE or size(text(article, "description")) > _DESCRIPTION:
            raise WeComError(40058, "article too long")
        if not (text(article, "appid") and text(article, "pagepath")):
            if not text(article, "url"):
                raise WeComError(41010)
            check_url(text(article, "url"))
        if text(article, "picurl"):
            check_url(text(article, "picurl"))
    return content


CONTENT_RULES: dict[str, Callable[[Json], Json]] = {
    "text": check_text,
    "markdown": check_markdown,
    "textcard": check_textcard,
    "news": check_news,
}


def read_content(body: Json, msgtype: str) -> Json:
    """Return the content of a plain message as the member will see it.

    Raises:
        WeComError: With the code of the first rule broken; 44004/40063 style codes when it is missing.
    """
    return CONTENT_RULES[msgtype](record(body, msgtype) or {})
