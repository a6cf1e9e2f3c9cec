"""The page with the phones in a real browser: what a person sees and can do."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from sandbox.server import Sandbox
from tests.sandbox.application import Application, button_card, field_of

pytestmark = pytest.mark.browser

NASTY = '<img src=x onerror="document.title=1"><script>document.title=2</script>'


def lead_card(task_id: str, **more: Any) -> dict[str, Any]:
    """Return a card as full as an offer is."""
    rows = [{"keyname": "电话", "value": "138****8000"}, {"keyname": "备注", "value": NASTY}]
    return button_card(
        task_id,
        source={"desc": "官网表单"},
        main_title={"title": "北京华医器械 · 王芳", "desc": "A 级 92 分"},
        quote_area={"type": 0, "quote_text": NASTY},
        horizontal_content_list=rows,
        action_menu={"action_list": [{"text": "标记无效", "key": "junk"}]},
        **more,
    )


async def test_a_rep_taps_a_card_and_a_manager_types(page: Page, app: Application, sandbox: Sandbox) -> None:
    """Cards arrive live, buttons send callbacks, an update greys them, texts and their links show as text only."""
    await page.set_viewport_size({"width": 1400, "height": 860})
    await page.goto(sandbox.base_url)
    await expect(page.locator('[data-role="link"][data-state="open"]')).to_be_visible()
    phones = page.locator('[data-role="phone"]')
    assert await phones.evaluate_all("all => all.map(one => one.dataset.user)") == [
        "ZhangSan",
        "lisi",
        "hidden",
        "lijing",
    ]

    code = (await app.send("template_card", lead_card("t1"), touser="zhangsan|lisi"))["response_code"]
    phone = page.locator('[data-role="phone"][data-user="ZhangSan"]')
    card = phone.locator('[data-task-id="t1"]')
    await expect(card).to_contain_text("北京华医器械 · 王芳")
    await expect(phone.locator('[data-role="unread"]')).to_have_text("1")
    await expect(card).to_contain_text(NASTY)
    assert await page.locator(".chat img, .chat script").count() == 0

    await card.locator('[data-button-key="accept"]').click()
    await expect(phone.locator('[data-role="unread"]')).to_be_hidden()
    await sandbox.settled()
    assert [field_of(inner, "EventKey") for inner in app.inner] == ["accept"]
    await app.update(
        field_of(app.inner[0], "ResponseCode"), "zhangsan", template_card=lead_card("t1", replace_text="已接单")
    )
    await expect(card.locator('[data-role="grey-button"]')).to_have_text("已接单")
    await expect(card.locator('[data-role="grey-button"]')).to_be_disabled()
    await expect(page.locator('[data-user="lisi"] [data-button-key="accept"]')).to_be_visible()

    await page.locator('[data-user="lisi"] [data-role="card-menu"] summary').click()
    await page.locator('[data-user="lisi"] [data-menu-key="junk"]').click()
    manager = page.locator('[data-role="phone"][data-user="lijing"]')
    await manager.locator('[data-role="text-input"]').fill("超时 <b>")
    await manager.locator('[data-role="text-input"]').press("Enter")
    await expect(manager.locator(".mine .bubble")).to_have_text("超时 <b>")
    await sandbox.settled()
    assert [field_of(inner, "Event") or field_of(inner, "Content") for inner in app.inner[1:]] == [
        "template_card_menu_event",
        "超时 <b>",
    ]
    words = 'L1 <a href="https://paidan.example/l/1">打开</a> <a href="javascript:alert(1)">坏</a> <b>x</b>'
    await app.send("text", {"content": words}, touser="lijing")
    bubble = manager.locator(".entry:not(.mine) .bubble").last
    await expect(bubble).to_have_text("L1 打开 坏 <b>x</b>")
    assert await bubble.locator("a").evaluate_all("all => all.map(one => one.href)") == ["https://paidan.example/l/1"]
    assert code
    assert await page.title() == "企业微信沙盒"


async def test_votes_faults_the_choice_of_phones_and_a_burst(page: Page, app: Application, sandbox: Sandbox) -> None:
    """A vote carries what was ticked; faults switch; phones come and go; it fits a phone and stays small."""
    vote = {
        "card_type": "vote_interaction",
        "main_title": {"title": "转出原因"},
        "task_id": "v",
        "checkbox": {"question_key": "q", "option_list": [{"id": "a", "text": "忙"}, {"id": "b", "text": "非我区域"}]},
        "submit_button": {"key": "send"},
    }
    await app.send("template_card", vote)
    await page.goto(f"{sandbox.base_url}/?users=zhangsan,lijing")
    card = page.locator('[data-task-id="v"]')
    await card.locator('[data-option-id="b"]').check()
    await card.locator('[data-button-key="send"]').click()
    await expect(card.locator(".busy")).to_have_count(0)
    assert "<OptionId><![CDATA[b]]></OptionId>" in app.inner[0]

    await page.locator('[data-role="faults"] summary').click()
    await page.locator('[data-fault="busy"]').click()
    await expect(page.locator('[data-fault="busy"]')).to_have_attribute("aria-pressed", "true")
    assert [fault.kind for fault in sandbox.faults.active()] == ["busy"]
    assert (await app.send("text", {"content": "x"}))["errcode"] == -1
    await expect(page.locator('[data-counter="refusals"] dd')).to_have_text("1")
    await page.locator('[data-role="fault-clear"]').click()
    await expect(page.locator('[data-role="fault-count"]')).to_be_hidden()

    await page.locator('[data-role="person"][data-user="lijing"]').click()
    await expect(page.locator('[data-role="phone"]')).to_have_count(1)
    await page.set_viewport_size({"width": 390, "height": 780})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await expect(page.locator('[data-role="text-input"]')).to_be_in_viewport()

    await page.locator('[data-role="person"][data-user="lisi"]').click()
    await expect(page.locator('[data-role="phone"]')).to_have_count(2)
    chat = page.locator('[data-role="phone"][data-user="lisi"]')
    for n in range(300):
        sandbox.chats.say("lisi", sandbox.clock.now(), "text", {"content": str(n)})
    await expect(chat.locator(".bubble").last).to_have_text("299")
    assert await chat.locator(".bubble").all_text_contents() == [str(n) for n in range(250, 300)]
    await expect(chat.locator(".bubble").last).to_be_in_viewport()
