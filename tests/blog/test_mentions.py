"""`@handle` in a response: who is meant, and what stays text."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from blog.markdown import read_response, render, render_response
from blog.markdown.mentions import MAX_HANDLES
from tests.blog.dom import parse
from tests.making import make_person, make_post, make_response


def find(handles):
    return {handle: f"/@{handle}/" for handle in handles if handle in {"ada", "bea_2"}}


def links(source):
    root = parse(render_response(source, find_people=find))
    return [(link.text, link.attrs["href"]) for link in root.all("a")]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("@ada", "@ada"),
        ("Thank you, @Ada!", "@Ada"),
        ("(@ada)", "@ada"),
        ("*@ada*", "@ada"),
        ("> @ada said", "@ada"),
        ("- @ada's", "@ada"),
        ("ask @ada.", "@ada"),
        ("你好@ada先生", "@ada"),
        ("شكرا @ada", "@ada"),
    ],
)
def test_a_handle_leads_to_the_page_of_who_has_it(source, said):
    assert links(source) == [(said, "/@ada/")]


@pytest.mark.parametrize(
    "source",
    [
        "@nobody",
        "`@ada`",
        "```\n@ada\n```",
        r"\@ada",
        "mail@ada",
        "@ada@example.social",
        "@ada.example.org",
        "https://example.org/@ada",
        "@adaandmore",
        "@" + "a" * 31,
        "@@ada",
        "@ ada",
    ],
)
def test_what_names_nobody_here_stays_text(source):
    assert links(source) == []


def test_a_handle_inside_a_link_makes_no_second_link():
    assert links("[see @ada](https://example.org/)") == [("see @ada", "https://example.org/")]
    assert links("<https://example.org/?by=@ada>") == [
        ("https://example.org/?by=@ada", "https://example.org/?by=@ada")
    ]


def test_a_handle_with_an_underscore_is_whole():
    assert links("@bea_2, @ada_ and @ada") == [("@bea_2", "/@bea_2/"), ("@ada", "/@ada/")]


def test_a_link_to_somebody_is_a_link_of_this_site():
    html = render_response("Ask @ada & <b>@ada</b>", find_people=find)
    assert html == (
        '<p>Ask <a href="/@ada/">@ada</a> &amp; &lt;b&gt;<a href="/@ada/">@ada</a>&lt;/b&gt;</p>\n'
    )


def test_what_a_response_says_is_told_without_its_marks():
    said = read_response('*Well* said, @Ada\n\n`@cy` and @ada, @bea_2: "no"')
    assert said.text == "Well said, @Ada\n@cy and @ada, @bea_2: “no”"
    assert said.called == ("ada", "bea_2")


def test_who_is_named_in_a_quotation_is_linked_and_not_called():
    source = "> @ada: no\n>\n> > - @ada\n\n@bea_2"
    assert len(links(source)) == 3
    assert read_response(source).called == ("bea_2",)


def test_nobody_is_asked_for_when_nobody_is_named():
    asked = []
    render_response("No one, mail@ada", find_people=lambda handles: asked.append(handles) or {})
    assert asked == []


def test_a_text_of_nothing_but_handles_names_so_many():
    source = " ".join(f"@a{number}" for number in range(800))
    assert len(read_response(source).called) == MAX_HANDLES
    assert "@a799" in render_response(source)


def test_in_a_story_a_handle_stays_text():
    assert "<a" not in render("Ask @ada").html


@pytest.mark.django_db
def test_whoever_writes_here_is_linked_in_a_response(client):
    ada = make_person("Ada Holt", Role.AUTHOR)
    make_person("Rita")  # a reader has no handle
    post = make_post()
    make_response(post, source="Ask @adaholt, @rita or `@adaholt`.")
    page = client.get(post.get_absolute_url()).content.decode()
    link = f'<a href="{ada.author.get_absolute_url()}">@adaholt</a>'
    assert f"Ask {link}, @rita or <code>@adaholt</code>." in page


@pytest.mark.django_db
def test_a_response_rendered_anew_names_the_same_people():
    make_person("Ada Holt", Role.AUTHOR)
    response = make_response(make_post(), source="Ask @AdaHolt.")
    before = response.html
    response.rerender()
    response.refresh_from_db()
    assert response.html == before
    assert '<a href="/@adaholt/">@AdaHolt</a>' in before
