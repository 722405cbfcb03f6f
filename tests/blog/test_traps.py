"""The traps of a form: what catches a script never holds a person up."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from blog import traps
from blog.models import Comment
from blog.traps import Opened
from tests.making import make_person, make_post, make_response

FIELD = re.compile(r'name="opened" value="([^"]*)"')


@pytest.fixture(autouse=True)
def _three_seconds(settings):
    settings.RESPONSE_SECONDS_AT_LEAST = 3


def opened_after(clock, **time):
    token = traps.token(story=1)
    clock.pass_by(**time)
    return traps.look({"opened": token}, story=1).opened


class TestTheTimeOfAForm:
    @pytest.mark.parametrize(
        ("time", "opened"),
        [
            ({"seconds": 0}, Opened.TOO_FAST),
            ({"seconds": 2}, Opened.TOO_FAST),
            ({"seconds": 3}, Opened.IN_TIME),
            ({"hours": 24}, Opened.IN_TIME),
            ({"hours": 24, "seconds": 1}, Opened.TOO_LONG_AGO),
        ],
    )
    def test_lies_between_three_seconds_and_a_day(self, clock, time, opened):
        assert opened_after(clock, **time) == opened

    @pytest.mark.parametrize(
        "token",
        ["", ".", "1", "x.y", "²." + "a" * 43, "9" * 90 + ".x", "1700000000.", "-1.x", "\x00.\x00"],
    )
    def test_cannot_be_made_up(self, token):
        assert traps.look({"opened": token}, story=1).opened == Opened.NEVER
        assert traps.look({}, story=1).opened == Opened.NEVER

    def test_is_of_one_story_and_cannot_be_moved(self, clock):
        token = traps.token(story=1)
        clock.pass_by(minutes=1)
        assert traps.look({"opened": token}, story=2).opened == Opened.NEVER
        at, seal = token.split(".")
        older = f"{int(at) - 100}.{seal}"
        assert traps.look({"opened": older}, story=1).opened == Opened.NEVER

    def test_goes_on_when_the_form_comes_back_with_a_sentence(self, clock):
        token = traps.token(story=1)
        clock.pass_by(seconds=10)
        assert traps.token(story=1, earlier=token) == token
        for earlier in ("", "forged.x", traps.token(story=2)):
            assert traps.token(story=1, earlier=earlier) != earlier
        clock.pass_by(hours=25)
        assert traps.token(story=1, earlier=token) != token


@pytest.mark.django_db
class TestAPerson:
    def test_is_not_held_up_by_a_slow_hand_a_reload_or_a_refused_text(self, client, clock):
        post = make_post()
        client.force_login(make_person())
        url = reverse("blog:comments", args=[post.slug])
        (token,) = FIELD.findall(client.get(post.get_absolute_url()).text)
        clock.pass_by(hours=3)
        refused = client.post(url, {"source": " ", "opened": token, "subject": ""})
        assert refused.status_code == 400
        (again,) = FIELD.findall(refused.text)
        client.post(url, {"source": "At last.", "opened": again, "subject": ""})
        client.post(url, {"source": "And more.", "opened": again, "subject": ""})
        statuses = Comment.objects.values_list("status", flat=True)
        assert list(statuses) == ["published", "published"]

    def test_finds_the_token_in_each_form_and_the_lure_in_none_that_is_read_out(self, client):
        post = make_post()
        make_response(post)
        client.force_login(make_person())
        page = client.get(post.get_absolute_url()).text
        assert len(FIELD.findall(page)) == page.count('name="source"') == 2
        (lure,) = re.findall(r'<div [^>]*aria-hidden="true"><label>[^/]*name="subject"[^>]*>', page)
        assert 'tabindex="-1"' in lure
        assert 'autocomplete="off"' in lure

    def test_without_an_account_gets_a_page_without_either(self, client):
        page = client.get(make_post().get_absolute_url()).text
        assert 'name="opened"' not in page
        assert 'name="subject"' not in page

    def test_who_comes_back_after_a_day_waits_and_loses_nothing(self, client, clock):
        post = make_post()
        client.force_login(make_person())
        token = traps.token(story=post.pk)
        clock.pass_by(days=2)
        self.send(client, post, token)
        held = Comment.objects.get()
        assert (held.status, held.source) == ("held", "Said.")
        assert held.held_because == [{"rule": "too_long_ago"}]

    @pytest.mark.parametrize("is_forged", [False, True])
    def test_a_script_that_sends_at_once_waits(self, client, is_forged):
        post = make_post()
        client.force_login(make_person())
        self.send(client, post, "" if is_forged else traps.token(story=post.pk))
        assert Comment.objects.get().held_because == [
            {"rule": "never" if is_forged else "too_fast"}
        ]

    def send(self, client, post, token):
        url = reverse("blog:comments", args=[post.slug])
        assert client.post(url, {"source": "Said.", "opened": token}).status_code == 303
