"""The pages say what the program does: every name that one of them owns stands in the other."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

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


def test_every_setting_is_explained() -> None:
    """docs/settings.md names every setting of the program, and no other."""
    settings = import_module("bot.settings").Settings
    wanted = {f"PAIDAN_{name}".upper() for name in settings.model_fields}
    of_the_service, _, _for_tests = (_DOCS / "settings.md").read_text(encoding="utf-8").partition("## For tests")
    named_in_page = set(re.findall(r"(?m)^\| `(PAIDAN_\w+)`", of_the_service))

    assert named_in_page == wanted
    assert all(field.description for field in settings.model_fields.values())


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_index() -> None:
    """Decisions are cited by number, and found from their index."""
    folder = _DOCS / "decisions"
    titles = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in folder.glob("0*.md")}
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert sorted(int(name[:4]) for name in titles) == list(range(1, len(titles) + 1))
    for name, title in titles.items():
        number, says = title.removeprefix("# ").split(". ", 1)
        assert int(number) == int(name[:4])
        assert f"- [{number}. {says}]({name})" in index
