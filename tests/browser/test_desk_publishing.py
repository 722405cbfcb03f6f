"""From the writing page to readers and back, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER, follow, forgive, go_by, press
from tests.making import picture_bytes
from tests.serving import Serving

PICTURE = {"name": "sea.jpg", "mimeType": "image/jpeg"}


def text_of(page: Page):
    return page.get_by_label("Text", exact=True)


def draft(page: Page, title: str, text: str = "Some words.") -> None:
    """A new story, looked over on the page from which it is published."""
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill(title)
    text_of(page).fill(text)
    press(page, "Publish…")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("/publication/$"))


def selected(page: Page) -> str:
    return text_of(page).evaluate(
        "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    )


def come_out(publication: Serving, slug: str) -> None:
    """The time of a scheduled story has come."""
    publication.run(
        "from django.utils import timezone; from blog.models import Post; "
        f"Post.objects.filter(slug={slug!r}).update(published_at=timezone.now())"
    )


def test_a_story_is_looked_over_mended_and_published(owner):
    page = owner
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title", exact=True).fill("The weight of a wave")
    picture = {**PICTURE, "buffer": picture_bytes((900, 600))}
    page.locator("[data-role=lead-file]").set_input_files(picture)
    expect(page.locator("[data-role=lead] input:checked")).not_to_have_value("")
    text_of(page).fill("🌊 A wave weighs TK tonnes.\n\nSee [the sum](#).\n")
    press(page, "Publish…")

    checked = page.get_by_role("region", name="Looked over")
    expect(checked).to_contain_text("None. Readers find it in no subject.")
    expect(checked).to_contain_text("1 place says TK.")
    expect(checked).to_contain_text("1 leads nowhere.")
    card = page.get_by_role("figure", name="In a chat")
    expect(card).to_contain_text("The weight of a wave")
    shown = card.locator("img")
    shown.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth > 0", arg=shown.element_handle())

    # To the place, which is selected behind the emoji; typed over, it is gone.
    go_by(checked.get_by_role("link", name="A wave weighs TK tonnes."))
    expect(text_of(page)).to_be_focused()
    assert selected(page) == "TK"
    expect(page).to_have_url(re.compile("/change/$"))
    page.keyboard.type("forty")
    press(page, "Publish…")
    expect(checked).not_to_contain_text("TK")
    go_by(checked.get_by_role("link", name="Summary"))
    summary = page.get_by_label("Summary")
    expect(summary).to_be_focused()
    summary.fill("Heavier than one thinks.")
    press(page, "Publish…")
    expect(card).to_contain_text("Heavier than one thinks.")

    # What still leads nowhere keeps nothing back: one press, no question.
    press(page, "Publish now")
    expect(page.get_by_text("Published. Readers can see it now.")).to_be_visible()
    follow(page, "See the page")
    expect(page.get_by_text("A wave weighs forty tonnes.")).to_be_visible()

    # What the browser kept has been saved, and is offered to nobody as "never saved".
    page.goto("/admin/blog/post/add/")
    expect(page.get_by_role("button", name="Put them back")).to_be_hidden()


def test_a_story_is_scheduled_moved_and_appears_and_is_taken_back(owner, publication):
    page = owner
    draft(page, "The hour of slack water")
    button = page.get_by_role("button", name=re.compile("^(Publish now|Schedule)$"))
    when = page.get_by_label("When", exact=True)
    expect(button).to_have_text("Publish now")
    when.fill("2019-01-01T08:00")
    expect(button).to_have_text("Publish now")
    when.fill("2999-01-14T08:00")
    expect(button).to_have_text("Schedule")
    go_by(when, key="Enter")
    expect(page.get_by_text("Readers will see it on Mon 14 Jan 2999, 08:00 (UTC)")).to_be_visible()
    assert publication.get("/the-hour-of-slack-water/")[0] == 404

    page.get_by_label("When", exact=True).fill("2998-01-14T08:00")
    press(page, "Save changes")
    expect(page.get_by_text("Readers will see it on Sun 14 Jan 2998, 08:00 (UTC)")).to_be_visible()
    come_out(publication, "the-hour-of-slack-water")
    page.reload()
    expect(page.get_by_role("button", name="Publish now")).to_be_hidden()
    assert publication.get("/the-hour-of-slack-water/")[0] == 200

    page.get_by_label("Only people who know the address").check()
    press(page, "Save changes")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name="The hour of slack water")).to_have_count(0)
    assert publication.get("/the-hour-of-slack-water/")[0] == 200


def test_a_story_is_taken_back_with_a_word_to_readers_and_without(owner, publication):
    page = owner
    draft(page, "Said too soon")
    press(page, "Publish now")
    follow(page, "Unpublish…")
    page.get_by_label("Nothing, as if nobody had seen it").check()
    press(page, "Unpublish")
    expect(page.get_by_text("It is a draft again; readers cannot see it.")).to_be_visible()
    assert publication.get("/said-too-soon/")[0] == 404

    press(page, "Publish…")
    press(page, "Publish now")
    follow(page, "Back to writing")
    follow(page, "Published…")
    follow(page, "Unpublish…")
    press(page, "Unpublish")
    expect(page.get_by_text("its address says that it was taken back")).to_be_visible()
    expect(page.get_by_text(re.compile("^Taken back"))).to_be_visible()
    assert publication.get("/said-too-soon/")[0] == 410


def test_somebody_who_is_late_is_told_and_presses_once_more(owner, complaints):
    page = owner
    draft(page, "Two tabs")
    second = page.context.new_page()
    second.goto(page.url.replace("publication", "change"))
    text_of(second).fill("Other words.")
    press(second, "Save draft")
    expect(second.get_by_text("Saved.", exact=True)).to_be_visible()
    page.get_by_label("Only people who know the address").check()
    press(page, "Publish now")
    expect(page.get_by_role("alert")).to_contain_text("saved by somebody else, or in another tab")
    expect(page.get_by_label("Only people who know the address")).to_be_checked()
    press(page, "Publish now")
    expect(page.get_by_text("Published. Readers can see it now.")).to_be_visible()
    forgive(complaints, "409")


@pytest.mark.once
def test_all_of_it_works_without_scripts(person, publication, complaints):
    page = person(scripts=False)
    page.goto("/accounts/login/?next=/admin/blog/post/add/")
    page.get_by_label("E-mail").fill(OWNER[0])
    page.get_by_label("Password", exact=True).fill(OWNER[1])
    press(page, "Sign in")
    draft(page, "Without scripts", "It rose TK inches.")
    go_by(page.get_by_role("link", name="It rose TK inches."))
    expect(text_of(page)).to_be_in_viewport()
    press(page, "Publish…")
    # Whoever types a date and presses Enter does not publish at once.
    page.get_by_label("When", exact=True).fill("2999-01-14T08:00")
    go_by(page.get_by_label("When", exact=True), key="Enter")
    expect(page.get_by_text("Readers will see it on Mon 14 Jan 2999, 08:00 (UTC)")).to_be_visible()
    page.locator("summary", has_text="Take it back on a date").click()
    page.get_by_label("Until when").fill("2001-01-01T08:00")
    press(page, "Publish now")
    expect(page.get_by_text("This time has passed.")).to_be_visible()
    page.get_by_label("Until when").fill("")
    press(page, "Publish now")
    expect(page.get_by_text("Published. Readers can see it now.")).to_be_visible()
    follow(page, "Unpublish…")
    press(page, "Unpublish")
    expect(page.get_by_text("its address says that it was taken back")).to_be_visible()
    assert publication.get("/without-scripts/")[0] == 410
    forgive(complaints, "400")


@pytest.mark.once
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_phone(person, owner_session, width):
    page = person(width=width, has_touch=True, is_mobile=True, storage_state=owner_session)
    title = "Unterseebootsverbindungskabelverlegungsgesellschaft TK"
    draft(page, title, f"[{'x' * 300}](#) and {'TK ' * 20}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("summary", has_text="Take it back on a date").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(page, "Publish now")
    follow(page, "Unpublish…")
    expect(page.get_by_role("button", name="Unpublish")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    follow(page, "Back to writing")
    for fold in ("Address and summary", "Language, responses and more"):
        page.locator("summary", has_text=fold).click()
    expect(page.get_by_label("Canonical address")).to_be_visible()
    expect(page.get_by_label("Pinned to the front page")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
