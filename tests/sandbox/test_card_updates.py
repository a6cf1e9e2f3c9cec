"""message/update_template_card: codes, targets, the two forms, and what the member sees afterwards."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.config import Limits
from sandbox.server import Sandbox, SandboxConfig, run_sandbox
from sandbox.state import ActionRefused
from tests.sandbox.application import Application, button_card, connected, run_application

GREY = {"button": {"replace_name": "已接单"}}


async def sent(app: Application, task_id: str = "t1", touser: str = "zhangsan|lisi") -> str:
    """Send a card and return its response_code."""
    return str((await app.send("template_card", button_card(task_id), touser=touser))["response_code"])


async def test_form_a_greys_the_buttons_of_the_named_members_only(app: Application, sandbox: Sandbox) -> None:
    """The card's words stay; one grey button takes the place of all, and cannot be tapped."""
    code = await sent(app)
    assert await app.update(code, "ZHANGSAN", **GREY) == {"errcode": 0, "errmsg": "ok"}
    seen = sandbox.seen(sandbox.card("zhangsan", "t1"))
    assert (seen["text"], seen["buttons"], seen["live_keys"]) == ("新线索\n已接单", ["已接单"], [])
    with pytest.raises(ActionRefused, match="grey"):
        sandbox.tap("zhangsan", "accept", task_id="t1")
    assert sandbox.seen(sandbox.card("lisi", "t1"))["live_keys"] == ["accept", "decline"]


async def test_form_b_replaces_the_card_for_everybody(app: Application, sandbox: Sandbox) -> None:
    """Another type may take its place; without buttons nothing can be tapped any more."""
    code = await sent(app)
    notice = {
        "card_type": "text_notice",
        "main_title": {"title": "已由李四接单"},
        "card_action": {"type": 1, "url": "https://a.example"},
    }
    answer = await app.update(code, atall=1, template_card=notice)
    assert answer["errcode"] == 0
    for user in ("zhangsan", "lisi"):
        assert sandbox.reads(user) == ["已由李四接单"]
        assert sandbox.card(user, "t1").history == [button_card()]


async def test_replace_text_and_disable_lock_what_was_chosen(app: Application, sandbox: Sandbox) -> None:
    """A vote can stay visible, greyed."""
    code = await sent(app)
    vote = {
        "card_type": "vote_interaction",
        "main_title": {"title": "转出原因"},
        "checkbox": {
            "question_key": "q",
            "disable": True,
            "option_list": [{"id": "a", "text": "忙", "is_checked": True}],
        },
        "submit_button": {"key": "s", "text": "提交"},
        "replace_text": "已提交",
    }
    assert (await app.update(code, "zhangsan", template_card=vote))["errcode"] == 0
    seen = sandbox.seen(sandbox.card("zhangsan", "t1"))
    assert seen["buttons"] == ["已提交"]
    assert seen["live_keys"] == []


async def test_new_buttons_keep_the_card_answerable_under_its_task_id(app: Application, sandbox: Sandbox) -> None:
    """A later tap brings the first task_id, the new type, and a code of its own."""
    code = await sent(app)
    card = button_card(button_list=[{"text": "确认", "key": "yes"}])
    del card["task_id"]
    await app.update(code, "zhangsan", template_card=card)
    with pytest.raises(ActionRefused, match="no button"):
        sandbox.tap("zhangsan", "accept", task_id="t1")
    tap = await sandbox.tap("zhangsan", "yes", task_id="t1").wait()
    assert (tap.task_id, tap.outcome) == ("t1", "delivered")
    assert (await app.update(tap.response_code, "zhangsan", **GREY))["errcode"] == 0


