"""Nobody is kept out: every page is looked at by axe-core, on a phone, and by the Nu checker."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from axe_playwright_python import sync_playwright as axe
from django.urls import get_resolver
from playwright.sync_api import Page, Response, expect

from tests import nu
from tests.browser.conftest import forgive

AXE = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What can differ between light and dark.
COLOURS = ["color-contrast", "link-in-text-block"]
PHONE_PX, SMALL_PX, DESKTOP_PX = 390, 320, 1440
# Where a wide window has another layout, and not only more room.
WIDE = {"front", "post", "author"}
# No page, or none for a reader without an account.
NO_PAGES = {"feed", "feed-in", "feed-guess", "author-feed", "author-feed-in", "tag-feed"}
NO_PAGES |= {"tag-feed-in", "series-feed", "series-feed-in", "comments-feed", "comments-feed-in"}
NO_PAGES |= {"robots", "llms", "favicon", "touch-icon", "manifest", "oembed", "opensearch", "media"}
NO_PAGES |= {"sitemap", "sitemap-pages", "sitemap-chunk", "search-suggestions", "search-missed"}
NO_PAGES |= {"post-markdown", "post-text", "claps-mine", "claps-withdrawal", "highlights-mine"}
NO_PAGES |= {"highlights", "comment-claps-withdrawal", "comments-preview", "comments-people"}
NO_PAGES |= {"highlight-removal", "author-followers-removal", "preview"}
NO_PAGES |= {"comments-closing-removal", "comment-hiding-removal", "comment-pin-removal"}
NO_PAGES |= {"comment-pin", "comment-lock-removal", "thread-mute", "thread-mute-removal"}
NO_PAGES |= {"blocked-removal", "muted-removal", "muted-thread-removal"}
FOR_READERS = {"author-followers", "comment-removal", "comment-report", "highlights-yours"}
FOR_READERS |= {"comments-hidden", "comments-closing", "comment-hiding", "comment-lock", "blocked"}
FOR_READERS |= {"writer-block", "writer-mute", "author-block", "author-mute"}
FOR_READERS |= {"comment-edit", "comment-history"}
# Colours that are on their way to others: Django's desk moves them, whatever a reader prefers.
SETTLE = """() => {
  for (const one of document.querySelectorAll("*")) getComputedStyle(one).color;
  for (const one of document.getAnimations()) one.finish();
}"""
# What stands out of the window, and which controls another thing covers.
MISFITS = """() => {
  const found = [];
  const across = document.documentElement.clientWidth;
  const name = (one) => one.outerHTML.slice(0, 120);
  if (document.documentElement.scrollWidth > across) found.push("scrolls sideways");
  for (const one of document.querySelectorAll("main :is(h1, h2, p), a, button, summary, input")) {
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (one.closest(".visually-hidden, .table, pre, .formula")) continue;
    one.scrollIntoView({ block: "center", inline: "nearest" });
    const { left, right, top, width, height } = one.getBoundingClientRect();
    if (!width || !height) continue;
    if (left < -1 || right > across + 1) found.push(`out of the window: ${name(one)}`);
    if (!one.matches("a, button, summary")) continue;
    const box = one.getClientRects()[0];
    const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (seen && !one.contains(seen) && !seen.contains(one)) found.push(`covered: ${name(one)}`);
  }
  scrollTo(0, 0);
  return found;
}"""


def troubles(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe-core finds on the page as it stands."""
    page.evaluate(SETTLE)
    options = {**options, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def seen_by_axe(page: Page) -> list[str]:
    """All that it says in the light, and what it says of the colours in the dark."""
    page.evaluate(AXE)
    found = troubles(page, {"runOnly": RULES})
    page.emulate_media(color_scheme="dark")
    found += troubles(page, {"runOnly": {"type": "rule", "values": COLOURS}})
    page.emulate_media(color_scheme="light")
    return found


def keep(answer: Response, folder: Path) -> None:
    """The page as it was sent, before any script came to it."""
    name = quote(urlsplit(answer.url).path, safe="")
    (folder / f"{name}.html").write_bytes(answer.body())


def errors(folder: Path) -> list[str]:
    """What the Nu checker calls wrong in the pages kept there."""
    found = nu.messages(sorted(folder.glob("*.html")))
    return [
        f"{unquote(Path(one['url']).stem)}, line {one.get('lastLine')}: {one['message']}"
        for one in found
        if one["type"] == "error"
    ]


def misfits(page: Page, width: int, *, text_size: str = "100%") -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("(size) => (document.documentElement.style.fontSize = size)", text_size)
    found = page.evaluate(MISFITS)
    page.evaluate("document.documentElement.style.fontSize = ''")
    return [f"{width} px, text at {text_size}: {one}" for one in found]


@pytest.mark.once
def test_every_public_page_is_there_for_everybody(person, pages, complaints, tmp_path):
    """axe-core in both schemes, 320 px, text of twice the size, and markup without an error."""
    named = {pattern.name for pattern in get_resolver("blog.urls").url_patterns}
    assert named == set(pages) & named | NO_PAGES | FOR_READERS
    page = person(width=PHONE_PX, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for name, path in pages.items():
        answer = page.goto(path)
        keep(answer, tmp_path)
        page.wait_for_load_state("load")
        found[name] = seen_by_axe(page)
        found[name] += misfits(page, SMALL_PX) + misfits(page, PHONE_PX, text_size="200%")
        if name in WIDE:
            page.set_viewport_size({"width": DESKTOP_PX, "height": 900})
            found[name] += troubles(page, {"runOnly": RULES})
            page.set_viewport_size({"width": PHONE_PX, "height": 900})
    forgive(complaints, "404")
    forgive(complaints, "410")
    assert {name: said for name, said in found.items() if said} == {}
    assert errors(tmp_path) == []


@pytest.mark.once
def test_the_desk_and_the_account_are_there_for_everybody(person, owner_session, pages, tmp_path):
    page = person(width=DESKTOP_PX, reduced_motion="reduce", storage_state=owner_session)
    desk = "/admin/blog/post/"
    page.goto(f"{desk}?q=Everything")
    story = page.get_by_role("link", name="Everything that a story can have").get_attribute("href")
    story = story.removesuffix("change/")
    found: dict[str, list[str]] = {}
    paths = [
        desk,
        f"{story}revisions/",
        f"{story}publication/",
        f"{story}withdrawal/",
        f"{story}notes/",
        f"{desk}inbox/",
        f"{desk}how-to-write/",
        "/admin/blog/image/",
        "/admin/blog/series/",
        "/admin/blog/comment/queue/",
        "/admin/blog/comment/decisions/",
        "/admin/accounts/ban/",
        "/admin/accounts/ban/add/",
        "/admin/accounts/ban/import/",
        pages["post"],
        f"{pages['author']}followers/",
        "/accounts/",
        "/accounts/inbox/",
        "/accounts/following/",
        "/accounts/blocked/",
        f"{pages['author']}block/",
        f"{pages['author']}mute/",
        f"{pages['post']}responses/hidden/",
        f"{pages['post']}responses/closing/",
        f"{desk}add/",
        f"{story}change/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
    ]
    for path in paths:
        answer = page.goto(path)
        if not path.startswith("/admin/"):
            keep(answer, tmp_path)
        page.wait_for_load_state("load")
        if path == f"{story}change/":
            expect(page.locator("[data-preview=body] table").first).to_be_attached()
            page.get_by_text("Address and summary").click()
        found[path] = seen_by_axe(page)
        page.set_viewport_size({"width": PHONE_PX, "height": 900})
        found[path] += troubles(page, {"runOnly": RULES})
        page.set_viewport_size({"width": DESKTOP_PX, "height": 900})
    assert {path: said for path, said in found.items() if said} == {}
    assert errors(tmp_path) == []
