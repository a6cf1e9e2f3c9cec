"""The seam between the service and whatever carries its messages to people.

Services build values (`OfferCard`, `TextMessage`, ...); a `Messenger` turns each into bytes once (`render`), and sends
those bytes as often as it takes (`send`). What a messenger can't do it says by a flag; what goes wrong it says by one
of four families:

MessagingError
├── TryLater           the same bytes again, after a pause; they may have arrived already
├── MemberUnreachable  this one person can't be reached; the lead moves on
├── AppBroken          nobody can be reached; the circuit opens, no lead burns a round
└── MessageRefused     our own fault, final; a person has to look
"""

from bot.messaging.buttons import Action, ButtonKey, parse_button_key
from bot.messaging.failures import AppBroken, MemberUnreachable, MessageRefused, MessagingError, TryLater, retry_delay
from bot.messaging.incoming import Entered, Tap, Text
from bot.messaging.null_messenger import NullMessenger, UnlimitedBudget
from bot.messaging.seam import BudgetState, Lane, Locale, Messenger, Rewritten, SendBudget, Sent
from bot.messaging.values import (
    AcceptedCard,
    CardMessage,
    ChoiceCard,
    ClosedCard,
    ConfirmCard,
    FollowUpCard,
    LeadProfile,
    Message,
    OfferCard,
    Option,
    ReasonVote,
    ReviewCard,
    ReviewItemCard,
    TextMessage,
)

__all__ = [
    "AcceptedCard",
    "Action",
    "AppBroken",
    "BudgetState",
    "ButtonKey",
    "CardMessage",
    "ChoiceCard",
    "ClosedCard",
    "ConfirmCard",
    "Entered",
    "FollowUpCard",
    "Lane",
    "LeadProfile",
    "Locale",
    "MemberUnreachable",
    "Message",
    "MessageRefused",
    "MessagingError",
    "Messenger",
    "NullMessenger",
    "OfferCard",
    "Option",
    "ReasonVote",
    "ReviewCard",
    "ReviewItemCard",
    "Rewritten",
    "SendBudget",
    "Sent",
    "Tap",
    "Text",
    "TextMessage",
    "TryLater",
    "UnlimitedBudget",
    "parse_button_key",
    "retry_delay",
]
