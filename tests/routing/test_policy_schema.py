"""The JSON Schema for editors: it takes the example, refuses what is broken, and says of every key what it means."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from routing.policy_file import policy_schema
from routing.policy_file.descriptions import DESCRIPTIONS
from routing.yaml_lines import read_yaml
from tests.routing.json_schema import fits

ROOT = Path(__file__).parents[2]
POLICY = (ROOT / "examples" / "policy.yaml").read_text(encoding="utf-8")
SCHEMA = policy_schema()


def _keys(part: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every key of the file with its path and its schema, conditions left out."""
    name = str(part.get("$ref", "")).rpartition("/")[2]
    if name and name != "Condition":
        yield from _keys(SCHEMA["$defs"][name], path)
    for key, inner in part.get("properties", {}).items():
        yield f"{path}.{key}".removeprefix("."), inner
        yield from _keys(inner, f"{path}.{key}".removeprefix("."))
    for inner in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        yield from _keys(inner, path)
    for key, below in (("items", path), ("additionalProperties", f"{path}.NAME")):
        if isinstance(part.get(key), dict):
            yield from _keys(part[key], below)


def test_every_key_says_what_it_means() -> None:
    """Whoever hovers over a key reads its meaning, and the word by which it is called in Chinese."""
    keys = dict(_keys(SCHEMA))
    assert len(keys) > 100
    assert [path for path, inner in keys.items() if not inner.get("description") or not inner.get("title")] == []
    assert keys["rules"]["title"] == "规则"
    assert keys["pool.claim_window"]["title"] == "领取窗口"


def test_the_page_says_the_same_as_the_schema() -> None:
    """One meaning of a key: docs/policy-reference.md and the editor agree."""
    page = (ROOT / "docs" / "policy-reference.md").read_text(encoding="utf-8")
    rows = (line.strip().strip("|").split("|") for line in page.splitlines() if line.startswith("| `"))
    said = {row[0].strip().strip("`"): row[3].strip() for row in rows if len(row) == 5}
    said = {path: meaning for path, meaning in said.items() if re.fullmatch(r"[a-zA-Z_.0-9]+", path)}
    assert dict(DESCRIPTIONS) == said


def test_the_example_fits() -> None:
    """An editor must not mark what is right."""
    assert fits(read_yaml(POLICY).data, SCHEMA, SCHEMA)


BROKEN = [
    ("version: 1\n", "version: 2\n"), ("scoring:", "scorings:"), ("  base: 20", "  base: 很高"), ("points: 25", "points: 250"),
    ("best_share: 5%", "best_share: 5"), ("explore: 10%", "explore: ten"), ("by: fair_fit", "by: fair"),
    ("  rounds: 3", "  rounds: 0"), ("  within: 10m\n", "  within: soon\n"), ("tell: manager", "tell: boss"),
    ("to: review}", "to: bin}"), ("share_times: 0.8", "share_times: 8"), ("{budget: {gte: 100000}}", "{budget: {min: 100000}}"),
    ("{budget: {gte: 100000}}", "{budget: 十万}"), ("trait.submit_period: 凌晨", "trait.submit_period: 半夜"),
    ("trait.submit_period: 凌晨", "trait.submit_perod: 凌晨"), ("company_listed: true", "company_listed: 是"),
    ("teams: [east, north]", "teams: []"), ("teams: [east, north]", "teams: east"), ("weight: 30, match", "weight: 130, match"),
    ("{A: 80, B: 60", "{A: 180, B: 60"), ("skills: {医疗器械: 2}", "skills: {医疗器械: 很好}"), ("resume_at: 16", "resume_at: x"),
    ("[1000, 10000, 100000]", "[1000, 1万]"), ("2026-01-01..2026-12-31", "今年"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead"), BROKEN)
def test_what_is_broken_in_its_form_does_not_fit(written: str, instead: str) -> None:
    """An editor marks it while it is being typed; what depends on other lines is for `paidan policy check`."""
    assert POLICY.count(written) == 1
    assert not fits(read_yaml(POLICY.replace(written, instead)).data, SCHEMA, SCHEMA)
