"""The list of stories under somebody's fingers: find, sort, choose, and be asked."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, go_by, press

LIST = "/admin/blog/post/"


def write(page: Page, title: str, text: str) -> None:
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Text", exact=True).fill(text)
    press(page, "Save draft")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


@pytest.fixture
def word() -> str:
    """A word that no other story of this publication has."""
    return f"zq{uuid4().hex[:10]}"


@pytest.fixture
def stories(owner, word) -> list[str]:
    """Three drafts, one of them without text, all with the word in their titles."""
    titles = [f"{letter} {word}" for letter in "BAC"]
    for title in titles:
        write(owner, title, "" if title.startswith("C") else f"The naïve {word}text says it.")
    return titles


@pytest.mark.parametrize("width", [pytest.param(390, marks=pytest.mark.once), 1440])
def test_stories_are_found_sorted_and_published_together(owner, stories, word, width):
    owner.set_viewport_size({"width": width, "height": 900})
    titles = owner.locator(".row__title")
    owner.goto(LIST)
    # By a word of the text, as it was typed on another keyboard.
    owner.get_by_role("searchbox").fill(f"NAIVE {word}te")
    go_by(owner.get_by_role("searchbox"), key="Enter")
    expect(titles).to_have_count(2)
    owner.get_by_role("searchbox").fill(word)
    go_by(owner.get_by_role("searchbox"), key="Enter")
    expect(titles).to_have_count(3)
    filters = owner.locator(".filters")
    if width < 1024:
        expect(filters).not_to_have_attribute("open", "")
        owner.get_by_text("Filter and sort").click()
    expect(filters).to_have_attribute("open", "")
    filters.get_by_label("Sort by").select_option(label="Title")
    filters.get_by_label("Draft", exact=True).check()
    go_by(filters.get_by_role("button", name="Show these stories"))
    expect(titles).to_have_text(sorted(stories))
    expect(owner.get_by_role("link", name="Status: Draft")).to_be_visible()
    assert owner.evaluate("document.documentElement.scrollWidth <= innerWidth")

    owner.get_by_label("Choose all").check()
    expect(owner.get_by_text("3 chosen")).to_be_visible()
    press(owner, "Publish…")
    expect(owner.get_by_role("heading", level=1)).to_have_text("2 stories will be published now.")
    expect(owner.get_by_text("1 stays as it is: it has no text yet.")).to_be_visible()
    assert owner.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(owner, "Publish 2 stories")
    expect(
        owner.get_by_text("2 stories are published. 1 stays as it is: it has no text yet.")
    ).to_be_visible()
    # The list is still narrowed to drafts.
    expect(titles).to_have_text(f"C {word}")
    owner.get_by_role("link", name=re.compile("Status: Draft")).click()
    expect(titles).to_have_count(3)


@pytest.mark.once
def test_all_of_it_works_without_scripts_and_with_the_keyboard(owner, person, stories, word):
    page = person(scripts=False, width=390)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(OWNER[0])
    page.get_by_label("Password", exact=True).fill(OWNER[1])
    go_by(page.get_by_label("Password", exact=True), key="Enter")
    expect(page.get_by_label(re.compile("Menu of"))).to_be_attached()
    page.goto(f"{LIST}?q={word}")
    for title in stories[:2]:
        box = page.get_by_label(f"Choose “{title}”")
        box.focus()
        box.press("Space")
    go_by(page.get_by_role("button", name="Delete…"), key="Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 stories will be deleted for good.")
    go_by(page.get_by_role("button", name="Delete 2 stories"), key="Enter")
    expect(page.get_by_text("2 stories are deleted.")).to_be_visible()
    expect(page.locator(".row__title")).to_have_text(f"C {word}")
    page.get_by_text("Filter and sort").press("Enter")
    expect(page.get_by_label("Sort by")).to_be_visible()
    page.goto(f"{LIST}?q={word}nothing")
    go_by(page.get_by_role("link", name="Clear filters"), key="Enter")
    expect(page).to_have_url(re.compile(r"/post/\?$"))


@pytest.mark.once
def test_shift_chooses_all_between_two(owner, stories, word):
    owner.goto(f"{LIST}?q={word}")
    boxes = owner.get_by_role("checkbox", name=re.compile("Choose “"))
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(boxes.nth(1)).to_be_checked()
    expect(owner.get_by_text("3 chosen")).to_be_visible()
    boxes.nth(1).click()
    expect(owner.get_by_text("2 chosen")).to_be_visible()
