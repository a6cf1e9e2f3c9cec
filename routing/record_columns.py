"""Columns of whole numbers as few bytes: as many a value as the column's spread needs, none for a constant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from routing.decision import Codes, Counts, Flags, Ints

Column = Ints | Counts | Codes | Flags
"""Whole numbers of any width, or flags; they come back as the widest."""
Shape = list[int]
"""Least value, bytes a value, count."""


def pack_columns(columns: Mapping[str, Column]) -> tuple[dict[str, Shape], bytes]:
    """Give the shapes and the bytes of columns; the values of a column follow with all lowest bytes first."""
    shapes: dict[str, Shape] = {}
    parts: list[bytes] = []
    for length in sorted({len(column) for column in columns.values()}):
        alike = {name: column for name, column in columns.items() if len(column) == length}
        _pack_alike(alike, length, shapes, parts)
    return shapes, b"".join(parts)


class PackedColumns(Mapping[str, Ints]):
    """Columns as `pack_columns` wrote them, each of them unpacked when it is asked for."""

    __slots__ = ("_data", "_places", "_unpacked")

    def __init__(self, shapes: Mapping[str, Sequence[int]], data: bytes) -> None:
        """Note where each column begins; the shapes must come in the order in which they were written."""
        at, self._data = 0, data
        self._places: dict[str, tuple[int, int, int, int]] = {}
        self._unpacked: dict[str, Ints] = {}
        for name, (least, width, count) in shapes.items():
            self._places[name] = least, width, count, at
            at += width * count

    def __getitem__(self, name: str) -> Ints:
        """Unpack a column."""
        found = self._unpacked.get(name)
        if found is None:
            found = self._unpacked[name] = _unpack(self._data, *self._places[name])
        return found

    def __iter__(self) -> Iterator[str]:
        """Name the columns."""
        return iter(self._places)

    def __len__(self) -> int:
        """Count them."""
        return len(self._places)

    def as_written(self, name: str) -> tuple[int, int, bytes]:
        """Give what tells the values of a column apart from others of the same length, without unpacking it."""
        least, width, count, at = self._places[name]
        return least, width, self._data[at : at + width * count]


def unpack_columns(shapes: Mapping[str, Sequence[int]], data: bytes) -> PackedColumns:
    """Read what `pack_columns` wrote; the shapes must come in the same order."""
    return PackedColumns(shapes, data)


def _unpack(data: bytes, least: int, width: int, count: int, at: int) -> Ints:
    if not width:
        return np.full(count, least, dtype=np.int64)
    octets = np.frombuffer(data, dtype=np.uint8, count=width * count, offset=at)
    if width == 1:
        return octets + np.int64(least)
    values = np.zeros((count, 8), dtype=np.uint8)
    values[:, :width] = octets.reshape(width, count).T
    unpacked: Ints = values.view("<i8")[:, 0] + least
    return unpacked


def pack_flags(flags: Flags) -> Ints:
    """Give flags as a column of bytes, eight flags each."""
    return np.packbits(flags).astype(np.int64)


def unpack_flags(column: Ints, count: int) -> Flags:
    """Read what `pack_flags` wrote."""
    return np.unpackbits(column.astype(np.uint8), count=count).astype(np.bool_)


def _pack_alike(columns: Mapping[str, Column], length: int, shapes: dict[str, Shape], parts: list[bytes]) -> None:
    if not length:
        shapes.update({name: [0, 0, 0] for name in columns})
        return
    table = np.array(list(columns.values()), dtype="<i8")
    least = np.minimum.reduce(table, axis=1)
    table -= least[:, None]
    spans = np.maximum.reduce(table, axis=1).tolist()
    rows: list[int] = []
    octets: list[int] = []
    for row, (name, low) in enumerate(zip(columns, least.tolist(), strict=True)):
        width = (spans[row].bit_length() + 7) // 8
        shapes[name] = [low, width, length]
        rows += [row] * width
        octets += range(width)
    if rows:
        parts.append(table.view(np.uint8).reshape(len(columns), length, 8)[rows, :, octets].tobytes())
