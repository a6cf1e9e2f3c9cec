"""Callbacks: verification, delivery, retries, answers, and what members can do."""

import asyncio
from dataclasses import replace

import pytest
from aiohttp import web

from sandbox.callback_xml import cdata, parse_answer
from sandbox.errors import WeComError
from sandbox.server import Sandbox, SandboxConfig, run_sandbox
from sandbox.state import ActionRefused
from tests.sandbox.application import AES_KEY, TOKEN, Application, button_card, field_of, run_application

OPTIONS = [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}, {"id": "c", "text": "丙"}]


async def test_saving_the_address_verifies_it(sandbox: Sandbox, config: SandboxConfig) -> None:
    """A wrong token, key or address is 40057, and the earlier settings stay."""
    async with run_application(config) as stub:
        await sandbox.save_callback(stub.callback_url, TOKEN, AES_KEY)
        kept = sandbox.callbacks.settings
        wrong_key = AES_KEY[::-1]
        closed = "http://127.0.0.1:9/callback"
        for url, token, key in (
            (stub.callback_url, "wrong", AES_KEY),
            (stub.callback_url, TOKEN, wrong_key),
            (stub.callback_url, TOKEN, "short"),
            (stub.callback_url + "/nowhere", TOKEN, AES_KEY),
            (closed, TOKEN, AES_KEY),
        ):
            with pytest.raises(WeComError) as caught:
                await sandbox.save_callback(url, token, key)
            assert caught.value.code == 40057
        assert sandbox.callbacks.settings == kept


async def test_an_echo_with_quotes_or_too_late_does_not_verify(sandbox: Sandbox, config: SandboxConfig) -> None:
    """The plaintext only, within the time limit."""
    async with run_application(config) as stub:

        async def quoted(request: web.Request) -> web.Response:
            await asyncio.sleep(float(request.query.get("wait", "0")))
            echo = stub.cipher.decrypt(request.query["echostr"]).decode()
            return web.Response(text=echo if "wait" in request.query else f'"{echo}"')

        app = web.Application()
        app.router.add_get("/", quoted)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        for address in (url, url + "?wait=0.4"):
            with pytest.raises(WeComError):
                await sandbox.save_callback(address, TOKEN, AES_KEY)
        await sandbox.save_callback(url + "?wait=0", TOKEN, AES_KEY)
        await runner.cleanup()


async def test_a_tap_arrives_as_a_signed_encrypted_event(app: Application, sandbox: Sandbox) -> None:
    """All documented fields, and the member's spelling of the address book."""
    await app.send("template_card", button_card())
    tap = await sandbox.tap("ZHANGSAN", "accept", task_id="t1").wait()
    (inner,) = app.inner
    names = ("ToUserName", "FromUserName", "MsgType", "Event", "EventKey", "TaskId", "CardType", "AgentID")
    assert [field_of(inner, name) for name in names] == [
        app.config.corp_id,
        "ZhangSan",
        "event",
        "template_card_event",
        "accept",
        "t1",
        "button_interaction",
        "1000002",
    ]
    assert field_of(inner, "ResponseCode") == tap.response_code
    assert field_of(inner, "CreateTime").isdigit()
    assert "MsgId" not in inner
    assert "SelectedItems" not in inner
    assert sandbox.card("zhangsan", "t1").taps == 1


async def test_what_was_chosen_comes_with_the_tap(app: Application, sandbox: Sandbox) -> None:
    """A drop-down gives its preselection unless touched; a vote may give several options."""
    ask = {"question_key": "why", "option_list": OPTIONS, "selected_id": "b"}
    await app.send("template_card", button_card("d", button_selection=ask))
    await sandbox.tap("zhangsan", "accept", task_id="d").wait()
    assert "<QuestionKey><![CDATA[why]]></QuestionKey><OptionIds><OptionId><![CDATA[b]]>" in app.inner[-1]
    vote = {
        "card_type": "vote_interaction",
        "main_title": {"title": "t"},
        "task_id": "v",
        "checkbox": {"question_key": "q", "mode": 1, "option_list": OPTIONS},
        "submit_button": {"key": "send"},
    }
    await app.send("template_card", vote)
    await sandbox.tap("zhangsan", "send", task_id="v", selections={"q": ["a", "c"]}).wait()
    assert "<OptionId><![CDATA[a]]></OptionId><OptionId><![CDATA[c]]></OptionId>" in app.inner[-1]
    impossible: list[dict[str, list[str]]] = [{}, {"q": ["z"]}, {"other": ["a"]}, {"q": []}]
    for chosen in impossible:
        with pytest.raises(ActionRefused):
            sandbox.tap("zhangsan", "send", task_id="v", selections=chosen)


