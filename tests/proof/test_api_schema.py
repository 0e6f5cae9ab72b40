"""schemathesis calls the API as its own description says, and as it does not: no answer is a fault of ours."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.api import DOORS
from tests.city import City, living

pytestmark = [pytest.mark.proof, pytest.mark.peer]

SECONDS = 45
CHECKS = (
    "not_a_server_error", "content_type_conformance", "response_schema_conformance", "status_code_conformance", "ignored_auth",
    "negative_data_rejection",
)  # fmt: skip


def _run(command: list[str], folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=600)


async def test_no_call_that_the_description_allows_or_forbids_breaks_the_api(tmp_path: Path) -> None:
    city = City(tmp_path).build()
    admin = city.command("token", "create", "--role", "admin", "--name", "everything")
    async with living(city):
        program = Path(sys.executable).with_name("st")
        words = [
            "run",
            f"{city.base}/api/v1/openapi.json",
            f"--checks={','.join(CHECKS)}",
            f"--header=Authorization: Bearer {admin}",
            f"--max-time={SECONDS}",
            "--max-examples=40",
            "--seed=1",
            "--generation-database=none",
            "--continue-on-failure",
            "--warnings=off",
            "--no-color",
        ]
        done = await asyncio.to_thread(_run, [str(program), *words], tmp_path, city.environ)
        log = city.log.read_text()
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "request failed" not in log, log[-2000:]
    tested = re.search(r"Tested: (\d+)", done.stdout)
    generated = re.search(r"(\d+) generated", done.stdout)
    assert tested
    assert generated
    assert int(tested[1]) == len(DOORS)
    assert int(generated[1]) > 500
