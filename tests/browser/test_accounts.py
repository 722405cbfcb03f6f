"""Joining and signing in by browser: without scripts, on a phone, and with a passkey."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, go_by, press
from tests.browser.test_main_job import link_in_mail_to
from tests.serving import Serving

PASSWORD = "a long enough sentence"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.mark.once
def test_a_reader_joins_on_a_phone_without_scripts(person, publication):
    page = person(scripts=False, width=390)
    join(page, publication, "phone@example.org", publication.url)
    page.goto("/accounts/")
    expect(page.get_by_role("heading", name="Your account", level=1)).to_be_visible()
    page.get_by_label("Time zone").select_option("Asia/Kathmandu")
    press(page, "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()
    go_by(page.get_by_role("main").get_by_role("button", name="Sign out"))
    page.goto("/accounts/login/")
    # What needs scripts is not offered.
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()


@pytest.mark.once
def test_a_passkey_signs_in_alone_and_as_the_second_step(person, publication):
    # A browser ties passkeys to names, and an address made of numbers is none.
    site = publication.url.replace("127.0.0.1", "localhost")
    page = person()
    join(page, publication, "key@example.org", site)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    add_passkey(page, site)

    sign_out(page, site)
    page.goto(f"{site}/accounts/login/?next=/accounts/email/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site}/accounts/email/")

    sign_out(page, site)
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("E-mail").fill("key@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/")


@pytest.mark.once
def test_a_device_without_a_passkey_is_told_what_to_do(person, publication):
    site = publication.url.replace("127.0.0.1", "localhost")
    page = person()
    # Like a device that asks, and whose owner says no.
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error('no'))")
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("sign in with your password"))


def join(page: Page, publication: Serving, address: str, site: str) -> None:
    page.goto(f"{site}/accounts/signup/?next=/accounts/2fa/")
    page.get_by_label("Your name").fill("Rita")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Join")
    expect(page.get_by_text(address)).to_be_visible()
    page.goto(link_in_mail_to(address, publication).replace(publication.url, site))
    press(page, "Yes, it is mine")
    page.wait_for_url(f"{site}/accounts/2fa/")


def add_passkey(page: Page, site: str) -> None:
    follow(page, "Add a passkey")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    press(page, "Add")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.get_by_text("Signs you in without a password.")).to_be_visible()


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    go_by(page.get_by_role("main").get_by_role("button", name="Sign out"))
    page.wait_for_url(f"{site}/")
