"""What people type, read as commands."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.command_parser import Command, Unclear, parse
from bot.chat.command_words import NAMES, NOT_BUILT, Verb, folded

ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.text("接单转出稍后请假派 L1024１０２４lｌ,，/：:12h小时张三\u200b\n「」", max_size=40),
    st.tuples(st.sampled_from([name for names in NAMES.values() for name in names]), st.text(max_size=30)).map("".join),
)


@pytest.mark.parametrize(
    ("text", "verb", "lead_id", "rest"),
    [
        ("接单 L1024", Verb.ACCEPT, 1024, ""),
        ("接单L1024", Verb.ACCEPT, 1024, ""),
        ("接单1024", Verb.ACCEPT, 1024, ""),
        ("接单 l1024", Verb.ACCEPT, 1024, ""),
        ("接单　Ｌ１０２４", Verb.ACCEPT, 1024, ""),
        ("/接单  L 1024 ", Verb.ACCEPT, 1024, ""),
        ("／接单 L1024", Verb.ACCEPT, 1024, ""),
        ("接單 L1024", Verb.ACCEPT, 1024, ""),
        ("「接单 L1024」", Verb.ACCEPT, 1024, ""),
        ("接\u200b单 L1024", Verb.ACCEPT, 1024, ""),
        ("接单：线索1024", Verb.ACCEPT, 1024, ""),
        ("接单", Verb.ACCEPT, None, ""),
        ("接单。", Verb.ACCEPT, None, ""),
        ("接单吧", Verb.ACCEPT, None, ""),
        ("accept L1024", Verb.ACCEPT, 1024, ""),
        ("ACCEPT l1024", Verb.ACCEPT, 1024, ""),
        ("acceptL1024", Verb.ACCEPT, 1024, ""),
        ("/take 1024", Verb.ACCEPT, 1024, ""),
        ("转出 L1024 手上忙不过来", Verb.DECLINE, 1024, "手上忙不过来"),
        ("转出L1024手上忙", Verb.DECLINE, 1024, "手上忙"),
        ("转出 太忙了", Verb.DECLINE, None, "太忙了"),
        ("稍后 L1024 2小时", Verb.SNOOZE, 1024, "2小时"),
        ("稍后1024 2小时", Verb.SNOOZE, 1024, "2小时"),
        ("稍后 2小时", Verb.SNOOZE, None, "2小时"),
        ("稍后 30分钟", Verb.SNOOZE, None, "30分钟"),
        ("跟进 L1024 下午３点回访，要 ＣＴ 报价", Verb.NOTE, 1024, "下午３点回访，要 ＣＴ 报价"),
        ("跟进 1024 号码不对", Verb.NOTE, 1024, "号码不对"),
        ("成交 L1024 50万", Verb.WON, 1024, "50万"),
        ("成交 1024 50万", Verb.WON, 1024, "50万"),
        ("成交 50万", Verb.WON, None, "50万"),
        ("成交 12,000", Verb.WON, None, "12,000"),
        ("won L1024 12,000", Verb.WON, 1024, "12,000"),
        ("无效 L1024 空号", Verb.INVALID, 1024, "空号"),
        ("请假 今天 14:00-18:00", Verb.LEAVE, None, "今天 14:00-18:00"),
        ("请假 11-25", Verb.LEAVE, None, "11-25"),
        ("请假 取消", Verb.LEAVE, None, "取消"),
        ("我的线索", Verb.MY_LEADS, None, ""),
        ("my leads", Verb.MY_LEADS, None, ""),
        ("上线", Verb.ONLINE, None, ""),
        ("上线了", Verb.ONLINE, None, ""),
        ("online", Verb.ONLINE, None, ""),
        ("为什么 L1024", Verb.WHY, 1024, ""),
        ("为什么L1024？", Verb.WHY, 1024, ""),
        ("派单 L1024 张三", Verb.ASSIGN, 1024, "张三"),
        ("派单L1024张三", Verb.ASSIGN, 1024, "张三"),
        ("派单 张三 L1024", Verb.ASSIGN, 1024, "张三"),
        ("派单 张三 1024", Verb.ASSIGN, 1024, "张三"),
        ("改派 1024 lisi", Verb.REASSIGN, 1024, "lisi"),
        ("撤回L1024", Verb.WITHDRAW, 1024, ""),
        ("撤销", Verb.UNDO, None, ""),
        ("暂停 张三 2小时", Verb.PAUSE, None, "张三 2小时"),
        ("暂停张三2小时", Verb.PAUSE, None, "张三2小时"),
        ("补单 张三 2 空号", Verb.CREDIT, None, "张三 2 空号"),
        ("确认", Verb.CONFIRM, None, ""),
        ("确认。", Verb.CONFIRM, None, ""),
        ("yes", Verb.CONFIRM, None, ""),
        ("帮助", Verb.HELP, None, ""),
        ("？", Verb.HELP, None, ""),
        ("Help", Verb.HELP, None, ""),
        ("规则", Verb.RULES, None, ""),
        ("报表 今天", Verb.NOT_BUILT, None, "今天"),
        ("为什么不是我 L1024", Verb.WHY_NOT, 1024, ""),
        ("为什么不是我呢？L1024", Verb.WHY_NOT, 1024, ""),
        ("Why not me L1024", Verb.WHY_NOT, 1024, ""),
        ("为什么不是 张三 L1024", Verb.WHY_NOT, 1024, "张三"),
        ("为什么不是L1024张三", Verb.WHY_NOT, 1024, "张三"),
    ],
)
def test_a_command_is_read_however_it_is_written(text: str, verb: Verb, lead_id: int | None, rest: str) -> None:
    """Chinese or English, with or without slash, blanks, capitals and full-width signs; own words stay as typed."""
    command = parse(text)
    assert isinstance(command, Command)
    assert (command.verb, command.lead_id, command.rest) == (verb, lead_id, rest)


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("接但 L1024", Verb.ACCEPT),
        ("借单 L1024", Verb.ACCEPT),
        ("我想请假", Verb.LEAVE),
        ("acept L1024", Verb.ACCEPT),
        ("hepl", Verb.HELP),
        ("statsu", Verb.STATUS),
        ("暂亭 张三", Verb.PAUSE),
        ("撤消单", Verb.UNDO),
        ("下线时间是几点", Verb.OFFLINE),
    ],
)
def test_a_typo_is_answered_with_the_nearest_command(text: str, suggested: Verb) -> None:
    """A slip of the finger is helped, and nothing is done by guess."""
    unclear = parse(text)
    assert isinstance(unclear, Unclear)
    assert suggested in unclear.suggestions


@pytest.mark.parametrize("text", ["", "   ", "你好", "👍", "\u200b", "12", "接", "lead"])
def test_what_is_no_command_is_none(text: str) -> None:
    """Small talk is not taken for a command."""
    assert isinstance(parse(text), Unclear)


@given(ANY_TEXT)
@example("接单 L" + "9" * 400)
@example("l")
def test_any_text_is_read_without_an_exception(text: str) -> None:
    """Whatever is typed there is an answer, and a lead's number that the database can hold."""
    command = parse(text)
    assert isinstance(command, Command | Unclear)
    if isinstance(command, Command) and command.lead_id is not None:
        assert 0 <= command.lead_id < 2**62


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    """What stands behind a command is cut out of the text as it was typed, by the places in the folded one."""
    assert len(folded(text)) == len(text)


def test_no_word_means_two_commands() -> None:
    """Each word has one meaning."""
    words = [name for names in NAMES.values() for name in names] + list(NOT_BUILT)
    assert len(words) == len(set(words))
