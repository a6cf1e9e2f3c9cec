"""Bodies that nobody should send, over real HTTP: to the webhooks, and to WeCom's callback address."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from yarl import URL

from sandbox.callback_crypto import CallbackCipher
from sandbox.callback_xml import envelope_xml, message_xml
from sandbox.callbacks import signed_url
from tests.support.recount import rows_of, until_drained
from tests.support.running_service import BEARER, CALLBACK_AES_KEY, CALLBACK_TOKEN, RunningService
from tests.support.traffic import lead_of, signed_headers

_AT_ONCE = 16
_STRANGE: tuple[object, ...] = (
    None, True, False, 0, -1, 10**30, 1.5, 1e308, "", " ", "\u0000", "\ud83d\ude00" * 50, "x" * 70_000, [], {}, [[]],
    [None], {"a": {"b": [1]}}, "1e400", "2026-13-45", "' OR 1=1 --", "<script>", "${HOME}", "{{7*7}}", "../../etc/passwd",
    "+86 138-0013-8000", "13800138000 13900139000", "٣٤٥", "\u202eabc", "null", "NaN", "\r\n\r\nHTTP/1.1 200 OK", "@all",
)  # fmt: skip
_TYPES = (
    "application/json", "text/plain", "application/x-www-form-urlencoded", "application/cloudevents+json", "text/xml",
    "multipart/form-data; boundary=x", "application/json; charset=gbk", "application/json; charset=utf-7", "a/b/c", ";;",
    "application/json; charset=utf-16", "application/octet-stream",
)  # fmt: skip


@dataclass
class Fuzzed:
    """How the service answered: counts by status, and everything that must not have happened."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Give the figures in one line."""
        counts = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{self.sent} sent; answers {counts}; {len(self.wrong)} wrong"


async def _all(count: int, send: Callable[[int], Any]) -> None:
    """Send so many requests, a few at once."""
    numbers = iter(range(count))

    async def one_after_the_other() -> None:
        for number in numbers:
            await send(number)

    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))


async def fuzz_webhooks(service: RunningService, count: int, seed: int) -> Fuzzed:
    """Post mutated leads; each 202 must be a lead in the database, everything else must have left no trace of one."""
    result, answered = Fuzzed(count), set[str]()
    async with aiohttp.ClientSession() as session:

        async def send(number: int) -> None:
            request = _webhook(random.Random(f"{seed}/{number}"), number)
            url = URL(service.address + request.path, encoded=True)
            async with session.post(url, data=request.body, headers=request.headers) as response:
                text = await response.read()
            result.statuses[response.status] += 1
            if response.status == 202:
                answered.add(orjson.loads(text)["lead_id"])
            elif response.status >= 500 or response.content_type != "application/problem+json":
                result.wrong.append(f"request {number}: {response.status} {text[:200]!r}")
            if request.forged and response.status not in {401, 404}:
                result.wrong.append(f"request {number}, forged: {response.status}")

        before = {lead["lead_id"] for lead in (await rows_of(service.database_url)).lead}
        await _all(count, send)
    rows = (await rows_of(service.database_url)).lead
    # The answer to somebody known already names the lead that he has; the one merged into it is kept beside.
    stored = {f"L{row['lead_id']}" for row in rows if row["lead_id"] not in before and row["merged_into"] is None}
    result.wrong += [f"{lead} is in the database and nobody was told so" for lead in stored - answered]
    result.wrong += [f"{lead} was promised and is not there" for lead in answered - stored]
    result.wrong += _in_log(service)
    return result


def _in_log(service: RunningService) -> list[str]:
    return [
        line[:300]
        for line in service.log().splitlines()
        if "Traceback" in line or '"exception"' in line or '"level": "error"' in line
    ]


@dataclass(frozen=True)
class _Request:
    path: str
    body: bytes
    headers: Mapping[str, str]
    forged: bool = False


