"""Changing one value of a YAML text and nothing else: comments, order and the way the rest is written stay."""

from __future__ import annotations

import yaml

from routing.errors import FileRefused
from routing.findings import Path
from routing.yaml_lines import Plain, read_yaml


class CannotChange(Exception):
    """The text is written in a way in which one value can't be changed by itself: through an alias, say."""


def with_value(text: str, path: Path, value: float) -> str:
    """Give the text with a number at a place of it; mappings that are missing on the way are written, too.

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


def _set(data: Plain, path: Path, value: float) -> Plain:
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


def _replaced(text: str, node: yaml.Node, value: float) -> str:
    return f"{text[: node.start_mark.index]}{value}{text[node.end_mark.index :]}"


def _inserted(text: str, node: yaml.Node, path: Path, value: float) -> str:
    """Write what is missing as the first entry of a mapping."""
    if not isinstance(node, yaml.MappingNode):
        raise CannotChange(str(path[0]))
    written = str(value)
    for step in reversed(path[1:]):
        written = f"{{{step}: {written}}}"
    entry = f"{path[0]}: {written}"
    at = node.start_mark.index
    if node.flow_style:
        return f"{text[: at + 1]}{entry}{', ' if node.value else ''}{text[at + 1 :]}"
    return f"{text[:at]}{entry}\n{' ' * node.start_mark.column}{text[at:]}"
