"""Versions: what fails is known to nobody, what was published always loads, what is only looked at is not locked."""

import asyncio

import pytest

from bot.services import manage, presence
from bot.services.assign import Ask, board_of, question_of
from bot.services.desk import Desk
from bot.services.publish import NeedsReason, import_team, publish_policy
from bot.services.receive import Incoming, KeyReused, receive
from bot.services.runner import write_down
from bot.services.standing_rows import segment_rates
from routing.decide import decide
from routing.errors import FileRefused
from routing.fairness import Reversal
from routing.fit import segment_key
from routing.lead import Lead
from store import accounts, standings, versions
from tests.bot.services.given import accept, decline, policy, running, states
from tests.support.office import POLICY, TEAM, Company


class Interrupted(Exception):
    """Something goes wrong after the use case."""


async def test_b14_a_version_that_was_rolled_back_is_used_by_nobody(floor: Company) -> None:
    """A7: the number of a version that never came to be is given to the next one, with another text and secret."""

    def fails(desk: Desk) -> None:
        publish_policy(desk, policy(capacity="{open: 1}"), author="t", reason="t")
        board_of(desk)
        raise Interrupted

    with pytest.raises(Interrupted):
        await floor.do(fails)
    published = await floor.do(lambda desk: publish_policy(desk, policy(capacity="{open: 7}"), author="t", reason="t"))

    def look(desk: Desk) -> tuple[int, int | None, bool]:
        found = desk.open_office.policy
        secret = versions.policy(desk.tx.connection, found.version).secret
        return found.version, found.capacity.open, found.secret == secret

    assert await floor.runner.look(look) == (published.version, 7, True)


async def test_a_stored_policy_loads_whatever_this_release_checks(floor: Company) -> None:
    """Published once, it was checked then; a newer release must not stop a service that runs well."""
    text = policy() + "\nfrom_the_future: {by: magic}\ngeofence: [{provinces: [西藏], teams: [nobody]}]\n"

    def store(desk: Desk) -> None:
        versions.publish_policy(desk.tx.connection, text, author="t", reason="t", now=desk.now)

    await floor.do(store)
    lead_id = await floor.lead()
    assert (await floor.row(lead_id)).state == "offered"


async def test_looking_locks_nothing_and_writes_nothing(floor: Company) -> None:
    """`Runner.look`: over a reader's connection; on PostgreSQL a lock there would be refused."""
    lead_id = await floor.lead()

    def question(desk: Desk) -> int:
        office, board = desk.open_office, board_of(desk)
        row = desk.tx.lead(lead_id)
        return decide(office.policy, office.table, board.standing, question_of(desk, Ask(row))).chosen

    looked = await asyncio.gather(*(floor.runner.look(question) for _ in range(8)))
    assert len(set(looked)) == 1


async def test_b13_publishing_with_errors_is_refused_and_with_warnings_asks_for_a_reason(floor: Company) -> None:
    """B-13, semantics 52: what was in force stays; no reason helps against an error."""
    before = await floor.runner.look(lambda desk: desk.open_office.policy.version)
    text = POLICY.replace("[5m, 8m]", "[5m, 12m]")
    with pytest.raises(NeedsReason):
        await floor.do(lambda desk: publish_policy(desk, text, author="t", reason=None))
    with pytest.raises(FileRefused):
        await floor.do(
            lambda desk: publish_policy(desk, text.replace("[east]", "[esat]"), author="t", reason="all the same")
        )
    assert await floor.runner.look(lambda desk: desk.open_office.policy.version) == before


async def test_the_text_in_force_is_not_published_again(floor: Company) -> None:
    """The same text makes no new version, whose draws would fall otherwise; not even its warnings need a reason."""
    text = POLICY.replace("[5m, 8m]", "[5m, 12m]")
    first = await floor.do(lambda desk: publish_policy(desk, text, author="t", reason="t"))
    again = await floor.do(lambda desk: publish_policy(desk, text, author="t", reason=None))
    back = await floor.do(lambda desk: publish_policy(desk, POLICY, author="t", reason="t"))

    assert (first.version, first.changed, again.version, again.changed) == (2, True, 2, False)
    assert (back.version, back.changed) == (3, True)


