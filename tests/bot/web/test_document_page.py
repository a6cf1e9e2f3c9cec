"""`/d/{id}`: a document that goes with a lead; opening it is recorded, looking at the link is not."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from bot.services.document_link import FILE_LIVES, LIVES, OPENED, document_link
from bot.services.document_store import DocumentFile, keep
from store import facts
from tests.bot.web.web_world import Reply, World, serving

PUBLIC = "https://leads.example.com/paidan"
FILE = DocumentFile("合规", "2026.2", "资料 2026.pdf", b"%PDF-1.7 the content")


@pytest.fixture
async def public(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Give a service with a public address that keeps one document."""
    async with serving(sqlite_url, tmp_path, public_url=PUBLIC) as world:
        await world.service.services.runner.run(lambda desk: keep(desk, [FILE]))
        yield world


async def _link(world: World, lead: str, *, person: str = "zhangsan", version: str = "2026.2") -> str:
    given = await world.service.services.runner.look(
        lambda desk: document_link(desk, int(lead[1:]), person, "合规", version)
    )
    assert given is not None
    assert given.startswith(f"{PUBLIC}/d/{lead}?t=")
    parts = urlsplit(given)
    return f"{parts.path.removeprefix('/paidan')}?{parts.query}"


async def _asked(world: World, path: str) -> Reply:
    return await world.get(path, token=None)


async def _tapped(world: World, path: str) -> str:
    """Tap the button as the page describes it; gives where it leads."""
    page = await _asked(world, path)
    found = re.search(
        r'<form method="post" action="([^"]+)">\s*<input type="hidden" name="t" value="([^"]+)">', page.text
    )
    assert found is not None, page.text
    address = world.address + urljoin(path, found[1])
    async with world.session.post(address, data={"t": found[2]}, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        return urljoin(path, response.headers["Location"])


async def _openings(world: World, lead: str) -> list[tuple[str, object, object]]:
    history = await world.service.services.runner.look(
        lambda desk: facts.of_lead(desk.tx.connection, int(lead[1:]), desk.tx.keys)
    )
    return [(fact.actor, fact.detail["document"], fact.detail["version"]) for fact in history if fact.event == OPENED]


async def test_b12_the_button_leads_to_the_file_and_the_opening_stands_in_the_history(public: World) -> None:
    """B-12: opening the link is logged, once for a link; whatever only fetches links opens nothing."""
    lead = await public.post_lead()
    path = await _link(public, lead)
    page = await _asked(public, path)
    assert (page.status, "合规" in page.text, "2026.2" in page.text) == (200, True, True)
    assert await _openings(public, lead) == []
    for _ in range(2):
        file = await _asked(public, await _tapped(public, path))
        assert (file.status, file.headers["Content-Type"]) == (200, "application/pdf")
        assert file.text == "%PDF-1.7 the content"
        assert file.headers["Content-Disposition"] == "inline; filename*=UTF-8''%E8%B5%84%E6%96%99%202026.pdf"
    assert await _openings(public, lead) == [("zhangsan", "合规", "2026.2")]


async def test_a_link_is_for_one_lead_and_one_use_and_its_time(public: World) -> None:
    """A token that was changed, is another lead's, is for the other use, or has run out opens nothing."""
    lead, other = await public.post_lead(), await public.post_lead()
    path = await _link(public, lead)
    assert (await _asked(public, path[:-3] + "AAA")).status == 403
    assert (await _asked(public, path.replace(lead, other, 1))).status == 403
    token = path.partition("t=")[2]
    assert (await _asked(public, f"/d/{lead}/file?t={token}")).status == 403
    file = await _tapped(public, path)
    public.clock.at += FILE_LIVES
    assert (await _asked(public, file)).status == 410
    public.clock.at += LIVES - FILE_LIVES - timedelta(microseconds=1)
    assert (await _asked(public, path)).status == 200
    public.clock.at += timedelta(microseconds=1)
    assert (await _asked(public, path)).status == 410


async def test_a_file_that_is_not_kept_any_more_is_not_found(public: World) -> None:
    """The link is genuine; there is nothing to show."""
    lead = await public.post_lead()
    path = await _link(public, lead, version="2025.1")
    assert (await _asked(public, await _tapped(public, path))).status == 404


async def test_without_a_public_address_there_are_no_such_links(sqlite_url: str, tmp_path: Path) -> None:
    """Semantics 33: linked only where PAIDAN_PUBLIC_URL is set."""
    async with serving(sqlite_url, tmp_path) as world:
        given = await world.service.services.runner.look(lambda desk: document_link(desk, 1, "zhangsan", "合规", "1"))
        assert given is None
        assert (await _asked(world, "/d/L1?t=x")).status == 404
