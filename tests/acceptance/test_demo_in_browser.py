"""The demo as somebody tries it: paste the printed curl, see the card, tap 接单, ask the API."""

import json
import re
import shlex
import time
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.bot.cli.demo_process import DemoProcess, free_ports, paidan


def read_curl(line: str) -> tuple[str, dict[str, str], str | None]:
    """Read a printed curl command: address, headers, body."""
    words = shlex.split(line)
    address = next(word for word in words if word.startswith("http"))
    values = {flag: [words[at + 1] for at, word in enumerate(words) if word == flag] for flag in ("-H", "-d")}
    headers = dict(header.split(": ", 1) for header in values["-H"])
    return address, headers, values["-d"][0] if values["-d"] else None


async def post_as_printed(demo: DemoProcess, session: aiohttp.ClientSession) -> tuple[dict[str, object], float]:
    """Post the lead of the printed curl; gives the answer and when it came."""
    address, headers, body = read_curl(await demo.line_with("/webhooks/landing"))
    async with session.post(address, headers=headers, data=(body or "").encode()) as answer:
        content: dict[str, object] = await answer.json()
        assert answer.status == 202, content
        return content, time.monotonic()


@pytest.mark.browser
@pytest.mark.timeout(180)
async def test_a_pasted_lead_is_a_card_within_a_second_and_a_tap_makes_the_rep_its_owner(
    page: Page, tmp_path: Path
) -> None:
    """The main job, end to end, on real HTTP, real callbacks and a real page."""
    service, phones = free_ports(2)
    arguments = ["demo", "--leads", "2", "--speed", "3", "--port", str(service), "--sandbox-port", str(phones)]
    async with paidan(arguments, tmp_path) as demo, aiohttp.ClientSession() as session:
        address = re.search(r"http://\S+", await demo.line_with("phones"))
        assert address is not None
        await page.goto(address[0])
        await expect(page.locator('[data-role="link"][data-state="open"]')).to_be_visible()

        answer, answered_at = await post_as_printed(demo, session)
        phone = page.locator('[data-role="phone"]', has_text=f"{answer['lead_id']} · 您来试")
        card = phone.locator(".entry", has_text=f"{answer['lead_id']} · 您来试")
        await expect(card).to_be_visible(timeout=5_000)
        seconds = time.monotonic() - answered_at
        assert seconds < 1.0, f"the card came after {seconds:.2f} s"
        await expect(card).to_contain_text("138****8000")
        await expect(card).not_to_contain_text("13800138000")

        rep = await phone.get_attribute("data-user")
        await card.get_by_role("button", name="接单", exact=True).click()
        await expect(card).to_contain_text("13800138000", timeout=5_000)
        await expect(card).to_contain_text("已接单")

        lead_address, headers, _ = read_curl(await demo.line_with("/api/v1/leads/"))
        lead_address = lead_address.rpartition("/")[0] + f"/{answer['lead_id']}"
        async with session.get(lead_address, headers=headers) as response:
            lead = json.loads(await response.read())
        assert (lead["state"], lead["owner"]) == ("owned", rep)
        assert lead["phone"] == "138****8000"
        assert rep in {"zhangsan", "sunqi"}

        demo.interrupt()
        assert await demo.end(within=20) == 0
