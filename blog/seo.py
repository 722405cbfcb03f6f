"""What a page says of itself to search engines and to cards in chats."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Author
from blog import figures
from blog.models import Post, Publication, Series, Tag

DESCRIPTION_LENGTH = 200
CARD_WIDTH_PX = 1200
# Within a script element, nothing may look like its end or like a comment.
SCRIPT_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


@dataclass(frozen=True)
class Seo:
    """Title and description as plain text, addresses absolute, `json_ld` ready for the page."""

    title: str
    description: str
    canonical: str
    image_url: str = ""
    image_alt: str = ""
    json_ld: str = ""
    kind: str = "website"
    is_indexed: bool = True
    alternates: tuple[tuple[str, str], ...] = ()  # language and address, the page's own too


def front_seo(publication: Publication) -> Seo:
    return Seo(
        title=publication.name,
        description=publication.tagline,
        canonical=f"{settings.SITE_URL}/",
        json_ld=_ld({"@type": "WebSite", "name": publication.name, "url": f"{settings.SITE_URL}/"}),
    )


def author_seo(author: Author) -> Seo:
    url = f"{settings.SITE_URL}{author.get_absolute_url()}"
    return Seo(
        title=author.name,
        description=author.tagline,
        canonical=url,
        kind="profile",
        json_ld=_ld(_person(author)),
    )


def tag_seo(tag: Tag) -> Seo:
    return Seo(
        title=tag.name,
        description=tag.description,
        canonical=f"{settings.SITE_URL}{tag.get_absolute_url()}",
    )


def index_seo(title: str, path: str) -> Seo:
    """Of a page that leads to others: years, authors, subjects."""
    return Seo(title=title, description="", canonical=f"{settings.SITE_URL}{path}")


def series_seo(series: Series) -> Seo:
    return Seo(
        title=series.title,
        description=series.description,
        canonical=f"{settings.SITE_URL}{series.get_absolute_url()}",
        json_ld=_ld(_series(series)),
    )


def post_seo(post: Post, translations: Sequence[Post] = ()) -> Seo:
    """`translations` are those that readers find in lists."""
    url = f"{settings.SITE_URL}{post.get_absolute_url()}"
    image_url = _card_image(post)
    description = describe(post)
    is_indexed = post.visibility == Post.Visibility.PUBLIC and post.is_live
    return Seo(
        title=post.display_title,
        description=description,
        canonical=post.canonical_url or url,
        image_url=image_url,
        image_alt=post.lead_image.alt if post.lead_image else "",
        kind="article",
        is_indexed=is_indexed,
        alternates=language_alternates([post, *translations]) if is_indexed else (),
        json_ld=_ld(
            {
                **_posting(post, url, image_url, description),
                **_same_in_other_languages(post, translations),
            }
        ),
    )


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


def _same_in_other_languages(post: Post, translations: Sequence[Post]) -> dict[str, Any]:
    """Its original, or what was made of it: as far as readers find it."""
    if post.is_original:
        made = [_translation(story) for story in translations]
        return {"workTranslation": made} if made else {}
    original = post.work and post.work.original_id
    found = [_translation(story) for story in translations if story.pk == original]
    return {"translationOfWork": found[0]} if found else {}


def _translation(post: Post) -> dict[str, Any]:
    return {
        "@type": "BlogPosting",
        "headline": post.display_title,
        "url": _address(post),
        "inLanguage": post.language,
    }


def describe(post: Post) -> str:
    """The summary, else the subtitle, else how the story begins."""
    if post.summary or post.subtitle:
        return post.summary or post.display_subtitle
    # Read with the story's page; elsewhere the text itself is at hand.
    start = (post.opening if hasattr(post, "opening") else post.text)[: DESCRIPTION_LENGTH + 1]
    if len(start) <= DESCRIPTION_LENGTH:
        return " ".join(start.split())
    return " ".join(start[:DESCRIPTION_LENGTH].rsplit(maxsplit=1)[0].split()) + "…"


def _posting(post: Post, url: str, image_url: str, description: str) -> dict[str, Any]:
    posting: dict[str, Any] = {
        "@type": "BlogPosting",
        "headline": post.display_title,
        "description": description,
        "url": url,
        "mainEntityOfPage": url,
        "inLanguage": post.language,
        "wordCount": post.word_count,
        "author": [_person(author) for author in post.byline],
        "keywords": [tag.name for tag in post.topics],
    }
    if post.published_at:
        posting["datePublished"] = post.published_at.isoformat()
        posting["dateModified"] = (post.edited_at or post.published_at).isoformat()
    if image_url:
        posting["image"] = image_url
    # Readers have a page of the series once they find this part of it.
    if post.series and post.is_live and post.visibility == Post.Visibility.PUBLIC:
        posting["isPartOf"] = _series(post.series)
    return posting


def _series(series: Series) -> dict[str, Any]:
    return {
        "@type": "CreativeWorkSeries",
        "name": series.title,
        "url": f"{settings.SITE_URL}{series.get_absolute_url()}",
    }


def _person(author: Author) -> dict[str, Any]:
    return {
        "@type": "Person",
        "name": author.name,
        "url": f"{settings.SITE_URL}{author.get_absolute_url()}",
    }


def _card_image(post: Post) -> str:
    image = post.lead_image
    if image is None:
        return ""
    # The smallest that is wide enough; cards do not need more.
    wide_enough = [width for width in sorted(image.widths) if width >= CARD_WIDTH_PX]
    width = wide_enough[0] if wide_enough else max(image.widths)
    return f"{settings.SITE_URL}{figures.url(image.token, width, 'jpg')}"


def _ld(value: dict[str, Any]) -> SafeString:
    """JSON-LD for a script element: no text in it can close the element."""
    encoded = json.dumps({"@context": "https://schema.org", **value}, ensure_ascii=False)
    return mark_safe(encoded.translate(SCRIPT_ESCAPES))  # noqa: S308  (escaped above)
