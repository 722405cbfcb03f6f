"""What to read after a story: found when something changes, kept, and mended."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.ingredients import collecting
from accounts.models import Author
from accounts.roles import Role
from blog import relating
from blog.installation import tidy_up
from blog.models import Post, ReadNext, Related, Series, Tag
from blog.related import onward
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db

WORDS = ("astrolabe", "bowsprit", "capstan", "dogger", "estuary", "fathom", "gunwale", "halyard")


def told(text):
    """A text that uses each of its words more than once."""
    return f"{text}. And again: {text}.\n"


def kept(post):
    return [row.other for row in Related.objects.filter(post=post).order_by("place")]


def page_of(client, post):
    answer = client.get(post.get_absolute_url())
    return answer.context["more_from"], answer.context["read_next"]


@pytest.fixture
def working(django_capture_on_commit_callbacks, do_waiting_work):
    """Does something, and then what a worker has to do because of it."""

    def work(verb, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            done = verb(*args, **kwargs)
        do_waiting_work()
        return done

    return work


def make_many(working, count, **fields):
    return [working(make_post, **fields) for _number in range(count)]


class TestWhatComesNext:
    def test_stories_on_the_same_subject_come_before_newer_ones(self, client, working):
        story = make_post(source=told("astrolabe"))
        story.set_topics(Tag.objects.named(["Sea"]))
        old = make_post(published_at=timezone.now() - timedelta(days=900))
        old.set_topics(Tag.objects.named(["Sea"]))
        make_many(working, 9)
        working(story.publish, by=None)
        _more, following = page_of(client, story)
        assert following[0] == old

    def test_a_rare_word_relates_stories_that_have_no_subject(self, client, working):
        old = timezone.now() - timedelta(days=900)
        kin = working(make_post, source=told("The astrolabe of brass"), published_at=old)
        make_many(working, 9)
        story = working(make_post, source=told("An astrolabe of paper"))
        assert page_of(client, story)[1][0] == kin

    def test_a_word_that_everybody_uses_relates_nothing(self, working):
        stories = make_many(working, 9, source=told("Morning light again"))
        assert kept(stories[-1]) == []

    def test_words_of_scripts_without_spaces_relate_as_well(self, working):
        kin = working(make_post, source=told("灯台の光"), language="ja")
        make_many(working, 5)
        story = working(make_post, source=told("灯台守の夜"), language="ja")
        assert kept(story) == [kin]

    def test_a_story_in_another_language_comes_later(self, working):
        sea = Tag.objects.named(["Sea"])
        kin = []
        for language in ("en", "ar", "en"):
            kin.append(make_post(language=language))
            kin[-1].set_topics(sea)
        story = make_post()
        working(story.set_topics, sea)
        assert [other.language for other in kept(story)] == ["en", "en", "ar"]

    def test_a_kept_page_is_another_when_a_story_that_it_leads_to_is_over(self, working):
        stories = make_many(working, 6)
        ends_at = timezone.now() + timedelta(minutes=2)
        stories[-2].expires_at = ends_at
        working(stories[-2].write, by=None)
        with collecting() as recipe:
            ways = onward(stories[-1])
        assert stories[-2] in ways.stories
        assert recipe.good_until == ends_at

    def test_more_of_the_author_stands_by_itself(self, client, working):
        ada = make_person("Ada", Role.AUTHOR)
        stories = make_many(working, 6, by=ada)
        make_many(working, 3)
        more, following = page_of(client, stories[0])
        assert len(more) == 3
        assert all(ada.author in post.byline for post in more)
        assert not any(ada.author in post.byline for post in following)

    def test_a_page_never_shows_an_author_four_times(self, client, working):
        ada, bea, cy = (make_person(name, Role.AUTHOR) for name in ("Ada", "Bea", "Cy"))
        for number in range(5):
            post = make_post(by=ada, title=f"Both {number}")
            post.set_byline([ada.author, bea.author])
            make_post(by=bea)
        make_many(working, 5, by=cy)
        for story in Post.objects.all():
            working(story.publish, by=None)
        for story in Post.objects.all():
            more, following = page_of(client, story)
            shown = Counter(author for post in [*more, *following] for author in post.byline)
            assert max(shown.values()) <= 3
            assert story not in [*more, *following]
            assert len({*more, *following}) == len(more) + len(following)

    def test_the_same_stories_come_next_each_time(self, client, working):
        stories = make_many(working, 12, source=told(" ".join(WORDS)))
        relating.Relating().relate(stories[0].pk)
        first = page_of(client, stories[0])
        relating.Relating().relate(stories[0].pk)
        assert page_of(client, stories[0]) == first

    def test_a_story_without_relations_leads_to_the_newest(self, client, working):
        make_many(working, 5)
        newest = working(make_post)
        alone = make_post(published_at=timezone.now() - timedelta(days=9))
        _more, following = page_of(client, alone)
        assert following[0] == newest
        assert len(following) == 3

    def test_the_only_story_leads_nowhere(self, client, working):
        story = working(make_post)
        assert page_of(client, story) == ([], [])
        assert "Read next" not in client.get(story.get_absolute_url()).content.decode()

    def test_the_parts_beside_a_story_are_not_offered_twice(self, client, working):
        lights = Series.objects.named("Lights")
        parts = [
            working(make_post, series=lights, series_position=number, source=told("astrolabe"))
            for number in (1, 2, 3)
        ]
        more, following = page_of(client, parts[1])
        assert parts[0] not in [*more, *following]
        assert parts[2] not in [*more, *following]


class TestWhoIsKept:
    @pytest.mark.parametrize("hidden", ["draft", "unlisted", "scheduled"])
    def test_what_readers_do_not_find_is_never_offered(self, client, working, hidden):
        about = {
            "draft": {"published": False},
            "unlisted": {"visibility": Post.Visibility.UNLISTED},
            "scheduled": {"published_at": timezone.now() + timedelta(days=1)},
        }
        working(make_post, source=told("astrolabe"), title="Astrolabe", **about[hidden])
        story = working(make_post, source=told("astrolabe"))
        assert kept(story) == []
        assert page_of(client, story) == ([], [])

    def test_a_withdrawn_story_is_gone_at_once_and_another_takes_its_place(self, client, working):
        stories = make_many(working, 12, source=told("astrolabe"), title="On the sea")
        for story in stories:
            working(story.set_topics, Tag.objects.named(["Sea"]))
        story = stories[0]
        gone = kept(story)[0]
        gone.unpublish(by=None)
        _more, following = page_of(client, story)
        assert gone not in following
        assert len(following) == 3
        working(gone.publish, by=None)
        working(gone.unpublish, by=None)
        assert not Related.objects.filter(other=gone).exists()
        assert len(kept(story)) == 8

    def test_a_story_that_becomes_unlisted_leaves_all_lists(self, working, monkeypatch):
        monkeypatch.setattr(relating, "BATCH", 2)
        stories = make_many(working, 7)
        for story in stories:
            working(story.set_topics, Tag.objects.named(["Sea"]))
        hidden = stories[3]
        assert Related.objects.filter(other=hidden).count() > 2
        hidden.visibility = Post.Visibility.UNLISTED
        working(hidden.arrange)
        while DBTaskResult.objects.ready().exists():
            working(int)
        assert not Related.objects.filter(other=hidden).exists()

    def test_a_new_story_enters_the_lists_of_those_it_belongs_to(self, working):
        old = working(make_post, source=told("astrolabe"))
        make_many(working, 4)
        new = working(make_post, source=told("astrolabe"))
        assert kept(old) == [new]

    def test_a_scheduled_story_comes_next_once_it_has_appeared(self, working):
        old = working(make_post, source=told("astrolabe"))
        make_many(working, 4)
        at = timezone.now() + timedelta(hours=1)
        new = working(make_post, source=told("astrolabe"), published_at=at)
        assert new not in kept(old)
        Post.objects.filter(pk=new.pk).update(published_at=timezone.now())
        task = DBTaskResult.objects.get(task_path="blog.tasks.relate_around", status="READY")
        assert task.run_after >= at
        DBTaskResult.objects.filter(pk=task.pk).update(run_after=timezone.now())
        working(int)
        assert kept(old) == [new]

    def test_other_words_make_another_list(self, working):
        astrolabe = working(make_post, source=told("astrolabe"))
        capstan = working(make_post, source=told("capstan"))
        make_many(working, 4)
        story = working(make_post, source=told("astrolabe"))
        assert kept(story) == [astrolabe]
        story.source = told("capstan")
        working(story.write, by=None)
        assert kept(story) == [capstan]

    def test_a_list_is_short_whatever_there_is(self, working):
        for _number in range(12):
            working(make_post().set_topics, Tag.objects.named(["Sea"]))
        story = make_post()
        working(story.set_topics, Tag.objects.named(["Sea"]))
        assert len(kept(story)) == 8

    @pytest.mark.parametrize("place", [0, 8, -1])
    def test_the_database_refuses_a_place_that_is_taken_or_beyond_the_last(self, place):
        one, two, three = make_post(), make_post(), make_post()
        Related.objects.create(post=one, other=two, place=0)
        with pytest.raises(IntegrityError), transaction.atomic():
            Related.objects.create(post=one, other=three, place=place)

    def test_no_story_comes_after_itself(self):
        one = make_post()
        with pytest.raises(IntegrityError), transaction.atomic():
            Related.objects.create(post=one, other=one, place=0)
        assert ReadNext.objects.keep(one, [one.pk, 10**9], rules=relating.RULES) == []

    def test_a_deleted_story_leaves_no_trace(self, working):
        old = working(make_post, source=told("astrolabe"))
        new = working(make_post, source=told("astrolabe"))
        assert kept(new) == [old]
        old.delete()
        assert kept(new) == []


class TestWhenItIsMade:
    def test_a_draft_costs_no_work(self, working):
        working(make_post, published=False)
        assert not DBTaskResult.objects.filter(task_path="blog.tasks.relate_around").exists()

    def test_a_save_of_text_tags_and_authors_is_one_task(self, django_capture_on_commit_callbacks):
        story = make_post()
        with django_capture_on_commit_callbacks(execute=True):
            story.source = told("capstan")
            story.write(by=None)
            story.set_topics(Tag.objects.named(["Sea"]))
            story.set_byline(story.byline)
        assert DBTaskResult.objects.filter(task_path="blog.tasks.relate_around").count() == 1

    def test_to_render_anew_relates_nothing(self, working, django_capture_on_commit_callbacks):
        story = working(make_post)
        before = DBTaskResult.objects.count()
        with django_capture_on_commit_callbacks(execute=True):
            Post.objects.get(pk=story.pk).rerender()
        assert DBTaskResult.objects.count() == before

    def test_twice_is_as_good_as_once(self, working):
        old = working(make_post, source=told("astrolabe"))
        new = working(make_post, source=told("astrolabe"))
        relating.relate_around(new.pk)
        relating.relate_around(new.pk)
        assert (kept(new), kept(old)) == ([old], [new])
        relating.relate_around(10**9)

    def test_a_start_takes_in_the_stories_from_before(self, working, monkeypatch, client):
        monkeypatch.setattr(relating, "BATCH", 2)
        stories = [make_post(source=told("astrolabe")) for _number in range(5)]
        make_post(published=False)
        call_command("reindex", verbosity=0)
        tidy_up()
        while DBTaskResult.objects.ready().exists():
            working(int)
        assert ReadNext.objects.count() == 5
        assert not relating.missing().exists()
        tidy_up()
        working(int)
        assert not DBTaskResult.objects.ready().exists()
        assert client.get(stories[0].get_absolute_url()).status_code == 200

    def test_a_story_that_fails_does_not_keep_the_others_waiting(self, monkeypatch):
        first, second = make_post(), make_post()
        relate = relating.Relating.relate

        def fail_once(self, pk):
            if pk == first.pk:
                raise RuntimeError
            return relate(self, pk)

        monkeypatch.setattr(relating.Relating, "relate", fail_once)
        assert relating.relate_some() == second.pk
        assert [post.pk for post in relating.missing()] == [first.pk]

    def test_the_command_says_what_it_did(self, capsys):
        for _number in range(3):
            make_post()
        call_command("relate")
        call_command("relate")
        call_command("relate", "--all")
        said = re.findall(r"Related (\d+)", capsys.readouterr().out)
        assert said == ["3", "0", "3"]

    def test_work_is_bounded_however_many_stories_there_are(
        self, working, django_assert_max_num_queries
    ):
        stories = make_many(working, 9, source=told(" ".join(WORDS)))
        for story in stories:
            story.set_topics(Tag.objects.named(["Sea", "Maps"]))
        with django_assert_max_num_queries(70):
            relating.Relating().relate(stories[-1].pk)


def whole(post):
    return Post.objects.whole().get(pk=post.pk)


def test_the_ways_on_are_one_question_where_enough_was_found(django_assert_num_queries, working):
    lights = Series.objects.named("Lights")
    first, story, *others = make_many(working, 6, series=lights, source=told("astrolabe"))
    ReadNext.objects.keep(story, [post.pk for post in others], rules=relating.RULES)
    make_post()
    seen = whole(story)
    with django_assert_num_queries(1):
        ways = onward(seen)
    assert ways.place.previous == first
    assert {*ways.more, *ways.next} <= {*others}


def test_where_too_little_was_found_the_newest_stand_beside_it(django_assert_num_queries):
    story, found, *newest = [make_post() for _number in range(5)]
    ReadNext.objects.keep(story, [found.pk], rules=relating.RULES)
    seen = whole(story)
    with django_assert_num_queries(2):
        ways = onward(seen)
    assert ways.next == [found, *newest[:-3:-1]]


def test_what_is_found_of_one_author_alone_leaves_room_for_the_newest(django_assert_num_queries):
    author = make_person(Role.AUTHOR)
    story, *theirs = [make_post(author) for _number in range(5)]
    newest = [make_post() for _number in range(3)]
    ReadNext.objects.keep(story, [post.pk for post in theirs], rules=relating.RULES)
    seen = whole(story)
    with django_assert_num_queries(2):
        ways = onward(seen)
    assert ways.more == theirs[:3]
    assert ways.next == newest[::-1]


def test_ways_that_many_ask_for_lead_to_what_is_to_be_found_now(client):
    story, *others = [make_post(subtitle="By night") for _number in range(7)]
    ReadNext.objects.keep(story, [post.pk for post in others], rules=relating.RULES)
    first, writer = Post.objects.filter(pk=others[0].pk), others[0].byline[0]

    def shelf():
        html = client.get(story.get_absolute_url()).content.decode()
        return html[html.index("Read next") :]

    for change, before, after in (
        (lambda: first.update(title="Harbour"), others[0].title, "Harbour"),
        (lambda: first.update(subtitle="By day"), "By night", "By day"),
        (lambda: first.update(slug="harbour"), others[0].slug, "/harbour/"),
        (lambda: Author.objects.filter(pk=writer.pk).update(name="Jo"), writer.name, ">Jo<"),
        (lambda: first.update(visibility="unlisted"), "Harbour", others[3].title),
        (
            lambda: ReadNext.objects.keep(story, [], rules=relating.RULES),
            "By night",
            others[5].title,
        ),
    ):
        for _time in range(3):
            told_before = shelf()
        assert before in told_before, before
        change()
        told_now = shelf()
        assert after in told_now, after
        assert after not in told_before, after
