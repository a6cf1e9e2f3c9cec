"""Everything that services say is in the language of whoever reads it, and Chinese readers read what they always have."""

import asyncio
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from string import Formatter
from types import MappingProxyType

import pytest
from structlog.testing import capture_logs

from bot.chat import card_limits as limits
from bot.chat.cards import template_card
from bot.messaging import TextMessage
from bot.services import texts_alarms, texts_breaker, texts_follow_up, texts_notices, texts_on_cards
from bot.services.desk import ALERT_ADDRESS
from bot.services.texts_on_cards import CLOSINGS, DECLINE_REASONS, REVIEW_REASONS
from bot.wording import Words
from tests.architecture.test_texts import words_in
from tests.bot.services.all_scenes import SCENES
from tests.bot.services.scenes import TEAM, Scene, play, said
from tests.support.office import company
from tests.support.recording_messenger import Shown

_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
#: One example of each thing that services say, by the scene in which a Chinese reader is told so.
SAID: Mapping[str, tuple[str, ...]] = {
    "nobody_answers": (
        "⏰ L1001（Acme）还没有接单，5 分钟后派给别人。点卡片上的「接单」，或发「接单 L1001」。",
        "您已连续 2 次没有应答，暂停派单。回来后发「上线」恢复。",
        "Beth 连续 2 次未应答，已暂停派单，本人发「上线」或您发「恢复 Beth」后恢复。",
        "您仍在暂停派单中，发「上线」恢复。",
        "Beth 仍在暂停派单中（连续未应答）。",
        "还有 2 条线索等待指派，例如 L1001。发「派单 L1001 姓名」指派。",
        "已改派",
        "没有在时限内应答，这条线索不再属于您。",
        "几轮都没有人接单",
        "符合「Rest」，适配指数 50.0",
    ),
    "the_last_half_minute": ("⏰ L1001（Acme）还没有接单，30 秒后派给别人。点卡片上的「接单」，或发「接单 L1001」。",),
    "nobody_to_ask": ("⚠️ L1001 等待主管处理，但没有可以询问的主管或管理员，请检查团队文件。",),
    "everybody_is_full": ("East 的销售都已满额，新线索先进公海，有人空出来就按先后派出。发「负荷」看详情。",),
    "cards_do_not_arrive": (
        "⚠️ L1001 的卡片 5 分钟没有送达，线索已转给别人。请看日志里的 send_failed。",
        "⚠️ 企业微信发不出消息：message/send（错误码 60020）。线索都在，恢复后按原来的先后发出。",
        "⚠️ 企业微信恢复，积压的消息正在发出。",
    ),
    "a_card_is_refused": (
        "新线索 L1001，卡片没能显示，收到后 10 分钟内有效。发「为什么 L1001」看资料，「接单 L1001」接单，「转出 L1001」转出。",
        "⚠️ 企业微信拒收一条 offer_card（错误码 40008），请查日志。",
    ),
    "a_rep_cannot_be_reached": (
        "企业微信联系不上 Adam（错误码 60111），已停止给他派单。请检查应用可见范围，或把他从团队中移除。",
        "⚠️ 有销售在企业微信里联系不上（错误码 60111），已停止派单，请检查应用可见范围。",
    ),
    "a_managers_pick_is_not_reached": (
        "这条线索已收回。",
        "指派的卡片没有送达",
    ),
    "things_break": (
        "⚠️ 不认识的定时任务 of_the_future 已丢弃，是不是有旧版本还在运行？",
        "⚠️ 决定 D1001 未能从公平账户中冲回，线索照常流转，请查日志。",
        "⚠️ 消息 3（of_the_future）生成失败，稍后重试，请查日志。",
        "⚠️ 有销售在企业微信里的一次操作没有处理成，已请他重试，原因在日志 callback_failed 里。",
        "已撤回，等待指派",
    ),
    "timers_get_lost": ("⚠️ 巡检修复了超时未处理 1 条、无人看管 0 条、停滞 0 条，线索都在。反复出现请查日志。",),
    "an_owner_is_kept_up_to_date": (
        "线索 L1001 有新资料，接单后发「我的线索」可看最新的电话。",
        "客户再次来访：L1001（来源 web form）。发「我的线索」查看。",
        "Adam 不在岗，客户再次来访：L1001（来源 web form）。发「我的线索」查看。",
        "L1001 已由 Mia 改派，您不再是跟进人。",
        "已给您补 2 次派单，原因：wrong number。",
        "Mia 指派给您",
        "补还给您的一次派单",
    ),
    "every_reason_for_a_review": (
        "已转出 L1003。方便的话发「转出 L1003 原因」，说说为什么。",
        "已转出",
        "已转给下一位。",
        "按规则没有任何销售可以接",
        "可以接的销售都已问过",
        "指派的销售没有接",
        "指派的销售不在岗",
        "没有电话、微信和邮箱",
    ),
    "every_face_of_a_closed_card": (
        "这条线索已派给别人。",
        "已失效",
        "这条线索不是派给您的。",
        "已确认",
        "已取消",
        "已过期",
        "超过 5 分钟未确认，请重新发命令。",
        "已处理",
        "手上忙不过来",
        "不是我的区域或产品",
        "同事在跟这个客户",
        "线索质量有问题",
        "其他",
    ),
    "no_card_can_be_rewritten": (
        "L1003 已改派：没有在时限内应答，这条线索不再属于您。",
        "✅ 已接单 L1001：Ann Acme · 13800000001。请在 03-02 12:00 前首次联系。",
    ),
    "owners_do_not_follow_up": (
        "该跟进了，已 60 分钟没有记录",
        "逾期未跟进，已 3 小时",
        "⚠️ 2 条线索接单后没有跟进：\nL1001 Acme，Adam，已 4 小时\nL1003 Coil，Carl，已 4 小时",
        "以下 1 条线索已收回，您不再是跟进人：\nL1001 Acme：接单后一直没有跟进",
        "已延后",
        "已跟进",
        "已退回公海。",
        "这条线索已收回，您不再是跟进人。",
    ),
    "customers_go_cold": (
        "很久没有跟进，03-12 10:00 起收回到公海",
        "约好再谈的日子到了",
        "太久没有结果",
    ),
    "a_lead_comes_back_too_often": ("三次被收回或退回", "接单后太久没有跟进"),
    "nobody_says_until_when": ("✅ 已接单 L1001：Ann Acme · 13800000001。",),
    "documents_follow_the_card": (
        "📎 L1001 的资料：guide（1 版），文件 guide.pdf。",
        "📎 L1002 的资料：guide（1 版）。",
        "打开资料",
        "price list（缺）",
        "guide 1",
    ),
    "managers_look_at_leads": (
        "评分最高的一批，先由您决定",
        "listed",
        "维持原跟进人。",
        "没有主管在时限内复核，维持原样。",
        "已派给 Adam，等待接单。",
    ),
    "a_customer_well_known": (
        "这是您的老客户，再次询价",
        "800 人",
        "首次询价",
        "2 单，最近 2026-02-03，共 ¥120,000",
    ),
}


