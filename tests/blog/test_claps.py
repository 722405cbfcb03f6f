"""Applause: counted exactly, capped, taken back, brought along into an account."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from blog.models import Clap, Clapper, PostStats
from blog.models.applause import MAX_CLAPS, OwnWork
from blog.recount import recount
from blog.visitors import COOKIE, new_visitor
from tests.making import make_person, make_post, visitor_cookies

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}


def counters(post):
    stats = PostStats.objects.get(post=post)
    return stats.clap_count, stats.clapper_count


def test_claps_are_raised_to_the_wanted_total_and_counted():
    post, reader = make_post(), Clapper(user=make_person())
    assert Clap.objects.give(post=post, clapper=reader, wanted=3).mine == 3
    applause = Clap.objects.give(post=post, clapper=reader, wanted=7)
    assert (applause.mine, applause.total) == (7, 7)
    assert counters(post) == (7, 1)


def test_the_same_request_twice_does_no_harm():
    post, reader = make_post(), Clapper(visitor=new_visitor())
    for _time in range(3):
        Clap.objects.give(post=post, clapper=reader, wanted=5)
    assert counters(post) == (5, 1)


def test_a_late_request_never_lowers_the_claps():
    post, reader = make_post(), Clapper(user=make_person())
    Clap.objects.give(post=post, clapper=reader, wanted=9)
    assert Clap.objects.give(post=post, clapper=reader, wanted=2).mine == 9
    assert counters(post) == (9, 1)


def test_nobody_gives_more_than_fifty():
    post, reader = make_post(), Clapper(user=make_person())
    assert Clap.objects.give(post=post, clapper=reader, wanted=500).mine == MAX_CLAPS
    assert counters(post) == (50, 1)


def test_the_database_itself_refuses_fifty_one_claps_and_a_second_row():
    post, reader = make_post(), make_person()
    with pytest.raises(IntegrityError), transaction.atomic():
        Clap.objects.create(post=post, user=reader, count=51)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clap.objects.create(post=post, user=reader, count=0)
    Clap.objects.create(post=post, user=reader, count=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clap.objects.create(post=post, user=reader, count=1)


def test_undo_takes_all_claps_back():
    post, reader, other = make_post(), Clapper(user=make_person()), Clapper(visitor=new_visitor())
    Clap.objects.give(post=post, clapper=reader, wanted=30)
    Clap.objects.give(post=post, clapper=other, wanted=4)
    applause = Clap.objects.withdraw(post=post, clapper=reader)
    assert (applause.mine, applause.total) == (0, 4)
    assert counters(post) == (4, 1)
    assert Clap.objects.withdraw(post=post, clapper=reader).total == 4


def test_an_author_cannot_applaud_a_story_of_theirs():
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada)
    with pytest.raises(OwnWork):
        Clap.objects.give(post=post, clapper=Clapper(user=ada), wanted=1)


def test_a_visitors_claps_become_the_persons_own_and_stay_at_most_fifty():
    reader, visitor = make_person(), new_visitor()
    both, alone = make_post(), make_post()
    Clap.objects.give(post=both, clapper=Clapper(user=reader), wanted=30)
    Clap.objects.give(post=both, clapper=Clapper(visitor=visitor), wanted=40)
    Clap.objects.give(post=alone, clapper=Clapper(visitor=visitor), wanted=5)
    Clap.objects.adopt(visitor=visitor, user=reader)
    assert Clap.objects.mine(both, Clapper(user=reader)) == 50
    assert Clap.objects.mine(alone, Clapper(user=reader)) == 5
    assert (counters(both), counters(alone)) == ((50, 1), (5, 1))
    assert not Clap.objects.filter(visitor=visitor).exists()


def test_claps_for_ones_own_story_are_dropped_when_the_author_signs_in():
    ada, visitor = make_person("Ada", Role.AUTHOR), new_visitor()
    post = make_post(by=ada)
    Clap.objects.give(post=post, clapper=Clapper(visitor=visitor), wanted=12)
    Clap.objects.adopt(visitor=visitor, user=ada)
    assert counters(post) == (0, 0)


def test_applause_outlives_the_account_that_gave_it():
    post, reader = make_post(), make_person()
    Clap.objects.give(post=post, clapper=Clapper(user=reader), wanted=8)
    reader.delete()
    assert counters(post) == (8, 1)
    assert not recount(post.pk)


def test_recount_mends_counters_that_went_wrong():
    post = make_post()
    Clap.objects.give(post=post, clapper=Clapper(user=make_person()), wanted=6)
    PostStats.objects.filter(post=post).update(clap_count=99, clapper_count=7, comment_count=3)
    assert recount(post.pk)
    assert counters(post) == (6, 1)
    assert not recount(post.pk)


def test_a_reader_without_an_account_gets_a_cookie_at_the_first_clap_and_not_before(client):
    post = make_post()
    url = reverse("blog:claps", args=[post.slug])
    assert not client.get(post.get_absolute_url()).cookies
    assert COOKIE not in client.get(url).cookies
    answer = client.post(url, {"wanted": 2}, **JSON)
    assert answer.json() == {"mine": 2, "total": 2}
    assert answer.cookies[COOKIE]["httponly"]
    assert client.post(url, {"wanted": 4}, **JSON).json() == {"mine": 4, "total": 4}
    assert counters(post) == (4, 1)


def test_with_scripts_off_a_clap_leads_back_to_a_page_that_shows_it(client):
    post = make_post()
    url = reverse("blog:claps", args=[post.slug])
    answer = client.post(url, {"wanted": 1})
    assert answer.status_code == 303
    assert client.get(answer["Location"]).context["mine"] == 1


def test_signed_in_readers_return_to_the_story_after_a_clap(client):
    post, reader = make_post(), make_person()
    client.force_login(reader)
    answer = client.post(reverse("blog:claps", args=[post.slug]), {"wanted": 1})
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())
    assert client.get(post.get_absolute_url()).context["mine"] == 1


@pytest.mark.parametrize("wanted", ["", "0", "-3", "51", "many", "1e3", "9" * 400])
def test_a_count_that_is_none_is_answered_with_a_sentence(client, wanted):
    answer = client.post(reverse("blog:claps", args=[make_post().slug]), {"wanted": wanted}, **JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_forged_clap_cookie_is_refused_and_taken_away(client):
    post = make_post()
    client.cookies[COOKIE] = "0123456789abcdef0123456789abcdef:forged"
    answer = client.post(reverse("blog:claps", args=[post.slug]), {"wanted": 3}, **JSON)
    assert answer.status_code == 400
    assert "cookie" in answer.json()["error"]
    assert answer.cookies[COOKIE].value == ""
    assert counters(post) == (0, 0)


def test_the_author_is_told_why_the_clap_is_refused(client):
    ada = make_person("Ada", Role.AUTHOR)
    client.force_login(ada)
    answer = client.post(
        reverse("blog:claps", args=[make_post(by=ada).slug]), {"wanted": 1}, **JSON
    )
    assert answer.status_code == 403
    assert "yours" in answer.json()["error"]


def test_own_claps_are_told_by_a_small_request(client):
    post = make_post()
    client.cookies.load(visitor_cookies())
    client.post(reverse("blog:claps", args=[post.slug]), {"wanted": 11}, **JSON)
    told = client.get(reverse("blog:claps-mine", args=[post.slug]))
    assert told.json()["mine"] == 11
    assert told.json()["token"]
    assert "no-store" in told["Cache-Control"]


def test_a_script_that_makes_readers_up_is_stopped():
    post = make_post()
    url = reverse("blog:claps", args=[post.slug])
    answers = [Client().post(url, {"wanted": 50}, **JSON).status_code for _time in range(62)]
    assert answers.count(200) == 60
    assert answers[-1] == 429


def test_clapping_needs_a_token(rf):
    client = Client(enforce_csrf_checks=True)
    post = make_post()
    url = reverse("blog:claps", args=[post.slug])
    assert client.post(url, {"wanted": 1}).status_code == 403
    token = client.get(reverse("blog:claps-mine", args=[post.slug])).json()["token"]
    sent = client.post(url, {"wanted": 1}, headers={"X-CSRFToken": token, **JSON["headers"]})
    assert sent.status_code == 200


def test_a_draft_cannot_be_applauded(client):
    draft = make_post(published=False)
    answer = client.post(reverse("blog:claps", args=[draft.slug]), {"wanted": 1}, **JSON)
    assert answer.status_code == 404


def test_a_preview_says_why_it_takes_no_claps(client):
    post, ed = make_post(by=make_person("Ada", Role.AUTHOR)), make_person("Ed", Role.EDITOR)
    client.force_login(ed)
    page = client.get(reverse("blog:preview", args=[post.pk])).content.decode()
    assert "Claps are for readers; this is a preview." in page
    assert "This story is yours" not in page


def test_an_authors_own_story_says_why_it_takes_no_claps(client):
    ada = make_person("Ada", Role.AUTHOR)
    client.force_login(ada)
    page = client.get(make_post(by=ada).get_absolute_url()).content.decode()
    why = "This story is yours; applause comes from others."
    assert f'aria-label="Clap for this story. {why}"' in page
    assert "this is a preview" not in page
