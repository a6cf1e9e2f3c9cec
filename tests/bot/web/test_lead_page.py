"""`/l/{id}`: a signed link, for one person, for three days, once."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.messaging import AcceptedCard, OfferCard
from bot.services.lead_link import lead_link
from bot.services.message_content import outgoing
from store.rows import MessageRow
from tests.bot.web.web_world import Reply, World, serving

PUBLIC = "https://leads.example.com/"


@pytest.fixture
async def public(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Give a service with a public address."""
    async with serving(sqlite_url, tmp_path, public_url=PUBLIC) as world:
        yield world


async def link(world: World, lead: str, person: str) -> str:
    """Give the path of a fresh link."""
    given = await world.service.services.runner.look(lambda desk: lead_link(desk, desk.tx.lead(int(lead[1:])), person))
    assert given is not None
    assert given.startswith("https://leads.example.com/l/" + lead)
    parts = urlsplit(given)
    return f"{parts.path}?{parts.query}"


async def opened(world: World, path: str) -> Reply:
    """Open it as a phone would, without any token of the API."""
    return await world.get(path, token=None)


async def test_the_owner_sees_the_whole_number_on_the_record(public: World) -> None:
    """Everything, with a number to tap; the disclosure and the opening stand in the lead's history."""
    lead = await public.post_lead(name="王芳", email="wang@example.com", demand="<b>CT</b>")
    rep = await public.accept(lead)
    page = await opened(public, await link(public, lead, rep.upper()))
    history = (await public.get(f"/api/v1/leads/{lead}")).json

    assert page.status == 200
    assert 'href="tel:+8613800000001"' in page.text
    assert ">13800000001<" in page.text
    assert "wang@example.com" in page.text
    assert "&lt;b&gt;CT" in page.text
    assert [seen["how"] for seen in history["disclosures"]] == ["card", "page"]
    assert history["timeline"][-1]["event"] == "page_opened"


async def test_the_rep_with_the_offer_sees_it_masked(public: World) -> None:
    """Before 接单 nobody but managers sees the number, and nothing is disclosed."""
    lead = await public.post_lead(email="wang@example.com")
    rep = (await public.get(f"/api/v1/leads/{lead}")).json["offers"][0]["rep"]
    page = await opened(public, await link(public, lead, rep))

    assert page.status == 200
    assert "138****0001" in page.text
    assert "13800000001" not in page.text
    assert "wang@" not in page.text
    assert (await public.get(f"/api/v1/leads/{lead}")).json["disclosures"] == []


async def test_a_manager_of_the_lead_sees_it_whole(public: World) -> None:
    """The manager decides by it; the view is on the record."""
    lead = await public.post_lead()

    assert "13800000001" in (await opened(public, await link(public, lead, "lijing"))).text
    assert (await public.get(f"/api/v1/leads/{lead}")).json["disclosures"][0]["to"] == "lijing"


async def test_somebody_else_sees_nothing(public: World) -> None:
    """A lead that has moved on shows nothing to whom it was offered before."""
    lead = await public.post_lead(name="王芳")
    rep = await public.accept(lead)
    other = next(name for name in ("zhangsan", "wangwu") if name != rep)
    page = await opened(public, await link(public, lead, other))

    assert (page.status, "已改派" in page.text, "王芳" in page.text) == (410, True, False)


async def test_a_link_opens_once(public: World) -> None:
    """The second opening says where to open it again, and shows nothing; a fresh link works."""
    lead = await public.post_lead()
    rep = await public.accept(lead)
    path = await link(public, lead, rep)
    first, second = await opened(public, path), await opened(public, path)
    public.clock.pass_(seconds=1)

    assert (first.status, second.status) == (200, 410)
    assert "最新的卡片" in second.text
    assert "0001" not in second.text.replace(lead, "")
    assert (await opened(public, await link(public, lead, rep))).status == 200


