"""Access tokens: issued per application secret, expiring, revocable; callers with wrong secrets are shut out."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from sandbox.clock import SandboxClock
from sandbox.config import SandboxConfig
from sandbox.errors import WeComError

_KEPT_TOKENS = 1000


@dataclass(slots=True)
class AccessToken:
    """One issued token of one application."""

    value: str
    agent_id: int
    expires_at: float
    revoked: bool = False


class TokenOffice:
    """Issues and checks access tokens (documentation page 91039)."""

    def __init__(self, config: SandboxConfig, clock: SandboxClock) -> None:
        self._config = config
        self._clock = clock
        self._agents = {config.secret: config.agent_id} | {app.secret: app.agent_id for app in config.other_apps}
        self._tokens: OrderedDict[str, AccessToken] = OrderedDict()
        self._newest: dict[int, AccessToken] = {}
        self._wrong: dict[str, list[float]] = {}
        self._blocked_until: dict[str, float] = {}
        self.mode = config.token_mode
        self.lifetime_s = config.token_lifetime_s
        self.issued = 0

    def issue(self, corp_id: str, secret: str, caller_ip: str) -> tuple[str, int]:
        """Return (token, seconds it is still good for).

        Raises:
            WeComError: 41002/41004 for missing parameters, 40013 for another company, 40001 for a wrong secret,
                45009 while the caller is blocked for too many wrong secrets.
        """
        now = self._clock.now()
        if now < self._blocked_until.get(caller_ip, 0.0):
            raise WeComError(45009, "too many wrong secrets")
        if not corp_id:
            raise WeComError(41002)
        if not secret:
            raise WeComError(41004)
        if corp_id != self._config.corp_id:
            raise WeComError(40013)
        agent_id = self._agents.get(secret)
        if agent_id is None:
            self._count_wrong_secret(caller_ip, now)
            raise WeComError(40001)
        newest = self._newest.get(agent_id)
        if self.mode == "same" and newest is not None and not newest.revoked and newest.expires_at > now:
            return newest.value, int(newest.expires_at - now)
        token = AccessToken(f"tok-{secrets.token_urlsafe(64)}", agent_id, now + self.lifetime_s)
        self._remember(token)
        return token.value, int(self.lifetime_s)

    def check(self, value: str) -> int:
        """Return the application that ``value`` belongs to.

        Raises:
            WeComError: 41001 without a token, 40014 for an unknown or revoked one, 42001 for an expired one.
        """
        if not value:
            raise WeComError(41001)
        token = self._tokens.get(value)
        if token is None or token.revoked:
            raise WeComError(40014)
        if token.expires_at <= self._clock.now():
            raise WeComError(42001)
        return token.agent_id

    def revoke(self, agent_id: int | None = None) -> None:
        """End tokens at once: later use gives 40014."""
        for token in self._of(agent_id):
            token.revoked = True

    def age(self, agent_id: int | None = None) -> None:
        """Let tokens expire at once: later use gives 42001."""
        now = self._clock.now()
        for token in self._of(agent_id):
            token.expires_at = min(token.expires_at, now)

    def age_value(self, value: str) -> None:
        """Let one token expire at once."""
        token = self._tokens.get(value)
        if token is not None:
            token.expires_at = min(token.expires_at, self._clock.now())

    def revoke_value(self, value: str) -> None:
        """Revoke one token."""
        token = self._tokens.get(value)
        if token is not None:
            token.revoked = True

    def forgive(self) -> None:
        """Lift the blocks for wrong secrets."""
        self._wrong.clear()
        self._blocked_until.clear()

    def _of(self, agent_id: int | None) -> list[AccessToken]:
        return [token for token in self._tokens.values() if agent_id in (None, token.agent_id)]

    def _remember(self, token: AccessToken) -> None:
        self._tokens[token.value] = token
        self._newest[token.agent_id] = token
        self.issued += 1
        while len(self._tokens) > _KEPT_TOKENS:
            self._tokens.popitem(last=False)

    def _count_wrong_secret(self, caller_ip: str, now: float) -> None:
        block_s = self._config.limits.wrong_secret_block_s
        recent = [at for at in self._wrong.get(caller_ip, []) if at > now - block_s] + [now]
        self._wrong[caller_ip] = recent
        if len(recent) >= self._config.limits.wrong_secrets:
            self._blocked_until[caller_ip] = now + block_s
            self._wrong[caller_ip] = []
