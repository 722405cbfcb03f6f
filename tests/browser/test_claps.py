"""Claps on a telephone, in two tabs, and where there is no network."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser.conftest import forgive
from tests.serving import wait_until

PHONE_PX = 390
WINTER = datetime(2027, 1, 4, 12, tzinfo=UTC)
FOR_FINGERS, FOR_TABS = "/a-story-for-fingers/", "/a-story-for-tabs/"
MAKE_STORIES = f"""
from tests.making import make_person, make_post, make_response
for address in ("{FOR_FINGERS}", "{FOR_TABS}"):
    make_response(make_post(slug=address.strip("/")), make_person("Rita"))
"""


@pytest.fixture(scope="session", autouse=True)
def _stories(publication) -> None:
    publication.run(MAKE_STORIES)


def hand(page: Page, of: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^Clap for {of}")).first


def around(button: Locator) -> Locator:
    return button.locator("xpath=ancestor::div[contains(@class, 'clap')]")


class Finger:
    """One that presses and stays, as a telephone sees it."""

    def __init__(self, page: Page) -> None:
        self._touch: CDPSession = page.context.new_cdp_session(page)

    def press(self, what: Locator) -> None:
        what.scroll_into_view_if_needed()
        box = what.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self._send("touchStart", [{"x": x, "y": y}])

    def lift(self) -> None:
        self._send("touchEnd", [])

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        self._touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_that_stays_gives_fifty_claps_and_one_touch_takes_them_back(person):
    page = person(width=PHONE_PX, has_touch=True, is_mobile=True)
    sent: list[str] = []
    page.on("request", lambda one: one.method == "POST" and sent.append(one.url))
    page.clock.install(time=WINTER)
    page.goto(FOR_FINGERS)
    page.clock.pause_at(WINTER + timedelta(hours=1))  # it passes as the test says, and no faster
    finger = Finger(page)
    hands = [hand(page, "this story"), hand(page, "the response of Rita")]
    for what in hands:
        ring, count = around(what).locator(".clap__ring"), around(what).locator(".clap__count")
        finger.press(what)
        expect(ring).to_be_attached()
        page.clock.run_for(350 + 1000)
        expect(what).to_have_accessible_name(re.compile("you gave 9$"))
        with page.expect_response(re.compile("/claps/$")):
            page.clock.run_for(7_000)
        expect(what).to_have_accessible_name(re.compile("you gave 50$"))
        expect(ring).to_have_css("stroke-dashoffset", re.compile("^0"))
        finger.lift()
        page.clock.run_for(1_000)
        expect(count).to_have_text(re.compile("^50"))
    # One request for all that a finger gave.
    assert len(sent) == 2

    page.clock.resume()
    page.reload()
    for what in hands:
        expect(what).to_have_accessible_name(re.compile("50 claps, you gave 50$"))
        undo = around(what).get_by_role("button", name="Take your claps back")
        with page.expect_response(re.compile("/claps/withdrawal/$")):
            undo.tap()
        expect(what).to_have_accessible_name(re.compile("0 claps, you gave 0$"))
        expect(undo).to_be_hidden()
    page.reload()
    expect(page.get_by_role("link", name="0 claps, who gave them").first).to_be_visible()


def test_two_tabs_without_a_network_for_a_while_agree_in_the_end(person, complaints):
    one = person()
    one.goto(FOR_TABS)
    two = one.context.new_page()
    two.goto(FOR_TABS)
    with one.expect_response(re.compile("/claps/$")):
        clap(one, times=1)
    with two.expect_response(re.compile("/claps/$")) as answer:
        clap(two, times=1)
    assert answer.value.json()["mine"] == 2

    one.context.set_offline(True)
    clap(one, times=2)
    clap(two, times=3)
    expect(note(one)).to_contain_text("You are offline.")
    expect(note(two)).to_contain_text("You are offline.")
    one.context.set_offline(False)
    expect(note(one)).to_be_hidden()
    expect(note(two)).to_be_hidden()
    for page in (one, two):
        page.bring_to_front()
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(hand(page, "this story")).to_have_accessible_name(re.compile("you gave 7$"))

    # A server that is away, though there is a network.
    one.route(re.compile("/claps/$"), lambda route: route.abort())
    clap(one, times=1)
    expect(note(one)).to_contain_text("have not arrived yet")
    one.unroute(re.compile("/claps/$"))
    expect(note(one)).to_be_hidden()
    expect(hand(one, "this story")).to_have_accessible_name(re.compile("you gave 8$"))

    # The first clap, where the network was gone before what it needs had come.
    eve = person()
    eve.goto(FOR_TABS)
    expect(eve.locator("html[data-scripts]")).to_be_attached()
    eve.wait_for_load_state("networkidle")
    eve.context.set_offline(True)
    clap(eve, times=2)
    expect(note(eve)).to_contain_text("You are offline.")
    # It is back, and carries nothing yet.
    eve.route(re.compile("/applause"), lambda route: route.abort())
    with eve.expect_event("requestfailed", lambda request: "/applause" in request.url):
        eve.context.set_offline(False)
    eve.unroute(re.compile("/applause"))
    expect(hand(eve, "this story")).to_have_accessible_name(re.compile("you gave 2$"))
    expect(note(eve)).to_be_hidden()
    forgive(complaints, "ERR_INTERNET_DISCONNECTED")

    # Clapped, and gone before anything was sent.
    two.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(hand(two, "this story")).to_have_accessible_name(re.compile("you gave 8$"))
    clap(two, times=1)
    two.goto("/")
    mine = "address => fetch(address).then((answer) => answer.json()).then(({ mine }) => mine)"
    wait_until(lambda: one.evaluate(mine, f"{FOR_TABS}claps/mine/") == 9)
    forgive(complaints, "ERR_FAILED")


def note(page: Page) -> Locator:
    return page.locator(".clap__note").first


def clap(page: Page, *, times: int) -> None:
    for _time in range(times):
        hand(page, "this story").click()
