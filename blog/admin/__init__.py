"""The desk: Django's admin, made for writing. Importing it registers every noun."""

from blog.admin import author, ban, comment, failed_search, image, post, publication, series, tag

__all__ = [
    "author",
    "ban",
    "comment",
    "failed_search",
    "image",
    "post",
    "publication",
    "series",
    "tag",
]
