"""A story as somebody reads it: pictures large, notes in their place, a voice, sending it on."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OWNER

LINES = "\n\n".join(f"Paragraph {number} of the log, which goes on and on." for number in range(12))
PUBLISH = f"""
from accounts.models import User
from blog.models import Image, Post
from tests.making import make_post, make_response, picture_bytes
owner = User.objects.get(email="{OWNER[0]}")
names = ["The lamp", "The stair", "The sea"]
data = picture_bytes((1000, 700))
images = [Image.objects.upload(data=data, by=owner, alt=name, caption=f"{{name}}, seen")
          for name in names]
a, b, c = [image.markdown for image in images]
text = f'''He wrote every hour.[^1] And every night.[^2] Never by day.[^3]

## One

::: wide
{{a}}
:::

## Two

{{b}}
{{c}}

{LINES}

## Three

```python
unspoken = 1
```

| In a table[^4] |
|---|
| calm |

## Four

{LINES}

::: details Folded away
Words.[^5]
:::

[^1]: {{"A long note about hours. " * 30}}
[^2]: About nights.[^nested]
[^3]: About days.
[^4]: About tables.
[^nested]: A note of a note.
[^5]: A folded note.
'''
if not Post.objects.filter(slug="a-lamp").exists():
    post = Post(title="A lamp", slug="a-lamp", source=text)
    post.write(by=owner)
    post.publish(by=owner)
    make_response(post, owner)
    make_post(owner, title="Another lamp")
