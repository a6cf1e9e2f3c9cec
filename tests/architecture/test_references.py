"""The references of the three files that operators write name every key that the program reads, and no other."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from bot.lead_sources.source_file import SourceModel
from routing.policy_file.build import keys_not_yet_in_force
from routing.policy_file.models import PolicyModel
from routing.team_file.models import TeamFileModel
from tests.architecture.project_files import ROOT

_DOCS = ROOT / "docs"
#: Stands in a reference for a name that the operator chooses.
_NAME = "NAME"
#: Below it stand conditions, whose keys are the fields of a lead.
_CONDITION = "when"
_PARTS = ("items", "anyOf", "oneOf", "additionalProperties")


def _keys(schema: object, kinds: dict[str, Any], prefix: str) -> Iterator[str]:
    """Yield the path of every key that a JSON Schema allows; entries of a list share the path of the list."""
    if isinstance(schema, list):
        for part in schema:
            yield from _keys(part, kinds, prefix)
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield from _keys(kinds[schema["$ref"].rpartition("/")[2]], kinds, prefix)
    for key, part in schema.get("properties", {}).items():
        path = f"{prefix}{key}"
        yield path
        if key != _CONDITION:
            yield from _keys(part, kinds, f"{path}.")
    for part in _PARTS:
        if part == "additionalProperties" and schema.get(part):
            yield f"{prefix}{_NAME}"
            yield from _keys(schema[part], kinds, f"{prefix}{_NAME}.")
        else:
            yield from _keys(schema.get(part), kinds, prefix)


def _documented(reference: str) -> set[str]:
    """Give the keys that begin a row of the reference's tables."""
    return set(re.findall(r"(?m)^\| `([^`\s:]+)` \|(?:[^|\n]*\|){4}$", _page(reference)))


def _page(name: str) -> str:
    return (_DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("model", "prefix", "reference"), [
    pytest.param(PolicyModel, "", "policy-reference.md", id="policy"),
    pytest.param(TeamFileModel, "", "team-reference.md", id="team"),
    pytest.param(SourceModel, "sources.NAME.", "sources-reference.md", id="sources"),
])  # fmt: skip
def test_a_reference_has_a_row_for_each_key(model: type[BaseModel], prefix: str, reference: str) -> None:
    """An operator finds every key that may be written, under its whole path, and none that would be refused."""
    schema = model.model_json_schema(by_alias=True)
    wanted = set(_keys(schema, schema.get("$defs", {}), prefix)) | ({"sources", "sources.NAME"} if prefix else set())
    # A table of points may have any name, and so may its values.
    wanted |= {"reps.NAME.NAME"} if "reps.NAME" in wanted else set()

    assert _documented(reference) == wanted


def test_the_reference_lists_what_is_not_yet_in_force() -> None:
    """The list of keys without effect is the program's own; nobody relies on one of them by mistake."""
    everything = yaml.safe_load((ROOT / "examples" / "policy.yaml").read_text(encoding="utf-8"))
    everything["geofence"].append({"polygon": [[87, 43], [88, 43], [88, 44]], "teams": ["east"]})
    everything["geofence"].append({"phone_prefixes": ["0991"], "teams": ["east"]})
    listed = _page("policy-reference.md").partition("<!-- not-yet-in-force -->")[2].partition("<!-- end -->")[0]

    assert sorted(re.findall(r"- `(\S+)`", listed)) == sorted(keys_not_yet_in_force(everything))
