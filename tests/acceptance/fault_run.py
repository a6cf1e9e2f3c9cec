"""Every fault of the stand-in WeCom while leads come in and reps tap: in the end each card is there, once, and in time."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from sandbox.state import Sandbox
from tests.support.recount import all_wrong, rows_of, until_drained, wrong_with_clocks, wrong_with_intake
from tests.support.running_service import RunningService
from tests.support.traffic import Reps, Source, habit_of, source

_SEND = "message/send"
#: Codes that WeCom answers for good reason after one of its own faults: a token that has ended, a code that was used.
_AFTERMATH = frozenset({40014, 42001, 60140})


@dataclass(frozen=True)
class Fault:
    """A switched-on fault; `count` ends those that stop all sending for half a minute after the first."""

    kind: str
    endpoint: str = "*"
    probability: float = 0.15
    count: int | None = None
    delay: float = 1.0


@dataclass(frozen=True)
class Phase:
    """Faults that are on while some of the leads come in.

    Attributes:
        repeats: what WeCom answers to a card sent twice.
        one_first: one lead comes before the others, so that nothing is under way that would get through after the fault.
    """

    name: str
    faults: tuple[Fault, ...]
    repeats: str = "ok"
    one_first: bool = False


def _alone(kind: str, **more: object) -> Phase:
    return Phase(kind, (Fault(kind, **more),))  # type: ignore[arg-type]


#: Over in seconds.
QUICK = (
    _alone("busy"),
    _alone("token_expired", endpoint=_SEND, probability=0.2),
    _alone("token_invalid", endpoint=_SEND, probability=0.2),
    _alone("too_many_concurrent"),
    _alone("drop_before"),
    _alone("drop_after"),
    Phase("drop_after, repeats answered 42014", (Fault("drop_after"),), repeats="task_id"),
    _alone("bad_gateway"),
    _alone("malformed_json"),
    _alone("slow", probability=0.5),
    _alone("duplicate_callback", probability=0.5),
    _alone("delayed_callback", probability=0.5),
    _alone("reordered_callback", probability=0.5),
    _alone("lost_callback"),
)
#: Each opens the circuit: nothing is sent for a quarter or half a minute, whoever it was for.
IP_REFUSED = (Phase("ip_refused", (Fault("ip_refused", _SEND, 1.0, count=1),), one_first=True),)
RATE_LIMITED = (Phase("rate_limited", (Fault("rate_limited", _SEND, 1.0, count=1),), one_first=True),)
#: Longer than the service waits for an answer, so that a message that did arrive looks lost.
VERY_SLOW = (_alone("slow", endpoint=_SEND, probability=0.1, count=5, delay=9.0),)
_ALL = tuple(Fault(phase.faults[0].kind, phase.faults[0].endpoint, 0.02) for phase in QUICK if phase.repeats == "ok")
#: A fifth of all calls fails in one way or another.
MIXED = (Phase("mixed", _ALL),)
MIXED_WITH_OUTAGES = (
    Phase(
        "mixed with outages",
        (*_ALL, Fault("rate_limited", _SEND, 0.02, count=1), Fault("ip_refused", _SEND, 0.02, count=1)),
    ),
)


@dataclass
class Weathered:
    """What came of it: leads and taps, how long each phase took, how often each fault struck, what was wrong."""

    leads: int = 0
    taps: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Give the figures in a few lines."""
        phases = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())
        return f"{self.leads} leads, {self.taps} taps, {len(self.wrong)} wrong; struck: {self.hits}; {phases}"


async def weather(
    service: RunningService, phases: Sequence[Phase], *, leads: int, per_second: float, seed: int
) -> Weathered:
    """Go through the phases, so many leads in each, and recount when the last has gone out."""
    result, numbers, sandbox = Weathered(), count(), service.sandbox
    sandbox.faults.seed(seed)
    habit = habit_of(random.Random(seed), accepts=1.0, within=0.5)
    async with source(service.address) as sender, Reps(sandbox, habit, patience=1.5) as reps:
        for phase in phases:
            started, refused = time.monotonic(), sandbox.records.totals["refusals"]
            _switch_on(sandbox, phase)
            if phase.one_first:
                await sender.paced([next(numbers)], per_second=per_second)
                await asyncio.sleep(1)
            others = leads - 1 if phase.one_first else leads
            await sender.paced((next(numbers) for _ in range(others)), per_second=per_second)
            # The fault stays on for the taps and for what answers them, as long as there is something under way.
            await _settle(service, reps, within=180)
            sandbox.faults.clear()
            result.wrong += _refused_for_no_reason(service, phase, since=refused)
            result.seconds[phase.name] = time.monotonic() - started
        await _settle(service, reps, within=180)
        result.taps = reps.taps
    result.leads, result.hits = len(sender.answers), dict(sandbox.faults.hits)
    await _recount(result, service, sender)
    return result


def _switch_on(sandbox: Sandbox, phase: Phase) -> None:
    sandbox.messages.repeat_answer = "task_id" if phase.repeats == "task_id" else "ok"
    for fault in phase.faults:
        if fault.count is None:
            # Whatever is drawn later, it has struck at least once.
            sandbox.faults.add(fault.kind, fault.endpoint, count=1, delay_s=fault.delay)
        sandbox.faults.add(
            fault.kind, fault.endpoint, probability=fault.probability, count=fault.count, delay_s=fault.delay
        )


async def _settle(service: RunningService, reps: Reps, *, within: float) -> None:
    """Wait until nothing is under way, either way: an answer may cause a message, and a message a tap."""
    for _ in range(2):
        await until_drained(service.database_url, within=within)
        await reps.idle()
        await service.sandbox.settled()
    await until_drained(service.database_url, within=within)


def _refused_for_no_reason(service: RunningService, phase: Phase, *, since: int) -> list[str]:
    """Give what WeCom refused in a phase by our own fault; a repeat is answered 42014 only where the phase says so."""
    records = service.sandbox.records
    new, allowed = records.totals["refusals"] - since, _AFTERMATH | ({42014} if phase.repeats == "task_id" else set())
    return [
        f"{phase.name}: WeCom refused a call with {refusal.code}: {refusal.text}"
        for refusal in list(records.refusals)[len(records.refusals) - min(new, len(records.refusals)) :]
        if not refusal.injected and refusal.code not in allowed
    ]


async def _recount(result: Weathered, service: RunningService, sender: Source) -> None:
    rows, records = await rows_of(service.database_url), service.sandbox.records
    result.wrong += all_wrong(rows, service.sandbox, drained=True)
    result.wrong += wrong_with_clocks(rows, service.sandbox)
    result.wrong += wrong_with_intake(rows, sender.answers, sender.posted)
    result.wrong += [f"{key}: {answer}" for key, answer in sender.refused.items()]
    result.wrong += [f"dropped: {drop.task_id or drop.msgid} to {drop.userid}, {drop.reason}" for drop in records.drops]
    result.wrong += [
        f"L{lead['lead_id']} is {lead['state']} although its rep tapped 接单"
        for lead in rows.lead
        if lead["state"] != "owned"
    ]
    result.wrong += [line[:300] for line in service.log().splitlines() if "Traceback" in line or "exception" in line]
