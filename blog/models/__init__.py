from blog.models.clap import Clap, Clapper
from blog.models.comment import Comment
from blog.models.daily_round import DailyRound
from blog.models.failed_search import FailedSearch
from blog.models.guest import Guest
from blog.models.highlight import Highlight, SharedPassages
from blog.models.image import Image
from blog.models.moderation import ModerationAction
from blog.models.note import Note
from blog.models.post import AddressTaken, Authorship, Post, PostTag, SlugHistory, Stale
from blog.models.presence import Presence
from blog.models.publication import Publication
from blog.models.related import ReadNext, Related
from blog.models.report import Report
from blog.models.review import OutOfTurn
from blog.models.revision import Revision
from blog.models.search_entry import SearchEntry
from blog.models.search_word import SearchWord
from blog.models.series import Series
from blog.models.share_link import ShareLink
from blog.models.stats import PostStats
from blog.models.tag import Tag, TagSlugHistory
from blog.models.work import NoTranslation, Work
from blog.models.working_copy import WorkingCopy

__all__ = [
    "AddressTaken",
    "Authorship",
    "Clap",
    "Clapper",
    "Comment",
    "DailyRound",
    "FailedSearch",
    "Guest",
    "Highlight",
    "Image",
    "ModerationAction",
    "NoTranslation",
    "Note",
    "OutOfTurn",
    "Post",
    "PostStats",
    "PostTag",
    "Presence",
    "Publication",
    "ReadNext",
    "Related",
    "Report",
    "Revision",
    "SearchEntry",
    "SearchWord",
    "Series",
    "ShareLink",
    "SharedPassages",
    "SlugHistory",
    "Stale",
    "Tag",
    "TagSlugHistory",
    "Work",
    "WorkingCopy",
]
