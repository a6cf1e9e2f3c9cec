"""Columns of whole numbers as few bytes: as many a value as the column's spread needs, none for a constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def unpack_columns(shapes: Mapping[str, Sequence[int]], data: bytes) -> dict[str, Ints]:
    """Read what `pack_columns` wrote; the shapes must come in the same order."""
    columns: dict[str, Ints] = {}
    at = 0
    for name, (least, width, count) in shapes.items():
        size = width * count
        octets = np.frombuffer(data, dtype=np.uint8, count=size, offset=at)
        at += size
        if width <= 1:
            # Most columns: no wider than a byte, or the same for all.
            columns[name] = octets + np.int64(least) if width else np.full(count, least, dtype=np.int64)
            continue
        values = np.zeros((count, 8), dtype=np.uint8)
        values[:, :width] = octets.reshape(width, count).T
        columns[name] = values.view("<i8")[:, 0] + least
    return columns


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
