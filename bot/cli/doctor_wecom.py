"""What `paidan doctor` asks of WeCom: settings, token, the app's visible range, and the way back to us."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

import aiohttp

from bot.cli.findings import Finding, doubtful, good, missing
from bot.clock import Clock, SystemClock
from bot.messaging import MessagingError
from bot.settings import Settings
from bot.wecom.client import AppCredentials, WeComClient
from bot.wecom.crypto import CallbackCrypto

_TIMEOUT = aiohttp.ClientTimeout(total=10)
#: Everybody's card depends on the range; more than this many are not asked about one by one.
_MOST_PEOPLE = 200
_NEEDED = ("wecom_corp_id", "wecom_agent_id", "wecom_secret", "wecom_token", "wecom_aes_key")
#: errcode -> what to do about it.
_MENDS: Mapping[int | None, str] = {
    40001: "PAIDAN_WECOM_SECRET is not this app's secret",
    40013: "PAIDAN_WECOM_CORP_ID is no corp id",
    40056: "PAIDAN_WECOM_AGENT_ID is no app of this corp",
    40091: "PAIDAN_WECOM_SECRET belongs to another corp",
    60020: "add this machine's address to 企业可信IP of the app",
    301002: "PAIDAN_WECOM_AGENT_ID is another app than the secret's",
}
_UNKNOWN_MEMBER, _OUT_OF_RANGE = 60111, 60011
_SEALED = re.compile(
    r"<Encrypt><!\[CDATA\[([^\]]+)\]\]></Encrypt><MsgSignature><!\[CDATA\[(\w+)\]\]></MsgSignature><TimeStamp>(\d+)</TimeStamp>"
)


async def check_wecom(settings: Settings, people: list[str], clock: Clock) -> list[Finding]:
    """Check the way to WeCom and back; `people` are the userids that cards go to."""
    if settings.wecom_mode != "app":
        return [missing("PAIDAN_WECOM_MODE=aibot is not built yet: use app")]
    absent = [f"PAIDAN_{name.upper()}" for name in _NEEDED if getattr(settings, name) is None]
    found = [missing(f"{name} is not set") for name in absent] or [good("WeCom settings are complete")]
    if not settings.wecom_api_base.startswith("https://"):
        found.append(doubtful(f"PAIDAN_WECOM_API_BASE is {settings.wecom_api_base}: a sandbox; WeCom itself is https"))
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        if settings.wecom_corp_id and settings.wecom_agent_id is not None and settings.wecom_secret is not None:
            secret = settings.wecom_secret.get_secret_value()
            credentials = AppCredentials(settings.wecom_corp_id, settings.wecom_agent_id, secret)
            client = WeComClient(session, credentials, clock=SystemClock.monotonic, base_url=settings.wecom_api_base)
            found += await _app(client, people)
        found += await _way_back(settings, session, clock)
    return found


async def _app(client: WeComClient, people: list[str]) -> list[Finding]:
    try:
        await client.check_credentials()
    except MessagingError as error:
        return [missing(f"WeCom gives no access token: {_why(error)}")]
    found = [good("WeCom gives an access token")]
    try:
        agent = await client.get("agent/get", agentid=client.agent_id)
    except MessagingError as error:
        return [*found, missing(f"the app can't be read: {_why(error)}")]
    if agent.get("close") == 1:
        found.append(missing("the app is disabled: enable it in WeCom's admin pages"))
    return found + await _range(client, people)


async def _range(client: WeComClient, people: list[str]) -> list[Finding]:
    """Say who of the roster can't get a card. The range may name departments, so each person is asked about."""
    unknown: list[str] = []
    outside: list[str] = []
    for person in people[:_MOST_PEOPLE]:
        try:
            await client.get("user/get", userid=person)
        except MessagingError as error:
            if error.code not in {_UNKNOWN_MEMBER, _OUT_OF_RANGE}:
                return [missing(f"members can't be read: {_why(error)}")]
            (unknown if error.code == _UNKNOWN_MEMBER else outside).append(person)
    found = []
    if unknown:
        found.append(missing(f"no members of WeCom: {', '.join(unknown)}; a rep's id is the userid"))
    if outside:
        found.append(missing(f"outside the app's visible range: {', '.join(outside)}; add them to 可见范围"))
    if len(people) > _MOST_PEOPLE:
        found.append(doubtful(f"only the first {_MOST_PEOPLE} of {len(people)} people were looked up"))
    return found or [good(f"all {len(people)} people of the roster are in the app's visible range")]


async def _way_back(settings: Settings, session: aiohttp.ClientSession, clock: Clock) -> list[Finding]:
    """Call our own callback as WeCom would when the address is saved in its admin pages."""
    if settings.wecom_token is None or settings.wecom_aes_key is None or settings.wecom_corp_id is None:
        return []
    token, aes_key = settings.wecom_token.get_secret_value(), settings.wecom_aes_key.get_secret_value()
    try:
        crypto = CallbackCrypto(token=token, aes_key=aes_key, corp_id=settings.wecom_corp_id)
    except ValueError as error:
        return [missing(f"PAIDAN_WECOM_TOKEN, PAIDAN_WECOM_AES_KEY: {error}")]
    if settings.public_url is None:
        return [doubtful("PAIDAN_PUBLIC_URL is not set: the callback was not tried, and cards carry no link")]
    address = f"{settings.public_url.rstrip('/')}/wecom/callback"
    plain, nonce = secrets.token_hex(8), secrets.token_hex(8)
    sealed = _SEALED.search(crypto.seal(plain, nonce=nonce, prefix=secrets.token_hex(8), now=clock.now()))
    if sealed is None:
        return [missing("the callback could not be tried: nothing could be sealed with these settings")]
    query = {"msg_signature": sealed[2], "timestamp": sealed[3], "nonce": nonce, "echostr": sealed[1]}
    try:
        async with session.get(address, params=query, allow_redirects=False) as response:
            answered = response.status, await response.text()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return [missing(f"{address} can't be reached from here ({type(error).__name__}): is `paidan serve` running?")]
    if answered == (200, plain):
        return [good(f"{address} answers as WeCom wants")]
    return [missing(f"{address} answers HTTP {answered[0]}: another service, or other callback settings there")]


def _why(error: MessagingError) -> str:
    mend = _MENDS.get(error.code)
    return f"errcode {error.code}" + (f"; {mend}" if mend else "") if error.code is not None else str(error.reason)
