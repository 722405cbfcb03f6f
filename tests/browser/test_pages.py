"""Every page in a real browser: nothing refused, nothing sideways, nothing that needs scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OWNER

PHONE_PX, DESKTOP_PX = 390, 1440
# As long as a title may be, and no place to break it.
LONG_TITLE = "Donaudampfschifffahrtsgesellschaft" * 5
MAKE_A_STORY = f"""
from accounts.models import User
from blog.models import Post
text = "## Words\\n\\n" + "Wort" * 200
text += "\\n\\n| a | b |\\n|---|---|\\n| " + "x" * 300 + " | y |"
text += "\\n\\n```\\n" + "code " * 80 + "\\n```\\n"
if not Post.objects.filter(slug="long-words").exists():
    post = Post(title="{LONG_TITLE}", slug="long-words", source=text)
    owner = User.objects.get(email="{OWNER[0]}")
    post.write(by=owner)
    post.publish(by=owner)
"""
PUBLIC = (
    "/",
    "/long-words/",
    "/@olga/",
    "/search/?q=wort",
    "/accounts/login/",
    "/accounts/signup/",
)
DESK = (
    "/admin/blog/post/",
    "/admin/blog/post/add/",
    "/admin/blog/image/",
    "/admin/blog/image/add/",
    "/admin/blog/comment/",
    "/admin/blog/tag/",
    "/admin/blog/tag/add/",
    "/admin/accounts/author/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/blog/publication/",
    "/accounts/",
)


@pytest.fixture(scope="session")
def _story(publication) -> None:
    publication.run(MAKE_A_STORY)


pytestmark = [pytest.mark.once, pytest.mark.usefixtures("_story")]


def is_sideways(page: Page) -> bool:
    # Before its styles have come, a page is as wide as its pictures.
    page.wait_for_load_state("load")
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE_PX, DESKTOP_PX])
def test_no_public_page_scrolls_sideways_or_is_refused_anything(person, width, scheme):
    page = person(width=width, color_scheme=scheme)
    for path in PUBLIC:
        page.goto(path)
        assert not is_sideways(page), path
        assert page.locator("h1").count() == 1 or path == "/", path


@pytest.mark.parametrize("width", [PHONE_PX, DESKTOP_PX])
def test_no_page_of_the_desk_scrolls_sideways_or_is_refused_anything(person, owner_session, width):
    page = person(width=width, storage_state=owner_session)
    for path in DESK:
        page.goto(path)
        assert not is_sideways(page), path
        assert page.locator("h1").count() == 1, path


def test_the_same_pages_stand_without_scripts(person):
    page = person(scripts=False, width=PHONE_PX)
    for path in PUBLIC:
        page.goto(path)
        assert page.locator("main").inner_text().strip(), path
        expect(page.locator("[data-needs=scripts]:visible")).to_have_count(0)


def test_the_chosen_colours_stay_and_hold_for_the_desk_too(person, owner_session):
    page = person(color_scheme="light", storage_state=owner_session)
    page.goto("/")
    page.get_by_role("radio", name="Dark").check()
    for path in ("/long-words/", "/admin/blog/post/", "/admin/blog/post/add/"):
        page.goto(path)
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        if background == "rgba(0, 0, 0, 0)":
            background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert background == "rgb(22, 21, 18)", path


def test_a_keyboard_reaches_the_text_of_a_story_first(person):
    page = person()
    page.goto("/long-words/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))


def test_a_date_that_is_pointed_at_says_the_readers_own_time(person):
    page = person(timezone_id="Pacific/Kiritimati")
    page.goto("/long-words/")
    date = page.locator(".byline time").first
    page.wait_for_load_state("load")
    date.hover()
    told = date.evaluate("""one => [one.title, new Intl.DateTimeFormat("en-GB", {
      dateStyle: "long", timeStyle: "short", timeZone: "Pacific/Kiritimati"
    }).format(new Date(one.dateTime))]""")
    assert told[0] == told[1]


def test_claps_by_keyboard_are_heard_and_taken_back(person):
    page = person()
    page.goto("/long-words/")
    button = page.get_by_role("button", name=re.compile("^Clap for this story")).first
    # The rest of the script comes while the key is down, and the clap is heard all the same.
    held: list[Route] = []
    page.route("**/js/clapping*.js", lambda route: held.append(route))
    with page.expect_request("**/js/clapping*.js"):
        button.focus()
    page.keyboard.down("Space")
    held[0].continue_()
    page.evaluate("url => import(url).then(() => null)", held[0].request.url)
    with page.expect_response(re.compile("/claps/$")) as answer:
        page.keyboard.up("Space")
    assert answer.value.ok
    expect(button).to_have_accessible_name(re.compile("you gave 1$"))
    with page.expect_response(re.compile("/claps/$")):
        page.keyboard.press("Space")
    # A key that is held gives more, and a busy machine holds it.
    expect(button).to_have_accessible_name(re.compile(r"you gave ([2-9]|\d\d)$"))
    with page.expect_response(re.compile("/claps/withdrawal/$")):
        page.get_by_role("button", name="Take your claps back").first.click()
    expect(button).to_have_accessible_name(re.compile("(you gave 0|0 claps$)"))


def test_a_reader_without_a_session_gets_no_cookie_until_the_first_clap(person):
    page = person()
    for path in ("/", "/long-words/", "/@olga/"):
        page.goto(path)
    assert page.context.cookies() == []
