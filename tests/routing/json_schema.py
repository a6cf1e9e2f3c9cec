"""As much of JSON Schema as our schema uses: a second reading of it, by nobody who made it. Unknown words are refused."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "null": lambda value: value is None,
}
_SAY_NOTHING = {"title", "description", "default", "examples", "$schema", "$defs", "format", "discriminator"}
_OF_OBJECTS = {"propertyNames", "properties", "patternProperties", "additionalProperties", "required"}


def fits(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Say whether a value satisfies a schema (draft 2020-12).

    Raises:
        NotImplementedError: the schema uses a word that is not read here, so a test would prove nothing.
    """
    objects = not isinstance(value, dict) or _object_fits(value, schema, root)
    return objects and all(_holds(value, word, wanted, root) for word, wanted in schema.items())


def _holds(value: Any, word: str, wanted: Any, root: Mapping[str, Any]) -> bool:
    if word in _SAY_NOTHING or word in _OF_OBJECTS:
        return True
    if word == "$ref":
        return fits(value, root["$defs"][wanted.rpartition("/")[2]], root)
    if word == "type":
        return any(_TYPES[kind](value) for kind in ([wanted] if isinstance(wanted, str) else wanted))
    if word in ("const", "enum"):
        allowed = [wanted] if word == "const" else wanted
        return any(value == each and isinstance(value, bool) is isinstance(each, bool) for each in allowed)
    if word in ("anyOf", "oneOf"):
        count = sum(fits(value, each, root) for each in wanted)
        return count >= 1 if word == "anyOf" else count == 1
    if word == "items":
        return not isinstance(value, list) or all(fits(each, wanted, root) for each in value)
    return _within(value, word, wanted)


def _within(value: Any, word: str, wanted: Any) -> bool:
    if word == "pattern":
        return not isinstance(value, str) or re.search(wanted, value) is not None
    if word in ("minimum", "maximum"):
        if not _TYPES["number"](value):
            return True
        return bool(value >= wanted if word == "minimum" else value <= wanted)
    kinds: dict[str, Any] = {"Items": list, "Length": str, "Properties": dict}
    kind = kinds.get(word[3:])
    if kind is None or word[:3] not in ("min", "max"):
        raise NotImplementedError(word)
    if not isinstance(value, kind):
        return True
    return bool(len(value) >= wanted if word.startswith("min") else len(value) <= wanted)


def _object_fits(value: dict[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    if any(key not in value for key in schema.get("required", ())):
        return False
    if not all(fits(key, schema.get("propertyNames", {}), root) for key in value):
        return False
    for key, inner in value.items():
        known = [each for pattern, each in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
        known += [schema["properties"][key]] if key in schema.get("properties", {}) else []
        more = schema.get("additionalProperties", True)
        if not known and more is not True:
            known = [more] if isinstance(more, dict) else []
            if more is False:
                return False
        if not all(fits(inner, each, root) for each in known):
            return False
    return True
