"""The templates of Jinja2: what never gets into a page, and what they say as Django's do."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.backends.base import BaseEngine
from django.urls import reverse
from django.utils.translation.template import templatize
from jinja2 import Environment, UndefinedError, nodes

from accounts.models import Author
from accounts.roles import Role
from blog.jinja import addresses
from blog.jinja.tags import WORDS
from blog.models import Guest, Publication, Tag
from tests.blog.dom import parse
from tests.making import make_person, make_post, make_response

FOLDER = settings.BASE_DIR / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.jinja"))
SCRIPT = "<script>alert('x')</script>\" onload=\"alert(1)"
SAID = re.compile(r"gettext\((u'(?:[^'\\]|\\.)*'|u\"(?:[^\"\\]|\\.)*\")(?:, (u'(?:[^'\\]|\\.)*'))?")


def jinja() -> Environment:
    engine: BaseEngine = engines["jinja"]
    return engine.env  # type: ignore[attr-defined]


def name_of(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def is_harmless(page: str) -> bool:
    """It shows what was typed, and does none of it."""
    elements = parse(page.removeprefix("<!doctype html>")).elements
    has_script = any(
        "alert(" in one.text for one in elements if one.tag == "script" and not one.attrs
    )
    return (
        "alert(" in page and not has_script and not any("onload" in one.attrs for one in elements)
    )


@pytest.mark.django_db
@pytest.mark.once
class TestNames:
    @pytest.fixture
    def story(self):
        Publication(name=SCRIPT, tagline=SCRIPT).save()
        ada = make_person("Ada", Role.AUTHOR)
        Author.objects.filter(user=ada).update(name=SCRIPT, tagline=SCRIPT)
        story = make_post(ada, title=SCRIPT, subtitle=SCRIPT, slug="story")
        story.set_topics([Tag.objects.create(name=SCRIPT, slug="tag", key="tag")])
        return story

    def test_no_name_that_somebody_typed_becomes_a_part_of_the_page(self, client, story):
        rita = make_person("Rita")
        rita.name = SCRIPT
        rita.save()
        make_response(story, by=rita, source=SCRIPT)
        guest = Guest.objects.create(name=SCRIPT, email="guest@example.org")
        make_response(story, by=guest, source=SCRIPT).confirm()
        author = story.byline[0].get_absolute_url()
        for path in ("/", "/story/", "/story/responses/", "/tag/tag/", author, "/authors/"):
            assert is_harmless(client.get(path).content.decode())
        client.force_login(rita)
        assert is_harmless(client.get("/story/").content.decode())


@pytest.mark.once
class TestTemplates:
    def test_only_bodies_that_were_made_clean_are_put_into_a_page_as_they_are(self):
        found = [name_of(path) for path in TEMPLATES if "|safe" in path.read_text()]
        assert found == ["_body.jinja"]
        assert not any("autoescape" in path.read_text() for path in TEMPLATES)

    @pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
    def test_translators_are_shown_every_word(self, path: Path):
        """`script/messages` reads them with Django's eyes."""
        source = path.read_text()
        shown = {
            ast.literal_eval(text)
            for said in SAID.findall(templatize(source))
            for text in said
            if text
        }
        said = set()
        for node in jinja().parse(source, name_of(path)).find_all((nodes.Getitem, nodes.Filter)):
            if isinstance(node.node, nodes.Name) and node.node.name == WORDS:
                consts = [node.arg] if isinstance(node, nodes.Getitem) else node.args
                said |= {one.value for one in consts if isinstance(one, nodes.Const)}
        assert shown <= said
        parts = re.findall(r'{% part "([^"]+)"', source)
        assert bool(parts) or shown == said

    def test_what_a_page_was_not_given_is_nothing(self):
        template = jinja().from_string("{% if preview %}x{% endif %}[{{ lead }}{{ seo['card'] }}]")
        assert template.render(seo={}) == "[]"

    def test_a_misspelt_property_is_an_error_and_not_an_empty_place(self):
        template = jinja().from_string("{{ author.taglin }}")
        with pytest.raises(UndefinedError, match="taglin"):
            template.render(author=Author(name="Ada"))


@pytest.mark.once
class TestAddresses:
    @pytest.mark.parametrize(
        ("name", "args"),
        [
            ("blog:front", ()),
            ("blog:post", ("a-story",)),
            ("blog:post", ("häuser",)),
            ("blog:comment", ("a-story", 7)),
            ("blog:comment", ("900000001", 900_000_001)),
            ("blog:feed-in", ("rss",)),
            ("blog:archive-month", (2026, 11)),
            ("blog:author-feed-in", ("ada", "json")),
            ("account_login", ()),
        ],
    )
    def test_they_are_those_that_the_list_of_addresses_has(self, name, args):
        for _asked in range(2):
            assert addresses.address(addresses.addresses(), name, *args) == reverse(name, args=args)


@pytest.mark.django_db
@pytest.mark.once
def test_a_page_of_somebody_signed_in_has_one_token_in_all_its_forms(client):
    story = make_post(slug="story")
    for _ in range(3):
        make_response(story)
    client.force_login(make_person())
    page = client.get("/story/").content.decode()
    tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert len(tokens) > 4
    assert len(set(tokens)) == 1


@pytest.mark.django_db
@pytest.mark.once
def test_pages_of_both_kinds_of_templates_stand_in_one_frame(client):
    """`help` is one of Django's."""
    help_page, authors_page = (
        " ".join(client.get(path).content.decode().split()) for path in ("/help/", "/authors/")
    )
    for first, last in (("<!doctype", "<title>"), ("<body>", "<main"), ("<footer", "</body>")):
        frame = help_page[help_page.index(first) : help_page.index(last)]
        assert frame.strip() in authors_page
