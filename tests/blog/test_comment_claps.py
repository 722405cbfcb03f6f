"""Applause for responses: counted as exactly as that for stories, and beside it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from blog.models import Clap, Clapper, Comment, CommentClap, Publication
from blog.models.applause import MAX_CLAPS, AccountNeeded, OwnWork
from blog.models.comment_clap import OutOfSight
from blog.recount import recount
from blog.visitors import COOKIE, SALT, new_visitor
from tests.making import make_person, make_post, make_response, visitor_cookies

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}


def visitor():
    return Clapper(visitor=new_visitor())


def give(comment, clapper, wanted):
    return CommentClap.objects.give(comment=comment, clapper=clapper, wanted=wanted)


def counters(comment):
    return Comment.objects.values_list("clap_count", "clapper_count").get(pk=comment.pk)


def url_of(comment, page="claps"):
    return reverse(f"blog:comment-{page}", args=[comment.post.slug, comment.pk])


@pytest.fixture
def response():
    return make_response(make_post(), make_person("Rita"))


def test_claps_for_a_response_are_raised_to_the_wanted_total_and_counted(response):
    reader = Clapper(user=make_person())
    assert give(response, reader, 3).mine == 3
    applause = give(response, reader, 7)
    assert (applause.mine, applause.total) == (7, 7)
    give(response, reader, 2)
    give(response, visitor(), 500)
    assert counters(response) == (7 + MAX_CLAPS, 2)
    assert not Clap.objects.exists()


def test_the_database_refuses_fifty_one_claps_for_a_response_and_a_second_row(response):
    reader = make_person()
    for count in (0, 51):
        with pytest.raises(IntegrityError), transaction.atomic():
            CommentClap.objects.create(comment=response, user=reader, count=count)
    CommentClap.objects.create(comment=response, user=reader, count=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommentClap.objects.create(comment=response, user=reader, count=1)


def test_undo_takes_the_claps_for_a_response_back(response):
    one, other = visitor(), visitor()
    give(response, one, 30)
    give(response, other, 4)
    for _time in range(2):
        applause = CommentClap.objects.withdraw(comment=response, clapper=one)
        assert (applause.mine, applause.total) == (0, 4)
    assert counters(response) == (4, 1)


def test_applause_brings_a_response_forward_among_the_best(response):
    before = Comment.objects.get(pk=response.pk).score
    reader = visitor()
    give(response, reader, 1)
    assert Comment.objects.get(pk=response.pk).score > before
    CommentClap.objects.withdraw(comment=response, clapper=reader)
    assert Comment.objects.get(pk=response.pk).score == before


def test_nobody_applauds_their_own_response(response):
    with pytest.raises(OwnWork):
        give(response, Clapper(user=response.author), 1)


def test_what_goes_out_of_sight_meanwhile_takes_no_claps_and_counts_none(response):
    Comment.objects.get(pk=response.pk).hide()
    with pytest.raises(OutOfSight):
        give(response, visitor(), 5)
    assert counters(response) == (0, 0)
    assert not CommentClap.objects.exists()


def test_signing_in_keeps_the_claps_for_responses_once(rf, response):
    rita, known = response.author, new_visitor()
    other = make_response(response.post, make_person())
    give(response, Clapper(visitor=known), 12)
    give(other, Clapper(visitor=known), 40)
    give(other, Clapper(user=rita), 30)
    Clap.objects.give(post=response.post, clapper=Clapper(visitor=known), wanted=6)
    request = rf.get("/")
    request.COOKIES[COOKIE] = signing.Signer(salt=SALT).sign(known)
    for _time in range(2):
        user_logged_in.send(sender=type(rita), request=request, user=rita)
        assert counters(response) == (0, 0)  # her own
        assert counters(other) == (50, 1)
        assert Clap.objects.get(post=response.post).user == rita


def test_recount_mends_the_claps_of_responses(response):
    quiet = make_response(response.post)
    give(response, visitor(), 6)
    give(response, visitor(), 2)
    Comment.objects.update(clap_count=99, clapper_count=1, score=0)
    assert recount(response.post_id)
    assert (counters(response), counters(quiet)) == ((8, 2), (0, 0))
    assert Comment.objects.get(pk=response.pk).score > 0
    assert not recount(response.post_id)


def test_the_applause_of_somebody_who_left_stays(response):
    reader = make_person()
    give(response, Clapper(user=reader), 8)
    reader.delete()
    assert counters(response) == (8, 1)
    assert not recount(response.post_id)


def test_a_reader_without_an_account_claps_for_a_response(client, response):
    assert client.post(url_of(response), {"wanted": 2}, **JSON).json() == {"mine": 2, "total": 2}
    assert client.cookies[COOKIE]["httponly"]
    assert client.post(url_of(response), {"wanted": 4}, **JSON).json() == {"mine": 4, "total": 4}
    taken = client.post(url_of(response, "claps-withdrawal"), **JSON)
    assert taken.json() == {"mine": 0, "total": 0}


def test_without_scripts_a_response_is_applauded_on_a_page_of_its_own(client, response):
    story = client.get(response.post.get_absolute_url()).content.decode()
    assert f'<form action="{url_of(response)}">' in story
    page = client.get(url_of(response)).content.decode()
    assert "Clap for the response of Rita to" in page
    answer = client.post(url_of(response), {"wanted": 5})
    assert answer.status_code == 303
    thanks = client.get(answer["Location"]).content.decode()
    assert "Thank you." in thanks
    assert "5 of them are yours." in thanks
    back = client.post(url_of(response, "claps-withdrawal"))
    assert back["Location"].endswith(f"#{response.anchor}")
    assert counters(response) == (0, 0)


@pytest.mark.parametrize("take", ["hide", "mark_spam", "remove"])
@pytest.mark.parametrize("page", ["claps", "claps-withdrawal", "clappers"])
def test_a_response_that_cannot_be_read_has_no_pages_of_claps(client, response, take, page):
    make_response(response.post, parent=response)
    getattr(Comment.objects.get(pk=response.pk), take)()
    method = client.get if page == "clappers" else client.post
    assert method(url_of(response, page), {"wanted": 1}).status_code == 404


def test_a_response_is_applauded_under_its_own_story_only(client, response):
    other = make_post()
    url = reverse("blog:comment-claps", args=[other.slug, response.pk])
    assert client.post(url, {"wanted": 1}).status_code == 404


def test_one_own_response_says_why_it_takes_no_claps(client, response):
    client.force_login(response.author)
    page = client.get(response.post.get_absolute_url()).content.decode()
    why = "This response is yours; applause comes from others."
    assert f'aria-label="Clap for the response of Rita. {why}"' in page
    assert why in client.get(url_of(response)).content.decode()
    refused = client.post(url_of(response), {"wanted": 1}, **JSON)
    assert (refused.status_code, refused.json()["error"]) == (403, why)


def test_one_question_tells_the_claps_for_the_story_and_for_all_shown_responses(
    client, response, django_assert_max_num_queries
):
    post = response.post
    others = [make_response(post) for _number in range(3)]
    hidden, elsewhere = others.pop(), make_response(make_post())
    Comment.objects.get(pk=hidden.pk).hide()
    client.cookies.load(visitor_cookies())
    client.post(reverse("blog:claps", args=[post.slug]), {"wanted": 11}, **JSON)
    client.post(url_of(response), {"wanted": 4}, **JSON)
    give(response, visitor(), 2)
    keys = [one.pk for one in (response, *others, hidden, elsewhere)]
    asked = {"responses": ",".join(map(str, keys))}
    with django_assert_max_num_queries(6):
        told = client.get(reverse("blog:claps-mine", args=[post.slug]), asked).json()
    assert (told["mine"], told["total"]) == (11, 11)
    assert told["responses"] == {
        str(response.pk): {"mine": 4, "total": 6},
        **{str(one.pk): {"mine": 0, "total": 0} for one in others},
    }


@pytest.mark.parametrize("asked", ["x", "1,", "1,,2", "-1", "9" * 30, ",".join(["1"] * 401)])
def test_a_question_that_no_page_asks_is_answered_with_a_sentence(client, response, asked):
    url = reverse("blog:claps-mine", args=[response.post.slug])
    answer = client.get(url, {"responses": asked}, **JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_page_that_is_left_sends_its_token_in_the_form_and_gets_no_page_back(response):
    client = Client(enforce_csrf_checks=True)
    mine = reverse("blog:claps-mine", args=[response.post.slug])
    token = client.get(mine).json()["token"]
    form = {"wanted": 3, "leaving": 1}
    assert client.post(url_of(response), form).status_code == 403
    left = client.post(url_of(response), {**form, "csrfmiddlewaretoken": token})
    assert (left.status_code, left.content) == (204, b"")
    assert counters(response) == (3, 1)


@pytest.fixture
def _only_accounts():
    Publication(claps_need_account=True).save()


@pytest.mark.usefixtures("_only_accounts")
class TestAPublicationThatAsksForAnAccount:
    def test_a_clap_without_an_account_is_refused_with_the_way_in(self, client, response):
        story = reverse("blog:claps", args=[response.post.slug])
        for url in (story, url_of(response)):
            refused = client.post(url, {"wanted": 1}, **JSON)
            assert refused.status_code == 403
            assert "Sign in to clap." in refused.json()["error"]
            page = client.get(url).content.decode()
            assert "Here readers clap with an account" in page
            assert f'href="{reverse("account_login")}?next={url}"' in page
        assert COOKIE not in client.cookies
        with pytest.raises(AccountNeeded):
            give(response, visitor(), 1)

    def test_the_hands_lead_there_even_with_scripts(self, client, response):
        page = client.get(response.post.get_absolute_url()).content.decode()
        assert len(re.findall('class="clap"', page)) == len(re.findall("data-away", page)) == 3
        client.force_login(make_person())
        page = client.get(response.post.get_absolute_url()).content.decode()
        assert "data-away" not in page

    def test_whoever_signed_in_claps(self, client, response):
        client.force_login(make_person())
        assert client.post(url_of(response), {"wanted": 1}, **JSON).status_code == 200


def test_the_owner_decides_whether_a_clap_needs_an_account(client):
    client.force_login(make_person("Olga", Role.OWNER))
    page = client.get(reverse("admin:blog_publication_changelist"), follow=True).content.decode()
    assert 'name="claps_need_account"' in page
