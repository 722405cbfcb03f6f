"""Talk as readers find it: in which order, how much at once, and what is only for some."""

from __future__ import annotations

import itertools
import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mute
from accounts.roles import Role
from blog import talk
from blog.models import Comment, Guest, Post
from blog.orders import Order
from blog.recount import recount
from blog.sight import Sight
from blog.threads import MAX_DEPTH, walk
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
Status = Comment.Status
Hand = Comment.Hand


def put(post, parent=None, **fields):
    """A response as a row, without the rules of responding."""
    above = Comment.objects.get(pk=parent.pk) if parent else None
    return Comment.objects.create(
        post=post,
        parent=above,
        root_id=(above.root_id or above.pk) if above else None,
        **{"source": "x", "html": "<p>x</p>", "created_at": START, **fields},
    )


def read(post, order=Order.BEST, reader=None):
    """The keys of what begins threads, page after page."""
    pages, after = [], ""
    while True:
        threads, more_url = talk.first_threads(post, after, order=order, reader=reader)
        pages.append([node.comment.pk for node in threads])
        if not more_url:
            return pages
        after = more_url.rpartition("after=")[2]


def page_of(client, post, **query):
    return client.get(reverse("blog:comments", args=[post.slug]), query)


# Best.


def score_of(response):
    return Comment.objects.get(pk=response.pk).score


def test_ten_times_the_people_weigh_as_much_as_being_thirty_days_newer():
    post = make_post()
    old = put(post, clapper_count=5, reply_count=4)
    new = put(post, created_at=START + timedelta(days=30))
    Comment.objects.all().rescore()
    assert score_of(old) == pytest.approx(score_of(new))
    days = START.timestamp() / 86_400
    assert score_of(old) == pytest.approx(math.log10(1 + 5 + 4) + days / 30)


def test_one_reader_with_fifty_claps_lifts_a_response_no_higher_than_with_one():
    post = make_post()
    loud = put(post, clapper_count=1, clap_count=50)
    quiet = put(post, clapper_count=1, clap_count=1)
    Comment.objects.all().rescore()
    assert score_of(loud) == score_of(quiet)


def test_a_response_has_its_score_as_soon_as_it_stands_there_and_rises_with_an_answer():
    post = make_post()
    first = make_response(post)
    second = make_response(post)
    assert read(post) == [[second.pk, first.pk]]
    reply = make_response(post, parent=first)
    assert read(post) == [[first.pk, second.pk]]
    reply.hide()
    assert read(post) == [[second.pk, first.pk]]


def test_what_was_counted_wrong_has_the_right_score_after_a_recount():
    post = make_post()
    root = make_response(post)
    make_response(post, parent=root)
    right = score_of(root)
    Comment.objects.filter(pk=root.pk).update(reply_count=50, score=99)
    recount(post.pk)
    assert score_of(root) == right


# Pages.


@pytest.mark.parametrize("order", Order)
def test_every_thread_is_read_once_and_in_its_order_however_many_stand_at_one_place(
    monkeypatch, order
):
    post, other = make_post(), make_post()
    put(other)
    for number in range(13):
        at = START + timedelta(days=number % 3)
        put(post, created_at=at, clapper_count=9 if number % 4 == 0 else 0)
    Comment.objects.all().rescore()
    every = Comment.objects.filter(post=post).order_by(*order.columns)
    expected = list(every.values_list("pk", flat=True))
    for room in (1, 2, 3, 12, 13):
        monkeypatch.setattr(talk, "THREADS_PER_PAGE", room)
        pages = read(post, order)
        assert list(itertools.chain(*pages)) == expected
        assert {len(page) for page in pages[:-1]} <= {room}


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("room", [1, 2, 5])
def test_the_pinned_thread_stands_first_on_the_first_page_and_never_again(monkeypatch, order, room):
    monkeypatch.setattr(talk, "THREADS_PER_PAGE", room + 1)
    post = make_post()
    every = [put(post, created_at=START + timedelta(days=number)) for number in range(5)]
    Comment.objects.filter(pk=every[2].pk).update(pinned_at=timezone.now())
    Comment.objects.all().rescore()
    found = list(itertools.chain(*read(post, order)))
    assert found[0] == every[2].pk
    rest = [one.pk for one in every if one != every[2]]
    assert found[1:] == (rest if order is Order.OLDEST else rest[::-1])


