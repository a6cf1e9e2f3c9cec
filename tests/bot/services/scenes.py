"""Scenes in which services say each thing that they say unasked, for a company that reads one language.

Everything that people and customers bring along (names, companies, rules) is written in Latin letters here, so that any
Chinese character on an English reader's phone is one that the program put there.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from bot.chat import inbox
from bot.messaging import (
    AppBroken,
    CardMessage,
    ClosedCard,
    ConfirmCard,
    Locale,
    MemberUnreachable,
    MessageRefused,
    Rewritten,
    TextMessage,
    TryLater,
)
from bot.services import manage
from bot.services.audit import audit
from bot.services.receive import Incoming, receive
from routing.lead import Lead
from store.outbox import NewMessage, Urgency
from tests.bot.services.given import shanghai
from tests.support.office import Company
from tests.support.recording_messenger import RecordingMessenger, Shown

TEAM = """
shifts:
  day: {everyday: ["08:00-20:00"]}
teams:
  - {id: east, name: East, managers: [mia], timezone: Asia/Shanghai, shift: day}
  - {id: north, name: North, managers: [noor], timezone: Asia/Shanghai, shift: day}
admins: [root]
reps:
  - {id: adam, name: Adam, team: east, languages: [zh], locale: LOCALE, backup: beth}
  - {id: beth, name: Beth, team: east, languages: [zh], locale: LOCALE}
  - {id: carl, name: Carl, team: east, languages: [zh], locale: LOCALE}
  - {id: abel, name: Abel, team: north, languages: [zh], locale: LOCALE}
  - {id: mia, name: Mia, team: east, role: manager, languages: [zh], locale: LOCALE}
  - {id: noor, name: Noor, team: north, role: manager, languages: [zh], locale: LOCALE}
  - {id: root, name: Root, team: east, role: admin, languages: [zh], locale: LOCALE}
"""
POLICY = """
version: 1
timezone: Asia/Shanghai
scoring: {base: 50, add: [{name: large, when: {company_size: {gte: 100}}, points: 10}]}
rules:
  - {name: North, when: {channel: [north]}, teams: [north]}
  - {name: Foreign, when: {language: {not: zh}}, teams: [north], require: {language: true}}
  - {name: Rest, teams: [east]}
choose: {by: round_robin}
capacity: {open: 20, per_day: 50}
acknowledge: {within: 10m, remind: [5m, 570s], rounds: 3, silent: {times: 2, then: pause}, clock: always}
known_customer: {within: 90d}
make_up: {reasons: [wrong number], within: 30m, per_month: 5}
follow_up: {first_contact: 2h}
"""
NOBODY_ELSE = """
shifts: {day: {everyday: ["08:00-20:00"]}}
teams: [{id: east, name: East, shift: day}, {id: north, name: North, shift: day}]
admins: [root]
reps:
  - {id: root, name: Root, team: east, role: admin, takes_leads: true, locale: LOCALE}
  - {id: abel, name: Abel, team: north, languages: [zh], locale: LOCALE}
