"""Every public address."""

from django.urls import path, register_converter

from blog import converters
from blog.views import (
    archive,
    authors,
    changes,
    claps,
    comments,
    drafts,
    feeds,
    follows,
    machines,
    media,
    posts,
    series,
    sitemaps,
    tags,
)

register_converter(converters.StorySlug, "story")
register_converter(converters.Handle, "handle")
register_converter(converters.FeedKind, "feed")
register_converter(converters.FeedGuess, "feed_guess")
register_converter(converters.SitemapKind, "sitemap")

app_name = "blog"

urlpatterns = [
    path("", posts.front, name="front"),
    # machines
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap-pages"),
    path("sitemaps/<sitemap:kind>-<int:number>.xml", sitemaps.chunk, name="sitemap-chunk"),
    path("media/<path:path>", media.media, name="media"),
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
    # tags
    path("tags/", tags.tags, name="tags"),
    path("tag/<story:slug>/", tags.tag, name="tag"),
    # series
    path("series/<story:slug>/", series.series, name="series"),
    # stories
    path("preview/<int:pk>/", posts.preview, name="preview"),
    path("draft/<slug:token>/", drafts.draft, name="draft"),
    path("<story:slug>/", posts.post, name="post"),
    path("<story:slug>/changes/", changes.changes, name="changes"),
    path("<story:slug>/claps/", claps.claps, name="claps"),
    path("<story:slug>/claps/mine/", claps.mine, name="claps-mine"),
    path("<story:slug>/claps/withdrawal/", claps.withdrawal, name="claps-withdrawal"),
    path("<story:slug>/responses/", comments.comments, name="comments"),
    path("<story:slug>/responses/<int:pk>/", comments.comment, name="comment"),
    path("<story:slug>/responses/<int:pk>/removal/", comments.removal, name="comment-removal"),
]
