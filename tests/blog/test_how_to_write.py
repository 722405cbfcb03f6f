"""The page and the document that show every form, and cannot say what is not so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accounts.roles import Role
from blog.dialect import FORMS, document
from tests.blog.dom import parse
from tests.desk import ADD, desk_of
from tests.making import make_person

PAGE = "/admin/blog/post/how-to-write/"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "dialect.md"


def test_the_document_says_what_the_renderer_does():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run script/dialect"


def test_every_form_of_the_dialect_has_an_example():
    elements = [element for form in FORMS for element in parse(form.html).elements]
    tags = {element.tag for element in elements}
    wanted = (
        "p em strong s a code pre ul ol li input dl dt dd blockquote aside hr sup sub mark abbr "
        "section details summary figure figcaption table math h2 h3"
    )
    assert tags >= set(wanted.split())
    classes = {name for element in elements for name in element.attrs.get("class", "").split()}
    assert classes >= {"pull", "callout", "embed", "figures", "formula", "footnotes", "highlight"}
    assert {e.attrs["data-width"] for e in elements if e.tag == "figure"} == {
        "text",
        "wide",
        "full",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.AUTHOR, Role.EDITOR, Role.OWNER])
def test_who_may_write_sees_each_form_typed_and_read(role):
    response = desk_of(make_person(role=role)).get(PAGE)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('class="how__typed"') == page.count('class="how__read"') == len(FORMS)
    assert "<math" in page
    assert "/media/" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    assert page.count("how-to-write/noon") == 2


@pytest.mark.django_db
def test_readers_and_strangers_are_not_shown_it(client):
    assert client.get(PAGE).status_code == 302
    client.force_login(make_person(role=Role.READER))
    assert client.get(PAGE).status_code in {302, 403}


@pytest.mark.django_db
def test_the_page_only_shows(client):
    ada = desk_of(make_person(role=Role.AUTHOR))
    assert ada.post(PAGE).status_code == 405
    assert ada.get(PAGE + "?x=1").status_code == 200


@pytest.mark.django_db
def test_the_page_on_which_one_writes_leads_there():
    page = desk_of(make_person(role=Role.AUTHOR)).get(ADD).content.decode()
    assert page.count(f'href="{PAGE}"') == 2
