"""What message/send refuses, by error code: every rule of the documentation broken once."""

from typing import Any

import pytest

from sandbox.card_rules import check_card
from sandbox.errors import WeComError
from tests.sandbox.application import button_card

LINK = {"type": 1, "url": "https://a.example/x"}
OPTIONS = [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]
TEXT_NOTICE = {"card_type": "text_notice", "main_title": {"title": "t"}, "card_action": LINK}
NEWS_NOTICE = TEXT_NOTICE | {"card_type": "news_notice", "card_image": {"url": "https://a.example/i.png"}}
VOTE = {
    "card_type": "vote_interaction",
    "main_title": {"title": "t"},
    "task_id": "v",
    "checkbox": {"question_key": "q", "mode": 1, "option_list": OPTIONS},
    "submit_button": {"key": "s"},
}
SELECT = {"question_key": "q", "title": "阶段", "option_list": OPTIONS}
MULTIPLE = {
    "card_type": "multiple_interaction",
    "main_title": {"title": "t"},
    "task_id": "m",
    "select_list": [SELECT],
    "submit_button": {"key": "s", "text": "提交"},
}
BUTTON = {"text": "接单", "key": "k"}
ROW = {"keyname": "电话", "value": "138"}
MENU = {"desc": "更多", "action_list": [{"text": "甲", "key": "a"}]}