"""


@dataclass(frozen=True)
class Scene:
    """One story: who is there, by which rules, and what happens."""

    happens: Callable[[Company], Awaitable[None]]
    team: str = TEAM
    policy: str = POLICY


SCENES: dict[str, Scene] = {}


def scene(*, team: str = TEAM, **policy: str) -> Callable[[Callable[[Company], Awaitable[None]]], None]:
    """Enter a story under its name; keywords replace lines of the policy."""

    def enter(happens: Callable[[Company], Awaitable[None]]) -> None:
        kept = [line for line in POLICY.strip().splitlines() if line.partition(":")[0] not in policy]
        kept = [line for line in kept if "rules" not in policy or not line.startswith("  ")]
        rules = "\n".join([*kept, *(f"{key}: {value}" for key, value in policy.items())])
        SCENES[happens.__name__] = Scene(happens, team, rules)

    return enter


class SpentMessenger(RecordingMessenger):
    """Every code was used before: no card can be rewritten."""

    async def rewrite(self, code: str, to: str, message: CardMessage, *, locale: Locale = "zh-CN") -> Rewritten:
        """Say so."""
        del code, to, message, locale
        return Rewritten("code_spent")


async def lead(floor: Company, company: str, rep: str | None = None, **known: Any) -> int:
    """Post a lead of a company that nobody knows yet; with a rep, let a manager give it to that one."""
    given: dict[str, Any] = {"company": company, "name": f"Ann {company}", "channel": "web form"} | known
    lead_id = await floor.lead(**given)
    if rep is not None and (offer := await floor.running(lead_id)) is not None and offer.rep_id != rep:
        await floor.says("root", f"assign L{lead_id} {rep}")
    return lead_id


async def owned(floor: Company, company: str, rep: str, **known: Any) -> int:
    """Post a lead and let this rep accept it."""
    lead_id = await lead(floor, company, rep, **known)
    await floor.says(rep, f"accept L{lead_id}")
    return lead_id


async def _sql(floor: Company, statement: str) -> None:
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql(statement))


async def _number(floor: Company, lead_id: int) -> int:
    return (await floor.row(lead_id)).offer_no


@scene()
async def nobody_answers(floor: Company) -> None:
    """Reminders, lost leads, pauses for silence, managers asked one after the other, the morning after."""
    for company in ("Acme", "Bolt", "Coil"):
        await lead(floor, company)
    for _ in range(20):
        await floor.goes(minutes=5)
    floor.clock.moment = shanghai(8, day=3)
    await floor.ticks()


@scene()
async def the_last_half_minute(floor: Company) -> None:
    """A reminder half a minute before the end."""
    await lead(floor, "Acme")
    await floor.goes(seconds=570)


@scene(team=NOBODY_ELSE, acknowledge="{within: 10m, rounds: 1, clock: always}")
async def nobody_to_ask(floor: Company) -> None:
    """The only one who could be asked is the one who did not answer."""
    await lead(floor, "Acme")
    await floor.goes(minutes=10)


@scene(capacity="{open: 1, per_day: 50}")
async def everybody_is_full(floor: Company) -> None:
    """The managers hear that the pool fills up."""
    for company in ("Acme", "Bolt", "Coil", "Dash"):
        await lead(floor, company)


@scene()
async def cards_do_not_arrive(floor: Company) -> None:
    """One card never, then nobody's."""
    floor.messenger.failures[:] = [TryLater("busy", retry_after=1000)]
    await lead(floor, "Acme")
    for _ in range(12):
        await floor.goes(seconds=30)
    floor.messenger.failures[:] = [AppBroken("message/send", code=60020, retry_after=60)] * 3
    await lead(floor, "Bolt")
    for _ in range(6):
        await floor.goes(minutes=1)


@scene()
async def a_card_is_refused(floor: Company) -> None:
    """Words stand in for it."""
    floor.messenger.failures[:] = [MessageRefused("message/send", code=40008)]
    await lead(floor, "Acme")


@scene()
async def a_rep_cannot_be_reached(floor: Company) -> None:
    """Whom WeCom does not know gets no more leads; the manager hears of it."""
    floor.messenger.failures[:] = [MemberUnreachable("message/send", code=60111)]
    await lead(floor, "Acme")


@scene()
async def a_managers_pick_is_not_reached(floor: Company) -> None:
    """The manager has the lead back."""
    lead_id = await lead(floor, "Acme")
    await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "carl", by="mia"))
    floor.messenger.failures[:] = [MemberUnreachable("message/send", code=60111)]
    await floor.deliver()


@scene()
async def things_break(floor: Company) -> None:
    """What admins are told of: faults of the program itself."""
    await floor.do(lambda desk: desk.tx.timer("of_the_future", desk.now))
    await floor.ticks()
    await floor.do(lambda desk: desk.tx.message(NewMessage("adam", "of_the_future", Urgency.ANSWER, lead_id=1001)))
    lead_id = await lead(floor, "Acme")
    await floor.do(lambda desk: desk.tx.message(NewMessage("adam", "of_the_future", Urgency.ANSWER, lead_id=lead_id)))
    await floor.deliver()
    await floor.do(lambda desk: inbox.apologise(desk, floor.text("adam", "?")))
    await _sql(floor, "UPDATE decision SET record = x'00'")
    await floor.says("mia", f"withdraw L{lead_id}")
    await floor.says("mia", "confirm")


