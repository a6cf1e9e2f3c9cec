"""The fairness accounts of the installation: one row with everybody's columns.

One decision moves the account of all who were eligible; one row per rep would mean hundreds of updates for a single lead.
Numbers are millionths of a lead, little-endian 64-bit integers. The row is also the lock: whoever decides holds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, select, update

from store.kept_rows import keep, kept
from store.row_writer import RowWriter
from store.tables import fairness_accounts as table
from store.work import is_read_only

#: One set of accounts per team group; there is one group so far.
GROUP = "all"
_ROWS = 5
_KEPT = "accounts"
_TYPE = np.dtype("<i8")
_READ = select(table.c.rep_ids, table.c.columns, table.c.waiting).where(table.c.team_group == GROUP)
_READ_LOCKED = _READ.with_for_update()
_CHANGING = ("rep_ids", "columns", "waiting", "changed_at")
_SAVE = RowWriter(
    update(table).where(table.c.team_group == bindparam("key")).values({name: bindparam(name) for name in _CHANGING}),
    (*_CHANGING, "key"),
)


@dataclass
class Accounts:
    """Everybody's account, those included who take leads no longer.

    Attributes:
        rep_ids: whose column is which.
        columns: (5, n): deficit in all, among the best grade, among the rest; number of the latest turn; deficit in value,
            all zero until a policy balances value.
        waiting: reversals that would push somebody too far if taken now, oldest first:
            `[decision id, grade class, {rep id: millionths}, excess value]`; earlier releases wrote no excess.
    """

    rep_ids: list[str]
    columns: npt.NDArray[np.int64]
    waiting: list[list[object]] = field(default_factory=list)

    def copy(self) -> Accounts:
        """Give accounts that can be moved without moving these."""
        return Accounts(self.rep_ids, self.columns.copy(), list(self.waiting))

    def positions(self, rep_ids: Iterable[str]) -> npt.NDArray[np.intp]:
        """Give the columns of these reps; newcomers get one, at zero."""
        wanted = list(rep_ids)
        if wanted == self.rep_ids:
            return np.arange(len(wanted))
        known = {rep_id: at for at, rep_id in enumerate(self.rep_ids)}
        new = [rep_id for rep_id in wanted if rep_id not in known]
        if new:
            self.rep_ids = self.rep_ids + new
            self.columns = np.hstack([self.columns, np.zeros((_ROWS, len(new)), dtype=np.int64)])
            known = {rep_id: at for at, rep_id in enumerate(self.rep_ids)}
        return np.array([known[rep_id] for rep_id in wanted], dtype=np.intp)

    def deficit_of(self, rep_id: str) -> int:
        """Give a rep's deficit in all, 0 for somebody without an account."""
        return int(self.columns[0, self.rep_ids.index(rep_id)]) if rep_id in self.rep_ids else 0


def load(connection: Connection, *, lock: bool = True) -> Accounts:
    """Give the accounts, locked on PostgreSQL."""
    found = kept(connection, _KEPT, lambda: _read(connection, lock=lock and not is_read_only(connection)))
    return found.copy()


def _read(connection: Connection, *, lock: bool) -> Accounts:
    record = connection.execute(_READ_LOCKED if lock else _READ).one()
    n = len(record.rep_ids)
    columns = np.zeros((_ROWS, n), dtype=np.int64)
    stored = np.frombuffer(record.columns, dtype=_TYPE)
    columns.reshape(-1)[: len(stored)] = stored
    return Accounts(record.rep_ids, columns, record.waiting)


def save(connection: Connection, accounts: Accounts, now: datetime) -> None:
    """Write the accounts back."""
    # The last row is written only where value is kept.
    rows = accounts.columns if accounts.columns[-1].any() else accounts.columns[:-1]
    columns = rows.astype(_TYPE).tobytes()
    _SAVE.write(connection, [(accounts.rep_ids, columns, accounts.waiting, now, GROUP)])
    keep(connection, _KEPT, accounts.copy())