@dataclass(frozen=True)
class Told:
    """What was told in one scene: on phones, and at the operator's alert address."""

    shown: tuple[Shown, ...]
    alerts: tuple[str, ...]


async def _told(url: str, story: Scene) -> Told:
    async with company(url, team=story.team, policy=story.policy) as floor:
        await play(floor, story)
        query = f"SELECT payload FROM outbox WHERE to_member = '{ALERT_ADDRESS}'"
        alerts = await floor.runner.look(lambda desk: desk.tx.connection.exec_driver_sql(query).scalars().all())
        return Told(tuple(floor.messenger.shown), tuple(json.loads(alert)["text"] for alert in alerts))


def _played(folder: Path, template: Path, name: str, locale: str, *, team: str | None = None) -> Told:
    path = folder / f"{name}-{locale}.db"
    shutil.copyfile(template, path)
    story = SCENES[name]
    return asyncio.run(_told(f"sqlite:///{path}", replace(story, team=(team or story.team).replace("LOCALE", locale))))


@pytest.fixture(scope="module")
def told(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Told]:
    """Let every scene happen once for readers of each language."""
    folder = tmp_path_factory.mktemp("scenes")
    names = [(name, locale) for name in SCENES for locale in ("zh", "en")]
    # Painting the faults of one scene for the console takes longer than all the others.
    with capture_logs():
        return MappingProxyType({key: _played(folder, sqlite_template, *key) for key in names})


