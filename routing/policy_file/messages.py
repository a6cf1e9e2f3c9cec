"""What pydantic objects to, said in one line to the person who wrote the file."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from routing.findings import Findings, Path, mend_with, nearest

_KINDS = {
    "string_type": ("text", 'put it in quotes: "{shown}"'),
    "int_type": ("a whole number", "write 3"),
    "int_from_float": ("a whole number", "write 3"),
    "float_type": ("a number", "write 2.5"),
    "bool_type": ("true or false", "write true or false"),
    "list_type": ("a list", "write [one, another]"),
    "dict_type": ("a mapping", "write {{key: value}}"),
    "model_type": ("a mapping", "write {{key: value}}"),
    "model_attributes_type": ("a mapping", "write {{key: value}}"),
    "factor_kind": ("a mapping", "write {{key: value}}"),
    "step_kind": ("a mapping", "write {{key: value}}"),
}
_BOUNDS = {
    "greater_than_equal": ("is less than {ge}", "write {ge} or more"),
    "greater_than": ("is not above {gt}", "write more than {gt}"),
    "less_than_equal": ("is more than {le}", "write {le} or less"),
    "less_than": ("is not below {lt}", "write less than {lt}"),
    "too_short": ("is too short", "write at least {min_length}"),
    "too_long": ("is too long", "write at most {max_length}"),
    "string_too_short": ("is empty", "write a text"),
    "string_too_long": ("is longer than {max_length} characters", "shorten it"),
}


def note_all(error: ValidationError, root: type[BaseModel], data: Any, findings: Findings, at: Path = ()) -> None:
    """Add one problem for each thing that pydantic found.

    Args:
        error: what it found.
        root: the model that was asked.
        data: the plain data that it was asked about.
        findings: where the problems go.
        at: where `data` stands in the file.
    """
    details = error.errors(include_url=False)
    meant = {(*detail["loc"][:-1], _meant(detail, root)) for detail in details if detail["type"] == "extra_forbidden"}
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] in meant:
            continue  # the key is there, only misspelt, and that is already said
        path = _path_in(data, detail)
        message, mend = _said(detail, root)
        findings.error((*at, *path), message, mend)


def _meant(detail: ErrorDetails, root: type[BaseModel]) -> str | None:
    return nearest(str(detail["loc"][-1]), keys_at(root, detail["loc"][:-1]))


def _path_in(data: Any, detail: ErrorDetails) -> Path:
    """Leave out what pydantic adds to the path (tags of unions, `[key]`), and a missing key, which stands nowhere."""
    path: list[str | int] = []
    for step in detail["loc"]:
        inside_mapping = isinstance(data, Mapping) and step in data
        inside_list = isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data)
        if inside_mapping or inside_list:
            path.append(step)
            data = data[step]
    return tuple(path)


def _said(detail: ErrorDetails, root: type[BaseModel]) -> tuple[str, str]:
    kind, context, given = detail["type"], detail.get("ctx", {}), detail["input"]
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "paidan":
        return str(context["message"]), str(context["mend"])
    if kind == "extra_forbidden":
        return f"there is no key «{last}» here", mend_with(last, keys_at(root, detail["loc"][:-1]))
    if kind == "missing":
        return f"«{last}» is missing", f"add {last}: …"
    if kind in ("factor_kind", "step_kind") and isinstance(given, Mapping):
        return detail["msg"], "add one of them, as in the example file"
    if kind in _KINDS:
        return _wrong_kind(_KINDS[kind], given)
    if kind in _BOUNDS:
        return _out_of_bounds(kind, given, context)
    return _wrong_value(detail)


def _wrong_kind(kind: tuple[str, str], given: Any) -> tuple[str, str]:
    wanted, mend = kind
    if given is None:
        return f"there is no value; it must be {wanted}", "write one, or leave the key out"
    return f"must be {wanted}, not «{_shown(given)}»", mend.format(shown=_shown(given))


def _out_of_bounds(kind: str, given: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "too_short" and not given:
        return "the list is empty", "write at least one, or leave the key out"
    message, mend = _BOUNDS[kind]
    return f"«{_shown(given)}» {message.format(**context)}", mend.format(**context)


def _wrong_value(detail: ErrorDetails) -> tuple[str, str]:
    kind, shown = detail["type"], _shown(detail["input"])
    if kind in ("literal_error", "enum"):
        return f"«{shown}» is not possible here", mend_with(shown, _choices(str(detail["ctx"]["expected"])))
    if kind == "string_pattern_mismatch":
        return (
            f"«{shown}» is no WeCom userid",
            "use letters, digits and _ - @ . only, at most 64, a letter or digit first",
        )
    return detail["msg"], "compare with the example file"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004  a line of a terminal


def _choices(expected: str) -> list[str]:
    return [word.strip(" '\"") for part in expected.split(" or ") for word in part.split(",")]


def keys_at(root: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Give the keys that the mapping at `loc` may have, as they are written in the file."""
    found: Any = root
    for step in loc:
        found = _inside(found, step)
        if found is None:
            return []
    found = _bare(found)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return [field.alias or name for name, field in found.model_fields.items()]
    return []


def _inside(annotation: Any, step: str | int) -> Any:
    annotation = _bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if step in (name, field.alias):
                return field.annotation
        return None
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return next((arm for arm in arguments if _tag(arm) == step), None)
    return arguments[-1] if origin in (list, dict) else None


def _bare(annotation: Any) -> Any:
    """Strip `Annotated` and `| None`."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        arms = [arm for arm in get_args(annotation) if arm is not type(None)]
        if len(arms) == 1:
            return _bare(arms[0])
    return annotation


def _tag(annotation: Any) -> str | None:
    return next((extra.tag for extra in get_args(annotation)[1:] if isinstance(extra, Tag)), None)
