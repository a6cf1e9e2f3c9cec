"""B-33: a marked lead goes every way there is; neither the log nor the files of the database show anything of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from sandbox.card_view import card_text
from tests.support.marked_personal_data import Marked, found_in, found_in_files, found_in_tables
from tests.support.recount import rows_of, until_drained
from tests.support.running_service import (
    API_TOKEN,
    DATA_KEY,
    DidNotStartError,
    RunningService,
    company_of,
    running_service,
)
from tests.support.traffic import Source, button, source

WITHIN = 2


class Walk:
    """Somebody who takes marked leads through the service, one way after the other."""

    def __init__(self, service: RunningService, sender: Source) -> None:
        """Take what drives the service."""
        self.service, self.sender, self.sandbox = service, sender, service.sandbox
        self._headers = {"Authorization": f"Bearer {API_TOKEN}"}

    async def post(self, number: int, **more: object) -> int:
        """Post a marked lead, wait for its card, and give its id."""
        answer = await self.sender.once(Marked(number).lead(**more), f"k-{number}-{len(self.sender.posted)}")
        assert answer.status == 202, answer
        return int(answer.json["lead_id"][1:])

    async def card(self, lead_id: int, offer_no: int = 1) -> tuple[str, str]:
        """Wait for the card of an offer; gives its rep and its task."""
        start = f"offer-L{lead_id}-{offer_no}-"
        async with asyncio.timeout(20):
            while True:
                for rep in self.service.company.reps:
                    for entry in self.sandbox.cards(rep):
                        if entry.task_id.startswith(start):
                            return rep, entry.task_id
                await asyncio.sleep(0.02)

    async def tap(self, lead_id: int, action: str, offer_no: int = 1) -> str:
        """Let the rep tap a button of the card; gives the rep."""
        rep, task = await self.card(lead_id, offer_no)
        key = button(self.sandbox.card(rep, task), action)
        assert key is not None
        await self.sandbox.tap(rep, key, task_id=task).wait()
        return rep

    async def say(self, person: str, words: str) -> None:
        """Let somebody type something."""
        await self.sandbox.text(person, words).wait()

    async def state(self, lead_id: int, wanted: str) -> dict[str, Any]:
        """Wait until a lead is in a state; gives it as the API shows it."""
        async with aiohttp.ClientSession(headers=self._headers) as session, asyncio.timeout(30):
            while True:
                async with session.get(f"{self.service.address}/api/v1/leads/L{lead_id}") as response:
                    found: dict[str, Any] = orjson.loads(await response.read())
                if found["state"] == wanted:
                    return found
                await asyncio.sleep(0.05)

    async def get(self, path: str, *, token: str = API_TOKEN) -> bytes:
        """Ask the API."""
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(self.service.address + path) as response,
        ):
            return await response.read()


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    """Give a company whose reps have two seconds, and a log that leaves nothing out."""
    company = company_of(6, within=f"{WITHIN}s", rounds=2, known_customer=True)
    async with (
        running_service(database_url, tmp_path / "service", company) as service,
        source(service.address) as sender,
    ):
        yield Walk(service, sender)


async def test_a_marked_lead_leaves_no_trace_in_the_log_and_none_in_clear_in_the_database(
    walk: Walk, tmp_path: Path
) -> None:
    """Invariant 8 and B-33: every path, the whole log at debug level, every file and every row of the database."""
    await _accepted_noted_closed(walk)
    await _declined_and_reassigned(walk)
    await _timed_out_and_reviewed(walk)
    await _refused(walk)
    await _asked_for_over_the_api(walk)
    await _broken(walk)
    await until_drained(walk.service.database_url, within=60)
    seen = [card_text(entry) for rep in walk.service.company.reps for entry in walk.sandbox.cards(rep)]
    assert any(Marked(1).phone in text for text in seen), "the marks must be found where they may be"
    assert found_in(walk.service.log().encode()) == []
    assert found_in_files(tmp_path) == []
    assert await found_in_tables(walk.service.database_url) == []
    await walk.service.stop()
    assert found_in(walk.service.log().encode()) == []
    assert found_in_files(tmp_path) == []


async def _accepted_noted_closed(walk: Walk) -> None:
    """接单, an update, a replay, a merge with a known customer, notes, and the end of it."""
    lead = await walk.post(1)
    owner = await walk.tap(lead, "accept")
    await walk.state(lead, "owned")
    await walk.post(1, demand=f"needmark1 改成 {Marked(1).phone}")
    merged = await walk.sender.once(Marked(1).lead(external_id="extmark1-other"), "k-merged")
    assert merged.json["duplicate"] is True
    replayed = await walk.sender.once(Marked(1).lead(external_id="extmark1-other"), "k-merged")
    assert replayed.body == merged.body
    for words in (f"跟进 L{lead} saidmark 客户电话 {Marked(1).phone}", f"稍后 L{lead} 2小时", f"为什么 L{lead}", "我的线索",
                  f"saidmark {Marked(1).phone}", f"成交 L{lead} saidmark", f"输单 L{lead} reasonmark {Marked(1).phone}"):  # fmt: skip
        await walk.say(owner, words)
    await walk.state(lead, "lost")


async def _declined_and_reassigned(walk: Walk) -> None:
    """转出 with a reason in words, 改派 and 确认 by the manager, 无效."""
    lead = await walk.post(2)
    rep, _ = await walk.card(lead)
    await walk.say(rep, f"转出 L{lead} reasonmark {Marked(2).phone}")
    owner = await walk.tap(lead, "accept", offer_no=2)
    await walk.state(lead, "owned")
    to = next(name for name in walk.service.company.reps if name != owner)
    await walk.say("boss", f"改派 L{lead} {to}")
    await walk.say("boss", "确认")
    await walk.tap(lead, "accept", offer_no=3)
    assert (await walk.state(lead, "owned"))["owner"] == to
    for words in (
        "状态",
        "负荷",
        "超时",
        f"为什么 L{lead}",
        f"派单 L{lead} namemark",
        f"补单 {to} 1 reasonmark",
        "saidmark",
    ):
        await walk.say("boss", words)
    await walk.say(to, f"无效 L{lead} reasonmark {Marked(2).phone}")
    await walk.state(lead, "invalid")


async def _timed_out_and_reviewed(walk: Walk) -> None:
    """Nobody answers: two rounds, then the manager, who gives it to somebody."""
    lead = await walk.post(3)
    await walk.state(lead, "review")
    asked = walk.service.company.reps[0]
    await walk.say("boss", f"派单 L{lead} {asked}")
    offers = (await walk.state(lead, "offered"))["offers"]
    assert [offer["state"] for offer in offers] == ["expired", "expired", "open"]
    await walk.tap(lead, "accept", offer_no=3)
    await walk.state(lead, "owned")
    await walk.say("boss", f"撤回 L{lead}")
    await walk.say("boss", "确认")
    await walk.state(lead, "review")


async def _refused(walk: Walk) -> None:
    """Deliveries that are refused, with marks in values and even in names of fields, and a tap that nobody may make."""
    marked = Marked(4)
    wrong: tuple[dict[str, object], ...] = (
        {"phone": f"x{marked.phone}x", "wechat": None, "email": None}, {"budget": f"saidmark {marked.phone}"},
        {"attributes": {f"keymark{marked.phone}": [f"attrmark {marked.phone}"]}}, {f"keymark{marked.phone}": {"a": {"b": "attrmark"}}},
        {"behaviour": {f"keymark{marked.phone}": "extramark"}}, {"submitted_at": f"saidmark {marked.phone}"},
    )  # fmt: skip
    for number, more in enumerate(wrong):
        await walk.sender.once(marked.lead(**more), f"k-refused-{number}")
    body = orjson.dumps(marked.lead())
    url = f"{walk.service.address}/webhooks/website"
    async with aiohttp.ClientSession() as session:
        for sent, headers in ((body[:-20], {}), (body, {"webhook-id": f"keymark{marked.phone}"}),
                              (body, {"Authorization": f"Bearer keymark{marked.phone}"})):  # fmt: skip
            async with session.post(url, data=sent, headers=headers) as response:
                assert response.status in {400, 401}
        for path in (
            f"/webhooks/website/{marked.phone}",
            f"/webhooks/keymark{marked.phone}",
            f"/keymark/{marked.phone}",
        ):
            async with session.post(f"{walk.service.address}{path}", data=body) as response:
                assert response.status in {401, 404}
    await walk.sandbox.attacks.send("not_xml", f"saidmark {marked.phone}")
    await walk.say("stranger", f"saidmark {marked.phone}")


async def _asked_for_over_the_api(walk: Walk) -> None:
    """The API by number, masked and revealed; a wrong token; parameters that make no sense."""
    phone = Marked(1).phone
    shown = await walk.get(f"/api/v1/leads?phone={phone}")
    assert b'"items":[{' in shown
    assert phone.encode() not in shown
    assert phone.encode() in await walk.get(f"/api/v1/leads?phone={phone}&reveal=true")
    for path in (f"/api/v1/leads?phone={phone}", f"/api/v1/leads/{phone}", f"/api/v1/leads?owner=keymark{phone}"):
        await walk.get(path)
        await walk.get(path, token=f"keymark{phone}")
    await walk.get(f"/api/v1/leads?cursor={phone}&limit=keymark&source=website&external_id=extmark1-{phone}")


async def _broken(walk: Walk) -> None:
    """A power failure while a card is on its way and while WeCom is down; then a wrong key; then on as if nothing had been."""
    walk.sandbox.faults.add("bad_gateway", "message/send", count=3)
    lead = await walk.post(5)
    await walk.service.kill()
    walk.service.more["PAIDAN_DATA_KEY"] = DATA_KEY.replace("k1:A", "k1:B")
    with pytest.raises(DidNotStartError, match="PAIDAN_DATA_KEY"):
        await walk.service.start()
    del walk.service.more["PAIDAN_DATA_KEY"]
    await walk.service.start()
    rows = await rows_of(walk.service.database_url)
    assert any(row["lead_id"] == lead for row in rows.lead)
    walk.sandbox.contacts.remove(walk.service.company.reps[5])
    for number in (6, 7, 8):
        await walk.post(number)
