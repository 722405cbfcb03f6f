"""A draft goes to somebody by a secret link, and a series from one part to the next."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, forgive, go_by, press
from tests.making import picture_bytes

pytestmark = pytest.mark.once

NOTE = "A draft, shared with you by"


def text_of(page: Page):
    return page.get_by_label("Text", exact=True)


def section_of(page: Page):
    return page.get_by_role("region", name="Share this draft")


def write(page: Page, title: str, text: str, *, button: str = "Save draft", **panel: str) -> None:
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill(title)
    text_of(page).fill(text)
    for label, value in panel.items():
        page.get_by_label(label, exact=True).fill(value)
    press(page, button)


def publish(page: Page) -> None:
    press(page, "Publish…")
    press(page, "Publish now")
    expect(page.get_by_text("Published. Readers can see it now.")).to_be_visible()


def test_a_draft_goes_to_a_stranger_by_a_link_and_comes_back(owner, person, complaints):
    write(owner, "Slack water", "It was *quiet*.")
    picture = {"name": "sea.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes()}
    owner.locator("[data-role=picture-file]").set_input_files(picture)
    expect(text_of(owner)).to_have_value(re.compile(r"/media/pictures/"))
    press(owner, "Save draft")
    expect(owner.get_by_text("Saved.", exact=True)).to_be_visible()

    # The link is made in place: nothing typed is lost, and the focus is where the address is.
    text_of(owner).press_sequentially("Typed meanwhile.")
    section_of(owner).get_by_role("button", name="Make a secret link").click()
    expect(section_of(owner).get_by_role("status")).to_contain_text("Here is the link.")
    address = section_of(owner).get_by_role("textbox")
    expect(address).to_be_focused()
    expect(text_of(owner)).to_have_value(re.compile("Typed meanwhile."))
    url = address.input_value()
    section_of(owner).get_by_role("button", name="Copy").click()
    expect(section_of(owner).get_by_role("status")).to_contain_text(re.compile("Copied|Selected"))

    for scripts in (True, False):
        stranger = person(scripts=scripts, width=390)
        stranger.goto(url)
        expect(stranger.get_by_text(NOTE)).to_be_visible()
        expect(stranger.get_by_role("heading", name="Slack water")).to_be_visible()
        expect(stranger.get_by_text("It was quiet.")).to_be_visible()
        shown = stranger.locator(".body img")
        shown.scroll_into_view_if_needed()
        expect(shown).not_to_have_js_property("naturalWidth", 0)

    section_of(owner).get_by_role("button", name="Revoke").click()
    expect(section_of(owner).get_by_role("status")).to_contain_text("leads nowhere any more")
    expect(section_of(owner).get_by_role("textbox")).to_have_count(0)
    stranger.reload()
    expect(stranger.get_by_text(NOTE)).to_have_count(0)
    expect(stranger).to_have_title(re.compile("Not found|nothing", re.IGNORECASE))
    forgive(complaints, "404")


def test_without_scripts_a_link_is_made_and_leads_to_the_story_once_it_is_out(person, owner):
    write(owner, "Neap tide", "It was low.")
    plain = person(scripts=False, storage_state=owner.context.storage_state())
    plain.goto(owner.url)
    go_by(section_of(plain).get_by_role("button", name="Make a secret link"))
    expect(plain.get_by_text("Here is the link.")).to_be_visible()
    url = section_of(plain).get_by_role("textbox").input_value()
    go_by(section_of(plain).get_by_role("button", name="Make another link"))
    expect(section_of(plain).get_by_role("textbox")).to_have_count(2)
    newest = section_of(plain).get_by_role("listitem").first
    go_by(newest.get_by_role("button", name="Revoke"))
    expect(section_of(plain).get_by_role("textbox")).to_have_value(url)

    publish(owner)
    stranger = person()
    stranger.goto(url)
    expect(stranger).to_have_url(re.compile(r"/neap-tide/$"))
    expect(stranger.get_by_text(NOTE)).to_have_count(0)


def test_parts_of_a_series_are_chosen_and_read_one_after_the_other(owner, person):
    for number in (1, 2):
        write(owner, f"Tides {number}", f"Text {number}.", Series="How tides go")
        expect(owner.get_by_label("Part", exact=True)).to_have_value(str(number))
        publish(owner)

    reader = person(width=390)
    reader.goto("/tides-1/")
    expect(reader.get_by_text("Part 1 of 2")).to_be_visible()
    follow(reader, "Next part Tides 2")
    expect(reader).to_have_url(re.compile(r"/tides-2/$"))
    expect(reader.get_by_text("Part 2 of 2")).to_be_visible()
    follow(reader, "How tides go")
    expect(reader.get_by_role("heading", name="How tides go")).to_be_visible()
    expect(reader.get_by_role("article")).to_have_text(
        [re.compile("Tides 1"), re.compile("Tides 2")]
    )

    owner.goto("/admin/blog/series/")
    follow(owner, "How tides go")
    owner.get_by_label("Place of “Tides 2”").fill("1")
    press(owner, "Save")
    reader.reload()
    expect(reader.get_by_role("article")).to_have_text(
        [re.compile("Tides 2"), re.compile("Tides 1")]
    )
