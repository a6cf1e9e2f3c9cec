from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from routing.decide import decide
from routing.decision import Why
from routing.decision_record import MOST_BYTES, Detail, pack, unpack
from routing.errors import UnknownVersion
from routing.fairness import reverse
from routing.policy import MILLION, Chooser, Rule, ShareFrom
from routing.record_columns import pack_columns, pack_flags, unpack_columns, unpack_flags
from routing.replay import known_of, replay, same
from routing.reps_table import reps_table
from routing.standing import Away, Standing
from tests.routing.given import policy, question, reps, roster, when
from tests.routing.many_leads import decided, floor_of


@pytest.mark.parametrize("share_from", list(ShareFrom))
@pytest.mark.parametrize("chooser", list(Chooser))
@pytest.mark.parametrize("count", [0, 1, 9, 120, 700])
def test_every_record_replays_bit_for_bit(count: int, chooser: Chooser, share_from: ShareFrom) -> None:
    """Whatever the chooser, the shares and the size of the roster: the same choice, and every rep's same reason."""
    rules, table = floor_of(count, chooser, share_from)
    for decision, record in decided(rules, table, 25, seed=count):
        assert len(record) <= MOST_BYTES
        recorded = unpack(record)
        again = replay(recorded, rules, table)
        assert same(recorded, again)
        assert (again.chosen, again.outcome, again.why) == (decision.chosen, decision.outcome, decision.why)
        assert np.array_equal(again.reasons, decision.reasons)
        assert np.array_equal(again.candidates, decision.candidates)
        assert reverse(again, table).deltas == reverse(decision, table).deltas
        if recorded.detail <= Detail.ELIGIBLE:
            assert np.array_equal(again.products, decision.products)
            assert np.array_equal(again.propensity, decision.propensity)


def test_a_small_roster_is_kept_whole_and_a_large_one_as_far_as_it_fits() -> None:
    """Up to a few hundred reps everything is there; beyond, what can't have mattered is left out, and marked."""
    details = {}
    for count in (50, 300, 900, 5_000, 40_000):
        rules, table = floor_of(count, Chooser.FAIR_FIT, ShareFrom.WIN_RATE)
        records = [unpack(record) for _, record in decided(rules, table, 12, seed=1)]
        details[count] = Counter(record.detail for record in records)
        assert all(same(record, replay(record, rules, table)) for record in records)
    assert details[50] == {Detail.ALL: 12}
    assert Detail.ELIGIBLE in details[300]
    assert Detail.NARROW in details[900]
    assert Detail.OUTLINE in details[5_000]
    assert Detail.CHOSEN in details[40_000]


def test_a_reversal_without_the_weights_still_sums_to_zero() -> None:
    """For rosters of thousands the shares are not kept; what is taken back is near what was given."""
    rules, table = floor_of(5_000, Chooser.FAIR_FIT, ShareFrom.WIN_RATE)
    outlines = 0
    for decision, record in decided(rules, table, 12, seed=2):
        recorded = unpack(record)
        if recorded.detail is not Detail.OUTLINE or not decision.in_account:
            continue
        outlines += 1
        deltas = reverse(replay(recorded, rules, table), table).deltas
        assert sum(deltas.values()) == 0
        for rep, delta in reverse(decision, table).deltas.items():
            assert abs(delta - deltas[rep]) < MILLION // 500
    assert outlines


