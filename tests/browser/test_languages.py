"""A story in two languages, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, press

pytestmark = pytest.mark.once


def publish(page: Page) -> None:
    press(page, "Publish…")
    press(page, "Publish now")
    expect(page.get_by_text("Published. Readers can see it now.")).to_be_visible()


def test_a_translation_is_begun_in_the_desk_and_readers_go_from_one_to_the_other(owner, person):
    owner.goto("/admin/blog/post/add/")
    owner.get_by_label("Title", exact=True).fill("The wind in two tongues")
    owner.get_by_label("Text", exact=True).fill("It was *loud*.")
    press(owner, "Save draft")
    desk_url = owner.url
    publish(owner)

    owner.goto(desk_url)
    owner.get_by_text("Language, responses and more").click()
    follow(owner, "Start a translation")
    owner.get_by_label("Into which language?").select_option("ar")
    press(owner, "Make the draft")
    expect(owner.get_by_text("Here is a copy to translate.")).to_be_visible()
    expect(owner.get_by_label("Text", exact=True)).to_have_value("It was *loud*.")
    owner.get_by_label("Title", exact=True).fill("الريح بلسانين")
    press(owner, "Save draft")
    expect(owner.get_by_text("Saved.", exact=True)).to_be_visible()
    publish(owner)

    for scripts in (True, False):
        reader = person(scripts=scripts, width=390)
        reader.goto("/the-wind-in-two-tongues/")
        follow(reader, "العربيّة")
        title = reader.get_by_role("heading", level=1, name="الريح بلسانين")
        expect(title).to_have_css("direction", "rtl")
        expect(title).to_have_css("letter-spacing", re.compile("normal|0px"))
        expect(reader.locator(".body em")).to_have_css("font-style", "normal")
        follow(reader, "English")
        expect(
            reader.get_by_role("heading", level=1, name="The wind in two tongues")
        ).to_be_visible()
