"""The writing page under somebody's fingers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, press
from tests.making import picture_bytes

pytestmark = pytest.mark.once

PICTURE = {"name": "sea.jpg", "mimeType": "image/jpeg"}


def text_of(page: Page):
    return page.get_by_label("Text", exact=True)


def new_story(page: Page) -> None:
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill("A quiet hour")


@pytest.fixture
def desk(owner) -> Page:
    new_story(owner)
    return owner


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("Bold", "one **two** three"),
        ("Italic", "one *two* three"),
        ("Code", "one `two` three"),
        ("Heading", "## one two three"),
        ("Quote", "> one two three"),
        ("List", "- one two three"),
        ("Link", "one [two](https://) three"),
        ("Footnote", "one two[^1] three\n\n[^1]: The note."),
    ],
)
def test_a_button_marks_what_is_selected_and_undo_takes_it_back(desk, button, expected):
    text = text_of(desk)
    text.fill("one two three")
    text.evaluate("field => field.setSelectionRange(4, 7)")
    desk.get_by_role("button", name=button, exact=True).click()
    expect(text).to_have_value(expected)
    for _step in range(2):
        text.press("Control+z")
    expect(text).to_have_value(re.compile("^(one two three)?$"))


def test_a_shortcut_does_what_its_button_does_and_again_takes_it_back(desk):
    text = text_of(desk)
    text.fill("one two three")
    text.evaluate("field => field.setSelectionRange(4, 7)")
    text.press("Control+b")
    expect(text).to_have_value("one **two** three")
    text.press("Control+b")
    expect(text).to_have_value("one two three")


def test_tab_leaves_the_text(desk):
    text_of(desk).focus()
    text_of(desk).press("Tab")
    expect(text_of(desk)).not_to_be_focused()


def test_the_preview_shows_the_newest_text_with_typographic_quotes(desk):
    text_of(desk).press_sequentially('She said "no" and left.')
    shown = desk.get_by_role("region", name="Preview")
    expect(shown.get_by_text("She said “no” and left.")).to_be_visible()
    expect(desk.get_by_text("5 words")).to_be_visible()


def test_words_typed_while_the_preview_was_asked_for_are_shown_as_well(desk):
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append(route)
            # While this answer is on its way, somebody goes on typing.
            text_of(desk).evaluate("field => { field.value = 'one two'; }")
            text_of(desk).dispatch_event("input")
            route.continue_()

    desk.route("**/markdownify/", hold_the_first)
    text_of(desk).fill("one")
    shown = desk.get_by_role("region", name="Preview")
    expect(shown.get_by_text("one two")).to_be_visible()


def test_a_lead_picture_is_chosen_from_a_file_and_kept(desk):
    text_of(desk).fill("Some words.")
    picture = {**PICTURE, "buffer": picture_bytes((900, 600))}
    desk.locator("[data-role=lead-file]").set_input_files(picture)
    chosen = desk.locator("[data-role=lead] input:checked")
    expect(chosen).not_to_have_value("")
    value = chosen.input_value()
    press(desk, "Save draft")
    expect(desk.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(desk.locator("[data-role=lead] input:checked")).to_have_value(value)


def test_leaving_with_unsaved_words_asks_first(desk):
    desk.route("**/autosave/", lambda _route: None)  # the server never answers
    text_of(desk).press_sequentially("Not saved.")
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.accept()

    desk.on("dialog", stay)
    desk.goto("/")
    assert asked == ["beforeunload"]


def test_saving_leaves_without_a_question(desk):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    text_of(desk).press_sequentially("Saved.")
    press(desk, "Save draft")
    expect(desk.get_by_text("Saved.", exact=True).first).to_be_visible()
    assert asked == []


def test_enter_in_the_title_does_not_publish(desk):
    desk.evaluate("document.body.dataset.page = 'the same'")
    desk.get_by_label("Title", exact=True).press("Enter")
    expect(desk.get_by_label("Title", exact=True)).to_have_value("A quiet hour")
    expect(desk.locator("body[data-page='the same']")).to_be_attached()
    expect(desk.get_by_text("Published.")).to_be_hidden()


def test_a_story_is_written_and_published_without_scripts(person):
    page = person(scripts=False)
    page.goto("/accounts/login/?next=/admin/blog/post/add/")
    page.get_by_label("E-mail").fill(OWNER[0])
    page.get_by_label("Password", exact=True).fill(OWNER[1])
    press(page, "Sign in")
    page.get_by_label("Title", exact=True).fill("Written without scripts")
    text_of(page).fill("It works.")
    press(page, "Publish…")
    press(page, "Publish now")
    page.goto("/written-without-scripts/")
    expect(page.get_by_text("It works.")).to_be_visible()


def test_a_story_is_written_illustrated_and_published_on_a_phone(person, owner_session):
    page = person(width=390, has_touch=True, is_mobile=True, storage_state=owner_session)
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill("Written on a phone")
    text_of(page).fill("On a bench by the harbour.")
    picture = {**PICTURE, "buffer": picture_bytes()}
    page.locator("[data-role=picture-file]").set_input_files(picture)
    expect(text_of(page)).to_have_value(re.compile("/media/pictures/"))
    page.get_by_role("button", name="Read", exact=True).click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("figure")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(page, "Publish…")
    press(page, "Publish now")
    expect(page.get_by_text("Published. Readers can see it now.")).to_be_visible()


def test_the_name_behind_the_last_comma_is_completed_with_what_is_known(desk):
    tags = desk.get_by_label("Tags")
    tags.fill("Harbours, Tides")
    press(desk, "Save draft")
    expect(desk.get_by_text("Saved.", exact=True)).to_be_visible()
    new_story(desk)
    offered = desk.locator("#id_tag_names_known option")

    def values() -> set[str]:
        return set(offered.evaluate_all("options => options.map(option => option.value)"))

    tags.press_sequentially("Ti")
    assert {"Harbours", "Tides"} <= values()
    tags.fill("")
    tags.press_sequentially("tides, h")
    assert "tides, Harbours" in values()
    assert "tides, Tides" not in values()


def test_words_that_were_saved_are_not_offered_again(desk):
    # What is kept may be saved, and forgotten, before one looks.
    desk.evaluate(
        """() => {
            const { setItem } = Storage.prototype;
            Storage.prototype.setItem = function (key, text) {
                window.kept = text;
                return setItem.call(this, key, text);
            };
        }"""
    )
    text_of(desk).press_sequentially("Kept  and saved.")
    desk.wait_for_function("() => window.kept?.includes('saved')")
    press(desk, "Save draft")
    expect(desk.get_by_text("Saved.", exact=True)).to_be_visible()
    desk.goto("/admin/blog/post/add/")
    expect(desk.get_by_role("button", name="Put them back")).to_be_hidden()
