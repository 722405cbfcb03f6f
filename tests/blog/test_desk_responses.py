"""Responses in the desk, for those who moderate."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.roles import Role
from blog.models import Comment
from tests.desk import desk_of
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

ROOM = "/admin/blog/comment/"


@pytest.fixture
def ed():
    return desk_of(make_person("Ed", Role.EDITOR))


@pytest.fixture
def post():
    return make_post()


def act(client, action, *responses, **more):
    keys = [response.pk for response in responses]
    return client.post(
        ROOM, {"action": action, "_selected_action": keys, "index": "0", **more}, follow=True
    )


def count(post):
    post.stats.refresh_from_db()
    return post.stats.comment_count


def test_hidden_responses_are_not_counted_and_come_back(client, ed, post):
    one, two = make_response(post, source="First."), make_response(post, source="Second.")
    assert count(post) == 2
    assert "2 responses are hidden." in act(ed, "hide", one, two).content.decode()
    act(ed, "hide", one)
    assert count(post) == 0
    assert "First." not in client.get(post.get_absolute_url()).content.decode()
    act(ed, "show", one)
    act(ed, "show", one)
    assert count(post) == 1
    assert "First." in client.get(post.get_absolute_url()).content.decode()


def test_a_deleted_response_is_gone_and_one_that_was_answered_leaves_its_place(client, ed, post):
    above = make_response(post, source="Taken away.")
    below = make_response(post, parent=above, source="Stays here.")
    url = reverse("admin:blog_comment_delete", args=[above.pk])
    assert ed.get(url).status_code == 200
    assert ed.post(url, {"post": "yes"}).status_code == 302
    assert count(post) == 1
    html = client.get(post.get_absolute_url()).content.decode()
    assert "Taken away." not in html
    assert "Stays here." in html
    ed.post(reverse("admin:blog_comment_delete", args=[below.pk]), {"post": "yes"})
    assert count(post) == 0
    assert not Comment.objects.exists()


def test_a_whole_thread_is_deleted_at_once(ed, post):
    root = make_response(post)
    thread = [root, make_response(post, parent=root), make_response(post)]
    act(ed, "hide", thread[2])
    assert act(ed, "delete_selected", *thread).status_code == 200
    act(ed, "delete_selected", *thread, post="yes")
    assert count(post) == 0
    assert not Comment.objects.exists()


def test_what_was_removed_is_not_shown_again(ed, post):
    above = make_response(post)
    make_response(post, parent=above)
    above.remove()
    act(ed, "show", above)
    act(ed, "hide", above)
    assert Comment.objects.get(pk=above.pk).status == "removed"
    assert count(post) == 1


def test_a_response_is_read_and_not_rewritten(ed, post):
    response = make_response(post, source="As said.")
    url = reverse("admin:blog_comment_change", args=[response.pk])
    page = ed.get(url).content.decode()
    assert "As said." in page
    assert 'name="_save"' not in page
    ed.post(url, {"source": "Something else", "status": "hidden", "_save": "1"})
    response.refresh_from_db()
    assert (response.source, response.status) == ("As said.", "published")
    assert ed.get(f"{ROOM}add/").status_code == 403


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.CONTRIBUTOR, Role.READER])
def test_only_moderators_have_this_room(post, role):
    response = make_response(post)
    client = desk_of(make_person("Somebody", role))
    assert client.get(ROOM, follow=True).status_code == 403
    assert act(client, "hide", response).status_code == 403
    for page in ("change", "delete", "history"):
        url = reverse(f"admin:blog_comment_{page}", args=[response.pk])
        assert client.post(url, {"post": "yes"}, follow=True).status_code in {403, 405}
    assert Comment.objects.get().status == "published"


def test_html_in_a_response_stays_text(ed, post):
    make_response(post, source="<script>alert(1)</script> <img src=x onerror=y>")
    html = ed.get(ROOM).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
