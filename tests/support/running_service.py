"""`paidan serve` as a real child process, with a stand-in WeCom beside it, that can be stopped, killed and started again."""

import asyncio
import base64
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.clock import SystemClock
from bot.operator import run_named
from bot.services.runner import Runner
from sandbox.config import CallbackTiming
from sandbox.server import Person, Sandbox, SandboxConfig, run_sandbox
from store.data_key import accept
from store.database import open_database
from store.sealed_fields import KeyRing

PROJECT = Path(__file__).resolve().parents[2]
WEBHOOK_SECRET = b"a-secret-of-thirty-two-bytes-ok!"
BEARER = "token-of-the-landing-page"
API_TOKEN = "token-of-the-api"
CALLBACK_TOKEN = "QDG6eK"
CALLBACK_AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
DATA_KEY = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
#: On a machine whose two cores do other things as well.
_START_SECONDS = 60.0
_SOURCES = f"""
sources:
  website:
    kind: generic
    channel: 官网表单
    auth: {{scheme: standard_webhooks, secret: "whsec_{base64.b64encode(WEBHOOK_SECRET).decode()}"}}
  landing:
    kind: generic
    auth: {{scheme: bearer, token: {BEARER}}}
"""


class DidNotStartError(Exception):
    """The service ended, or stayed silent, before it was ready; the text is what it said."""


@dataclass(frozen=True)
class Company:
    """Who is there and by which rules: texts of a team file and a policy, and the same people for the stand-in WeCom.

    Attributes:
        reps: userids of those who take leads.
        managers: userids of the team's managers; the first is the admin as well.
    """

    reps: tuple[str, ...]
    team: str
    policy: str
    managers: tuple[str, ...] = ("boss",)

    @property
    def people(self) -> tuple[Person, ...]:
        """Give everybody as members of the stand-in WeCom."""
        reps = (Person(rep, f"销售{rep}") for rep in self.reps)
        return (*reps, *(Person(manager, f"主管{manager}", role="manager") for manager in self.managers))


def company_of(
    reps: int,
    *,
    managers: int = 1,
    within: str = "10m",
    remind: Sequence[str] = (),
    rounds: int = 3,
    known_customer: bool = False,
) -> Company:
    """Give a company on duty round the clock, with caps that nobody reaches and without follow-up rules."""
    names = tuple(f"rep{number:04d}" for number in range(reps))
    bosses = tuple("boss" if number == 0 else f"boss{number}" for number in range(managers))
    people = [{"id": name, "name": f"销售{name}", "team": "east"} for name in names]
    people += [{"id": name, "name": f"主管{name}", "team": "east", "role": "manager"} for name in bosses]
    team: dict[str, object] = {
        "teams": [
            {"id": "east", "name": "华东", "managers": list(bosses), "timezone": "Asia/Shanghai", "shift": "always"}
        ],
        "shifts": {"always": {"everyday": ["00:00-24:00"]}},
        "admins": ["boss"],
        "reps": people,
    }
    policy: dict[str, object] = {
        "version": 1,
        "timezone": "Asia/Shanghai",
        "scoring": {"base": 50, "grades": {"A": 80, "B": 60, "C": 40, "D": 0}},
        "rules": [{"name": "其余", "teams": ["east"]}],
        "choose": {"by": "round_robin"},
        "capacity": {"open": 900_000, "per_day": 900_000},
        "acknowledge": {"within": within, "remind": list(remind), "rounds": rounds, "clock": "always"},
    }
    if known_customer:
        policy["known_customer"] = {"within": "90d", "to": "owner"}
    return Company(names, _yaml(team), _yaml(policy), bosses)


def _yaml(document: dict[str, object]) -> str:
    return str(yaml.safe_dump(document, allow_unicode=True))


async def put_in_force(database_url: str, company: Company) -> None:
    """Bring team and policy into force by the use cases that the command line runs, without its start-up time."""
    database, keys, clock = open_database(database_url), KeyRing.parse(DATA_KEY), SystemClock()
    try:
        await database.write(lambda connection: accept(connection, keys, clock.now()))
        runner = Runner(database, keys, clock)
        for name, text in (("team.import", company.team), ("policy.publish", company.policy)):
            arguments = {"text": text, "author": "test", "reason": "a test"}
            done = await runner.run(lambda desk, name=name, given=arguments: run_named(desk, name, given))  # type: ignore[misc]
            assert "refused" not in done, done
    finally:
        await database.close()


