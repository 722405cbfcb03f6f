"""Somebody reads: marks a passage, answers one, goes on where they were, by keyboard too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, follow, go_by, press, sign_in
from tests.browser.test_everybody import seen_by_axe

pytestmark = pytest.mark.once

FILLER = "\n\n".join(
    f"The log of day {day} says nothing but wind, and wind again." for day in range(40)
)
TEXT = f"""\
The keeper trimmed the lamp at dusk, and slept.

{FILLER}

In March the keeper trimmed the lamp at dusk, and did not sleep.

كتب الحارس في دفتره كل ساعة من ساعات الليل الطويل.

灯台守は夜ごとに風の向きを日誌に書きつけていた。

{FILLER}

## The end

Nobody came for the log,[^tin] and it was kept in a tin.

[^tin]: A tin of biscuits.
"""
# What is selected, and in which paragraph its link has to end: over several of them, twice in the
# page, from right to left, and without a space between words.
PASSAGES = [
    ("the keeper trimmed the lamp at dusk", "In March the keeper"),
    ("الحارس في دفتره كل ساعة", "كتب الحارس"),
    ("夜ごとに風の向きを日誌に", "灯台守は"),
    ("did not sleep. كتب الحارس", "In March the keeper"),
]
SELECT = """([words, from]) => {
    const text = document.querySelector("[data-story]");
    const bare = (string) => string.replace(/\\s/g, "");
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const letters = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let at = 0; at < node.length; at += 1) {
            if (bare(node.data[at])) letters.push([node, at]);
        }
    }
    const all = letters.map(([node, at]) => node.data[at]).join("");
    const start = all.indexOf(bare(words), Math.max(0, all.indexOf(bare(from))));
    const [first, last] = [letters[start], letters[start + bare(words).length - 1]];
    first[0].parentElement.scrollIntoView({ block: "center" });
    getSelection().setBaseAndExtent(first[0], first[1], last[0], last[1] + 1);
}"""
SHIFTS = """() => new Promise((resolve) => new PerformanceObserver((list) =>
    resolve(list.getEntries().filter((one) => !one.hadRecentInput).map((one) => one.value))
).observe({ type: "layout-shift", buffered: true }) ?? setTimeout(() => resolve([]), 300))"""


@pytest.fixture(scope="session")
def story(browser, publication) -> str:
    """The address of a long story that anybody may read."""
    context = browser.new_context(base_url=publication.url)
    page = context.new_page()
    sign_in(page, *OWNER)
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill("Forty days of wind")
    page.get_by_label("Text", exact=True).fill(TEXT)
    press(page, "Publish…")
    press(page, "Publish now")
    page.get_by_text("Published. Readers can see it now.").wait_for()
    context.close()
    return "/forty-days-of-wind/"


def select(page: Page, words: str, begin: str = "") -> None:
    menu = page.get_by_role("toolbar", name="This passage")
    page.evaluate("getSelection().removeAllRanges()")
    expect(menu).to_be_hidden()
    page.evaluate(SELECT, [words, begin])
    expect(menu).to_be_visible()


def test_a_reader_shares_answers_and_marks_a_passage(person, story):
    page = person(width=390, has_touch=True, is_mobile=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(story)
    menu = page.get_by_role("toolbar", name="This passage")
    assert not page.evaluate(
        "performance.getEntriesByType('resource').some(({ name }) => /passages|quotes/.test(name))"
    )
    target = page.context.new_page()
    for words, begin in PASSAGES:
        select(page, words, begin)
        assert not covers(page)
        page.evaluate("navigator.clipboard.writeText('')")
        menu.get_by_role("button", name="Copy link").click()
        expect(menu.get_by_role("button", name="Copied")).to_be_visible()
        target.goto("about:blank")
        target.goto(page.evaluate("navigator.clipboard.readText()"))
        expect(target.locator("[data-story] > p", has_text=begin)).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
    target.close()

    # Answering leads to the way in, and the passage comes along.
    expect(menu.get_by_role("button", name="Highlight")).to_be_hidden()
    select(page, "it was kept in a tin.")
    go_by(menu.get_by_role("button", name="Respond"))
    page.get_by_label("E-mail").fill(OWNER[0])
    page.get_by_label("Password", exact=True).fill(OWNER[1])
    press(page, "Sign in")
    expect(page.get_by_label("Your response")).to_have_value("> it was kept in a tin.\n\n")

    # By keyboard alone; over a note that stands open in the passage, and is none of its words.
    page.get_by_role("button", name="1", exact=True).press("Enter")
    expect(page.get_by_role("note")).to_have_text("A tin of biscuits.")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift")
    select(page, "Nobody came for the log,1 A tin of biscuits. and it")
    expect(page.get_by_text("Passage selected. Press Tab")).to_be_attached()
    page.keyboard.press("?")
    help_window = page.get_by_role("dialog", name="Help for reading")
    expect(help_window.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Tab")
    expect(help_window.get_by_label("Keys that act on a page")).to_be_focused()
    page.keyboard.press("Escape")
    expect(help_window).to_be_hidden()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("button", name="Highlight")).to_be_focused()
    assert seen_by_axe(page) == []
    page.keyboard.press("ArrowRight")
    expect(menu.get_by_role("button", name="Respond")).to_be_focused()
    page.keyboard.press("Home")
    with page.expect_response("**/highlights/"):
        page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    page.goto("/highlights/")
    follow(page, "Read it there")
    end = page.locator("[data-story] > p", has_text="Nobody came")
    expect(end).to_be_in_viewport()

    # It is painted over the text; a press on it offers to take it away.
    marked = "[...(CSS.highlights.get('mine') ?? [])].map(String).join()"
    page.wait_for_function(f"() => {marked} === 'Nobody came for the log,1 and it'")
    end.click(position={"x": 30, "y": 12})
    with page.expect_response("**/removal/"):
        menu.get_by_role("button", name="Remove highlight").click()
    page.wait_for_function(f"() => {marked} === ''")


def covers(page: Page) -> bool:
    """Whether the menu stands on any of what is selected."""
    return page.evaluate(
        """() => {
            const menu = document.querySelector(".passage").getBoundingClientRect();
            return [...getSelection().getRangeAt(0).getClientRects()].some((line) =>
                line.left < menu.right && line.right > menu.left
                && line.top < menu.bottom && line.bottom > menu.top);
        }"""
    )


def test_a_reader_goes_on_where_they_were_and_uses_keys(person, story):
    page = person()
    page.goto(story)
    page.locator("[data-story] > p", has_text="In March").scroll_into_view_if_needed()
    page.wait_for_function("() => localStorage.getItem('places')?.includes('forty-days')")
    was = page.evaluate("scrollY")

    # The front page offers it, and nothing moves; the line in the story neither.
    page.goto("/")
    link = page.locator("continue-reading").get_by_role("link", name="Forty days of wind")
    expect(link).to_be_visible()
    expect(page.locator("continue-reading")).to_contain_text("% read")
    assert page.evaluate(SHIFTS) == []
    assert seen_by_axe(page) == []
    go_by(link)
    go = page.get_by_role("button", name="Continue where you were")
    expect(go).to_be_visible()
    assert page.evaluate("scrollY") == 0
    assert page.evaluate(SHIFTS) == []
    assert seen_by_axe(page) == []
    go.click()
    expect(go).to_be_hidden()
    assert abs(page.evaluate("scrollY") - was) < 40

    # What was read to its end is forgotten.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("() => !localStorage.getItem('places')")

    # Keys.
    page.keyboard.press("c")
    expect(page.get_by_role("link", name="Sign in to respond")).to_be_focused()
    page.goto("/")
    page.keyboard.press("j")
    first = page.locator("main .h-entry .u-url").first
    expect(first).to_be_focused()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Help for reading")
    expect(dialog).to_contain_text("Next story in a list")
    assert seen_by_axe(page) == []
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(first).to_be_focused()

    # One switch, and no key acts, no place is kept.
    page.keyboard.press("?")
    dialog.get_by_label("Keys that act on a page").uncheck()
    dialog.get_by_label("Remember where I was in a story").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    page.goto("/help/")
    expect(page.get_by_label("Keys that act on a page")).not_to_be_checked()
    assert seen_by_axe(page) == []
    page.goto(story)
    page.locator("[data-story] > p", has_text="In March").scroll_into_view_if_needed()
    page.goto("/")
    assert page.evaluate("localStorage.getItem('places')") is None
