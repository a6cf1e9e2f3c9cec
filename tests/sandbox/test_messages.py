"""message/send: envelope, receivers, duplicates, silent drops, recall."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from sandbox.config import Caps, Limits
from sandbox.server import Sandbox, SandboxConfig, run_sandbox
from tests.sandbox.application import AES_KEY, TOKEN, Application, button_card, connected, run_application

TEXT = {"content": "你好"}


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        ({"agentid": None}, 41011),
        ({"agentid": "1000002"}, 40056),
        ({"agentid": 1000009}, 301002),
        ({"msgtype": "poem"}, 40008),
        ({"touser": ""}, 82001),
        ({"touser": "|".join(f"u{n}" for n in range(1001))}, 40032),
        ({"touser": "", "toparty": "|".join(str(n) for n in range(101))}, 82002),
        ({"touser": "", "totag": "|".join(str(n) for n in range(101))}, 82003),
        ({"touser": "nobody|hidden|gone"}, 81013),
        ({"touser": ["zhangsan"]}, 40058),
        ({"duplicate_check_interval": 14401}, 40058),
        ({"enable_duplicate_check": 2}, 40058),
        ({"safe": 3}, 40058),
        ({"text": {"content": ""}}, 44004),
        ({"text": None}, 44004),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 683}}, 45002),
        ({"msgtype": "textcard", "textcard": {"description": "d", "url": "https://a.example"}}, 41016),
        ({"msgtype": "textcard", "textcard": {"title": "t", "url": "https://a.example"}}, 41033),
        ({"msgtype": "textcard", "textcard": {"title": "t", "description": "d"}}, 41010),
        ({"msgtype": "textcard", "textcard": {"title": "t", "description": "d", "url": "a.example"}}, 40094),
        ({"msgtype": "news", "news": {"articles": []}}, 40063),
        ({"msgtype": "news", "news": {"articles": [{"title": "t", "url": "https://a.example"}] * 9}}, 45008),
        ({"msgtype": "news", "news": {"articles": [{"title": "t"}]}}, 41010),
        ({"msgtype": "news", "safe": 1, "news": {"articles": []}}, 40074),
    ],
)
async def test_a_broken_envelope_is_refused_with_its_code(
    app: Application, sandbox: Sandbox, envelope: dict[str, Any], code: int
) -> None:
    """Nothing is shown, the answer is HTTP 200, and the refusal is on record."""
    body = {"touser": "zhangsan", "msgtype": "text", "agentid": 1000002, "text": TEXT} | envelope
    answer = await app.call("message/send", body)
    assert answer["errcode"] == code
    assert "hint: [" in answer["errmsg"]
    assert sandbox.records.refusals[-1].code == code
    assert sandbox.entries("zhangsan") == []


async def test_who_cannot_be_reached_is_listed_and_the_rest_get_it(app: Application, sandbox: Sandbox) -> None:
    """Invalid ids come back in lower case, joined by a bar; ids are compared without case."""
    answer = await app.send("text", TEXT, touser="zhangsan|ZHANGSAN|Nobody|Hidden", toparty="9", totag="7")
    assert answer["errcode"] == 0
    assert answer["invaliduser"] == "nobody|hidden"
    assert (answer["invalidparty"], answer["invalidtag"]) == ("9", "7")
    assert "response_code" not in answer
    assert sandbox.reads("ZhangSan") == ["你好"]


async def test_departments_tags_and_everybody_reach_their_members(app: Application, sandbox: Sandbox) -> None:
    """A department means its children too; @all stays inside the visible range."""
    await app.send("text", {"content": "部门"}, touser="", toparty="2")
    await app.send("text", {"content": "标签"}, touser="", totag="5")
    await app.send("text", {"content": "全体"}, touser="@all")
    seen = {user: sandbox.reads(user) for user in ("zhangsan", "lisi", "lijing", "hidden", "gone")}
    assert seen["zhangsan"] == ["部门", "全体"]
    assert seen["lisi"] == ["部门", "标签", "全体"]
    assert seen["lijing"] == ["全体"]
    assert seen["hidden"] == seen["gone"] == []


async def test_a_long_text_is_cut_off_between_characters(app: Application, sandbox: Sandbox) -> None:
    """2048 bytes are shown, and no half character."""
    await app.send("text", {"content": "长" * 700})
    assert sandbox.reads("zhangsan") == ["长" * 682]


async def test_a_task_id_is_used_once_per_application(app: Application, sandbox: Sandbox) -> None:
    """A card sent again with its task_id is 42014, whoever the receiver is."""
    assert (await app.send("template_card", button_card("t1")))["response_code"]
    assert (await app.send("template_card", button_card("t1"), touser="lisi"))["errcode"] == 42014
    assert sandbox.cards("lisi") == []


async def test_only_interactive_cards_get_a_response_code(app: Application) -> None:
    """A notice has one only with a menu in its corner."""
    notice = {
        "card_type": "text_notice",
        "main_title": {"title": "t"},
        "card_action": {"type": 1, "url": "https://a.b"},
    }
    menu = {"action_list": [{"text": "甲", "key": "a"}]}
    assert "response_code" not in await app.send("template_card", notice)
    assert (await app.send("template_card", notice | {"task_id": "x", "action_menu": menu}))["response_code"]


async def test_an_application_without_callback_address_sends_no_interactive_card(
    app: Application, sandbox: Sandbox
) -> None:
    """43012; plain messages still pass."""
    await sandbox.save_callback("", "", "")
    assert (await app.send("template_card", button_card()))["errcode"] == 43012
    assert (await app.send("text", TEXT))["errcode"] == 0


async def test_the_same_content_inside_the_interval_is_accepted_and_not_shown_again(
    app: Application, sandbox: Sandbox
) -> None:
    """The duplicate check looks at the whole content, only where asked for, and only inside its interval."""
    check: dict[str, Any] = {"enable_duplicate_check": 1, "duplicate_check_interval": 60}
    first = await app.send("text", TEXT, **check)
    again = await app.send("text", TEXT, **check)
    assert (again["errcode"], again["msgid"]) == (0, first["msgid"])
    await app.send("text", {"content": "别的"}, **check)
    await app.send("text", TEXT)
    await app.send("text", TEXT)
    assert sandbox.reads("zhangsan") == ["你好", "别的", "你好", "你好"]
    sandbox.clock.advance(61)
    await app.send("text", TEXT, **check)
    assert len(sandbox.reads("zhangsan")) == 5


@pytest.mark.parametrize(("repeat_answer", "code"), [("ok", 0), ("task_id", 42014)])
async def test_an_identical_card_is_answered_as_configured_and_never_with_a_code(
    app: Application, sandbox: Sandbox, repeat_answer: Any, code: int
) -> None:
    """WeCom does not document which comes first, the duplicate check or the task_id; both must be bearable."""
    sandbox.messages.repeat_answer = repeat_answer
    await app.send("template_card", button_card(), enable_duplicate_check=1)
    answer = await app.send("template_card", button_card(), enable_duplicate_check=1)
    assert answer["errcode"] == code
    assert "response_code" not in answer
    assert len(sandbox.cards("zhangsan")) == 1


@pytest.fixture
def limited(config: SandboxConfig) -> SandboxConfig:
    """Give a configuration with small limits."""
    limits = Limits(member_per_minute=3, member_per_hour=5, person_times_per_day=9, corp_calls_per_minute=4)
    return replace(config, limits=limits)


async def test_the_fourth_message_of_a_minute_is_dropped_silently_and_recorded(limited: SandboxConfig) -> None:
    """All get errcode 0; the member sees three; other members are not affected; the hour counts too."""
    async with run_sandbox(limited) as sandbox, run_application(limited) as stub, connected(stub, sandbox) as app:
        answers = [(await app.send("text", {"content": str(n)}))["errcode"] for n in range(4)]
        assert answers == [0, 0, 0, 0]
        assert sandbox.reads("zhangsan") == ["0", "1", "2"]
        assert [(drop.userid, drop.reason) for drop in sandbox.records.drops] == [("ZhangSan", "member_per_minute")]
        await app.send("text", TEXT, touser="lisi")
        assert sandbox.reads("lisi") == ["你好"]
        sandbox.clock.advance(61)
        for n in range(4, 7):
            await app.send("text", {"content": str(n)})
        assert sandbox.reads("zhangsan") == ["0", "1", "2", "4", "5"]
        assert sandbox.records.drops[-1].reason == "member_per_hour"


async def test_the_window_slides(limited: SandboxConfig) -> None:
    """No sixty seconds hold more than the limit, wherever they begin."""
    async with run_sandbox(limited) as sandbox:
        assert [sandbox.limits.admit_member(1, "u") for _ in range(2)] == ["", ""]
        sandbox.clock.advance(50)
        assert [sandbox.limits.admit_member(1, "u") for _ in range(2)] == ["", "member_per_minute"]
        sandbox.clock.advance(11)
        assert [sandbox.limits.admit_member(1, "u") for _ in range(3)] == ["", "", "member_per_hour"]
        assert sandbox.limits.sent_within(1, "u", 60) == 3


async def test_the_ceilings_of_the_day_and_of_calls_give_45009(limited: SandboxConfig) -> None:
    """Sends count per receiver and day, other calls per minute."""
    async with run_sandbox(limited) as sandbox, run_application(limited) as stub, connected(stub, sandbox) as app:
        codes = [(await app.send("text", TEXT, touser="@all"))["errcode"] for _ in range(4)]
        assert codes == [0, 0, 0, 45009]
        calls = [(await app.call("user/get", userid="lisi"))["errcode"] for _ in range(5)]
        assert calls == [0, 0, 0, 0, 45009]
        sandbox.clock.advance(86_400)
        assert (await app.call("user/get", userid="lisi"))["errcode"] == 42001
        await app.fetch_token()
        assert (await app.send("text", TEXT))["errcode"] == 0


async def test_a_message_is_recalled_for_a_day(app: Application, sandbox: Sandbox) -> None:
    """Later it is 42052, and another message's id is 40058."""
    msgid = (await app.send("text", TEXT))["msgid"]
    assert (await app.call("message/recall", {"msgid": "other"}))["errcode"] == 40058
    assert (await app.call("message/recall", {"msgid": msgid}))["errcode"] == 0
    assert sandbox.reads("zhangsan") == []
    old = (await app.send("text", TEXT))["msgid"]
    sandbox.clock.advance(86_401)
    await app.fetch_token()
    assert (await app.call("message/recall", {"msgid": old}))["errcode"] == 42052