def test_a_pinned_response_that_was_hidden_stands_where_it_would_without_the_pin():
    post = make_post()
    pinned, newer = put(post, created_at=START - timedelta(days=1)), put(post)
    Comment.objects.filter(pk=pinned.pk).update(pinned_at=timezone.now(), status=Status.HIDDEN)
    assert read(post, Order.NEWEST) == [[newer.pk]]
    put(post, parent=pinned)
    assert read(post, Order.NEWEST) == [[newer.pk, pinned.pk]]


def grow_a_talk(seed):
    """Some dozen responses anywhere, a third of them out of sight."""
    chance = random.Random(seed)
    post, every = make_post(), []
    for _number in range(40):
        parent = chance.choice([None, *every[-6:]])
        status = chance.choice([Status.PUBLISHED] * 4 + [Status.HIDDEN, Status.REMOVED])
        at = START + timedelta(minutes=chance.randrange(4))
        every.append(put(post, parent, status=status, created_at=at))
    return post


def read_whole(post):
    """How often each response is read by following every way on: as head of a page it repeats."""
    seen, tops, waiting = [], [], []
    after = ""
    while True:
        threads, more_url = talk.first_threads(post, after)
        tops += threads
        after = more_url.rpartition("after=")[2]
        if not more_url:
            break
    seen += [node.comment.pk for node in tops if node.is_seen]
    waiting += [node for top in tops for node in walk([top])]
    below = [node for top in tops for node in walk(top.replies)]
    while waiting:
        seen += [node.comment.pk for node in below if node.is_seen]
        assert all(node.is_seen or node.replies or node.continues for node in waiting)
        assert all(node.depth <= MAX_DEPTH for node in waiting)
        pages = []
        for node in waiting:
            if node.continues:
                place = node.more_url.partition("after=")[2]
                pages += talk.thread_of(node.comment, place)
        # Nothing leads to a page on which there is nothing further.
        assert all(page.replies for page in pages)
        below = [node for page in pages for node in walk(page.replies)]
        waiting = [node for page in pages for node in walk([page])]
    return seen


@pytest.mark.parametrize("seed", range(6))
def test_every_response_is_read_on_some_page_exactly_once_and_no_way_leads_nowhere(
    monkeypatch, seed
):
    monkeypatch.setattr(talk, "THREADS_PER_PAGE", 3)
    monkeypatch.setattr(talk, "RESPONSES_PER_PAGE", 7)
    post = grow_a_talk(seed)
    visible = Comment.objects.visible().order_by("pk").values_list("pk", flat=True)
    assert sorted(read_whole(post)) == list(visible)


def test_a_busy_thread_takes_nothing_from_the_others(monkeypatch):
    monkeypatch.setattr(talk, "RESPONSES_PER_PAGE", 8)
    post = make_post()
    busy, quiet = put(post), put(post)
    for number in range(20):
        put(post, busy, created_at=START + timedelta(minutes=number))
    answers = [put(post, quiet, created_at=START + timedelta(days=n)) for n in range(2)]
    threads, _more = talk.first_threads(post)
    sizes = {node.comment.pk: len(node.replies) for node in threads}
    assert sizes[quiet.pk] == len(answers)
    assert sizes[busy.pk] == 4
    assert {node.comment.pk: node.continues for node in threads} == {
        busy.pk: True,
        quiet.pk: False,
    }


