"""Every word of the interface can be translated: read in a pseudo-language that marks them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Author, Ban
from accounts.roles import Role
from blog import guests
from blog.models import Guest, Publication, Report, Series, ShareLink, Tag
from blog.models.moderation import moderate
from tests.desk import desk_of, make_picture
from tests.making import make_person, make_post, make_response
from tests.pseudo import bare_words, pseudo_language

# Names, and what is the same in every language.
NAMES = re.compile(
    r"UTC|GMT|Markdown|Ctrl|Shift|Alt|Escape|Enter|Tab|HTML|RSS|JPEG|PNG|WebP|AVIF|[A-Z]"
    r"|\S+@\S+|https?:\S+|/\S*|[a-z]+-\d+|\d+[a-z]*|@\w*|webp|px|KB|MB"
)
REPORTED = {"rule": "reports", "count": 3}
PUBLIC = [
    "/",
    "/1000/",
    "/1000/changes/",
    "/1000/claps/",
    "/1000/responses/",
    "{response}",
    "{other}report/",
    "{draft}",
    "/preview/{draft_pk}/",
    "/archive/",
    "/archive/{year}/",
    "/authors/",
    "{author}",
    "{author}followers/",
    "/tags/",
    "{tag}",
    "{series}",
    "/nothing-here/",
    "/search/",
]
# For who has no account; everybody else responds under the story.
GUESTS = [
    "/1000/responses/new/",
    "/1000/responses/new/?parent={response_pk}",
    "/1000/responses/new/?letter",
    "/1000/responses/new/?held",
    "/responses/confirmation/{guest_token}/",
    "/responses/confirmation/nothing/",
]
ACCOUNT = [
    "/accounts/",
    "/accounts/inbox/",
    "/accounts/following/",
    "/accounts/blocked/",
    "/1000/",
    "/1000/responses/hidden/",
    "/1000/responses/closing/",
    "{others_response}hiding/",
    "{others_response}lock/",
    "{others_response}writer/block/",
    "{others_response}writer/mute/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
]
DOOR = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nothing/",
    "/accounts/inactive/",
    "/accounts/password/reset/key/done/",
]
DESK = [
    "blog/post/",
    "blog/post/add/",
    "blog/post/{pk}/change/",
    "blog/post/{draft_pk}/change/",
    "blog/post/inbox/",
    "blog/post/{pk}/revisions/",
    "blog/post/{pk}/publication/",
    "blog/post/{draft_pk}/publication/",
    "blog/post/{pk}/withdrawal/",
    "blog/post/{pk}/translations/",
    "blog/post/{draft_pk}/delete/",
    "blog/post/{pk}/notes/",
    "blog/image/",
    "blog/image/add/",
    "blog/image/{image}/change/",
    "blog/comment/",
    "accounts/ban/",
    "accounts/ban/add/",
    "accounts/ban/import/",
    "blog/comment/queue/",
    "blog/comment/decisions/",
    "blog/tag/",
    "blog/tag/add/",
    "blog/series/",
    "blog/series/{series_pk}/change/",
    "accounts/user/",
    "accounts/user/{user}/change/",
    "accounts/author/",
    "accounts/author/{author_pk}/change/",
    "blog/publication/1/change/",
]


@pytest.fixture
def owner():
    return make_person("100", Role.OWNER)


@pytest.fixture
def things(owner, media) -> dict[str, object]:
    """All that pages show, with names and texts of figures: a letter is the interface's own."""
    Publication(name="1", tagline="2", guests_may_respond=True).save()
    Author.objects.filter(user=owner).update(tagline="7", handle="100")
    series = Series.objects.create(title="300", slug="300")
    image = make_picture(owner, alt="4", file_name="5")
    story = make_post(
        owner, title="1000", slug="1000", source="6", series=series, lead_image=image, language="de"
    )
    story.set_topics(Tag.objects.named(["200"]))
    make_post(owner, title="1001", source="7").translate_from(story)
    story.refresh_from_db()
    story.source = "8"
    story.write(by=owner, note="9")
    response = make_response(story, by=owner, source="10")
    guest = Guest.objects.create(name="12", email="12@example.org")
    Ban.objects.ban(address="192.0.2.0/24", by=owner, because="14")
    draft = make_post(owner, title="1002", source="7", published=False)
    other = make_response(story, by=make_person("11"), source="12")
    for verb in ("hide", "spam"):
        moderate(other, verb, by=owner, because="13").undo(by=owner)
    Report.objects.report(other, by=make_person("14"), reason="spam", words="15")
    make_response(story, by=make_person("16"), parent=other, source="17", held_because=[REPORTED])
    return {
        "pk": story.pk,
        "draft_pk": draft.pk,
        "draft": ShareLink.objects.make(draft, by=owner).get_absolute_url(),
        "response": response.get_absolute_url(),
        "response_pk": response.pk,
        "guest_token": guests.link(make_response(story, guest, source="11"), guest, name="12"),
        "others_response": other.get_absolute_url(),
        "other": other.get_absolute_url(),
        "year": story.published_at.year,
        "author": owner.author.get_absolute_url(),
        "author_pk": owner.author.pk,
        "tag": Tag.objects.get().get_absolute_url(),
        "series": series.get_absolute_url(),
        "series_pk": series.pk,
        "image": image.pk,
        "user": owner.pk,
    }


def untranslated(client, paths: list[str], things: dict[str, object]) -> list[str]:
    found = []
    with pseudo_language():
        for path in paths:
            url = path.format(**things)
            answer = client.get(url)
            assert answer.status_code in {200, 400, 404}, (url, answer.status_code)
            for words in bare_words(answer.content.decode()):
                _where, _, said = words.partition(": ")
                if re.search(r"[^\W\d_]", NAMES.sub("", said)):
                    found.append(f"{url} {words}")
    return found


@pytest.mark.django_db
def test_no_word_of_a_public_page_is_kept_from_translators(client, owner, things):
    closed = re.compile("preview|followers|report")
    open_to_all = [path for path in PUBLIC if not closed.search(path)]
    assert untranslated(client, [*open_to_all, *GUESTS], things) == []
    assert untranslated(desk_of(owner), PUBLIC, things) == []


@pytest.mark.django_db
def test_no_word_of_an_account_page_is_kept_from_translators(client, owner, things):
    assert untranslated(client, DOOR, things) == []
    assert untranslated(desk_of(owner), ACCOUNT, things) == []


@pytest.mark.django_db
def test_no_word_of_the_desk_is_kept_from_translators(owner, things):
    paths = [f"/admin/{path}" for path in DESK]
    assert untranslated(desk_of(owner), paths, things) == []


SCRIPTS = sorted((settings.BASE_DIR / "static" / "js").rglob("*.js"))
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
# Two words in a row within quotes, the first with a capital letter.
SENTENCE = re.compile(r"""(["'`])[A-Z][a-z’']* [a-z][^"'`]*\1""")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_no_script_says_a_sentence_of_its_own(script: Path):
    """What scripts say comes from the page, in data attributes."""
    assert [match[0] for match in SENTENCE.finditer(COMMENT.sub("", script.read_text()))] == []
