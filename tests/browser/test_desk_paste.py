"""What comes out of other programs and into the text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_desk import desk, text_of
from tests.browser.test_desk_text import paste, select

pytestmark = pytest.mark.once

__all__ = ["desk"]

PAGES = Path(__file__).resolve().parents[1] / "data" / "paste"
NAMES = ["google-docs", "google-docs-saved", "libre-office", "medium", "web-page", "word"]


def page_of(name: str) -> tuple[str, str]:
    html = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    return html, (PAGES / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_becomes_clean_markdown_and_one_undo_takes_it_back(desk, name):
    html, markdown = page_of(name)
    text = text_of(desk)
    text.press_sequentially("Before.")
    paste(desk, "the words alone", html)
    expect(text).to_have_value(f"Before.\n\n{markdown}\n")
    text.press("Control+z")
    expect(text).to_have_value("Before.")
    assert not desk.evaluate("() => Boolean(window.hacked || window.tracked)")


def test_what_was_pasted_stands_in_the_preview(desk):
    paste(desk, "", page_of("word")[0])
    shown = desk.get_by_role("region", name="Preview")
    expect(shown.get_by_role("heading", name="The long winter")).to_be_visible()
    expect(shown.locator("strong", has_text="harbour")).to_be_visible()
    expect(shown.locator("ul ul li")).to_have_text(["wet", "dry"])
    expect(shown.locator("ol ol li")).to_have_text(["the old ones"])
    expect(shown.locator("blockquote")).to_have_text("1398. was colder, they said.")
    expect(shown.locator("th")).to_have_text(["Month", "Degrees"])
    expect(shown.locator("section.footnotes li")).to_contain_text("A barque of 1871.")
    expect(shown.locator("img")).to_have_count(0)


def on_clipboard(page: Page, plain: str, html: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """([plain, html]) => navigator.clipboard.write([new ClipboardItem({
            "text/plain": new Blob([plain], { type: "text/plain" }),
            "text/html": new Blob([html], { type: "text/html" }),
        })])""",
        [plain, html],
    )


def test_the_keys_paste_with_formatting_and_with_shift_without(desk):
    text = text_of(desk)
    text.focus()
    on_clipboard(
        desk, "Salt and sea", '<p>Salt <b>and</b> <a href="https://example.org/sea">sea</a></p>'
    )
    text.press("Control+v")
    expect(text).to_have_value("Salt **and** [sea](https://example.org/sea)")
    text.press("Control+z")
    expect(text).to_have_value("")
    text.press("Control+Shift+v")
    expect(text).to_have_value("Salt and sea")


def test_in_code_everything_is_pasted_as_it_stands(desk):
    text = text_of(desk)
    text.fill("```\n\n```")
    select(desk, 4)
    paste(desk, "a *b*", "<p>a <b>b</b></p>")
    expect(text).to_have_value("```\na *b*\n```")
    paste(desk, "https://example.org")
    expect(text).to_have_value("```\na *b*https://example.org\n```")


def test_what_has_no_formatting_is_pasted_as_it_stands(desk):
    text = text_of(desk)
    text.focus()
    paste(
        desk,
        "*as* it _stands_",
        '<meta charset="utf-8"><span style="color: red">*as* it _stands_</span>',
    )
    expect(text).to_have_value("*as* it _stands_")


def test_notes_that_are_pasted_get_numbers_of_their_own(desk):
    text = text_of(desk)
    text.fill("Here[^1].\n\n[^1]: There.\n\n")
    select(desk, len("Here[^1].\n\n[^1]: There.\n\n"))
    paste(desk, "", page_of("google-docs-saved")[0])
    expect(text).to_have_value(
        re.compile(r"spoke\.\[\^2\] Later they did\.\[\^3\][\s\S]*\[\^3\]: By noon\.")
    )


def test_a_picture_of_ours_stays_and_one_from_elsewhere_does_not(desk, publication):
    text = text_of(desk)
    text.focus()
    ours = "/media/pictures/abcdefghijklmnop/960.jpg"
    html = (
        f'<p>One <img src="{publication.url}{ours}" alt="A pier"></p>'
        '<p>two <img src="https://elsewhere.example/x.jpg" alt="A boat"></p>'
    )
    paste(desk, "", html)
    expect(text).to_have_value(f"One ![A pier]({ours})\n\ntwo A boat\n\n")


def test_what_is_taken_from_one_of_our_own_pages_comes_back_as_it_was_written(desk, publication):
    source = (
        "Said[^1].\n\n## Salt\n\n::: pull\nNone of it *exists*.\n:::\n\n"
        "::: note\nMind it.\n:::\n\n::: warning Step\nLow.\n:::\n\n::: details More\nH~2~O\n:::\n\n"
        "https://e.org/a\n\n- [x] one\n- [ ] two\n\n```python\nx = 1\n```\n\n"
        "| a | b |\n| --- | --: |\n| 1 | ~~2~~ |\n\nEbb\n: Out\n\n[^1]: Noted.\n\n"
    )
    text, shown = text_of(desk), desk.locator("[data-preview=body]")
    text.fill(source)
    expect(shown.locator(".footnotes")).to_be_visible()
    html = shown.inner_html()
    text.fill("")
    paste(desk, "", html)
    expect(text).to_have_value(source)


def test_words_are_pasted_when_the_rest_cannot_be_loaded(desk, complaints):
    desk.route("**/rich-text*.js", lambda route: route.abort())
    text_of(desk).focus()
    paste(desk, "bold words", "<b>bold words</b>")
    expect(text_of(desk)).to_have_value("bold words")
    complaints.clear()