def test_hundreds_of_replies_do_not_bury_the_next_thread_and_are_read_on_a_page_of_their_own():
    post = make_post()
    busy = put(post)
    Comment.objects.bulk_create(
        Comment(post=post, parent=busy, root=busy, source="x", html="x", created_at=START)
        for _number in range(talk.RESPONSES_PER_PAGE)
    )
    ((top,), _more) = talk.first_threads(post)
    assert (len(top.replies), top.continues) == (talk.REPLIES_ABREAST, True)
    (top,) = talk.thread_of(busy, top.more_url.partition("after=")[2])
    assert len(top.replies) == talk.RESPONSES_PER_PAGE - talk.REPLIES_ABREAST
    assert not top.continues


def test_a_crowd_of_hidden_replies_does_not_push_out_the_one_that_can_be_read():
    post = make_post()
    root = put(post)
    Comment.objects.bulk_create(
        Comment(
            post=post,
            parent=root,
            root=root,
            source="x",
            html="x",
            status=Status.SPAM,
            created_at=START + timedelta(seconds=number),
        )
        for number in range(200)
    )
    answer = put(post, root, created_at=START + timedelta(days=1))
    ((top,), _more) = talk.first_threads(post)
    assert [node.comment.pk for node in top.replies] == [answer.pk]
    assert not top.continues


# Addresses.


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("other", Order)
def test_the_place_of_one_order_is_none_in_another(client, order, other):
    post = make_post()
    place = order.cursor(put(post))
    assert page_of(client, post, order=other, after=place).status_code == (
        200 if order is other else 404
    )


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("after", ["x", "é", "%00", "A" * 5000, "YmVzdHxuYW58MQ", "YmVzdHwxfDE"])
def test_what_is_no_place_is_no_page(client, order, after):
    assert page_of(client, make_post(), order=order, after=after).status_code == 404


@pytest.mark.parametrize("order", ["", "loudest", "BEST", "best\0"])
def test_an_order_that_there_is_not_is_the_usual_one(client, order):
    post = make_post()
    put(post)
    page = page_of(client, post, order=order)
    assert page.status_code == 200
    assert [way["order"] for way in page.context["ways_to_order"] if way["is_current"]] == ["best"]


def test_each_order_has_an_address_that_works_without_scripts(client, monkeypatch):
    monkeypatch.setattr(talk, "THREADS_PER_PAGE", 1)
    post = make_post()
    first, second = put(post), put(post, created_at=START + timedelta(days=1))
    page = client.get(post.get_absolute_url()).content.decode()
    url = reverse("blog:comments", args=[post.slug])
    for order in ("?order=newest", "?order=oldest"):
        assert f'href="{url}{order}"' in page
    oldest = client.get(f"{url}?order=oldest")
    assert oldest.context["threads"][0].comment == first
    assert 'aria-current="true">Oldest' in oldest.content.decode()
    further = client.get(oldest.context["more_responses_url"])
    assert further.context["threads"][0].comment == second
    assert 'aria-current="true">Oldest' in further.content.decode()


def test_a_single_response_needs_no_order(client):
    post = make_post()
    put(post)
    assert "order=newest" not in client.get(post.get_absolute_url()).content.decode()


def test_behind_the_last_response_the_page_says_so(client):
    post = make_post()
    last = put(post)
    page = page_of(client, post, after=Order.BEST.cursor(last)).content.decode()
    assert "These were all the responses." in page
    assert "Yours would be the first" not in page


def test_the_page_of_a_reply_leads_to_what_it_answers_and_to_the_whole_thread(client):
    post = make_post()
    root = make_response(post, by=make_person("Rita"))
    reply = make_response(post, by=make_person("Bo"), parent=root)
    deeper = make_response(post, parent=reply)
    page = client.get(deeper.get_absolute_url()).content.decode()
    assert f'<a href="{reply.get_absolute_url()}#{reply.anchor}">In reply to Bo</a>' in page
    assert f'<a href="{root.get_absolute_url()}#{root.anchor}">The whole thread</a>' in page
    page = client.get(reply.get_absolute_url()).content.decode()
    assert "In reply to Rita" in page
    assert "The whole thread" not in page
    root.hide()
    assert "Rita" not in client.get(reply.get_absolute_url()).content.decode()


