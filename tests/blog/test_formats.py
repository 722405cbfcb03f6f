"""A story as Markdown and as plain text."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from accounts.roles import Role
from blog import markdown, prose
from blog.models import Image, Post, Tag
from tests.making import make_person, make_post, picture_bytes

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def facts_of(text):
    """Front matter as any reader of YAML takes it: each line a name and a JSON value."""
    opening, facts, body = text.split("---\n", 2)
    assert opening == ""
    lines = (line.split(": ", 1) for line in facts.splitlines())
    return {name: json.loads(value) for name, value in lines}, body


def test_a_story_can_be_taken_as_markdown_with_what_is_known_about_it(client, media):
    ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
    image = Image.objects.upload(picture_bytes(), by=ada, alt="A quay")
    post = make_post(
        by=ada,
        title='He said: "no" # {[*&!|>%@`',
        subtitle="---\\n",
        source=f"Hello *you*.\r\n\r\n{image.markdown}",
        slug="no",
        language="de",
    )
    post.set_topics(Tag.objects.named(["Sea", "Salt: a history"]))
    answer = client.get("/no.md")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/markdown; charset=utf-8; variant=CommonMark"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Link"] == '<http://127.0.0.1:8000/no/>; rel="canonical"'
    facts, body = facts_of(answer.content.decode())
    assert facts["title"] == 'He said: "no" # {[*&!|>%@`'
    assert facts["subtitle"] == "---\\n"
    assert facts["author"] == "Ada"
    assert facts["tags"] == ["Sea", "Salt: a history"]
    assert facts["language"] == "de"
    assert facts["canonical"] == facts["url"] == "http://127.0.0.1:8000/no/"
    assert facts["date"] == post.published_at.isoformat(timespec="seconds")
    assert "updated" not in facts
    assert "\r" not in body
    assert body.startswith("\nHello *you*.\n\n![")
    assert "(http://127.0.0.1:8000/media/pictures/" in body
    post.set_byline([ada.author, bea.author])
    assert facts_of(client.get("/no.md").content.decode())[0]["authors"] == ["Ada", "Bea"]


def test_what_yaml_cannot_hold_is_written_as_a_number(client):
    post = make_post(slug="odd", title="a\x7fb\x85c\u2028d\ufeffe")
    line = client.get("/odd.md").content.decode().splitlines()[1]
    assert line == 'title: "a\\u007fb\\u0085c\\u2028d\\ufeffe"'
    assert json.loads(line.partition(": ")[2]) == post.title


def test_a_picture_on_another_host_keeps_its_address(client):
    make_post(
        slug="far", source="![x](https://other.example/media/pictures/abcdefghij012345/9.jpg)"
    )
    body = client.get("/far.md").content.decode()
    assert "(https://other.example/media/pictures/abcdefghij012345/9.jpg)" in body


def test_an_author_who_does_not_offer_it_keeps_the_markdown(client):
    make_post(slug="mine", offers_markdown=False)
    assert client.get("/mine.md").status_code == 404
    assert client.get("/mine.txt").status_code == 200
    page = client.get("/mine/").content.decode()
    assert "text/markdown" not in page


def test_the_page_says_where_its_markdown_is(client):
    make_post(slug="offered")
    page = client.get("/offered/").content.decode()
    assert '<link rel="alternate" type="text/markdown" href="/offered.md">' in page


@pytest.mark.parametrize("ending", ["md", "txt"])
class TestWhoSeesIt:
    def test_a_draft_and_a_scheduled_story_are_nowhere(self, client, ending):
        make_post(slug="draft-1", published=False)
        later = timezone.now() + timezone.timedelta(days=1)
        make_post(slug="later", published_at=later)
        for slug in ("draft-1", "later", "nothing"):
            assert client.get(f"/{slug}.{ending}").status_code == 404

    def test_a_withdrawn_story_says_so(self, client, ending):
        post = make_post(slug="was-here")
        post.unpublish(by=None)
        assert client.get(f"/was-here.{ending}").status_code == 410

    def test_an_old_address_leads_to_the_new_file(self, client, ending):
        post = make_post(slug="before")
        post.slug = "after"
        post.write(by=None)
        answer = client.get(f"/before.{ending}")
        assert (answer.status_code, answer["Location"]) == (301, f"/after.{ending}")

    def test_anyone_may_share_it_and_it_is_not_sent_twice(self, client, ending):
        make_post(slug="shared")
        answer = client.get(f"/shared.{ending}")
        assert "s-maxage" in answer["Cache-Control"]
        again = client.get(f"/shared.{ending}", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304

    def test_the_canonical_address_of_a_story_from_elsewhere_is_said(self, client, ending):
        make_post(slug="from-there", canonical_url="https://there.example/straße")
        answer = client.get(f"/from-there.{ending}")
        assert answer["Link"] == '<https://there.example/stra%C3%9Fe>; rel="canonical"'

    def test_a_story_in_any_script_has_one(self, client, ending):
        post = make_post(title="東京の夜")
        assert client.get(f"{post.get_absolute_url().rstrip('/')}.{ending}").status_code == 200

    def test_what_is_being_written_is_not_in_it(self, client, ending):
        post = make_post(slug="live", source="As it stands.")
        Post.objects.get(pk=post.pk).keep_working_copy({"source": "Not yet."}, by=None)
        content = client.get(f"/live.{ending}").content.decode()
        assert "As it stands." in content
        assert "Not yet." not in content


@pytest.mark.parametrize("name", ["robots.txt", "llms.txt"])
def test_no_story_stands_in_the_place_of_a_file_of_the_publication(client, name):
    make_post(slug=name.partition(".")[0], source="I am a story.")
    assert "I am a story." not in client.get(f"/{name}").content.decode()


def test_the_plain_text_says_what_the_page_says(client, media):
    ada = make_person("Ada", Role.AUTHOR)
    image = Image.objects.upload(
        picture_bytes(), by=ada, alt="A quay", caption="The quay at six", credit_name="Bea"
    )
    make_post(
        by=ada,
        slug="tides",
        title="Tides",
        subtitle="Twice a day",
        source=f"""One *line*
