"""Pictures in the writing desk: dropped, pasted, chosen, given up, brought back."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import forgive, press
from tests.browser.test_desk import desk, new_story, text_of
from tests.making import picture_bytes
from tests.serving import wait_until

pytestmark = pytest.mark.once

__all__ = ["desk"]

TOO_MANY_BYTES = 11 * 1024 * 1024
AT_ONCE = 3
HOLDER = re.compile(r"!\[Uploading [^\]]*\]\(#uploading-[a-z0-9]+\)")
# Makes files in the page, as a desktop or a clipboard would bring them.
BRING = """(editor, [kind, files]) => {
    const data = new DataTransfer();
    for (const { name, bytes, size } of files) {
        const parts = bytes ? [Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))]
            : [new Uint8Array(size)];
        data.items.add(new File(parts, name, { type: "image/jpeg" }));
    }
    const options = { bubbles: true, cancelable: true };
    const target = editor.querySelector("textarea");
    target.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: data })
        : new ClipboardEvent("paste", { ...options, clipboardData: data }));
}"""


def photo(name: str, data: bytes) -> dict[str, str]:
    return {"name": name, "bytes": base64.b64encode(data).decode()}


def bring(page: Page, kind: str, *files: dict) -> None:
    page.locator("story-editor").evaluate(BRING, [kind, list(files)])


def sea(width: int = 300) -> dict:
    """For a file input; its width stands in the address it gets."""
    return {"name": "sea.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes((width, 200))}


def choose(page: Page, *files: dict) -> None:
    page.locator("[data-role=picture-file]").set_input_files(list(files))


def cards(page: Page) -> Locator:
    return page.get_by_role("region", name="Pictures on their way").get_by_role("listitem")


def widths_in(text: Locator) -> list[int]:
    """The pictures that stand in the text, each by its width, in their order."""
    return [int(width) for width in re.findall(r"/(\d+)\.jpg\)", text.input_value())]


def save(page: Page) -> None:
    press(page, "Save draft")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def test_twenty_pictures_dropped_at_once_stand_as_they_were_dropped(desk, complaints):
    text, held, is_open = text_of(desk), [], []
    text.fill("Before.")
    desk.route("**/upload/", lambda route: route.continue_() if is_open else held.append(route))
    files = [photo(f"{n}.jpg", picture_bytes((300 + n, 200))) for n in range(18)]
    files.insert(5, photo("broken.jpg", picture_bytes()[:400]))
    files.insert(9, {"name": "large.jpg", "size": TOO_MANY_BYTES})
    bring(desk, "drop", *files)

    # All have their places at once, and three are on their way.
    expect(cards(desk)).to_have_count(20)
    assert len(HOLDER.findall(text.input_value())) == 20
    expect(desk.locator(".upload[data-state=sending]")).to_have_count(AT_ONCE)
    expect(desk.locator(".upload[data-state=waiting]")).to_have_count(16)
    desk.wait_for_function("() => document.querySelector('.upload__thumb').naturalWidth > 0")
    large = cards(desk).filter(has_text="large.jpg")
    expect(large).to_contain_text("11 MB")
    expect(large).to_contain_text("This file is 11 MB; the limit is 10 MB.")
    # Asking the page for anything lets the browser report the requests that have come meanwhile.
    wait_until(lambda: bool(desk.title()) and len(held) == AT_ONCE)

    # The third arrives first; the first does not arrive.
    held[2].continue_()
    expect(text).to_have_value(re.compile(r"/302\.jpg"))
    assert widths_in(text) == [302]
    is_open.append(True)
    held[0].abort()
    for route in held[1:2] + held[3:]:
        route.continue_()
    expect(desk.locator(".upload:is([data-state=sending], [data-state=waiting])")).to_have_count(0)
    assert widths_in(text) == [300 + n for n in range(1, 18)]

    expect(cards(desk)).to_have_count(3)
    broken = cards(desk).filter(has_text="broken.jpg")
    expect(broken).to_contain_text("This picture is damaged or incomplete.")
    lost = cards(desk).filter(has_text="0.jpg")
    expect(lost).to_contain_text("The server did not answer.")
    lost.get_by_role("button", name="Try again").click()
    expect(text).to_have_value(re.compile(r"/300\.jpg"))
    broken.get_by_role("button", name="Remove").click()
    with desk.expect_file_chooser() as chooser:
        large.get_by_role("button", name="Choose another").click()
    chooser.value.set_files([sea(999)])
    expect(cards(desk)).to_have_count(0)
    # Nine stood before the one too large, one of them broken.
    expected = [300 + n for n in range(18)]
    expected.insert(8, 999)
    assert widths_in(text) == expected
    assert HOLDER.findall(text.input_value()) == []
    assert text.input_value().startswith("Before.\n\n![](")
    forgive(complaints, "upload/")  # the one cut off, and the broken one


def test_a_picture_is_pasted_given_up_and_not_left_behind_unasked(desk, complaints):
    text, held, asked = text_of(desk), [], []
    text.fill("Before.\n\nAfter.")
    text.evaluate("field => field.setSelectionRange(7, 7)")
    desk.route("**/upload/", lambda route: held.append(route))
    with desk.expect_request("**/upload/"):
        bring(desk, "paste", photo("image.png", picture_bytes()))
    expect(text).to_have_value(re.compile(rf"^Before\.\n\n{HOLDER.pattern}\n\nAfter\.$"))
    # Readers would see nothing of it, and nothing is found wrong.
    expect(desk.get_by_role("region", name="Preview").get_by_text("After.")).to_be_visible()
    expect(desk.get_by_role("region", name="Preview").get_by_text("Uploading")).to_have_count(0)
    expect(desk.get_by_text("1 link to nowhere")).to_have_count(0)

    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with desk.expect_event("dialog"):
        desk.get_by_role("button", name="Save draft").click()
    expect(cards(desk)).to_have_count(1)
    assert asked == ["beforeunload"]

    cards(desk).get_by_role("button", name="Cancel").click()
    expect(text).to_have_value("Before.\n\nAfter.")
    expect(cards(desk)).to_have_count(0)
    expect(text).to_be_focused()

    desk.unroute("**/upload/")
    bring(desk, "paste", photo("image.png", picture_bytes((321, 200))))
    expect(text).to_have_value(re.compile(r"/321\.jpg\)"))
    complaints.clear()  # the upload that was called off


def test_an_earlier_picture_is_chosen_by_keyboard_and_leads_with_what_crops_keep(desk):
    text = text_of(desk)
    choose(desk, {**sea(640), "name": "harbour-at-dawn.jpg"}, {**sea(641), "name": "pier.jpg"})
    words = desk.locator("[data-role=pictures] .words")
    expect(words).to_have_count(2)

    new_story(desk)
    text.fill("Before.\n\nAfter.")
    text.evaluate("field => { field.focus(); field.setSelectionRange(7, 7); }")
    desk.keyboard.press("Control+Alt+L")
    library = desk.get_by_role("dialog", name="Earlier pictures")
    expect(library.get_by_role("searchbox")).to_be_focused()
    desk.keyboard.type("nothing has this name")
    expect(library.get_by_role("status")).to_contain_text("No picture has these words")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("harbour-at-DAWN")
    expect(library.get_by_role("status")).to_have_text("1 picture")
    desk.keyboard.press("ArrowDown")
    harbour = library.get_by_role("button", name="harbour-at-dawn.jpg")
    expect(harbour).to_be_focused()
    # The answer to a word that was typed before comes after the arrow.
    harbour.evaluate("tile => { tile.dataset.before = ''; }")
    library.get_by_role("searchbox").evaluate(
        "field => { field.value = 'harbour'; field.dispatchEvent(new Event('input')); }"
    )
    expect(library.locator("[data-before]")).to_have_count(0)
    expect(harbour).to_be_focused()
    desk.keyboard.press("Enter")
    expect(library).to_be_hidden()
    expect(text).to_have_value(re.compile(r"^Before\.\n\n!\[\]\(\S+/640\.jpg\)\n\nAfter\.$"))
    expect(text).to_be_focused()
    expect(words).to_have_count(1)
    text.press("Control+z")
    expect(text).to_have_value("Before.\n\nAfter.")
    text.press("Control+y")
    expect(text).to_have_value(re.compile(r"/640\.jpg"))

    # Escape leaves everything as it was; the same dialog serves the lead.
    opener = desk.get_by_role("button", name="An earlier picture…")
    opener.click()
    desk.keyboard.press("Escape")
    expect(library).to_be_hidden()
    expect(opener).to_be_focused()
    desk.keyboard.press("Enter")
    # Opened again before its closing has been told.
    opener.evaluate("opener => { document.getElementById('library').close(); opener.click(); }")
    library.get_by_role("searchbox").fill("pier.jpg")
    expect(library.get_by_role("status")).to_have_text("1 picture")
    library.get_by_role("button", name="pier.jpg").click()
    expect(desk.locator("[data-role=lead] input:checked")).not_to_have_value("")
    expect(words).to_have_count(2)

    desk.get_by_role("button", name="Its words, and what crops keep of it").click()
    lead = words.last
    expect(lead.get_by_label("Description")).to_be_focused()
    lead.get_by_label("Description").fill("A pier")
    expect(lead.get_by_text("Missing: credit", exact=True)).to_be_visible()
    focus = lead.get_by_role("slider", name="What crops keep")
    desk.wait_for_function(
        "slider => slider.querySelector('img').naturalWidth > 0", arg=focus.element_handle()
    )
    box = focus.bounding_box()
    focus.click(position={"x": box["width"] * 0.2, "y": box["height"] * 0.3})
    expect(lead.get_by_label("From the left, %")).to_have_value("20")
    focus.press("ArrowRight")
    focus.press("ArrowUp")
    expect(lead.get_by_label("From the left, %")).to_have_value("30")
    expect(lead.get_by_label("From the top, %")).to_have_value("20")
    expect(focus).to_have_attribute("aria-valuetext", "30 % from the left, 20 % from the top")
    save(desk)
    kept = desk.locator("[data-role=lead] input:checked + img")
    expect(kept).to_have_css("object-position", "30% 20%")
    expect(desk.locator("[data-role=pictures]").get_by_text("A pier").first).to_be_visible()


def test_undo_goes_through_pictures_and_a_lost_one_is_met_again(desk, complaints):
    text = text_of(desk)
    text.press_sequentially("Before.")
    choose(desk, sea(500))
    expect(text).to_have_value(re.compile(r"/500\.jpg"))
    done = text.input_value()
    text.press("Control+z")
    expect(text).to_have_value(HOLDER)
    # The way back is open, by redo or by a press.
    expect(cards(desk)).to_contain_text("It is here already")
    cards(desk).get_by_role("button", name="Put it back").click()
    expect(text).to_have_value(done)
    expect(cards(desk)).to_have_count(0)
    text.press("Control+z")
    expect(text).to_have_value(HOLDER)
    while text.input_value() != "Before.":
        text.press("Control+z")
    expect(cards(desk)).to_have_count(0)

    # A story that is saved while a picture is on its way, and opened again.
    desk.route("**/upload/", lambda route: None)
    with desk.expect_request("**/upload/"):
        choose(desk, sea())
    desk.on("dialog", lambda dialog: dialog.accept())
    save(desk)
    expect(text).to_have_value(HOLDER)
    expect(cards(desk)).to_contain_text("It did not arrive")
    expect(cards(desk)).to_contain_text("sea.jpg")
    desk.unroute("**/upload/")
    with desk.expect_file_chooser() as chooser:
        cards(desk).get_by_role("button", name="Choose another").click()
    chooser.value.set_files([sea(444)])
    expect(text).to_have_value(re.compile(r"^Before\.\s+!\[\]\(\S+/444\.jpg\)\s*$"))
    expect(cards(desk)).to_have_count(0)


def test_a_lead_picture_from_a_file_says_what_is_wrong_with_it(desk, complaints):
    lead = desk.locator("[data-role=lead-file]")
    lead.set_input_files([{**sea(), "buffer": picture_bytes()[:400]}])
    expect(cards(desk)).to_contain_text("This picture is damaged or incomplete.")
    expect(text_of(desk)).to_have_value("")
    cards(desk).get_by_role("button", name="Remove").click()
    lead.set_input_files([sea(640)])
    expect(desk.locator("[data-role=lead] input:checked")).not_to_have_value("")
    expect(cards(desk)).to_have_count(0)
    forgive(complaints, "400")
