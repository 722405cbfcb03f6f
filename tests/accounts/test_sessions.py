"""Who is signed in: found with few questions, and by the same rules as Django's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import Block
from accounts.roles import Role
from accounts.sessions import SessionStore, person_of
from blog.models import Clap, Clapper, MutedThread, ReadNext
from blog.relating import RULES
from tests.making import PASSWORD, make_person, make_post, make_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return make_person("Rita")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def key_of(client):
    return client.cookies["sessionid"].value


def reader_seen_by(client):
    """Whom the page of a story takes the client for."""
    return client.get(make_post().get_absolute_url()).context["reader"]


def test_a_session_is_somebodys_until_it_is_over(rita):
    client = signed_in(rita)
    assert (reader_seen_by(client), person_of(key_of(client))) == (rita, rita)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert (reader_seen_by(client), person_of(key_of(client))) == (None, None)


def test_a_new_password_ends_the_sessions_that_were_begun_with_the_old_one(rita):
    client = signed_in(rita)
    rita.set_password(f"{PASSWORD} and longer")
    rita.save()
    assert reader_seen_by(client) is None
    assert not Session.objects.exists()


def test_whoever_was_switched_off_is_nobody(rita):
    client = signed_in(rita)
    rita.is_active = False
    rita.save()
    assert reader_seen_by(client) is None


def test_whoever_has_left_is_nobody(rita):
    client = signed_in(rita)
    rita.delete()
    assert reader_seen_by(client) is None


def test_a_session_from_before_a_new_secret_goes_on(rita, settings):
    client = signed_in(rita)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret than before"
    before = key_of(client)
    assert reader_seen_by(client) == rita
    assert key_of(client) != before


def test_a_key_that_we_did_not_give_is_not_taken_over(client):
    client.cookies["sessionid"] = "a" * 32
    assert reader_seen_by(client) is None
    store = SessionStore("a" * 32)
    store["said"] = "something"
    store.save()
    assert store.session_key != "a" * 32


@pytest.mark.parametrize("key", ["", "short", "\x00" * 32, "é" * 32])
def test_what_is_no_key_is_nobodys(client, key):
    client.cookies["sessionid"] = key
    assert reader_seen_by(client) is None


def test_a_face_of_ones_own_is_known_without_another_question(django_assert_num_queries):
    ada = make_person("Ada", Role.AUTHOR)
    for person, face in ((ada, ada.author), (make_person(), None)):
        reader = reader_seen_by(signed_in(person))
        with django_assert_num_queries(0):
            assert reader.author_or_none == face


def test_a_story_asks_little_more_for_somebody_signed_in(django_assert_num_queries):
    story, *found = [make_post() for _number in range(4)]
    ReadNext.objects.keep(story, [post.pk for post in found], rules=RULES)
    reader, other = make_person(), make_person()
    thread = make_response(story, other)
    Clap.objects.give(post=story, clapper=Clapper(user=reader), wanted=7)
    Block.objects.block(make_person(), by=reader)
    MutedThread.objects.mute(thread, by=reader)
    client = signed_in(reader)
    client.get(story.get_absolute_url())
    with django_assert_num_queries(7):
        page = client.get(story.get_absolute_url())
    assert page.context["mine"] == 7
    assert page.context["ways"].muted_threads == {thread.pk}
