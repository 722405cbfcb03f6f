"""Every public address."""

from django.urls import path, register_converter

from blog import converters
from blog.views import (
    about,
    archive,
    authors,
    changes,
    claps,
    comments,
    composing,
    crawlers,
    distance,
    drafts,
    editing,
    feeds,
    follows,
    formats,
    guests,
    help,
    highlights,
    hosting,
    icons,
    media,
    oembed,
    posts,
    reports,
    search,
    series,
    sitemaps,
    tags,
)

register_converter(converters.StorySlug, "story")
register_converter(converters.FreeSlug, "free")
register_converter(converters.Handle, "handle")
register_converter(converters.FeedKind, "feed")
register_converter(converters.FeedGuess, "feed_guess")
register_converter(converters.SitemapKind, "sitemap")

app_name = "blog"

urlpatterns = [
    path("", posts.front, name="front"),
    # Before all others: most requests are for a story, and no other page has such an address.
    path("<free:slug>/", posts.post, name="post"),
    path("about/", about.about, name="about"),
    # machines
    path("robots.txt", crawlers.robots, name="robots"),
    path("llms.txt", crawlers.llms, name="llms"),
    path("favicon.ico", icons.favicon, name="favicon"),
    path("apple-touch-icon.png", icons.touch_icon, name="touch-icon"),
    path("manifest.webmanifest", icons.manifest, name="manifest"),
    path("oembed/", oembed.oembed, name="oembed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap-pages"),
    path("sitemaps/<sitemap:kind>-<int:number>.xml", sitemaps.chunk, name="sitemap-chunk"),
    path("media/<path:path>", media.media, name="media"),
    # search
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.propose, name="search-suggestions"),
    path("search/missed/", search.missed, name="search-missed"),
    path("opensearch.xml", search.description, name="opensearch"),
    # feeds
    path("feeds/", feeds.feeds, name="feeds"),
    path("feed/", feeds.site, name="feed"),
    path("feed/<feed:kind>/", feeds.site, name="feed-in"),
    path("<feed_guess:guess>", feeds.guess, name="feed-guess"),
    path("@<handle:handle>/feed/", feeds.author, name="author-feed"),
    path("@<handle:handle>/feed/<feed:kind>/", feeds.author, name="author-feed-in"),
    path("tag/<story:slug>/feed/", feeds.tag, name="tag-feed"),
    path("tag/<story:slug>/feed/<feed:kind>/", feeds.tag, name="tag-feed-in"),
    path("series/<story:slug>/feed/", feeds.series, name="series-feed"),
    path("series/<story:slug>/feed/<feed:kind>/", feeds.series, name="series-feed-in"),
    path("<story:slug>/responses/feed/", feeds.responses, name="comments-feed"),
    path("<story:slug>/responses/feed/<feed:kind>/", feeds.responses, name="comments-feed-in"),
    # archive
    path("archive/", archive.archive, name="archive"),
    path("archive/<int:year>/", archive.period, name="archive-year"),
    path("archive/<int:year>/<int:month>/", archive.period, name="archive-month"),
    # authors
    path("authors/", authors.authors, name="authors"),
    path("@<handle:handle>/", authors.author, name="author"),
    path("@<handle:handle>/followers/", follows.followers, name="author-followers"),
    path("@<handle:handle>/followers/removal/", follows.removal, name="author-followers-removal"),
    path("@<handle:handle>/block/", distance.author_block, name="author-block"),
    path("@<handle:handle>/mute/", distance.author_mute, name="author-mute"),
    # tags
    path("tags/", tags.tags, name="tags"),
    path("tag/<story:slug>/", tags.tag, name="tag"),
    # series
    path("series/<story:slug>/", series.series, name="series"),
    # reading
    path("help/", help.help_page, name="help"),
    path("highlights/", highlights.yours, name="highlights-yours"),
    path("highlights/<int:pk>/removal/", highlights.removal, name="highlight-removal"),
    # keeping away
    path("accounts/blocked/", distance.blocked, name="blocked"),
    path("accounts/blocked/<int:pk>/removal/", distance.unblocking, name="blocked-removal"),
    path("accounts/muted/<int:pk>/removal/", distance.unmuting, name="muted-removal"),
    path(
        "accounts/muted-threads/<int:pk>/removal/",
        distance.listed_thread_unmuting,
        name="muted-thread-removal",
    ),
    # guests
    path("responses/confirmation/<str:token>/", guests.confirmation, name="guest-confirmation"),
    # stories
    path("preview/<int:pk>/", posts.preview, name="preview"),
    path("draft/<slug:token>/", drafts.draft, name="draft"),
    path("<story:slug>.md", formats.markdown, name="post-markdown"),
    path("<story:slug>.txt", formats.text, name="post-text"),
    path("<story:slug>/changes/", changes.changes, name="changes"),
    path("<story:slug>/claps/", claps.claps, name="claps"),
    path("<story:slug>/claps/mine/", claps.mine, name="claps-mine"),
    path("<story:slug>/claps/withdrawal/", claps.withdrawal, name="claps-withdrawal"),
    path("<story:slug>/claps/people/", claps.clappers, name="clappers"),
    path("<story:slug>/highlights/", highlights.highlights, name="highlights"),
    path("<story:slug>/highlights/mine/", highlights.mine, name="highlights-mine"),
    path("<story:slug>/responses/", comments.comments, name="comments"),
    path("<story:slug>/responses/new/", guests.response, name="guest-response"),
    path("<story:slug>/responses/<int:pk>/", comments.comment, name="comment"),
    path("<story:slug>/responses/<int:pk>/claps/", claps.comment_claps, name="comment-claps"),
    path(
        "<story:slug>/responses/<int:pk>/claps/withdrawal/",
        claps.comment_withdrawal,
        name="comment-claps-withdrawal",
    ),
    path(
        "<story:slug>/responses/<int:pk>/claps/people/",
        claps.comment_clappers,
        name="comment-clappers",
    ),
    path("<story:slug>/responses/preview/", composing.preview, name="comments-preview"),
    path("<story:slug>/responses/people/", composing.people, name="comments-people"),
    path("<story:slug>/responses/<int:pk>/edit/", editing.edit, name="comment-edit"),
    path("<story:slug>/responses/<int:pk>/history/", editing.history, name="comment-history"),
    path("<story:slug>/responses/<int:pk>/removal/", comments.removal, name="comment-removal"),
    # their authors' hand on responses
    path("<story:slug>/responses/hidden/", hosting.hidden, name="comments-hidden"),
    path("<story:slug>/responses/closing/", hosting.closing, name="comments-closing"),
    path(
        "<story:slug>/responses/closing/removal/", hosting.opening, name="comments-closing-removal"
    ),
    path("<story:slug>/responses/<int:pk>/hiding/", hosting.hiding, name="comment-hiding"),
    path(
        "<story:slug>/responses/<int:pk>/hiding/removal/",
        hosting.showing,
        name="comment-hiding-removal",
    ),
    path("<story:slug>/responses/<int:pk>/pin/", hosting.pin, name="comment-pin"),
    path(
        "<story:slug>/responses/<int:pk>/pin/removal/",
        hosting.unpinning,
        name="comment-pin-removal",
    ),
    path("<story:slug>/responses/<int:pk>/lock/", hosting.lock, name="comment-lock"),
    path(
        "<story:slug>/responses/<int:pk>/lock/removal/",
        hosting.unlocking,
        name="comment-lock-removal",
    ),
    path("<story:slug>/responses/<int:pk>/mute/", distance.thread_mute, name="thread-mute"),
    path(
        "<story:slug>/responses/<int:pk>/mute/removal/",
        distance.thread_unmuting,
        name="thread-mute-removal",
    ),
    path(
        "<story:slug>/responses/<int:pk>/writer/block/", distance.writer_block, name="writer-block"
    ),
    path("<story:slug>/responses/<int:pk>/writer/mute/", distance.writer_mute, name="writer-mute"),
    path("<story:slug>/responses/<int:pk>/report/", reports.report, name="comment-report"),
]
