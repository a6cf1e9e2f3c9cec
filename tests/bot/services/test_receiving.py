"""What a delivery becomes: replays, updates, known customers, leads that nobody can reach, the time before any policy."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services import follow_up, manage, presence
from bot.services.publish import import_team, publish_policy
from bot.services.receive import Incoming, KeyReused
from routing.lead import Lead
from tests.bot.services.given import (
    MICROSECOND,
    ON_DUTY,
    SHIFTS,
    accept,
    at_work,
    decline,
    number,
    policy,
    post,
    running,
    shanghai,
    states,
)  # fmt: skip
from tests.support.office import POLICY, Company, company

PHONE = Lead(source="web", phone="+8613800138000", name="王芳", company="北京华医器械有限公司")


async def test_a_delivery_again_gets_the_stored_answer_and_does_nothing_more(floor: Company) -> None:
    """B-01, semantics 27: the same key and body again, in one batch or later, whatever has become of the lead since."""
    item = Incoming(PHONE, "key-1", b"body")
    first, twin = await post(floor, item, item)
    assert first == twin
    rep = (await running(floor, number(first))).rep_id
    await accept(floor, rep, number(first))
    assert await post(floor, item) == [first]
    assert len(await floor.offers(number(first))) == 1


async def test_a_key_with_another_body_is_refused_in_one_batch_as_well_as_later(floor: Company) -> None:
    """B-01: 409; and nothing of the second body is taken."""
    first, clash = await post(
        floor, Incoming(PHONE, "k", b"a"), Incoming(replace(PHONE, phone="+8613800138001"), "k", b"b")
    )
    assert not isinstance(first, KeyReused)
    assert isinstance(clash, KeyReused)
    (later,) = await post(floor, Incoming(PHONE, "k", b"c"))
    assert isinstance(later, KeyReused)
    (elsewhere,) = await post(floor, Incoming(replace(PHONE, source="ads"), "k", b"d"))
    assert not isinstance(elsewhere, KeyReused)


async def test_one_external_id_twice_in_a_batch_is_one_lead_with_one_offer(floor: Company) -> None:
    """Invariant 1, semantics 27: the second one is an update of the first; it is decided once."""
    lead = replace(PHONE, external_id="e1")
    answers = await post(floor, lead, replace(lead, demand="要 CT"), replace(lead, quantity=3.0))
    assert [answer["duplicate"] for answer in answers if not isinstance(answer, KeyReused)] == [False, True, True]
    assert {number(answer) for answer in answers} == {number(answers[0])}
    assert len(await floor.offers(number(answers[0]))) == 1
    row = await floor.row(number(answers[0]))
    assert (row.lead.demand, row.lead.quantity, row.lead.company) == ("要 CT", 3.0, PHONE.company)


async def test_two_updates_of_a_waiting_lead_in_a_batch_make_one_offer(floor: Company) -> None:
    """Invariant 1: a pooled lead is decided anew once, however many updates come together."""
    for rep in ("zhangsan", "lisi", "lisiguang", "smith"):
        await floor.do(lambda desk, rep=rep: presence.go_offline(desk, rep))  # type: ignore[misc]
    lead = replace(PHONE, external_id="e1")
    (answer,) = await post(floor, lead)
    assert (await floor.row(number(answer))).state == "pooled"
    await floor.do(lambda desk: desk.tx.standings()["lisi"].__setattr__("offline", False))
    await post(floor, replace(lead, demand="a"), replace(lead, demand="b"))
    assert await states(floor, number(answer)) == [("lisi", "open", 1)]


async def test_the_same_phone_twice_in_a_batch_is_one_lead_and_a_visit(floor: Company) -> None:
    """Semantics 28: received or offered: attached, no new offer."""
    one, two = await post(floor, replace(PHONE, external_id="a"), replace(PHONE, source="ads", external_id="b"))
    assert (number(one), number(two)) == (number(one), number(one))
    assert not isinstance(two, KeyReused)
    assert two["duplicate"]
    assert len(await floor.offers(number(one))) == 1


async def test_an_update_with_somebody_else_s_phone_changes_its_own_lead_only(floor: Company) -> None:
    """Semantics 27: `external_id` goes before the phone."""
    mine, other = await post(
        floor, replace(PHONE, external_id="a"), Lead(source="web", phone="+8613800138001", name="李")
    )
    (again,) = await post(floor, replace(PHONE, external_id="a", phone="+8613800138001"))
    assert number(again) == number(mine) != number(other)
    assert (await floor.row(number(mine))).lead.phone == "+8613800138001"
    assert (await floor.row(number(other))).lead.name == "李"


async def test_an_update_of_a_merged_lead_reaches_the_surviving_one_and_leaves_its_origin(floor: Company) -> None:
    """Semantics 27: `lead_id` is the surviving lead; the content stays that of its own source."""
    (first,) = await post(floor, replace(PHONE, external_id="a"))
    await post(floor, replace(PHONE, source="ads", external_id="b"))
    (again,) = await post(floor, replace(PHONE, source="ads", external_id="b", budget=5.0))
    row = await floor.row(number(first))
    assert number(again) == number(first)
    assert (row.lead.source, row.lead.external_id, row.lead.budget) == ("web", "a", 5.0)


async def test_an_update_never_moves_an_offered_or_owned_lead_and_its_holder_is_told(floor: Company) -> None:
    """Semantics 27."""
    lead = replace(PHONE, external_id="a")
    (answer,) = await post(floor, lead)
    lead_id = number(answer)
    rep = (await running(floor, lead_id)).rep_id
    await floor.deliver()
    await post(floor, replace(lead, province="北京市"))
    assert (await running(floor, lead_id)).rep_id == rep
    await accept(floor, rep, lead_id)
    await post(floor, replace(lead, province="上海市"))
    assert (await floor.row(lead_id)).owner == rep
    assert len([text for text in floor.texts(await floor.deliver(), rep) if "新资料" in text]) == 2


async def test_an_update_decides_a_review_that_nobody_has_in_hand_anew(database_url: str) -> None:
    """Semantics 27: review leads are decided anew; who has let it go by is not asked again."""
    fenced = policy(geofence="[{provinces: [西藏], teams: [north]}]")
    async with company(database_url, policy=fenced) as floor:
        lead = replace(PHONE, external_id="a", province="西藏自治区")
        (answer,) = await post(floor, lead)
        row = await floor.row(number(answer))
        assert (row.state, row.review_reason) == ("review", "nobody_ever")
        await post(floor, replace(lead, demand="还是没有地区"))
        assert (await floor.row(number(answer))).state == "review"
        await post(floor, replace(lead, province="上海市"))
        assert (await floor.row(number(answer))).state == "offered"
        await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(number(answer)), by="lijing"))
        await post(floor, replace(lead, demand="换了"))
        assert (await floor.row(number(answer))).review_reason == "recalled"


@pytest.mark.parametrize("state", ["offered", "pooled", "review"])
async def test_b03_a_customer_who_is_being_dealt_with_is_attached_and_scored_again(floor: Company, state: str) -> None:
    """Semantics 28: received, offered, pooled, review: attached, no new offer."""
    (first,) = await post(floor, PHONE)
    lead_id = number(first)
    rep = (await running(floor, lead_id)).rep_id
    if state == "review":
        await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="lijing"))
    if state == "pooled":
        for name in ("zhangsan", "lisi", "lisiguang", "smith"):
            await floor.do(lambda desk, name=name: presence.go_offline(desk, name))  # type: ignore[misc]
    assert (await floor.row(lead_id)).state == state
    offers = len(await floor.offers(lead_id))
    (again,) = await post(floor, replace(PHONE, source="ads", behaviour={"visits_30d": 9}))
    assert again == {"lead_id": f"L{lead_id}", "state": state, "owner": None, "duplicate": True}
    assert len(await floor.offers(lead_id)) == offers
    assert (await floor.row(lead_id)).lead.behaviour == {"visits_30d": 9}
    assert rep


async def test_b03_an_owner_is_told_of_another_visit_and_the_backup_of_one_on_leave_too(database_url: str) -> None:
    """B-03: A gets a 客户再次来访 card; on leave it goes to A's backup."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        lead_id = await floor.lead(phone=PHONE.phone)
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "e1", by="lijing"))
        await accept(floor, "e1", lead_id)
        await post(floor, PHONE)
        shown = await floor.deliver()
        assert len([text for text in floor.texts(shown, "e1") if "再次来访" in text]) == 1
        assert not [text for text in floor.texts(shown, "e2") if "再次来访" in text]
        await floor.do(lambda desk: presence.take_leave(desk, "e1", shanghai(10), shanghai(18), entered_by="e1"))
        (answer,) = await post(floor, replace(PHONE, source="ads"))
        assert answer == {"lead_id": f"L{lead_id}", "state": "owned", "owner": "e1", "duplicate": True}
        shown = await floor.deliver()
        assert len([text for text in floor.texts(shown, "e2") if "再次来访" in text]) == 1


