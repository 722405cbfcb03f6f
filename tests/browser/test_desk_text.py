"""The text field under somebody's fingers: its buttons, its keys, its undo, what it follows."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import press
from tests.browser.test_desk import PICTURE, desk, new_story, text_of
from tests.making import picture_bytes

pytestmark = pytest.mark.once

__all__ = ["desk"]


def select(page: Page, start: int, end: int | None = None) -> None:
    text_of(page).evaluate(
        "(field, [start, end]) => { field.focus(); field.setSelectionRange(start, end); }",
        [start, start if end is None else end],
    )


def tool(page: Page, name: str):
    return page.get_by_role("toolbar", name="Formatting").get_by_role(
        "button", name=name, exact=True
    )


def paste(page: Page, plain: str = "", html: str = "") -> None:
    """What a browser does at Ctrl+V, as far as a page can tell."""
    text_of(page).evaluate(
        """(field, [plain, html]) => {
            field.focus();
            const clipboardData = new DataTransfer();
            if (plain) clipboardData.setData("text/plain", plain);
            if (html) clipboardData.setData("text/html", html);
            const options = { clipboardData, bubbles: true, cancelable: true };
            const isLeft = field.dispatchEvent(new ClipboardEvent("paste", options));
            if (isLeft && plain) document.execCommand("insertText", false, plain);
        }""",
        [plain, html],
    )


LINES = [
    ("Numbered list", "1. one\n2. two"),
    ("List", "- one\n- two"),
    ("Task list", "- [ ] one\n- [ ] two"),
    ("Pull quote", "::: pull\none\ntwo\n:::\n\n"),
    ("Quote", "> one\n> two"),
    ("Code", "```\none\ntwo\n```\n\n"),
]


def test_a_button_marks_the_lines_that_are_selected_and_undo_takes_it_back(desk):
    text = text_of(desk)
    text.press_sequentially("one")
    text.press("Enter")
    text.press_sequentially("two")
    for button, expected in LINES:
        select(desk, 0, 7)
        tool(desk, button).click()
        expect(text, button).to_have_value(expected)
        text.press("Control+z")
        expect(text, button).to_have_value("one\ntwo")


def test_paragraphs_are_made_bold_one_by_one(desk):
    text = text_of(desk)
    text.fill("one\n\ntwo ")
    select(desk, 0, 9)
    text.press("Control+b")
    expect(text).to_have_value("**one**\n\n**two** ")


def test_one_kind_of_list_becomes_another_and_then_none(desk):
    text = text_of(desk)
    text.fill("one\n\ntwo")
    select(desk, 0, 8)
    for button, expected in [
        ("List", "- one\n\n- two"),
        ("Numbered list", "1. one\n\n2. two"),
        ("Task list", "- [ ] one\n\n- [ ] two"),
        ("Task list", "one\n\ntwo"),
    ]:
        tool(desk, button).click()
        expect(text).to_have_value(expected)


def test_the_heading_goes_round(desk):
    text = text_of(desk)
    text.fill("Salt")
    for expected in ("## Salt", "### Salt", "Salt"):
        tool(desk, "Heading").click()
        expect(text).to_have_value(expected)
    text.press("Control+Alt+3")
    expect(text).to_have_value("### Salt")


def test_a_table_begins_with_the_name_of_its_first_column_selected(desk):
    text = text_of(desk)
    text.fill("Before.")
    tool(desk, "Table").click()
    desk.keyboard.type("Port")
    expect(text).to_have_value("Before.\n\n| Port | Column 2 |\n| --- | --- |\n|  |  |\n\n")


KEYS = [
    ("Control+i", "*two*"),
    ("Control+Shift+Digit8", "- two"),
    ("Control+Shift+Digit7", "1. two"),
    ("Control+Shift+Digit9", "- [ ] two"),
    ("Control+Alt+KeyQ", "> two"),
    ("Control+Alt+Digit2", "## two"),
    ("Control+Alt+KeyU", "::: pull\ntwo\n:::\n\n"),
    ("Control+Alt+KeyC", "`two`"),
    ("Control+Alt+KeyS", "* * *\n\n"),
    ("Control+k", "[two](https://)"),
]


def test_each_button_has_a_shortcut_that_it_names(desk):
    text = text_of(desk)
    named = desk.locator("[aria-keyshortcuts]").evaluate_all(
        "tools => tools.map((tool) => tool.ariaKeyShortcuts.toLowerCase())"
    )
    for keys, expected in KEYS:
        text.fill("two")
        select(desk, 0, 3)
        text.press(keys)
        expect(text, keys).to_have_value(expected)
        assert keys.replace("Key", "").replace("Digit", "").lower() in " ".join(named).split()


def test_on_a_mac_the_buttons_name_the_keys_of_a_mac(desk):
    desk.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'platform', { get: () => 'MacIntel' })"
    )
    desk.reload()
    expect(tool(desk, "Bold")).to_have_attribute("title", "Bold (⌘B)")
    expect(tool(desk, "Task list")).to_have_attribute("aria-keyshortcuts", "Meta+Shift+9")
    expect(tool(desk, "Quote")).to_have_attribute("title", "Quote (⌃⌥Q)")
    text_of(desk).focus()
    desk.keyboard.press("Control+Alt+KeyQ")
    expect(text_of(desk)).to_have_value("> ")


def test_altgr_writes_the_letter_it_writes(desk):
    taken = text_of(desk).evaluate(
        """(field) => !field.dispatchEvent(new KeyboardEvent("keydown", {
            key: "@", code: "KeyQ", ctrlKey: true, altKey: true, modifierAltGraph: true,
            bubbles: true, cancelable: true,
        }))"""
    )
    assert not taken


def test_the_toolbar_is_one_stop_and_arrows_go_through_it(desk):
    desk.get_by_label("Subtitle").focus()
    desk.keyboard.press("Tab")
    expect(tool(desk, "Heading")).to_be_focused()
    desk.keyboard.press("ArrowRight")
    expect(tool(desk, "Bold")).to_be_focused()
    desk.keyboard.press("End")
    help_page = desk.get_by_role("toolbar", name="Formatting").get_by_role("link")
    expect(help_page).to_be_focused()
    desk.keyboard.press("ArrowRight")
    expect(tool(desk, "Heading")).to_be_focused()
    desk.keyboard.press("Tab")
    expect(text_of(desk)).to_be_focused()
    desk.keyboard.press("Shift+Tab")
    expect(tool(desk, "Heading")).to_be_focused()


ENTER = [
    ("- one", "- one\n- "),
    ("* [x] one", "* [x] one\n* [ ] "),
    ("9. nine", "9. nine\n10. "),
    ("1) one", "1) one\n2) "),
    ("- one\n  - two", "- one\n  - two\n  - "),
    ("> said", "> said\n> "),
    ("> - said", "> - said\n> - "),
    ("> > deep", "> > deep\n> > "),
    ("- one\n- ", "- one\n"),
    ("- one\n  - ", "- one\n- "),
    ("1. one\n   - ", "1. one\n2. "),
    ("> said\n> ", "> said\n"),
    ("> - ", "> "),
    ("* * *", "* * *\n"),
    ("plain", "plain\n"),
    ("```\n- one", "```\n- one\n"),
    ("> ~~~\n> - one", "> ~~~\n> - one\n"),
    ("```\nx\n```\n- one", "```\nx\n```\n- one\n- "),
]


def test_enter_goes_on_with_lists_and_quotes_and_ends_them(desk):
    text = text_of(desk)
    for before, after in ENTER:
        text.fill(before)
        select(desk, len(before))
        text.press("Enter")
        expect(text, before).to_have_value(after)
        text.press("Control+z")
        expect(text, before).to_have_value(before)


def test_enter_leaves_an_input_method_and_shift_alone(desk):
    text = text_of(desk)
    text.fill("- one")
    select(desk, 5)
    text.press("Shift+Enter")
    expect(text).to_have_value("- one\n")
    taken = text.evaluate(
        """(field) => !field.dispatchEvent(new InputEvent("beforeinput", {
            inputType: "insertLineBreak", isComposing: true, bubbles: true, cancelable: true,
        }))"""
    )
    assert not taken


BRACKETS = [
    ("- one\n- two", "Control+]", "- one\n  - two"),
    ("1. one\n2. two", "Control+]", "1. one\n   1. two"),
    ("10. one\n11. two", "Control+]", "10. one\n    1. two"),
    ("- one\n  - two\n- three", "Control+]", "- one\n  - two\n  - three"),
    ("- one\n  1. two\n- [ ] three", "Control+]", "- one\n  1. two\n  - [ ] three"),
    ("> - one\n> - two", "Control+]", "> - one\n>   - two"),
    ("- one\n  - two", "Control+]", "- one\n  - two"),
    ("1. one\n   1. two", "Control+[", "1. one\n2. two"),
    ("- one\n  - two", "Control+[", "- one\n- two"),
    ("    code", "Control+[", "  code"),
]


def test_brackets_move_a_line_in_and_out(desk):
    text = text_of(desk)
    for before, keys, after in BRACKETS:
        text.fill(before)
        select(desk, len(before))
        text.press(keys)
        expect(text, before).to_have_value(after)


def test_an_address_pasted_onto_words_leads_there(desk):
    text = text_of(desk)
    text.fill("see the pier now")
    select(desk, 4, 12)
    paste(desk, "https://example.org/a_(b)")
    expect(text).to_have_value("see [the pier](<https://example.org/a_(b)>) now")
    text.press("Control+z")
    expect(text).to_have_value("see the pier now")


def test_undo_leads_back_through_twenty_mixed_actions_and_redo_forth_again(desk):
    text = text_of(desk)
    text.press_sequentially("Salt")
    states = [text.input_value()]

    def act(*steps) -> None:
        for step in steps:
            step()
        states.append(text.input_value())

    def keys(*names):
        return [lambda name=name: text.press(name) for name in names]

    picture = {**PICTURE, "buffer": picture_bytes()}
    field = desk.locator("[data-role=picture-file]")
    title = desk.get_by_label("Title", exact=True)

    def upload_while_in_the_title() -> None:
        with desk.expect_response("**/upload/"):
            field.set_input_files(picture)
            title.focus()
        expect(text).to_have_value(re.compile(r"!\[[^\]]*\]\(/media/pictures/"))
        expect(title).to_be_focused()
        text.focus()

    def paste_from_elsewhere() -> None:
        paste(desk, "", "<p>So <b>bold</b></p><p>and more</p>")
        expect(text).to_have_value(re.compile(r"So \*\*bold\*\*"))

    # What is typed in one go is one step for the browser; a caret that moves ends it.
    act(*keys("Home", "End"), lambda: desk.keyboard.type(" and sea"))
    act(lambda: select(desk, 0, 4), *keys("Control+b"))
    act(lambda: select(desk, 9, 12), *keys("Control+i"))
    act(*keys("Control+End", "Enter", "Enter"), lambda: desk.keyboard.type("one"))
    act(*keys("Control+Shift+Digit8"))
    act(*keys("Enter"), lambda: desk.keyboard.type("two"))
    act(*keys("Control+]"))
    act(*keys("Enter", "Enter", "Enter", "Enter"), lambda: desk.keyboard.type("Done"))
    act(upload_while_in_the_title)
    act(*keys("Control+End"), lambda: paste(desk, "pasted words"))
    act(*keys("Control+End"), paste_from_elsewhere)
    act(*keys("Control+End"), lambda: tool(desk, "Table").click())
    act(lambda: desk.keyboard.type("Port"))
    act(*keys("Control+End"), lambda: tool(desk, "Section break").click())
    act(*keys("Control+End"), lambda: desk.keyboard.type("Part"), *keys("Control+Alt+Digit2"))
    act(*keys("Control+End"), lambda: tool(desk, "Footnote").click())
    act(*keys("Control+Home"), lambda: tool(desk, "Quote").click())
    act(lambda: select(desk, 2, 6), lambda: paste(desk, "https://example.org"))
    act(*keys("Control+Home"), lambda: tool(desk, "Pull quote").click())
    act(*keys("Control+End"), lambda: tool(desk, "Link").click())
    end = text.input_value()
    assert len(states) == 21
    assert all(before != after for before, after in pairwise(states)), states

    text.focus()
    seen = [end]
    while text.input_value() != states[0] and len(seen) < 200:
        text.press("Control+z")
        seen.append(text.input_value())
    assert text.input_value() == states[0]
    # The title of the picture is where it was.
    assert title.input_value() == "A quiet hour"
    for step in range(len(seen)):
        text.press("Control+Shift+z" if step % 2 else "Control+y")
        if text.input_value() == end:
            break
    expect(text).to_have_value(end)


def test_a_picture_that_arrives_while_one_reads_can_be_undone_as_well(desk):
    text = text_of(desk)
    text.press_sequentially("Before.")
    picture = {**PICTURE, "buffer": picture_bytes()}
    desk.locator("[data-role=picture-file]").set_input_files(picture)
    desk.get_by_role("button", name="Read", exact=True).click()
    preview = desk.get_by_role("region", name="Preview")
    expect(preview.locator("figure")).to_be_visible()
    expect(text).to_be_hidden()
    desk.get_by_role("button", name="Write", exact=True).click()
    text.focus()
    while "Before." in text.input_value() and text.input_value() != "Before.":
        text.press("Control+z")
    expect(text).to_have_value("Before.")


def test_what_is_missing_is_counted_listed_and_led_to(desk):
    text = text_of(desk)
    text.fill("The mayor, TK, said so.\n\nSee [the law](https://). 😀 Then TK.\n")
    counted = desk.get_by_text("2 TK · 1 link to nowhere")
    expect(counted).to_be_visible()
    counted.click()
    places = desk.get_by_role("list", name="Still missing").get_by_role("button")
    expect(places).to_have_text(
        [
            re.compile("The mayor, TK, said so."),
            re.compile(r"See \[the law\]"),
            re.compile("Then TK"),
        ]
    )
    places.nth(1).click()
    expect(text).to_be_focused()
    chosen = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert text.evaluate(chosen) == "[the law](https://)"
    counted.click()
    places.nth(2).click()
    assert text.evaluate(chosen) == "TK"
    marked = "() => [...CSS.highlights.get('missing')].map(String)"
    assert desk.evaluate(marked) == ["TK", "TK", "the law"]
    text.fill(f"{LONG}\n\nTK")
    desk.get_by_text("1 TK", exact=True).click()
    places.click()
    desk.wait_for_function("() => document.getElementById('id_source').scrollTop > 1000")
    text.fill("All is said.")
    expect(counted).to_be_hidden()


def test_a_picture_without_words_is_marked(desk):
    picture = {**PICTURE, "buffer": picture_bytes()}
    desk.locator("[data-role=picture-file]").set_input_files(picture)
    expect(desk.get_by_text("1 picture without description")).to_be_visible()
    expect(desk.get_by_text("1 picture", exact=True)).to_be_visible()
    expect(desk.locator("[data-preview=body] img[data-missing]")).to_be_visible()


def test_the_words_that_are_selected_are_counted(desk):
    text_of(desk).fill("one two [three](https://example.org/a/b)")
    select(desk, 0, 7)
    expect(desk.get_by_text("2 words selected")).to_be_visible()
    select(desk, 8, 40)
    expect(desk.get_by_text("1 word selected")).to_be_visible()
    select(desk, 0)
    expect(desk.get_by_text("selected")).to_be_hidden()


def test_focus_shows_the_sheet_alone_and_lets_everyone_out(desk):
    text, bar = text_of(desk), desk.get_by_role("toolbar", name="Formatting")
    text.fill("Quiet.")
    desk.get_by_role("button", name="Focus", exact=True).click()
    for place in (bar, desk.get_by_role("banner"), desk.get_by_role("complementary")):
        expect(place).to_be_hidden()
    expect(desk.get_by_text("1 word")).to_be_hidden()
    expect(text).to_be_focused()
    desk.keyboard.press("Escape")
    expect(bar).to_be_visible()
    text.press("Control+Shift+Period")
    expect(bar).to_be_hidden()
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Leave focus")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(bar).to_be_visible()
    text.press("Control+Shift+Period")
    desk.mouse.move(700, 400)
    desk.mouse.move(700, 1)
    expect(bar).to_be_visible()
    text.press("Control+Shift+Period")
    desk.reload()
    expect(bar).to_be_visible()


LONG = "\n\n".join(
    f"## Part {part}\n\n"
    + "The sea was quiet that morning, and nobody on the pier said a word about it. "
    * (part % 7 + 1)
    for part in range(60)
)


def test_the_preview_shows_the_part_that_is_being_written(desk):
    text = text_of(desk)
    text.fill(f"{LONG}\n\n```\n" + "line\n" * 80 + "```\n\nThe end.")
    preview = desk.get_by_role("region", name="Preview")
    expect(preview.get_by_text("Part 59")).to_be_attached()
    for part in (41, 5, 58):
        place = text.input_value().index(f"## Part {part}\n") + len(f"## Part {part}")
        select(desk, place)
        desk.keyboard.type("!")
        expect(preview.locator("h2", has_text=f"Part {part}!")).to_be_in_viewport()


def test_text_and_preview_follow_each_other(desk):
    text = text_of(desk)
    text.fill(LONG)
    preview = desk.get_by_role("region", name="Preview")
    expect(preview.get_by_text("Part 59")).to_be_attached()
    text.evaluate("field => { field.scrollTop = field.scrollHeight; }")
    expect(preview.locator("h2", has_text="Part 59")).to_be_in_viewport()
    preview.evaluate("pane => { pane.scrollTop = 0; }")
    desk.wait_for_function("() => document.getElementById('id_source').scrollTop === 0")
    expect(preview.locator("h2", has_text="Part 0")).to_be_in_viewport()


def test_whoever_turns_to_reading_sees_what_was_just_written(desk):
    text = text_of(desk)
    text.fill(LONG)
    preview = desk.get_by_role("region", name="Preview")
    expect(preview.get_by_text("Part 59")).to_be_attached()
    select(desk, text.input_value().index("## Part 30"))
    desk.get_by_role("button", name="Read", exact=True).click()
    expect(preview.locator("h2", has_text="Part 30")).to_be_in_viewport()


def test_a_story_that_is_opened_stands_at_its_beginning(desk):
    text_of(desk).fill(LONG)
    press(desk, "Save draft")
    expect(desk.get_by_text("Saved.", exact=True)).to_be_visible()
    preview = desk.get_by_role("region", name="Preview")
    expect(preview.get_by_text("Part 59")).to_be_attached()
    expect(preview.locator("h2", has_text="Part 0")).to_be_in_viewport()


def test_a_picture_waits_for_a_word_that_is_still_being_composed(desk):
    text, title = text_of(desk), desk.get_by_label("Title", exact=True)
    text.fill("Before.")
    held = []
    desk.route("**/upload/", lambda route: held.append(route))
    with desk.expect_request("**/upload/"):
        picture = {**PICTURE, "buffer": picture_bytes()}
        desk.locator("[data-role=picture-file]").set_input_files(picture)
    title.focus()
    title.dispatch_event("compositionstart")
    with desk.expect_response("**/upload/"):
        held[0].continue_()
    expect(desk.locator("[data-role=pictures] .words")).to_have_count(1)
    expect(text).to_have_value(re.compile("Uploading"))
    title.dispatch_event("compositionend")
    expect(text).to_have_value(re.compile("/media/pictures/"))
    expect(title).to_be_focused()


def test_pictures_stay_as_they_are_while_one_types(desk):
    picture = {**PICTURE, "buffer": picture_bytes()}
    desk.locator("[data-role=picture-file]").set_input_files(picture)
    preview = desk.get_by_role("region", name="Preview")
    preview.locator("figure img").evaluate("img => { img.same = true; }")
    select(desk, 0)
    paste(desk, "Before it.\n\n")
    expect(preview.get_by_text("Before it.")).to_be_visible()
    assert preview.locator("figure img").evaluate("img => img.same")


def test_an_older_answer_never_takes_the_place_of_a_newer_one(desk):
    text, late = text_of(desk), []
    expect(desk.get_by_text("0 words", exact=True)).to_be_visible()
    desk.route("**/markdownify/", lambda route: late.append(route))
    text.fill("older")
    with desk.expect_request("**/markdownify/"):
        text.press_sequentially("!")
    desk.unroute("**/markdownify/")
    text.fill("newer")
    preview = desk.get_by_role("region", name="Preview")
    expect(preview.get_by_text("newer")).to_be_visible()
    for route in late:
        route.continue_()
    expect(preview.get_by_text("newer")).to_be_visible()


def test_an_error_of_the_preview_leaves_text_and_last_preview(desk, complaints):
    text = text_of(desk)
    text.fill("What stands.")
    preview = desk.get_by_role("region", name="Preview")
    expect(preview.get_by_text("What stands.")).to_be_visible()
    deep = "> " * 50 + "deep"
    text.fill(deep)
    expect(desk.get_by_role("alert")).to_contain_text("too deeply")
    expect(text).to_have_value(deep)
    expect(preview.get_by_text("What stands.")).to_be_visible()
    complaints.clear()


def test_the_tools_stay_on_one_row_on_a_phone(person, owner_session):
    page = person(width=390, has_touch=True, is_mobile=True, storage_state=owner_session)
    new_story(page)
    bar = page.get_by_role("toolbar", name="Formatting")
    assert bar.bounding_box()["height"] < 64
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tool(page, "Section break").click()
    expect(text_of(page)).to_have_value("* * *\n\n")
