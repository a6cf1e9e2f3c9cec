"""What each error number of WeCom means for us: one table.

Numbers and meanings: developer.work.weixin.qq.com/document/path/90313. A number that is not here is final: sending
the same thing again would not help, and a person has to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.messaging import AppBroken, MemberUnreachable, MessageRefused, MessagingError, TryLater

#: A repeated task_id on a repeated message: the first attempt had got through.
TASK_ID_USED: Final = 42014
#: A response_code that is used, expired or unknown.
RESPONSE_CODE_SPENT: Final = 60140
#: None of the targets of a card update ever got the card; or there is no such card.
NOT_A_RECEIVER: Final = frozenset({82102, 42016})
#: A member that contact reads don't know, or may not see.
MEMBER_GONE: Final = frozenset({60111, 60011})
#: Means a token problem in every call but gettoken, where it means wrong credentials.
INVALID_CREDENTIAL: Final = 40001


class Family(StrEnum):
    """What to do about an error."""

    #: The access token is no good: fetch another, repeat once.
    TOKEN = "token"
    #: WeCom is busy: repeat after a short pause.
    RETRY = "retry"
    #: Too much at once: repeat after the window.
    WAIT = "wait"
    #: Credentials, permission, caller's address, or a ceiling of the whole app: nobody can be reached.
    APP = "app"
    #: This one member can't be reached.
    MEMBER = "member"
    #: Our own fault, or nothing to be done.
    FINAL = "final"


_CODES: Final[Mapping[Family, tuple[int, ...]]] = {
    Family.TOKEN: (40014, 42001),
    Family.RETRY: (-1, 6000, 846609),
    Family.WAIT: (45033, 45035, 45036, 846607),
    Family.APP: (
        40001,  # secret wrong, reset, or app disabled
        40013,  # corpid
        40056,  # agentid
        40057,  # callback address failed verification
        40091,  # secret of another corp
        41002,  # corpid missing
        41004,  # secret missing
        43012,  # interactive card without a callback address
        45009,  # frequency: per minute, per hour, or the day's ceiling of messages; the number does not tell which
        48001,  # API not enabled
        48002,  # no permission for this API
        48006,  # permission withdrawn
        48009,  # contact sync from a new address
        48010,  # TLS version
        50001,  # redirect outside the trusted domain
        50003,  # app disabled
        60020,  # caller's address not trusted
        60031,  # app may not call the API
        93000,  # group robot removed
        301002,  # token of another app
        301007,  # corp not available
        301042,  # address white list
        846601,  # long connection not enabled
        853000,  # bot id or secret
    ),
    Family.MEMBER: (
        40003,  # invalid userid
        40031,  # list of userids invalid
        43004,  # userid not linked
        46004,  # user does not exist
        50002,  # member not in range
        60011,  # no privilege for this member
        60021,  # userid outside the visible range
        60111,  # userid does not exist
        81013,  # all receivers invalid
        82001,  # members invalid
    ),
    Family.FINAL: (
        40004, 40005, 40006, 40007, 40008, 40009, 40011,
        40016, 40017, 40018, 40019, 40020, 40021, 40022, 40023, 40024, 40025, 40026, 40027,
        40029, 40032, 40033, 40035, 40039, 40058, 40063, 40066, 40068, 40070, 40074, 40093, 40094, 40096, 40201,
        41001, 41006, 41009, 41010, 41011, 41016, 41033, 41048, 41050, 41051,
        42003, 42014, 42015, 42016, 42017, 42018, 42019, 42020, 42022, 42027, 42028, 42029, 42030, 42031, 42033, 42035,
        42036, 42037, 42038, 42039, 42040, 42041, 42042, 42043, 42044, 42045, 42046, 42047, 42049, 42050, 42051, 42052,
        44001, 44004, 45001, 45002, 45008, 45029, 45034, 60140, 81012, 82002, 82003, 82004, 82101, 82102, 84014, 84015,
        86001, 86003, 86008, 93001, 93004, 93006, 93008, 93017, 93018, 93019,
        846604, 846605, 846606, 846608, 846610, 846611, 846612, 846613, 846614, 846615, 846616, 846625, 846697,
    ),
}  # fmt: skip

FAMILY_OF: Final[Mapping[int, Family]] = {code: family for family, codes in _CODES.items() for code in codes}

# Seconds. Two concurrent calls less are soon had; a volume limit lasts a minute; a trusted address takes about one to
# work, so it is asked for a few times within it. Wrong credentials are for a person to mend, and asking often gets us
# blocked.
_PAUSES: Final[Mapping[int, float]] = {
    45033: 1.0,
    45035: 1.0,
    45036: 60.0,
    846607: 60.0,
    45009: 30.0,
    60020: 15.0,
    301042: 15.0,
    40014: 5.0,
    42001: 5.0,
}
_PAUSE: Final = 60.0


def family_of(code: int) -> Family:
    """Give the family of an error number; unknown ones are final."""
    return FAMILY_OF.get(code, Family.FINAL)


def failure_of(code: int, reason: str) -> MessagingError:
    """Give the failure to raise for an error number.

    Args:
        code: WeCom's errcode, not 0.
        reason: the call it came from, such as `message/send`; no personal data.
    """
    match family_of(code):
        case Family.RETRY:
            return TryLater(reason, code=code)
        case Family.WAIT:
            return TryLater(reason, code=code, retry_after=_PAUSES.get(code, _PAUSE))
        # A token that is refused again right after it was fetched is a matter of credentials, not of age.
        case Family.APP | Family.TOKEN:
            return AppBroken(reason, code=code, retry_after=_PAUSES.get(code, _PAUSE))
        case Family.MEMBER:
            return MemberUnreachable(reason, code=code)
        case Family.FINAL:
            return MessageRefused(reason, code=code)
