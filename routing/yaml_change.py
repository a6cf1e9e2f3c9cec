"""Changing one value of a YAML text and nothing else: comments, order, lines and the way the rest is written stay."""

from __future__ import annotations

import json
from collections.abc import Mapping

import yaml

from routing.errors import FileRefused
from routing.findings import Path
from routing.yaml_lines import Plain, read_yaml


class CannotChange(Exception):
    """The text is written in a way in which one value can't be changed by itself: through an alias, say."""


def with_value(text: str, path: Path, value: float | Mapping[str, Plain]) -> str:
    """Give the text with a number or a mapping at a place of it; mappings that are missing on the way are written, too.

    Args:
        text: YAML that `read_yaml` takes.
        path: keys, and places in lists, which must be there.
        value: what stands there afterwards.

    Raises:
        CannotChange: what comes out would say something else as well.
        FileRefused: the text is no YAML.
    """
    wanted = _set(read_yaml(text).data, path, value)
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    node, known = _deepest(root, path)
    # The parser counts from behind a byte order mark.
    mark, plain = text[: len(text) - len(text.removeprefix("\ufeff"))], text.removeprefix("\ufeff")
    changed = mark + (
        _replaced(plain, node, value) if known == len(path) else _inserted(plain, node, path[known:], value)
    )
    try:
        if read_yaml(changed).data == wanted:
            return changed
    except FileRefused:
        pass
    raise CannotChange(".".join(map(str, path)))


def _set(data: Plain, path: Path, value: Plain) -> Plain:
    """Give a copy of plain data with a value at a place."""
    if not path:
        return value
    if isinstance(data, list):
        place = path[0]
        return [_set(item, path[1:], value) if at == place else item for at, item in enumerate(data)]
    if data is not None and not isinstance(data, dict):
        raise CannotChange(str(path[0]))
    inner = (data or {}).get(path[0])
    return {**(data or {}), path[0]: _set(inner, path[1:], value)}


def _deepest(root: yaml.Node | None, path: Path) -> tuple[yaml.Node, int]:
    """Give the node at a place, or the last that is there on the way to it, and how many steps lead there."""
    if root is None:
        raise CannotChange(str(path[0]))
    node = root
    for done, step in enumerate(path):
        if isinstance(node, yaml.MappingNode):
            found = next((inner for key, inner in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            found = node.value[step]
        else:
            found = None
        if found is None or (isinstance(found, yaml.ScalarNode) and done + 1 < len(path)):
            return node, done
        node = found
    return node, len(path)


def _replaced(text: str, node: yaml.Node, value: Plain) -> str:
    """Write over a node; what stood on many lines leaves empty ones, so that the lines after it keep their numbers."""
    start, end = node.start_mark.index, _end(node)
    lost = "\n" * text.count("\n", start, end)
    return f"{text[:start]}{_written(value)}{lost}{text[end:]}"


def _end(node: yaml.Node) -> int:
    """Say where a node ends; a block reaches to the next key, past comments that are not its own."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return int(node.end_mark.index)


def _written(value: Plain) -> str:
    """Write a value on one line; JSON is YAML, and texts in quotes mean nothing but themselves."""
    return json.dumps(value, ensure_ascii=False)


def _inserted(text: str, node: yaml.Node, path: Path, value: Plain) -> str:
    """Write what is missing as the first entry of a mapping."""
    if not isinstance(node, yaml.MappingNode):
        raise CannotChange(str(path[0]))
    written = _written(value)
    for step in reversed(path[1:]):
        written = f"{{{step}: {written}}}"
    entry = f"{path[0]}: {written}"
    at = node.start_mark.index
    if node.flow_style:
        return f"{text[: at + 1]}{entry}{', ' if node.value else ''}{text[at + 1 :]}"
    return f"{text[:at]}{entry}\n{' ' * node.start_mark.column}{text[at:]}"
