"""`paidan demo` as a process of its own, as a user starts it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass
class DemoProcess:
    """A running demo and what it has printed so far."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    async def line_with(self, words: str, *, within: float = 60.0) -> str:
        """Read on until a line holds these words; gives the line."""
        async with asyncio.timeout(within):
            while True:
                found = next((line for line in self.lines if words in line), None)
                if found is not None:
                    return found
                assert await self._read(), f"the program ended before it said {words!r}: {self.text[-2000:]}"

    async def end(self, *, within: float = 60.0) -> int:
        """Read to the end and give the exit status."""
        async with asyncio.timeout(within):
            while await self._read():
                pass
            return await self.process.wait()

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return "\n".join(self.lines)

    @property
    def _stdout(self) -> asyncio.StreamReader:
        assert self.process.stdout is not None
        return self.process.stdout

    async def _read(self) -> bool:
        """Read one line; False at the end."""
        line = await self._stdout.readline()
        if line:
            self.lines.append(line.decode().rstrip("\n"))
        return bool(line)


@asynccontextmanager
async def paidan(arguments: Sequence[str], folder: Path) -> AsyncIterator[DemoProcess]:
    """Run `paidan …` in a folder, with a narrow environment, and end it at the end of the block."""
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, limit=2**20,
    )  # fmt: skip
    try:
        yield DemoProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def free_ports(count: int) -> list[int]:
    """Give ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for held in sockets:
            held.bind(("127.0.0.1", 0))
        return [held.getsockname()[1] for held in sockets]
    finally:
        for held in sockets:
            held.close()
