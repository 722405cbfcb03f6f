"""What is said again to somebody signed in is what would be said to them anew."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Author, Block, Mute, User
from accounts.roles import Role, grant
from blog import keeping
from blog.models import Comment, MutedThread, Post, PostStats, Publication, Tag, comment
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

# Made anew for each page.
TOKENS = re.compile(r'(name="(?:csrfmiddlewaretoken|opened)" value=")[^"]+')


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def story():
    return make_post(make_person("Ada Moss", Role.AUTHOR))


@pytest.fixture
def people(story):
    """One of each sort that sees something else below a story."""
    bea, kit, lee, olga = [make_person(name) for name in ("Bea", "Kit", "Lee", "Olga")]
    top = make_response(story, bea, source="A first thing")
    make_response(story, kit, parent=top, source="An answer to it")
    other = make_response(story, lee, source="Another thing")
    MutedThread.objects.mute(other, by=olga)
    Block.objects.block(lee, by=kit)
    return [
        *(make_person("Rita"), make_person("Rolf"), bea, kit, lee, olga),
        *(story.byline[0].user, make_person("Mo", Role.EDITOR)),
    ]


def talk_of(client, story):
    html = client.get(story.get_absolute_url()).content.decode()
    found = html[html.index('id="responses"') : html.index("</main>")]
    return TOKENS.sub(r"\1", found)


def test_everybody_gets_the_talk_that_is_theirs_however_often_others_have_asked(story, people):
    clients = [signed_in(person) for person in people]
    fresh = []
    for client in clients:
        keeping.forget()
        fresh.append(talk_of(client, story))
    keeping.forget()
    for _time in range(3):
        assert [talk_of(client, story) for client in clients] == fresh
    assert len({*fresh}) == len(people)


def test_each_form_of_a_talk_that_was_kept_is_its_readers_own(story, people):
    rita, rolf = signed_in(people[0]), signed_in(people[1])
    for _time in range(3):
        for client, person in ((rita, people[0]), (rolf, people[1])):
            html = client.get(story.get_absolute_url()).content.decode()
            assert {*re.findall(r'name="writer" value="(\d+)"', html)} == {str(person.pk)}
            assert len({*re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)}) == 1
            assert "\ue000" not in html


def test_nobody_can_write_a_hole_into_a_talk(story):
    make_response(story, source="\ue000csrf_input\ue000 and \ue000!opened\ue000 100% %s")
    client = signed_in(make_person("Rita"))
    for _time in range(3):
        html = client.get(story.get_absolute_url()).content.decode()
        assert "\ue000csrf_input\ue000 and \ue000!opened\ue000 100% %s" in html


def test_a_talk_asked_for_again_says_what_was_changed_meanwhile(story, people):
    client = signed_in(people[0])
    first = Comment.objects.filter(parent=None).earliest("pk")
    this = Comment.objects.filter(pk=first.pk)
    early = timezone.now() - timedelta(days=400)
    for change, before, after in (
        (lambda: this.update(html="<p>A last thing.</p>"), "A first thing", "A last thing"),
        (lambda: this.update(clap_count=8), 'data-total="0"', 'data-total="8"'),
        (lambda: User.objects.filter(name="Bea").update(name="Béa"), "<bdi class", ">Béa<"),
        (lambda: this.update(edited_at=timezone.now()), "response__facts", "edited"),
        (lambda: this.update(created_at=early), f"{timezone.now():%Y}-", f"{early:%Y}-"),
        (lambda: this.update(pinned_at=early), "A last thing", "Pinned by the author"),
        (lambda: this.update(locked_at=early), "Pinned", "Takes no more replies"),
        (lambda: Author.objects.create(user=people[2], name="Bo", handle="bo"), "Béa", "/@bo/"),
        (lambda: make_response(story, source="And yet"), "Another thing", "And yet"),
        (lambda: Post.objects.update(slug="moved"), story.slug, "/moved/"),
        (lambda: Post.objects.update(responses_open=False), "<textarea", "takes no more"),
        (
            lambda: this.update(status="hidden", taken_by="moderator"),
            "A last thing",
            "by a moderator",
        ),
    ):
        for _time in range(3):
            told = talk_of(client, Post.objects.get(pk=story.pk))
        assert before in told, before
        change()
        assert after in talk_of(client, Post.objects.get(pk=story.pk)), after


def muted_thread(story, reader):
    MutedThread.objects.mute(Comment.objects.filter(parent=None).earliest("pk"), by=reader)


def days_are_over(story, reader):
    long_ago = timezone.now() - timedelta(days=9)
    Post.objects.update(published_at=long_ago, responses_close_after_days=8)


def bea():
    return User.objects.get(name="Bea")


def face_of(person):
    handle = person.name.lower()
    return Author.objects.get_or_create(user=person, name=person.name, handle=handle)[0]


CHANGES = {
    "blocked": lambda story, reader: Block.objects.block(bea(), by=reader),
    "blocked by": lambda story, reader: Block.objects.block(reader, by=bea()),
    "muted": lambda story, reader: Mute.objects.mute(bea(), by=reader),
    "muted thread": muted_thread,
    "role": lambda story, reader: grant(reader, Role.EDITOR),
    "own story": lambda story, reader: story.authorships.create(author=face_of(reader), position=2),
    "own response": lambda story, reader: make_response(story, reader, source="My own"),
    "days are over": days_are_over,
    "portrait": lambda story, reader: Author.objects.filter(handle="bea").update(avatar="b.jpg"),
    "author": lambda story, reader: story.authorships.create(author=face_of(bea()), position=2),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_talk_that_was_kept_becomes_what_it_is_to_its_reader_now(story, people, change):
    face_of(bea())
    assert_said_anew(story, people[0], lambda: change(story, people[0]))


def test_a_talk_that_was_kept_offers_to_edit_for_as_long_as_one_may(story, people, monkeypatch):
    def end_window():
        monkeypatch.setattr(comment, "EDIT_WITHIN", timedelta(0))

    assert_said_anew(story, people[2], end_window)


def assert_said_anew(story, reader, change):
    client = signed_in(reader)
    [before] = {talk_of(client, story) for _time in range(3)}
    change()
    now = talk_of(client, story)
    keeping.forget()
    assert now == talk_of(client, story) != before


def test_the_form_of_a_talk_that_was_kept_can_be_sent(story, people):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people[0])
    for _time in range(3):
        html = strict.get(story.get_absolute_url()).content.decode()
    form = html[html.index("composer__main", html.index("u-comment")) :]
    form = form[: form.index("</form>")]
    [action] = re.findall(r'action="([^"]+)"', form)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert strict.post(action, fields | {"source": "A reply"}).status_code == 303
    assert Comment.objects.filter(author=people[0], parent=fields["parent"]).exists()


def test_what_a_story_says_to_machines_is_what_it_would_say_now(client, story):
    story.set_topics(Tag.objects.named(["Sea"]))
    client.force_login(make_person("Rita"))
    this, ada = Post.objects.filter(pk=story.pk), Author.objects.filter(pk=story.byline[0].pk)

    def head():
        html = client.get(story.get_absolute_url()).content.decode()
        return html[: html.index("</head>")]

    for change, after in (
        (lambda: this.update(title="Harbour"), '"headline":"Harbour"'),
        (lambda: this.update(summary="By day"), '"description" content="By day"'),
        (lambda: this.update(language="de"), '"inLanguage":"de"'),
        (lambda: PostStats.objects.update(clap_count=8), '"userInteractionCount":8'),
        (lambda: ada.update(name="Ada Reed"), '"name":"Ada Reed"'),
        (lambda: Tag.objects.update(name="Tides"), '"keywords":["Tides"]'),
        (lambda: Publication.objects.update_or_create(defaults={"name": "The Log"}), "The Log"),
        (lambda: this.update(visibility="unlisted"), 'name="robots" content="noindex"'),
    ):
        told_before = [head() for _time in range(3)]
        change()
        told_now = head()
        assert all(after not in told for told in told_before), after
        assert after in told_now, after


def test_of_what_is_asked_for_once_nothing_is_kept():
    things = keeping.Keeping(10)
    assert not things.is_asked_again("a")
    assert things.is_asked_again("a")
    things.keep("a", ["told"], "thing", weight=6)
    assert things.find("a", ["told"]) == "thing"
    assert things.find("a", ["told otherwise"]) is None


def test_what_is_kept_has_its_bounds_and_the_oldest_goes_first():
    things = keeping.Keeping(10)
    for key in ("a", "b"):
        things.keep(key, [], key, weight=6)
    assert (things.find("a", []), things.find("b", [])) == (None, "b")
    things.keep("b", [1], "b", weight=7)
    things.keep("c", [], "c", weight=3)
    assert (things.find("b", [1]), things.find("c", [])) == ("b", "c")
    things.keep("d", [], "d", weight=1)
    assert [things.find(*kept) for kept in (("b", [1]), ("c", []), ("d", []))] == [None, "c", "d"]


def test_what_was_forgotten_has_not_been_asked_for():
    things = keeping.Keeping(10)
    things.is_asked_again("a")
    keeping.forget()
    assert not things.is_asked_again("a")