async def test_a_double_tap_is_two_callbacks_with_two_codes(app: Application, sandbox: Sandbox) -> None:
    """Nothing locks a button before an update arrives."""
    await app.send("template_card", button_card())
    first, second = sandbox.actions.double_tap("zhangsan", "accept", task_id="t1")
    await sandbox.settled()
    assert first.response_code != second.response_code
    assert len(app.inner) == 2


async def test_the_corner_menu_a_text_entering_and_the_app_menu_are_callbacks(
    app: Application, sandbox: Sandbox
) -> None:
    """Each as its own kind; only a text has a MsgId; a text may hold the end mark of CDATA."""
    menu = {"action_list": [{"text": "无效", "key": "junk"}]}
    await app.send("template_card", button_card(action_menu=menu))
    await sandbox.actions.tap_menu("zhangsan", "junk", task_id="t1").wait()
    assert field_of(app.inner[-1], "Event") == "template_card_menu_event"
    with pytest.raises(ActionRefused):
        sandbox.actions.tap_menu("zhangsan", "accept", task_id="t1")
    await sandbox.text("lisi", "帮助 ]]> <b>").wait()
    assert cdata("帮助 ]]> <b>") in app.inner[-1]
    assert int(field_of(app.inner[-1], "MsgId")) >= 2**62
    assert sandbox.entries("lisi")[-1].from_member
    await sandbox.actions.enter("lisi").wait()
    assert field_of(app.inner[-1], "Event") == "enter_agent"
    await sandbox.actions.click_menu("lisi", "today").wait()
    assert field_of(app.inner[-1], "EventKey") == "today"
    await sandbox.actions.system_event(
        {"Event": "change_contact", "ChangeType": "delete_user", "UserID": "lisi"}
    ).wait()
    assert field_of(app.inner[-1], "FromUserName") == "sys"


async def test_a_failed_callback_is_tried_four_times_with_fresh_packets(app: Application, sandbox: Sandbox) -> None:
    """Time-out and non-200 both count; the inner XML stays, nonce and signature change; every attempt is on record."""
    app.status = [500, 503]
    app.delay_s = [0, 0, 0.5, 0]
    callback = await sandbox.text("zhangsan", "帮助").wait()
    assert [attempt.status for attempt in callback.attempts] == [500, 503, 0, 200]
    assert "Timeout" in callback.attempts[2].error
    assert callback.attempts[2].latency_s >= 0.3
    assert callback.outcome == "delivered"
    assert len(set(app.inner)) == 1
    assert len({query["nonce"] for query in app.queries}) == 4
    assert len({query["msg_signature"] for query in app.queries}) == 4


async def test_after_three_retries_it_is_given_up(app: Application, sandbox: Sandbox) -> None:
    """There is no guarantee of delivery; a switch leaves non-200 unretried."""
    app.status = [500] * 5
    assert (await sandbox.text("zhangsan", "一").wait()).outcome == "failed"
    assert len(app.inner) == 4
    sandbox.callbacks.timing = replace(sandbox.callbacks.timing, retry_non_200=False)
    await sandbox.text("zhangsan", "二").wait()
    assert len(app.inner) == 5


async def test_without_an_address_nothing_is_sent(config: SandboxConfig) -> None:
    """The callback is recorded as having nowhere to go."""
    async with run_sandbox(config) as sandbox:
        assert (await sandbox.text("zhangsan", "帮助").wait()).outcome == "no_url"


@pytest.mark.parametrize("body", ["", "success", " success\n"])
async def test_nothing_to_say_is_said_in_two_ways(app: Application, sandbox: Sandbox, body: str) -> None:
    """An empty body and `success` are both fine."""
    app.reply = lambda _inner: body
    callback = await sandbox.text("zhangsan", "帮助").wait()
    assert (callback.attempts[0].error, callback.attempts[0].answer) == ("", "")


def _inner_answer(kind: str, more: str) -> str:
    head = "<xml><ToUserName>ZhangSan</ToUserName><FromUserName>ww</FromUserName><CreateTime>1</CreateTime>"
    return f"{head}<MsgType>{kind}</MsgType>{more}</xml>"


