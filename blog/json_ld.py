"""What a page says of itself in the words of schema.org, for the machines that know them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Author
from blog import icons, threads
from blog.models import Comment, Post, Publication, Series, Tag
from blog.prose import plain

SEARCH_PATH = "/search/?q={search_term_string}"
# They stand on the page in full; a machine that reads on finds them there.
COMMENT_COUNT = 3
COMMENT_CHARS = 160
PARAGRAPHS = re.compile(r"(?:<p>[^<]*</p>\s*)*")
# Within a script element, nothing may look like its end or like a comment.
SCRIPT_ESCAPES = {sign: f"\\u{ord(sign):04X}" for sign in "<>&"}
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

Thing = dict[str, Any]


def script(thing: Thing) -> SafeString:
    """JSON-LD for a script element: no text in it can close the element."""
    encoded = ENCODER.encode({"@context": "https://schema.org", **thing})
    for sign, escaped in SCRIPT_ESCAPES.items():
        encoded = encoded.replace(sign, escaped)
    return mark_safe(encoded)  # noqa: S308  (escaped above)


def website(publication: Publication) -> Thing:
    home = f"{settings.SITE_URL}/"
    return _without_empty(
        {
            "@type": "WebSite",
            "name": publication.name,
            "description": publication.tagline,
            "url": home,
            "inLanguage": publication.language,
            "publisher": publisher(publication),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": f"{settings.SITE_URL}{SEARCH_PATH}",
                },
                "query-input": "required name=search_term_string",
            },
        }
    )


def publisher(publication: Publication) -> Thing:
    return {
        "@type": "Organization",
        "name": publication.name,
        "url": f"{settings.SITE_URL}/",
        "logo": f"{settings.SITE_URL}{icons.url(publication, icons.LARGE)}",
    }


def profile(author: Author) -> Thing:
    return {"@type": "ProfilePage", "url": _address(author), "mainEntity": whole_person(author)}


def person(author: Author) -> Thing:
    return {"@type": "Person", "name": author.name, "url": _address(author)}


def whole_person(author: Author) -> Thing:
    """With what their own page says of them."""
    return _without_empty(
        {
            **person(author),
            "description": author.tagline,
            "image": _absolute(author.avatar_url),
            "sameAs": [link["url"] for link in author.links or []],
        }
    )


def collection(name: str, description: str, url: str, posts: Iterable[Post]) -> Thing:
    return _without_empty(
        {
            "@type": "CollectionPage",
            "name": name,
            "description": description,
            "url": url,
            "mainEntity": {
                "@type": "ItemList",
                "itemListElement": [
                    {"@type": "ListItem", "position": number, "url": _address(post)}
                    for number, post in enumerate(posts, start=1)
                ],
            },
        }
    )


def series(found: Series) -> Thing:
    return {"@type": "CreativeWorkSeries", "name": found.title, "url": _address(found)}


def posting(
    post: Post,
    publication: Publication,
    talk: list[threads.Node[Comment]],
    *,
    description: str,
    image_url: str,
) -> Thing:
    url = _address(post)
    return _without_empty(
        {
            "@type": "BlogPosting",
            "headline": post.display_title,
            "description": description,
            "url": url,
            "mainEntityOfPage": {
                "@type": "WebPage",
                "@id": url,
                "breadcrumb": _trail(post, publication),
            },
            "image": image_url,
            "inLanguage": post.language,
            "wordCount": post.word_count,
            "author": [whole_person(author) for author in post.byline],
            "publisher": publisher(publication),
            "keywords": [tag.name for tag in post.topics],
            "datePublished": _moment(post.published_at),
            "dateModified": _moment(post.edited_at or post.published_at),
            "isPartOf": _series_of(post),
            **_applause(post, talk),
        }
    )


def same_in_other_languages(post: Post, translations: Sequence[Post]) -> Thing:
    """Its original, or what was made of it: as far as readers find it."""
    if post.is_original:
        made = [_translation(story) for story in translations]
        return {"workTranslation": made} if made else {}
    original = post.work and post.work.original_id
    found = [_translation(story) for story in translations if story.pk == original]
    return {"translationOfWork": found[0]} if found else {}


def _translation(post: Post) -> Thing:
    return {
        "@type": "BlogPosting",
        "headline": post.display_title,
        "url": _address(post),
        "inLanguage": post.language,
    }


def _trail(post: Post, publication: Publication) -> Thing:
    """Front page, subject, story."""
    places: list[tuple[str, str]] = [(publication.name, f"{settings.SITE_URL}/")]
    if post.kicker:
        places.append((post.kicker.name, _address(post.kicker)))
    places.append((post.display_title, _address(post)))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(places, start=1)
        ],
    }


def _series_of(post: Post) -> Thing | None:
    # Readers have a page of the series once they find this part of it.
    if post.series and post.is_live and post.visibility == Post.Visibility.PUBLIC:
        return series(post.series)
    return None


def _applause(post: Post, talk: list[threads.Node[Comment]]) -> Thing:
    counts = {"LikeAction": post.clap_count, "CommentAction": post.response_count}
    # Neither an empty place, nor what waits and is shown to whoever wrote it.
    shown = (node for node in threads.walk(talk) if node.is_seen)
    said = (node.comment for node in shown if node.comment.is_visible)
    return {
        "commentCount": post.response_count,
        "interactionStatistic": [
            {
                "@type": "InteractionCounter",
                "interactionType": f"https://schema.org/{name}",
                "userInteractionCount": count,
            }
            for name, count in counts.items()
            if count
        ],
        "comment": [_comment(comment) for comment in islice(said, COMMENT_COUNT)],
    }


def _comment(comment: Comment) -> Thing:
    face = comment.author.author_or_none if comment.author else None
    text = " ".join(_words(comment.html).split())
    return {
        "@type": "Comment",
        "text": text if len(text) <= COMMENT_CHARS else f"{text[: COMMENT_CHARS - 1].rstrip()}…",
        "url": f"{_address(comment.post)}#{comment.anchor}",
        "dateCreated": _moment(comment.created_at),
        "author": person(face) if face else {"@type": "Person", "name": comment.signature},
    }


def _words(html_text: str) -> str:
    """What `plain` says, which reads every tag; most responses have none but paragraphs."""
    if PARAGRAPHS.fullmatch(html_text):
        return html.unescape(html_text.replace("<p>", " ").replace("</p>", " "))
    return plain(html_text)


def _address(thing: Author | Post | Tag | Series) -> str:
    return f"{settings.SITE_URL}{thing.get_absolute_url()}"


def _absolute(url: str) -> str:
    return url if not url or urlsplit(url).scheme else f"{settings.SITE_URL}{url}"


def _moment(at: Any) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _without_empty(thing: Thing) -> Thing:
    empty: Sequence[Any] = ("", None, [], 0)
    return {name: value for name, value in thing.items() if value not in empty}
