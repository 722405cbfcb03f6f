"""A story is changed after readers have seen it: what its author does, and what they find."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, go_by, press

pytestmark = pytest.mark.once


def write_story(desk: Page, title: str, text: str) -> str:
    """Publish a new story; the path of its page."""
    desk.goto("/admin/blog/post/add/")
    desk.get_by_label("Title", exact=True).fill(title)
    desk.get_by_label("Text", exact=True).fill(text)
    press(desk, "Publish…")
    press(desk, "Publish now")
    expect(desk.get_by_text("Published. Readers can see it now.")).to_be_visible()
    path = desk.get_by_role("link", name="See the page").get_attribute("href")
    follow(desk, "Back to writing")
    return path


def update(desk: Page, text: str) -> None:
    desk.get_by_label("Text", exact=True).fill(text)
    # A press waits for what is being saved by itself.
    press(desk, "Update")
    expect(desk.get_by_text("Updated. Readers see the new version.")).to_be_visible()


def is_as_wide_as_the_window(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "without"])
def test_a_correction_is_written_and_a_reader_finds_what_changed(owner, person, scripts):
    path = write_story(owner, f"Wind {scripts}", "It was a calm day at sea.")
    owner.get_by_label("A slip of the pen: keep it quiet").check()
    update(owner, "It was a calm day at see.")
    reader = person(scripts=scripts, width=390)
    reader.goto(path)
    expect(reader.get_by_text("It was a calm day at see.")).to_be_visible()
    expect(reader.get_by_text("Updated")).to_have_count(0)
    owner.get_by_label("Correction", exact=True).fill("The day was wild, not calm.")
    update(owner, "It was a wild day at sea.")
    expect(owner.get_by_label("Correction", exact=True)).to_have_value("")

    reader.goto(path)
    corrections = reader.get_by_role("region", name="Corrections")
    expect(corrections).to_contain_text("The day was wild, not calm.")
    follow(reader, "see what changed")
    expect(reader.get_by_role("heading", level=1, name=f"Wind {scripts}")).to_be_visible()
    newest = reader.get_by_role("article").first
    expect(newest).to_contain_text("Correction: The day was wild, not calm.")
    expect(newest.locator("del").first).to_have_text("[removed: calm]")
    expect(newest.locator("ins").first).to_have_text("[added: wild]")
    expect(newest.locator("del").first).to_have_css("text-decoration-line", "line-through")
    expect(newest.locator("ins").first).to_have_css("text-decoration-line", "underline")
    assert is_as_wide_as_the_window(reader)

    box = owner.get_by_label("Show readers what was changed after publishing")
    box.uncheck()
    press(owner, "Update")
    expect(box).not_to_be_checked()
    assert reader.request.get(reader.url).status == 404
    reader.goto(path)
    expect(reader.get_by_text("Updated")).to_be_visible()
    expect(reader.get_by_role("link", name="see what changed")).to_have_count(0)


def test_an_earlier_text_is_found_read_and_restored_with_the_keyboard(owner, person):
    path = write_story(owner, "Restored", "The first words.")
    update(owner, "The second words.")
    update(owner, "The third words.")
    follow(owner, "Revisions")
    rows = owner.get_by_role("row")
    expect(rows.nth(1)).to_contain_text("Readers see this")
    owner.set_viewport_size({"width": 390, "height": 900})
    assert is_as_wide_as_the_window(owner)

    first = rows.nth(3)
    first.get_by_role("radio").first.focus()
    owner.keyboard.press("Space")
    expect(first.get_by_role("radio").first).to_be_checked()
    go_by(owner.get_by_role("button", name="Compare"), key="Enter")
    change = owner.locator(".difference")
    expect(change.locator("del")).to_have_text("[removed: first]")
    expect(change.locator("ins")).to_have_text("[added: third]")

    go_by(owner.get_by_role("link", name="Named ones only"), key="Enter")
    expect(rows).to_have_count(4)
    go_by(rows.nth(3).get_by_role("link", name="Read"), key="Enter")
    expect(owner.get_by_role("article")).to_contain_text("The first words.")
    assert is_as_wide_as_the_window(owner)
    go_by(owner.get_by_role("button", name="Restore this text"), key="Enter")
    expect(owner.get_by_label("Text", exact=True)).to_have_value("The first words.")
    expect(owner.get_by_text("Readers see it once you press Update.")).to_be_visible()

    reader = person()
    reader.goto(path)
    expect(reader.get_by_text("The third words.")).to_be_visible()
    press(owner, "Update")
    expect(owner.get_by_text("Updated. Readers see the new version.")).to_be_visible()
    follow(reader, "see what changed")
    expect(reader.get_by_role("article").first.locator("ins")).to_have_text("[added: first]")
