"""What the chat says of appeals."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.services.appeals import Appealed
from bot.wording import Words

ANSWERS: Final[Mapping[Appealed, Words]] = MappingProxyType(
    {
        Appealed.OPENED: Words(
            "已申诉 {lead}，主管会看派单依据，有结果通知您。在那之前线索不变。",
            "Your appeal about {lead} is with the managers, the decision with it; nothing changes until they have looked.",
        ),
        Appealed.ALREADY: Words("{lead} 您已经申诉过。", "You have appealed about {lead} already."),
        Appealed.OWN: Words("{lead} 就在您手上。", "{lead} is with you."),
        Appealed.NOT_HELD: Words("{lead} 现在不在任何人手上：{now}。", "Nobody has {lead}: {now}."),
    }
)
TOLD: Final = Words(
    "{name}申诉 {lead}：{reason}。派单依据如下。", "{name} appeals about {lead}: {reason}. The decision:"
)
NO_REASON: Final = Words("没有写原因", "no reason given")
