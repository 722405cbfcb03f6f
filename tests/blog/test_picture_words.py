"""What is said of a picture, how it stands, and what a story says of its own."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from blog import markdown, pictures
from blog.figures import Picture, figure_html, picture_html
from blog.markdown import findings
from blog.models import Image, Post
from blog.tasks import rerender_stories_with
from tests.blog.dom import parse
from tests.desk import desk_of, make_picture, read, write
from tests.making import make_person, make_post, picture_bytes

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.once]

BARE = Picture("abcdefgh12345678", 1600, 900, (320, 1600))


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def image(ada):
    return make_picture(ada, alt="A pier", caption="The pier")


def later(image, **words):
    """Other words are said of it, and the worker has done its work."""
    Image.objects.filter(pk=image.pk).update(**words)
    rerender_stories_with.func(image.pk)


def credit(**about):
    [span] = parse(figure_html(Picture(**{**BARE.__dict__, **about}))).all("span")
    return span


class TestOwnWords:
    def test_a_picture_is_put_in_without_words_and_shows_its_own(self, ada, image):
        assert image.markdown == f"![]({image.url})"
        post = make_post(by=ada, source=image.markdown)
        later(image, alt="A pier at dawn", caption="Dawn")
        post.refresh_from_db()
        figure = parse(post.html)
        assert figure.one("img").attrs["alt"] == "A pier at dawn"
        assert figure.one("figcaption").text == "Dawn"

    def test_a_story_that_says_its_own_keeps_it(self, ada, image):
        post = make_post(by=ada, source=f'![My pier]({image.url} "My words")')
        later(image, alt="A pier at dawn", caption="Dawn")
        post.refresh_from_db()
        figure = parse(post.html)
        assert figure.one("img").attrs["alt"] == "My pier"
        assert figure.one("figcaption").text == "My words"

    def test_a_picture_that_was_made_wide_is_wide_wherever_nothing_else_is_said(self, ada, image):
        plain = make_post(by=ada, source=image.markdown)
        own = make_post(by=ada, source=f"::: text\n{image.markdown}\n:::")
        full = make_post(by=ada, source=f"::: full\n{image.markdown}\n:::")
        later(image, placement="wide")
        widths = []
        for post in (plain, own, full):
            post.refresh_from_db()
            widths.append(parse(post.html).one("figure").attrs["data-width"])
        assert widths == ["wide", "text", "full"]

    def test_pictures_beside_each_other_share_the_width_of_the_text(self, ada, image):
        other = make_picture(ada)
        later(image, placement="full")
        post = make_post(by=ada, source=f"{image.markdown} {other.markdown}")
        assert parse(post.html).one("div", data_row="2").attrs["data-width"] == "text"


class TestCredit:
    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("CC BY 4.0", "licenses/by/4.0/"),
            ("cc by-sa 3.0", "licenses/by-sa/3.0/"),
            ("CC-BY-NC-ND", "licenses/by-nc-nd/4.0/"),
            ("CC0", "publicdomain/zero/1.0/"),
            ("CC0 1.0", "publicdomain/zero/1.0/"),
        ],
    )
    def test_a_creative_commons_licence_leads_to_its_text(self, name, path):
        span = credit(credit_name="Ada", credit_license=name)
        assert span.text == f"Photo: Ada, {name}"
        link = span.one("a")
        assert link.attrs["href"] == f"https://creativecommons.org/{path}"
        assert link.attrs["rel"] == "license noopener noreferrer"

    @pytest.mark.parametrize("name", ["Public domain", "CC BY 4.0 and more", "CC BY 9.9", "© 2026"])
    def test_any_other_licence_is_text(self, name):
        span = credit(credit_name="Ada", credit_license=name)
        assert span.text == f"Photo: Ada, {name}"
        assert span.all("a") == []

    def test_a_licence_stands_without_a_name(self):
        assert credit(credit_license="CC0").text == "CC0"

    def test_a_licence_is_escaped(self):
        span = credit(credit_name="Ada", credit_license="<b>%(who)s")
        assert span.text == "Photo: Ada, <b>%(who)s"


class TestFocus:
    @pytest.mark.parametrize(
        ("x", "y", "attributes"),
        [(0, 100, ("0", "10")), (14, 15, ("1", "2")), (50, 49, ("5", "5")), (96, 50, ("10", "5"))],
    )
    def test_a_crop_keeps_the_nearest_tenth(self, x, y, attributes):
        picture = Picture(**{**BARE.__dict__, "focus_x": x, "focus_y": y})
        attrs = parse(picture_html(picture, sizes="1px")).one("img").attrs
        assert (attrs["data-focus-x"], attrs["data-focus-y"]) == attributes

    def test_the_middle_needs_no_word(self):
        assert "data-focus" not in picture_html(BARE, sizes="1px")

    def test_the_stylesheet_knows_every_tenth(self, settings):
        css = (settings.BASE_DIR / "static/css/tokens.css").read_text()
        for axis in "xy":
            for tenth in range(11):
                assert f'[data-focus-{axis}="{tenth}"]' in css

    def test_front_page_and_cards_crop_to_it(self, ada, client):
        image = make_picture(ada, focus_x=20, focus_y=80)
        make_post(by=ada, lead_image=image)
        html = client.get("/").content.decode()
        assert 'data-focus-x="2" data-focus-y="8"' in html
        assert "style=" not in html

    def test_the_lead_picture_has_its_words_and_its_focus_beside_the_story(self, ada, image):
        post = make_post(by=ada, lead_image=image, published=False)
        writing = write(ada, post)
        key = f"picture-{image.pk}"
        assert writing.page.fields[f"{key}-focus_x"] == "50"
        answer = writing.press(**{f"{key}-focus_x": "10", f"{key}-focus_y": "0"})
        assert answer.status_code == 302
        image.refresh_from_db()
        assert (image.focus_x, image.focus_y) == (10, 0)

    @pytest.mark.parametrize("wrong", ["-1", "101", "x", "1.5", "9" * 30])
    def test_a_place_outside_the_picture_is_asked_about(self, ada, image, wrong):
        post = make_post(by=ada, source=image.markdown, published=False)
        writing = write(ada, post)
        assert writing.press(**{f"picture-{image.pk}-focus_x": wrong}).status_code == 400
        assert writing.page.fields[f"picture-{image.pk}-focus_x"] == wrong
        image.refresh_from_db()
        assert image.focus_x == 50

    def test_an_emptied_number_leaves_the_focus_as_it_was(self, ada):
        image = make_picture(ada, focus_x=20, focus_y=30, placement="wide")
        post = make_post(by=ada, source=image.markdown, published=False)
        key = f"picture-{image.pk}"
        changes = {f"{key}-focus_x": "", f"{key}-placement": None, f"{key}-alt": "New"}
        assert write(ada, post).send(**changes, _save="1").status_code == 302
        image.refresh_from_db()
        assert (image.focus_x, image.focus_y, image.placement) == (20, 30, "wide")
        assert image.alt == "New"


class TestForm:
    def test_licence_and_width_are_said_beside_the_story(self, ada, image):
        post = make_post(by=ada, source=image.markdown, published=False)
        key = f"picture-{image.pk}"
        write(ada, post).press(
            **{
                f"{key}-credit_name": "Bo",
                f"{key}-credit_license": "CC BY 4.0",
                f"{key}-placement": "full",
            }
        )
        figure = parse(Post.objects.get().html).one("figure")
        assert figure.attrs["data-width"] == "full"
        assert "Photo: Bo, CC BY 4.0" in figure.text

    def test_a_width_that_is_none_is_refused(self, ada, image):
        post = make_post(by=ada, source=image.markdown, published=False)
        writing = write(ada, post)
        answer = writing.press(**{f"picture-{image.pk}-placement": "huge"})
        assert answer.status_code == 400
        image.refresh_from_db()
        assert image.placement == "text"

    @pytest.mark.parametrize(
        ("about", "asked"),
        [
            ({}, ["description", "credit"]),
            ({"alt": "A pier"}, ["credit"]),
            ({"is_decorative": True, "credit_agency": "Wire"}, []),
        ],
    )
    def test_what_is_missing_is_asked_for_and_not_forced(self, ada, about, asked):
        image = make_picture(ada, **about)
        assert image.missing_words == asked
        post = make_post(by=ada, source=image.markdown, published=False)
        writing = write(ada, post)
        says = f">Missing: {', '.join(asked)}<" if asked else 'data-text-credit="credit"><'
        assert says in writing.page.html
        assert writing.press("_publication").status_code == 302

    def test_the_words_are_changed_in_the_pictures_room_too(self, ada, image):
        url = reverse("admin:blog_image_change", args=[image.pk])
        client = desk_of(ada)
        page = read(client.get(url), "image_form")
        sent = {"credit_license": "CC0", "placement": "wide", "focus_x": "70", "_save": "1"}
        assert client.post(url, {**page.fields, **sent}).status_code == 302
        image.refresh_from_db()
        assert (image.credit_license, image.placement, image.focus_x) == ("CC0", "wide", 70)


class TestFileName:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("pier.jpg", "pier.jpg"),
            ("C:\\Users\\ada\\pier at dawn.JPG", "pier at dawn.JPG"),
            ("../../etc/passwd", "passwd"),
            ("a\x00b\u202egpj.exe\n", "a b gpj.exe"),
            ("\ud800.jpg", ".jpg"),
            ("", ""),
            ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
            ("x" * 300, "x" * 120),
            ("ein Schiff – 海.png", "ein Schiff – 海.png"),
        ],
    )
    def test_a_name_is_kept_without_folders_and_what_nobody_sees(self, sent, kept):
        assert pictures.plain_name(sent) == kept

    def test_a_picture_is_found_by_the_name_of_its_file(self, ada):
        file = SimpleUploadedFile("IMG_2041.JPG", picture_bytes((40, 30)), "image/jpeg")
        desk_of(ada).post("/admin/markdownx/upload/", {"image": file})
        assert Image.objects.get().file_name == "IMG_2041.JPG"
        file = SimpleUploadedFile("two.jpg", picture_bytes((40, 30)))
        desk_of(ada).post("/admin/blog/image/add/", {"image": file})
        assert str(Image.objects.first()) == "two.jpg"


class TestUnderWay:
    HOLDER = "![Uploading sea.jpg …](#uploading-4kd93kd0aa)"

    @pytest.mark.parametrize("around", ["{}", "Before {} after.", "- {}", "> {}", "[{}](/x)"])
    def test_readers_see_nothing_of_a_picture_that_has_not_arrived(self, around):
        rendered = markdown.render(around.format(self.HOLDER), language="en")
        assert "ploading" not in rendered.html
        assert "sea.jpg" not in rendered.html + rendered.text
        assert "<img" not in rendered.html
        assert rendered.picture_tokens == ()

    def test_it_is_no_link_to_nowhere(self):
        assert findings.find(f"Before.\n\n{self.HOLDER}", language="en") == []

    def test_a_story_saved_meanwhile_keeps_the_place(self, ada):
        write(ada).press(title="Sea", source=f"Before.\r\n\r\n{self.HOLDER}")
        assert self.HOLDER in Post.objects.get().source
