"""What the cards say, and where."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings

from bot.chat.cards import task_id_of, template_card, text_content
from bot.messaging import (
    AcceptedCard,
    CardMessage,
    ChoiceCard,
    ClosedCard,
    ConfirmCard,
    LeadProfile,
    Locale,
    OfferCard,
    Option,
    ReasonVote,
    ReviewCard,
    TextMessage,
    parse_button_key,
)
from tests.bot.chat.card_checker import complaints
from tests.bot.chat.wild_messages import MESSAGES, OFFERS

PROFILE = LeadProfile(
    source="官网表单",
    company="北京华医器械有限公司",
    contact="王芳",
    masked_phone="138****8000",
    score=85,
    grade="A",
    need="想了解 CT 的报价和交期",
    region="北京市",
    industry="医疗器械",
    size="800 人",
    product="影像设备",
    prior_orders="2 单，最近 2026-05-03",
    traits=("02:14 提交", "停留 186 秒", "7 天看价 3 次"),
    score_reasons=("预算 50 万", "三甲医院", "7 天看价 3 次"),
)
OFFER = OfferCard(
    lead_id="L1024", offer_no=2, profile=PROFILE, answer_within=timedelta(minutes=10), deadline_text="10:42",
    why_you="医疗行业赢单率全队第一",
)  # fmt: skip


def draw(message: CardMessage, locale: Locale = "zh-CN", task_id: str | None = None) -> Any:
    """Draw a card the way it arrives: through JSON."""
    return json.loads(json.dumps(template_card(message, locale=locale, task_id=task_id), ensure_ascii=False))


def rows_of(card: Any) -> dict[str, str]:
    """Give the rows of a card by name."""
    return {row["keyname"]: row["value"] for row in card["horizontal_content_list"]}


def test_an_offer_shows_the_whole_profile_in_the_agreed_layout() -> None:
    """Source, title company·contact, score and time, need as a quote, six rows, reasons below, three buttons."""
    card = draw(OFFER, task_id="offer-L1024-2-t1")
    assert card["source"]["desc"] == "L1024 · 官网表单"
    assert card["main_title"] == {
        "title": "北京华医器械有限公司·王芳",
        "desc": "85 分 · A 级 · 收到后 10 分钟内接单（10:42 前）",
    }
    assert card["quote_area"]["quote_text"] == "想了解 CT 的报价和交期"
    assert rows_of(card) == {
        "电话": "138****8000",
        "地区": "北京市",
        "行业·规模": "医疗器械·800 人",
        "产品": "影像设备",
        "历史订单": "2 单，最近 2026-05-03",
        "特征": "02:14 提交·停留 186 秒·7 天看价 3 次",
    }
    assert card["sub_title_text"] == ("评分依据：预算 50 万；三甲医院；7 天看价 3 次\n派给您：医疗行业赢单率全队第一")
    assert [(button["text"], button["key"]) for button in card["button_list"]] == [
        ("接单", "1:accept:L1024:2"),
        ("转出", "1:decline:L1024:2"),
        ("稍后", "1:snooze:L1024:2"),
    ]
    assert "card_action" not in card
    assert "action_menu" not in card


def test_the_english_card_keeps_the_time_limit_on_it() -> None:
    """English words are longer; score, time and clock must still fit."""
    card = draw(OFFER, locale="en")
    assert card["main_title"]["desc"] == "85 pts · A · accept in 10 min (by 10:42)"
    assert [button["text"] for button in card["button_list"]] == ["Accept", "Pass on", "Later"]
    assert complaints(card, sent=False) == []


def test_the_accepted_card_shows_whole_phone_owner_deadline_and_link() -> None:
    """After 接单 the same card carries what the owner needs, and one dead button."""
    message = AcceptedCard(
        lead_id="L1024", offer_no=2, profile=PROFILE, owner="孙七", phone="+86 138 0013 8000", follow_up_by="11:30",
        link="https://paidan.example.com/l/abc",
    )  # fmt: skip
    card = draw(message)
    assert rows_of(card) == {
        "电话": "+86 138 0013 8000",
        "跟进人": "孙七",
        "首次跟进": "11:30 前",
        "地区": "北京市",
        "行业·规模": "医疗器械·800 人",
        "详情": "打开线索页",
    }
    assert card["card_action"] == {"type": 1, "url": "https://paidan.example.com/l/abc"}
    assert card["replace_text"] == "已接单"
    assert "历史订单 2 单" in card["sub_title_text"]
    assert complaints(card, sent=False) == []


def test_no_link_is_shown_where_the_service_has_no_address() -> None:
    """A link row or card action without an address would be refused by WeCom (42028)."""
    card = draw(AcceptedCard(lead_id="L1", offer_no=1, profile=PROFILE, owner="孙七", phone="13800138000"))
    assert "card_action" not in card
    assert all("url" not in row for row in card["horizontal_content_list"])


@pytest.mark.parametrize(
    "number",
    ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "１３８００１３８０００", "138.0013.8000"],
)
def test_a_phone_number_inside_free_text_is_hidden_until_somebody_accepts(number: str) -> None:
    """Leads write their number into the demand; before 接单 nobody may see it, after it the owner does."""
    profile = LeadProfile(source="表单", need=f"请打 {number} 找我", company="甲", contact="乙")
    card = draw(OfferCard(lead_id="L1", offer_no=1, profile=profile, answer_within=timedelta(minutes=10)))
    assert "*" in card["quote_area"]["quote_text"]
    assert "0013" not in normalize("NFKC", json.dumps(card, ensure_ascii=False))
    owned = draw(AcceptedCard(lead_id="L1", offer_no=1, profile=profile, owner="孙七"))
    assert owned["quote_area"]["quote_text"] == f"请打 {number} 找我"


def test_an_email_inside_free_text_is_hidden_until_somebody_accepts() -> None:
    """The same for e-mail addresses."""
    profile = LeadProfile(source="表单", need="写信到 wangfang@huayi.example.cn")
    card = draw(OfferCard(lead_id="L1", offer_no=1, profile=profile, answer_within=timedelta(minutes=10)))
    assert card["quote_area"]["quote_text"] == "写信到 w***@huayi.example.cn"


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (timedelta(seconds=1), "1 秒"),
        (timedelta(milliseconds=400), "1 秒"),
        (timedelta(seconds=90), "90 秒"),
        (timedelta(minutes=5), "5 分钟"),
        (timedelta(minutes=10, seconds=59), "10 分钟"),
        (timedelta(hours=2), "2 小时"),
        (timedelta(minutes=90), "90 分钟"),
    ],
)
def test_the_time_to_answer_is_told_rounded_down(duration: timedelta, shown: str) -> None:
    """The deadline enforced is never earlier than the one printed."""
    card = draw(OfferCard(lead_id="L1", offer_no=1, profile=PROFILE, answer_within=duration))
    assert f"收到后 {shown}内接单" in card["main_title"]["desc"]


def test_a_long_company_never_pushes_the_contact_off_the_card() -> None:
    """The title is cut in the company, since reps ask for a person."""
    profile = LeadProfile(source="表单", company="很长的公司名字" * 20, contact="王芳")
    card = draw(OfferCard(lead_id="L1", offer_no=1, profile=profile, answer_within=timedelta(minutes=10)))
    assert card["main_title"]["title"].endswith("…·王芳")
    assert len(card["main_title"]["title"]) == 36


def test_a_lead_of_which_nothing_is_known_still_makes_a_card() -> None:
    """Only a phone came in: the card says what there is, and no empty row."""
    profile = LeadProfile(source="电话", masked_phone="138****8000")
    card = draw(OfferCard(lead_id="L7", offer_no=1, profile=profile, answer_within=timedelta(minutes=10)))
    assert card["main_title"]["title"] == "新线索 L7"
    assert rows_of(card) == {"电话": "138****8000"}
    assert "quote_area" not in card
    assert "sub_title_text" not in card


def test_a_lead_without_phone_shows_the_contact_it_has() -> None:
    """WeChat id, then e-mail, stand in the place of the phone."""
    profile = LeadProfile(source="表单", masked_wechat="wx_****", masked_email="a***@b.cn")
    card = draw(OfferCard(lead_id="L1", offer_no=1, profile=profile, answer_within=timedelta(minutes=10)))
    assert rows_of(card) == {"微信": "wx_****"}


def test_a_closed_card_says_why_and_has_no_live_button() -> None:
    """已改派 stands on the dead button; the key left on it fences a client that still sends it."""
    card = draw(ClosedCard(subject="L1024", offer_no=2, text="已改派", detail="已改派给其他同事"))
    assert card["main_title"]["title"] == "L1024"
    assert card["replace_text"] == "已改派"
    assert [button["key"] for button in card["button_list"]] == ["1:closed:L1024:2"]


def test_the_vote_carries_lead_and_offer_in_its_submit_key() -> None:
    """The vote replaces a card; what comes back must name the offer by itself."""
    card = draw(ReasonVote("L1024", 2, (Option("busy", "忙不过来"), Option("area", "非我区域"))))
    assert card["card_type"] == "vote_interaction"
    assert card["submit_button"]["key"] == "1:reason:L1024:2"
    assert [option["id"] for option in card["checkbox"]["option_list"]] == ["busy", "area"]


def test_a_confirm_card_asks_with_two_buttons() -> None:
    """确认 and 取消, keyed by the question."""
    card = draw(ConfirmCard("C77", "改派 L1024 给 李四？", ("现跟进人：张三", "张三会收到通知")))
    assert [(button["text"], button["key"]) for button in card["button_list"]] == [
        ("确认", "1:confirm:C77:0"),
        ("取消", "1:cancel:C77:0"),
    ]
    assert card["sub_title_text"] == "现跟进人：张三\n张三会收到通知"


def test_a_choice_with_more_than_six_says_how_many_are_hidden() -> None:
    """WeCom takes six buttons; nobody is dropped without a word."""
    options = tuple(Option(f"zhang{n}", f"张三{n}") for n in range(9))
    card = draw(ChoiceCard("Q1", "哪一位张三？", options))
    assert len(card["button_list"]) == 6
    assert "还有 3 个" in card["sub_title_text"]


def test_long_choices_stand_in_full_above_their_buttons() -> None:
    """Two names cut to the same ten characters could not be told apart."""
    options = (Option("a", "张三（华东大客户一部）"), Option("b", "张三（华东大客户二部）"))
    card = draw(ChoiceCard("Q1", "哪一位张三？", options))
    assert card["sub_title_text"] == "张三（华东大客户一部）\n张三（华东大客户二部）"


def test_a_choice_with_a_short_text_has_it_on_its_button() -> None:
    """Only where the whole text is too long for the button; it then stands above."""
    options = (Option("1", "11-25 09:00 – 12:00", "25日09:00"), Option("2", "11-26", "26日00:00"))
    card = draw(ChoiceCard("Q1", "取消哪一次请假？", options))
    assert [button["text"] for button in card["button_list"]] == ["25日09:00", "11-26"]
    assert card["sub_title_text"] == "11-25 09:00 – 12:00"


def test_a_review_card_offers_at_most_five_reps_and_later() -> None:
    """Each button names the rep in its key; the sixth place is 稍后."""
    reps = tuple(Option(f"rep.{n}", f"销售{n}") for n in range(8))
    card = draw(ReviewCard("L1024", 3, PROFILE, "两轮无人接单", reps))
    keys = [parse_button_key(button["key"]) for button in card["button_list"]]
    assert [key.argument for key in keys if key] == ["rep.0", "rep.1", "rep.2", "rep.3", "rep.4", None]
    assert card["button_list"][-1]["text"] == "稍后"
    assert card["main_title"]["desc"].endswith("两轮无人接单")


@settings(max_examples=200, deadline=None)
@given(OFFERS)
def test_any_lead_whatever_makes_an_offer_card_within_the_limits(message: OfferCard) -> None:
    """Emoji, right-to-left text, HTML, NUL, ten thousand characters: sent or replacing, in both languages, it holds."""
    task_id = task_id_of(message, to="zhangsan", installation="t1")
    assert complaints(draw(message, task_id=task_id), sent=True) == []
    assert complaints(draw(message, locale="en"), sent=False) == []


@settings(max_examples=200, deadline=None)
@given(MESSAGES)
def test_any_message_whatever_makes_a_card_within_the_limits(message: CardMessage) -> None:
    """The same for every kind of card."""
    task_id = task_id_of(message, to="zhangsan", installation="t1")
    assert complaints(draw(message, task_id=task_id), sent=True) == []
    assert complaints(draw(message, locale="en"), sent=False) == []


@pytest.mark.parametrize("filling", ["a", "长", "1", "1 ", "a.", "a@", "-", "\u200d", "e\u0301", "👍🏽", " \n", "<a "])
def test_a_hostile_need_is_drawn_in_a_blink(filling: str) -> None:
    """Each search over foreign text takes time in proportion to its length, or one lead would hold up all others."""
    text = filling * (200_000 // len(filling))
    profile = LeadProfile(source=text, company=text, contact=text, need=text, traits=(text,), score_reasons=(text,))
    started = time.perf_counter()
    draw(OfferCard(lead_id="L1", offer_no=1, profile=profile, answer_within=timedelta(minutes=10), why_you=text))
    assert time.perf_counter() - started < 5.0


def test_task_ids_differ_by_offer_by_manager_and_by_installation() -> None:
    """Two databases of one app, two managers of one lead, two offers of one lead: never the same task (42014)."""
    review = ReviewCard("L1", 1, PROFILE, "")
    names = [
        task_id_of(OFFER, to="a", installation="t1"),
        task_id_of(OFFER, to="a", installation="t2"),
        task_id_of(OfferCard("L1024", 3, PROFILE, timedelta(1)), to="a", installation="t1"),
        task_id_of(review, to="a", installation="t1"),
        task_id_of(review, to="b", installation="t1"),
    ]
    assert names[0] == "offer-L1024-2-t1"
    assert len(set(names)) == len(names)
    assert task_id_of(review, to="A", installation="t1") == names[3]


@pytest.mark.parametrize("tag", ["", "中", "a b", "x" * 33])
def test_an_installation_tag_that_wecom_would_refuse_is_refused_at_once(tag: str) -> None:
    """Allowed are letters, digits, _ and -; anything else would fail with every single card."""
    with pytest.raises(ValueError, match="task id"):
        task_id_of(OFFER, to="a", installation=tag)


def test_markup_in_a_text_is_shown_and_only_our_own_link_works() -> None:
    """WeCom turns <a href> of a text into a link; a lead must not plant one in a message to a rep."""
    message = TextMessage(
        "需求 <a href='https://evil.example'>点我</a>", link="https://p.example/l/1", link_text="线索页"
    )
    content = text_content(message)
    assert content == "需求 ＜a href='https://evil.example'>点我＜/a>\n<a href=\"https://p.example/l/1\">线索页</a>"


def test_a_text_is_cut_to_2048_bytes_and_keeps_its_link() -> None:
    """WeCom cuts at 2048 bytes by itself, in the middle of a link if need be."""
    content = text_content(TextMessage("长" * 5000, link="https://p.example/l/1"))
    assert len(content.encode()) <= 2048
    assert content.endswith("</a>")
    assert "…\n<a" in content