async def test_b03_of_a_customer_whose_owner_has_left_the_managers_hear(database_url: str) -> None:
    """B-03, semantics 28: nobody of the roster is the owner any more, so whoever manages that lead is told."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        lead_id = await floor.lead(phone=PHONE.phone)
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "e1", by="lijing"))
        await accept(floor, "e1", lead_id)
        without = SHIFTS.replace("  - {id: e1, name: 东一, team: east, backup: e2}\n", "")
        await floor.do(lambda desk: import_team(desk, without, author="t", retire_missing=True))
        (answer,) = await post(floor, replace(PHONE, source="ads"))
        assert answer == {"lead_id": f"L{lead_id}", "state": "owned", "owner": "e1", "duplicate": True}
        shown = await floor.deliver()
        assert any("再次来访" in text for text in floor.texts(shown, "lijing"))


async def test_b03_a_closed_lead_of_a_rep_on_leave_goes_to_the_stand_in(database_url: str) -> None:
    """B-03, semantics 28: lost three days ago, the owner is on leave: the stand-in is offered the new lead, by the record."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        lead_id = await floor.lead(phone=PHONE.phone)
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "e1", by="lijing"))
        await accept(floor, "e1", lead_id)
        await floor.do(lambda desk: follow_up.close_lost(desk, desk.tx.lead(lead_id), "贵", by="e1"))
        floor.clock.moment = shanghai(10, day=5)
        await floor.do(
            lambda desk: presence.take_leave(desk, "e1", shanghai(9, day=5), shanghai(18, day=6), entered_by="e1")
        )
        (answer,) = await post(floor, PHONE)
        offer = await running(floor, number(answer))
        assert (offer.rep_id, offer.why, number(answer) != lead_id) == ("e2", "only", True)


