"""What a page may weigh, and that nothing moves, waits for others or is blocked."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page

KB = 1024
# Over the wire as Chromium counts it, headers and all: an answer of HTML, stylesheets, scripts.
STORY_BYTES = 45 * KB
USUAL_STORY_BYTES = 30 * KB
FRONT_BYTES = 25 * KB
SCRIPT_BYTES = 12 * KB
COUNTED = ("Document", "Stylesheet", "Script")
# Set before anything else of the page runs; read when all has come.
WATCH = """
window.moved = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries()) {
    window.moved.push([value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 90))]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


class Wire:
    """What comes over the wire for a page, by kind; and from which hosts."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes: Counter[str] = Counter()
        self.hosts: set[str] = set()
        self._kinds: dict[str, str] = {}
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

    def _sent(self, event: dict[str, Any]) -> None:
        self._kinds[event["requestId"]] = event["type"]
        address = urlsplit(event["request"]["url"])
        if address.scheme != "data":
            self.hosts.add(address.netloc)

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes[self._kinds[event["requestId"]]] += event["encodedDataLength"]

    @property
    def weight(self) -> int:
        return sum(self.bytes[kind] for kind in COUNTED)


def read(page: Page, path: str) -> Wire:
    """Open a page and read it to its end: late fonts, lazy pictures, scripts at their first use."""
    wire = Wire(page.context.new_cdp_session(page))
    page.goto(path)
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    for picture in page.locator("main img").all():
        picture.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    return wire


@pytest.mark.once
def test_a_page_keeps_its_budget(person, publication, pages):
    """The story with everything there is, the one with nothing, the front page."""
    budgets = {"post": STORY_BYTES, "nothing": USUAL_STORY_BYTES, "front": FRONT_BYTES}
    for name, budget in budgets.items():
        page = person(width=390, device_scale_factor=2)
        page.add_init_script(WATCH)
        wire = read(page, pages[name])
        kinds = {kind: wire.bytes[kind] for kind in COUNTED}
        assert wire.weight <= budget, (name, kinds)
        assert wire.bytes["Script"] <= SCRIPT_BYTES, (name, kinds)
        assert wire.hosts == {urlsplit(publication.url).netloc}, name
        assert page.evaluate("window.moved") == [], name