def test_replay_in_another_process_with_another_hash_seed_gives_the_same() -> None:
    """No set, no dictionary order and no hash of Python's decides anything."""
    arguments = (60, Chooser.FAIR_FIT, ShareFrom.WIN_RATE)
    rules, table = floor_of(*arguments)
    made = list(decided(rules, table, 40, seed=3))
    lines = "".join(f"{record.hex()}\n" for _, record in made)
    command = [sys.executable, "-m", "tests.routing.many_leads", *(str(argument) for argument in arguments)]
    for seed in ("1", "424242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, env=environment)
        expected = [f"True {decision.chosen} {decision.reasons.tobytes().hex()}" for decision, _ in made]
        assert ran.stdout.splitlines() == expected


def test_a_changed_record_is_noticed() -> None:
    """Replay proves something only if another past gives another result."""
    rules, table = floor_of(20, Chooser.FAIR_FIT, ShareFrom.EQUAL)
    noticed = 0
    for decision, record in decided(rules, table, 30, seed=4):
        if decision.why is not Why.CHOSEN:
            continue
        recorded = unpack(record)
        changed = unpack_columns(*pack_columns({**recorded.columns, "open": recorded.columns["open"] + 10}))
        noticed += not same(recorded, replay(replace(recorded, columns=changed), rules, table))
    assert noticed > 10


def test_no_personal_fact_and_no_free_text_is_kept() -> None:
    """A rule may ask for them; the record does not hold them, says so, and replays all the same."""
    rules = policy(
        Rule("医院", when(demand="想买 CT，电话 13800138000", phone="+8613800138000"), None), Rule("其余", None, ())
    )
    table = reps_table(rules, roster(*reps(3)))
    asked = question(
        1, {"demand": "想买 CT，电话 13800138000", "phone": "+8613800138000", "name": "王芳", "city": "北京"}
    )
    standing = Standing.empty(table)
    decision = decide(rules, table, standing, asked)
    record = pack(decision, asked, standing, rules, table)
    recorded = unpack(record)
    assert b"13800138000" not in record
    assert recorded.question.facts == {}
    assert not recorded.facts_complete
    assert decision.rule == "医院"
    assert same(recorded, replay(recorded, rules, table))


def test_only_the_facts_that_the_policy_reads_are_kept() -> None:
    """Besides score and grade; what no rule asks for is nobody's business later."""
    rules = policy(Rule("一", when(industry="软件"), None), Rule("其余", None, None))
    table = reps_table(rules, roster(*reps(1)))
    asked = question(1, {"industry": "软件", "title": "总监", "trait.grade": "A", "trait.score": 81})
    standing = Standing.empty(table)
    record = unpack(pack(decide(rules, table, standing, asked), asked, standing, rules, table))
    assert record.question.facts == {"industry": "软件", "trait.grade": "A", "trait.score": 81}
    assert record.facts_complete


@pytest.mark.parametrize("length", [199, 5_000, 40_000])
def test_long_facts_never_make_a_long_record(length: int) -> None:
    """Texts of any length come in; the record stays within its bound and still replays."""
    names = [f"attributes.x{number}" for number in range(40)]
    facts = {name: "测" * length + name for name in names}
    rules = policy(*(Rule(name, when(**{name: facts[name]}), None) for name in names))
    table = reps_table(rules, roster(*reps(30)))
    standing = Standing.empty(table)
    asked = question(1, facts)
    decision = decide(rules, table, standing, asked)
    record = pack(decision, asked, standing, rules, table)
    assert len(record) <= MOST_BYTES
    assert same(unpack(record), replay(unpack(record), rules, table))


def test_thousands_of_exclusions_never_make_a_long_record() -> None:
    """A lead that went round everybody is still decided and recorded."""
    rules = policy()
    table = reps_table(rules, roster(*reps(3000)))
    standing = Standing.empty(table)
    asked = question(1, excluded=table.ids[:-1])
    record = pack(decide(rules, table, standing, asked), asked, standing, rules, table)
    assert len(record) <= MOST_BYTES
    assert unpack(record).chosen == 2999


def test_the_versions_must_be_those_of_the_record() -> None:
    """Replaying under other rules or other reps would prove nothing."""
    rules = policy()
    table = reps_table(rules, roster(*reps(3)))
    standing = Standing.empty(table)
    recorded = unpack(pack(decide(rules, table, standing, question()), question(), standing, rules, table))
    with pytest.raises(UnknownVersion):
        replay(recorded, policy(version=2), table)
    with pytest.raises(UnknownVersion):
        replay(recorded, rules, reps_table(rules, roster(*reps(3), version=2)))


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x02\x00\x00\x02{}", b"not a record"])
def test_what_is_no_record_is_refused(blob: bytes) -> None:
    """An unknown format is an error that says so, not a guess."""
    with pytest.raises(ValueError, match="not a decision record"):
        unpack(blob)


def test_columns_come_back_as_they_went() -> None:
    """Any 64-bit whole numbers, constants for no bytes at all, and empty columns."""
    generator = np.random.default_rng(8)
    columns = {
        "constant": np.full(7, -12345, dtype=np.int64),
        "small": generator.integers(-5, 250, 7),
        "wide": generator.integers(-(2**40), 2**40, 7),
        "other": generator.integers(0, 70_000, 3),
        "empty": np.zeros(0, dtype=np.int64),
    }
    shapes, data = pack_columns(columns)
    assert shapes["constant"] == [-12345, 0, 7]
    again = unpack_columns(shapes, data)
    assert all(np.array_equal(again[name], column) for name, column in columns.items())
    flags = generator.random(13) < 0.5
    assert np.array_equal(unpack_flags(pack_flags(flags), 13), flags)


def test_in_a_small_company_everybodys_standing_is_kept() -> None:
    """Whoever is of another team may ask why not, too; a large company's record keeps those who passed the rule."""
    for count, of_everybody in ((64, True), (65, False)):
        rules, table = floor_of(count, Chooser.FAIR_FIT, ShareFrom.WIN_RATE)
        least = count
        for _, record in decided(rules, table, 20, seed=5):
            recorded = unpack(record)
            least = min(least, len(known_of(recorded, table, recorded.rule_no)))
            assert (recorded.of_everybody, recorded.detail) == (of_everybody, Detail.ALL)
            assert len(record) < 2_500
            assert same(recorded, replay(recorded, rules, table))
        assert (least == count) is of_everybody


def test_the_credit_that_was_used_is_kept_however_many_older_ones_there_are() -> None:
    """Who can't take the lead now may hold older ones, more of them than a record has room for."""
    rules = policy()
    table = reps_table(rules, roster(*reps(30)))
    standing = Standing.empty(table)
    standing.credits[:] = 1
    standing.credit_order[:] = np.arange(1, 31)
    standing.away[:29] = Away.LEAVE
    asked = question(1)
    decision = decide(rules, table, standing, asked)
    recorded = unpack(pack(decision, asked, standing, rules, table))
    assert decision.credit == 30
    assert len(recorded.credits) == 20
    assert same(recorded, replay(recorded, rules, table))