@dataclass
class RunningService:
    """One installation: its database, its settings, its log, and the process that serves it at present.

    Attributes:
        log_path: standard output and standard error of every process so far, in one file.
        starts: how often a process was started.
    """

    database_url: str
    folder: Path
    sandbox: Sandbox
    port: int
    company: Company
    more: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    starts: int = 0

    @property
    def address(self) -> str:
        """Give where the service listens; the same after every start."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_path(self) -> Path:
        """Give the file with all that the processes printed."""
        return self.folder / "serve.log"

    def log(self) -> str:
        """Give all that the processes printed."""
        return self.log_path.read_text("utf-8") if self.log_path.exists() else ""

    def environment(self) -> dict[str, str]:
        """Give the settings of a process, on top of what any process on this machine has."""
        config = self.sandbox.config
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PAIDAN_")}
        # Compiling everything anew at each start would take longer than most tests.
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        own = {
            "PYTHONPATH": str(PROJECT),
            "PAIDAN_DATABASE_URL": self.database_url,
            "PAIDAN_PORT": str(self.port),
            "PAIDAN_API_TOKEN": API_TOKEN,
            "PAIDAN_DATA_KEY": DATA_KEY,
            "PAIDAN_SOURCES_FILE": str(self.folder / "sources.yaml"),
            "PAIDAN_WECOM_API_BASE": self.sandbox.base_url,
            "PAIDAN_WECOM_CORP_ID": config.corp_id,
            "PAIDAN_WECOM_AGENT_ID": str(config.agent_id),
            "PAIDAN_WECOM_SECRET": config.secret,
            "PAIDAN_WECOM_TOKEN": CALLBACK_TOKEN,
            "PAIDAN_WECOM_AES_KEY": CALLBACK_AES_KEY,
            "PAIDAN_LOG_LEVEL": "debug",
        }
        return {**kept, **own, **self.more}

    async def spawn(self, *words: str, log: bool = True) -> asyncio.subprocess.Process:
        """Start `paidan` with these words and this installation's settings; its output goes to the log, or to a pipe."""
        command = [sys.executable, "-m", "bot", *words]
        if not log:
            pipe = asyncio.subprocess.PIPE
            return await asyncio.create_subprocess_exec(
                *command, env=self.environment(), cwd=self.folder, stdout=pipe, stderr=asyncio.subprocess.STDOUT
            )
        with self.log_path.open("ab") as out:
            return await asyncio.create_subprocess_exec(
                *command, env=self.environment(), cwd=self.folder, stdout=out, stderr=asyncio.subprocess.STDOUT
            )

    async def run(self, *words: str) -> tuple[int, str]:
        """Run one command of `paidan` to its end; gives its status and all that it printed."""
        process = await self.spawn(*words, log=False)
        printed, _ = await asyncio.wait_for(process.communicate(), _START_SECONDS)
        return process.returncode or 0, printed.decode("utf-8", "replace")

    async def start(self) -> None:
        """Start `paidan serve` and wait for its `ready`; raises DidNotStartError."""
        before = self.log_path.stat().st_size if self.log_path.exists() else 0
        self.process = await self.spawn("serve")
        self.starts += 1
        until = time.monotonic() + _START_SECONDS
        while True:
            said = self.log_path.read_bytes()[before:] if self.log_path.exists() else b""
            if f"ready {self.address}\n".encode() in said:
                return
            if self.process.returncode is not None or time.monotonic() > until:
                await self.kill()
                raise DidNotStartError(said.decode("utf-8", "replace"))
            await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """End the process as a power failure would: SIGKILL, at once."""
        if self.process is not None:
            if self.process.returncode is None:
                self.process.kill()
            await self.process.wait()
            self.process = None

    async def stop(self, *, within: float = 30.0) -> tuple[int, float]:
        """Ask the process to end (SIGTERM); gives its status and how many seconds it took.

        Raises:
            TimeoutError: it had not ended within that many seconds; it is killed then.
        """
        assert self.process is not None, "nothing is running"
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            await self.kill()
            raise
        self.process = None
        return status, time.monotonic() - started

    async def connect_callbacks(self) -> None:
        """Save the callback address in the stand-in WeCom, as an admin does in the console: it is verified."""
        await self.sandbox.save_callback(f"{self.address}/wecom/callback", CALLBACK_TOKEN, CALLBACK_AES_KEY)


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def installation(
    database_url: str, folder: Path, company: Company, *, retry_spacing: float = 1.0, seed: int = 1, **more: str
) -> AsyncIterator[RunningService]:
    """Set up a company over a database that has the newest schema, and a stand-in WeCom; nothing serves it yet.

    Args:
        database_url: of a database with the newest schema.
        folder: for settings and log.
        company: brought into force unless its team is empty.
        retry_spacing: seconds between WeCom's attempts to deliver one callback.
        seed: of the faults that the stand-in draws.
        more: further settings, as `PAIDAN_PUBLIC_URL`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.yaml").write_text(_SOURCES, "utf-8")
    if company.team:
        await put_in_force(database_url, company)
    # The address is known beforehand, so it counts as verified long ago; `connect_callbacks` verifies it for real.
    port = free_port()
    config = SandboxConfig(
        people=company.people,
        callback_url=f"http://127.0.0.1:{port}/wecom/callback",
        callback_token=CALLBACK_TOKEN,
        callback_aes_key=CALLBACK_AES_KEY,
        timing=CallbackTiming(retry_spacing_s=retry_spacing, verification_s=5.0),
        seed=seed,
    )
    async with run_sandbox(config) as sandbox:
        service = RunningService(database_url, folder, sandbox, port, company, more)
        try:
            yield service
        finally:
            await service.kill()


@asynccontextmanager
async def running_service(
    database_url: str, folder: Path, company: Company, *, retry_spacing: float = 1.0, seed: int = 1, **more: str
) -> AsyncIterator[RunningService]:
    """Give an installation that is being served; arguments as of `installation`."""
    async with installation(database_url, folder, company, retry_spacing=retry_spacing, seed=seed, **more) as service:
        await service.start()
        yield service


def copy_of(template: Path, folder: Path) -> str:
    """Give the URL of a fresh SQLite database made from a file that has the newest schema."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, folder / "paidan.db")
    return f"sqlite:///{folder / 'paidan.db'}"
