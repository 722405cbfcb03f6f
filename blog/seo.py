"""What a page says of itself to search engines and to cards in chats."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import default_storage

from accounts.models import Author
from blog import figures, json_ld, share_pictures, threads
from blog.keeping import Keeping
from blog.models import Comment, Post, Publication, Series, Tag
from blog.share_picture import HEIGHT_PX, WIDTH_PX

DESCRIPTION_LENGTH = 200
CARD_WIDTH_PX = 1200


@dataclass(frozen=True)
class Card:
    """The picture that a chat shows with a link to the page."""

    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True)
class Seo:
    """Title and description as plain text, addresses absolute, `json_ld` ready for the page."""

    title: str
    description: str
    canonical: str
    card: Card | None = None
    json_ld: str = ""
    kind: str = "website"
    is_indexed: bool = True
    alternates: tuple[tuple[str, str], ...] = ()  # language and address, the page's own too


def front_seo(publication: Publication) -> Seo:
    return Seo(
        title=publication.name,
        description=publication.tagline,
        canonical=f"{settings.SITE_URL}/",
        json_ld=json_ld.script(json_ld.website(publication)),
    )


def author_seo(author: Author) -> Seo:
    url = f"{settings.SITE_URL}{author.get_absolute_url()}"
    return Seo(
        title=author.name,
        description=author.tagline,
        canonical=url,
        kind="profile",
        json_ld=json_ld.script(json_ld.profile(author)),
    )


def tag_seo(tag: Tag, posts: Iterable[Post]) -> Seo:
    url = f"{settings.SITE_URL}{tag.get_absolute_url()}"
    return Seo(
        title=tag.name,
        description=tag.description,
        canonical=url,
        json_ld=json_ld.script(json_ld.collection(tag.name, tag.description, url, posts)),
    )


def index_seo(title: str, path: str) -> Seo:
    """Of a page that leads to others: years, authors, subjects."""
    return Seo(title=title, description="", canonical=f"{settings.SITE_URL}{path}")


def series_seo(series: Series) -> Seo:
    return Seo(
        title=series.title,
        description=series.description,
        canonical=f"{settings.SITE_URL}{series.get_absolute_url()}",
        json_ld=json_ld.script(json_ld.series(series)),
    )


def post_seo(
    post: Post,
    publication: Publication,
    talk: list[threads.Node[Comment]],
    translations: Sequence[Post] = (),
) -> Seo:
    """`talk` is what the page shows of the responses; `translations` are those found in lists."""
    card = story_card(post, publication)
    description = describe(post)
    posting = json_ld.posting(
        post,
        publication,
        talk,
        description=description,
        image_url=card.url if card else "",
    )
    is_indexed = post.visibility == Post.Visibility.PUBLIC and post.is_live
    return Seo(
        title=post.display_title,
        description=description,
        canonical=post.canonical_url or f"{settings.SITE_URL}{post.get_absolute_url()}",
        card=card,
        kind="article",
        is_indexed=is_indexed,
        alternates=language_alternates([post, *translations]) if is_indexed else (),
        json_ld=json_ld.script({**posting, **json_ld.same_in_other_languages(post, translations)}),
    )


# By the letters of the stories, which are kept beside it to be compared, and its own.
_OF_STORIES: Keeping[Seo] = Keeping(1_000_000)
ITS_LETTERS = 3_000


def post_seo_for_people(
    post: Post, publication: Publication, translations: Sequence[Post] = ()
) -> Seo:
    """`post_seo` where nothing is said of the responses: the same as the last time, if the same is
    told of story and publication."""
    if post.row is None or translations:
        return post_seo(post, publication, [], translations)
    key = post.pk, post.is_live
    told = (post.row, [getattr(publication, name) for name in _PUBLICATION])
    found = _OF_STORIES.find(key, told)
    if found is None:
        found = post_seo(post, publication, [])
        if _OF_STORIES.is_asked_again(key):
            _OF_STORIES.keep(key, told, found, weight=len(post.html) + ITS_LETTERS)
    return found


_PUBLICATION = [field.attname for field in Publication._meta.concrete_fields]


def language_alternates(stories: Sequence[Post]) -> tuple[tuple[str, str], ...]:
    """Language and address of stories that say the same, each of which readers find in lists.

    `x-default` is the original. A story that stood elsewhere first is found there, not here.
    """
    here = [story for story in stories if not story.canonical_url]
    if len(here) < 2 or stories[0] not in here:
        return ()
    found = [(story.language, _address(story)) for story in here]
    original = stories[0].work and stories[0].work.original_id
    default = [("x-default", _address(story)) for story in here if story.pk == original]
    return (*sorted(found), *default)


def _address(post: Post) -> str:
    return f"{settings.SITE_URL}{post.get_absolute_url()}"


def describe(post: Post) -> str:
    """The summary, else the subtitle, else how the story begins."""
    if post.summary or post.subtitle:
        return post.summary or post.display_subtitle
    # Read with the story's page; elsewhere the text itself is at hand.
    start = (post.opening if hasattr(post, "opening") else post.text)[: DESCRIPTION_LENGTH + 1]
    if len(start) <= DESCRIPTION_LENGTH:
        return " ".join(start.split())
    return " ".join(start[:DESCRIPTION_LENGTH].rsplit(maxsplit=1)[0].split()) + "…"


def story_card(post: Post, publication: Publication) -> Card | None:
    """The lead picture, else the first in the text, else the one that was drawn."""
    if post.lead_image:
        image = post.lead_image
        return _picture_card(image.token, image.widths, image.width, image.height, image.alt)
    match = figures.FIRST_PICTURE.search(post.html)
    if match:
        widths = [int(width) for width in figures.JPEG_WIDTH.findall(match["srcset"])]
        size = int(match["width"]), int(match["height"])
        return _picture_card(match["token"], widths, *size, html.unescape(match["alt"]))
    # A draft that was taken back has one until the worker comes for it.
    if post.share_picture and post.status == Post.Status.PUBLISHED:
        url = default_storage.url(share_pictures.path(post.share_picture))
        names = ", ".join(author.name for author in post.byline)
        said = " · ".join(filter(None, (post.display_title, names, publication.name)))
        return Card(f"{settings.SITE_URL}{url}", WIDTH_PX, HEIGHT_PX, said)
    return None


def _picture_card(token: str, widths: list[int], width: int, height: int, alt: str) -> Card:
    # The smallest that is wide enough; cards do not need more.
    wide_enough = [one for one in sorted(widths) if one >= CARD_WIDTH_PX]
    shown = wide_enough[0] if wide_enough else max(widths)
    url = f"{settings.SITE_URL}{figures.url(token, shown, 'jpg')}"
    return Card(url, shown, max(1, round(height * shown / width)), alt)