async def test_a_rep_without_a_stored_standing_is_counted_all_the_same(floor: Company) -> None:
    """A counter without a row would be lost: whoever takes leads gets one at the first use."""
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("DELETE FROM rep_standing"))
    lead_id = await floor.lead()
    assert (await floor.standing((await running(floor, lead_id)).rep_id)).open == 1
    await floor.do(lambda desk: presence.go_offline(desk, "root.admin"))
    assert (await floor.standing("root.admin")).offline


async def test_b22_a_closed_lead_counts_for_the_very_next_decision(floor: Company) -> None:
    """Win rates are kept between transactions; a close, a new roster and nothing else make them be counted anew."""

    def counted(desk: Desk) -> dict[str, tuple[list[int], list[int]]]:
        rates = segment_rates(desk.tx.connection, desk.open_office.table)
        assert all(len(found.wins) == len(desk.open_office.table) for found in rates.values())
        return {name: (found.wins.tolist(), found.closed.tolist()) for name, found in rates.items()}

    def close(desk: Desk) -> None:
        standings.count_close(desk.tx.connection, desk.open_office.table.ids[0], {"channel": "官网"}, won=True)

    reps = len(await floor.runner.look(lambda desk: desk.open_office.table.ids))
    name, others = segment_key("channel", "官网"), [0] * (reps - 1)
    assert await floor.do(counted) == {}
    for times in (1, 2):
        await floor.do(close)
        assert await floor.do(counted) == {name: ([times, *others], [times, *others])}
    team = TEAM.replace("name: 李四", "name: 李四四")
    assert team != TEAM
    await floor.do(lambda desk: import_team(desk, team, author="t"))
    assert await floor.do(counted) == {name: ([2, *others], [2, *others])}