@pytest.mark.parametrize(
    ("ended", "later", "goes_to_owner"),
    [("won", timedelta(days=90), True), ("lost", timedelta(days=90), True), ("won", timedelta(days=90) + MICROSECOND, False),
     ("invalid", timedelta(days=1), False)],
)  # fmt: skip
async def test_b03_a_customer_of_old_goes_to_the_last_owner_within_ninety_days(
    floor: Company, ended: str, later: timedelta, goes_to_owner: bool
) -> None:
    """Semantics 28: won or lost no longer ago than `within`: a new lead to that owner; invalid: a new lead like any other."""
    lead_id = await floor.lead(phone=PHONE.phone)
    await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "zhaoliu", by="root.admin"))
    await accept(floor, "zhaoliu", lead_id)
    close = {"won": lambda desk: follow_up.close_won(desk, desk.tx.lead(lead_id), 1, by="zhaoliu"),
             "lost": lambda desk: follow_up.close_lost(desk, desk.tx.lead(lead_id), "贵", by="zhaoliu"),
             "invalid": lambda desk: follow_up.close_invalid(desk, desk.tx.lead(lead_id), "空", by="zhaoliu")}[ended]  # fmt: skip
    await floor.do(close)
    floor.clock.moment += later
    (answer,) = await post(floor, PHONE)
    assert number(answer) != lead_id
    assert ((await running(floor, number(answer))).rep_id == "zhaoliu") is goes_to_owner


async def test_two_deliveries_of_a_customer_of_old_in_one_batch_still_go_to_the_last_owner(floor: Company) -> None:
    """Semantics 28: an update that comes with the lead itself does not change where it goes."""
    lead_id = await floor.lead(phone=PHONE.phone)
    await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "zhaoliu", by="root.admin"))
    await accept(floor, "zhaoliu", lead_id)
    await floor.do(lambda desk: follow_up.close_won(desk, desk.tx.lead(lead_id), 1, by="zhaoliu"))
    lead = replace(PHONE, external_id="twice")
    answer, _ = await post(floor, lead, replace(lead, demand="CT"))
    assert await states(floor, number(answer)) == [("zhaoliu", "open", 1)]


