"""Nothing typed is ever lost: servers die, tabs close, sessions end, two people write at once."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import OWNER, WAIT_MS, follow, forgive, press, sign_in
from tests.serving import Serving, installed, wait_until

ADD = "/admin/blog/post/add/"
# A pause of two seconds, and what a busy machine needs on top of it.
SAVED = re.compile("^Saved (just now|[0-9]+ s ago)$")
SEED = 1881
WORDS = 2_000
STARTS_AGAIN = 3
# What a browser tells a page that has its network again: it saves at once.
SAVE_AT_ONCE = "dispatchEvent(new Event('online'))"


def text_of(page: Page) -> Locator:
    return page.get_by_label("Text", exact=True)


def saved_line(page: Page) -> Locator:
    return page.locator("[data-status=saved]")


def expect_saved(page: Page) -> None:
    """Until the server has confirmed all that stands in the form."""
    expect(page.locator("#post_form[data-unsaved=false]")).to_be_attached()
    expect(saved_line(page)).to_have_text(SAVED)


def begin(page: Page, title: str, text: str) -> str:
    """A new story, saved without a press; its address."""
    page.goto(ADD)
    page.get_by_label("Title", exact=True).fill(title)
    text_of(page).fill(text)
    expect(page).to_have_url(re.compile(r"/\d+/change/$"))
    expect_saved(page)
    return page.url


def unfold(page: Page) -> None:
    page.locator("summary", has_text="Address and summary").click()


def kept_words(page: Page) -> str:
    return page.evaluate("Object.values(localStorage).join()")


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Serving]:
    """A publication of its own, which a test may kill."""
    settings = {"OWNER_EMAIL": OWNER[0], "OWNER_PASSWORD": OWNER[1]}
    with (
        installed(tmp_path / "data") as url,
        Serving(tmp_path / "data", "--empty", DATABASE_URL=url, **settings) as serving,
    ):
        serving.wait_until_ready()
        yield serving


def test_two_thousand_words_survive_a_server_that_dies_three_times(fragile, browser: Browser):
    chance = random.Random(SEED)
    words = [f"{chance.choice('bdfgklmnprst')}{chance.choice('aeiou')}{n}" for n in range(WORDS)]
    deaths = sorted(chance.sample(range(100, WORDS - 300), STARTS_AGAIN))
    births = [death + chance.randrange(1, 200) for death in deaths]
    context = browser.new_context(base_url=fragile.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    try:
        sign_in(page, *OWNER)
        page.goto(ADD)
        page.get_by_label("Title", exact=True).fill("Written through three crashes")
        text_of(page).focus()
        for place, word in enumerate(words):
            page.keyboard.insert_text(f"{word} ")
            if place in deaths:
                # With a save under way, and its answer lost.
                page.evaluate(SAVE_AT_ONCE)
                fragile.kill()
            if place in births:
                fragile.start()
                fragile.wait_until_ready()
                page.evaluate(SAVE_AT_ONCE)
        page.keyboard.press("Control+s")
        expect_saved(page)
        address = page.url
        page.close()
        again = context.new_page()
        again.goto(address)
        assert text_of(again).input_value().split() == words
        expect(again.get_by_role("button", name="Put them back")).to_be_hidden()
        again.goto("/admin/blog/post/")
        expect(again.get_by_role("link", name="Written through three crashes")).to_have_count(1)
    finally:
        context.close()


@pytest.mark.once
def test_a_story_is_saved_as_it_is_typed_and_gets_its_address_at_the_first_words(owner):
    owner.goto(ADD)
    text_of(owner).press_sequentially("Words before a title.")
    expect(owner).to_have_url(re.compile(r"/\d+/change/$"))
    expect_saved(owner)
    expect(owner.get_by_label("Where you are").get_by_text("Untitled")).to_be_visible()
    owner.get_by_label("Title", exact=True).fill("And then a title")
    unfold(owner)
    owner.get_by_label("Address", exact=True).fill("no address!")
    expect(owner.get_by_text("All but this: Address:")).to_be_visible()
    # What the server would not have, this browser keeps.
    assert "no address!" in kept_words(owner)
    owner.get_by_label("Address", exact=True).fill("")
    owner.get_by_label("Tags").press_sequentially("Sea, Wi")
    owner.keyboard.press("Control+s")
    expect(owner.get_by_text("All but this")).to_be_hidden()
    owner.get_by_label("Tags").press_sequentially("nd")
    owner.get_by_label("Summary").focus()
    expect_saved(owner)
    assert kept_words(owner).find("Words before") == -1
    second = owner.context.new_page()
    second.goto(owner.url)
    expect(text_of(second)).to_have_value("Words before a title.")
    expect(second.get_by_label("Title", exact=True)).to_have_value("And then a title")
    expect(second.get_by_label("Tags")).to_have_value("Sea, Wind")
    assert "Wi" not in second.locator("#id_tag_names_known option").evaluate_all(
        "options => options.map((option) => option.value)"
    )


@pytest.mark.once
def test_readers_see_the_old_text_until_update_is_pressed(owner, person):
    begin(owner, "A harbour at rest", "What readers see.")
    press(owner, "Publish…")
    press(owner, "Publish now")
    expect(owner.get_by_text("Published. Readers can see it now.")).to_be_visible()
    follow(owner, "Back to writing")
    text_of(owner).fill("What is being written.")
    expect(owner.get_by_text("Readers do not see this text yet.")).to_be_visible()
    expect_saved(owner)
    reader = person()
    reader.goto("/a-harbour-at-rest/")
    expect(reader.get_by_text("What readers see.")).to_be_visible()
    owner.keyboard.press("Control+s")
    expect_saved(owner)
    reader.reload()
    expect(reader.get_by_text("What readers see.")).to_be_visible()
    press(owner, "Update")
    expect(owner.get_by_text("Updated. Readers see the new version.")).to_be_visible()
    expect(owner.get_by_text("Readers do not see this text yet.")).to_be_hidden()
    expect(text_of(owner)).to_have_value("What is being written.")


def test_a_button_pressed_at_once_saves_once_and_fights_with_nobody(owner):
    begin(owner, "Pressed in a hurry", "One.")
    sent: list[str] = []
    owner.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    for text in ("Two.", "Three."):
        text_of(owner).press_sequentially(text)
        # The save of a pause is under way when the button is pressed, twice.
        owner.evaluate(SAVE_AT_ONCE)
        with owner.expect_event("load"):
            owner.get_by_role("button", name="Save draft").dblclick()
        expect(owner.get_by_text("Saved.", exact=True)).to_be_visible()
    presses = [one for one in sent if one.startswith("POST") and one.endswith("/change/")]
    assert len(presses) == 2
    expect(text_of(owner)).to_have_value(re.compile("Two.*Three|Three.*Two", re.DOTALL))


def collide(owner: Page, title: str, complaints: list[str]) -> Page:
    """The story in two tabs; the first has saved while the second wrote, and is told."""
    address = begin(owner, title, "One two three.")
    second = owner.context.new_page()
    second.goto(address)
    text_of(owner).fill("One TWO three.")
    expect_saved(owner)
    text_of(second).fill("One two four.")
    expect(second.get_by_role("heading", name="You saved another text")).to_be_focused()
    forgive(complaints, "409")
    sides = second.locator(".beside__side")
    expect(sides.nth(0).locator("mark", has_text="TWO")).to_be_visible()
    expect(sides.nth(1).locator("mark", has_text="four")).to_be_visible()
    return second


def revisions(page: Page) -> Locator:
    page.goto(re.sub("change/$", "revisions/", page.url))
    return page.get_by_role("table").locator("tbody tr")


def test_two_tabs_collide_and_this_one_is_kept(owner, complaints):
    second = collide(owner, "Two tabs, mine", complaints)
    second.get_by_role("button", name="Keep this tab’s").click()
    expect_saved(second)
    expect(second.get_by_role("heading", name="You saved another text")).to_be_hidden()
    text_of(second).press_sequentially(" And five.")
    expect_saved(second)
    second.reload()
    expect(text_of(second)).to_have_value("One two four. And five.")
    expect(revisions(second)).to_have_count(2)
    change = second.locator(".difference")
    expect(change.locator("del", has_text="TWO")).to_be_visible()


@pytest.mark.once
def test_two_tabs_collide_and_the_other_one_is_kept(owner, complaints):
    second = collide(owner, "Two tabs, theirs", complaints)
    press(second, "Keep the other tab’s")
    expect(text_of(second)).to_have_value("One TWO three.")
    expect(second.get_by_role("button", name="Put them back")).to_be_hidden()
    text_of(second).press_sequentially(" And on.")
    expect_saved(second)
    assert revisions(second).count() >= 3


@pytest.mark.once
def test_two_tabs_collide_and_are_merged_by_hand(owner, complaints):
    second = collide(owner, "Two tabs, merged", complaints)
    second.get_by_role("link", name="Merge by hand").click()
    expect(second.get_by_label("The text that was saved meanwhile")).to_have_value("One TWO three.")
    expect(text_of(second)).to_have_value("One two four.")
    text_of(second).fill("One TWO four.")
    expect_saved(second)
    second.get_by_role("button", name="Put it away").click()
    expect(second.get_by_label("The text that was saved meanwhile")).to_be_hidden()
    press(second, "Save draft")
    expect(second.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(text_of(second)).to_have_value("One TWO four.")


@pytest.mark.once
def test_a_session_that_ends_in_mid_sentence_goes_on_after_signing_in_again(owner, complaints):
    address = begin(owner, "An interrupted sentence", "Half a")
    owner.context.clear_cookies()
    text_of(owner).press_sequentially(" sentence")
    notice = owner.get_by_text("You have been signed out.")
    expect(notice).to_be_visible()
    expect(saved_line(owner)).to_have_text("Not saved: you have been signed out")
    text_of(owner).press_sequentially(" and more")
    with owner.expect_popup() as opened:
        owner.get_by_role("link", name="Sign in again").click()
    window = opened.value
    window.get_by_label("E-mail").fill(OWNER[0])
    window.get_by_label("Password", exact=True).fill(OWNER[1])
    with window.expect_event("close"):
        window.get_by_role("button", name="Sign in", exact=True).click()
    expect(notice).to_be_hidden()
    expect_saved(owner)
    press(owner, "Save draft")
    expect(owner.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(owner).to_have_url(address)
    expect(text_of(owner)).to_have_value("Half a sentence and more")
    forgive(complaints, "403")


@pytest.mark.once
def test_somebody_else_who_signs_in_there_saves_nothing_in_anothers_name(
    owner, publication, complaints
):
    begin(owner, "In whose name", "Olga’s words.")
    publication.run(
        "from tests.making import make_person; from accounts.roles import Role;"
        "from accounts.models import User; from allauth.account.models import EmailAddress;"
        "u = make_person('Bea', Role.EDITOR);"
        "User.objects.filter(pk=u.pk).update(email='bea@example.org');"
        "EmailAddress.objects.create(user=u, email='bea@example.org', verified=True, primary=True)"
    )
    owner.context.clear_cookies()
    second = owner.context.new_page()
    sign_in(second, "bea@example.org", OWNER[1])
    text_of(owner).press_sequentially(" More.")
    expect(owner.get_by_text("You are signed in as Bea now")).to_be_visible()
    assert "Olga’s words. More." in kept_words(owner)
    second.goto(owner.url)
    expect(text_of(second)).to_have_value("Olga’s words.")
    # She has the story open, and so has Olga: each is told of the other.
    expect(second.get_by_text("olga has had this story open since")).to_be_visible()
    second.get_by_role("button", name="Dismiss").click()
    expect(second.get_by_text("olga has had this story open since")).to_be_hidden()
    forgive(complaints, "403")


@pytest.mark.once
def test_words_of_a_closed_tab_come_back_with_what_is_different(owner, complaints):
    address = begin(owner, "Through a tunnel", "Before the tunnel.")
    owner.context.set_offline(True)
    text_of(owner).fill("Written in the tunnel.")
    unfold(owner)
    owner.get_by_label("Summary").fill("A summary, too.")
    owner.keyboard.press("Control+s")
    expect(owner.get_by_role("alert")).to_contain_text("There is no way to the server.")
    expect(saved_line(owner)).to_contain_text("Kept in this browser; trying again")
    wait_until(lambda: "A summary, too." in kept_words(owner))
    page = owner.context.new_page()
    # The tunnel is longer than this tab lives: its last breath reaches nobody.
    owner.evaluate("void (window.fetch = () => Promise.reject(new TypeError('no network')))")
    owner.close()
    page.context.set_offline(False)
    page.goto(address)
    expect(text_of(page)).to_have_value("Before the tunnel.")
    expect(page.get_by_text("that were never saved")).to_be_visible()
    sides = page.locator("[data-role=kept] .beside__side")
    expect(sides.nth(0).locator("mark", has_text="Before")).to_be_visible()
    expect(sides.nth(1).locator("mark", has_text="Written in")).to_be_visible()
    page.get_by_role("button", name="Put them back").click()
    expect(text_of(page)).to_have_value("Written in the tunnel.")
    expect(page.get_by_label("Summary")).to_have_value("A summary, too.")
    expect_saved(page)
    assert "tunnel" not in kept_words(page)
    page.reload()
    expect(text_of(page)).to_have_value("Written in the tunnel.")
    expect(page.get_by_role("button", name="Put them back")).to_be_hidden()
    complaints.clear()  # whatever was asked for in the tunnel


@pytest.mark.once
def test_words_typed_before_the_scripts_have_come_are_saved(owner):
    address = begin(owner, "Slow to come", "At first.")
    held: list[Route] = []
    owner.route("**/js/desk/autosave*.js", lambda route: held.append(route))
    with owner.expect_request("**/js/desk/autosave*.js"):
        owner.goto(address, wait_until="commit")
    title = owner.get_by_label("Title", exact=True)
    title.press_sequentially("Indeed: ")
    written = title.input_value()
    owner.get_by_label("Tags").press_sequentially("Sea, Wi")
    with owner.expect_request("**/autosave/") as sent:
        held[0].continue_()
    assert "Indeed" in sent.value.post_data
    # Half a name is none yet.
    assert "Sea" not in sent.value.post_data
    owner.unroute("**/js/desk/autosave*.js")
    owner.get_by_label("Tags").press_sequentially("nd")
    text_of(owner).focus()
    expect_saved(owner)
    owner.goto(address)
    expect(title).to_have_value(written)
    expect(owner.get_by_label("Tags")).to_have_value("Sea, Wind")


@pytest.mark.once
def test_words_saved_at_once_are_not_kept_as_unsaved(owner):
    begin(owner, "At once", "Before.")
    # Faster than any hand: typed and saved before this browser has noted anything.
    with owner.expect_response("**/autosave/"):
        text_of(owner).evaluate(
            """field => {
                field.value = "Typed and saved.";
                field.dispatchEvent(new Event("input", { bubbles: true }));
                const key = { key: "s", ctrlKey: true, bubbles: true };
                field.dispatchEvent(new KeyboardEvent("keydown", key));
            }"""
        )
    expect_saved(owner)
    owner.evaluate("dispatchEvent(new Event('pagehide'))")
    assert "Typed and saved." not in kept_words(owner)


@pytest.mark.once
def test_an_open_tab_keeps_its_unsaved_words_to_itself_until_it_is_closed(owner, complaints):
    address = begin(owner, "Open in two tabs", "Before.")
    owner.route("**/autosave/", lambda route: route.abort())
    text_of(owner).fill("Unsaved in the first tab.")
    wait_until(lambda: "first tab" in kept_words(owner))
    second = owner.context.new_page()
    second.goto(address)
    expect(second.get_by_text("You have had this story open in another tab")).to_be_visible()
    expect(second.get_by_role("button", name="Put them back")).to_be_hidden()
    text_of(second).fill("Typed in the second tab.")
    expect_saved(second)
    assert "first tab" in kept_words(owner)
    owner.close()
    expect(second.get_by_role("button", name="Put them back")).to_be_visible()
    expect(text_of(second)).to_have_value("Typed in the second tab.")
    complaints.clear()  # the saves that were called off


@pytest.mark.once
def test_a_choice_between_two_texts_needs_no_scripts(person, complaints):
    page = person(scripts=False)
    page.goto(f"/accounts/login/?next={ADD}")
    page.get_by_label("E-mail").fill(OWNER[0])
    page.get_by_label("Password", exact=True).fill(OWNER[1])
    press(page, "Sign in")
    page.get_by_label("Title", exact=True).fill("Two texts without scripts")
    text_of(page).fill("One two three.")
    press(page, "Save draft")
    second = page.context.new_page()
    second.goto(page.url)
    text_of(page).fill("One TWO three.")
    press(page, "Save draft")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    text_of(second).fill("One two four.")
    press(second, "Save draft")
    expect(second.locator(".beside__side").nth(0).locator("mark")).to_have_text(["TWO three"])
    expect(second.locator(".beside__side").nth(1).locator("mark")).to_have_text(["two four"])
    forgive(complaints, "409")
    press(second, "Keep the other tab’s")
    expect(text_of(second)).to_have_value("One TWO three.")