async def test_memory_is_bounded_in_a_long_run(config: SandboxConfig) -> None:
    """Chats, messages, codes and records keep what their caps say."""
    caps = Caps(chat_entries=20, records=10, messages=30, response_codes=30)
    limits = Limits(member_per_minute=60, member_per_hour=60)
    async with run_sandbox(replace(config, caps=caps, limits=limits)) as sandbox:
        await sandbox.save_callback("http://127.0.0.1:9/", TOKEN, AES_KEY, verify=False)
        for n in range(100):
            body = {"touser": "zhangsan", "msgtype": "template_card", "agentid": 1000002}
            sandbox.messages.send(body | {"template_card": button_card(f"t{n}")}, b"%d" % n, 1000002)
        entries = sandbox.entries("zhangsan")
        assert [entry.task_id for entry in entries] == [f"t{n}" for n in range(40, 60)]
        assert sandbox.chats.of("zhangsan").of_task(1000002, "t39") is None
        assert len(sandbox.records.drops) == 10
        assert sandbox.records.totals["drops"] == 40


async def test_many_messages_are_handled_quickly(app: Application, sandbox: Sandbox) -> None:
    """A load run of hundreds of cards a second must not wait for the stand-in."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for n in range(2000):
        body = {"touser": f"lisi|x{n}", "msgtype": "template_card", "agentid": 1000002}
        sandbox.messages.send(body | {"template_card": button_card(f"t{n}")}, b"%d" % n, 1000002)
    assert loop.time() - began < 2
    assert sandbox.records.totals["messages"] == 2000
    assert app.token == ""
