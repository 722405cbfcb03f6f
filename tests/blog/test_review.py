"""The way of a story through the editors' hands: who may take a step, from where, and who hears."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Ways
from accounts.models import Notification, NotificationChoice, User
from accounts.roles import Role, holders_of
from blog.models import Note, OutOfTurn, Post, Stale
from blog.telling import who_may_open
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db

ADA, BEA, CY, ED, OLGA, RITA = ["Ada", "Bea", "Cy", "Ed", "Olga", "Rita"]
ROLES = {
    ADA: Role.AUTHOR,
    BEA: Role.AUTHOR,
    CY: Role.CONTRIBUTOR,
    ED: Role.EDITOR,
    OLGA: Role.OWNER,
    RITA: Role.READER,
}
STATES = ["draft", "in_review", "changes", "approved", "published"]
# verb → from where, and to where
VERBS = {
    "submit": ({"draft", "changes"}, "in_review"),
    "take_back": ({"in_review", "changes", "approved"}, "draft"),
    "ask_for_changes": ({"in_review", "approved"}, "changes"),
    "approve": ({"in_review", "changes"}, "approved"),
}


@pytest.fixture
def cast():
    return {name: make_person(name, role) for name, role in ROLES.items()}


def in_state(by, state):
    post = make_post(by=by, published=state == "published", title="The tides")
    if state in {"in_review", "changes", "approved"}:
        Post.objects.filter(pk=post.pk).update(status=state)
        post.status = state
    return post


def told():
    """Who was told what since the last time one asked, without those who published it."""
    rows = [(row.recipient.name, row.text) for row in Notification.objects.all()]
    Notification.objects.all().delete()
    return sorted(rows)


class TestSteps:
    @pytest.mark.parametrize("state", STATES)
    @pytest.mark.parametrize("verb", VERBS)
    def test_each_step_begins_where_it_may_and_leads_where_it_should(self, cast, verb, state):
        comes_from, leads_to = VERBS[verb]
        post = in_state(cast[CY], state)
        before = Note.objects.count()
        if state in comes_from:
            getattr(post, verb)(by=cast[ED], text="Well.")
            assert Post.objects.get().status == leads_to
            note = Note.objects.latest("pk")
            assert (note.by, note.text) == (cast[ED], "Well.")
        else:
            with pytest.raises(OutOfTurn):
                getattr(post, verb)(by=cast[ED], text="Well.")
            assert Post.objects.get().status == state
            assert Note.objects.count() == before

    @pytest.mark.parametrize("state", STATES)
    @pytest.mark.parametrize(
        ("predicate", "states", "people"),
        [
            ("can_submit", {"draft", "changes"}, {CY, ED, OLGA}),
            ("can_take_back", {"in_review", "changes", "approved"}, {CY}),
            ("can_review", {"in_review", "changes", "approved"}, {ED, OLGA}),
        ],
    )
    def test_who_may_take_a_step_is_the_same_for_all_states(
        self, cast, predicate, states, people, state
    ):
        post = in_state(cast[CY], state)
        may = {name for name, person in cast.items() if getattr(post, predicate)(person)}
        assert may == (people if state in states else set())

    def test_an_author_may_ask_the_editors_as_well(self, cast):
        assert make_post(by=cast[ADA], published=False).can_submit(cast[ADA])

    def test_a_contributor_cannot_publish_what_was_approved(self, cast):
        assert not in_state(cast[CY], "approved").can_publish(cast[CY])

    def test_changes_are_not_asked_for_without_a_word(self, cast):
        post = in_state(cast[CY], "in_review")
        with pytest.raises(ValueError, match="says which"):
            post.ask_for_changes(by=cast[ED], text=" \n")

    def test_a_late_step_is_refused_and_leaves_nothing(self, cast):
        post = in_state(cast[CY], "in_review")
        late = Post.objects.get()
        post.ask_for_changes(by=cast[ED], text="Shorter.")
        told()
        with pytest.raises(Stale):
            late.approve(by=cast[OLGA])
        assert Post.objects.get().status == "changes"
        assert Note.objects.get().kind == "changes"
        assert told() == []

    def test_what_was_handed_in_and_what_was_approved_are_named_among_the_revisions(self, cast):
        post = make_post(by=cast[CY], published=False, source="One.")
        post.submit(by=cast[CY])
        post.source = "Two."
        post.write(by=cast[ED])
        post.approve(by=cast[ED])
        kinds = list(post.revisions.order_by("pk").values_list("kind", "source"))
        assert kinds == [("submitted", "One."), ("approved", "Two.")]


class TestChangedAfterApproval:
    def test_the_editors_look_again_at_what_a_contributor_changed(self, cast):
        post = in_state(cast[CY], "approved")
        post.source = "Another ending."
        post.write(by=cast[CY])
        assert (post.status, Post.objects.get().status) == ("in_review", "in_review")
        assert Note.objects.get().kind == "changed"
        text = "Cy changed “The tides” after it was approved"
        assert told() == [("Ed", text), ("Olga", text)]

    def test_it_is_said_once_however_often_they_save(self, cast):
        post = in_state(cast[CY], "approved")
        for ending in ("One.", "Two.", "Three."):
            post.source = ending
            post.write(by=cast[CY])
        assert Note.objects.count() == 1

    def test_saving_the_same_text_leaves_it_approved(self, cast):
        post = in_state(cast[CY], "approved")
        post.summary = "For search engines."
        post.write(by=cast[CY])
        assert Post.objects.get().status == "approved"

    def test_what_an_editor_changes_stays_approved(self, cast):
        post = in_state(cast[CY], "approved")
        post.source = "A comma, moved."
        post.write(by=cast[ED])
        assert Post.objects.get().status == "approved"

    def test_an_author_who_may_publish_anyway_needs_no_second_look(self, cast):
        post = in_state(cast[ADA], "approved")
        post.source = "Another ending."
        post.write(by=cast[ADA])
        assert Post.objects.get().status == "approved"

    @pytest.mark.parametrize("state", ["in_review", "changes"])
    def test_going_on_to_write_changes_nothing_before_approval(self, cast, state):
        post = in_state(cast[CY], state)
        post.source = "Another ending."
        post.write(by=cast[CY])
        assert Post.objects.get().status == state

    def test_an_earlier_text_put_back_is_a_change_too(self, cast):
        post = make_post(by=cast[CY], published=False, source="One.")
        post.source = "Two."
        post.write(by=cast[ED])
        post.submit(by=cast[CY])
        post.approve(by=cast[ED])
        post.restore(post.revisions.get(source="One."), by=cast[CY])
        assert Post.objects.get().status == "in_review"


class TestWhoHears:
    def test_editors_hear_what_is_handed_in(self, cast):
        make_post(by=cast[CY], published=False, title="The tides").submit(by=cast[CY])
        text = "Cy handed in “The tides”"
        assert told() == [("Ed", text), ("Olga", text)]

    def test_an_editor_who_hands_in_tells_the_others(self, cast):
        make_post(by=cast[ED], published=False, title="The tides").submit(by=cast[ED])
        assert [name for name, _text in told()] == ["Olga"]

    def test_authors_hear_what_becomes_of_their_story(self, cast):
        post = in_state(cast[CY], "in_review")
        post.set_byline([cast[CY].author, cast[ADA].author])
        post.ask_for_changes(by=cast[ED], text="Shorter.")
        assert told() == [(name, "Ed asks for changes to “The tides”") for name in (ADA, CY)]
        post.approve(by=cast[ED])
        assert told() == [(name, "Ed approved “The tides”") for name in (ADA, CY)]
        post.publish(by=cast[ED])
        assert told() == [(name, "Ed published “The tides”") for name in (ADA, CY)]
        post.unpublish(by=cast[ED])
        assert told() == [(name, "Ed took “The tides” back from readers") for name in (ADA, CY)]

    def test_who_publishes_their_own_story_hears_nothing(self, cast):
        make_post(by=cast[ADA])
        assert told() == []

    def test_a_schedule_is_told_by_each_ones_own_clock(self, cast):
        User.objects.filter(pk=cast[CY].pk).update(time_zone="Asia/Kathmandu")
        post = in_state(cast[CY], "approved")
        at = timezone.now().replace(year=2030, month=3, day=3, hour=9, minute=0)
        post.publish(by=cast[ED], at=at)
        ((name, text),) = told()
        assert name == CY
        assert "3 Mar 2030" in text
        assert "14:45" in text
        assert "(Asia/Kathmandu)" in text

    def test_the_words_of_an_editor_come_with_it(self, cast):
        in_state(cast[CY], "in_review").ask_for_changes(by=cast[ED], text="Shorter,\nplease.")
        assert Notification.objects.get().quote == "Shorter,\nplease."

    def test_each_is_led_to_a_page_that_lets_them_in(self, cast, client):
        post = in_state(cast[CY], "in_review")
        client.force_login(cast[CY])
        urls = []
        for step in ("ask_for_changes", "approve", "publish", "unpublish"):
            words = {"text": "Well."} if step in {"ask_for_changes", "approve"} else {}
            getattr(post, step)(by=cast[ED], **words)
            urls.append(Notification.objects.latest("pk").url)
            assert client.get(urls[-1]).status_code == 200, (step, urls[-1])
        assert len(set(urls)) == 2

    def test_a_contributor_whose_story_is_scheduled_finds_it_in_the_list(self, cast, client):
        post = in_state(cast[CY], "approved")
        post.publish(by=cast[ED], at=timezone.now() + timedelta(days=1))
        client.force_login(cast[CY])
        url = Notification.objects.get().url
        assert "The tides" in client.get(url).content.decode()

    def test_a_long_address_in_another_script_is_no_trouble(self, cast):
        post = in_state(cast[CY], "approved")
        Post.objects.filter(pk=post.pk).update(slug="海" * 80)
        post.refresh_from_db()
        post.publish(by=cast[ED])
        row = Notification.objects.get()
        assert who_may_open([cast[RITA]], row.url) == [cast[RITA]]

    def test_who_may_not_edit_a_story_is_never_told_of_its_review(self, cast):
        post = in_state(cast[CY], "in_review")
        # Still in the byline, and a reader now.
        cast[CY].groups.clear()
        post.ask_for_changes(by=cast[ED], text="Shorter.")
        assert told() == []

    def test_an_editor_who_switched_it_off_is_not_told(self, cast):
        NotificationChoice.objects.choose(cast[ED], {"story_submitted": Ways(False, False)})
        make_post(by=cast[CY], published=False).submit(by=cast[CY])
        assert [name for name, _text in told()] == ["Olga"]

    def test_what_nobody_did_is_told_to_nobody(self, cast):
        post = in_state(cast[CY], "in_review")
        post.approve(by=None)
        post.publish(by=None)
        assert told() == []


class TestNotes:
    def test_an_author_and_the_editors_who_took_part_hear_each_other(self, cast):
        post = in_state(cast[CY], "in_review")
        post.add_note(by=cast[ED], text="Where was this?")
        assert [name for name, _text in told()] == [CY]
        post.add_note(by=cast[CY], text="In Hull.")
        assert told() == [("Ed", "Cy wrote a note on “The tides”")]

    def test_all_editors_hear_what_an_author_asks_before_any_took_part(self, cast):
        in_state(cast[CY], "in_review").add_note(by=cast[CY], text="Is it too long?")
        assert [name for name, _text in told()] == ["Ed", "Olga"]

    def test_a_note_on_a_draft_of_ones_own_disturbs_no_editor(self, cast):
        in_state(cast[CY], "draft").add_note(by=cast[CY], text="Remember the map.")
        assert told() == []

    def test_a_note_makes_nobodys_open_page_stale(self, cast):
        post = in_state(cast[CY], "in_review")
        post.add_note(by=cast[ED], text="Well.")
        assert Post.objects.get().version == post.version


class TestWhoMayOpen:
    def test_the_page_in_the_desk_is_for_those_who_may_edit(self, cast):
        post = in_state(cast[CY], "in_review")
        url = reverse("admin:blog_post_change", args=[post.pk])
        found = {person.name for person in who_may_open(list(cast.values()), url)}
        assert found == {CY, ED, OLGA}
        post.delete()
        assert who_may_open(list(cast.values()), url) == []

    def test_a_story_is_for_everybody_while_readers_can_see_it(self, cast):
        post = make_post(by=cast[ADA])
        url = post.get_absolute_url()
        assert len(who_may_open(list(cast.values()), url)) == len(cast)
        post.unpublish(by=None)
        assert who_may_open(list(cast.values()), url) == []

    def test_an_address_that_leads_nowhere_is_for_nobody(self, cast):
        assert who_may_open(list(cast.values()), "/no/such/page/here/") == []


def test_editors_are_those_who_hold_the_right_by_role_or_own_everything(cast):
    switched_off = make_person("Former", Role.EDITOR)
    User.objects.filter(pk=switched_off.pk).update(is_active=False)
    # In the group, but not let into the desk.
    outside = make_person("Outside")
    outside.groups.add(Group.objects.get(name="editor"))
    names = {person.name for person in holders_of("blog.edit_any_post")}
    assert names == {ED, OLGA}
