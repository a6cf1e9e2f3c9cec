"""`/l/{id}`: a signed link, for one person, for three days, once; only its button uses it up."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from bot.messaging import AcceptedCard, OfferCard
from bot.services.lead_link import lead_link
from bot.services.manage import give
from bot.services.message_content import outgoing
from bot.services.publish import import_team
from store.rows import MessageRow
from tests.bot.web.web_world import TEAM, Reply, World, serving

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


async def asked(world: World, path: str) -> Reply:
    """Fetch it as a phone would, or whoever scans links, without any token of the API."""
    return await world.get(path, token=None)


async def posted(world: World, path: str, form: bytes) -> Reply:
    """Send a form."""
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    return await world.call("POST", path, token=None, data=form, headers=form_type)


async def opened(world: World, path: str) -> Reply:
    """Fetch it, and tap the button as the page describes it."""
    page = await asked(world, path)
    found = re.search(
        r'<form method="post" action="([^"]+)">\s*<input type="hidden" name="t" value="([^"]+)">', page.text
    )
    if found is None:
        return page
    return await posted(world, urljoin(path, found[1]), f"t={found[2]}".encode())


async def opened_unseen(world: World, path: str) -> Reply:
    """Tap the button of a page that was fetched before."""
    parts = urlsplit(path)
    return await posted(world, parts.path, f"t={parse_qs(parts.query).get('t', [''])[0]}".encode())


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
    path = await link(public, lead, other)

    for page in (await asked(public, path), await opened_unseen(public, path)):
        assert (page.status, "已改派" in page.text, "王" in page.text) == (410, True, False)


async def test_a_link_opens_once(public: World) -> None:
    """The second opening says where to open it again, and shows nothing, nor does a second look; a fresh link works."""
    lead = await public.post_lead()
    rep = await public.accept(lead)
    path = await link(public, lead, rep)
    first = await opened(public, path)
    public.clock.pass_(seconds=61)
    second, look = await opened_unseen(public, path), await asked(public, path)

    assert (first.status, second.status, look.status) == (200, 410, 410)
    for page in (second, look):
        assert "最新的卡片" in page.text
        assert "0001" not in page.text.replace(lead, "")
    assert (await opened(public, await link(public, lead, rep))).status == 200


async def test_a_second_tap_shows_the_page_again_and_stands_on_the_record_once(public: World) -> None:
    """An impatient thumb, or a reload after a lost answer, must not be told that the link is used up."""
    lead = await public.post_lead()
    rep = await public.accept(lead)
    path = await link(public, lead, rep)
    pages = [await opened(public, path), await opened_unseen(public, path), await opened_unseen(public, path)]
    history = (await public.get(f"/api/v1/leads/{lead}")).json

    assert [(page.status, ">13800000001<" in page.text) for page in pages] == [(200, True)] * 3
    assert [seen["how"] for seen in history["disclosures"]] == ["card", "page"]
    assert [fact["event"] for fact in history["timeline"]].count("page_opened") == 1


async def test_whoever_only_fetches_a_link_does_not_use_it_up(public: World) -> None:
    """Scanners and previews fetch what stands in a chat: they see whose lead it is, masked, and leave no trace."""
    lead = await public.post_lead(name="王芳菲", email="wang@example.com", company="华医")
    rep = await public.accept(lead)
    path = await link(public, lead, rep)
    before = (await public.get(f"/api/v1/leads/{lead}")).json
    pages = [await asked(public, path) for _ in range(3)]

    assert [page.status for page in pages] == [200, 200, 200]
    assert "王**" in pages[0].text
    assert "查看线索" in pages[0].text
    assert not any(word in pages[0].text for word in ("王芳菲", "13800000001", "138****0001", "wang@", "华医"))
    assert (await public.get(f"/api/v1/leads/{lead}")).json == before
    assert "13800000001" in (await opened(public, path)).text


async def test_a_look_promises_nothing(public: World) -> None:
    """A lead that moves on between the look and the tap is not shown."""
    lead = await public.post_lead()
    rep = (await public.get(f"/api/v1/leads/{lead}")).json["offers"][0]["rep"]
    other = next(name for name in ("zhangsan", "wangwu") if name != rep)
    path = await link(public, lead, rep)
    look = await asked(public, path)
    await public.service.services.runner.run(lambda desk: give(desk, desk.tx.lead(int(lead[1:])), other, by="lijing"))

    assert look.status == 200
    assert ((await opened_unseen(public, path)).status, (await asked(public, path)).status) == (410, 410)


async def test_the_page_speaks_the_language_of_who_it_was_made_for(public: World) -> None:
    """Chinese, unless the person reads English, whatever the browser says."""
    lead = await public.post_lead()
    rep = await public.accept(lead)
    english = await public.call(
        "GET", await link(public, lead, rep), token=None, headers={"Accept-Language": "en-GB,en"}
    )
    await public.service.services.runner.run(
        lambda desk: import_team(desk, TEAM.replace("team: east", "team: east, locale: en"), author="test", csv=False)
    )
    page = await asked(public, await link(public, lead, rep))

    assert "查看线索" in english.text
    assert "Show the lead" in page.text
    assert 'lang="en"' in page.text


async def test_a_link_is_good_for_three_days(public: World) -> None:
    """Until the last moment, and not at it."""
    lead = await public.post_lead()
    rep = await public.accept(lead)
    early, late = await link(public, lead, rep), None
    public.clock.pass_(seconds=1)
    late = await link(public, lead, rep)
    public.clock.pass_(hours=72, seconds=-1)

    for page in (await asked(public, early), await opened_unseen(public, early)):
        assert (page.status, "过期" in page.text) == (410, True)
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

    assert {(await asked(public, one)).status for one in forged} == {403}
    assert {(await opened_unseen(public, one)).status for one in forged} == {403}
    assert (await opened(public, path)).status == 200


async def test_an_opened_page_mixes_no_languages(public: World) -> None:
    """Labels, figures and traits: all but what the customer wrote."""
    lead = await public.post_lead(
        company="Acme",
        name="Ann",
        company_size=800,
        attributes={"prior_orders": 0},
        behaviour={"dwell_seconds": 186, "pages": 12},
    )
    chinese = (await opened(public, await link(public, lead, "lijing"))).text
    team = TEAM.replace("role: manager", "role: manager, locale: en")
    await public.service.services.runner.run(lambda desk: import_team(desk, team, author="test"))
    public.clock.pass_(seconds=1)  # a link of its own
    english = (await opened(public, await link(public, lead, "lijing"))).text

    for said in ("800 人", "首次询价", "停留 186 秒，浏览 12 页"):
        assert said in chinese
    for said in ("800 people", "first enquiry", "stayed 186 s, read 12 pages"):
        assert said in english
    assert not re.search("[\u3400-\u9fff，。：]", english.replace("上海市", ""))


@pytest.mark.parametrize("form", [b"", b"t", b"t=", b"x=y", b"\xff\xfe=\x00", b"t=%ff%fe", b"&" * 4096, b"[]"])
async def test_what_is_no_form_of_ours_opens_nothing(public: World, form: bytes) -> None:
    """Refused like a wrong signature; a form that no page of ours could send is not read at all."""
    lead = await public.post_lead()

    assert (await posted(public, f"/l/{lead}", form)).status == 403
    assert (await posted(public, f"/l/{lead}", b"t=" + b"x" * 4095)).status == 413


async def test_a_wrong_link_never_reaches_the_database(public: World) -> None:
    """Strangers can make the service compute a signature, and nothing more."""
    lead = await public.post_lead()
    path = await link(public, lead, "lijing")
    await public.service.database.close()

    assert (await asked(public, path + "x")).status == 403
    assert (await opened_unseen(public, path + "x")).status == 403
    assert (await asked(public, path)).status == 503


async def test_the_page_loads_nothing_and_stays_nowhere(public: World) -> None:
    """Strict headers: no script, no foreign source, no cache, no referrer, no frame."""
    lead = await public.post_lead()
    path = await link(public, lead, await public.accept(lead))

    for page in (await asked(public, path), await opened(public, path), await asked(public, path)):
        policy = page.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} < set(policy)
        assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert "<script" not in page.text
        assert "http" not in page.text.replace("https://leads.example.com", "")


async def test_without_a_public_address_there_is_no_page_and_no_link(world: World) -> None:
    """Nothing is linked that could not be opened."""
    lead = await world.post_lead()

    assert (await world.get(f"/l/{lead}?t=x")).status == 404
    assert (await posted(world, f"/l/{lead}", b"t=x")).status == 404
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
