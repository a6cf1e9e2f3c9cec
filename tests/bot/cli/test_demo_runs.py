"""`paidan demo` and `paidan sandbox`, started as a user starts them."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest

from tests.bot.cli.demo_process import ROOT, free_ports, paidan


@pytest.mark.timeout(200)
async def test_the_whole_morning_ends_by_itself_with_nothing_lost(tmp_path: Path) -> None:
    """What a customer sees first: forty leads and more, each with an owner in the end, and a status that a script can test."""
    service, phones = free_ports(2)
    arguments = ["demo", "--exit-when-done", "--speed", "2", "--port", str(service), "--sandbox-port", str(phones)]

    async with paidan([*arguments, "--keep", "kept"], tmp_path) as demo:
        status = await demo.end(within=180)

    assert status == 0, demo.text[-3000:]
    assert "leads lost: 0" in demo.text
    assert f"http://127.0.0.1:{phones}/" in demo.text
    assert (tmp_path / "kept" / "paidan.db").exists()
    log = (tmp_path / "kept" / "paidan.log").read_text("utf-8")
    assert '"level": "error"' not in log, log[:3000]
    told = demo.text
    for what in ("拒收 422：phone", "同一个推送重发了一次", "还是同一条线索", "进公海", "超时未接", "转出", "李静指派", "陈敏指派",
                 "老客户再次来访", "成交 ¥780,000"):  # fmt: skip
        assert what in told, what


async def test_ctrl_c_ends_it_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Nobody waits for a demo to end; its folder goes with it."""
    service, phones = free_ports(2)
    arguments = ["demo", "--leads", "2", "--port", str(service), "--sandbox-port", str(phones)]

    async with paidan(arguments, tmp_path) as demo:
        await demo.line_with("L1001 收到")
        pressed_at = time.monotonic()
        demo.interrupt()
        status = await demo.end(within=20)

    assert status == 0
    assert time.monotonic() - pressed_at < 5
    assert "Traceback" not in demo.text
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("paidan-demo-")]


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """A port that was asked for is not silently another one."""
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async with server, paidan(["demo", "--port", str(port)], tmp_path) as demo:
        status = await demo.end(within=30)

    assert status == 1
    assert f"port {port} is in use" in demo.text


async def test_the_sandbox_alone_shows_the_people_of_a_team_file(tmp_path: Path) -> None:
    """Whoever tries their own team file finds everybody of it on the phones."""
    arguments = ["sandbox", "--port", "0", "--team", str(ROOT / "examples" / "team.yaml")]

    async with paidan(arguments, tmp_path) as sandbox:
        address = (await sandbox.line_with("sandbox http://")).removeprefix("sandbox ")
        people = await _read_json(f"{address}/sandbox/api/people")
        sandbox.interrupt()
        status = await sandbox.end(within=20)

    assert status == 0
    assert {"zhangsan", "smith", "lijing"} <= {person["userid"] for person in people["people"]}
    assert {person["name"]: person["role"] for person in people["people"]}["李静"] == "manager"


async def _read_json(address: str) -> dict[str, list[dict[str, str]]]:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        read: dict[str, list[dict[str, str]]] = await answer.json()
        return read