async def test_a_leaver_keeps_what_is_open_and_gives_it_back_when_it_ends(floor: Company) -> None:
    """Counters of somebody who takes leads no longer stay exact."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    team = "\n".join(line for line in TEAM.splitlines() if f"id: {rep}," not in line)
    await floor.do(lambda desk: import_team(desk, team, author="t", retire_missing=True))
    assert (await floor.standing(rep)).open == 1
    await floor.goes(minutes=10)
    assert (await floor.standing(rep)).open == 0
    assert len(await floor.offers(lead_id)) == 2


async def test_a_file_that_lacks_somebody_takes_nobody_off_duty(floor: Company) -> None:
    """Semantics 38: a rep missing from the file is reported, not retired, unless `--retire-missing`."""
    lines = TEAM.splitlines()
    lacking = "\n".join(line for line in lines if "id: lisi," not in line)

    kept = await floor.do(lambda desk: import_team(desk, lacking, author="t"))
    still = await floor.runner.look(lambda desk: desk.open_office.table.ids)
    retired = await floor.do(lambda desk: import_team(desk, lacking, author="t", retire_missing=True))
    gone = await floor.runner.look(lambda desk: desk.open_office.table.ids)

    assert any("lisi" in line and "--retire-missing" in line for line in kept.changes)
    assert "lisi" in still
    assert any("lisi" in line and "不再派单" in line for line in retired.changes)
    assert "lisi" not in gone


async def test_a_team_of_the_policy_in_force_is_never_removed(floor: Company) -> None:
    """Semantics 11: without it, leads of its rules would have nobody; the file is refused whole and nothing changes."""
    await floor.do(lambda desk: publish_policy(desk, POLICY, author="t", reason="t"))
    lines = [line for line in TEAM.splitlines() if "north" not in line]

    with pytest.raises(FileRefused, match="north"):
        await floor.do(lambda desk: import_team(desk, "\n".join(lines), author="t", retire_missing=True))

    assert "north" in await floor.runner.look(lambda desk: desk.open_office.roster.teams)


async def test_a_counter_that_comes_back_to_where_it_was_is_written_back_too(floor: Company) -> None:
    """Invariant 2: a batch that writes between its items ends with the counters of its last one."""

    def there_and_back(desk: Desk) -> None:
        answer = receive(desk, [Incoming(Lead(source="web", phone="+8613800138000"), None, b"")])[0]
        write_down(desk)
        assert not isinstance(answer, KeyReused)
        manage.recall(desk, desk.tx.lead(int(str(answer["lead_id"])[1:])), by="lijing")

    await floor.do(there_and_back)
    await floor.sound()


async def _deficits(floor: Company) -> dict[str, int]:
    kept = await floor.runner.look(lambda desk: accounts.load(desk.tx.connection, lock=False))
    return {rep_id: kept.deficit_of(rep_id) for rep_id in kept.rep_ids}


async def test_a_withdrawn_offer_leaves_the_account_as_it_was_and_a_decline_stays_counted(floor: Company) -> None:
    """Semantics 4: reversed for all of its E when withdrawn by us; a decline or time-out stays counted."""
    before = await _deficits(floor)
    lead_id = await floor.lead()
    assert await _deficits(floor) != before
    await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="lijing"))
    after = await _deficits(floor)
    assert {rep: deficit for rep, deficit in after.items() if deficit} == {}
    declined = await floor.lead()
    rep = (await running(floor, declined)).rep_id
    await decline(floor, rep, declined)
    assert (await _deficits(floor))[rep] < 0


async def test_a_credit_takes_one_lead_and_comes_back_when_its_offer_is_withdrawn(floor: Company) -> None:
    """Semantics 4: the oldest credit takes the lead, outside the account; never delivered gives it back."""
    await floor.do(lambda desk: manage.give_turns(desk, "smith", 1, reason="空号", by="lijing"))
    lead_id = await floor.lead()
    offer = await running(floor, lead_id)
    assert (offer.rep_id, offer.why) == ("smith", "credit")
    assert not any((await _deficits(floor)).values())
    await floor.do(lambda desk: presence.go_offline(desk, "smith"))
    await floor.do(lambda desk: presence.go_online(desk, "smith"))
    again = await floor.lead()
    assert (await running(floor, again)).rep_id == "smith"
    await accept(floor, "smith", again)
    third = await floor.lead()
    assert (await running(floor, third)).why != "credit"


async def test_a_reversal_that_fails_never_keeps_a_lead(floor: Company) -> None:
    """Fairness must never cost a lead: an alarm says so, and the lead moves on."""
    lead_id = await floor.lead()
    rep = (await running(floor, lead_id)).rep_id
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("UPDATE decision SET policy_version = 99"))
    await floor.do(lambda desk: presence.go_offline(desk, rep))
    assert [state for _, state, _ in await states(floor, lead_id)] == ["withdrawn", "open"]
    await floor.deliver()
    assert [text for text in floor.texts(floor.messenger.shown, "root.admin") if "冲回" in text]
    mended = "UPDATE decision SET policy_version = 1 WHERE policy_version = 99"
    await floor.do(lambda desk: desk.tx.connection.exec_driver_sql(mended))


async def test_a_reversal_that_would_break_the_bound_waits(floor: Company) -> None:
    """Semantics 3: max |d| stays below 3; what waits is taken as the turns come back."""

    def owe(desk: Desk) -> int:
        board = board_of(desk)
        ids = board.table.ids[:2]
        for number in range(5):
            board.reverse(number, Reversal(1, {ids[0]: 900_000, ids[1]: -900_000}))
        return len(desk.tx.accounts().waiting)

    assert await floor.do(owe) == 3
    await floor.sound()
