"""Every form of a story, as its readers see it, with scripts and without."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from blog.dialect import FORMS
from tests.browser.conftest import OWNER
from tests.browser.test_desk import desk, text_of
from tests.browser.test_desk_text import paste
from tests.browser.test_pages import is_sideways

__all__ = ["desk"]

PATH = "/every-form/"
PLAYER = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"
# Pictures are shown by what is uploaded; the story here has none.
SOURCES = [form.source for form in FORMS if form.language == "en" and "/media/" not in form.source]
MAKE_A_STORY = f"""
from accounts.models import User
from blog.models import Post
if not Post.objects.filter(slug="every-form").exists():
    post = Post(title="Every form", slug="every-form", source={chr(10).join(SOURCES)!r})
    post.source += "\\n## Third\\n\\n## Fourth\\n\\n$$" + "x + " * 200 + "y$$\\n"
    post.source += "\\nhttps://vimeo.com/76979871\\n"
    owner = User.objects.get(email="{OWNER[0]}")
    post.write(by=owner)
    post.publish(by=owner)
"""


@pytest.fixture(scope="session")
def _story(publication) -> None:
    publication.run(MAKE_A_STORY)


pytestmark = [pytest.mark.once, pytest.mark.usefixtures("_story")]


def keep_in(context: BrowserContext, origin: str) -> list[str]:
    """What would have gone out to other hosts; it never does."""
    outside: list[str] = []

    def answer(route: Route) -> None:
        outside.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<p>Film</p>")

    context.route(lambda url: not url.startswith((origin, "data:", "blob:")), answer)
    return outside


def open_story(page: Page) -> list[str]:
    page.goto(PATH)
    return keep_in(page.context, "{0.scheme}://{0.netloc}".format(urlsplit(page.url)))


def expect_every_form(page: Page) -> None:
    story = page.locator("article.story .body").first
    for tag in (
        "em",
        "strong",
        "s",
        "sup",
        "sub",
        "mark",
        "blockquote",
        "hr",
        "table",
        "dl",
        "pre",
    ):
        expect(story.locator(tag).first).to_be_visible()
    expect(story.locator("abbr").first).to_have_attribute("title", "His Majesty’s Ship")
    expect(story.locator("aside.pull")).to_contain_text("forty years")
    expect(story.locator("[data-kind=note]")).to_contain_text("Note")
    expect(story.locator("[data-kind=warning]")).to_contain_text("Warning · Mind your head")
    expect(story.locator(".footnotes li")).to_contain_text("A small one.")
    expect(story.locator("input[type=checkbox]")).to_have_count(2)
    expect(story.locator("math").first).to_be_visible()
    # A root is drawn, and not its LaTeX.
    assert story.locator("msqrt").first.bounding_box()["height"] > 0
    expect(story.locator(".embed")).to_have_count(4)


@pytest.mark.parametrize("width", [320, 1440])
def test_a_reader_without_scripts_sees_every_form_and_films_are_links(person, width):
    page = person(scripts=False, width=width)
    outside = open_story(page)
    page.reload()
    expect_every_form(page)
    assert not is_sideways(page)
    film = page.locator(".embed a", has_text="Video on YouTube")
    expect(film).to_have_attribute("href", re.compile("^https://www.youtube.com/watch"))
    expect(film).not_to_contain_text("when pressed")
    details = page.locator("details", has_text="How we counted")
    expect(details.get_by_text("Twice up")).to_be_hidden()
    details.locator("summary").click()
    expect(details.get_by_text("Twice up")).to_be_visible()
    assert outside == []


def test_a_film_comes_when_it_is_pressed_and_nothing_goes_out_before(person, complaints):
    page = person(width=390)
    outside = open_story(page)
    page.reload()
    expect_every_form(page)
    page.keyboard.press("End")
    film = page.get_by_role("button", name=re.compile("Video on YouTube"))
    expect(film).to_contain_text("Plays from youtube-nocookie.com when pressed")
    film.scroll_into_view_if_needed()
    assert page.locator("iframe").count() == 0
    assert outside == []

    film.focus()
    page.keyboard.press("Enter")
    frame = page.locator("iframe")
    expect(frame).to_be_focused()
    expect(frame).to_have_attribute("src", PLAYER)
    expect(frame).to_have_attribute("title", "Video on YouTube")
    expect(page.frame_locator("iframe").locator("p")).to_have_text("Film")
    assert outside == [PLAYER]
    expect(page.get_by_role("link", name="youtube.com/watch?v=dQw4w9WgXcQ")).to_be_visible()
    assert not is_sideways(page)

    page.get_by_role("button", name=re.compile("Video on Vimeo")).press("Space")
    expect(page.locator("iframe")).to_have_count(2)
    vimeo = "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"
    expect(page.frame_locator(f"iframe[src='{vimeo}']").locator("p")).to_have_text("Film")
    assert sorted(outside) == [vimeo, PLAYER]


def test_details_open_and_contents_lead_by_keyboard(person):
    page = person(width=390)
    page.goto(PATH)
    for name, words in (("Contents", "The lamp"), ("How we counted the steps", "Twice up")):
        summary = page.locator("summary", has_text=name)
        summary.focus()
        page.keyboard.press("Enter")
        expect(summary.locator("xpath=..").get_by_text(words)).to_be_visible()
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Fourth").click()
    expect(page).to_have_url(re.compile("#h-fourth$"))
    expect(page.get_by_role("heading", name="Fourth")).to_be_in_viewport()


def test_contents_stand_beside_the_text_on_a_wide_screen(person):
    page = person(width=1440)
    page.goto(PATH)
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents.get_by_text("The lamp")).to_be_visible()
    beside = contents.bounding_box()
    text = page.locator("article.story .body").first.bounding_box()
    assert beside["x"] >= 0
    assert beside["x"] + beside["width"] < text["x"]
    assert abs(beside["y"] - text["y"]) < 40


def test_wide_formulas_scroll_in_their_own_box(person):
    page = person(width=390)
    page.goto(PATH)
    box = page.locator(".formula").last
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())


def test_letters_above_and_below_leave_the_lines_where_they_are(person):
    page = person()
    page.goto(PATH)
    heights = page.evaluate(
        """() => ["sup:not(.footnote-ref)", "sub"].map((name) => {
            const line = document.querySelector(`.body p:has(> ${name})`);
            const whole = line.getBoundingClientRect().height;
            return whole / parseFloat(getComputedStyle(line).lineHeight) % 1;
        })"""
    )
    assert all(part < 0.02 or part > 0.98 for part in heights)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_that_shows_every_form_is_whole(person, owner_session, scheme):
    page = person(width=390, color_scheme=scheme, storage_state=owner_session)
    page.goto("/admin/blog/post/add/")
    outside = keep_in(page.context, "{0.scheme}://{0.netloc}".format(urlsplit(page.url)))
    with page.expect_popup() as opened:
        page.get_by_role("link", name="How to write (opens in a new tab)").first.click()
    shown = opened.value
    expect(shown.get_by_role("heading", name="How to write", level=1)).to_be_visible()
    assert not is_sideways(shown)
    for picture in shown.locator(".how__read img").all():
        picture.scroll_into_view_if_needed()
        shown.wait_for_function("one => one.naturalWidth > 0", arg=picture.element_handle())
    expect(shown.get_by_role("group", name="What readers get")).to_have_count(len(FORMS))
    assert outside == []


def test_what_is_pasted_keeps_letters_above_and_below_marks_and_details(desk):
    paste(
        desk,
        "",
        "<p>H<sub>2</sub>O on the 1<sup>st</sup>, <mark>twice</mark> a^b^ and ~c~</p>"
        "<details><summary>How  so</summary><p>By <b>chance</b>.</p></details><p>End</p>",
    )
    expect(text_of(desk)).to_have_value(
        "H~2~O on the 1^st^, ==twice== a\\^b^ and \\~c~\n\n"
        "::: details How so\nBy **chance**.\n:::\n\nEnd\n\n"
    )