"""
# A voice that says nothing, notes what it should have said, and is done when told.
VOICE = """
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: class {
  constructor(text) { this.text = text; }
}});
Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
  heard: [],
  getVoices: () => [{ lang: "de-DE" }, { lang: "en_US", localService: true, name: "Ada" }],
  speak(utterance) { this.now = utterance; this.heard.push(utterance); },
  cancel() { const was = this.now; this.now = null; was?.onend?.(); },
  finish() { const was = this.now; this.now = null; was.onend(); },
})});
"""

# A finger that comes down on a picture and leaves it so many pixels further.
TOUCH = """(image, [across, along]) => {
  const touch = { pointerType: "touch", isPrimary: true, bubbles: true };
  image.dispatchEvent(new PointerEvent("pointerdown", { ...touch, clientX: 200, clientY: 300 }));
  image.dispatchEvent(new PointerEvent("pointerup", {
    ...touch, clientX: 200 + across, clientY: 300 + along,
  }));
}"""


@pytest.fixture(scope="session")
def _story(publication) -> None:
    publication.run(PUBLISH)


pytestmark = [pytest.mark.once, pytest.mark.usefixtures("_story")]


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    found = page.locator(selector).evaluate_all(
        "them => them.map(one => one.getBoundingClientRect().toJSON())"
    )
    return sorted(found, key=lambda box: box["top"])


def test_at_a_desk_pictures_open_large_and_notes_stand_in_the_margin(person):
    page = person(width=1440, reduced_motion="reduce")
    page.goto("/a-lamp/")
    # Notes: in the margin, in order, over nothing.
    expect(page.locator(".footnotes")).to_have_attribute("data-placed", "")
    notes = boxes(page, ".footnotes li:not([data-folded])")
    text, wide = boxes(page, "[data-story]")[0], boxes(page, ".figure[data-width=wide]")[0]
    assert all(note["left"] > text["right"] for note in notes)
    assert all(note["right"] <= 1440 for note in notes)
    assert all(upper["bottom"] <= lower["top"] for upper, lower in pairwise(notes))
    assert all(note["bottom"] <= wide["top"] or note["top"] >= wide["bottom"] for note in notes)
    folded = page.locator("#fn-5")
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_text("Folded away").click()
    expect(folded).to_be_visible()
    mark = page.locator("#fnref-2")
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#fn-2")).to_be_focused()
    page.locator("#fn-2 .footnote-backref").press("Enter")
    expect(mark).to_be_focused()
    # Contents: the place one is in.
    page.evaluate("document.getElementById('h-four').scrollIntoView()")
    expect(page.locator(".contents [aria-current]")).to_have_text("Four")
    # Pictures: by keyboard in and out, one after another.
    button = page.get_by_role("button", name="Enlarge the picture: The lamp")
    stood = page.locator("[data-story]").evaluate("text => text.offsetTop")
    button.press("Enter")
    window = page.get_by_role("dialog", name="1 of 3")
    expect(window.get_by_role("img", name="The lamp")).to_be_visible()
    expect(window.get_by_text("The lamp, seen")).to_be_visible()
    expect(window).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="2 of 3")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    assert page.locator("[data-story]").evaluate("text => text.offsetTop") == stood
    page.get_by_role("img", name="The sea").click()
    window = page.get_by_role("dialog", name="3 of 3")
    window.get_by_role("button", name="Next picture").click()
    expect(page.get_by_role("dialog", name="1 of 3")).to_be_visible()
    # The focus is back in the same step, so that nothing moves it after the next key.
    gone = "stage => { stage.click(); return document.activeElement.ariaLabel; }"
    assert page.locator(".lightbox__stage").evaluate(gone) == "Enlarge the picture: The lamp"
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("img", name="The sea").click()
    page.locator(".lightbox__stage").click(position={"x": 3, "y": 3})
    expect(page.get_by_role("dialog")).to_have_count(0)
    # The next story, past the responses.
    page.keyboard.press("j")
    expect(page.locator(".card .u-url").first).to_be_focused()


def test_on_a_phone_notes_open_in_place_a_voice_reads_and_the_story_is_sent_on(person):
    page = person(width=390, permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script(VOICE)
    page.goto("/a-lamp/")
    # Notes: below the line, and away again.
    expect(page.locator(".footnotes")).to_be_hidden()
    mark = page.get_by_role("button", name="2", exact=True)
    mark.click()
    opened = page.get_by_role("note")
    expect(opened).to_contain_text("About nights.")
    expect(mark).to_have_attribute("aria-expanded", "true")
    opened.get_by_role("button", name="6").click()
    expect(page.get_by_role("note").last).to_have_text("A note of a note.")
    mark.press("Escape")
    expect(page.get_by_role("note")).to_have_count(0)
    page.get_by_role("button", name="4", exact=True).press(" ")
    assert boxes(page, ".note")[0]["top"] >= boxes(page, ".table")[0]["bottom"]
    # The voice: sentence by sentence, without what is not for ears.
    page.get_by_role("button", name="Listen to this story").click()
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_focused()
    heard = "speechSynthesis.heard.map(one => one.text)"
    page.evaluate("for (let n = 0; n < 4; n++) speechSynthesis.finish()")
    assert page.evaluate(heard) == [
        "A lamp", "He wrote every hour.", "And every night.", "Never by day.", "One",
    ]  # fmt: skip
    assert page.evaluate("speechSynthesis.now.voice.name") == "Ada"
    assert page.evaluate("[...CSS.highlights.get('listening')][0].toString()") == "One"
    pause.click()
    assert page.evaluate("speechSynthesis.now") is None
    page.get_by_role("button", name="Go on reading aloud").click()
    page.get_by_label("Speed").select_option("1.5")
    assert page.evaluate("[speechSynthesis.now.text, speechSynthesis.now.rate]") == ["One", 1.5]
    page.evaluate("while (speechSynthesis.now) speechSynthesis.finish()")
    expect(page.get_by_text("That was the story.")).to_be_attached()
    assert not any("unspoken" in text or "About" in text for text in page.evaluate(heard))
    expect(page.get_by_role("button", name="Listen to this story")).to_be_focused()
    assert page.evaluate("localStorage['listening-speed']") == "1.5"
    # Sent on: the link, or a mail.
    page.get_by_label("Share this story").first.click()
    mail = page.get_by_role("link", name="Send by mail")
    expect(mail).to_have_attribute("href", re.compile(r"^mailto:\?subject=A%20lamp&body=http%3A"))
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/a-lamp/")
    expect(mail).to_be_hidden()
    # Pictures: swiped on, tapped larger, and swept away.
    page.get_by_role("img", name="The lamp").click()
    window = page.get_by_role("dialog", name="1 of 3")
    window.get_by_role("img").evaluate(TOUCH, [-90, 5])
    large = page.get_by_role("dialog", name="2 of 3").get_by_role("img", name="The stair")
    across = large.bounding_box()["width"]
    large.evaluate(f"image => {{ for (const tap of [0, 0]) ({TOUCH})(image, [tap, tap]) }}")
    expect(page.get_by_role("button", name="Zoom in")).to_have_attribute("aria-pressed", "true")
    assert large.bounding_box()["width"] > 2 * across
    page.get_by_role("button", name="Zoom in").click()
    large.evaluate(TOUCH, [5, 90])
    expect(page.get_by_role("dialog")).to_have_count(0)
    # Without scripts there is no way in that leads nowhere, and the notes stand at the end.
    plain = person(scripts=False, width=390)
    plain.goto("/a-lamp/")
    expect(plain.locator("#fn-1")).to_be_visible()
    expect(plain.get_by_role("button", name=re.compile("Enlarge|Listen"))).to_have_count(0)
