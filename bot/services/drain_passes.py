"""Looks through the pool that are to come or under way: at most one of each mode, kept in `service_state`.

Everything here is read and written under the locks of the standings, so that replicas never set two.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.services.desk import Desk
from store import versions
from store.pool import anything_waits
from store.waiting_queue import Place

#: `free` looks at leads for whose rule somebody is free; `everything` at all, for when rules or people have changed.
Mode = Literal["free", "everything"]
#: Looking at a lead takes a good half millisecond of the only writer: with this much rest after each lead that found
#: nobody, a pool that nobody may take costs a seventh of it, however often somebody comes free.
REST_FOR_EACH = timedelta(milliseconds=3)
LONGEST_REST = timedelta(seconds=30)
#: A page that is overdue by so much does not come any more, or fails again and again: a new pass begins with the first.
LOST_AFTER = timedelta(seconds=30)
_PARTS_OF_PLACE = 4


@dataclass(frozen=True, slots=True)
class Pass:
    """The last pass of a mode: to come, under way, or over.

    Attributes:
        mode: which leads it looks at.
        number: names it in its timer; the timer of an earlier pass does nothing.
        page_at: when its next page is due; None when it is over.
        begun: whether a page of it has been looked at.
        after: the place of the last lead looked at; None begins with the first.
        in_vain: how many leads it has looked at that found nobody.
        again: somebody came free behind its start, so that one more pass follows.
        at_once: that one does not wait until the rest is over.
        rest_until: before this moment no pass begins by itself, not even this one.
    """

    mode: Mode
    number: int = 0
    page_at: datetime | None = None
    begun: bool = False
    after: Place | None = None
    in_vain: int = 0
    again: bool = False
    at_once: bool = False
    rest_until: datetime | None = None

    @property
    def name(self) -> str:
        """Give the subject of its timers."""
        return f"{self.mode} {self.number}"

    def is_over(self, now: datetime) -> bool:
        """Say whether nothing of it is to come: it has ended, its timer got lost, or the clock was set back since."""
        return self.page_at is None or not now - LOST_AFTER <= self.page_at <= now + LONGEST_REST

    def next_at(self, now: datetime) -> datetime:
        """Say when the next pass may begin by itself; a rest that lies further ahead than any is of a clock set back."""
        if self.rest_until is None or self.rest_until > now + LONGEST_REST:
            return now
        return max(now, self.rest_until)


def wake(desk: Desk, *, everything: bool = False, at_once: bool = False) -> None:
    """Say that somebody may have come free: a pass follows, in transactions of its own.

    Args:
        desk: the transaction's.
        everything: rules or people have changed: look at all that waits, at once.
        at_once: don't wait until the rest after the last pass is over.
    """
    desk.tx.lock_standings()  # whoever does a page has these too: what it has seen is decided before this is read
    known, hurry = _last(desk, "everything" if everything else "free"), everything or at_once
    start = desk.now if hurry else known.next_at(desk.now)
    if known.is_over(desk.now):
        if anything_waits(desk.tx.connection):
            _begin(desk, known, start)
    elif known.page_at is not None and not known.begun:
        if start < known.page_at:
            _begin(desk, known, start)
    elif not known.again or (hurry and not known.at_once):
        _keep(desk, replace(known, again=True, at_once=known.at_once or hurry))


def due(desk: Desk, name: str) -> Pass | None:
    """Give the pass that a timer is of, or None where a later one has taken its place."""
    mode: Mode = "everything" if name.startswith("everything") else "free"
    found = _last(desk, mode)
    return found if found.name == name and found.page_at is not None else None


def goes_on(desk: Desk, known: Pass, *, after: Place | None, in_vain: int) -> None:
    """Say how far a pass has come; its next page is due now, and whatever else waits for the writer goes in between."""
    page = replace(known, begun=True, after=after, in_vain=known.in_vain + in_vain, page_at=desk.now)
    _keep(desk, page)
    desk.tx.timer("drain", desk.now, subject=page.name)


def ends(desk: Desk, known: Pass, *, in_vain: int) -> None:
    """Say that a pass is over: after much work for nothing the next one waits, unless people or rules have changed."""
    rest = min((known.in_vain + in_vain) * REST_FOR_EACH, LONGEST_REST)
    over = Pass(known.mode, known.number, rest_until=desk.now + rest if known.mode == "free" else None)
    if known.again:
        _begin(desk, over, desk.now if known.at_once else over.next_at(desk.now))
    else:
        _keep(desk, over)


def _begin(desk: Desk, last: Pass, start: datetime) -> None:
    new = Pass(last.mode, last.number + 1, page_at=start, rest_until=last.rest_until)
    _keep(desk, new)
    desk.tx.timer("drain", start, subject=new.name)


def _last(desk: Desk, mode: Mode) -> Pass:
    found: dict[str, Any] | None = versions.state(desk.tx.connection, _name(mode))
    if found is None:
        return Pass(mode)
    moments = {key: datetime.fromisoformat(found[key]) for key in ("page_at", "rest_until") if found[key] is not None}
    return Pass(**{**found, **moments, "after": _read_place(found["after"])})


def _read_place(written: list[Any] | None) -> Place | None:
    """Read a place; one that an earlier release wrote, which knew no classes, begins again with the first."""
    if written is None or len(written) != _PARTS_OF_PLACE:
        return None
    return datetime.fromisoformat(written[0]), int(written[1]), datetime.fromisoformat(written[2]), int(written[3])


def _keep(desk: Desk, known: Pass) -> None:
    written: dict[str, Any] = asdict(known)
    for key in ("page_at", "rest_until"):
        written[key] = written[key] and written[key].isoformat()
    if known.after is not None:
        cut, stretch, since, lead_id = known.after
        written["after"] = [cut.isoformat(), stretch, since.isoformat(), lead_id]
    versions.set_state(desk.tx.connection, _name(known.mode), written, desk.now)


def _name(mode: Mode) -> str:
    return f"drain_{mode}"