def test_a_thread_deeper_than_four_goes_on_at_its_own_page(client):
    post = make_post()
    chain = [make_response(post)]
    for _number in range(5):
        chain.append(make_response(post, parent=chain[-1]))
    (root,) = client.get(post.get_absolute_url()).context["threads"]
    shown = list(walk([root]))
    assert [node.comment for node in shown] == chain[:4]
    assert [node.continues for node in shown] == [False, False, False, True]
    page = client.get(shown[-1].more_url)
    assert [node.comment for node in walk(page.context["threads"])] == chain[3:]


def test_a_link_to_a_response_ends_where_it_stands_and_is_marked(client):
    post = make_post()
    chain = [make_response(post)]
    for _number in range(5):
        chain.append(make_response(post, parent=chain[-1]))
    assert talk.address_of(chain[1]) == f"{post.get_absolute_url()}#{chain[1].anchor}"
    deep = talk.address_of(chain[5])
    assert deep == f"{chain[5].get_absolute_url()}#{chain[5].anchor}"
    assert f'id="{chain[5].anchor}"' in client.get(deep).content.decode()


# What stands beside a response.


def test_an_answer_of_the_author_is_told_though_it_stands_on_another_page(client, monkeypatch):
    monkeypatch.setattr(talk, "RESPONSES_PER_PAGE", 3)
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada)
    answered = make_response(post)
    for _number in range(3):
        make_response(post, parent=answered)
    answer = make_response(post, by=ada, parent=answered)
    make_response(post, by=ada)
    page = client.get(post.get_absolute_url())
    assert answer.source not in page.content.decode()
    assert page.content.decode().count("author replied") == 1
    assert "author replied" in client.get(answered.get_absolute_url()).content.decode()
    answer.hide()
    assert "author replied" not in client.get(post.get_absolute_url()).content.decode()


def test_a_pinned_response_says_who_pinned_it(client):
    post = make_post()
    pinned = make_response(post)
    Comment.objects.filter(pk=pinned.pk).update(pinned_at=timezone.now())
    assert "Pinned by the author" in client.get(post.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (Hand.WRITER, "Removed by whoever wrote it."),
        (Hand.AUTHOR, "Removed by the author."),
        (Hand.MODERATOR, "Removed by a moderator."),
        (Hand.NOBODY, "This response was removed."),
    ],
)
def test_an_empty_place_says_who_took_the_response_away(client, by, words):
    post = make_post()
    gone = make_response(post)
    make_response(post, parent=gone)
    gone.hide(by=by)
    hidden = client.get(post.get_absolute_url()).content.decode()
    gone.remove(by=by)
    removed = client.get(gone.get_absolute_url()).content.decode()
    assert words in hidden
    assert words in removed
    assert "u-comment h-cite" in hidden  # the reply
    assert hidden.count("u-comment h-cite") == 1


def lock(response):
    Comment.objects.filter(pk=response.pk).update(locked_at=timezone.now())


def test_a_locked_thread_offers_no_reply_however_deep(client):
    post = make_post()
    root = make_response(post)
    reply = make_response(post, parent=root)
    deeper = make_response(post, parent=reply)
    lock(root)
    client.force_login(make_person())
    for url in (post.get_absolute_url(), root.get_absolute_url(), deeper.get_absolute_url()):
        page = client.get(url).content.decode()
        assert "Takes no more replies" in page, url
        assert 'name="parent"' not in page, url


