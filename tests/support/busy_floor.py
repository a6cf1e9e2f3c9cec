"""A sales floor on a bad day: everything that can happen, in any order, from one seed.

Webhooks, taps, commands, clocks that jump both ways, people who come and go, policies and teams that change back and
forth, a carrier that fails, and processes that die at any transaction of any of these, before its commit or after it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.messaging import AppBroken, MemberUnreachable, MessageRefused, MessagingError, TryLater
from bot.services import answer, claims, follow_up, hot_leads, looks, manage, parking, presence, recycling
from bot.services.answer import Answer
from bot.services.audit import audit
from bot.services.deadlines import run_due
from bot.services.delivery import settle, take
from bot.services.desk import Desk
from bot.services.publish import import_team, publish_policy, roll_back_policy
from bot.services.receive import Incoming, receive
from routing.errors import FileRefused
from routing.lead import Lead
from store import follow_ups, timers
from tests.support.floor_chat import FloorChat
from tests.support.floor_company import MANAGERS, POLICY, REPS, TEAM
from tests.support.floor_memory import FloorMemory
from tests.support.mortal_process import ProcessDied, make_mortal, start_anew
from tests.support.office import Company
from tests.support.touched_leads import watch

#: So many steps after one look at every lead there is another; in between what was touched is looked at.
WHOLE_EVERY = 100
#: How often a process dies in the middle of something.
DYING = 0.03


@dataclass
class BusyFloor:
    """Does one random thing after the other; `said` keeps what, so that a failure can be told.

    Attributes:
        company: where it happens.
        seed: of all that is drawn.
        said: what happened.
        deaths: how many processes have died.
    """

    company: Company
    seed: int
    said: list[str] = field(default_factory=list)
    deaths: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.chat = FloorChat(self.company, self.random, (*REPS, *MANAGERS, "stranger"), REPS)
        self.memory = FloorMemory(MANAGERS)

    async def opens(self) -> None:
        """Put team and policy into force."""
        await self.company.runner.database.write(watch)
        clock = self.random.choice(["on_duty", "always"])
        text = POLICY.replace("CLOCK", clock)
        await self.company.do(lambda desk: import_team(desk, TEAM, author="test"))
        await self.company.do(lambda desk: publish_policy(desk, text, author="test", reason="a test"))

    async def step(self) -> None:
        """Do one thing, and check that everything still holds."""
        thing = self._drawn()
        try:
            told = await (self.dies(thing) if self.random.random() < DYING else thing())
        except Exception as error:
            error.add_note(f"seed {self.seed}, at step {len(self.said) + 1}, {thing.__name__}:\n{self._story()}")
            raise
        self.said.append(f"{self.company.clock.now():%d %H:%M:%S.%f} {told}")
        await self.holds(whole=len(self.said) % WHOLE_EVERY == 0)

    async def holds(self, *, whole: bool) -> None:
        """Check every invariant, of what was touched since the last time or of everything."""
        shown = self.company.messenger.shown
        found = await self.company.runner.look(lambda desk: self.memory.look(desk, shown, whole=whole))
        if found:
            problems = "\n".join(found)
            raise AssertionError(f"seed {self.seed}, after step {len(self.said)}:\n{self._story()}\n\n{problems}")

    def _drawn(self) -> Callable[[], Awaitable[str]]:
        things: list[tuple[int, Callable[[], Awaitable[str]]]] = [
            (30, self.post), (20, self.answers), (4, self.late_answer), (10, self.closes), (6, self.manager_moves),
            (6, self.comes_or_goes), (20, self.time_passes), (25, self.tick), (20, self.send), (2, self.new_version),
            (2, self.credit), (3, self.audits), (10, self.pool), (6, self.parks), (3, self.days_pass), (4, self.breaker),
            (30, self.chat.speaks), (3, self.repeats),
        ]  # fmt: skip
        return self.random.choices([each for _, each in things], [weight for weight, _ in things])[0]

    def _story(self) -> str:
        return "\n".join(self.said[-25:])

    async def dies(self, thing: Callable[[], Awaitable[str]]) -> str:
        """Let the process die at one of the transactions of something, or after it, and another one take over."""
        runner = make_mortal(self.company)
        runner.lives_for, runner.commits = self.random.choice([1, 1, 2, 3]), self.random.random() < 0.5
        try:
            told = await thing()
        except ProcessDied:
            told = f"{thing.__name__}, cut off {'after' if runner.commits else 'before'} a commit"
        self.company.messenger.failures.clear()
        self.deaths += 1
        await start_anew(self.company)
        return f"the process dies: {told}"

    async def repeats(self) -> str:
        """Deliver again what has been handled: no lead may be touched."""
        await self.holds(whole=False)
        before = self.memory.touched
        told = await self.chat.repeats()
        await self.holds(whole=False)
        assert self.memory.touched == before, "a repeat had an effect"
        return told

    async def post(self) -> str:
        """Deliver one to four leads in a batch: new ones, repeats, the same people again, tests, some beyond reach."""
        batch = [self._incoming() for _ in range(self.random.choice([1, 1, 2, 4]))]
        if self.random.random() < 0.2:
            batch.append(self.random.choice(batch))
        answers = await self.company.do(lambda desk: receive(desk, batch))
        found = self.memory.answered(batch, answers)
        assert not found, found
        return f"posted {answers}"

    def _incoming(self) -> Incoming:
        draw = self.random
        person = draw.randrange(80)
        lead = Lead(
            source=draw.choice(["web", "ads"]),
            external_id=f"x{draw.randrange(150)}" if draw.random() < 0.7 else None,
            phone=f"+86138{person:08d}" if draw.random() < 0.9 else None,
            email=f"p{person}@example.com" if draw.random() < 0.5 else None,
            company=f"远航{person}号仪器有限公司", name="王芳", product=draw.choice(["CT", "软件", None]),
            province=draw.choice(["新疆维吾尔自治区", "上海市", None]), company_size=draw.choice([10, 900, None]),
            is_test=draw.random() < 0.03,
        )  # fmt: skip
        key = f"k{draw.randrange(60)}" if draw.random() < 0.3 else None
        return Incoming(lead, key, draw.choice([b"a", b"a", b"b"]))

    async def answers(self) -> str:
        """Answer a running offer: mostly by the rep that it was made to, sometimes by somebody else, sometimes twice."""
        running = await self._rows("SELECT lead_id, offer_no, rep_id FROM offer WHERE state = 'open'")
        if not running:
            return "nothing to answer"
        lead_id, offer_no, rep = self.random.choice(running)
        who = rep if self.random.random() < 0.9 else self.random.choice(REPS)
        return await self._say(who, lead_id, offer_no)

    async def late_answer(self) -> str:
        """Answer any offer there ever was, or one that never was."""
        made = await self._rows("SELECT lead_id, offer_no, rep_id FROM offer")
        if not made or self.random.random() < 0.1:
            return await self._say("e1", 99_999, 1)
        lead_id, offer_no, rep = self.random.choice(made)
        return await self._say(rep, lead_id, offer_no)

    async def _say(self, who: str, lead_id: int, offer_no: int) -> str:
        said = Answer(who, lead_id, self.random.choice([offer_no, offer_no, None]), self.random.choice([None, "code"]))
        verb = self.random.choice([answer.accept, answer.accept, answer.decline, answer.snooze])

        def twice(desk: Desk) -> str:
            first = verb(desk, said).answered
            return f"{first}, {verb(desk, said).answered}"

        use_case: Callable[[Desk], str] = (
            twice if self.random.random() < 0.2 else lambda desk: verb(desk, said).answered
        )
        return f"{who} {verb.__name__} L{lead_id}/{said.offer_no}: {await self.company.do(use_case)}"

    async def closes(self) -> str:
        """Close, or note something on, a lead that somebody owns."""
        owned = await self._rows("SELECT lead_id, owner FROM lead WHERE state = 'owned'")
        if not owned:
            return "nothing to close"
        lead_id, owner = self.random.choice(owned)
        what = self.random.choice(["won", "lost", "invalid", "note", "later"])

        def use_case(desk: Desk) -> None:
            row = desk.tx.lead(lead_id)
            if what == "won":
                follow_up.close_won(desk, row, 1000, by=owner)
            elif what == "lost":
                follow_up.close_lost(desk, row, "太贵", by=owner)
            elif what == "invalid":
                follow_up.close_invalid(desk, row, "空号", by=owner)
            elif what == "note":
                follow_up.note(desk, row, "已联系", by=owner)
            else:
                follow_up.remind_later(desk, row, desk.now + timedelta(hours=2), by=owner)

        await self.company.do(use_case)
        return f"{owner} {what} L{lead_id}"

    async def manager_moves(self) -> str:
        """派单, 改派 or 撤回, of any lead."""
        every = await self._rows("SELECT lead_id FROM lead")
        if not every:
            return "no lead to move"
        lead_id, by = self.random.choice(every)[0], self.random.choice(MANAGERS)
        rep = self.random.choice([*REPS, "nobody"]) if self.random.random() < 0.7 else None

        def use_case(desk: Desk) -> str:
            desk.tx.standings()
            row = desk.tx.lead(lead_id)
            try:
                if rep is None:
                    manage.recall(desk, row, by=by)
                else:
                    manage.give(desk, row, rep, by=by)
            except manage.CannotMove:
                return "which is closed"
            return ""

        return f"{by} moves L{lead_id} to {rep} {await self.company.do(use_case)}"

    async def comes_or_goes(self) -> str:
        """上线, 下线, 请假, its end, 暂停, 恢复."""
        rep, draw = self.random.choice(REPS), self.random.random()
        now = self.company.clock.now()
        hour = timedelta(hours=1)
        starts = now + self.random.choice([timedelta(0), hour / 4])
        uses: list[tuple[str, Callable[[Desk], object]]] = [
            ("online", lambda desk: presence.go_online(desk, rep)),
            ("online", lambda desk: presence.go_online(desk, rep)),
            ("offline", lambda desk: presence.go_offline(desk, rep)),
            ("leave", lambda desk: presence.take_leave(desk, rep, starts, starts + hour, entered_by=rep)),
            ("cancel", lambda desk: presence.cancel_leave(desk, int(draw * 10) + 1)),
            ("pause", lambda desk: presence.pause(desk, rep, now + hour if draw < 0.8 else None, by="lijing")),
            ("resume", lambda desk: presence.resume(desk, rep)),
            ("resume", lambda desk: presence.resume(desk, rep)),
        ]
        name, use_case = self.random.choice(uses)
        return f"{rep} {name}: {await self.company.do(use_case)}"

    async def pool(self) -> str:
        """公海 and 领取: a lead of the pool, or any other; sometimes two reps at once."""
        rep, other = self.random.sample(REPS, 2)
        if self.random.random() < 0.2:
            page = await self.company.do(lambda desk: claims.browse(desk, rep))
            return f"{rep} looks at {[row.lead_id for row in page.rows]}"
        waiting = await self._rows("SELECT lead_id FROM lead WHERE state = 'pooled'")
        any_lead = await self._rows("SELECT lead_id FROM lead")
        known = waiting if waiting and self.random.random() < 0.9 else any_lead
        if not known:
            return "nothing to claim"
        lead_id = self.random.choice(known)[0]
        if self.random.random() < 0.3:
            both = [self.company.do(lambda desk, who=who: claims.claim(desk, who, lead_id)) for who in (rep, other)]  # type: ignore[misc]
            return f"{rep} and {other} claim L{lead_id}: {await _together(both)}"
        return (
            f"{rep} claims L{lead_id}: {(await self.company.do(lambda desk: claims.claim(desk, rep, lead_id))).claimed}"
        )

    async def parks(self) -> str:
        """Park an owned lead, end that, or give the lead back."""
        owned = await self._rows("SELECT lead_id, owner FROM lead WHERE state = 'owned'")
        if not owned:
            return "nothing to park"
        lead_id, owner = self.random.choice(owned)
        days, draw = self.random.choice([1, 2, 5, 20]), self.random.random()

        def use_case(desk: Desk) -> str:
            desk.tx.standings()
            row = desk.tx.lead(lead_id)
            if draw < 0.25:
                recycling.give_back(desk, row, "不合适", by=owner)
                return "gives back"
            if row.parked_until is not None and draw < 0.6:
                parking.end(desk, row, by=owner)
                return "goes on with"
            parking.park(desk, row, desk.now + timedelta(days=days), by=owner)
            return f"parks for {days} days"

        return f"{owner} {await self.company.do(use_case)} L{lead_id}"

    async def days_pass(self) -> str:
        """Let days pass, or go to the very moment at which a lead is due for something; then see to what is due."""
        now = self.company.clock.now()
        due = await self.company.runner.look(lambda desk: follow_ups.next_due_at(desk.tx.connection))
        exactly = due is not None and due > now and self.random.random() < 0.5
        to = due if exactly and due is not None else now + timedelta(days=self.random.choice([1, 1, 2, 5]))
        self.company.clock.moment = to
        return f"days pass to {to:%m-%d %H:%M:%S}, {await self.company.do(looks.look)} looked at"

    async def time_passes(self) -> str:
        """Let time pass: a little, much, exactly to the next deadline or just short of it, now and then backwards."""
        now, kind = self.company.clock.now(), self.random.random()
        due = await self.company.runner.look(lambda desk: timers.next_due_at(desk.tx.connection))
        if kind < 0.45 and due is not None and due > now:
            short = timedelta(microseconds=1) if self.random.random() < 0.3 else timedelta(0)
            to = max(due - short, now)
        elif kind < 0.5:
            to = now - timedelta(minutes=3)
        else:
            to = now + timedelta(seconds=self.random.choice([1, 20, 90, 90, 400, 400, 3000, 20000]))
        self.company.clock.moment = to
        return f"time goes to {to:%d %H:%M:%S.%f}"

    async def tick(self) -> str:
        """Handle what is due."""
        due = await self.company.do(lambda desk: run_due(desk, limit=self.random.choice([1, 100])))
        looked = await self.company.do(lambda desk: looks.look(desk, limit=self.random.choice([1, 25])))
        return f"tick: {due} timers, {looked} looks"

    async def send(self) -> str:
        """Send what is due; some of it fails, and some of it takes so long that things happen meanwhile."""
        messenger = self.company.messenger
        parcels = await self.company.do(
            lambda desk: take(desk, messenger, limit=self.random.choice([1, 3, 50])).parcels
        )
        if self.random.random() < 0.3:
            messenger.failures[:] = [self._failure() for _ in range(self.random.choice([1, 1, 2]))]
        results = [await self.company.carry(parcel) for parcel in parcels]
        messenger.failures.clear()
        for _ in range(self.random.choice([0, 0, 0, 2])):
            await self.answers()
        await self.company.do(lambda desk: settle(desk, results))
        return f"sent {[(each.parcel.row.kind, each.error.reason if each.error else 'ok') for each in results]}"

    def _failure(self) -> MessagingError:
        return self.random.choice([
            TryLater("busy"), TryLater("slow", retry_after=30), MemberUnreachable("gone", code=60111),
            AppBroken("address", code=60020, retry_after=60), MessageRefused("card", code=60140),
        ])  # fmt: skip

    async def new_version(self) -> str:
        """Publish the policy anew with another cap, without the breaker for once; or lose a rep, or get one back."""
        if self.random.random() < 0.5:
            caps = f"open: {self.random.choice([3, 4, 6])}"
            text = POLICY.replace("CLOCK", self.random.choice(["on_duty", "always"])).replace("open: 4", caps)
            text = text if self.random.random() < 0.8 else text[: text.index("hot:")]
            return await self._policy(lambda desk: publish_policy(desk, text, author="test", reason="a test"))
        if self.random.random() < 0.4:
            known = [row[0] for row in await self._rows("SELECT version AS lead_id FROM policy_version")]
            back = self.random.choice(known[-3:])
            return await self._policy(lambda desk: roll_back_policy(desk, back, author="test"))
        gone = self.random.choice([None, "  - {id: e3", "  - {id: w2"])
        text = "\n".join(line for line in TEAM.splitlines() if gone is None or not line.startswith(gone))
        await self.company.do(lambda desk: import_team(desk, text, author="test", retire_missing=True))
        return f"a team without {gone}"

    async def _policy(self, use_case: Callable[[Desk], object]) -> str:
        try:
            return f"another policy: {await self.company.do(use_case)}"
        except FileRefused:
            return "a policy that does not fit the team: what was in force stays"

    async def breaker(self) -> str:
        """熔断 开, and now and then 关."""
        opens = self.random.random() < 0.8
        done = await self.company.do(lambda desk: hot_leads.switch_by_hand(desk, opens=opens, by="lijing"))
        return f"breaker {'opens' if opens else 'closes'}: {done}"

    async def credit(self) -> str:
        """补单."""
        rep = self.random.choice(REPS)
        try:
            given = await self.company.do(lambda desk: manage.give_turns(desk, rep, 1, reason="空号", by="lijing"))
        except manage.MonthUsedUp:
            return "no turns left"
        return f"credit {given} for {rep}"

    async def audits(self) -> str:
        """Let the auditor look."""
        return f"audit: {await self.company.do(audit)}"

    async def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return await self.company.runner.look(
            lambda desk: [tuple(row) for row in desk.tx.connection.exec_driver_sql(statement + " ORDER BY lead_id")]
        )

    async def comes_to_rest(self, until: datetime) -> None:
        """Let everything happen until a moment, in steps of a minute at most."""
        while self.company.clock.now() < until:
            await self.company.goes(minutes=1)
            await self.company.sound()


async def _together(both: Sequence[Awaitable[claims.Outcome]]) -> list[claims.Claimed]:
    """Wait for all, also where one dies: nobody must write any more when the next process takes over."""
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome.claimed for outcome in outcomes if not isinstance(outcome, BaseException)]
