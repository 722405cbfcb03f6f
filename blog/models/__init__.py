from blog.models.applause import Clapper
from blog.models.change import Change
from blog.models.clap import Clap, Wish
from blog.models.comment import Comment
from blog.models.comment_clap import CommentClap
from blog.models.comment_revision import CommentRevision
from blog.models.daily_round import DailyRound
from blog.models.failed_search import FailedSearch
from blog.models.guest import Guest
from blog.models.highlight import Highlight, SharedPassages
from blog.models.image import Image
from blog.models.moderation import ModerationAction
from blog.models.muted_thread import MutedThread
from blog.models.note import Note
from blog.models.post import AddressTaken, Authorship, Post, PostTag, SlugHistory, Stale
from blog.models.presence import Presence
from blog.models.publication import Publication
from blog.models.purge_position import PurgePosition
from blog.models.related import ReadNext, Related
from blog.models.report import Report
from blog.models.review import OutOfTurn
from blog.models.revision import Revision
from blog.models.search_entry import SearchEntry
from blog.models.search_word import SearchWord
from blog.models.series import Series
from blog.models.share_link import ShareLink
from blog.models.spam_word import Lesson, SpamWord
from blog.models.stats import PostStats
from blog.models.tag import Tag, TagSlugHistory
from blog.models.work import NoTranslation, Work
from blog.models.working_copy import WorkingCopy

__all__ = [
    "AddressTaken",
    "Authorship",
    "Change",
    "Clap",
    "Clapper",
    "Comment",
    "CommentClap",
    "CommentRevision",
    "DailyRound",
    "FailedSearch",
    "Guest",
    "Highlight",
    "Image",
    "Lesson",
    "ModerationAction",
    "MutedThread",
    "NoTranslation",
    "Note",
    "OutOfTurn",
    "Post",
    "PostStats",
    "PostTag",
    "Presence",
    "Publication",
    "PurgePosition",
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
    "SpamWord",
    "Stale",
    "Tag",
    "TagSlugHistory",
    "Wish",
    "Work",
    "WorkingCopy",
]
