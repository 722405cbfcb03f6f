"""Blocks and mutes: who sees whom, who may answer whom, who hears of it, and how it ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.distance import unseen_by
from accounts.models import Block, Follow, Mute, Oneself
from accounts.roles import Role
from blog.models import Comment, MutedThread
from blog.models.muted_thread import hears_from
from blog.models.welcome import OwnBlock, Unwelcome
from tests.desk import desk_of
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

LIST = reverse("blog:blocked")


def url(name, comment):
    return reverse(f"blog:{name}", args=[comment.post.slug, comment.pk])


def page(person, post):
    return desk_of(person).get(post.get_absolute_url()).content.decode()


def block(person, *, by):
    Block.objects.block(person, by=by)


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def bea():
    return make_person("Bea", Role.AUTHOR)


@pytest.fixture
def rita():
    return make_person("Rita")


@pytest.fixture
def cy():
    return make_person("Cy")


@pytest.fixture
def story():
    """Of somebody who has nothing to do with it."""
    return make_post()


class TestBlocking:
    def test_each_vanishes_for_the_other_and_for_nobody_else(self, client, story, bea, rita, cy):
        make_response(story, bea, source="Says Bea.")
        make_response(story, rita, source="Says Rita.")
        block(rita, by=bea)
        assert "Says Rita." not in page(bea, story)
        assert "Says Bea." not in page(rita, story)
        for html in (page(cy, story), client.get(story.get_absolute_url()).content.decode()):
            assert "Says Rita." in html
            assert "Says Bea." in html

    def test_what_others_answered_keeps_an_empty_place_above_it(self, story, bea, rita, cy):
        above = make_response(story, bea, source="Says Bea.")
        make_response(story, cy, parent=above, source="Says Cy.")
        block(rita, by=bea)
        html = page(rita, story)
        assert "Says Bea." not in html
        assert "A response that you do not see." in html
        assert "Says Cy." in html

    def test_further_pages_and_a_responses_own_page_agree(self, story, bea, rita):
        response = make_response(story, bea, source="Says Bea.")
        block(rita, by=bea)
        answer = desk_of(rita).get(reverse("blog:comments", args=[story.slug]))
        assert answer.status_code == 200
        assert "Says Bea." not in answer.content.decode()
        answer = desk_of(rita).get(response.get_absolute_url())
        assert "A response that you do not see." in answer.content.decode()
        assert "Says Bea." not in answer.content.decode()

    def test_a_shared_page_is_the_same_bytes_whoever_blocks_whom(self, client, story, bea, rita):
        make_response(story, bea)
        before = client.get(story.get_absolute_url()).content
        block(rita, by=bea)
        assert client.get(story.get_absolute_url()).content == before

    @pytest.mark.parametrize("is_reply", [False, True])
    def test_the_blocked_cannot_answer_and_keeps_the_text(self, ada, story, rita, is_reply):
        own = make_post(by=ada)
        post = story if is_reply else own
        above = make_response(story, ada) if is_reply else None
        block(rita, by=ada)
        sent = {"source": "Listen to me.", **({"parent": above.pk} if above else {})}
        answer = desk_of(rita).post(reverse("blog:comments", args=[post.slug]), sent)
        assert answer.status_code == 403
        html = answer.content.decode()
        assert "You cannot respond here." in html
        assert "Listen to me." in html
        assert not Comment.objects.filter(author=rita).exists()
        with pytest.raises(Unwelcome):
            make_response(post, rita, parent=above)

    def test_elsewhere_the_blocked_responds_as_before(self, ada, story, rita):
        make_response(story, ada)
        block(rita, by=ada)
        assert make_response(story, rita)

    def test_who_blocks_cannot_answer_either_and_learns_why(self, ada, rita):
        post = make_post(by=ada)
        block(ada, by=rita)
        sent = {"source": "Behind your back."}
        answer = desk_of(rita).post(reverse("blog:comments", args=[post.slug]), sent)
        assert answer.status_code == 403
        assert "You have blocked Ada." in answer.content.decode()
        with pytest.raises(OwnBlock):
            make_response(post, rita)

    def test_one_of_several_authors_is_enough(self, ada, bea, rita):
        post = make_post(by=ada)
        post.set_byline([ada.author, bea.author])
        block(rita, by=bea)
        with pytest.raises(Unwelcome):
            make_response(post, rita)

    def test_nobody_escapes_who_answers_for_the_page(self, ada, rita):
        post = make_post(by=ada)
        editor = make_person(role=Role.EDITOR)
        response = make_response(post, rita, source="About you all.")
        block(ada, by=rita)
        block(editor, by=rita)
        for host in (ada, editor):
            assert "About you all." in page(host, post)
        assert desk_of(editor).post(url("comment-hiding", response)).status_code == 303
        desk = desk_of(editor).get(reverse("admin:blog_comment_changelist")).content.decode()
        assert "About you all." in desk

    def test_whom_an_author_blocks_the_author_does_not_see(self, ada, rita):
        post = make_post(by=ada)
        make_response(post, rita, source="About you all.")
        block(rita, by=ada)
        assert "About you all." not in page(ada, post)

    def test_neither_follows_the_other_any_more_nor_again(self, ada, bea):
        Follow.objects.follow(ada.author, by=bea)
        Follow.objects.follow(bea.author, by=ada)
        block(bea, by=ada)
        for author in (ada.author, bea.author):
            author.refresh_from_db()
            assert author.follower_count == 0
        for one, other in ((ada, bea), (bea, ada)):
            followers = reverse("blog:author-followers", args=[other.author.handle])
            assert desk_of(one).post(followers).status_code == 303
        assert not Follow.objects.exists()

    def test_nobody_blocks_themselves(self, ada):
        with pytest.raises(Oneself):
            block(ada, by=ada)
        with pytest.raises(IntegrityError), transaction.atomic():
            Block.objects.create(blocker=ada, blocked=ada)
        response = make_response(make_post(), ada)
        assert desk_of(ada).post(url("writer-block", response)).status_code == 303
        assert not Block.objects.exists()

    def test_of_blocks_and_mutes_there_is_one_each_however_often(self, ada, rita):
        for _time in range(2):
            block(rita, by=ada)
            Mute.objects.mute(rita, by=ada)
        assert (Block.objects.count(), Mute.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_block_each_other_at_once_do_not_wait_for_ever(ada, bea):
    Follow.objects.follow(ada.author, by=bea)
    Follow.objects.follow(bea.author, by=ada)
    start = Barrier(2)

    def act(pair):
        try:
            start.wait()
            block(pair[1], by=pair[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, [(ada, bea), (bea, ada)]))
    assert Block.objects.count() == 2
    assert not Follow.objects.exists()


class TestFromThePage:
    @pytest.mark.parametrize("what", ["block", "mute"])
    def test_it_is_asked_first_and_leads_back_to_the_talk(self, story, bea, rita, what):
        response = make_response(story, bea)
        client, address = desk_of(rita), url(f"writer-{what}", response)
        assert address in page(rita, story)
        assert f"{what.title()} Bea?" in client.get(address).content.decode()
        assert not Block.objects.exists()
        assert not Mute.objects.exists()
        answer = client.post(address)
        # Not to the response, which is out of sight from now on.
        there = f"{story.get_absolute_url()}#responses"
        assert (answer.status_code, answer["Location"]) == (303, there)
        assert "Bea" in client.get(LIST).content.decode()

    @pytest.mark.parametrize("what", ["block", "mute"])
    def test_an_authors_page_offers_it_quietly_to_others(self, client, bea, rita, what):
        address = reverse(f"blog:author-{what}", args=[bea.author.handle])
        own_page = bea.author.get_absolute_url()
        assert address in desk_of(rita).get(own_page).content.decode()
        assert address not in desk_of(bea).get(own_page).content.decode()
        assert address not in client.get(own_page).content.decode()
        assert desk_of(rita).post(address)["Location"] == own_page
        assert [bea.pk] == list(unseen_by(rita))

    @pytest.mark.parametrize("name", ["writer-block", "writer-mute", "thread-mute"])
    def test_a_stranger_is_led_to_signing_in(self, client, story, bea, name):
        response = make_response(story, bea)
        answer = client.post(url(name, response))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))

    def test_whoever_left_cannot_be_blocked(self, story, bea, rita):
        response = make_response(story, make_person("Gone"))
        response.author.delete()
        client = desk_of(rita)
        assert client.get(url("writer-block", response)).status_code == 404
        assert url("writer-block", response) not in page(rita, story)

    def test_ones_own_response_offers_neither(self, story, rita):
        response = make_response(story, rita)
        assert url("writer-block", response) not in page(rita, story)

    def test_a_reader_without_an_account_is_offered_none_of_it(self, client, story, bea):
        response = make_response(story, bea)
        html = client.get(story.get_absolute_url()).content.decode()
        assert url("writer-block", response) not in html
        assert url("thread-mute", response) not in html
        assert "talk-ways.css" not in html


class TestMuting:
    def test_only_who_mutes_sees_less(self, story, bea, rita, cy):
        make_response(story, bea, source="Says Bea.")
        Mute.objects.mute(bea, by=rita)
        assert "Says Bea." not in page(rita, story)
        assert "Says Bea." in page(cy, story)
        make_response(story, rita, source="Says Rita.")
        assert "Says Rita." in page(bea, story)

    def test_a_muted_person_can_be_answered_and_answers(self, story, bea, rita):
        Mute.objects.mute(bea, by=rita)
        above = make_response(story, bea)
        reply = make_response(story, rita, parent=above)
        assert make_response(story, bea, parent=reply)

    def test_a_muted_thread_is_one_line_that_can_be_shown(self, story, bea, rita, cy):
        root = make_response(story, bea, source="Says Bea.")
        make_response(story, cy, parent=root, source="Says Cy.")
        make_response(story, cy, source="Elsewhere.")
        client = desk_of(rita)
        for _time in range(2):
            assert client.post(url("thread-mute", root)).status_code == 303
        html = page(rita, story)
        assert "You muted this thread" in html
        assert "Says Bea." not in html
        assert "Says Cy." not in html
        assert "Elsewhere." in html
        shown = client.get(root.get_absolute_url()).content.decode()
        assert "Says Bea." in shown
        assert "Says Cy." in shown
        for _time in range(2):
            assert client.post(url("thread-mute-removal", root)).status_code == 303
        assert "Says Cy." in page(rita, story)

    def test_a_reply_begins_no_thread(self, story, rita):
        reply = make_response(story, parent=make_response(story))
        assert desk_of(rita).post(url("thread-mute", reply)).status_code == 404


class TestHearing:
    @pytest.fixture
    def response(self, story, bea):
        return make_response(story, bea)

    def test_a_block_keeps_both_from_hearing_of_the_other(self, ada, bea, rita, cy, response):
        block(bea, by=rita)
        block(ada, by=bea)
        assert hears_from([ada, rita, cy], response) == [cy]

    def test_a_mute_keeps_who_muted_from_hearing(self, story, bea, rita, cy, response):
        Mute.objects.mute(bea, by=rita)
        assert hears_from([rita, cy], response) == [cy]
        assert hears_from([bea], make_response(story, rita)) == [bea]

    def test_a_response_reaches_nobody_who_muted_its_thread(self, story, response, rita, cy):
        MutedThread.objects.mute(response, by=rita)
        reply = make_response(story, parent=response)
        assert hears_from([rita, cy], reply) == [cy]
        assert hears_from([rita, cy], make_response(story)) == [rita, cy]

    def test_it_costs_one_question(self, story, response, rita, cy, django_assert_num_queries):
        with django_assert_num_queries(1):
            hears_from([rita, cy], response)

    def test_without_anybody_there_is_nobody(self, response):
        assert hears_from([], response) == []


class TestList:
    def test_everything_kept_away_is_there_and_comes_back(self, story, ada, bea, cy, rita):
        root = make_response(story, cy)
        block(ada, by=rita)
        Mute.objects.mute(bea, by=rita)
        MutedThread.objects.mute(root, by=rita)
        client = desk_of(rita)
        html = client.get(LIST).content.decode()
        ways = [
            reverse("blog:blocked-removal", args=[Block.objects.get().pk]),
            reverse("blog:muted-removal", args=[Mute.objects.get().pk]),
            reverse("blog:muted-thread-removal", args=[root.pk]),
        ]
        for way in ways:
            assert way in html
            for _time in range(2):
                assert client.post(way)["Location"] == LIST
        assert not unseen_by(rita)
        assert not MutedThread.objects.exists()
        assert make_response(make_post(by=ada), rita)

    def test_nobody_ends_what_somebody_else_has_begun(self, story, ada, bea, rita):
        root = make_response(story)
        block(ada, by=rita)
        Mute.objects.mute(bea, by=rita)
        MutedThread.objects.mute(root, by=rita)
        client = desk_of(ada)
        client.post(reverse("blog:blocked-removal", args=[Block.objects.get().pk]))
        client.post(reverse("blog:muted-removal", args=[Mute.objects.get().pk]))
        client.post(reverse("blog:muted-thread-removal", args=[root.pk]))
        assert unseen_by(rita) == {ada.pk, bea.pk}
        assert MutedThread.objects.exists()
        assert "Rita" not in client.get(LIST).content.decode()

    def test_a_thread_of_a_story_that_was_taken_back_can_be_ended(self, story, rita):
        root = make_response(story)
        MutedThread.objects.mute(root, by=rita)
        story.unpublish(by=None)
        client = desk_of(rita)
        assert "not there any more" in client.get(LIST).content.decode()
        client.post(reverse("blog:muted-thread-removal", args=[root.pk]))
        assert not MutedThread.objects.exists()

    def test_each_row_is_on_one_page_and_many_cost_the_same(
        self, rita, cy, story, django_assert_max_num_queries
    ):
        people = [make_person() for _number in range(32)]
        Block.objects.bulk_create(Block(blocker=rita, blocked=one) for one in people)
        Mute.objects.bulk_create(Mute(muter=rita, muted=one) for one in people)
        client, seen, address = desk_of(rita), [], LIST
        while address:
            with django_assert_max_num_queries(8):
                shelf = client.get(address).context["blocks"]
            seen += [row.blocked_id for row in shelf.rows]
            address = shelf.older_url and f"{LIST}{shelf.older_url}"
        assert seen == [one.pk for one in reversed(people)]
        assert client.get(LIST, {"b": "x"}).status_code == 404
        assert client.get(LIST, {"m": "9" * 30}).status_code == 404

    def test_a_stranger_is_led_to_signing_in(self, client):
        assert client.get(LIST).status_code == 302


def test_whoever_leaves_takes_blocks_and_mutes_along(story, ada, rita):
    root = make_response(story, ada)
    block(ada, by=rita)
    Mute.objects.mute(ada, by=rita)
    MutedThread.objects.mute(root, by=rita)
    block(rita, by=make_person())
    rita.delete()
    assert not Block.objects.exists()
    assert not Mute.objects.exists()
    assert not MutedThread.objects.exists()
    assert Comment.objects.get().is_visible


def test_a_thread_that_is_deleted_is_muted_by_nobody(story, rita):
    root = make_response(story)
    MutedThread.objects.mute(root, by=rita)
    root.remove()
    assert not MutedThread.objects.exists()


def test_what_a_reader_does_not_see_costs_a_page_three_questions(
    story, bea, rita, django_assert_max_num_queries
):
    for _number in range(5):
        make_response(story, make_person())
    block(bea, by=rita)
    client = desk_of(rita)
    client.get(story.get_absolute_url())
    with django_assert_max_num_queries(20):
        client.get(story.get_absolute_url())
