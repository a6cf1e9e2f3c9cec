"""The JSON Schema of a policy file, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from routing.condition_tree import ORDERED, Operator
from routing.fact_fields import FIELDS, FactField, FieldKind
from routing.policy_diff_texts import KEYS, SECTIONS
from routing.policy_file.descriptions import DESCRIPTIONS
from routing.policy_file.models import PolicyModel
from routing.policy_file.scalars import CONDITION_MARK

_JSON_TYPES = {
    FieldKind.TEXT: ["string"], FieldKind.NUMBER: ["number"], FieldKind.FLAG: ["boolean"],
    FieldKind.OPEN: ["string", "number", "boolean"],
}  # fmt: skip
_LISTED = (Operator.IN, Operator.NOT_IN)


def policy_schema() -> dict[str, Any]:
    """Give the schema of the whole file, conditions and their fields included."""
    schema: dict[str, Any] = _with_references(PolicyModel.model_json_schema(by_alias=True))
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "paidan policy"
    _describe(schema, "", schema["$defs"])
    schema.setdefault("$defs", {})["Condition"] = _condition()
    return schema


def _describe(part: Any, path: str, models: dict[str, Any]) -> None:
    """Give every key its meaning, and the word by which it is called in Chinese, for whoever hovers over it."""
    if "$ref" in part:
        _describe(models.get(part["$ref"].rpartition("/")[2], {}), path, models)
    for key, inner in part.get("properties", {}).items():
        below = f"{path}.{key}".removeprefix(".")
        inner["title"] = KEYS.get(key, key) if path else SECTIONS.get(key, key)
        if below in DESCRIPTIONS:
            inner["description"] = DESCRIPTIONS[below]
        _describe(inner, below, models)
    for inner in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        _describe(inner, path, models)
    for key, more in (("items", path), ("additionalProperties", f"{path}.NAME")):
        if isinstance(part.get(key), dict):
            _describe(part[key], more, models)


def _with_references(part: Any) -> Any:
    """Put the reference where conditions are written; pydantic itself allows no references to what it didn't make."""
    if isinstance(part, dict):
        if CONDITION_MARK.items() <= part.items() and "type" not in part:
            return {"$ref": "#/$defs/Condition"}
        return {key: _with_references(inner) for key, inner in part.items()}
    return [_with_references(inner) for inner in part] if isinstance(part, list) else part


def _condition() -> dict[str, Any]:
    many = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Condition"}}
    fields = {name: _field(known) for name, known in FIELDS.items()}
    groups = {"any": many, "all": many, "not": {"$ref": "#/$defs/Condition"}}
    contacts = {name: {"type": "object", "properties": {"exists": {"type": "boolean"}}, "additionalProperties": False}
                for name in ("name", "phone", "wechat", "email", "unionid")}  # fmt: skip
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {**fields, **contacts, **groups},
        "patternProperties": {r"^(behaviour|attributes)\..+": _field(FactField("", FieldKind.OPEN))},
        "additionalProperties": False,
    }


def _field(known: FactField) -> dict[str, Any]:
    one: dict[str, Any] = {"enum": list(known.values)} if known.values else {"type": _JSON_TYPES[known.kind]}
    many = {"type": "array", "minItems": 1, "items": one}
    operators: dict[str, Any] = {"exists": {"type": "boolean"}, "eq": one, "not": one}
    operators |= {operator.value: many for operator in _LISTED}
    if known.kind in (FieldKind.NUMBER, FieldKind.OPEN):
        operators |= {operator.value: {"type": "number"} for operator in sorted(ORDERED)}
    if known.kind in (FieldKind.TEXT, FieldKind.OPEN):
        text = {"type": "string", "minLength": 1}
        texts = {"type": "array", "minItems": 1, "items": text}
        operators |= {"contains": text, "contains_any": texts, "matches_prefix": {"anyOf": [text, texts]}}
    compared = {"type": "object", "minProperties": 1, "properties": operators, "additionalProperties": False}
    return {"anyOf": [one, many, compared]}
