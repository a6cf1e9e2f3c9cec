"""Errors of remembering.

StoreError
├── SchemaTooOld        the database needs `paidan db upgrade`
├── SchemaTooNew        the database was upgraded by a newer program
├── WrongDataKey        the data key can't open what is stored
├── AnotherWriter       another process holds this SQLite database for writing
├── Overloaded          more is waiting to be written than the writer can take
└── NotFound            no such row
"""


class StoreError(Exception):
    """The store could not do what was asked."""


class SchemaTooOld(StoreError):
    """The database has an older schema than this program: run `paidan db upgrade`."""


class SchemaTooNew(StoreError):
    """The database was upgraded by a newer program than this one."""


class WrongDataKey(StoreError):
    """PAIDAN_DATA_KEY does not open what this database holds."""


class AnotherWriter(StoreError):
    """Another process writes to this SQLite database; only one may."""


class Overloaded(StoreError):
    """More is waiting to be written than can be taken; try again shortly."""


class NotFound(StoreError):
    """There is no such row."""