@scene()
async def timers_get_lost(floor: Company) -> None:
    """The auditor says what it has mended."""
    await lead(floor, "Acme")
    await _sql(floor, "DELETE FROM timer")
    floor.later(minutes=30)
    await floor.do(audit)
    await floor.deliver()


@scene()
async def an_owner_is_kept_up_to_date(floor: Company) -> None:
    """New facts, another visit, a stand-in while away, a reminder of one's own, a reassignment, turns given back."""
    lead_id = await owned(floor, "Acme", "adam", phone="+8613900000001")
    await floor.says("adam", f"snooze L{lead_id} 1h")
    row = await floor.row(lead_id)
    await post(floor, replace(row.lead, title="buyer"))
    await post(floor, replace(row.lead, external_id="again"))
    await floor.says("adam", "leave 2h")
    await post(floor, replace(row.lead, external_id="and again"))
    other = await owned(floor, "Bolt", "beth")
    await floor.says("beth", "offline")
    await post(floor, replace((await floor.row(other)).lead, external_id="once more"))
    await floor.goes(hours=1)
    await floor.says("mia", f"reassign L{lead_id} carl")
    await floor.says("mia", "confirm")
    await floor.says("mia", "credit carl 2 wrong number")
    await lead(floor, "Coil")


async def post(floor: Company, given: Lead) -> None:
    """Post a lead as it is, and let what it causes arrive."""
    await floor.do(lambda desk: receive(desk, [Incoming(given, None, b"")]))
    await floor.deliver()


@scene()
async def every_reason_for_a_review(floor: Company) -> None:
    """Managers are told why a lead waits for them; those on leave, silent or not able are not asked."""
    await post(floor, Lead(source="web", external_id="nobody", name="Ann", company="Acme", channel="web form"))
    await lead(floor, "Bolt", language="fr")
    declined = await lead(floor, "Coil", channel="north")
    await floor.says("abel", f"decline L{declined}")
    picked = await lead(floor, "Dash", "beth")
    await floor.says("beth", f"decline L{picked} no time")
    away = await lead(floor, "Echo", "carl")
    await floor.says("carl", "offline")
    taken = await lead(floor, "Fuse")
    await floor.says("mia", f"withdraw L{taken}")
    await floor.says("mia", "confirm")
    await floor.says("mia", "overdue")
    await floor.taps("mia", f"1:later:L{away}:{await _number(floor, away)}")


@scene()
async def every_face_of_a_closed_card(floor: Company) -> None:
    """Taps that come too late, are somebody else's, or answer a question of the program."""
    lead_id = await lead(floor, "Acme", "adam")
    number = await _number(floor, lead_id)
    await floor.taps("beth", f"1:accept:L{lead_id}:{number}")
    await floor.taps("adam", f"1:decline:L{lead_id}:{number}")
    await floor.taps("adam", f"1:reason:L{lead_id}:{number}", chosen=["busy"])
    await floor.taps("adam", f"1:accept:L{lead_id}:{number}")
    other = await owned(floor, "Bolt", "beth")
    await _asked(floor, f"reassign L{other} carl", "cancel")
    await _asked(floor, f"reassign L{other} carl", "confirm", minutes=6)
    await _asked(floor, f"reassign L{other} carl", "confirm")
    await floor.taps("mia", f"1:confirm:{_confirm_id(floor)}:0")
    await floor.taps("beth", f"1:accept:L{other}:{await _number(floor, other) - 1}")


async def _asked(floor: Company, command: str, answer: str, **waits: float) -> None:
    """Let a manager give a command that is asked back by card, and tap the answer."""
    await floor.says("mia", command)
    floor.later(**waits)
    await floor.taps("mia", f"1:{answer}:{_confirm_id(floor)}:0")


def _confirm_id(floor: Company) -> str:
    return [item.message.confirm_id for item in floor.messenger.shown if isinstance(item.message, ConfirmCard)][-1]


