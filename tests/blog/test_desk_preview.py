"""The page beside the text: it says what readers will see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from accounts.limits import Limit
from accounts.roles import Role
from blog.models import Post
from blog.views import desk
from tests.desk import desk_of, make_picture, write
from tests.making import make_person

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

URL = "/admin/markdownx/markdownify/"
STORY = """# Salt

He said "no" -- twice. Line
break, *emphasis*[^1] and <b>HTML</b>.

| a | b |
|---|---|
| 1 | 2 |

```python
x = "<&>"
```

[^1]: A note.
"""


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


def preview(person, source, **about):
    return desk_of(person).post(URL, {"content": source, **about})


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_it_is_what_will_be_stored(ada, media, language):
    image = make_picture(ada, alt="A pier", caption="At dawn")
    source = f"{STORY}\n{image.markdown}\n"
    said = preview(ada, source.replace("\n", "\r\n"), language=language).json()
    write(ada).press(title="Same", source=source, language=language)
    post = Post.objects.get()
    assert re.sub(r' data-line="[0-9]+"', "", said["html"]) == post.html
    assert "data-line" not in post.html
    assert (said["words"], said["minutes"]) == (post.word_count, post.reading_minutes)
    assert (said["pictures"], said["findings"]) == (1, [])


def test_a_picture_without_words_is_found_and_a_decorative_one_is_not(ada, media):
    silent, told, decorative = (
        make_picture(ada),
        make_picture(ada, alt="Said"),
        make_picture(ada, is_decorative=True),
    )
    source = "\n\n".join(image.markdown for image in (silent, told, decorative, decorative))
    found = preview(ada, source).json()["findings"]
    assert [(one["kind"], one["picture"]) for one in found] == [("undescribed", silent.token)]


def test_places_are_counted_as_the_browser_counts(ada):
    source = "🦀 A crab 🦀, TK\r\nand [more]()."
    found = preview(ada, source).json()["findings"]
    # Two for each crab, and one for the end of the line.
    assert [(one["start"], one["end"], one["line"]) for one in found] == [(14, 16, 0), (21, 29, 1)]


def test_each_block_says_from_which_line_it_came(ada, media):
    image = make_picture(ada, alt="A pier")
    source = (
        f"First.\n\n# Second\n\n- one\n- two\n\n{image.markdown}\n\n"
        "```\ncode\n```\n\n::: pull\nSaid.\n:::\n\n| a |\n|---|\n| 1 |\n\n[^1]\n\n[^1]: Note.\n"
    )
    html = preview(ada, source).json()["html"]
    lines = source.split("\n")
    marked = re.findall(r'<([a-z0-9]+) data-line="([0-9]+)"', html)
    assert [(tag, lines[int(line)]) for tag, line in marked] == [
        ("p", "First."),
        ("h2", "# Second"),
        ("ul", "- one"),
        ("li", "- one"),
        ("li", "- two"),
        ("figure", image.markdown),
        ("div", "```"),
        ("aside", "::: pull"),
        ("p", "Said."),
        ("div", "| a |"),
        ("p", "[^1]"),
        ("li", "[^1]: Note."),
        ("p", "[^1]: Note."),
    ]


@pytest.mark.parametrize(
    "typed", ["\ufdd07\ufdd1<b>", "\ufdd07\ufdd1\n\nx", '" data-line="7', "<p data-line=7>x</p>"]
)
def test_nobody_can_type_such_a_line(ada, typed):
    html = preview(ada, f"{typed}\n\nEnd.").json()["html"]
    assert not re.search(r'<[^>]* data-line="?7', html)


def test_scripts_do_not_come_through(ada):
    html = preview(ada, '<script>alert(1)</script> <a href="javascript:x" onclick=x>y</a>').json()
    assert "<script" not in html["html"]
    assert "onclick" not in html["html"] or "&lt;a" in html["html"]


def test_an_empty_text_is_an_empty_page(ada):
    assert preview(ada, "").json()["html"] == ""
    assert desk_of(ada).post(URL, {}).json()["words"] == 0


def test_an_unknown_language_is_read_as_english(ada):
    assert preview(ada, "x", language="../xx").status_code == 200


@pytest.mark.parametrize(
    ("source", "status", "says"),
    [
        ("x" * (200 * 1024 + 1), 413, "This text is too long: it has 201 KB"),
        ("> " * 50 + "deep", 400, "stand inside each other too deeply"),
    ],
)
def test_what_cannot_be_a_page_is_said_in_a_sentence(ada, source, status, says):
    answer = preview(ada, source)
    assert answer.status_code == status
    assert says in answer.json()["error"]


def test_only_sending_is_answered(ada):
    assert desk_of(ada).get(URL).status_code == 405


def test_who_may_not_write_is_told_so(client):
    answer = client.post(URL, {"content": "x"})
    assert answer.status_code == 403
    assert "signed out" in answer.json()["error"]
    answer = preview(make_person("Rita"), "x")
    assert (answer.status_code, answer.json()["error"]) == (403, "You may not write here.")


def test_it_is_never_kept(ada):
    assert "no-store" in preview(ada, "x")["Cache-Control"]


def test_too_much_at_once_has_to_wait(ada, monkeypatch):
    monkeypatch.setattr(Limit, "allows", lambda *_asked: False)
    assert preview(ada, "x").status_code == 429


def test_nobody_types_too_fast_for_the_preview():
    script = (Path(settings.BASE_DIR) / "static/js/desk/preview.js").read_text()
    delay = re.search(r"PREVIEW_DELAY_MS = (\d+);", script)
    assert delay
    assert desk.PREVIEWS.times > desk.PREVIEWS.per_seconds * 1000 / int(delay[1])
