"""Where everybody stands: counters that decisions move, locked in the order of rep ids."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, insert, select, update

from store.column_reader import ColumnReader
from store.column_types import microseconds
from store.kept_rows import forget, kept
from store.row_writer import RowWriter
from store.rows import StandingRow, column_names
from store.tables import rep_rate, rep_standing
from store.work import is_read_only

_NAMES = column_names(StandingRow)
_CHANGING = tuple(name for name in _NAMES if name != "rep_id")
_UPDATE = RowWriter(
    update(rep_standing)
    .where(rep_standing.c.rep_id == bindparam("key"))
    .values({name: bindparam(name) for name in _CHANGING}),
    (*_CHANGING, "key"),
)
#: What is no number is one here: days from 1 on with 0 for none, moments in microseconds since 1970 with -1 for none.
_AS_NUMBER: Mapping[str, Callable[[Any], int]] = {
    "today_on": lambda day: 0 if day is None else day.toordinal(),
    "resting_since": lambda moment: -1 if moment is None else microseconds(moment),
    "paused_until": lambda moment: -1 if moment is None else microseconds(moment),
    "unreachable_since": lambda moment: -1 if moment is None else microseconds(moment),
}
_ALL = select(*(rep_standing.c[name] for name in _NAMES)).order_by(rep_standing.c.rep_id)
_READ, _READ_LOCKED = ColumnReader(_ALL), ColumnReader(_ALL.with_for_update())
_RATES = select(rep_rate)
_KEPT = "standings"
#: Under this name may be kept what is made of `rates`; a closed lead forgets it.
KEPT_RATES = "rates"
#: Everything that a standing says, so that two states of it can be compared.
_values_of = attrgetter(*_CHANGING, "rep_id")


class Standings(Mapping[str, StandingRow]):
    """Everybody's standing as it was read: columns to look at all, a row only for whoever is asked for.

    Everybody is looked at for a single lead, and hardly anybody changes. A row that has been given may be changed in
    place; columns and `changed` know of it.
    """

    def __init__(self, columns: Mapping[str, list[Any]]) -> None:
        """Take the columns by name, `rep_id` among them."""
        self._columns = columns
        self._at: dict[str, int] = {rep_id: at for at, rep_id in enumerate(columns["rep_id"])}
        self._numbers: dict[str, npt.NDArray[np.int64]] = {}
        #: The ids last asked for, and where they stand: the same roster asks for every lead.
        self._places: tuple[Sequence[str], npt.NDArray[np.intp]] = ((), np.zeros(0, dtype=np.intp))
        self._rows: dict[str, StandingRow] = {}
        self._stored: dict[str, tuple[object, ...]] = {}

    def __getitem__(self, rep_id: str) -> StandingRow:
        """Give the row of a rep; it is the same one every time."""
        row = self._rows.get(rep_id)
        if row is None:
            at = self._at[rep_id]
            row = self._rows[rep_id] = StandingRow(*(self._columns[name][at] for name in _NAMES))
            self._stored[rep_id] = _values_of(row)
        return row

    def __iter__(self) -> Iterator[str]:
        """Go through the ids."""
        return iter(self._at)

    def __len__(self) -> int:
        """Count the reps."""
        return len(self._at)

    def __contains__(self, rep_id: object) -> bool:
        """Say whether a rep has a standing, without making its row."""
        return rep_id in self._at

    def add(self, rep_id: str) -> None:
        """Take in somebody who has been given a standing of zero since these were read."""
        row = StandingRow(rep_id)
        self._at[rep_id] = len(self._at)
        for name, column in self._columns.items():
            column.append(getattr(row, name))
        self._numbers.clear()

    def missing(self, rep_ids: Sequence[str]) -> list[str]:
        """Give those of the ids that have no standing."""
        if rep_ids is self._places[0]:
            return []
        return [rep_id for rep_id in rep_ids if rep_id not in self._at]

    def positions(self, rep_ids: Sequence[str]) -> npt.NDArray[np.intp]:
        """Give where in the columns these reps stand; it stays so."""
        if rep_ids is not self._places[0]:
            self._places = rep_ids, np.array([self._at[rep_id] for rep_id in rep_ids], dtype=np.intp)
        return self._places[1]

    def column(self, name: str, positions: Iterable[int]) -> list[Any]:
        """Give one value of the reps at these positions as it is now, in their order."""
        column = self._columns[name]
        for rep_id, row in self._rows.items():
            column[self._at[rep_id]] = getattr(row, name)
        return list(map(column.__getitem__, positions))

    def numbers(self, name: str, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        """Give the same as whole numbers; see `_AS_NUMBER` for what is none."""
        number = _AS_NUMBER.get(name, int)
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = np.array(list(map(number, self._columns[name])), dtype=np.int64)
        for rep_id, row in self._rows.items():
            found[self._at[rep_id]] = number(getattr(row, name))
        return found[positions]

    def begin_anew(self) -> None:
        """Take the rows back into the columns as they were last written; whoever still holds one holds a copy."""
        for rep_id, values in self._stored.items():
            at = self._at[rep_id]
            for name, value in zip(_CHANGING, values, strict=False):
                self._columns[name][at] = value
                if name in self._numbers:
                    self._numbers[name][at] = _AS_NUMBER.get(name, int)(value)
        self._rows, self._stored = {}, {}

    def changed(self) -> list[StandingRow]:
        """Give the rows that are no longer as stored, and count them as stored from now on."""
        found = []
        for rep_id, row in self._rows.items():
            values = _values_of(row)
            if values != self._stored[rep_id]:
                self._stored[rep_id] = values
                found.append(row)
        return found


def load(connection: Connection, *, lock: bool = True) -> Standings:
    """Give everybody's standing, locked in the order of the ids and before any lead's, so that nobody deadlocks."""
    reader = _READ_LOCKED if lock and not is_read_only(connection) else _READ
    found = kept(connection, _KEPT, lambda: Standings(dict(zip(_NAMES, reader.read(connection), strict=True))))
    found.begin_anew()
    return found


def save(connection: Connection, rows: Sequence[StandingRow]) -> None:
    """Write changed standings back, one statement for all, in the order of rep ids."""
    _UPDATE.write(connection, map(_values_of, sorted(rows, key=attrgetter("rep_id"))))


def ensure(connection: Connection, rep_ids: Collection[str]) -> None:
    """Give newcomers a standing of zero; nobody else's changes."""
    known = set(connection.execute(select(rep_standing.c.rep_id)).scalars())
    new = sorted(set(rep_ids) - known)
    if new:
        connection.execute(insert(rep_standing), [{"rep_id": rep_id} for rep_id in new])
        forget(connection, _KEPT)


def rates(connection: Connection) -> list[tuple[str, str, str, int, int]]:
    """Give every (rep, segment, value, wins, closed) that has been counted."""
    return [tuple(record) for record in connection.execute(_RATES).all()]


def count_close(connection: Connection, rep_id: str, segments: dict[str, str], *, won: bool) -> None:
    """Count a closed lead in each of its segments (`channel` -> 官网表单), beside the rep's total."""
    forget(connection, KEPT_RATES)
    for segment, value in sorted(segments.items()):
        key = (rep_rate.c.rep_id == rep_id) & (rep_rate.c.segment == segment) & (rep_rate.c.value == value)
        counted = connection.execute(
            update(rep_rate).where(key).values(wins=rep_rate.c.wins + int(won), closed=rep_rate.c.closed + 1)
        )
        if counted.rowcount == 0:
            row = {"rep_id": rep_id, "segment": segment, "value": value, "wins": int(won), "closed": 1}
            connection.execute(insert(rep_rate), [row])