@scene()
async def no_card_can_be_rewritten(floor: Company) -> None:
    """Each answer on a card has words that stand in for it."""
    floor.messenger = SpentMessenger()
    for company, by in (("Acme", "accept"), ("Bolt", "decline")):
        lead_id = await lead(floor, company, "adam")
        await floor.taps("adam", f"1:{by}:L{lead_id}:{await _number(floor, lead_id)}")
        await floor.taps("beth", f"1:accept:L{lead_id}:{await _number(floor, lead_id)}")
    lead_id = await lead(floor, "Coil")
    late = await floor.running(lead_id)
    await floor.goes(minutes=10)
    await floor.taps(late.rep_id if late is not None else "", f"1:accept:L{lead_id}:1")


@scene(follow_up="{first_contact: work 80000h}")
async def nobody_says_until_when(floor: Company) -> None:
    """Without a rule on first contacts the words that stand in for a card name no time."""
    floor.messenger = SpentMessenger()
    lead_id = await lead(floor, "Acme", "adam")
    await floor.taps("adam", f"1:accept:L{lead_id}:{await _number(floor, lead_id)}")


@scene(choose="{by: best_fit}", fit="{factors: [{name: speech, weight: 100, match: language, with: languages}]}")
async def a_customer_well_known(floor: Company) -> None:
    """What a card says of a lead, and why it went to this rep."""
    known: dict[str, Any] = {
        "company_size": 800, "company_listed": True, "title": "buyer", "demand": "price", "product": "scanner",
        "quantity": 2, "submitted_at": floor.clock.now() - timedelta(days=1),
        "behaviour": {"dwell_seconds": 186, "pricing_page_visits_7d": 3, "visits_30d": 9, "pages": 12, "form_seconds": 41},
        "attributes": {"prior_orders": 2, "last_order_on": "2026-02-03", "order_amount": 120000},
    }  # fmt: skip
    first = await lead(floor, "Acme", phone="+8613900000001", language="zh", **known)
    offer = await floor.running(first)
    assert offer is not None
    await floor.says(offer.rep_id, f"accept L{first}")
    await floor.says(offer.rep_id, f"why L{first}")
    await floor.says(offer.rep_id, f"won L{first} 5000")
    await lead(floor, "Acme", phone="+8613900000001", attributes={"prior_orders": 0})


@scene()
async def what_people_ask(floor: Company) -> None:
    """The chat's own answers, to reps and managers, and to somebody who is not there yet."""
    first = await owned(floor, "Acme", "adam", company_size=800)
    second = await lead(floor, "Bolt", "adam")
    for text in ("help", "my leads", f"snooze L{second}", f"accept L{first}", "accept", "hello", "declin", "lead",
                 f"won L{first} much", f"note L{first} called", f"why L{first}", "leave", "leave some day",
                 "leave tomorrow", "leave 3-10", "leave", "leave cancel", "online", "undo", "undo", "offline", "online",
                 f"lost L{first} too dear", f"lost L{first} again", f"accept L{first}", "status", "rules"):  # fmt: skip
        await floor.says("adam", text)
    for text in ("help", "status", "load", "overdue", f"assign L{second} a", f"assign L{second} nobody", "pause beth 2h",
                 "confirm", "load", "undo", "pause beth", "confirm", "resume beth", "credit beth 9 why", "credit beth 1 why",
                 "undo", f"why L{second}", f"withdraw L{second}", "confirm", "undo"):  # fmt: skip
        await floor.says("root", text)
    await floor.says("beth", f"accept L{first}")
    await floor.says("mia", f"accept L{first}")


async def play(floor: Company, story: Scene) -> None:
    """Let a story happen."""
    floor.clock.moment = shanghai(10)
    await story.happens(floor)


def said(shown: Shown) -> list[str]:
    """Give what services put into words in one message: no word of the layout, which is the chat's."""
    match shown.message:
        case TextMessage(text=text):
            return [text, *([shown.message.link_text] if shown.message.link_text else [])]
        case ClosedCard(text=text, detail=detail):
            return [text, *([detail] if detail else [])]
        case _:
            return _leaves(asdict(shown.message))


def _leaves(values: dict[str, Any]) -> list[str]:
    found = [str(values[name]) for name in ("why", "why_you", "size", "prior_orders") if values.get(name)]
    found += [option["text"] for option in values.get("reasons", ())]
    found += list(values.get("traits", ()))
    found += list(values.get("documents", ()))
    return found + (_leaves(values["profile"]) if "profile" in values else [])