async def test_a_passive_text_is_shown_in_the_chat(app: Application, sandbox: Sandbox) -> None:
    """It is decrypted, verified and attributed to the member who wrote."""
    app.reply = lambda _inner: app.packet(_inner_answer("text", f"<Content>{cdata('在办 2 条')}</Content>"))
    callback = await sandbox.text("zhangsan", "我的线索").wait()
    assert callback.attempts[0].answer == "text"
    assert sandbox.reads("zhangsan") == ["我的线索", "在办 2 条"]


async def test_an_answer_that_does_not_verify_is_a_recorded_error(app: Application, sandbox: Sandbox) -> None:
    """Plain text, another receiver, a wrong signature, declarations: none is shown, none is retried."""
    good = app.packet(_inner_answer("text", "<Content>x</Content>"))
    bad = [
        "已收到",
        app.packet(_inner_answer("text", "<Content>x</Content>"), corp_id="wwother"),
        good.replace("<TimeStamp>1760000000", "<TimeStamp>1760000001"),
        app.packet("<!DOCTYPE x []><xml><MsgType>text</MsgType></xml>"),
        app.packet("<xml></xml>"),
        app.packet("not xml"),
    ]
    for body in bad:
        app.reply = lambda _inner, body=body: body  # type: ignore[misc]
        callback = await sandbox.text("zhangsan", "x").wait()
        assert callback.attempts[0].error.startswith("bad answer")
        assert len(callback.attempts) == 1
    assert set(sandbox.reads("zhangsan")) == {"x"}
    assert not any(not entry.from_member for entry in sandbox.entries("zhangsan"))


async def test_a_passive_card_update_is_ignored_unless_switched_on(app: Application, sandbox: Sandbox) -> None:
    """WeCom's documentation contradicts itself here; the default is that nothing happens."""
    update = "<Button><ReplaceName>已接单</ReplaceName></Button>"
    app.reply = lambda _inner: app.packet(_inner_answer("update_button", update))
    await app.send("template_card", button_card(), touser="zhangsan|lisi")
    await sandbox.tap("zhangsan", "accept", task_id="t1").wait()
    assert sandbox.card("zhangsan", "t1").grey_text == ""
    sandbox.passive_card_update = "honour"
    await sandbox.tap("zhangsan", "accept", task_id="t1").wait()
    assert sandbox.card("zhangsan", "t1").grey_text == "已接单"
    assert sandbox.card("lisi", "t1").grey_text == ""


def test_the_xml_form_of_a_card_becomes_the_json_form() -> None:
    """Repeated elements are lists; names are spelt as the JSON spells them."""
    card = (
        "<TemplateCard><CardType>button_interaction</CardType><MainTitle><Title>标题</Title></MainTitle>"
        "<HorizontalContentList><KeyName>电话</KeyName><Value>138</Value><Type>0</Type></HorizontalContentList>"
        "<ButtonList><Text>甲</Text><Style>1</Style><Key>a</Key></ButtonList>"
        "<ButtonList><Text>乙</Text><Style>2</Style><Key>b</Key></ButtonList>"
        "<CheckBox><Disable>true</Disable></CheckBox><ReplaceText>已接单</ReplaceText></TemplateCard>"
    )
    assert parse_answer(_inner_answer("update_template_card", card)).card == {
        "card_type": "button_interaction",
        "main_title": {"title": "标题"},
        "horizontal_content_list": [{"keyname": "电话", "value": "138", "type": 0}],
        "button_list": [{"text": "甲", "style": 1, "key": "a"}, {"text": "乙", "style": 2, "key": "b"}],
        "checkbox": {"disable": True},
        "replace_text": "已接单",
    }


async def test_a_tap_that_no_phone_allows_is_refused_unless_forced(app: Application, sandbox: Sandbox) -> None:
    """Forcing stands for a phone that has not seen the update yet."""
    code = (await app.send("template_card", button_card()))["response_code"]
    for user, key, task in (("lisi", "accept", "t1"), ("zhangsan", "other", "t1"), ("zhangsan", "accept", "t9")):
        with pytest.raises(ActionRefused):
            sandbox.tap(user, key, task_id=task)
    await app.update(code, "zhangsan", button={"replace_name": "已改派"})
    late = await sandbox.tap("zhangsan", "accept", task_id="t1", force=True).wait()
    assert (late.outcome, field_of(app.inner[-1], "EventKey")) == ("delivered", "accept")
