"""What a use case works with: one transaction, what is in force, and where everybody stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from bot.messaging import SendBudget
from bot.services import texts_alarms
from bot.services.office import Office, Offices, locale_in
from bot.wording import FIRST, Words
from routing.duty import DutyBoard
from routing.lead import Lead, Scalar
from routing.policy import Policy
from routing.working_time import Schedule
from store import people, versions
from store.outbox import NewMessage, Urgency
from store.people import LeaveRow
from store.transaction import Transaction

#: `to_member` of messages that go to the operator's alert address instead of a member.
ALERT_ADDRESS = "@alert"
#: The same alarm is not raised again before this time is over: one fault may touch every lead.
ALARM_EVERY = timedelta(minutes=10)
#: A stored moment that lies further ahead than this, and than it can have been set, is of a clock that was set back since.
CLOCKS_DIFFER = timedelta(seconds=5)


@dataclass
class Desk:
    """One transaction of one use case.

    Attributes:
        tx: the transaction.
        office: what is in force; None before the first policy and the first roster.
        offices: gives older versions, under which running offers go on.
        now: the moment of this transaction.
        budget: limits of what one member may be sent; None where nobody sends anything.
        public_url: address under which people reach the service, for links; None where there is none.
        notes: what the use cases of one transaction leave for each other.
        known_facts: of leads by id, see `lead_facts.facts_kept`.
        unknown_fields: how many new leads lacked each field that a rule asks for.
    """

    tx: Transaction
    office: Office | None
    offices: Offices
    now: datetime
    budget: SendBudget | None = None
    public_url: str | None = None
    notes: dict[str, object] = field(default_factory=dict)
    known_facts: dict[int, tuple[Office, Lead, dict[str, Scalar]]] = field(default_factory=dict)
    unknown_fields: Counter[str] = field(default_factory=Counter)

    @property
    def open_office(self) -> Office:
        """Give what is in force; a programming error before anything is."""
        if self.office is None:
            msg = "nothing is in force yet"
            raise RuntimeError(msg)
        return self.office

    @cached_property
    def leaves(self) -> dict[str, tuple[LeaveRow, ...]]:
        """Give everybody's leave that is running or to come."""
        found: dict[str, tuple[LeaveRow, ...]] = {}
        for row in people.leaves_from(self.tx.connection, self.now):
            found[row.rep_id] = (*found.get(row.rep_id, ()), row)
        return found

    @cached_property
    def duty(self) -> DutyBoard:
        """Give the duty of everybody who takes leads, leave included, in the order of the reps table."""
        leave = tuple(
            (row.rep_id, row.starts_at, row.ends_at) for _, rows in sorted(self.leaves.items()) for row in rows
        )
        return self.offices.duty(self.open_office, leave, self.schedule_of)

    def schedule_of(self, person: str) -> Schedule:
        """Give a person's duty, leave included. Somebody without a shift, or unknown, is always on duty."""
        office = self.open_office
        plain = office.schedules.get(person) or Schedule(None, office.policy.timezone, office.days)
        leave = tuple((row.starts_at, row.ends_at) for row in self.leaves.get(person, ()))
        return Schedule(plain.shift, plain.timezone, plain.days, leave) if leave else plain

    def policy_of(self, version: int) -> Policy:
        """Give the policy version that a running offer was made under."""
        office = self.open_office
        return office.policy if version == office.policy.version else self.offices.policy(self.tx.connection, version)

    def locale_of(self, person: str) -> str:
        """Give the language in which this person reads; the roster alone tells, also while no policy is in force."""
        if self.office is not None:
            return self.office.locale_of(person)
        return locale_in(self.offices.roster_in_force(self.tx.connection), person)

    def tell(self, person: str, words: Words, /, *, urgency: Urgency = Urgency.REMINDER, lead_id: int | None = None,
             offer_no: int | None = None, **values: object) -> None:  # fmt: skip
        """Queue a text for one person, in the language of that person.

        Args:
            person: who reads it.
            words: what is said.
            urgency: which of several messages goes first.
            lead_id: the lead that it is about.
            offer_no: the offer that it is about.
            values: fill the names in the words; what has a language of its own comes in the person's.
        """
        text = words.say(self.locale_of(person), **values)
        self.tell_text(person, text, urgency=urgency, lead_id=lead_id, offer_no=offer_no)

    def tell_text(self, person: str, text: str, *, urgency: Urgency = Urgency.REMINDER, lead_id: int | None = None,
                  offer_no: int | None = None) -> None:  # fmt: skip
        """Queue a text that has been put together in the language of whoever reads it."""
        self.tx.message(NewMessage(person, "text", urgency, lead_id=lead_id, offer_no=offer_no, private={"text": text}))

    def may_say(self, name: str, *, every: timedelta) -> bool:
        """Say whether something has not been said for so long, and remember that it is being said now."""
        told = self.notes.get(name) or versions.state(self.tx.connection, name)
        if told is not None and -CLOCKS_DIFFER <= self.now - datetime.fromisoformat(str(told)) < every:
            self.notes[name] = told
            return False
        self.notes[name] = self.now.isoformat()
        versions.set_state(self.tx.connection, name, self.now.isoformat(), self.now)
        return True

    def alarm(self, code: str, words: Words, /, **values: object) -> None:
        """Tell the operator's alert address and every admin: something needs a hand. The text holds no personal data.

        Equal codes are told once in ten minutes, however often the cause comes up. Nobody's language is known at the
        alert address; machines there go by the code.
        """
        if not self.may_say(f"alarm:{code}", every=ALARM_EVERY):
            return
        told_first: dict[str, object] = {"code": code, "text": words.say(FIRST, **values)}
        self.tx.message(NewMessage(ALERT_ADDRESS, "alert", Urgency.ANSWER, payload=told_first))
        if self.office is not None:
            for admin in self.office.roster.admins:
                self.tell(admin, texts_alarms.TOLD, alarm=words.say(self.locale_of(admin), **values))
