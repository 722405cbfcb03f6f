from blog.models.clap import Clap, Clapper
from blog.models.comment import Comment
from blog.models.image import Image
from blog.models.post import AddressTaken, Authorship, Post, PostTag, SlugHistory, Stale
from blog.models.publication import Publication
from blog.models.revision import Revision
from blog.models.stats import PostStats
from blog.models.tag import Tag, TagSlugHistory

__all__ = [
    "AddressTaken",
    "Authorship",
    "Clap",
    "Clapper",
    "Comment",
    "Image",
    "Post",
    "PostStats",
    "PostTag",
    "Publication",
    "Revision",
    "SlugHistory",
    "Stale",
    "Tag",
    "TagSlugHistory",
]
