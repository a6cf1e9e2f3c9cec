"""WeCom's own crypto as a Node package: a second opinion that shares no line with ours."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_LOCK = Path(__file__).parent / "node"


def wecom_package(config: pytest.Config) -> Path:
    """Give a folder whose modules hold `@wecom/crypto`, fetched once as its lock file says; skips loudly where that fails."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("LOUD SKIP: Node.js and npm are needed to check our crypto against WeCom's own package")
    assert config.cache is not None, "pytest keeps no cache here"
    try:
        return _installed(config.cache.mkdir("wecom-node"))
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"LOUD SKIP: npm could not fetch WeCom's package ({type(error).__name__})")


def _installed(cache: Path) -> Path:
    """Install the package; several test processes may want it at once."""
    target = cache / "second-opinion-1.0.1"
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=cache) as building:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_LOCK / name, building)
            command = ["npm", "ci", "--no-fund", "--no-audit", "--ignore-scripts"]
            subprocess.run(command, cwd=building, check=True, capture_output=True, timeout=90)
            ready = Path(building) / "ready"
            ready.mkdir()
            shutil.move(Path(building) / "node_modules", ready)
            try:
                ready.rename(target)
            except OSError:  # another process was first
                assert target.exists()
    return target
