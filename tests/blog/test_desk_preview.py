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

pytestmark = pytest.mark.django_db

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
    assert said["html"] == post.html
    assert (said["words"], said["minutes"]) == (post.word_count, post.reading_minutes)
    assert (said["pictures"], said["undescribed"]) == (1, 0)


def test_pictures_without_words_are_counted(ada, media):
    silent, told, decorative = (
        make_picture(ada),
        make_picture(ada, alt="Said"),
        make_picture(ada, is_decorative=True),
    )
    source = "\n\n".join(image.markdown for image in (silent, told, decorative))
    assert preview(ada, source).json()["undescribed"] == 1


def test_a_decorative_picture_shown_twice_is_not_undescribed(ada, media):
    image = make_picture(ada, is_decorative=True)
    assert preview(ada, f"{image.markdown}\n\n{image.markdown}").json()["undescribed"] == 0


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
    script = (Path(settings.BASE_DIR) / "static/js/desk/story-editor.js").read_text()
    delay = re.search(r"PREVIEW_DELAY_MS = (\d+);", script)
    assert delay
    assert desk.PREVIEWS.times > desk.PREVIEWS.per_seconds * 1000 / int(delay[1])
