"""What a page weighs over the wire, without fonts and pictures, and whether anything moves.

    .venv/bin/python -m benchmarks.weight [--quick] [--json]

The budgets of `tests/browser/test_budgets.py`, on a story of the usual length and the front page.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from benchmarks.choices import Choices, run
from benchmarks.missing import NotMeasured
from benchmarks.place import opened
from benchmarks.row import Kind, Row
from tests import chromium
from tests.browser.test_budgets import (
    FRONT_BYTES,
    KB,
    SCRIPT_BYTES,
    USUAL_STORY_BYTES,
    WATCH,
    read,
)


def measure(chosen: Choices) -> Iterator[Row]:
    program = chromium.installed()
    if program is None:
        raise NotMeasured("Chromium is not there: .venv/bin/playwright install chromium")
    with opened(chosen) as place, sync_playwright() as playwright:
        story = place.usual_story()
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.ARGUMENTS))
        with place.served() as server:
            for name, path, most in (
                ("story", story, USUAL_STORY_BYTES),
                ("front page", "/", FRONT_BYTES),
            ):
                page = browser.new_page(viewport={"width": 390, "height": 844})
                page.add_init_script(WATCH)
                wire = read(page, server.url + path)
                weights = {
                    "all": (wire.weight, most),
                    "scripts": (wire.bytes["Script"], SCRIPT_BYTES),
                }
                for part, (weight, limit) in weights.items():
                    what = f"{name} over the wire, {part}"
                    kilobytes = round(weight / KB, 1)
                    yield Row(9, what, kilobytes, "KB", Kind.SIZE, most=limit / KB)
                moved = float(len(page.evaluate("window.moved")))
                yield Row(9, f"{name}: what moves", moved, "shifts", Kind.SIZE, most=0)
                page.close()
        browser.close()


if __name__ == "__main__":
    run("weight", __doc__, measure)