async def test_a_code_serves_once_and_for_72_hours(app: Application, sandbox: Sandbox) -> None:
    """Used, unknown and old codes are all 60140; the code of a tap does not use up the one of the sending."""
    code = await sent(app)
    tap = await sandbox.tap("zhangsan", "accept", task_id="t1").wait()
    assert tap.response_code != code
    assert (await app.update(tap.response_code, "zhangsan", **GREY))["errcode"] == 0
    assert (await app.update(tap.response_code, "zhangsan", **GREY))["errcode"] == 60140
    assert (await app.update(code, "zhangsan", **GREY))["errcode"] == 0
    assert (await app.update("rc-unknown", "zhangsan", **GREY))["errcode"] == 60140
    late = await sent(app, "t2")
    sandbox.clock.advance(72 * 3600 + 1)
    await app.fetch_token()
    assert (await app.update(late, "zhangsan", **GREY))["errcode"] == 60140


@pytest.mark.parametrize(
    ("users", "change", "code"),
    [
        (["lijing"], GREY, 82102),
        ([], GREY, 82101),
        (["zhangsan"], {}, 40058),
        (["zhangsan"], {**GREY, "template_card": button_card()}, 40058),
        (["zhangsan"], {"button": {}}, 42020),
        (["zhangsan"], {"template_card": {"card_type": "poem"}}, 42031),
        (["zhangsan"], {"template_card": button_card(button_list=[])}, 40058),
        (["zhangsan"], {**GREY, "agentid": 1000009}, 301002),
        (["zhangsan"], {**GREY, "agentid": None}, 41011),
        ([f"u{n}" for n in range(1001)], GREY, 40058),
    ],
)
async def test_a_senseless_update_is_refused_and_changes_nothing(
    app: Application, sandbox: Sandbox, users: list[str], change: dict[str, Any], code: int
) -> None:
    """The member still sees live buttons."""
    assert (await app.update(await sent(app), *users, **change))["errcode"] == code
    assert sandbox.seen(sandbox.card("zhangsan", "t1"))["live_keys"] == ["accept", "decline"]


async def test_a_refused_update_uses_the_code_up(app: Application) -> None:
    """Not documented; the stricter reading is the default."""
    code = await sent(app)
    assert (await app.update(code, "lijing", **GREY))["errcode"] == 82102
    assert (await app.update(code, "zhangsan", **GREY))["errcode"] == 60140


async def test_who_never_got_the_card_is_listed_in_an_array(app: Application) -> None:
    """Here invaliduser is an array, unlike at message/send."""
    code = await sent(app)
    assert (await app.update(code, "zhangsan", "LiJing", **GREY))["invaliduser"] == ["lijing"]


async def test_departments_and_tags_name_targets_too(app: Application, sandbox: Sandbox) -> None:
    """Their ids are arrays of numbers."""
    await app.update(await sent(app), partyids=[3], **GREY)
    assert sandbox.card("lisi", "t1").grey_text == "已接单"
    assert sandbox.card("zhangsan", "t1").grey_text == ""
    await app.update(await sent(app, "t2"), tagids=[5], **GREY)
    assert sandbox.card("lisi", "t2").grey_text == "已接单"


async def test_another_application_cannot_update_the_card(app: Application) -> None:
    """42015 for a code of somebody else's card."""
    code = await sent(app)
    other = await app.call("gettoken", corpid=app.config.corp_id, corpsecret="other-secret")
    body = {"userids": ["zhangsan"], "agentid": 1000009, "response_code": code} | GREY
    answer = await app.call("message/update_template_card", body, access_token=other["access_token"])
    assert answer["errcode"] == 42015


async def test_an_update_over_the_members_limit_is_dropped_like_a_message(config: SandboxConfig) -> None:
    """Whether updates count is not documented; counting them is the stricter reading, and a switch."""
    tight = replace(config, limits=Limits(member_per_minute=1))
    async with run_sandbox(tight) as sandbox, run_application(tight) as stub, connected(stub, sandbox) as app:
        assert (await app.update(await sent(app), "zhangsan", **GREY))["errcode"] == 0
        assert sandbox.card("zhangsan", "t1").grey_text == ""
        assert sandbox.records.drops[-1].reason == "update:member_per_minute"
