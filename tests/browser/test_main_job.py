"""What Longhand is for, from end to end: somebody writes, others read, clap and respond."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, go_by, press
from tests.making import picture_bytes
from tests.serving import Serving, wait_until

TITLE = "The weight of a cloud"
TEXT = """\
A small cumulus weighs about *five hundred tonnes*.[^1] It does not fall.

## How it stays up

> It is not held up. It is always falling, and always being made again.

The droplets are a hundredth of a millimetre wide. In still air one needs `hours` for a floor:

```python
def fall(radius_m: float) -> float:
    return 1.2e8 * radius_m**2
```

| Drop | Speed |
|------|------:|
| Mist | 1 cm/s |
| Rain | 7 m/s |

### Two pictures

[^1]: That is a hundred elephants, a measure that no meteorologist uses.
"""
READER_PASSWORD = "quite another sentence"


def test_a_story_is_written_read_applauded_and_answered(person, owner, publication, tmp_path):
    write(owner, tmp_path)
    preview(owner)
    publish(owner)

    reader = person()
    find_and_read(reader)
    hold_the_clap_button(reader)
    join(reader, publication)
    respond(reader)

    answer(owner)
    expect_the_answer(reader)

    stranger = person(scripts=False)
    read_clap_and_be_led_to_sign_in(stranger)


def write(page: Page, tmp_path: Path) -> None:
    page.goto("/")
    follow(page, "Write")
    page.get_by_label("Title", exact=True).fill(TITLE)
    page.get_by_label("Subtitle").fill("And why it does not fall on us")
    text = page.get_by_label("Text", exact=True)
    text.fill(TEXT)

    drop_a_picture(page, "cloud.png", picture_bytes((1200, 800), "PNG", "#9db4c9"))
    expect(text).to_have_value(re.compile(r"!\[\]\(/media/pictures/"))
    picked = tmp_path / "rain.jpg"
    picked.write_bytes(picture_bytes((900, 600), "JPEG", "#44617b"))
    page.locator("[data-role=picture-file]").set_input_files(picked)
    expect(text).to_have_value(re.compile(r"(!\[\]\(/media/pictures/[\s\S]*){2}"))

    shown = page.get_by_role("region", name="Preview")
    expect(shown.get_by_role("heading", name="How it stays up")).to_be_visible()
    expect(shown.locator("figure")).to_have_count(2)
    expect(page.get_by_text("2 pictures without description")).to_be_visible()

    for words, place in (("A small white cloud", 0), ("Rain over a roof", 1)):
        about = page.locator("details.words").nth(place)
        about.locator("summary").click()
        about.get_by_label("Description").fill(words)
    page.get_by_label("Tags").fill("Weather, Physics")
    press(page, "Save draft")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(shown.get_by_role("img", name="Rain over a roof")).to_be_visible()


def drop_a_picture(page: Page, name: str, content: bytes) -> None:
    """As somebody does who drags a file from the desktop onto the text."""
    carried = page.evaluate_handle(
        """([name, bytes]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
            return carried;
        }""",
        [name, list(content)],
    )
    text = page.get_by_label("Text", exact=True)
    text.dispatch_event("dragover", {"dataTransfer": carried})
    text.dispatch_event("drop", {"dataTransfer": carried})


def preview(page: Page) -> None:
    press(page, "Preview")
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(page.get_by_text("A preview: this is how the story looks.")).to_be_visible()
    page.go_back()


def publish(page: Page) -> None:
    press(page, "Publish…")
    expect(page.get_by_text("Weather, Physics")).to_be_visible()
    press(page, "Publish now")
    expect(page.get_by_text("Published. Readers can see it now.")).to_be_visible()


def find_and_read(page: Page) -> None:
    page.goto("/")
    go_by(page.get_by_role("link", name=TITLE).first)
    story = page.locator("article.story")
    expect(story.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(story.get_by_text("And why it does not fall on us")).to_be_visible()
    expect(story.get_by_role("heading", name="How it stays up", level=2)).to_be_visible()
    expect(story.locator("blockquote")).to_contain_text("always falling")
    expect(story.locator("pre")).to_contain_text("def fall")
    expect(story.get_by_role("cell", name="7 m/s")).to_be_visible()
    expect(story.get_by_text("a hundred elephants").first).to_be_attached()
    for words in ("A small white cloud", "Rain over a roof"):
        picture = story.get_by_role("img", name=words)
        picture.scroll_into_view_if_needed()
        page.wait_for_function("image => image.naturalWidth > 0", arg=picture.element_handle())
    expect(story.get_by_role("link", name="Weather").first).to_be_visible()


def hold_the_clap_button(page: Page) -> None:
    button = page.get_by_role("button", name=re.compile("^Clap for this story")).first
    button.scroll_into_view_if_needed()
    button.hover()
    with page.expect_response(re.compile("/claps/$")) as answer:
        page.mouse.down()
        expect(button).to_have_accessible_name(re.compile(r"you gave ([5-9]|\d\d)"))
        page.mouse.up()
    assert answer.value.ok


def join(page: Page, publication: Serving) -> None:
    follow(page, "Sign in to respond")
    go_by(page.get_by_role("main").get_by_role("link", name="Join"))
    page.get_by_label("Your name").fill("Rita Okafor")
    page.get_by_label("E-mail").fill("rita@example.org")
    page.get_by_label("Password").fill(READER_PASSWORD)
    press(page, "Join")
    expect(page.get_by_role("heading", name="Look into your mail.")).to_be_visible()
    page.goto(link_in_mail_to("rita@example.org", publication))
    press(page, "Yes, it is mine")
    # Back where the reader came from, and signed in.
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()


def link_in_mail_to(address: str, publication: Serving) -> str:
    folder = Path(publication.environment["LONGHAND_DATA"]) / "mail"
    found: list[str] = []

    def has_come() -> bool:
        for file in folder.glob("*"):
            letter = file.read_text(encoding="utf-8")
            if f"To: {address}" in letter:
                found.extend(re.findall(r"https?://\S+/confirm-email/\S+", letter))
        return bool(found)

    wait_until(has_come)
    return found[-1]


def respond(page: Page) -> None:
    clap = page.get_by_role("button", name=re.compile("^Clap for this story")).first
    expect(clap).to_have_accessible_name(re.compile(r"you gave ([5-9]|\d\d)"))
    page.get_by_label("Your response").fill("I shall *never* look up in the same way.")
    press(page, "Respond")
    response = page.locator("article.response", has_text="look up in the same way")
    expect(response.locator("em", has_text="never")).to_be_visible()
    expect(response).to_contain_text("Rita Okafor")


def answer(page: Page) -> None:
    page.goto("/")
    go_by(page.get_by_role("link", name=TITLE).first)
    response = page.locator("article.response", has_text="Rita Okafor")
    response.locator("summary", has_text="Reply").click()
    response.get_by_label("Your reply to Rita Okafor").fill("Do; they like to be looked at.")
    go_by(response.get_by_role("button", name="Reply"))
    expect(page.locator("article.response", has_text="they like to be")).to_be_visible()


def expect_the_answer(page: Page) -> None:
    page.reload()
    reply = page.locator("article.response", has_text="they like to be looked at")
    expect(reply).to_be_visible()
    expect(reply).to_contain_text("Author")


def read_clap_and_be_led_to_sign_in(page: Page) -> None:
    page.goto("/")
    go_by(page.get_by_role("link", name=TITLE).first)
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    go_by(page.get_by_role("button", name=re.compile("^Clap for this story")).first)
    press(page, "5 claps")
    expect(page.get_by_text("Thank you. Your applause has been heard.")).to_be_visible()
    expect(page.get_by_text("5 of them are yours.")).to_be_visible()
    follow(page, "Back to the story")
    follow(page, "Sign in to respond")
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