@pytest.mark.parametrize(
    "card",
    [
        TEXT_NOTICE,
        {"card_type": "text_notice", "sub_title_text": "只有正文", "card_action": {"type": 2, "appid": "wx1"}},
        TEXT_NOTICE | {"action_menu": MENU, "task_id": "x", "jump_list": [{"type": 1, "title": "t", **LINK}]},
        NEWS_NOTICE,
        NEWS_NOTICE | {"card_image": {"url": "https://a.example/i.png", "aspect_ratio": 2.25}},
        {k: v for k, v in NEWS_NOTICE.items() if k != "card_image"}
        | {"image_text_area": {"image_url": "https://a.example/i.png"}},
        button_card(),
        button_card(button_list=[BUTTON] + [{"type": 1, "text": "看", "url": "https://a.example"}] * 5),
        button_card(button_selection={**SELECT, "selected_id": "b"}, action_menu=MENU),
        button_card(horizontal_content_list=[ROW, ROW | LINK, ROW | {"type": 3, "userid": "lisi"}] * 2),
        button_card(quote_area={"type": 0, "quote_text": "引用"}, card_action={"type": 0}),
        VOTE,
        MULTIPLE,
        MULTIPLE | {"select_list": [SELECT | {"question_key": key} for key in "abc"]},
    ],
)
def test_a_documented_card_is_accepted_without_a_warning(card: dict[str, Any]) -> None:
    """What the documentation allows passes in strict mode too."""
    assert check_card(card, update=False, strict_lengths=True) == []


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"card_type": "poem"}, 42031),
        ({}, 42031),
        # task_id
        (button_card(task_id=""), 42014),
        (button_card(task_id="中文"), 42014),
        (button_card(task_id="a b"), 42014),
        (button_card(task_id="a" * 129), 42014),
        (TEXT_NOTICE | {"action_menu": MENU}, 42014),
        # titles and actions
        (button_card(main_title={"desc": "d"}), 41016),
        (TEXT_NOTICE | {"main_title": {}}, 41016),
        (NEWS_NOTICE | {"main_title": {}}, 41016),
        ({"card_type": "text_notice", "main_title": {"title": "t"}}, 42045),
        (TEXT_NOTICE | {"card_action": {"type": 0}}, 42045),
        (TEXT_NOTICE | {"card_action": {"type": 3}}, 42045),
        (TEXT_NOTICE | {"card_action": {"type": 1}}, 42028),
        (TEXT_NOTICE | {"card_action": {"type": 2}}, 42030),
        (TEXT_NOTICE | {"card_action": {"type": 1, "url": "a.example"}}, 40094),
        (TEXT_NOTICE | {"card_action": {"type": 1, "url": "https://" + "a" * 2048}}, 40039),
        # pictures
        (TEXT_NOTICE | {"card_type": "news_notice"}, 42044),
        (NEWS_NOTICE | {"card_image": {}}, 42044),
        (NEWS_NOTICE | {"card_image": {"url": "https://a.example", "aspect_ratio": 2.3}}, 40058),
        (NEWS_NOTICE | {"image_text_area": {"title": "t"}}, 40058),
        # rows
        (button_card(horizontal_content_list=[ROW] * 7), 42035),
        (button_card(horizontal_content_list=[{"value": "v"}]), 42027),
        (button_card(horizontal_content_list=[ROW | {"type": 1}]), 42028),
        (button_card(horizontal_content_list=[ROW | {"type": 2}]), 42029),
        (button_card(horizontal_content_list=[ROW | {"type": 3}]), 42050),
        (button_card(horizontal_content_list=[ROW | {"type": 4}]), 40058),
        (NEWS_NOTICE | {"vertical_content_list": [{"title": "t"}] * 5}, 42036),
        (NEWS_NOTICE | {"vertical_content_list": [{"desc": "d"}]}, 42033),
        (TEXT_NOTICE | {"jump_list": [{"title": "t"}] * 4}, 42042),
        (TEXT_NOTICE | {"jump_list": [{"type": 1, "url": "https://a.example"}]}, 42033),
        (TEXT_NOTICE | {"jump_list": [{"title": "t", "type": 1}]}, 42028),
        (TEXT_NOTICE | {"jump_list": [{"title": "t", "type": 2}]}, 42030),
        (button_card(quote_area={"type": 1}), 42028),
        (button_card(source={"desc_color": 4}), 40058),
        # the menu in the corner
        (button_card(action_menu={"action_list": []}), 40058),
        (button_card(action_menu={"action_list": [{"text": "t", "key": str(n)} for n in range(4)]}), 40058),
        (button_card(action_menu={"action_list": [{"text": "t", "key": "k"}] * 2}), 42051),
        # buttons
        (button_card(button_list=[]), 40058),
        (button_card(button_list=[BUTTON | {"key": str(n)} for n in range(7)]), 40058),
        (button_card(button_list=[{"key": "k"}]), 42038),
        (button_card(button_list=[{"text": "t"}]), 42039),
        (button_card(button_list=[BUTTON, BUTTON]), 42039),
        (button_card(button_list=[BUTTON | {"key": "长" * 342}]), 42039),
        (button_card(button_list=[{"text": "t", "type": 1}]), 42028),
        (button_card(button_list=[BUTTON | {"style": 5}]), 40058),
        # questions
        (button_card(button_selection={"option_list": OPTIONS}), 42043),
        (button_card(button_selection=SELECT | {"option_list": OPTIONS * 6}), 42037),
        (button_card(button_selection=SELECT | {"option_list": []}), 42037),
        (button_card(button_selection=SELECT | {"option_list": [{"text": "t"}]}), 42040),
        (button_card(button_selection=SELECT | {"option_list": [OPTIONS[0]] * 2}), 42040),
        (button_card(button_selection=SELECT | {"option_list": [{"id": "a"}]}), 42041),
        (button_card(button_selection=SELECT | {"selected_id": "z"}), 42040),
        (VOTE | {"checkbox": {}}, 42043),
        (
            VOTE | {"checkbox": {"question_key": "q", "option_list": [{"id": str(n), "text": "t"} for n in range(21)]}},
            42037,
        ),
        (VOTE | {"checkbox": {"question_key": "q", "mode": 2, "option_list": OPTIONS}}, 40058),
        (VOTE | {"submit_button": {}}, 42046),
        (MULTIPLE | {"select_list": []}, 42047),
        (MULTIPLE | {"select_list": [SELECT | {"question_key": key} for key in "abcd"]}, 42047),
        (MULTIPLE | {"select_list": [SELECT, SELECT]}, 42043),
        (MULTIPLE | {"submit_button": {"key": "s"}}, 42049),
        # wrong types
        (button_card(main_title="t"), 40058),
        (button_card(button_list={"text": "t"}), 40058),
        (button_card(sub_title_text=5), 40058),
        (button_card(horizontal_content_list=[ROW | {"type": "1"}]), 40058),
    ],
)
def test_a_broken_rule_is_refused_with_its_code(card: dict[str, Any], code: int) -> None:
    """The code is the one of WeCom's table."""
    with pytest.raises(WeComError) as caught:
        check_card(card, update=False, strict_lengths=False)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("card", "path"),
    [
        (button_card(main_title={"title": "长" * 37}), "main_title.title"),
        (button_card(main_title={"title": "t", "desc": "长" * 45}), "main_title.desc"),
        (button_card(sub_title_text="长" * 161), "sub_title_text"),
        (button_card(source={"desc": "长" * 21}), "source.desc"),
        (button_card(horizontal_content_list=[{"keyname": "六个字的名字"}]), "horizontal_content_list.keyname"),
        (button_card(horizontal_content_list=[ROW | {"value": "长" * 31}]), "horizontal_content_list.value"),
        (button_card(button_list=[BUTTON | {"text": "长" * 11}]), "button_list.text"),
        (VOTE | {"main_title": {"title": "长" * 17}}, "main_title.title"),
    ],
)
def test_an_overlong_text_is_a_warning_and_in_strict_mode_a_refusal(card: dict[str, Any], path: str) -> None:
    """Recommended lengths are not documented as enforced, so the default only notes them."""
    warnings = check_card(card, update=False, strict_lengths=False)
    assert len(warnings) == 1
    assert path in warnings[0]
    with pytest.raises(WeComError) as caught:
        check_card(card, update=False, strict_lengths=True)
    assert caught.value.code == 40058


def test_a_block_the_type_does_not_show_is_noted() -> None:
    """WeCom ignores such a block, so whoever sends it should hear of it."""
    assert check_card(VOTE | {"sub_title_text": "x"}, update=False, strict_lengths=False) == [
        "sub_title_text is not shown in vote_interaction"
    ]


def test_an_update_needs_no_task_id() -> None:
    """The documented forms of an update carry none; one that is there has no effect."""
    card = button_card(action_menu=MENU)
    warned = check_card(card, update=True, strict_lengths=True)
    assert warned == ["task_id inside an update has no effect"]
    del card["task_id"]
    assert check_card(card, update=True, strict_lengths=True) == []
