"""An identity provider: the npm package `oidc-provider` with its own sign-in page, and somebody who signs in there."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from tests.peers import free_ports, npm_home

HERE = Path(__file__).parent / "node_oidc"
CLIENT, SECRET = "allervers", "a secret/with:signs"


class Issuer(NamedTuple):
    """A provider that runs, and where it sends people back to."""

    url: str
    back: str

    async def sign_in(self, start: str, who: str) -> str:
        """Go to the provider, sign in there as `who`, agree; the address on our side that the browser is sent back to."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            address = start
            for _step in range(12):
                async with browser.get(URL(address, encoded=True), allow_redirects=False) as answer:
                    page = await answer.text()
                    there = answer.headers.get("Location", "")
                if there:
                    address = urljoin(address, there)
                    if address.startswith(self.back):
                        return address
                    continue
                action = re.search(r'<form[^>]*action="([^"]+)"', page)
                prompt = re.search(r'name="prompt" value="(\w+)"', page)
                assert action, page
                assert prompt, page
                form = {"prompt": prompt[1], "login": who, "password": "any"}
                async with browser.post(URL(urljoin(address, action[1]), encoded=True), data=form, allow_redirects=False) as answer:
                    address = urljoin(address, answer.headers["Location"])
        raise AssertionError(f"the provider led nowhere: {address}")


@asynccontextmanager
async def oidc_peer(back: str) -> AsyncIterator[Issuer]:
    """The provider, for one client that people are sent back to at `back`."""
    home = await asyncio.to_thread(npm_home, HERE)
    (port,) = free_ports(1)
    script = home / "oidc.js"  # a module finds its packages beside itself
    script.write_text((HERE / "oidc.js").read_text())
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        "node",
        str(script),
        str(port),
        back,
        CLIENT,
        SECRET,
        env=os.environ | {"NODE_NO_WARNINGS": "1"},
        stdin=pipe,
        stdout=pipe,
        start_new_session=True,
    )
    try:
        assert program.stdout is not None
        async with asyncio.timeout(30):
            while (line := await program.stdout.readline()) != b"listening\n":
                assert line, "the provider did not start"
        yield Issuer(f"http://127.0.0.1:{port}", back)
    finally:
        if program.returncode is None:
            program.terminate()
        await program.wait()