def test_a_reply_to_a_locked_thread_is_refused_and_kept(client):
    post = make_post()
    root = make_response(post)
    reply = make_response(post, parent=root)
    lock(root)
    client.force_login(make_person())
    url = reverse("blog:comments", args=[post.slug])
    answer = client.post(url, {"source": "One last word.", "parent": reply.pk})
    assert answer.status_code == 403
    assert "One last word." in answer.content.decode()
    assert "This thread takes no replies any more." in answer.content.decode()
    assert Comment.objects.count() == 2


# Who sees what.


def test_what_waits_is_seen_by_whoever_wrote_it_and_by_nobody_else(client):
    post, rita = make_post(), make_person("Rita")
    seen = make_response(post)
    because = [{"rule": "first"}]
    waiting = make_response(post, by=rita, source="My first.", held_because=because)
    below = make_response(post, by=rita, parent=seen, source="My second.", held_because=because)
    pages = [post.get_absolute_url(), reverse("blog:comments", args=[post.slug])]
    note = "Waits for a moderator; only you see it"
    for person in (None, make_person("Bo"), make_person("Ed", Role.EDITOR)):
        if person:
            client.force_login(person)
        for url in pages:
            page = client.get(url).content.decode()
            assert "My first." not in page, (person, url)
            assert "My second." not in page, (person, url)
        assert client.get(waiting.get_absolute_url()).status_code == 404
    client.force_login(rita)
    for url in pages:
        assert client.get(url).content.decode().count(note) == 2, url
        assert client.get(url).content.decode().count('name="parent"') == 1, url
    for response in (waiting, below):
        assert note in client.get(response.get_absolute_url()).content.decode()
    story = client.get(post.get_absolute_url()).content.decode()
    assert story.count("My first.") == 1  # not among what machines read


def test_whoever_sent_what_waits_is_led_to_it_and_anybody_else_to_the_responses():
    post, rita = make_post(), make_person("Rita")
    waiting = make_response(post, by=rita, held_because=[{"rule": "first"}])
    assert talk.address_of(waiting, rita) == f"{post.get_absolute_url()}#{waiting.anchor}"
    assert talk.address_of(waiting) == f"{post.get_absolute_url()}#responses"


def test_what_muted_people_say_is_gone_and_what_was_said_to_them_is_not(client):
    post, troll = make_post(), make_person("Troll")
    root = make_response(post, source="A question.")
    bait = make_response(post, by=troll, parent=root, source="Bait one.")
    make_response(post, parent=bait, source="An answer.")
    make_response(post, by=troll, parent=root, source="Bait two.")
    make_response(post, by=troll, source="Bait three.")
    rita = make_person("Rita")
    Mute.objects.mute(troll, by=rita)
    anonymous = client.get(post.get_absolute_url()).content.decode()
    assert anonymous.count("Bait") >= 3
    client.force_login(rita)
    for url in (post.get_absolute_url(), reverse("blog:comments", args=[post.slug])):
        page = client.get(url).content.decode()
        assert "Bait" not in page, url
        assert "Troll" not in page, url
        assert page.count("A response that you do not see.") == 1, url
        assert "An answer." in page, url
    assert client.get(bait.get_absolute_url()).status_code == 200
    assert "Bait" not in client.get(bait.get_absolute_url()).content.decode()


def test_an_empty_place_whose_only_answers_are_not_seen_does_not_stand():
    post, rita, troll = make_post(), make_person(), make_person()
    root = make_response(post)
    make_response(post, by=troll, parent=root)
    root.hide()
    Mute.objects.mute(troll, by=rita)
    assert talk.first_threads(post, reader=rita) == ([], "")
    assert len(talk.first_threads(post)[0]) == 1


def test_a_place_that_does_not_stand_ends_no_list(monkeypatch):
    monkeypatch.setattr(talk, "THREADS_PER_PAGE", 1)
    post, rita, troll = make_post(), make_person(), make_person()
    last = put(post)
    root = put(post, created_at=START + timedelta(days=1), status=Status.HIDDEN)
    put(post, root, author=troll)
    Mute.objects.mute(troll, by=rita)
    assert read(post, Order.NEWEST, rita) == [[last.pk]]


