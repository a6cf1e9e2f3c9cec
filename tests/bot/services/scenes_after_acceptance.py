"""Scenes of what happens after 接单; importing this module enters them."""

from bot.services import recycling
from tests.bot.services.scenes import owned, scene
from tests.support.office import Company

_AFTER: dict[str, str] = {
    "follow_up": "{first_contact: 2h, remind: [1h], "
    "overdue: [{after: 3h, tell: rep}, {after: 4h, tell: manager}, {after: 6h, recycle: pool}]}",
    "recycle": "[{name: cold, without_follow_up: 10d, warn: [8d], to: pool}, {name: long, without_close: 12d, to: review}]",
}


@scene(**_AFTER)
async def owners_do_not_follow_up(floor: Company) -> None:
    """Reminders with their buttons, the ladder, a lead that is lost, and what its old cards say then."""
    first, second, third = [
        await owned(floor, name, rep) for name, rep in (("Acme", "adam"), ("Bolt", "beth"), ("Coil", "carl"))
    ]
    numbers = {lead_id: (await floor.row(lead_id)).offer_no for lead_id in (first, second, third)}
    await floor.goes(hours=1)
    await floor.taps("beth", f"1:noted:L{second}:{numbers[second]}")
    await floor.taps("carl", f"1:postpone:L{third}:{numbers[third]}")
    for _ in range(5):
        await floor.goes(hours=1)
    await floor.taps("adam", f"1:noted:L{first}:{numbers[first]}")
    await floor.taps("beth", f"1:return:L{second}:{numbers[second]}")
    await floor.taps("beth", f"1:reason:L{second}:{numbers[second]}", chosen=["other"])


@scene(**_AFTER)
async def customers_go_cold(floor: Company) -> None:
    """Warnings, the end of parking, leads lost for want of follow-up or of a close."""
    cold, parked, long = [await owned(floor, name, "adam") for name in ("Acme", "Bolt", "Coil")]
    await floor.says("adam", f"note L{cold} called")
    await floor.says("adam", f"snooze L{cold} 3d")
    await floor.says("adam", f"snooze L{parked} 2026-03-09")
    for _ in range(12):
        await floor.says("adam", f"note L{long} called")
        await floor.goes(days=1)
    await floor.ticks()


@scene(**_AFTER)
async def many_things_at_once(floor: Company) -> None:
    """One message a person: reminders, leads lost, and leads that come to a manager."""
    leads = [await owned(floor, f"Acme {number}", "beth") for number in range(17)]
    await floor.goes(hours=1)
    for each in leads[:16]:
        await _recycled(floor, each, "cold_10d", "pool")
    await floor.ticks()
    more = [await owned(floor, f"Bolt {number}", "carl") for number in range(5)]
    for each in more[:4]:
        await _recycled(floor, each, "open_12d", "review")
    await floor.ticks()


async def _recycled(floor: Company, lead_id: int, code: str, to: str) -> None:
    await floor.do(lambda desk: recycling.recycle(desk, desk.tx.lead(lead_id), code, to))


@scene()
async def a_lead_comes_back_too_often(floor: Company) -> None:
    """The manager is told why it is there."""
    lead_id = await owned(floor, "Acme", "adam")
    other = await owned(floor, "Bolt", "beth")
    await floor.do(lambda desk: recycling.recycle(desk, desk.tx.lead(other), "overdue_6h", "review"))
    for rep in ("beth", "carl", "adam"):
        await floor.do(lambda desk: recycling.recycle(desk, desk.tx.lead(lead_id), "cold_10d", "pool"))
        await floor.ticks()
        if rep != "adam":
            await floor.says("root", f"assign L{lead_id} {rep}")
            await floor.says(rep, f"accept L{lead_id}")