def _on_the_phone(shown: Shown) -> str:
    """Give all that a phone shows of a message: for a card each of its words, the chat's as well."""
    if isinstance(shown.message, TextMessage):
        return shown.message.text
    card = template_card(shown.message, locale="en" if shown.locale == "en" else "zh-CN")
    return json.dumps(card, ensure_ascii=False)


@pytest.mark.parametrize("scene", SCENES)
def test_an_english_reader_meets_no_chinese(told: Mapping[tuple[str, str], Told], scene: str) -> None:
    """Names and what customers wrote are Latin in the scenes; whatever is Chinese then, the program has said."""
    shown = [_on_the_phone(item) for item in told[scene, "en"].shown]
    assert shown
    assert [text for text in shown if _CHINESE.search(text)] == []


@pytest.mark.parametrize("scene", SAID)
def test_a_chinese_reader_reads_what_has_always_been_said(told: Mapping[tuple[str, str], Told], scene: str) -> None:
    """To the letter."""
    seen = [text for item in told[scene, "zh"].shown for text in said(item)]
    assert [text for text in SAID[scene] if text not in seen] == []


def _services_say() -> Iterator[tuple[str, Words]]:
    for module in (texts_notices, texts_alarms, texts_on_cards, texts_follow_up, texts_breaker):
        for name, value in vars(module).items():
            yield from words_in(value, f"{module.__name__}.{name}")


def _pattern(text: str) -> re.Pattern[str]:
    """Find a text wherever it was said, whatever was filled in; numbers where it counts."""
    parts = Formatter().parse(text)
    filled = {None: "", "count": "[0-9]+"}
    return re.compile("".join(re.escape(literal) + filled.get(name, ".+?") for literal, name, _, _ in parts))


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_scenes_say_everything_there_is(told: Mapping[tuple[str, str], Told], locale: str) -> None:
    """A new text has a scene, so that no reader is the first to meet it."""
    heard = "\n".join(text for name in SCENES for item in told[name, locale].shown for text in said(item))
    unsaid = [
        name for name, words in _services_say() if not _pattern(words.en if locale == "en" else words.zh).search(heard)
    ]
    assert unsaid == []


def test_the_readers_language_counts_not_the_actors(sqlite_template: Path, tmp_path: Path) -> None:
    """An English rep falls silent: the rep hears so in English, the Chinese manager in Chinese; both of the same thing."""
    team = re.sub(r"(id: (mia|root), .*)locale: LOCALE", r"\1locale: zh", TEAM)
    shown = _played(tmp_path, sqlite_template, "nobody_answers", "en", team=team).shown
    read = {
        person: [text for item in shown if item.to == person for text in said(item)]
        for person in ("adam", "mia", "root")
    }
    assert not [text for text in read["adam"] if _CHINESE.search(text)]
    assert (
        "You left 2 offers in a row unanswered, so no leads come for now. Send “online” when you are back."
        in read["adam"]
    )
    for person in ("mia", "root"):
        assert read[person]
        assert [text for text in read[person] if not _CHINESE.search(text)] == []


def test_the_alert_address_is_told_in_chinese(told: Mapping[tuple[str, str], Told]) -> None:
    """Nobody's language is known there; what it hears does not change with who works here."""
    for scene in SCENES:
        assert told[scene, "en"].alerts == told[scene, "zh"].alerts
    assert any("企业微信恢复" in text for text in told["cards_do_not_arrive", "en"].alerts)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_what_services_put_on_cards_fits_there(locale: str) -> None:
    """In either language; what is cut can't be understood."""
    for closing in CLOSINGS.values():
        assert limits.width(closing.text.say(locale)) <= limits.BUTTON_TEXT
    for words in DECLINE_REASONS.values():
        assert limits.width(words.say(locale)) <= limits.VOTE_OPTION_TEXT
    for words in REVIEW_REASONS.values():
        assert limits.width(f"100 pts · A+ · {words.say(locale)}") <= limits.TITLE_DESC
