"""What a story said before, compared and restored."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog.models import Post, Revision, WorkingCopy
from tests.desk import desk_of, read
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def story(ada):
    """Two revisions: the wind was calm, and then it was not."""
    post = make_post(by=ada, published=False, title="Wind", source="It was a calm day.\n")
    Revision.objects.update(created_at=timezone.now() - timedelta(hours=2))
    post.source = "It was a wild day.\n"
    post.write(by=ada)
    return post


def url_of(post):
    return reverse("admin:blog_post_revisions", args=[post.pk])


def whole_of(revision):
    return reverse("admin:blog_post_revision", args=[revision.post_id, revision.pk])


def restoration_of(revision):
    return reverse("admin:blog_post_restoration", args=[revision.post_id, revision.pk])


def changes_on(page) -> str:
    """What a page shows as removed (-…-) and added (+…+)."""
    html = page.content.decode()
    spoken = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", html)
    for tag, mark in (("del", "-"), ("ins", "+")):
        spoken = re.sub(rf"</?{tag}>", mark, spoken)
    return spoken


def test_the_newest_change_is_shown_word_by_word(ada, story):
    page = desk_of(ada).get(url_of(story))
    assert "It was a -calm-+wild+ day." in changes_on(page)


def test_any_two_revisions_are_compared_in_their_order(ada, story):
    old, new = story.revisions.order_by("pk")
    for first, second in ((old, new), (new, old)):
        page = desk_of(ada).get(url_of(story), {"from": first.pk, "to": second.pk})
        assert "It was a -calm-+wild+ day." in changes_on(page)
    page = desk_of(ada).get(url_of(story), {"from": old.pk, "to": old.pk})
    assert "Both say the same." in page.content.decode()


def test_a_restored_revision_is_a_new_one_and_nothing_is_lost(ada, story):
    old, new = story.revisions.order_by("pk")
    answer = desk_of(ada).post(restoration_of(old), follow=True)
    assert "Restored: the text is that of" in answer.content.decode()
    story.refresh_from_db()
    assert story.source == "It was a calm day.\n"
    assert "calm" in story.html
    kinds = list(story.revisions.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["saved", "saved", "restored"]
    assert Revision.objects.get(pk=new.pk).source == "It was a wild day.\n"


def test_a_revision_that_is_too_long_by_now_is_refused_with_a_sentence(ada, story):
    old = story.revisions.order_by("pk").first()
    Revision.objects.filter(pk=old.pk).update(source="x" * 210_000)
    answer = desk_of(ada).post(restoration_of(old), follow=True)
    assert "This text is too long" in answer.content.decode()
    assert Post.objects.get(pk=story.pk).source == "It was a wild day.\n"


def test_a_restored_text_of_a_published_story_waits_in_its_working_copy(ada, story):
    story.publish(by=ada)
    old = story.revisions.order_by("pk").first()
    seen = story.source
    desk_of(ada).post(restoration_of(old))
    assert WorkingCopy.of(story).source == old.source
    assert Post.objects.get(pk=story.pk).source == seen


def test_strangers_neither_see_nor_restore_revisions(client, story):
    old = story.revisions.order_by("pk").first()
    for who, status in ((Role.AUTHOR, 404), (Role.CONTRIBUTOR, 404), (Role.EDITOR, 200)):
        desk = desk_of(make_person(role=who))
        assert desk.get(url_of(story)).status_code == status
        assert desk.get(whole_of(old)).status_code == status
        expected = 302 if status == 200 else 404
        assert desk.post(restoration_of(old)).status_code == expected
    assert client.get(url_of(story)).status_code == 302


def test_a_contributor_restores_nothing_once_readers_can_see_it():
    cy = make_person(role=Role.CONTRIBUTOR)
    story = make_post(by=cy)
    desk = desk_of(cy)
    assert desk.get(url_of(story)).status_code == 404
    assert desk.post(restoration_of(story.revisions.first())).status_code == 404


def test_another_storys_revision_cannot_be_restored_here(ada, story):
    other = make_post(by=make_person(role=Role.AUTHOR), published=False, source="Secret.")
    foreign = other.revisions.get()
    url = reverse("admin:blog_post_restoration", args=[story.pk, foreign.pk])
    assert desk_of(ada).post(url).status_code == 404
    whole = reverse("admin:blog_post_revision", args=[story.pk, foreign.pk])
    assert desk_of(ada).get(whole).status_code == 404
    compared = desk_of(ada).get(url_of(story), {"from": foreign.pk, "to": foreign.pk})
    assert compared.status_code == 404


def test_looking_changes_nothing_and_restoring_needs_post(ada, story):
    old = story.revisions.order_by("pk").first()
    assert desk_of(ada).get(restoration_of(old)).status_code == 405
    assert desk_of(ada).post(url_of(story)).status_code == 405


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 30, "1 2", "²"])
def test_odd_keys_show_the_newest_instead_of_a_mistake(ada, story, odd):
    page = desk_of(ada).get(url_of(story), {"from": odd, "to": odd, "older": odd})
    assert page.status_code == 200


def test_one_that_is_asked_for_alone_shows_what_it_changed(ada, story):
    old, new = story.revisions.order_by("pk")
    desk = desk_of(ada)
    assert "It was a -calm-+wild+ day." in changes_on(desk.get(url_of(story), {"to": new.pk}))
    first = desk.get(url_of(story), {"to": old.pk})
    assert "Nothing came before it" in first.content.decode()


def test_named_ones_are_found_without_what_was_saved_in_between(ada, clock):
    story = make_post(by=ada, published=False, source="Draft 0.\n")
    story.submit(by=ada)
    for number in range(1, 9):
        clock.pass_by(minutes=11)
        story.source = f"Draft {number}.\n"
        story.write(by=ada)
    story.publish(by=ada)
    page = desk_of(ada).get(url_of(story), {"named": "1"})
    assert [row.kind for row in page.context["rows"]] == ["published", "submitted"]
    assert "Draft -0-+8+." in changes_on(page)
    everything = desk_of(ada).get(url_of(story))
    assert len(everything.context["rows"]) == 9


def test_the_list_says_which_ones_readers_could_see(ada, clock):
    story = make_post(by=ada, source="One.\n")
    for source, is_minor, note in (("Two.\n", True, ""), ("Three.\n", False, "It was three.")):
        clock.pass_by(minutes=1)
        story.source = source
        story.write(by=ada, is_minor=is_minor, note=note)
    story.keep_working_copy({"source": "Four.\n"}, by=ada)
    rows = table_of(desk_of(ada).get(url_of(story)))
    assert [("Readers see this" in row, "Readers saw this" in row) for row in rows] == [
        (False, False),
        (True, False),
        (False, True),
        (False, True),
    ]
    assert "It was three." in rows[1]
    assert ["Kept quiet" in row for row in rows] == [False, False, True, False]


def table_of(page) -> list[str]:
    return page.content.decode().partition("<tbody>")[2].split("</tr>")[:-1]


def test_what_a_scheduled_story_will_show_is_not_yet_what_readers_see(ada, clock):
    story = make_post(by=ada, published=False)
    story.publish(by=ada, at=clock.now + timedelta(hours=1))
    assert "Readers see this" not in desk_of(ada).get(url_of(story)).content.decode()
    clock.pass_by(hours=2)
    assert "Readers see this" in desk_of(ada).get(url_of(story)).content.decode()


def test_the_whole_text_of_one_is_read_as_readers_would(ada, story):
    old = story.revisions.order_by("pk").first()
    Revision.objects.filter(pk=old.pk).update(source='She said "*no*".', title='"T"')
    page = desk_of(ada).get(whole_of(old))
    html = page.content.decode()
    assert "<p>She said “<em>no</em>”.</p>" in html
    assert "“T”</h1>" in html
    assert "She said &quot;*no*&quot;." in html


def test_one_that_cannot_be_rendered_any_more_is_read_as_it_was_typed(ada, story):
    old = story.revisions.order_by("pk").first()
    Revision.objects.filter(pk=old.pk).update(source="> " * 50 + "deep <b>")
    html = desk_of(ada).get(whole_of(old)).content.decode()
    assert "&gt; deep &lt;b&gt;</textarea>" in html


def test_a_note_to_readers_is_mended_where_it_stands(client, ada, clock):
    story = make_post(by=ada, slug="wind")
    story.source = "It was a wild day.\n"
    story.write(by=ada, note="It was wlid.")
    row = story.revisions.told().get()
    writing = read(desk_of(ada).get(whole_of(row)), "note_form")
    assert writing.fields["note"] == "It was wlid."
    desk_of(ada).post(writing.action, {"note": " It was\nwild. "})
    html = client.get("/wind/").content.decode()
    assert "It was wild." in html
    assert "wlid" not in html
    too_long = desk_of(ada).post(writing.action, {"note": "x" * 301})
    assert too_long.status_code == 400
    assert "at most 300 characters" in too_long.content.decode()
    desk_of(ada).post(writing.action, {"note": ""})
    assert "Correction" not in client.get("/wind/").content.decode()


def test_what_readers_were_not_told_of_has_no_note_to_mend(ada, story):
    row = story.revisions.order_by("pk").first()
    assert "note_form" not in desk_of(ada).get(whole_of(row)).content.decode()
    url = reverse("admin:blog_post_revision_note", args=[story.pk, row.pk])
    assert desk_of(ada).post(url, {"note": "Hello."}).status_code == 404
    assert desk_of(ada).get(url).status_code == 405


def test_nothing_is_restored_over_what_somebody_saved_meanwhile(ada, story):
    old = story.revisions.order_by("pk").first()
    desk = desk_of(ada)
    page = desk.get(url_of(story)).content.decode()
    seen = re.search(r'name="version" value="(\d+)"', page)[1]
    story.source = "Saved meanwhile.\n"
    story.write(by=None)
    answer = desk.post(restoration_of(old), {"version": seen}, follow=True)
    assert "Somebody saved the story meanwhile, so nothing was restored." in (
        answer.content.decode()
    )
    story.refresh_from_db()
    assert story.source == "Saved meanwhile.\n"


def test_restoring_twice_is_restoring_once(ada, story):
    old = story.revisions.order_by("pk").first()
    for _time in range(2):
        desk_of(ada).post(restoration_of(old))
    assert story.revisions.count() == 3
    assert Post.objects.get(pk=story.pk).source == old.source


def test_restoring_there_and_back_keeps_every_step(ada, story):
    old, new = story.revisions.order_by("pk")
    for row in (old, new, old):
        desk_of(ada).post(restoration_of(row))
    sources = list(story.revisions.order_by("pk").values_list("source", flat=True))
    assert sources == [old.source, new.source, old.source, new.source, old.source]


def test_two_who_write_in_turns_each_keep_what_they_wrote(clock):
    ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
    story = make_post(by=ada, published=False, source="Nothing.\n")
    for number in range(12):
        clock.pass_by(minutes=1)
        story.source = f"Words {number}.\n"
        story.write(by=ada if number // 3 % 2 else bea)
    kept = story.revisions.order_by("pk").values_list("by__name", "source")
    assert list(kept) == [
        ("Ada", "Nothing.\n"),
        ("Bea", "Words 2.\n"),
        ("Ada", "Words 5.\n"),
        ("Bea", "Words 8.\n"),
        ("Ada", "Words 11.\n"),
    ]


def test_an_hour_of_saves_on_a_published_story_is_a_row_for_ten_minutes(ada, clock):
    story = make_post(by=ada, source="As published.\n")
    for minute in range(60):
        clock.pass_by(minutes=1)
        story.keep_working_copy({"source": f"Minute {minute}.\n"}, by=ada)
    saved = story.revisions.filter(kind="saved").order_by("pk").values_list("source", flat=True)
    assert list(saved) == [f"Minute {n}.\n" for n in (9, 19, 29, 39, 49, 59)]
    assert story.revisions.get(kind="published").source == "As published.\n"


def test_whoever_publishes_what_another_typed_does_not_take_their_place(clock):
    ada, ed = make_person("Ada", Role.AUTHOR), make_person("Ed", Role.EDITOR)
    story = make_post(by=ada, published=False)
    story.publish(by=ed)
    kept = list(story.revisions.order_by("pk").values_list("kind", "by__name"))
    assert kept == [("saved", "Ada"), ("published", "Ed")]


def test_a_text_that_is_handed_in_and_then_published_is_kept_at_both_moments(clock):
    cy, ed = make_person("Cy", Role.CONTRIBUTOR), make_person("Ed", Role.EDITOR)
    story = make_post(by=cy, published=False)
    clock.pass_by(hours=1)
    story.submit(by=cy)
    handed_in_at = clock.now
    clock.pass_by(hours=1)
    story.publish(by=ed)
    kept = story.revisions.order_by("pk").values_list("kind", "by__name", "created_at")
    assert list(kept) == [("submitted", "Cy", handed_in_at), ("published", "Ed", clock.now)]
    story.publish(by=ed)
    assert story.revisions.count() == 2


@pytest.mark.parametrize(
    ("language", "before", "after", "expected"),
    [
        ("ja", "東京は晴れでした。", "東京は雨でした。", "東京は-晴れ-+雨+でした。"),
        ("ar", "كان يوما هادئا", "كان يوما عاصفا", "كان يوما -هادئا-+عاصفا+"),
        ("hi", "हिन्दी में लिखा", "हिन्दी में पढ़ा", "हिन्दी में -लिखा-+पढ़ा+"),
    ],
)
def test_words_are_told_apart_in_every_script(ada, language, before, after, expected):
    story = make_post(by=ada, published=False, language=language, source=before)
    Revision.objects.update(created_at=timezone.now() - timedelta(hours=1))
    story.source = after
    story.write(by=ada)
    page = desk_of(ada).get(url_of(story))
    assert expected in changes_on(page)
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page.content.decode()


def test_any_two_are_compared_however_far_apart_they_are(ada):
    story = make_post(by=ada, published=False)
    at = timezone.now() - timedelta(days=9)
    Revision.objects.bulk_create(
        Revision(post=story, by=ada, title="T", source=f"v{n}", created_at=at) for n in range(120)
    )
    desk = desk_of(ada)
    first = desk.get(url_of(story))
    newest = first.context["rows"][0]
    second = desk.get(
        url_of(story),
        {"older": first.context["older"], "from": newest.pk, "to": newest.pk},
    )
    rows = second.content.decode().count('name="from"')
    assert rows == len(second.context["rows"]) + 1


def test_many_revisions_are_read_page_by_page(ada, django_assert_max_num_queries):
    story = make_post(by=ada, published=False)
    at = timezone.now()
    Revision.objects.bulk_create(
        Revision(post=story, by=ada, title="T", source=f"v{n}", created_at=at) for n in range(120)
    )
    desk = desk_of(ada)
    with django_assert_max_num_queries(14):
        page = desk.get(url_of(story))
    seen, pages = set(), 0
    while page is not None:
        rows = page.context["rows"]
        seen |= {row.pk for row in rows}
        pages += 1
        older = page.context["older"]
        page = desk.get(url_of(story), {"older": older}) if older else None
    assert (len(seen), pages) == (121, 3)
