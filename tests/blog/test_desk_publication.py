"""The publication, and the desk as a whole: every room, walked through by its owner."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts.models import Author, Ban, User
from accounts.roles import Role
from blog.models import Comment, FailedSearch, Image, Post, Publication, Series, Tag
from tests.desk import desk_of, make_picture, read, write
from tests.making import make_person, make_post, make_response

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

ROOM = "/admin/blog/publication/"


@pytest.fixture
def olga():
    return desk_of(make_person("Olga", Role.OWNER))


def test_the_owner_names_the_publication(client, olga):
    answer = olga.get(ROOM, follow=True)
    page = read(answer, "publication_form")
    url = answer.redirect_chain[-1][0]
    sent = {**page.fields, "name": "The Tide <b>", "tagline": "Salt", "_save": "1"}
    assert olga.post(url, sent).status_code == 302
    assert "The Tide &lt;b&gt;" in client.get("/").content.decode()
    assert "The Tide &lt;b&gt;" in olga.get("/admin/", follow=True).content.decode()


@pytest.mark.parametrize("field", ["name", "tagline"])
def test_a_character_that_nobody_can_see_is_no_part_of_the_publication(olga, field):
    page = read(olga.get(ROOM, follow=True), "publication_form")
    answer = olga.post(f"{ROOM}1/change/", {**page.fields, field: "Tide\x08", "_save": "1"})
    assert "that nobody can see (U+0008)" in answer.content.decode()
    assert Publication.objects.get().name == "Longhand"


def test_words_about_it_that_no_page_can_show_are_not_saved(client, olga):
    page = read(olga.get(ROOM, follow=True), "publication_form")
    sent = {**page.fields, "about": f"{'>' * 5000} Deep", "_save": "1"}
    answer = olga.post(f"{ROOM}1/change/", sent)
    assert answer.status_code == 200
    assert "stand inside each other too deeply" in answer.content.decode()
    assert client.get("/about/").status_code == 404


def test_there_is_one_publication_and_it_stays(olga):
    olga.get(ROOM)
    assert olga.get(f"{ROOM}add/").status_code == 403
    assert olga.post(f"{ROOM}1/delete/", {"post": "yes"}).status_code == 403
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("role", [Role.EDITOR, Role.AUTHOR, Role.CONTRIBUTOR, Role.READER])
def test_nobody_else_has_this_room(role):
    client = desk_of(make_person("Somebody", role))
    assert client.get(ROOM, follow=True).status_code == 403
    assert not Publication.objects.exists()
    Publication.objects.create(name="As it was")
    for url in (f"{ROOM}1/change/", f"{ROOM}1/history/"):
        assert client.get(url, follow=True).status_code == 403
        assert client.post(url, {"name": "Mine"}, follow=True).status_code == 403
    assert Publication.objects.get().name == "As it was"


@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        (Role.CONTRIBUTOR, ["Post", "Image", "Tag", "Author"]),
        (Role.AUTHOR, ["Post", "Image", "Tag", "Author"]),
        (
            Role.EDITOR,
            ["Post", "Image", "Comment", "Ban", "Tag", "Series", "FailedSearch", "Author"],
        ),
        (
            Role.OWNER,
            [
                *("Post", "Image", "Comment", "Ban", "Tag", "Series", "FailedSearch"),
                *("Author", "User", "Publication"),
            ],
        ),
    ],
)
def test_each_role_finds_its_own_rooms_the_daily_ones_first(role, rooms):
    page = desk_of(make_person("Somebody", role)).get("/admin/", follow=True)
    (desk,) = page.context["available_apps"]
    assert [room["object_name"] for room in desk["models"]] == rooms


class _Reader(HTMLParser):
    """Collects what the policy of the page would forbid."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "script" and "src" not in has and has.get("type") != "application/json":
            self.forbidden.append("a script in the page")
        if tag == "style" or "style" in has:
            self.forbidden.append(f"a style in <{tag}>")
        self.forbidden += [f"{name} in <{tag}>" for name in has if name.startswith("on")]
        for name in ("href", "src", "action", "formaction"):
            value = (has.get(name) or "").strip().lower()
            if value.startswith("javascript:"):
                self.forbidden.append(f"{name} of <{tag}> is a script")
            if tag in {"script", "link", "img"} and value.startswith(("http:", "https:", "//")):
                self.forbidden.append(f"<{tag}> from elsewhere")


def check(answer, url):
    assert answer.status_code < 500, url
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy, url
    assert "script-src 'self'" in policy, url
    assert "unsafe" not in policy, url
    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        reader = _Reader()
        reader.feed(answer.content.decode())
        assert reader.forbidden == [], url


def things():
    post = make_post(by=make_person("Ada", Role.AUTHOR))
    post.lead_image = make_picture(make_person(role=Role.AUTHOR))
    post.write(by=None)
    post.set_topics(Tag.objects.named(["Sea"]))
    make_response(post)
    Publication.objects.create()
    Series.objects.create(title="Tides", slug="tides")
    FailedSearch.objects.create(words="lantern", last_at=timezone.now())
    Ban.objects.create(domain="example.net")
    models = (Post, Image, Comment, Ban, Tag, Series, FailedSearch, Author, User, Publication)
    return {model: model.objects.order_by("pk").first().pk for model in models}


def addresses(found):
    """Every address of the desk, with what is there and with what is not."""
    for model, model_admin in admin.site._registry.items():
        for pattern in model_admin.get_urls():
            if isinstance(pattern, URLPattern) and pattern.name:
                keys = pattern.pattern.converters or pattern.pattern.regex.groupindex
                is_number = "pk" in keys
                odd = [] if is_number else ["x"]
                for key in [found[model], 999_999, *odd] if keys else [None]:
                    kwargs = dict.fromkeys(keys, key)
                    yield reverse(f"admin:{pattern.name}", kwargs=kwargs)
    for pattern in admin.site.get_urls():
        if not isinstance(pattern, URLPattern) or pattern.name in {None, "logout"}:
            continue
        if pattern.name == "app_list":
            yield reverse("admin:app_list", kwargs={"app_label": "blog"})
        else:
            yield reverse(f"admin:{pattern.name}")
    yield f"/admin/r/{ContentType.objects.get_for_model(Post).pk}/{found[Post]}/"
    yield "/admin/nothing-here/"


def test_every_address_of_the_desk_answers_its_owner_without_inline_code(olga, media):
    found = things()
    urls = set(addresses(found))
    assert len(urls) > 60
    for url in sorted(urls):
        check(olga.get(url), url)
    for url in sorted(urls):
        if not url.endswith(("delete/", "password_change/")):
            check(olga.post(url, {}), url)
    assert Post.objects.filter(pk=found[Post]).exists()


def test_pages_that_say_what_is_wrong_have_no_inline_code_either(media):
    ed = make_person("Ed", Role.EDITOR)
    draft = make_post(by=ed, published=False)
    writing, theirs = write(ed, draft), write(ed, draft)
    check(writing.press(title="", canonical_url="x"), "wrong")
    theirs.press(source="Theirs.")
    check(writing.press(), "late")
    draft.delete()
    check(writing.press(), "lost")
    writing.client.logout()
    check(writing.press(), "kept")


def test_every_room_opens_for_each_role_that_finds_it(media):
    things()
    for role in (Role.CONTRIBUTOR, Role.AUTHOR, Role.EDITOR):
        client = desk_of(make_person(role=role))
        (desk,) = client.get("/admin/", follow=True).context["available_apps"]
        for room in desk["models"]:
            answer = client.get(room["admin_url"])
            assert answer.status_code == 200
            check(answer, room["admin_url"])
