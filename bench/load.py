"""Load from a process of its own: clients that each send the next request as soon as the last one was answered."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from bench.scenario import signed_requests


@dataclass
class Outcome:
    """What the clients saw: seconds per answer, and how many answers had each status."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


class Client(asyncio.Protocol):
    """One connection: writes a prepared request, waits for its answer, writes the next."""

    def __init__(self, requests: Iterator[bytes], outcome: Outcome, done: asyncio.Future[None]) -> None:
        """Share the requests and the outcome with the other clients."""
        self._requests = requests
        self._outcome = outcome
        self._done = done
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take an answer once all of it is there."""
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.lower().index(b"content-length:") + len(b"content-length:")
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        status = int(head[9:12])
        self._outcome.statuses[status] = self._outcome.statuses.get(status, 0) + 1
        self._outcome.seconds.append(time.perf_counter() - self._sent_at)
        self._buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """End this client."""
        del exc
        if not self._done.done():
            self._done.set_result(None)

    def _next(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


async def run(port: int, clients: int, requests: list[bytes]) -> dict[str, object]:
    """Send all requests; gives the figures."""
    outcome, waiting = Outcome(), iter(requests)
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in range(clients)]
    started = time.perf_counter()
    for future in done:
        await loop.create_connection(lambda future=future: Client(waiting, outcome, future), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*done)
    seconds = time.perf_counter() - started
    ordered = sorted(outcome.seconds)
    return {
        "answers": len(ordered),
        "per_second": len(ordered) / seconds,
        "p50_ms": ordered[len(ordered) // 2] * 1000,
        "p95_ms": ordered[len(ordered) * 95 // 100] * 1000,
        "p99_ms": ordered[len(ordered) * 99 // 100] * 1000,
        "statuses": {str(status): count for status, count in sorted(outcome.statuses.items())},
    }


def main() -> None:
    """Take `PORT CLIENTS COUNT FIRST RULES` and print the figures as JSON."""
    port, clients, count, first, rules = (int(word) for word in sys.argv[1:6])
    requests = list(signed_requests(count, rules, now=int(time.time()), first=first))
    sys.stdout.write(orjson.dumps(asyncio.run(run(port, clients, requests))).decode() + "\n")


if __name__ == "__main__":
    main()
