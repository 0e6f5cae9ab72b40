"""Real third-party peers, started for the tests and stopped after them."""

import os
import random
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
_OURS = (20_000, 32_000)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now, below those that the system gives to calls that go out: none of these takes one."""
    with ExitStack() as held:
        found: list[int] = []
        while len(found) < count:
            one = held.enter_context(socket.socket())
            with suppress(OSError):  # somebody listens there
                one.bind(("127.0.0.1", random.randrange(*_OURS)))
                found.append(one.getsockname()[1])
        return found


@cache
def _refresh() -> None:
    subprocess.run(["apt-get", "update", "-q"], check=True, capture_output=True)


def debian(program: str, *packages: str) -> str:
    """The path of a program, installed from Debian first when we may; else the test skips, or fails when CI is set."""
    found = shutil.which(program) or next((str(path) for path in Path("/usr").glob(f"s*bin/{program}")), None)
    if found is None and os.geteuid() == 0:
        _refresh()
        # a policy that exits 101 keeps Debian from starting the service it installs
        policy = Path("/usr/sbin/policy-rc.d")
        made = not policy.exists()
        if made:
            policy.write_text("#!/bin/sh\nexit 101\n")
            policy.chmod(0o755)
        try:
            subprocess.run(
                ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages],
                check=True,
                capture_output=True,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            )
        finally:
            if made:
                policy.unlink()
        found = shutil.which(program) or next((str(path) for path in Path("/usr").glob(f"s*bin/{program}")), None)
    return found or missing(f"{program} is missing: sudo apt-get install {' '.join(packages)}")


def missing(why: str) -> str:
    """A peer that can't be had: skip, but never in CI."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def npm_home(folder: Path) -> Path:
    """Where the packages of the folder's package-lock.json are installed, once for each Python environment."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        debian("node", "nodejs")
        debian("npm", "npm")
    home = Path(sys.prefix) / folder.name.replace("_", "-")
    lock = (folder / "package-lock.json").read_bytes()
    done = home / "installed.json"
    if not (done.exists() and done.read_bytes() == lock):
        home.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, home)
        ran = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=home, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            missing(f"the packages of {folder.name} can't be installed from npm: {ran.stderr.strip().splitlines()[-1:]}")
        done.write_bytes(lock)
    return home