def test_what_one_sees_is_the_same_for_one_row_for_a_query_and_for_the_walk():
    post, rita, troll = make_post(), make_person(), make_person()
    guest = Guest.objects.create(name="Gus", email="gus@example.org", confirmed_at=START)
    for status in Status:
        for fields in ({"author": rita}, {"author": troll}, {"guest": guest}, {}):
            put(post, status=status, **fields)
    reader = make_person()
    Mute.objects.mute(troll, by=reader)
    every = list(Comment.objects.all())
    for eyes in (Sight(), *(Sight.of(one, post) for one in (rita, troll, reader))):
        one_by_one = {one.pk for one in every if eyes.sees(one)}
        assert set(Comment.objects.filter(eyes.seen()).values_list("pk", flat=True)) == one_by_one
        sql, values = eyes.seen_sql("row")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM blog_comment row WHERE {sql}", values)
            assert {pk for (pk,) in cursor.fetchall()} == one_by_one
    assert len(one_by_one) == 3


# How much is asked.


def ask(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(("who", "most"), [("", 8), ("Rita", 18)])
def test_talk_is_read_with_as_few_questions_however_much_was_said(client, who, most):
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada)
    root = make_response(post)
    reply = make_response(post, by=ada, parent=root)
    make_response(post, parent=reply)
    urls = [post.get_absolute_url(), reverse("blog:comments", args=[post.slug])]
    urls += [f"{urls[1]}?order=newest", root.get_absolute_url(), reply.get_absolute_url()]
    if who:
        client.force_login(make_person(who))
    before = [ask(client, url) for url in urls]
    for number in range(12):
        other = put(post, created_at=START + timedelta(days=number), author=make_person())
        put(post, reply, author=make_person())
        put(post, other, author=make_person())
    lock(root)
    Comment.objects.filter(pk=other.pk).update(pinned_at=timezone.now())
    assert [ask(client, url) for url in urls] == before
    assert max(before) <= most


def test_of_a_talk_that_is_not_read_whole_nothing_is_asked_twice(client):
    post = make_post()
    for _number in range(talk.RESPONSES_PER_PAGE + 11):
        put(post, author=make_person())
    recount(post.pk)
    client.force_login(make_person("Rita"))
    url = reverse("blog:comments", args=[post.slug])
    client.get(url)
    assert ask(client, url) <= 10


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("seed", range(4))
def test_a_talk_that_is_read_at_once_is_the_one_that_is_walked_through(monkeypatch, order, seed):
    chance, people = random.Random(seed), [make_person() for _number in range(3)]
    ada = make_person("Ada", Role.AUTHOR)
    post, rita = make_post(by=ada), people[0]
    Mute.objects.mute(people[1], by=rita)
    rows = []
    for number in range(40):
        parent = chance.choice([None, *rows[-8:]])
        status = chance.choice(["published", "published", "held", "hidden"])
        by = chance.choice([ada, *people])
        at = START + timedelta(minutes=number // 2)
        rows.append(put(post, parent, status=status, author=by, created_at=at))
    chosen = next(one for one in rows if one.parent is None)
    Comment.objects.filter(pk=chosen.pk).update(pinned_at=START)
    monkeypatch.setattr(talk, "THREADS_PER_PAGE", 5)
    monkeypatch.setattr(talk, "REPLIES_ABREAST", 2)

    def told(reader):
        found, more = talk.first_threads(Post.objects.get(pk=post.pk), order=order, reader=reader)
        return more, [
            (one.comment.pk, one.depth, one.is_seen, one.more_url, one.comment.is_answered)
            for one in walk(found)
        ]

    at_once = told(None), told(rita)
    monkeypatch.setattr(talk, "whole_talk", lambda post: None)
    assert at_once == (told(None), told(rita))
