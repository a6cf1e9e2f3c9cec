"""What a sandbox can be told before it starts. Every limit and window is a field, so that tests can be fast."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

TokenMode = Literal["same", "new"]
PassiveCardUpdate = Literal["ignore", "honour"]
RepeatAnswer = Literal["ok", "task_id"]

MINUTE_S = 60.0
HOUR_S = 3600.0
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the stand-in company.

    Attributes:
        userid: WeCom userid, unique without regard to case.
        name: Name shown on the phone and in contact reads.
        role: ``rep`` or ``manager``; only the page uses it, to choose which phones to show first.
        locale: Language of the member; kept for whoever drives the sandbox.
        departments: Department ids.
        position: Job title.
        in_range: Whether the application may see and message the member (可见范围).
        status: 1 active, 2 disabled, 4 not activated, 5 left.
    """

    userid: str
    name: str
    role: str = "rep"
    locale: str = "zh"
    departments: tuple[int, ...] = (1,)
    position: str = ""
    in_range: bool = True
    status: int = 1


@dataclass(frozen=True, slots=True)
class Department:
    """A department; id 1 is the root."""

    id: int
    name: str
    parent_id: int = 0
    order: int = 1


@dataclass(frozen=True, slots=True)
class Tag:
    """A contact tag and its members."""

    id: int
    name: str
    userids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherApp:
    """A further application of the same company, to test calls made with the wrong token."""

    agent_id: int
    secret: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Frequency limits and lifetimes as WeCom documents them (pages 90312, 90248, 94888, 94867).

    ``updates_count`` counts card updates as messages to the member; the documentation does not say, and counting
    them is the stricter reading.
    """

    member_per_minute: int = 30
    member_per_hour: int = 1000
    minute_s: float = MINUTE_S
    hour_s: float = HOUR_S
    updates_count: bool = True
    corp_calls_per_minute: int = 10_000
    corp_calls_per_hour: int = 150_000
    person_times_per_day: int = 2_000_000
    concurrent_calls: int = 0
    response_code_s: float = 72 * HOUR_S
    recall_s: float = DAY_S
    oauth_code_s: float = 300.0
    wrong_secrets: int = 5
    wrong_secret_block_s: float = HOUR_S


@dataclass(frozen=True, slots=True)
class CallbackTiming:
    """How the sandbox delivers callbacks: WeCom waits 5 s and retries 3 times; the spacing is not documented."""

    answer_s: float = 5.0
    verification_s: float = 1.0
    retries: int = 3
    retry_spacing_s: float = 5.0
    retry_non_200: bool = True


@dataclass(frozen=True, slots=True)
class Caps:
    """Upper bounds of what is remembered, so that a soak of days stays small."""

    chat_entries: int = 500
    page_entries: int = 50
    records: int = 5_000
    messages: int = 100_000
    response_codes: int = 200_000


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """One stand-in company with one application (and, for tests of mix-ups, others).

    Attributes:
        callback_url: Where callbacks go; empty means the application has none, and interactive cards are refused
            with 43012. A URL given here counts as saved earlier: it is not verified at start.
        callback_token: Token of the callback settings.
        callback_aes_key: EncodingAESKey of the callback settings, 43 characters.
        token_mode: Whether gettoken within the validity returns the same token or a new one.
        strict_lengths: Refuse texts over the recommended lengths instead of recording a warning.
        passive_card_update: Whether a card update in the answer to a tap has an effect; WeCom's text contradicts
            itself, so the default ignores it.
        repeat_answer: What an identical repeat with duplicate check and a task_id gets: errcode 0 or 42014.
        failed_update_consumes_code: Whether an update that is refused uses up its response_code.
        trusted_ips: Callers' addresses that may use the API; empty allows all.
        seed: Seed of the generator that mixes faults.
    """

    corp_id: str = "ww5a1dbc0000000001"
    agent_id: int = 1000002
    secret: str = "sandbox-secret"
    app_name: str = "派单助手"
    host: str = "127.0.0.1"
    port: int = 0
    callback_url: str = ""
    callback_token: str = ""
    callback_aes_key: str = ""
    people: tuple[Person, ...] = ()
    departments: tuple[Department, ...] = (Department(id=1, name="销售中心"),)
    tags: tuple[Tag, ...] = ()
    other_apps: tuple[OtherApp, ...] = ()
    limits: Limits = field(default_factory=Limits)
    timing: CallbackTiming = field(default_factory=CallbackTiming)
    caps: Caps = field(default_factory=Caps)
    token_mode: TokenMode = "same"
    token_lifetime_s: float = 7200.0
    strict_lengths: bool = False
    passive_card_update: PassiveCardUpdate = "ignore"
    repeat_answer: RepeatAnswer = "ok"
    failed_update_consumes_code: bool = True
    trusted_ips: tuple[str, ...] = ()
    seed: int = 1