of a paragraph.[^1]

{image.markdown}

## Then

- first
- second
  1. deep

> Said

| a | b |
|---|---|
| 1 | 2 |

```
x = 1

    y = 2
```

[^1]: A note.
""",
    )
    text = client.get("/tides.txt").content.decode()
    head, _date, body = text.partition("\n\nOne line of a paragraph.[1]\n\n")
    assert head.startswith("Tides\n\nTwice a day\n\nAda · ")
    assert body == (
        "[Picture: A quay]\n\n"
        "The quay at six Photo: Bea\n\n"
        "Then\n\n"
        "- first\n- second\n  1. deep\n\n"
        "> Said\n\n"
        "a\tb\n1\t2\n\n"
        "x = 1\n\n    y = 2\n\n"
        "[1] A note.\n\n"
        "http://127.0.0.1:8000/tides/\n"
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"$\frac{a+b}{\sqrt{x^2_1}}$", "(a+b)/(√(x_1^2))"),
        ("a\\\nb", "a\nb"),
        ("a\n\n***\n\nb", "a\n\n* * *\n\nb"),
        ("- [ ] one\n- [x] two", "- ☐ one\n- ☑ two"),
        ("- one\n\n  more\n\n- two", "- one\n\n  more\n- two"),
        ("1 < 2 & <b>x</b>", "1 < 2 & <b>x</b>"),
        ("", ""),
    ],
)
def test_plain_text_needs_few_marks(source, text):
    assert prose.plain(markdown.render(source).html) == text


def test_the_lead_picture_is_said_before_the_text(client, media):
    post = make_post(slug="quay", source="Then it began.")
    post.lead_image = Image.objects.upload(
        picture_bytes(), by=None, alt="A quay", caption="The quay at six"
    )
    post.write(by=None)
    text = client.get("/quay.txt").content.decode()
    assert "[Picture: A quay]\n\nThe quay at six\n\nThen it began.\n" in text
