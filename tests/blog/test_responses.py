"""Responses: who may, what is kept, what is left behind."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from blog import talk
from blog.models import Comment, ModerationAction, PostStats
from blog.models.comment import ParentGone, ResponsesClosed
from blog.recount import recount
from blog.threads import walk
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


def count(post):
    return PostStats.objects.get(post=post).comment_count


def send(client, post, **fields):
    return client.post(reverse("blog:comments", args=[post.slug]), {"source": "Good.", **fields})


def test_a_signed_in_reader_responds_and_lands_on_the_response(client):
    post, rita = make_post(), make_person("Rita")
    client.force_login(rita)
    answer = send(client, post, source="I grew up **there**.")
    response = Comment.objects.get(post=post)
    assert answer.status_code == 303
    assert answer["Location"] == f"{post.get_absolute_url()}#{response.anchor}"
    assert "<strong>there</strong>" in client.get(post.get_absolute_url()).content.decode()
    assert count(post) == 1


def test_sent_twice_it_stands_there_once(client):
    post = make_post()
    client.force_login(make_person())
    send(client, post)
    send(client, post)
    assert count(post) == Comment.objects.filter(post=post).count() == 1


def test_a_reply_belongs_to_its_thread_at_any_depth():
    post = make_post()
    root = make_response(post)
    reply = make_response(post, parent=root)
    deeper = make_response(post, parent=reply)
    assert (reply.root, deeper.root, deeper.parent) == (root, root, reply)


def test_a_signed_out_reader_keeps_the_text(client):
    post = make_post()
    answer = send(client, post, source="A long thought of mine.")
    assert answer.status_code == 403
    assert "A long thought of mine." in answer.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize(("source", "status"), [("", 400), ("   \n", 400), ("ö" * 2600, 413)])
def test_a_text_that_cannot_be_taken_is_kept_under_a_sentence(client, source, status):
    post = make_post()
    client.force_login(make_person())
    answer = send(client, post, source=source)
    assert answer.status_code == status
    assert answer.context["response_form"].errors["source"]
    assert source.strip() in answer.content.decode()


def test_a_reply_to_what_was_removed_meanwhile_keeps_the_text(client):
    post = make_post()
    gone = make_response(post)
    gone.remove()
    client.force_login(make_person())
    answer = send(client, post, source="Quite so.", parent=gone.pk)
    assert answer.status_code == 400
    assert "Quite so." in answer.content.decode()


def test_a_reply_cannot_cross_to_another_story():
    here, there = make_post(), make_post()
    with pytest.raises(ParentGone):
        make_response(here, parent=make_response(there))


def test_closed_responses_are_refused_and_kept(client):
    post = make_post(responses_open=False)
    client.force_login(make_person())
    answer = send(client, post, source="Too late?")
    assert answer.status_code == 403
    assert "Too late?" in answer.content.decode()
    with pytest.raises(ResponsesClosed):
        make_response(post)


def test_twenty_responses_in_ten_minutes_are_enough(client):
    post = make_post()
    client.force_login(make_person())
    statuses = [send(client, post, source=f"Number {n}").status_code for n in range(21)]
    assert statuses == [303] * 20 + [429]


def test_removing_a_response_without_replies_leaves_nothing():
    post = make_post()
    response = make_response(post)
    response.remove()
    assert not Comment.objects.exists()
    assert count(post) == 0


def test_removing_a_response_with_replies_leaves_its_place(client):
    post = make_post()
    root = make_response(post, source="Something I regret.")
    make_response(post, parent=root, source="I liked it.")
    root.remove()
    page = client.get(post.get_absolute_url()).content.decode()
    assert "Something I regret." not in page
    assert "I liked it." in page
    assert count(post) == 1
    assert not recount(post.pk)


def test_an_empty_place_goes_with_its_last_reply():
    post = make_post()
    root = make_response(post)
    reply = make_response(post, parent=root)
    root.remove()
    reply.remove()
    assert not Comment.objects.exists()
    assert count(post) == 0


def test_removing_twice_counts_once():
    post = make_post()
    root = make_response(post)
    make_response(post, parent=root)
    root.remove()
    root.remove()
    assert count(post) == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("writer", 303), ("author", 303), ("editor", 303), ("other", 403), ("", 403)],
)
def test_who_may_remove_a_response(client, who, status):
    ada, rita = make_person("Ada", Role.AUTHOR), make_person("Rita")
    people = {
        "writer": rita,
        "author": ada,
        "editor": make_person("Ed", Role.EDITOR),
        "other": make_person("Bo"),
    }
    post = make_post(by=ada)
    response = make_response(post, by=rita)
    if who:
        client.force_login(people[who])
    url = reverse("blog:comment-removal", args=[post.slug, response.pk])
    assert client.get(url).status_code == (200 if status == 303 else 403)
    assert Comment.objects.exists()
    assert client.post(url).status_code == status
    assert Comment.objects.exists() == (status == 403)


def test_whoever_wrote_what_waits_takes_it_back_and_nobody_else_hears_of_it(client):
    rita = make_person("Rita")
    response = make_response(make_post(), by=rita, held_because=[{"rule": "first"}])
    url = reverse("blog:comment-removal", args=[response.post.slug, response.pk])
    client.force_login(make_person("Bo"))
    assert client.post(url).status_code == 404
    client.force_login(rita)
    assert url in client.get(response.post.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 303
    assert not Comment.objects.exists()
    assert not ModerationAction.objects.exists()
    assert not recount(response.post_id)


@pytest.mark.parametrize(
    ("role", "hand"), [(Role.AUTHOR, "an author of the story"), (Role.EDITOR, "a moderator")]
)
def test_whoever_deletes_what_another_wrote_says_why_and_the_writer_reads_it(client, role, hand):
    rita, other = make_person("Rita"), make_person("Other", role)
    post = make_post(by=other if role == Role.AUTHOR else None, title="The tides")
    response = make_response(post, by=rita)
    url = reverse("blog:comment-removal", args=[post.slug, response.pk])
    client.force_login(other)
    assert "Rita is told of it" in client.get(url).content.decode()
    client.post(url, {"because": "It names her neighbour."})
    told = Notification.objects.get(recipient=rita)
    assert told.text == f"Your response to “The tides” was deleted by {hand}"
    assert told.quote == "It names her neighbour."
    action = ModerationAction.objects.get()
    assert (action.by, action.verb, action.person) == (other, "remove", rita)
    # Pressed twice in two tabs: it is gone, and that is no trouble.
    assert client.post(url).status_code == 404


def test_whoever_deletes_their_own_need_not_say_why_and_hears_nothing(client):
    rita = make_person("Rita")
    response = make_response(make_post(), by=rita)
    url = reverse("blog:comment-removal", args=[response.post.slug, response.pk])
    client.force_login(rita)
    assert "because" not in client.get(url).content.decode()
    client.post(url)
    assert not Notification.objects.filter(recipient=rita).exists()
    assert not ModerationAction.objects.exists()


@pytest.mark.parametrize(
    ("who", "may"), [("Rita", True), ("Ada", True), ("Ed", True), ("Bo", False), ("", False)]
)
def test_whoever_may_delete_a_response_finds_the_way_wherever_it_stands(client, who, may):
    ada, rita = make_person("Ada", Role.AUTHOR), make_person("Rita")
    people = {"Rita": rita, "Ada": ada, "Ed": make_person("Ed", Role.EDITOR)}
    post = make_post(by=ada)
    response = make_response(post, by=rita)
    if who:
        client.force_login(people.get(who) or make_person(who))
    way = f'href="{reverse("blog:comment-removal", args=[post.slug, response.pk])}"'
    pages = [post.get_absolute_url(), reverse("blog:comments", args=[post.slug])]
    for url in [*pages, response.get_absolute_url()]:
        assert (way in client.get(url).content.decode()) == may, url


def test_a_writer_finds_the_way_to_delete_only_what_is_theirs(client):
    post, rita = make_post(), make_person("Rita")
    mine, other = make_response(post, by=rita), make_response(post)
    client.force_login(rita)
    assert client.get(post.get_absolute_url()).context["removable"] == {mine.pk}
    assert not other.can_remove(rita)


@pytest.mark.parametrize("role", list(Role))
def test_what_somebody_may_remove_is_the_same_for_one_and_for_many(role):
    someone = make_person("Someone", role)
    own_story, other_story = make_post(), make_post()
    if role in {Role.AUTHOR, Role.CONTRIBUTOR}:
        own_story = make_post(by=someone, published=False)
        own_story.publish(by=make_person(role=Role.EDITOR))
    for post in (own_story, other_story):
        root = make_response(post)
        make_response(post, by=someone, parent=root)
        make_response(post).hide()
        for state in ("hold", "hide", "mark_spam"):
            for by in (someone, make_person()):
                mine = make_response(post, by=by)
                mine.hold([]) if state == "hold" else getattr(mine, state)()
        make_response(post, by=someone).mark_spam(by=Comment.Hand.NOBODY)
        root.remove()
        make_response(post)
    one_by_one = {one.pk for one in Comment.objects.all() if one.can_remove(someone)}
    assert set(Comment.objects.removable_by(someone).values_list("pk", flat=True)) == one_by_one
    assert one_by_one


def test_a_long_talk_asks_no_more_about_who_may_delete_than_a_short_one(client):
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada)
    client.force_login(ada)

    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(post.get_absolute_url())
        return len(queries)

    root = make_response(post)
    make_response(post, parent=root)
    short = ask()
    for _number in range(10):
        make_response(post, parent=make_response(post))
    assert ask() == short


def test_a_hidden_response_is_out_of_sight_and_out_of_the_count(client):
    post = make_post()
    response = make_response(post, source="Buy my pills.")
    response.hide()
    assert "Buy my pills." not in client.get(post.get_absolute_url()).content.decode()
    assert client.get(response.get_absolute_url()).status_code == 404
    assert count(post) == 0
    response.show()
    response.show()
    assert count(post) == 1


def test_a_hidden_response_keeps_its_thread_together(client):
    post = make_post()
    root = make_response(post, source="First.")
    spam = make_response(post, parent=root, source="Buy my pills.")
    make_response(post, parent=spam, source="Please do not.")
    spam.hide()
    page = client.get(post.get_absolute_url())
    assert len(page.context["threads"]) == 1
    assert "Buy my pills." not in page.content.decode()
    assert "Removed by a moderator." in page.content.decode()
    assert "Please do not." in page.content.decode()
    assert count(post) == 2


def test_what_was_said_to_a_hidden_response_is_read_wherever_it_is_counted(client):
    post, spammer = make_post(), make_person("Pill Seller")
    root = make_response(post, by=spammer, source="Buy my pills.")
    reply = make_response(post, parent=root, source="Please do not.")
    root.hide()
    urls = [post.get_absolute_url(), reverse("blog:comments", args=[post.slug])]
    for url in [*urls, root.get_absolute_url()]:
        page = client.get(url).content.decode()
        assert "Please do not." in page, url
        assert "Buy my pills." not in page, url
        assert "Pill Seller" not in page, url
    assert count(post) == 1
    reply.hide()
    assert count(post) == 0
    assert client.get(post.get_absolute_url()).context["threads"] == []
    assert client.get(root.get_absolute_url()).status_code == 404


def test_a_removed_response_whose_replies_are_hidden_leaves_no_empty_place(client):
    post = make_post()
    root = make_response(post)
    reply = make_response(post, parent=root)
    root.remove()
    reply.hide()
    assert client.get(post.get_absolute_url()).context["threads"] == []
    reply.show()
    assert len(client.get(post.get_absolute_url()).context["threads"]) == 1


def test_the_text_of_a_hidden_response_is_not_read_where_it_would_be_deleted(client):
    post, rita = make_post(), make_person("Rita")
    spam = make_response(post, by=rita)
    make_response(post, parent=spam)
    spam.hide()
    client.force_login(rita)
    url = reverse("blog:comment-removal", args=[post.slug, spam.pk])
    assert client.get(url).status_code == 404


def test_the_author_is_marked_in_the_thread(client):
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada)
    make_response(post, by=ada)
    assert "response__badge" in client.get(post.get_absolute_url()).content.decode()


def test_a_response_has_a_page_of_its_own(client):
    post = make_post()
    root = make_response(post, source="First.")
    make_response(post, parent=root, source="Below it.")
    make_response(post, source="Somewhere else.")
    page = client.get(root.get_absolute_url()).content.decode()
    assert "First." in page
    assert "Below it." in page
    assert "Somewhere else." not in page


def test_many_responses_are_read_page_by_page(client):
    post, reader = make_post(), make_person()
    for number in range(31):
        Comment.objects.create(post=post, author=reader, source="x", html=f"<p>no {number}.</p>")
    first = client.get(post.get_absolute_url())
    assert len(first.context["threads"]) == 30
    second = client.get(first.context["more_responses_url"])
    # The newest first, as long as nobody has clapped for one or answered.
    assert [node.comment.html for node in second.context["threads"]] == ["<p>no 0.</p>"]


def read_everything(client, url):
    """All that is read by following every way on, page by page."""
    waiting, asked, read = [url], set(), set()
    while waiting:
        url = waiting.pop()
        if url in asked:
            continue
        asked.add(url)
        context = client.get(url).context
        nodes = list(walk(context["threads"]))
        read |= {node.comment.pk for node in nodes}
        waiting += [node.more_url for node in nodes if node.continues]
        waiting += filter(None, [context.get("more_responses_url")])
    return read


def talk_a_lot(post):
    """A flat thread, a deep one, and a bushy one."""
    flat, deep, bushy = (make_response(post) for _root in range(3))
    for _number in range(11):
        make_response(post, parent=flat)
        deep = make_response(post, parent=deep)
        bush = make_response(post, parent=bushy)
        for _leaf in range(3):
            make_response(post, parent=bush)


def test_every_response_is_read_on_some_page_however_many_there_are(client, monkeypatch):
    monkeypatch.setattr(talk, "RESPONSES_PER_PAGE", 7)
    monkeypatch.setattr(talk, "THREADS_PER_PAGE", 2)
    post = make_post()
    talk_a_lot(post)
    everything = set(Comment.objects.values_list("pk", flat=True))
    assert read_everything(client, post.get_absolute_url()) == everything


def test_a_page_holds_no_more_responses_than_it_may(
    client, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(talk, "RESPONSES_PER_PAGE", 12)
    post = make_post()
    talk_a_lot(post)
    with django_assert_max_num_queries(8):
        page = client.get(post.get_absolute_url())
    assert len(list(walk(page.context["threads"]))) == 3 + 9
    # Each has its first ones; of the next, which stand equally far, it is any.
    assert min(len(list(walk([node]))) for node in page.context["threads"]) >= 3
    assert page.content.decode().count("Continue this thread") >= 3


def test_a_thread_goes_on_after_the_last_reply_that_was_shown(client, monkeypatch):
    monkeypatch.setattr(talk, "RESPONSES_PER_PAGE", 3)
    post = make_post()
    root = make_response(post)
    replies = [make_response(post, parent=root) for _number in range(5)]
    (node,) = client.get(post.get_absolute_url()).context["threads"]
    assert node.more_url.startswith(root.get_absolute_url())
    (node,) = client.get(node.more_url).context["threads"]
    assert node.comment == root
    assert [below.comment for below in node.replies] == replies[2:4]
    (node,) = client.get(node.more_url).context["threads"]
    assert [below.comment for below in node.replies] == replies[4:]
    assert not node.continues


@pytest.mark.parametrize("after", ["x", "%00", "A" * 5000])
def test_a_place_in_a_thread_that_is_none_is_no_page(client, after):
    url = make_response(make_post()).get_absolute_url()
    assert client.get(f"{url}?after={after}").status_code == 404


def test_whoever_replies_beyond_the_end_of_the_page_lands_on_the_reply(client, monkeypatch):
    monkeypatch.setattr(talk, "RESPONSES_PER_PAGE", 3)
    post = make_post()
    root = make_response(post)
    for _number in range(2):
        make_response(post, parent=root)
    client.force_login(make_person())
    answer = send(client, post, parent=root.pk)
    response = Comment.objects.latest("pk")
    assert answer["Location"] == f"{response.get_absolute_url()}#{response.anchor}"
    assert f'id="{response.anchor}"' in client.get(answer["Location"]).content.decode()


def test_whoever_begins_a_thread_beyond_the_first_page_lands_on_it(client, monkeypatch):
    monkeypatch.setattr(talk, "THREADS_PER_PAGE", 1)
    post = make_post()
    make_response(post, parent=make_response(post))
    client.force_login(make_person())
    answer = send(client, post)
    assert answer["Location"].startswith(Comment.objects.latest("pk").get_absolute_url())


def test_words_that_were_hidden_lead_to_the_responses_when_sent_again(client):
    post = make_post()
    client.force_login(make_person())
    send(client, post)
    Comment.objects.get().hide()
    assert send(client, post)["Location"] == f"{post.get_absolute_url()}#responses"


def test_markup_in_a_response_is_shown_and_not_run(client):
    post = make_post()
    make_response(post, source="<script>alert(1)</script> [x](javascript:alert(1))")
    page = client.get(post.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_somebody_who_left_is_named_as_such(client):
    post, reader = make_post(), make_person("Rita")
    make_response(post, by=reader, source="I was here.")
    reader.delete()
    page = client.get(post.get_absolute_url()).content.decode()
    assert "I was here." in page
    assert "Somebody who left" in page
