"""The messages themselves: data, not the JSON of any carrier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

#: The narrowest limit of a carrier: developer.work.weixin.qq.com/document/path/90236.
_OPTION_ID_BYTES: Final = 128


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its id comes back, its text is shown.

    Attributes:
        id: comes back.
        text: is shown.
        short: stands on a button in place of a text that is too long for it; without it the text is cut.

    Raises:
        ValueError: the id is empty, longer than 128 bytes, or holds a backslash or what can't be printed; a fault of
            the caller.
    """

    id: str
    text: str
    short: str | None = None

    def __post_init__(self) -> None:
        printable = self.id.isprintable() and "\\" not in self.id
        if not printable or not 1 <= len(self.id.encode()) <= _OPTION_ID_BYTES:
            raise ValueError("an option id has 1 to 128 printable bytes and no backslash")


@dataclass(frozen=True, slots=True)
class LeadProfile:
    """What may be said about a lead before anybody has accepted it: texts, ready to be shown, masked where personal.

    Attributes:
        source: where it came from, in the words people use (`官网表单`).
        company: shown whole.
        contact: name of the person, shown whole.
        masked_phone: `138****0001`; None where there is none. The WeChat id or e-mail stands in, masked as well.
        score: 0-100.
        size: `800 人`.
        prior_orders: `2 单，最近 2026-05-03，共 ¥120,000`.
        traits: most telling first: `02:14 提交`, `停留 186 秒`.
        score_reasons: top reasons of the score, most telling first.
    """

    source: str = field(repr=False)
    company: str | None = field(default=None, repr=False)
    contact: str | None = field(default=None, repr=False)
    masked_phone: str | None = field(default=None, repr=False)
    masked_wechat: str | None = field(default=None, repr=False)
    masked_email: str | None = field(default=None, repr=False)
    score: int | None = None
    grade: str | None = None
    need: str | None = field(default=None, repr=False)
    region: str | None = field(default=None, repr=False)
    industry: str | None = field(default=None, repr=False)
    size: str | None = field(default=None, repr=False)
    product: str | None = field(default=None, repr=False)
    prior_orders: str | None = field(default=None, repr=False)
    traits: tuple[str, ...] = field(default=(), repr=False)
    score_reasons: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class OfferCard:
    """A lead offered to one rep: 接单, 转出, 稍后.

    Attributes:
        answer_within: how long there is to answer, counted from delivery.
        deadline_text: a clock time in the rep's zone (`10:42`), never later than the deadline that will be enforced.
        why_you: why this rep, in one sentence.
        link: page of the lead, only where the service has a public address.
        script: name of the call script of the lead's rule.
        documents: what follows the card, and what of it is missing.
    """

    lead_id: str
    offer_no: int
    profile: LeadProfile
    answer_within: timedelta
    deadline_text: str | None = None
    why_you: str | None = field(default=None, repr=False)
    link: str | None = field(default=None, repr=False)
    script: str | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AcceptedCard:
    """The same card after 接单, for the owner only: it shows the whole phone number, which is a recorded disclosure.

    Attributes:
        owner: name of the owner.
        follow_up_by: until when the first contact is due, in the owner's zone.
        script: name of the call script of the lead's rule.
    """

    lead_id: str
    offer_no: int
    profile: LeadProfile
    owner: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)
    wechat: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    follow_up_by: str | None = None
    link: str | None = field(default=None, repr=False)
    script: str | None = None


@dataclass(frozen=True, slots=True)
class ClosedCard:
    """A card that can't be acted on any more, without personal data.

    Attributes:
        subject: lead id, confirm id or choice id of the card that it replaces.
        text: the few words on the dead button: 已改派, 已超时, 已转出, 已取消.
        title: what the card was about; the subject where None.
        detail: one more sentence, where there is something to say.
    """

    subject: str
    text: str
    offer_no: int = 0
    title: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class ReasonVote:
    """Asks why a rep passed a lead on; comes after the decline, which stands without it. At most 20 reasons."""

    lead_id: str
    offer_no: int
    reasons: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ConfirmCard:
    """Asks 确认 / 取消 before something that touches other people."""

    confirm_id: str
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """Asks which of several was meant. Six are shown; the card says how many more there are."""

    choice_id: str
    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A lead that needs a manager: a button for each of at most five suggested reps, and 稍后.

    Attributes:
        review_no: the how-many-th time this lead asks for a hand; it fences late taps.
        why: what brought it here, in one sentence.
        suggestions: rep ids and names, best first; more than five are not shown.
    """

    lead_id: str
    review_no: int
    profile: LeadProfile
    why: str
    suggestions: tuple[Option, ...] = ()
    link: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReviewItemCard:
    """A lead that somebody has, and a manager should look at: 确认 leaves it there, 改派 gives it to somebody else.

    Attributes:
        item_no: the how-many-th reason to look at this lead.
        why: what brought it here, in one sentence.
        holder: name of whoever has the lead.
    """

    lead_id: str
    item_no: int
    profile: LeadProfile
    why: str
    holder: str | None = field(default=None, repr=False)
    link: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TextMessage:
    """Plain words. Markup inside `text` is shown as it stands, never obeyed.

    Attributes:
        text: cut from the end to what fits.
        key: id of this one message (its outbox row, the message it answers). The carrier swallows a repeat of the same
            bytes; without different keys the same words said twice on purpose would be said once.
        link: address shown below the text.
        link_text: words of that link.
    """

    text: str = field(repr=False)
    key: str = ""
    link: str | None = field(default=None, repr=False)
    link_text: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUpCard:
    """Asks an owner about a lead: 已跟进, 延后 2 小时, 转出.

    Attributes:
        key: id of this one message; a lead may be asked about several times.
        title: which lead, in the words by which the owner knows it.
        why: why now, in one sentence.
    """

    lead_id: str
    offer_no: int
    key: str
    title: str = field(repr=False)
    why: str = field(repr=False)


CardMessage = (
    OfferCard
    | AcceptedCard
    | ClosedCard
    | ReasonVote
    | ConfirmCard
    | ChoiceCard
    | ReviewCard
    | ReviewItemCard
    | FollowUpCard
)
Message = CardMessage | TextMessage
