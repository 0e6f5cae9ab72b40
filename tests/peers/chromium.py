"""Debian's Chromium, driven by selenium, with axe-core from npm: looks at pages as people see them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.peers import debian, missing

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4")
PHONE, DESKTOP = (320, 640), (1366, 768)
_FOLDER = Path(__file__).with_name("node_axe")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # root in a container
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)


@cache
def axe() -> str:
    """The script of axe-core, installed beside these tests the first time."""
    script = _FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm") or missing("npm is missing: sudo apt-get install npm")
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=_FOLDER, check=True, capture_output=True)
    return script.read_text()


def gone(element: WebElement) -> Callable[[object], bool]:
    """A condition: the page of this element is not shown any more. Chromium says so in two ways, one of them while it loads."""

    def look(_driver: object) -> bool:
        try:
            element.is_enabled()
        except StaleElementReferenceException:
            return True
        except WebDriverException as trouble:
            if "does not belong to the document" not in str(trouble):
                raise
            return True
        return False

    return look


class Browser:
    """One window."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def enter(self, base: str, email: str, password: str) -> None:
        """Sign in with the keyboard alone; the desk is there when this returns."""
        self.driver.get(f"{base}/desk/connexion")
        self.driver.find_element("name", "email").send_keys(email, Keys.TAB, password, Keys.ENTER)
        WebDriverWait(self.driver, 20).until(lambda driver: driver.current_url == f"{base}/desk")

    def size(self, width: int, height: int) -> None:
        """The page's own size, which a window can't be made as small as."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def scheme(self, name: str) -> None:
        """ "light" or "dark"."""
        features = [{"name": "prefers-color-scheme", "value": name}, {"name": "prefers-reduced-motion", "value": "reduce"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def violations(self) -> list[str]:
        """What axe finds on the page that is open, and sideways scrolling, which it does not look for."""
        self.driver.execute_script(axe())
        found: dict[str, Any] = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}, resultTypes: ['violations']})"
            ".then(done, error => done({violations: [{id: String(error), help: '', nodes: []}]}));",
            list(TAGS),
        )
        told = [f"{one['id']}: {one['help']}: {'; '.join(_shown(node) for node in one['nodes'][:4])}" for one in found["violations"]]
        wide = self.driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [*told, *([f"scrolls sideways by {wide} pixels"] if wide > 0 else [])]

    def press(self, keys: str) -> None:
        """Type into the page; the next page is there when this returns."""
        before = self.driver.find_element("tag name", "body")
        ActionChains(self.driver).send_keys(keys).perform()
        wait = WebDriverWait(self.driver, 20)
        wait.until(gone(before))
        wait.until(lambda driver: driver.execute_script("return document.readyState") == "complete")

    def faults(self, name: str, address: str = "") -> list[str]:
        """What axe finds on the page that is open, or on that of an address, on a desk and a phone, light and dark.

        The folder PICTURES, when it is named, gets what was seen.
        """
        found = []
        for size in (DESKTOP, PHONE):
            for scheme in ("light", "dark"):
                self.size(*size)
                self.scheme(scheme)
                if address:
                    self.driver.get(address)
                found += [f"{name} {size[0]} {scheme}: {fault}" for fault in self.violations()]
                if folder := os.environ.get("PICTURES"):
                    self.picture(Path(folder) / f"{name.replace('/', '_')}-{size[0]}-{scheme}.png")
        self.size(*DESKTOP)
        return found

    def picture(self, path: Path) -> None:
        """The whole page, however long."""
        height = self.driver.execute_script("return Math.max(document.documentElement.scrollHeight, innerHeight)")
        width = self.driver.execute_script("return innerWidth")
        self.size(width, height)
        self.driver.save_screenshot(str(path))


def _shown(node: dict[str, Any]) -> str:
    return f"{node['html'][:160]} {node.get('failureSummary', '')[:300]}"


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that knows nothing yet."""
    chromium, chromedriver = debian("chromium", "chromium"), debian("chromedriver", "chromium-driver")
    with TemporaryDirectory() as folder:
        options = Options()
        options.binary_location = chromium
        for flag in (*_FLAGS, f"--user-data-dir={folder}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(chromedriver))
        driver.set_script_timeout(30)
        try:
            yield Browser(driver)
        finally:
            driver.quit()