def _webhook(draw: random.Random, number: int) -> _Request:
    """Give one mutated webhook; most prove rightly who they are, so that they get past the door."""
    body = _broken(draw, _mutated(draw, number))
    key = draw.choice((f"f-{number}", "same-key-again", "x" * 5000, "线索", ""))
    kind = draw.choice(_TYPES) if draw.random() < 0.2 else "application/json"
    way = draw.random()
    if way < 0.6:
        headers = signed_headers(key or "k", body) if key.isascii() else signed_headers(f"f-{number}", body)
        return _Request("/webhooks/website", body, headers | {"Content-Type": kind})
    if way < 0.85:
        key = key if key.isascii() else f"f-{number}"
        headers = {"Authorization": f"Bearer {BEARER}", "Idempotency-Key": key, "Content-Type": kind}
        return _Request("/webhooks/landing", body, headers)
    forged = draw.choice((
        {}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic Og=="}, signed_headers("k", body, secret=b"x" * 32),
        signed_headers("k", body, now=0.0), signed_headers("k", body + b" "), {"webhook-id": "k"},
    ))  # fmt: skip
    path = draw.choice(
        ("/webhooks/website", "/webhooks/landing", "/webhooks/nobody", "/webhooks/website/token", "/webhooks/%00")
    )
    return _Request(path, body, {"Content-Type": kind, **forged}, forged=True)


def _mutated(draw: random.Random, number: int) -> object:
    """Give a lead with fields that are wrong, missing, too many, or in an envelope that is."""
    lead: dict[str, object] = lead_of(900_000_000 + number) | {
        "behaviour": {"dwell_seconds": 186, "pages": 12}, "attributes": {"hospital_level": "三甲"}, "quantity": 50,
        "company_size": 800, "submitted_at": "2026-11-20T02:14:00+08:00", "language": "zh", "city": "上海",
    }  # fmt: skip
    for _ in range(draw.randint(1, 6)):
        name = draw.choice(list(lead) or ["phone"])
        place = lead
        inner = lead.get(name)
        if isinstance(inner, dict) and inner and draw.random() < 0.7:
            place, name = inner, draw.choice(list(inner))
        if draw.random() < 0.3:
            place.pop(name)
        else:
            place[name] = draw.choice(_STRANGE)
    if draw.random() < 0.2:
        lead[draw.choice(("", "phone ", "__proto__", "x" * 3000, "电话", "a.b.c", "$ref"))] = draw.choice(_STRANGE)
    way = draw.random()
    if way < 0.1:
        return {
            "specversion": draw.choice(("1.0", 1, None)),
            "id": draw.choice(_STRANGE),
            "source": "s",
            "type": "t",
            "data": lead,
        }
    if way < 0.2:
        return {
            "type": "lead.created",
            "timestamp": draw.choice(_STRANGE),
            "data": draw.choice((lead, [lead], "x", None)),
        }
    return draw.choice((lead, lead, lead, lead, [lead], "text", 5, None))


def _broken(draw: random.Random, document: object) -> bytes:
    """Write a document as JSON, and break the bytes of some."""
    try:
        body = orjson.dumps(document)
    except TypeError:
        body = b'{"budget": 1000000000000000000000000000000}'
    way = draw.random()
    if way < 0.7:
        return body
    if way < 0.8:
        return body[: draw.randrange(len(body) + 1)]
    if way < 0.9:
        at = draw.randrange(len(body))
        return body[:at] + bytes([draw.randrange(256)]) + body[at + 1 :]
    return draw.choice((
        b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 5_000, b'{"phone":"\\ud800"}', b"phone=13800138000&name=%ff",
        b'{"phone":"13800138000","phone":null}', draw.randbytes(500), b"\xef\xbb\xbf" + body, b'{"phone": NaN}',
    ))  # fmt: skip


_USERS = (
    "stranger",
    "rep0001",
    "boss",
    "@all",
    "sys",
    "",
    "a|b",
    "../x",
    "REP0002",
    "很长" * 50,
    "x" * 200,
    "%s",
    "'; --",
)
_KEYS = (
    "1:accept:L99999:1", "1:accept:L0:0", "1:decline:C1:1", "1:confirm:C99:0", "1:choose:L1:1:%E4%B8%AD", "2:accept:L1001:1",
    "accept", "", "1:accept:L999999999999999999:1", "1:accept:L-1:1", "1:reason:L99999:3", "1:assign:L99999:1:rep0001",
    "\u0000", "1:closed:L5:1",
)  # fmt: skip