async def test_a_link_is_good_for_three_days(public: World) -> None:
    """Until the last moment, and not at it."""
    lead = await public.post_lead()
    rep = await public.accept(lead)
    early, late = await link(public, lead, rep), None
    public.clock.pass_(seconds=1)
    late = await link(public, lead, rep)
    public.clock.pass_(hours=72, seconds=-1)

    assert (await opened(public, early)).status == 410
    assert "过期" in (await opened(public, early)).text
    assert (await opened(public, late)).status == 200


async def test_a_changed_link_opens_nothing(public: World) -> None:
    """Whatever is changed, lead, person, expiry or signature: refused, and the genuine link is not used up by it."""
    first, second = await public.post_lead(), await public.post_lead()
    rep = await public.accept(first)
    await public.accept(second)
    path = await link(public, first, rep)
    address, _, token = path.partition("?t=")
    lead_id, expiry, person, signature = token.split(".")
    forged = [
        f"/l/{second}?t={token}",
        f"/l/{second}?t={second[1:]}.{expiry}.{person}.{signature}",
        f"{address}?t={lead_id}.{int(expiry) + 1}.{person}.{signature}",
        f"{address}?t={lead_id}.{expiry}.bGlqaW5n.{signature}",
        f"{address}?t={lead_id}.{expiry}.{person}.{signature[:-1]}",
        f"{address}?t={token}x",
        f"{address}?t={'.' * 50}",
        f"{address}?t=" + "9" * 3000,
        f"{address}?t=%ff%fe.%00",
        f"{address}?t=",
        address,
    ]

    assert {(await opened(public, one)).status for one in forged} == {403}
    assert (await opened(public, path)).status == 200


async def test_the_page_speaks_the_language_of_whoever_it_was_made_for(public: World) -> None:
    """Labels, figures and traits: all but what the customer wrote."""
    lead = await public.post_lead(
        company="Acme",
        name="Ann",
        company_size=800,
        attributes={"prior_orders": 0},
        behaviour={"dwell_seconds": 186, "pages": 12},
    )
    page = (await opened(public, await link(public, lead, "boss"))).text
    in_chinese = (await opened(public, await link(public, lead, "lijing"))).text

    for said in ("800 people", "first enquiry", "stayed 186 s, read 12 pages"):
        assert said in page
    assert not re.search("[\u3400-\u9fff，。：]", page.replace("上海市", ""))
    for said in ("800 人", "首次询价", "停留 186 秒，浏览 12 页"):
        assert said in in_chinese


async def test_the_page_loads_nothing_and_stays_nowhere(public: World) -> None:
    """Strict headers: no script, no foreign source, no cache, no referrer, no frame."""
    lead = await public.post_lead()
    page = await opened(public, await link(public, lead, await public.accept(lead)))

    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "<script" not in page.text
    assert "http" not in page.text.replace("https://leads.example.com", "")


async def test_without_a_public_address_there_is_no_page_and_no_link(world: World) -> None:
    """Nothing is linked that could not be opened."""
    lead = await world.post_lead()

    assert (await world.get(f"/l/{lead}?t=x")).status == 404
    assert await world.service.services.runner.look(lambda desk: lead_link(desk, desk.tx.lead(1001), "wangwu")) is None


async def test_cards_carry_the_link(public: World) -> None:
    """The offer's card and the owner's, each with a link of its own that opens."""
    lead = await public.post_lead()
    rep = (await public.get(f"/api/v1/leads/{lead}")).json["offers"][0]["rep"]

    def row(kind: str) -> MessageRow:
        return MessageRow(1, rep, kind, 0, int(lead[1:]), 1, {}, {}, None, public.clock.at, public.clock.at, 1)

    offered = await public.service.services.runner.look(lambda desk: outgoing(desk, row("offer_card")))
    await public.accept(lead)
    owned = await public.service.services.runner.look(lambda desk: outgoing(desk, row("accepted_card")))

    assert offered is not None
    assert owned is not None
    assert isinstance(offered.message, OfferCard)
    assert isinstance(owned.message, AcceptedCard)
    for card in (offered.message, owned.message):
        assert card.link is not None
        assert card.link.startswith(f"https://leads.example.com/l/{lead}?t=")
        assert len(card.link) <= 1024
