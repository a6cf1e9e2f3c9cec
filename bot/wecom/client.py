"""Calls of WeCom's server API over aiohttp.

Facts: developer.work.weixin.qq.com/document/path/90664 and 91039. HTTP status is 200 even for errors: a call has
failed when `errcode` is there and not 0, and nothing else decides. The token goes into the address, so no address is
ever part of an error or a log line.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from bot.messaging import AppBroken, MessagingError, TryLater
from bot.wecom.access_token import AccessToken, TokenGrant
from bot.wecom.error_codes import INVALID_CREDENTIAL, Family, failure_of, family_of

#: An answer of WeCom: a JSON object.
Answer = Mapping[str, object]

_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
_GETTOKEN: Final = "gettoken"


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """Who we are to WeCom."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)


class WeComClient:
    """One app's calls. The session belongs to the caller."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        credentials: AppCredentials,
        *,
        clock: Callable[[], float],
        base_url: str = "https://qyapi.weixin.qq.com",
        timeout: float = 8.0,
        at_once: int = 64,
    ) -> None:
        """Make a client; nothing is called yet.

        Args:
            session: carries the calls; closed by its owner.
            credentials: corp, app and secret.
            clock: monotonic seconds.
            base_url: scheme and host, without a path.
            timeout: seconds for one call from connecting to the last byte.
            at_once: calls under way at the same time; WeCom refuses too many (45033).
        """
        self._session = session
        self._credentials = credentials
        self._base = base_url.rstrip("/") + "/cgi-bin/"
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._slots = asyncio.Semaphore(at_once)
        self._token = AccessToken(self._fetch_token, clock)

    @property
    def agent_id(self) -> int:
        """The app's number."""
        return self._credentials.agent_id

    async def get(self, path: str, **params: str | int) -> Answer:
        """Call a reading endpoint such as `user/get`.

        Raises:
            MessagingError: by family, with WeCom's `code`; see `bot.wecom.error_codes`.
        """
        return await self._called("GET", path, params, None)

    async def post(self, path: str, body: bytes) -> Answer:
        """Call a writing endpoint such as `message/send` with exactly these bytes of JSON. Raises as `get` does."""
        return await self._called("POST", path, {}, body)

    async def check_credentials(self) -> None:
        """Fetch a token if there is none. Raises as `get` does."""
        await self._token.current()

    async def _called(self, method: str, path: str, params: Mapping[str, str | int], body: bytes | None) -> Answer:
        token = await self._token.current()
        answer, code = await self._exchange(method, path, {"access_token": token, **params}, body)
        if family_of(code) is Family.TOKEN or code == INVALID_CREDENTIAL:
            token = await self._token.renewed(stale=token)
            answer, code = await self._exchange(method, path, {"access_token": token, **params}, body)
        if code:
            raise failure_of(code, path)
        return answer

    async def _fetch_token(self) -> TokenGrant:
        secrets = {"corpid": self._credentials.corp_id, "corpsecret": self._credentials.secret}
        answer, code = await self._exchange("GET", _GETTOKEN, secrets, None)
        if code:
            failure = failure_of(code, _GETTOKEN)
            # Whatever else is wrong at gettoken, trying again at once would only get us blocked.
            raise failure if isinstance(failure, TryLater) else AppBroken(_GETTOKEN, code=code)
        token, life = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token:
            raise TryLater(f"{_GETTOKEN} gave no token")
        return TokenGrant(token, float(life) if isinstance(life, int | float) else 0.0)

    async def _exchange(
        self, method: str, path: str, params: Mapping[str, str | int], body: bytes | None
    ) -> tuple[Answer, int]:
        url = URL(f"{self._base}{path}?{urlencode(params)}", encoded=True)
        try:
            async with (
                self._slots,
                self._session.request(
                    method, url, data=body, headers=_JSON if body is not None else None,
                    timeout=self._timeout, allow_redirects=False,
                ) as response,
            ):  # fmt: skip
                status, raw = response.status, await response.read()
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _no_answer(path, type(error).__name__) from None
        return _read(path, status, raw)


def _no_answer(path: str, why: str) -> MessagingError:
    """Say that nothing is known of a call. The cause is left out of the chain: its text may hold the address."""
    return TryLater(f"{path}: no answer ({why})")


def _read(path: str, status: int, raw: bytes) -> tuple[Answer, int]:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _no_answer(path, f"HTTP {status}")
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        raise _no_answer(path, f"HTTP {status}, not JSON") from None
    if not isinstance(answer, dict):
        raise _no_answer(path, f"HTTP {status}, not an object")
    code = answer.get("errcode", 0)
    if isinstance(code, bool) or not isinstance(code, int):
        raise _no_answer(path, f"HTTP {status}, errcode is no number")
    return answer, code