async def fuzz_callbacks(service: RunningService, count: int, seed: int) -> Fuzzed:
    """Send hostile and senseless packets to the callback address; no lead, offer, counter or timer may move."""
    result = Fuzzed(count)
    # A card that is still on its way starts a clock when it arrives.
    await until_drained(service.database_url, within=60)
    before = await rows_of(service.database_url)
    async with aiohttp.ClientSession() as session:

        async def send(number: int) -> None:
            draw = random.Random(f"{seed}/{number}")
            if draw.random() < 0.2:
                kind = draw.choice([kind for kind in service.sandbox.attacks.kinds if kind != "replayed"])
                answer = await service.sandbox.attacks.send(kind)
                status, allowed = answer.status, {0, 200, 403, 413} if kind == "huge_body" else {200, 403}
            else:
                url, body, genuine = _packet(draw, service)
                async with session.post(url, data=body, headers={"Content-Type": "text/xml"}) as response:
                    await response.read()
                status, allowed = response.status, {200} if genuine else {403}
            result.statuses[status] += 1
            if status not in allowed:
                result.wrong.append(f"packet {number}: {status}, expected {allowed}")

        await _all(count, send)
    after = await rows_of(service.database_url)
    for table in ("lead", "offer", "timer", "rep_standing", "fairness_accounts"):
        if _sorted(getattr(before, table)) != _sorted(getattr(after, table)):
            result.wrong.append(f"{table} has changed")
    result.wrong += _in_log(service)
    return result


def _sorted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


def _packet(draw: random.Random, service: RunningService) -> tuple[URL, bytes, bool]:
    """Give one packet, and whether it is signed, fresh and addressed as WeCom's are."""
    config, address = service.sandbox.config, f"{service.address}/wecom/callback"
    cipher, now = CallbackCipher(CALLBACK_TOKEN, CALLBACK_AES_KEY, config.corp_id), service.sandbox.clock.now()
    inner = _inner(draw, service)
    encrypted = cipher.encrypt(inner.encode("utf-8", "replace") if draw.random() < 0.9 else draw.randbytes(80))
    url, body = (
        signed_url(address, cipher, encrypted, now),
        envelope_xml(config.corp_id, config.agent_id, encrypted).encode(),
    )
    way = draw.random()
    if way < 0.5:
        return url, body, True
    if way < 0.65:
        # A letter of the ciphertext is another one: nothing signs it.
        at = body.index(encrypted.encode()) + draw.randrange(len(encrypted) - 4)
        return url, body[:at] + (b"A" if body[at : at + 1] != b"A" else b"B") + body[at + 1 :], False
    if way < 0.8:
        spoilt = draw.choice(("msg_signature", "timestamp", "nonce"))
        return url.update_query({spoilt: draw.choice(("", "0", "x" * 40, "9" * 30, "中文", "%00"))}), body, False
    if way < 0.9:
        other = CallbackCipher(
            CALLBACK_TOKEN, draw.choice(("A" * 43, CALLBACK_AES_KEY)), draw.choice(("wwforeign", ""))
        )
        encrypted = other.encrypt(inner.encode("utf-8", "replace"))
        return signed_url(address, other, encrypted, now), envelope_xml("x", 1, encrypted).encode(), False
    return url, draw.choice((b"", draw.randbytes(200), b"<xml>" * 1000, inner.encode("utf-8", "replace"))), False


def _inner(draw: random.Random, service: RunningService) -> str:
    """Give the XML inside: of a kind that there is, with values that make no sense."""
    config = service.sandbox.config
    shapes: tuple[dict[str, str | int], ...] = (
        {"MsgType": "event", "Event": "template_card_event", "EventKey": draw.choice(_KEYS), "TaskId": "t",
         "CardType": "button_interaction", "ResponseCode": draw.choice(("", "rc-x", "x" * 500))},
        {"MsgType": "event", "Event": draw.choice(("enter_agent", "subscribe", "click", "change_contact", "", "\u202e"))},
        {"MsgType": draw.choice(("image", "voice", "location", "video", "link", "", "nothing")), "MsgId": draw.choice((1, 0, -5))},
        {"MsgType": "text", "Content": draw.choice(("\u0000", "?" * 3000, "<b>", "]]>", "🙂", "%s%s")),
         "MsgId": draw.choice((draw.randrange(10**18), 0))},
    )  # fmt: skip
    user, now = draw.choice(_USERS), int(service.sandbox.clock.now())
    text = message_xml(config.corp_id, user, config.agent_id, now, draw.choice(shapes))
    if draw.random() < 0.3:
        at = draw.randrange(len(text))
        # What is not XML any more is senseless; a changed address of the packet would make it foreign instead.
        head = text.index("</ToUserName>")
        at = max(at, head)
        text = text[:at] + draw.choice(("<", "&", "&lol;", "", "\u0007", "]]>")) + text[at + draw.randrange(20) :]
        if "<AgentID>" in text and f"<AgentID>{config.agent_id}</AgentID>" not in text:
            return text[: text.index("<AgentID>")]
    return text
