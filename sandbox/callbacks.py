"""Delivery of callbacks: verification of the address, encrypted POSTs, retries, and the answers to them."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from io import BytesIO

import aiohttp
from yarl import URL

from sandbox.callback_crypto import CallbackCipher, CryptoError
from sandbox.callback_xml import PassiveAnswer, envelope_xml, parse_answer, parse_packet
from sandbox.clock import SandboxClock, stopwatch
from sandbox.config import SandboxConfig
from sandbox.errors import WeComError
from sandbox.faults import Faults
from sandbox.records import Records

_ANSWER_BYTES = 1 << 20
_KEPT_BODY = 4096
_AT_ONCE = 256
_HELD_AT_MOST_S = 2.0


@dataclass(frozen=True, slots=True)
class CallbackSettings:
    """URL, Token and EncodingAESKey of the application's callback."""

    url: str = ""
    token: str = ""
    aes_key: str = ""


@dataclass(slots=True)
class Attempt:
    """One POST of one callback.

    Attributes:
        status: HTTP status, 0 when there was none.
        answer: Kind of the passive answer, empty when there was none.
        error: What went wrong, empty when nothing did.
    """

    at: float
    status: int = 0
    body: str = ""
    latency_s: float = 0.0
    answer: str = ""
    error: str = ""


@dataclass(slots=True)
class Callback:
    """One callback with everything that became of it."""

    callback_id: int
    kind: str
    userid: str
    inner_xml: str
    created_at: float
    agent_id: int
    event_key: str = ""
    task_id: str = ""
    response_code: str = ""
    outcome: str = "pending"
    attempts: list[Attempt] = field(default_factory=list)
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> Callback:
        """Wait until it is delivered, given up or lost."""
        await self.finished.wait()
        return self

    def as_json(self) -> dict[str, object]:
        """Return it for inspection."""
        names = ("callback_id", "kind", "userid", "created_at", "event_key", "task_id", "response_code", "outcome")
        shown: dict[str, object] = {name: getattr(self, name) for name in names}
        return shown | {"attempts": [asdict(attempt) for attempt in self.attempts]}


