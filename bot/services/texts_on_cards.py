"""What services put on cards: closed cards, reasons to choose from, why a lead waits for a manager, the customer profile.

What every card says by itself (row names, buttons) is the chat's. Widths are those of WeCom's cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.wording import Words


@dataclass(frozen=True, slots=True)
class Closing:
    """How a card is closed: at most ten characters on the dead button, and a sentence where there is one to say."""

    text: Words
    detail: Words | None = None


_MOVED_ON: Final = Words("已改派", "Moved on")
#: Named by whoever closes a card.
CLOSINGS: Final[Mapping[str, Closing]] = MappingProxyType(
    {
        "timed_out": Closing(
            _MOVED_ON,
            Words(
                "没有在时限内应答，这条线索不再属于您。",
                "There was no answer in time; this lead is not yours any more.",
            ),
        ),
        "withdrawn": Closing(_MOVED_ON, Words("这条线索已收回。", "This lead was taken back.")),
        "moved_on": Closing(_MOVED_ON, Words("这条线索已派给别人。", "This lead was offered to somebody else.")),
        "lost_race": Closing(
            Words("已被领取", "Taken"),
            Words("别的销售先接了这条线索。", "Somebody else accepted this lead first."),
        ),
        "recycled": Closing(
            Words("已收回", "Taken back"), Words("这条线索已收回，您不再是跟进人。", "This lead is not yours any more.")
        ),
        "returned": Closing(Words("已转出", "Passed on"), Words("已退回公海。", "It is back in the pool.")),
        "noted": Closing(Words("已跟进", "Done"), Words("已记下这次跟进。", "The follow-up is noted.")),
        "postponed": Closing(Words("已延后", "Later"), Words("2 小时后再提醒。", "You are reminded in 2 hours.")),
        "declined": Closing(Words("已转出", "Passed on"), Words("已转给下一位。", "It goes to the next one.")),
        "not_yours": Closing(
            Words("已失效", "Not valid"), Words("这条线索不是派给您的。", "This lead was not offered to you.")
        ),
        "done": Closing(Words("已确认", "Confirmed")),
        "cancelled": Closing(Words("已取消", "Cancelled")),
        "lapsed": Closing(
            Words("已过期", "Expired"),
            Words(
                "超过 5 分钟未确认，请重新发命令。",
                "It was not confirmed within 5 minutes; please send the command again.",
            ),
        ),
        "handled": Closing(Words("已处理", "Handled")),
        "confirmed": Closing(
            Words("已确认", "Confirmed"), Words("维持原跟进人。", "The lead stays with whoever has it.")
        ),
        "review_lapsed": Closing(
            Words("未复核", "Lapsed"),
            Words("没有主管在时限内复核，维持原样。", "No manager looked at it in time; everything stays as it is."),
        ),
    }
)
#: Said instead, where a tapped card can't be rewritten.
CLOSED_IN_WORDS: Final = Words("{lead} {text}：{detail}", "{lead}: {text}. {detail}")

#: Reasons offered after 转出, by code; at most 17 characters each.
DECLINE_REASONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "busy": Words("手上忙不过来", "Too busy now"),
        "not_mine": Words("不是我的区域或产品", "Not my area/item"),
        "known": Words("同事在跟这个客户", "A colleague's"),
        "bad_lead": Words("线索质量有问题", "Poor lead"),
        "other": Words("其他", "Other"),
    }
)

#: Why a lead waits for a manager; on the card beside score and grade, so at most 27 characters.
REVIEW_REASONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "rounds_used_up": Words("几轮都没有人接单", "nobody accepted in time"),
        "nobody_ever": Words("按规则没有任何销售可以接", "the rules allow nobody"),
        "nobody_left": Words("可以接的销售都已问过", "everybody has been asked"),
        "managers_offer_failed": Words("指派的销售没有接", "the pick was not accepted"),
        "undelivered": Words("指派的卡片没有送达", "the card did not arrive"),
        "manager_pick_away": Words("指派的销售不在岗", "the picked rep is away"),
        "recalled": Words("已撤回，等待指派", "withdrawn, to be assigned"),
        "best_share": Words("评分最高的一批，先由您决定", "one of the best leads"),
        "recycled_often": Words("三次被收回或退回", "given up three times"),
        "not_followed_up": Words("接单后太久没有跟进", "owned, not followed up"),
        "not_closed": Words("太久没有结果", "open for too long"),
        "no_contact": Words("没有电话、微信和邮箱", "no phone, WeChat or e-mail"),
    }
)

APPEAL: Final = Words("{rep} 申诉", "an appeal by {rep}")
#: Where a lead is now, on a card that has been dealt with; for managers.
NOW_OFFERED: Final = Words("已派给{name}，等待接单。", "Offered to {name}.")
NOW_OWNED: Final = Words("{name}跟进中。", "Owned by {name}.")
WHY_BY_MANAGER: Final = Words("{name}指派给您", "{name} gave it to you")
WHY_CREDIT: Final = Words("补还给您的一次派单", "a turn given back to you")
WHY_KNOWN: Final = Words("这是您的老客户，再次询价", "a customer of yours, asking again")
WHY_RULE: Final = Words("符合「{rule}」", "rule “{rule}”")
WHY_RACE: Final = Words("{count} 人同时抢单，先接先得", "{count} reps are asked; the first to accept has it")
WHY_FIT: Final = Words("适配指数 {fit:.1f}", "fit {fit:.1f}")

SIZE: Final = Words("{count} 人", "{count} people")
FIRST_ENQUIRY: Final = Words("首次询价", "first enquiry")
ORDERS: Final = Words("{count} 单", "{count}×")
LAST_ORDER: Final = Words("最近 {last}", "last {last}")
ORDERS_WORTH: Final = Words("共 ¥{amount:,.0f}", "¥{amount:,.0f}")
DOCUMENT: Final = Words("{name} {version}", "{name} {version}")
DOCUMENT_MISSING: Final = Words("{name}（缺）", "{name} (missing)")
#: Between the parts of one line.
JOINT: Final = Words("，", ", ")
