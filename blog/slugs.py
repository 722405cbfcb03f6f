"""Addresses made from titles, and the words no story may have as its address."""

from __future__ import annotations

import re
import unicodedata

MAX_SLUG_CHARS = 80
FALLBACK = "story"

# The first path segment of everything the site answers itself, now or probably one day. A story
# under one of these would be unreachable, or would take the page's place.
RESERVED: frozenset[str] = frozenset(
    """
    about account accounts activity admin admins ads all amp announcements api app apps archive
    archives assets atom auth author authors avatar avatars blog bookmark bookmarks categories
    category changelog claps clap code-of-conduct comment comments contact cookies css dashboard
    desk docs download downloads draft drafts edit editor embed error errors export faq favorites
    feed feeds files follow followers following fonts front graphql health healthz help highlights
    history home icons image images img imprint import index inbox invitation invitations invite
    js json jobs language latest legal library list lists live log-in log-out login logout mail
    mailing manifest markdownx me media member members membership messages metrics moderation
    most-applauded my new newest newsletter newsletters notifications null oauth oembed offline old
    older openid
    owner page pages password people ping pictures preview previews print privacy profile profiles
    public publication publications publish random readiness readyz recent register removal report
    reset response responses revisions rss rules search security series session sessions settings
    setup share shop sign-in sign-out sign-up signin signout signup site sitemap sitemaps staff
    static stats status stories story-of-the-day style styles submissions submit subscribe
    subscriptions support system tag tags terms test theme themes top topic topics trending
    undefined unsubscribe upload uploads user users webhook webhooks webmention well-known widgets
    write xmlrpc
    humans llms llms-full robots
    .well-known ads.txt apple-touch-icon.png apple-touch-icon-precomposed.png atom.xml
    browserconfig.xml crossdomain.xml favicon.ico favicon.svg feed.json feed.xml humans.txt
    index.html index.php index.xml llms.txt llms-full.txt manifest.json manifest.webmanifest
    opensearch.xml robots.txt rss.xml security.txt service-worker.js sitemap.xml sitemap_index.xml
    sw.js wp-admin wp-login.php xmlrpc.php
    """.split()  # noqa: SIM905 -- a hundred lines of one word each would hide what is missing
)

APOSTROPHES = re.compile(r"['’ʼ`´]")
NOT_IN_A_WORD = re.compile(r"[\W_]+")


def join_words(text: str, *, limit: int = MAX_SLUG_CHARS) -> str:
    """The words of `text`, lower case, with hyphens between them; "" when there are none.

    Letters of every script stay as they are. What remains matches Django's unicode slugs.
    """
    normal = unicodedata.normalize("NFKC", text).lower()
    # lower() can take letters apart again: "İ" becomes an i and a loose dot.
    joined = NOT_IN_A_WORD.sub("-", APOSTROPHES.sub("", unicodedata.normalize("NFC", normal)))
    return _shorten(joined.strip("-"), limit)


def slugify_title(title: str) -> str:
    """The address a story gets from its title: never empty, never reserved, at most 80 characters.

    It is not unique by itself; the model adds a number where it must.
    """
    slug = join_words(title) or FALLBACK
    if is_reserved(slug):
        slug = f"{slug}-{FALLBACK}"
    return slug


def is_reserved(slug: str) -> bool:
    """Whether the site itself needs this address. Upper and lower case are the same."""
    return slug.strip().strip("/").lower() in RESERVED


def _shorten(slug: str, limit: int) -> str:
    """Cut between two words where there is a place to; inside a word only when it is too long."""
    if len(slug) <= limit:
        return slug
    cut = slug[: limit + 1].rpartition("-")[0]
    return (cut if len(cut) > limit // 2 else slug[:limit]).strip("-")