class CallbackPost:
    """Sends callbacks to the application and keeps a bounded record of them."""

    def __init__(self, config: SandboxConfig, clock: SandboxClock, faults: Faults, records: Records) -> None:
        self._config = config
        self._clock = clock
        self._faults = faults
        self._records = records
        self.settings = CallbackSettings(config.callback_url, config.callback_token, config.callback_aes_key)
        self.timing = config.timing
        self.last_packet: tuple[URL, bytes] | None = None
        self.on_answer: Callable[[Callback, PassiveAnswer], None] = lambda _callback, _answer: None
        self._log: OrderedDict[int, Callback] = OrderedDict()
        self._next_id = 1
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._held: asyncio.Event | None = None

    async def start(self) -> None:
        """Open the HTTP client."""
        # The semaphore bounds connections, so that waiting for one never eats into the answer's 5 s.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def stop(self) -> None:
        """Abandon what is under way and close the client."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def save(self, settings: CallbackSettings, *, verify: bool = True) -> None:
        """Save the callback settings, as the admin console does: the address must answer a verification.

        Raises:
            WeComError: 40057 when the address does not verify; the earlier settings stay.
        """
        if settings.url and verify:
            await self._verify(settings)
        self.settings = settings

    @property
    def log(self) -> list[Callback]:
        """The remembered callbacks, oldest first."""
        return list(self._log.values())

    @property
    def pending(self) -> int:
        """How many callbacks are neither delivered nor given up."""
        return len(self._tasks)

    async def settled(self) -> None:
        """Wait until no callback is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def post(self, kind: str, userid: str, agent_id: int, inner_xml: str, **more: str) -> Callback:
        """Start the delivery of one callback; returns at once."""
        callback = Callback(self._next_id, kind, userid, inner_xml, self._clock.now(), agent_id, **more)  # type: ignore[arg-type]
        self._next_id += 1
        self._log[callback.callback_id] = callback
        if len(self._log) > self._config.caps.records:
            self._log.popitem(last=False)
        self._records.totals["callbacks"] += 1
        task = asyncio.create_task(self._deliver(callback))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return callback

    def clear(self) -> None:
        """Forget the record of past callbacks."""
        self._log.clear()

    async def _deliver(self, callback: Callback) -> None:
        try:
            await self._deliver_through_faults(callback)
        finally:
            callback.finished.set()
            self._records.totals[f"callbacks_{callback.outcome}"] += 1

    async def _deliver_through_faults(self, callback: Callback) -> None:
        if not self.settings.url:
            callback.outcome = "no_url"
            return
        held, self._held = self._held, None
        struck = self._faults.strike_callback()
        if "lost_callback" in struck:
            callback.outcome = "lost"
            return
        if "delayed_callback" in struck:
            await asyncio.sleep(struck["delayed_callback"].delay_s)
        if "reordered_callback" in struck and held is None:
            # Held back until the next callback has been tried, or for a while if there is no next one.
            self._held = overtaken = asyncio.Event()
            try:
                async with asyncio.timeout(_HELD_AT_MOST_S):
                    await overtaken.wait()
            except TimeoutError:
                self._held = None
        await self._try_until_answered(callback)
        if held is not None:
            held.set()
        if "duplicate_callback" in struck:
            await self._attempt(callback)

    async def _try_until_answered(self, callback: Callback) -> None:
        for attempt in range(1 + self.timing.retries):
            if attempt:
                await asyncio.sleep(self.timing.retry_spacing_s)
            async with self._at_once:
                answered = await self._attempt(callback)
            if answered:
                callback.outcome = "delivered"
                return
        callback.outcome = "failed"

    async def _attempt(self, callback: Callback) -> bool:
        """POST once; return whether WeCom would be content."""
        settings, config = self.settings, self._config
        attempt = Attempt(self._clock.now())
        callback.attempts.append(attempt)
        began, answer = stopwatch(), ""
        try:
            cipher = CallbackCipher(settings.token, settings.aes_key, config.corp_id)
            encrypted = cipher.encrypt(callback.inner_xml.encode())
            body = envelope_xml(config.corp_id, callback.agent_id, encrypted).encode()
            url = signed_url(settings.url, cipher, encrypted, self._clock.now())
            self.last_packet = (url, body)
            status, answer = await self.exchange("POST", url, body, self.timing.answer_s)
            attempt.status, attempt.body = status, answer[:_KEPT_BODY]
        except (aiohttp.ClientError, OSError, TimeoutError, CryptoError) as error:
            attempt.error = f"{type(error).__name__}: {error}"
        attempt.latency_s = stopwatch() - began
        self._records.totals["callback_attempts"] += 1
        if attempt.error or (attempt.status != HTTPStatus.OK and self.timing.retry_non_200):
            return False
        if attempt.status == HTTPStatus.OK:
            self._read_answer(callback, attempt, answer)
        return True

    def _read_answer(self, callback: Callback, attempt: Attempt, body: str) -> None:
        if body.strip() in ("", "success"):
            return
        try:
            packet = parse_packet(body)
            cipher = CallbackCipher(self.settings.token, self.settings.aes_key, self._config.corp_id)
            cipher.verify(packet.signature, packet.timestamp, packet.nonce, packet.encrypted)
            parsed = parse_answer(cipher.decrypt(packet.encrypted).decode())
        except (ValueError, CryptoError) as error:
            attempt.error = f"bad answer: {error}"
            self._records.totals["bad_answers"] += 1
            return
        attempt.answer = parsed.kind
        self.on_answer(callback, parsed)

    async def exchange(self, method: str, url: URL, body: bytes | None, limit_s: float) -> tuple[int, str]:
        """Send one HTTP request to the application.

        Raises:
            aiohttp.ClientError, OSError, TimeoutError: When there is no answer in time.
        """
        if self._session is None:
            raise OSError("the sandbox is not running")
        headers = {"Content-Type": "text/xml"} if body is not None else {}
        timeout = aiohttp.ClientTimeout(total=limit_s)
        request = self._session.request(
            method, url, data=BytesIO(body) if body else None, headers=headers, timeout=timeout, allow_redirects=False
        )
        async with request as answer:
            content = await answer.content.read(_ANSWER_BYTES)
            return answer.status, content.decode(errors="replace")

    async def _verify(self, settings: CallbackSettings) -> None:
        try:
            cipher = CallbackCipher(settings.token, settings.aes_key, self._config.corp_id)
            expected = str(secrets.randbelow(10**19))
            encrypted = cipher.encrypt(expected.encode())
            url = signed_url(settings.url, cipher, encrypted, self._clock.now(), echostr=encrypted)
            status, answer = await self.exchange("GET", url, None, self.timing.verification_s)
        except (aiohttp.ClientError, OSError, TimeoutError, CryptoError, ValueError) as error:
            raise WeComError(40057, f"{type(error).__name__}: {error}") from error
        if status != HTTPStatus.OK or answer != expected:
            raise WeComError(40057, f"status {status}, wrong echo")


def signed_url(base: str, cipher: CallbackCipher, encrypted: str, now: float, **more: str) -> URL:
    """Return the callback address with fresh nonce, timestamp and signature."""
    timestamp, nonce = str(int(now)), str(secrets.randbelow(10**10))
    signature = cipher.signature(timestamp, nonce, encrypted)
    return URL(base).update_query(msg_signature=signature, timestamp=timestamp, nonce=nonce, **more)
