"""The pages say what the program does: every name that one of them owns stands in the other."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from tests.architecture.project_files import ROOT, named, pages

_DOCS = ROOT / "docs"
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_TWO_SENTENCES = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!vs)[a-z)`*][.!?] +[A-Z][a-z]|[。！？](?=[^」”）)\s|*`])")


def _prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a page that are neither code nor table nor heading."""
    in_code = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code and not line.startswith(("#", "|", "    ")):
            yield number, line


@pytest.mark.parametrize("path", pages(), ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    """A link inside the project leads to a file that is there, and its anchor to a heading."""
    for target in (first or second for first, second in _LINK.findall(path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{named(path)} links to {target}"
        if anchor:
            headings = re.findall(r"(?m)^#+ +(.+)$", found.read_text(encoding="utf-8"))
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{named(path)} links to {target}"


@pytest.mark.parametrize("path", pages(), ids=named)
def test_one_sentence_stands_on_one_line(path: Path) -> None:
    """A changed sentence is a changed line, so that a reviewer sees what was said before."""
    assert not [f"{number}: {line}" for number, line in _prose(path) if _TWO_SENTENCES.search(line)]


#: Under these the operator writes names of his own; a reference says NAME for them.
_OWN_NAMES = {
    "scoring.grades", "rules.require.skills", "capacity.teams", "shifts", "reps.skills", "reps.tiers",
    "sources", "sources.NAME.fields", "sources.NAME.answer",
}  # fmt: skip
_CONDITION = "when"


def _key_paths(node: object, prefix: str = "") -> Iterator[str]:
    """Yield the path of every key in a YAML document; entries of a list share the path of the list."""
    if isinstance(node, dict):
        for key, value in node.items():
            word = "NAME" if prefix in _OWN_NAMES else str(key)
            path = f"{prefix}.{word}" if prefix else word
            yield path
            if key != _CONDITION:
                yield from _key_paths(value, path)
    elif isinstance(node, list):
        for entry in node:
            yield from _key_paths(entry, prefix)


@pytest.mark.parametrize(("example", "reference"), [
    pytest.param("policy.yaml", "policy-reference.md", id="policy"),
    pytest.param("team.yaml", "team-reference.md", id="team"),
    pytest.param("sources.yaml", "sources-reference.md", id="sources"),
])  # fmt: skip
def test_every_key_of_an_example_is_explained(example: str, reference: str) -> None:
    """An operator who sees a key in the example finds it in the reference, under its whole path."""
    document = yaml.safe_load((ROOT / "examples" / example).read_text(encoding="utf-8"))
    explained = set(re.findall(r"`([^`\s]+)`", (_DOCS / reference).read_text(encoding="utf-8")))

    assert not sorted(set(_key_paths(document)) - explained)


def test_every_setting_is_explained() -> None:
    """docs/settings.md names every setting of the program, and no other."""
    settings = import_module("bot.settings").Settings
    wanted = {f"PAIDAN_{name}".upper() for name in settings.model_fields}
    of_the_service, _, _for_tests = (_DOCS / "settings.md").read_text(encoding="utf-8").partition("## For tests")
    named_in_page = set(re.findall(r"(?m)^\| `(PAIDAN_\w+)`", of_the_service))

    assert named_in_page == wanted
    assert all(field.description for field in settings.model_fields.values())
