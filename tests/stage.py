"""The demonstration's page in a real browser: a scene is played by its button, and what was told and heard is kept."""

import time

from selenium.webdriver.common.by import By

from tests.peers.chromium import Browser

LONGEST = 180.0  # seconds of a scene
_LOOK = 0.1


def play(window: Browser, scene: str) -> str:
    """Press a scene's button and wait until it has ended; all that the page told, a line each."""
    driver = window.driver
    driver.switch_to.default_content()
    button = driver.find_element(By.CSS_SELECTOR, f"[data-scene='{scene}']")
    before = driver.find_element(By.ID, "told").text
    button.click()
    lines, end = [before], time.monotonic() + LONGEST
    while not button.is_enabled():
        if (told := driver.find_element(By.ID, "told").text) != lines[-1]:
            lines.append(told)
        assert time.monotonic() < end, lines
        time.sleep(_LOOK)
    return "\n".join([*lines[1:], driver.find_element(By.ID, "told").text])


def heard(window: Browser, phone: str) -> str:
    """All that stands on a phone, `keypad` or `touch`."""
    return window.driver.find_element(By.CSS_SELECTOR, f".{phone} .talk").text


def shown(window: Browser, frame: str, selector: str = "body") -> str:
    """What one of the page's windows shows, `desk` or `site`."""
    driver = window.driver
    driver.switch_to.frame(frame)
    try:
        return driver.find_element(By.CSS_SELECTOR, selector).text
    finally:
        driver.switch_to.default_content()


def fetched(window: Browser, path: str) -> str:
    """What an address of the service answers."""
    return str(window.driver.execute_async_script("fetch(arguments[0]).then((answer) => answer.text()).then(arguments[1])", path))