async def test_b03_the_stand_in_has_a_known_customer_while_the_owner_is_away_and_then_rounds_go_on(
    database_url: str,
) -> None:
    """Semantics 28: stand-in if away, then normal rounds."""
    async with at_work(database_url, at=shanghai(10)) as floor:
        lead_id = await floor.lead(phone=PHONE.phone)
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "e1", by="lijing"))
        await accept(floor, "e1", lead_id)
        await floor.do(lambda desk: follow_up.close_won(desk, desk.tx.lead(lead_id), 1, by="e1"))
        await floor.do(lambda desk: presence.go_offline(desk, "e1"))
        (answer,) = await post(floor, PHONE)
        assert (await running(floor, number(answer))).rep_id == "e2"
        await floor.do(lambda desk: presence.go_online(desk, "e1"))
        await decline(floor, "e2", number(answer))
        assert await states(floor, number(answer)) == [("e2", "declined", 1), ("e1", "open", 2)]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"phone": "+8613800138000"}, {"phone": "+8613800138000", "email": "x@example.com"}, True),
        ({"wechat": "Wx_One"}, {"wechat": "wx_one"}, True),
        ({"email": "a@example.com"}, {"email": "a@example.com"}, True),
        ({"phone": "+8613800138000"}, {"phone": "+8613800138001"}, False),
        ({"phone": "+8613800138000", "company": "北京华医器械有限公司", "name": "王芳"},
         {"phone": "+8613800138001", "company": "北京华医器械（有限公司）", "name": "王芳"}, True),
        ({"phone": "+8613800138000", "company": "北京有限公司", "name": "王芳"},
         {"phone": "+8613800138001", "company": "北京有限公司", "name": "王芳"}, False),
        ({"phone": "+8613800138000", "is_test": True}, {"phone": "+8613800138000"}, False),
    ],
)  # fmt: skip
async def test_b03_a_customer_is_known_by_phone_wechat_mail_or_company_with_contact(
    floor: Company, first: dict[str, object], second: dict[str, object], same: bool
) -> None:
    """B-03, semantics 28: in this order; a name without anything distinctive, or a test, identifies nobody."""
    (one,) = await post(floor, Lead(source="web", **first))  # type: ignore[arg-type]
    (two,) = await post(floor, Lead(source="ads", **second))  # type: ignore[arg-type]
    assert (number(one) == number(two)) is same


async def test_a_test_lead_is_invalid_and_offered_to_nobody(floor: Company) -> None:
    """Semantics 29: `is_test` leads are `invalid`, reason `test`."""
    (answer,) = await post(floor, replace(PHONE, is_test=True, external_id="t"))
    row = await floor.row(number(answer))
    assert (row.state, row.close_reason, await floor.offers(row.lead_id)) == ("invalid", "test", [])
    await post(floor, replace(PHONE, is_test=True, external_id="t", demand="x"))
    assert (await floor.row(row.lead_id)).state == "invalid"


async def test_a_lead_without_any_contact_goes_to_review_and_on_when_there_is_one(floor: Company) -> None:
    """Semantics 29: `no_contact`."""
    bare = Lead(source="ads", external_id="n", name="王芳")
    (answer,) = await post(floor, bare)
    row = await floor.row(number(answer))
    assert (row.state, row.review_reason) == ("review", "no_contact")
    await post(floor, replace(bare, demand="x"))
    assert (await floor.row(row.lead_id)).state == "review"
    await post(floor, replace(bare, phone="+8613800138000"))
    assert (await floor.row(row.lead_id)).state == "offered"


async def test_what_came_in_before_any_policy_is_decided_when_one_is_published(database_url: str) -> None:
    """Semantics 27: state `received`; decided on the first publish, oldest first, known customers once."""
    async with company(database_url, policy=None) as floor:
        one, again, two, bare = await post(
            floor,
            PHONE,
            replace(PHONE, source="ads"),
            Lead(source="web", email="a@example.com"),
            Lead(source="ads", name="无"),
        )
        assert number(again) == number(one)
        assert [answer["state"] for answer in (one, two, bare) if not isinstance(answer, KeyReused)] == ["received"] * 3
        await floor.do(lambda desk: publish_policy(desk, POLICY, author="t", reason="t"))
        await floor.sound()
        assert (await floor.row(number(one))).state == "offered"
        assert (await floor.row(number(two))).state == "offered"
        assert (await floor.row(number(bare))).review_reason == "no_contact"


async def test_b15_whoever_waits_longer_is_served_before_a_lead_that_comes_in_now(database_url: str) -> None:
    """B-15: served in the order of arrival, also when somebody comes free at the very moment a new lead arrives."""
    async with at_work(database_url, at=shanghai(8, 59)) as floor:
        (old,) = await post(floor, PHONE)
        assert (await floor.row(number(old))).state == "pooled"
        rules = ON_DUTY.replace("{open: 20, per_day: 50}", "{open: 1}")
        await floor.do(lambda desk: publish_policy(desk, rules, author="t", reason="t"))
        await floor.do(lambda desk: presence.go_offline(desk, "e2"))
        floor.clock.moment = shanghai(9)
        (new,) = await post(floor, Lead(source="web", phone="+8613800138001"))
        assert (await floor.row(number(old))).state == "offered"
        assert (await floor.row(number(new))).state == "pooled"
