"""What a record says that none before it has said: a preview takes only that over once the worlds have parted."""

from __future__ import annotations

import numpy as np

from routing.record_columns import PackedColumns, pack_columns, unpack_columns
from routing.standing import Away
from routing.what_if.matching import RECKON_EVERY, Sent

HOUR = 3_600_000_000
FIRST, SECOND = np.array([0, 1, 2]), np.array([2, 3])


def column(name: str, *values: int) -> PackedColumns:
    """Give a record's columns with this one alone."""
    return unpack_columns(*pack_columns({name: np.array(values, dtype=np.int64)}))


def test_a_column_is_news_where_it_differs_from_what_was_said_last() -> None:
    """Also where it is written as before, and another record has said something else of one of the reps meanwhile."""
    sent = Sent(4)
    steps = [
        (FIRST, (5, 6, 7), True),
        (FIRST, (5, 6, 7), False),
        (SECOND, (7, 8), True),
        (FIRST, (5, 6, 7), False),
        (SECOND, (9, 8), True),
        (FIRST, (5, 6, 7), True),
        (FIRST, (5, 6, 8), True),
        (SECOND, (9, 8), True),
        (SECOND, (9, 8), False),
    ]
    for number, (at, values, news) in enumerate(steps):
        assert sent.is_news("weight", "weight", at, column("weight", *values)) is news, number


def test_absences_are_news_again_after_every_full_hour() -> None:
    """Shifts begin and end by the clock of the other world in between; where the record knows better, it goes before."""
    sent = Sent(3)
    found = []
    for moment in (10, 20, HOUR - 1, HOUR, HOUR + 1):
        sent.begin_record(moment)
        found.append(sent.is_news("away", "away", FIRST, column("away", 0, 1, 0)))

    assert found == [True, False, False, True, False]


def test_a_lack_of_send_slots_is_said_each_time() -> None:
    """It holds for one record: the other world has forgotten it by the next."""
    sent = Sent(3)
    lacks = column("away", 0, int(Away.NO_SEND_SLOT), 0)
    sent.begin_record(0)

    assert [sent.is_news("away", "away", FIRST, lacks) for _ in range(3)] == [True, True, True]


def test_loads_are_looked_at_in_the_first_record_and_one_of_sixteen() -> None:
    """Load that comes from elsewhere moves both worlds."""
    sent = Sent(3)

    assert [number for number in range(40) if sent.begin_record(number)] == [0, RECKON_EVERY, 2 * RECKON_EVERY]
