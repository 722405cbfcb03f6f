"""Nobody is kept out: axe-core looks at the pages of the desk and at what readers open."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, press, sign_in

pytestmark = pytest.mark.one_database

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TEXT = """\
The keeper wrote *every* hour.[^1] TK his name.

## What he wrote

> Wind south, lamp trimmed.

::: note
It is kept in a tin.
:::

::: details How to read it
From right to left.
:::

```python
hours = 24
```

| Hour | Wind |
|------|-----:|
| 1    | 3    |

## The sum

$$
\\frac{a}{b}
$$

## Where it lies

https://example.org/lamp

## Who has read it

Nobody.

[^1]: Twenty-four lines a day.
"""
SCHEMES = ["light", "dark"]


def troubles(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def expect_no_troubles(page: Page, *paths: str) -> None:
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert troubles(page) == [], path


@pytest.fixture(scope="module")
def story(browser, publication) -> str:
    """The key of a story that has something of everything: published, changed, with a link."""
    context = browser.new_context(base_url=publication.url)
    page = context.new_page()
    sign_in(page, *OWNER)
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill("The log of a lamp")
    page.get_by_label("Text", exact=True).fill(TEXT)
    page.get_by_label("Tags").fill("Light, Paper")
    page.get_by_role("combobox", name="Series").fill("Lamps")
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish now", exact=True).click()
    page.get_by_role("link", name="Back to writing").click()
    page.get_by_label("Text", exact=True).fill(TEXT.replace("hour", "night"))
    page.get_by_label("Correction", exact=True).fill("Not every hour.")
    press(page, "Update")
    found = re.search(r"/post/(\d+)/", page.url)
    context.close()
    assert found
    return found[1]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1440])
def test_nobody_is_kept_out_of_the_desk(person, story, scheme, width):
    page = person(width=width, color_scheme=scheme)
    sign_in(page, *OWNER)
    desk = "/admin/blog/post/"
    expect_no_troubles(
        page,
        desk,
        f"{desk}{story}/revisions/",
        f"{desk}{story}/publication/",
        f"{desk}{story}/withdrawal/",
        f"{desk}{story}/notes/",
        f"{desk}inbox/",
        f"{desk}how-to-write/",
        "/admin/blog/image/",
        "/admin/blog/series/",
        "/accounts/",
        "/accounts/inbox/",
        "/accounts/following/",
        f"{desk}add/",
        f"{desk}{story}/change/",
    )
    expect(page.locator("[data-preview=body] table")).to_be_attached()
    page.get_by_text("Address and summary").click()
    assert troubles(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1440])
def test_nobody_is_kept_out_of_a_story(person, story, scheme, width):
    reader = person(width=width, color_scheme=scheme)
    expect_no_troubles(
        reader,
        "/",
        "/the-log-of-a-lamp/",
        "/the-log-of-a-lamp/changes/",
        "/series/lamps/",
        "/tag/light/",
        "/@olga/",
        "/archive/",
        "/authors/",
        "/tags/",
    )
