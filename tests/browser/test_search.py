"""Searching in a real browser: with the keyboard alone, and what nobody finds."""

from __future__ import annotations

import re

from playwright.sync_api import Request, expect

from tests.browser.conftest import OWNER, follow, go_by

FIELD = "Words, a title, an author or a subject"


LAMP = f"""
from accounts.models import User
from blog.models import Post
post = Post(title="The zirconium lamp", source="It burns without smoke.")
owner = User.objects.get(email="{OWNER[0]}")
post.write(by=owner)
post.publish(by=owner)
"""


def test_a_reader_types_and_goes_by_keyboard_to_what_is_proposed(person, publication):
    publication.run(LAMP)
    page = person()
    page.goto("/")
    follow(page, "Search")
    field = page.get_by_role("combobox", name=FIELD)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("zirc")
    option = page.get_by_role("option", name="The zirconium lamp")
    expect(option).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_have_text("1 suggestion")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    # A word that was about to be asked for is not asked for any more.
    page.clock.install()
    field.evaluate(
        """field => {
            field.dispatchEvent(new Event("input"));
            field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
        }"""
    )
    page.clock.run_for(1_000)
    page.clock.resume()
    expect(option).to_be_hidden()
    expect(field).to_have_value("zirc")
    assert asked == []
    field.press("ArrowDown")
    expect(option).to_be_visible()
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "false")
    field.press("ArrowUp")
    field.press("Enter")
    expect(page).to_have_url(re.compile("/the-zirconium-lamp/$"))


def test_what_nobody_finds_reaches_the_editors_only_from_a_person(person, owner):
    plain = person(scripts=False)
    plain.goto("/search/")
    plain.get_by_label(FIELD).fill("quixotry")
    go_by(plain.get_by_role("search").get_by_role("button", name="Search"))
    expect(plain.get_by_text("No story has “quixotry”")).to_be_visible()

    page = person(width=390)
    page.goto("/search/?q=windjammer")
    expect(page.get_by_text("No story has “windjammer”")).to_be_visible()
    field = page.get_by_role("combobox", name=FIELD)
    field.fill("velocipede")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        go_by(field, key="Enter")
    assert sent.value.status == 204
    expect(page.get_by_text("No story has “velocipede”")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide

    owner.goto("/admin/blog/failedsearch/")
    row = owner.get_by_role("row", name="velocipede")
    expect(row).to_be_visible()
    expect(owner.get_by_text("windjammer")).to_have_count(0)
    go_by(row.get_by_role("link", name="Write about it"))
    expect(owner.get_by_label("Title", exact=True)).to_have_value("velocipede")
