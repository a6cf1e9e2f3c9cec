"""Faults: each one by itself, counted, mixed and reproducible."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientError, ContentTypeError

from sandbox.faults import API_ERRORS, Faults
from sandbox.server import Sandbox
from tests.sandbox.application import Application, button_card, field_of

TEXT = {"content": "你好"}


@pytest.mark.parametrize(("kind", "code"), sorted(API_ERRORS.items()))
async def test_an_error_fault_answers_its_code_and_shows_nothing(
    app: Application, sandbox: Sandbox, kind: str, code: int
) -> None:
    """As often as its count says; then the same message passes. Faults of tokens really end the token."""
    token = await app.fetch_token()
    sandbox.faults.add(kind, "message/send", count=2)
    assert [(await app.send("text", TEXT))["errcode"] for _ in range(2)] == [code, code]
    assert sandbox.entries("zhangsan") == []
    assert sandbox.records.refusals[-1].injected
    answer = await app.send("text", TEXT)
    if kind.startswith("token"):
        assert answer["errcode"] == code
        assert await app.fetch_token() != token
        answer = await app.send("text", TEXT)
    assert answer["errcode"] == 0
    assert sandbox.faults.active() == []


@pytest.mark.parametrize(
    ("kind", "shown"), [("drop_before", 0), ("drop_after", 1), ("bad_gateway", 0), ("malformed_json", 1)]
)
async def test_a_broken_answer_may_or_may_not_have_been_delivered(
    app: Application, sandbox: Sandbox, kind: str, shown: int
) -> None:
    """The caller cannot tell a connection dropped before from one dropped after the work was done."""
    await app.fetch_token()
    sandbox.faults.add(kind, "message/send", count=1)
    with pytest.raises((ClientError, ContentTypeError, AssertionError, ValueError)):
        await app.send("template_card", button_card())
    assert len(sandbox.cards("zhangsan")) == shown
    retry = await app.send("template_card", button_card())
    assert retry["errcode"] == (42014 if shown else 0)
    assert len(sandbox.cards("zhangsan")) == 1


async def test_a_slow_answer_is_late_and_combines_with_another_fault(app: Application, sandbox: Sandbox) -> None:
    """Slowness comes first, then whatever else strikes."""
    await app.fetch_token()
    sandbox.faults.add("slow", delay_s=0.15)
    sandbox.faults.add("busy")
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await app.send("text", TEXT))["errcode"] == -1
    assert loop.time() - began >= 0.15


async def test_faults_of_tokens_and_addresses_pass_gettoken_by(app: Application, sandbox: Sandbox) -> None:
    """60020 does not concern gettoken, and it has no token to end."""
    for kind in ("token_expired", "token_invalid", "ip_refused"):
        sandbox.faults.add(kind)
    assert await app.fetch_token()
    sandbox.faults.clear()
    sandbox.faults.add("busy")
    query = {"corpid": app.config.corp_id, "corpsecret": app.config.secret}
    assert (await app.call("gettoken", **query))["errcode"] == -1


async def test_a_fault_of_one_endpoint_leaves_the_others_alone(app: Application, sandbox: Sandbox) -> None:
    """Only the named path is struck."""
    sandbox.faults.add("busy", "user/get")
    assert (await app.send("text", TEXT))["errcode"] == 0
    assert (await app.call("user/get", userid="lisi"))["errcode"] == -1


async def test_a_duplicate_callback_is_the_same_event_twice(app: Application, sandbox: Sandbox) -> None:
    """Same inner XML, another packet."""
    sandbox.faults.add("duplicate_callback", count=1)
    callback = await sandbox.text("zhangsan", "帮助").wait()
    assert len(callback.attempts) == 2
    assert app.inner[0] == app.inner[1]
    assert app.queries[0]["nonce"] != app.queries[1]["nonce"]


async def test_a_delayed_callback_is_late(app: Application, sandbox: Sandbox) -> None:
    """It waits, then is delivered as usual."""
    sandbox.faults.add("delayed_callback", count=1, delay_s=0.1)
    callback = sandbox.text("zhangsan", "帮助")
    await asyncio.sleep(0.03)
    assert app.inner == []
    assert (await callback.wait()).outcome == "delivered"


async def test_a_reordered_callback_is_overtaken_by_the_next(app: Application, sandbox: Sandbox) -> None:
    """Callbacks of one member are not guaranteed to be in order."""
    sandbox.faults.add("reordered_callback", count=1)
    sandbox.text("zhangsan", "一")
    await asyncio.sleep(0.02)
    sandbox.text("zhangsan", "二")
    await sandbox.settled()
    assert [field_of(inner, "Content") for inner in app.inner] == ["二", "一"]


async def test_a_lost_callback_never_arrives(app: Application, sandbox: Sandbox) -> None:
    """There is no delivery guarantee."""
    sandbox.faults.add("lost_callback", count=1)
    assert (await sandbox.text("zhangsan", "帮助").wait()).outcome == "lost"
    assert app.inner == []


def drawn(seed: int) -> list[tuple[float, str]]:
    """Return what a mix of faults does to a hundred calls."""
    faults = Faults(seed)
    faults.add("busy", probability=0.2)
    faults.add("drop_after", probability=0.1)
    faults.add("slow", probability=0.3, delay_s=1)
    return [faults.strike("message/send") for _ in range(400)]


def test_a_mix_is_reproducible_by_its_seed_and_keeps_its_shares() -> None:
    """The same seed gives the same run."""
    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)
    kinds = [kind for _, kind in drawn(7)]
    assert 50 < kinds.count("busy") < 110
    assert 15 < kinds.count("drop_after") < 60
    assert 80 < sum(1 for wait_s, _ in drawn(7) if wait_s) < 160


@pytest.mark.parametrize("wrong", [{"kind": "meteor"}, {"kind": "busy", "probability": 1.5}])
def test_a_senseless_fault_is_refused(wrong: dict[str, Any]) -> None:
    """A misspelt fault must not pass for a calm run."""
    with pytest.raises(ValueError, match=r"unknown fault|probability"):
        Faults(1).add(**wrong)


async def test_concurrency_beyond_the_limit_is_45033(app: Application, sandbox: Sandbox) -> None:
    """Off by default; counted per endpoint while calls are under way."""
    sandbox.limits.enter("user/get")
    assert (await app.call("user/get", userid="lisi"))["errcode"] == 0
    object.__setattr__(sandbox.limits.limits, "concurrent_calls", 1)
    assert (await app.call("user/get", userid="lisi"))["errcode"] == 45033
    sandbox.limits.leave("user/get")
    assert (await app.call("user/get", userid="lisi"))["errcode"] == 0
