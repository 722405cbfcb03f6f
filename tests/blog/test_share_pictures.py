"""What chats show of a story without a picture."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager

import pytest
from django.core.files.storage import default_storage
from django_tasks_db.models import DBTaskResult
from PIL import Image as PillowImage
from PIL import ImageChops

from accounts.roles import Role
from blog import lettering, share_picture, share_pictures
from blog.lettering import Lettering
from blog.models import Image, Post, Publication
from blog.seo import story_card
from blog.share_picture import Words
from tests.making import make_person, make_post, picture_bytes

ENGLISH = Lettering("en")


def drawn(title="", author="Ada Bell", site="Longhand", language="en", is_rtl=False, logo=b""):
    picture = share_picture.draw(Words(title, author, site, language, is_rtl, logo))
    return PillowImage.open(io.BytesIO(picture)).convert("RGB")


def inked(picture, box=(0, 130, 1200, 480)):
    """Where in the part of the title something stands."""
    part = picture.crop(box)
    paper = PillowImage.new("RGB", part.size, share_picture.PAPER)
    return ImageChops.difference(part, paper).getbbox()


class TestTheDrawing:
    def test_it_has_the_size_that_chats_ask_for_and_is_light(self):
        picture = share_picture.draw(Words("A " * 100, "Ada", "Longhand", "en"))
        assert len(picture) < 150_000
        assert PillowImage.open(io.BytesIO(picture)).size == (1200, 630)

    @pytest.mark.parametrize(
        "title", ["Short", "A long title of many words that needs lines " * 4, "x" * 200]
    )
    def test_every_title_stays_within_the_margins(self, title):
        left, _top, right, _bottom = inked(drawn(title))
        assert left >= share_picture.MARGIN_PX - 4
        assert right <= share_picture.WIDTH_PX - share_picture.MARGIN_PX + 4

    def test_the_same_words_are_the_same_bytes(self):
        words = Words("Tides", "Ada", "Longhand", "en")
        assert share_picture.draw(words) == share_picture.draw(words)

    @pytest.mark.parametrize(
        ("title", "language"),
        [("الخط العربي", "ar"), ("איך נולד האלפבית", "he")],
    )
    def test_arabic_and_hebrew_stand_at_the_right(self, title, language):
        left, _top, right, _bottom = inked(drawn(title, language=language, is_rtl=True))
        assert right > share_picture.WIDTH_PX - share_picture.MARGIN_PX - 16
        assert left > share_picture.MARGIN_PX + 200

    def test_a_word_of_another_script_reads_its_own_way_within_a_line(self):
        line = Lettering("ar", is_rtl=True).line("حرف Łódź 2026", size=40, weight=600)
        left_to_right = [(run.text.strip(), run.direction) for run in line.runs]
        assert "".join(text for text, way in left_to_right if way == "ltr") == "Łódź2026"
        assert left_to_right[-1] == ("حرف", "rtl")

    @pytest.mark.parametrize("text", ["Żółć", "Привет", "Ελλάδα", "كتاب", "שלום", "“Quotes” — …"])
    def test_our_own_fonts_have_what_much_of_the_world_writes(self, monkeypatch, text):
        monkeypatch.setattr(lettering, "_of_machine", lambda language, sign: None)
        lettering._place.cache_clear()
        assert ENGLISH.can_set(text)
        lettering._place.cache_clear()

    def test_words_without_a_font_are_left_out_rather_than_drawn_as_boxes(self, monkeypatch):
        monkeypatch.setattr(lettering, "_of_machine", lambda language, sign: None)
        lettering._place.cache_clear()
        try:
            assert not Lettering("ja").can_set("東京")
            assert inked(drawn("東京の夜", language="ja")) is None
            assert inked(drawn("Tokyo", language="ja"))
        finally:
            lettering._place.cache_clear()

    def test_emoji_are_dropped(self):
        assert lettering.without_emoji("Love 🎉👩‍👩‍👧 wins ❤️ 1️⃣ now") == "Love wins 1 now"
        assert inked(drawn("🎉")) is None

    def test_lines_are_of_about_one_length(self):
        text = "The lens that lit the sea and how a thousand prisms became one great light"
        lines = ENGLISH.wrap(text, size=60, weight=600, width=1024)
        assert " ".join(lines) == text
        lengths = [ENGLISH.line(line, size=60, weight=600).width for line in lines]
        assert len(lines) == 3
        assert min(lengths) > 0.6 * max(lengths)

    def test_japanese_breaks_anywhere_but_not_before_what_closes(self):
        pieces = lettering._pieces("「静か」な、夜。")
        assert pieces == ["「静", "か」", "な、", "夜。"]

    def test_the_logo_stands_beside_the_name(self):
        logo = picture_bytes((192, 192), "PNG", "#ff0000")
        box = (80, 60, 150, 130)
        assert inked(drawn("x", site="", logo=logo), box)
        assert not inked(drawn("x", site=""), box)


@pytest.mark.django_db
class TestKeepingItInStep:
    @pytest.fixture
    def commit(self, django_capture_on_commit_callbacks, do_waiting_work, media):
        @contextmanager
        def done():
            with django_capture_on_commit_callbacks(execute=True):
                yield
            with django_capture_on_commit_callbacks(execute=True):
                do_waiting_work()
            do_waiting_work()

        return done

    def files(self):
        folder = share_pictures.FOLDER
        return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []

    def test_a_published_story_without_pictures_gets_one(self, client, commit):
        with commit():
            post = make_post(title="Tides", slug="tides", by=make_person("Ada", Role.AUTHOR))
        post.refresh_from_db()
        assert self.files() == [post.share_picture]
        page = client.get("/tides/").content.decode()
        (url,) = re.findall(r'property="og:image" content="http://127.0.0.1:8000([^"]+)"', page)
        answer = client.get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert "immutable" in answer["Cache-Control"]
        assert '<meta property="og:image:width" content="1200">' in page
        assert '<meta property="og:image:height" content="630">' in page
        assert '<meta property="og:image:alt" content="Tides · Ada · Longhand">' in page
        assert '<meta name="twitter:card" content="summary_large_image">' in page

    def test_a_draft_gets_none(self, commit):
        with commit():
            make_post(published=False)
        assert self.files() == []

    def test_another_title_author_or_name_of_the_publication_draws_it_anew(self, commit):
        ada = make_person("Ada", Role.AUTHOR)
        with commit():
            post = make_post(by=ada, title="Tides")

        def name():
            post.refresh_from_db()
            assert self.files() == [post.share_picture]
            return post.share_picture

        names = [name()]
        with commit():
            post.title = "Tides, again"
            post.write(by=ada)
        names.append(name())
        with commit():
            ada.author.name = "Ada Bell"
            ada.author.save()
        names.append(name())
        with commit():
            Publication(name="The Quiet Page").save()
        names.append(name())
        assert len(set(names)) == 4
        with commit():
            post.source = "Other words, the same picture."
            post.write(by=ada)
        assert name() == names[-1]

    def test_a_story_that_gets_a_picture_of_its_own_needs_none(self, client, commit):
        with commit():
            post = make_post(slug="quay")
        with commit():
            post.refresh_from_db()
            post.lead_image = Image.objects.upload(picture_bytes(), by=None, alt="A quay")
            post.write(by=None)
        post.refresh_from_db()
        assert post.share_picture == ""
        assert self.files() == []
        assert 'og:image:alt" content="A quay"' in client.get("/quay/").content.decode()

    def test_the_first_picture_of_the_text_is_shown_before_one_is_drawn(self, client, commit):
        with commit():
            image = Image.objects.upload(picture_bytes((1600, 800)), by=None, alt='A "quay"')
            post = make_post(slug="quay", source=f"Look.\n\n{image.markdown}")
        post.refresh_from_db()
        assert post.share_picture == ""
        page = client.get("/quay/").content.decode()
        assert (
            f'og:image" content="http://127.0.0.1:8000/media/pictures/{image.token}/1440.jpg"'
            in (page)
        )
        assert 'og:image:width" content="1440"' in page
        assert 'og:image:height" content="720"' in page
        assert 'og:image:alt" content="A &quot;quay&quot;"' in page

    def test_a_story_that_was_taken_back_shows_none_that_is_about_to_go(self, commit):
        with commit():
            post = make_post()
        post.refresh_from_db()
        assert story_card(post, Publication.current())
        post.unpublish(by=None)
        assert post.share_picture
        assert story_card(post, Publication.current()) is None

    def test_a_story_that_is_deleted_leaves_no_file(self, commit):
        with commit():
            post = make_post()
        with commit():
            Post.objects.get(pk=post.pk).delete()
        assert self.files() == []

    def test_drawn_twice_it_is_there_once(self, commit):
        with commit():
            post = make_post()
        share_pictures.draw(post.pk)
        post.refresh_from_db()
        assert self.files() == [post.share_picture]

    def test_the_file_that_was_lost_is_drawn_again(self, commit):
        with commit():
            post = make_post()
        post.refresh_from_db()
        default_storage.delete(share_pictures.path(post.share_picture))
        share_pictures.draw(post.pk)
        assert self.files() == [post.share_picture]

    def test_stories_from_before_are_found_at_the_next_start(self, media):
        one, two = make_post(), make_post()
        make_post(published=False)
        Post.objects.filter(pk=two.pk).update(share_picture="there.png")
        assert list(share_pictures.chunks(missing=True)) == [[one.pk]]

    def test_a_story_that_is_written_and_published_is_drawn_once(
        self, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            make_post()
        assert DBTaskResult.objects.filter(task_path__endswith="draw_share_pictures").count() == 1

    def test_a_new_renderer_does_not_draw_every_story_there_is(
        self, django_capture_on_commit_callbacks
    ):
        post = make_post()
        with django_capture_on_commit_callbacks(execute=True):
            post.rerender()
        assert not DBTaskResult.objects.filter(task_path__endswith="draw_share_pictures")
