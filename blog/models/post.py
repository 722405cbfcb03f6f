"""A story: who may see it, how it is written, how it comes before readers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Unpack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Left
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from markdownx.models import MarkdownxField

from accounts.addresses import address
from accounts.characters import validate_printable
from accounts.ingredients import Ingredient, good_until
from accounts.json_rows import JsonRows, in_order, instances
from accounts.models import Author, Follow, User
from accounts.statements import Statement
from blog import figures, markdown
from blog.models.byline import Bylines
from blog.models.image import FACE, Image
from blog.models.listed import ListedQuerySet, Within, came_out
from blog.models.note import Note
from blog.models.publication import LANGUAGE_CHOICES, Publication
from blog.models.review import EDITS, Reviewed
from blog.models.revision import TEXT_FIELDS, Revision, RevisionQuerySet
from blog.models.series import Series
from blog.models.stats import PostStats
from blog.models.tag import Tag
from blog.models.work import Translated
from blog.models.working_copy import WorkingCopy
from blog.reading import reading_minutes
from blog.slugs import is_reserved, slugify_title

OPENING_LENGTH = 300
MAX_STEM_CHARS = 74
UNSEEN_WITHIN = timedelta(minutes=10)
# How many keys make one file of the sitemap. An index is made of it.
SITEMAP_CHUNK = 2_000
HEAVY_FIELDS = ("source", "html", "text")
ROW_FIELDS = (
    *("title", "subtitle", "slug", "language", "reading_minutes", "published_at", "expires_at"),
    *("is_pinned", "series", "lead_image", "stats__clap_count"),
    *(f"lead_image__{name}" for name in FACE),
)
# What a byline in a list shows of an author, by the names of annotations.
SIGNATURE = {
    f"author_{column}": f"authorships__author__{column}"
    for column in ("id", "name", "handle", "avatar")
}
SIGNATURE_ORDER = {
    "author_position": "authorships__position",
    "authorship": "authorships__pk",
}
CARD_FIELDS = (
    *("title", "subtitle", "slug", "language", "reading_minutes", "lead_image"),
    *("status", "visibility", "published_at", "expires_at", "canonical_url"),
    *("series", "series_position", "work"),
    *(f"lead_image__{name}" for name in FACE),
)
# A story of a date long past is news to nobody: it was moved here, or mended.
ANNOUNCED_WITHIN = timedelta(days=7)

# Sent by `Post.publish` and `arrange` inside their transaction; `receivers` knows what follows.
brought_out = Signal()
# Sent by `Post.unpublish` inside its transaction, of a story that readers could find in lists.
taken_back = Signal()
# Sent by every verb that changes by what a story is found (`post`): what it says, who wrote it,
# what it is about, whether and since when readers see it. What is only rendered anew, or only
# comes and goes, says so (`only_rendering`, `only_state`).
words_changed = Signal()


class Stale(Exception):
    """Somebody else saved the story since this version was read."""


class AddressTaken(Exception):
    """Another story has the address that somebody chose for this one, or readers knew it there."""


def validate_slug(value: str) -> None:
    """Refuse addresses that the publication needs for itself."""
    if is_reserved(value):
        raise ValidationError(
            _("“/%(slug)s/” is an address of the publication itself; choose another."),
            params={"slug": value},
        )


def validate_source(value: str) -> None:
    """Refuse a text too large to be rendered for every reader."""
    size = len(value.encode())
    if size > markdown.MAX_SOURCE_BYTES:
        raise ValidationError(
            _("This story is %(size)d KB; the limit is %(limit)d KB. Make two stories of it."),
            code="too_large",
            params={"size": -(-size // 1024), "limit": markdown.MAX_SOURCE_BYTES // 1024},
        )


class PostQuerySet(models.QuerySet["Post"]):
    def published(self, at: datetime | None = None, **within: Unpack[Within]) -> PostQuerySet:
        """What readers may open by its address."""
        at = at or timezone.now()
        dated = came_out("published_at", at, **within)
        out = self.filter(status=Post.Status.PUBLISHED, **dated)
        return out.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))

    def listed(self, at: datetime | None = None, **within: Unpack[Within]) -> PostQuerySet:
        """What readers find in lists, feeds and the sitemap."""
        return self.published(at, **within).filter(visibility=Post.Visibility.PUBLIC)

    def listed_by(
        self,
        author: Author | OuterRef | int,
        at: datetime | None = None,
        **within: Unpack[Within],
    ) -> PostQuerySet:
        """Those of `listed` that an author wrote; to be sorted by `newest_first`."""
        return self.filter(authorships__author=author)._listed_beside("authorships", at, **within)

    def listed_on(
        self, tag: Tag | OuterRef | int, at: datetime | None = None, **within: Unpack[Within]
    ) -> PostQuerySet:
        """Those of `listed` on a subject; to be sorted by `newest_first`."""
        return self.filter(post_tags__tag=tag)._listed_beside("post_tags", at, **within)

    def _listed_beside(
        self, join: str, at: datetime | None, **within: Unpack[Within]
    ) -> PostQuerySet:
        """By the copy of the date that is there only where a story is listed (`blog.listing`).

        The story is asked as well, in a way for which no index is: SQLite would begin there.
        """
        at = at or timezone.now()
        copies = {"listed_at": F(f"{join}__listed_at"), "listed_pk": F(f"{join}__post_id")}
        beside: Any = self.alias(**copies)
        shown: PostQuerySet = beside.public(at).filter(**came_out("listed_at", at, **within))
        return shown

    def public(self, at: datetime) -> PostQuerySet:
        """What `listed` asks besides the date, in a way for which there is no index.

        For those that are found by another one; a database would begin here.
        """
        is_public = When(
            status=Post.Status.PUBLISHED, visibility=Post.Visibility.PUBLIC, then=Value(True)
        )
        marked: Any = self.alias(is_public=Case(is_public, default=Value(False)))
        shown: PostQuerySet = marked.filter(is_public=True)
        return shown.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))

    def listed_among(self, keys: Collection[int], at: datetime) -> PostQuerySet:
        """Those of `listed` that have these keys.

        The date is asked in a way for which there is no index: of many keys SQLite believes that
        to look through all that have come out is shorter.
        """
        dated: Any = self.public(at).alias(appeared_at=Coalesce("published_at", "created_at"))
        shown: PostQuerySet = dated.filter(pk__in=keys, appeared_at__lte=at)
        return shown

    def unannounced(self, at: datetime | None = None) -> PostQuerySet:
        """New in lists, and not told to those who follow its authors, though it is to be."""
        at = at or timezone.now()
        fresh = self.listed(at).filter(published_at__gt=at - ANNOUNCED_WITHIN)
        return fresh.filter(tells_followers=True, announced_at__isnull=True)

    def in_desk_of(self, user: User) -> PostQuerySet:
        """What `user` finds in the desk's list: their own stories, or everybody's."""
        if not user.has_perm("blog.change_post"):
            return self.none()
        if user.has_perm("blog.edit_any_post"):
            return self.all()
        # Not `Exists`: of ten thousand stories SQLite would look at each, to find somebody's few.
        return self.filter(pk__in=Authorship.objects.by(user).values("post_id"))

    def in_desk_list_of(self, user: User) -> PostQuerySet:
        """The same, to be sorted by `saved_keys`."""
        sees_all = user.has_perm("blog.edit_any_post")
        if sees_all or not user.has_perm("blog.change_post"):
            return self.in_desk_of(user)
        return self.saved_by(Author.objects.filter(user=user))

    def saved_by(self, author: models.QuerySet[Author]) -> PostQuerySet:
        """Those that one author wrote, in whatever state; to be sorted by `saved_keys`."""
        one = Subquery(author.order_by().values("pk")[:1])
        if "saved_at" in self.query.annotations:
            # Sorted beside another author already.
            return self.filter(pk__in=Authorship.objects.filter(author=one).values("post_id"))
        written: Any = self.filter(authorships__author=one)
        copies = {"saved_at": F("authorships__saved_at"), "saved_pk": F("authorships__post_id")}
        beside: PostQuerySet = written.alias(**copies)
        return beside

    def count_to(self, most: int) -> int:
        """How many they are, counted no further than this."""
        counted: Any = self.order_by().values("pk")
        if "saved_at" in self.query.annotations and len(self.query.where.children) == 1:
            # All that one author wrote: no story needs to be looked at.
            [of_author] = self.query.where.children
            theirs = Authorship.objects.filter(author=getattr(of_author, "rhs", None))
            # In the order of the index that has all of it.
            counted = theirs.order_by("-saved_at", "-post_id").values("post")
        return int(counted[:most].count())

    def known_to(self, user: User) -> PostQuerySet:
        """What `user` may hear of: what readers may open, and what is in their desk."""
        out = Q(pk__in=self.model.objects.published().values("pk"))
        return self.filter(out | Q(pk__in=self.model.objects.in_desk_of(user).values("pk")))

    def with_picture(self, image: Image) -> PostQuerySet:
        """Those that show a picture in the text, or that it leads."""
        shown = Post.images.through.objects.filter(image=image).values("post")
        return self.filter(Q(pk__in=shown) | Q(lead_image=image))

    def editable_by(self, user: User) -> PostQuerySet:
        """What `user` may open in the desk; agrees with `Post.can_edit`."""
        theirs = self.in_desk_of(user)
        if user.has_perm("blog.publish_post"):
            return theirs
        return theirs.exclude(status=Post.Status.PUBLISHED)

    def hosted_by(self, user: User) -> PostQuerySet:
        """Those whose responses `user` tends; agrees with `Post.can_host`."""
        if _tends_all(user):
            return self.all()
        return self.filter(pk__in=Authorship.objects.by(user).values("post_id"))

    def outdated(self) -> PostQuerySet:
        """Those whose HTML an older renderer made."""
        return self.filter(renderer_version__lt=markdown.VERSION)

    def in_state(self, state: str) -> PostQuerySet:
        """Those whose `state` is this word."""
        now = timezone.now()
        if state == "scheduled":
            # Every visibility is named: so the index goes on to the date.
            all_of_them = {"visibility__in": Post.Visibility.values}
            out = self.filter(status=Post.Status.PUBLISHED, **all_of_them)
            return out.filter(published_at__gt=now)
        if state == "expired":
            out = self.filter(status=Post.Status.PUBLISHED, published_at__lte=now)
            return out.filter(expires_at__lte=now)
        if state == "unlisted":
            return self.published(now).filter(visibility=Post.Visibility.UNLISTED)
        if state == Post.Status.PUBLISHED:
            # As `listed`, with the date where no index begins at it: in any other order SQLite
            # would sort all that are out.
            dated: Any = self.alias(appears_at=Coalesce("published_at", "created_at"))
            shown: PostQuerySet = dated.filter(
                Q(expires_at__isnull=True) | Q(expires_at__gt=now),
                status=state,
                visibility=Post.Visibility.PUBLIC,
                appears_at__lte=now,
            )
            return shown
        return self.filter(status=state)

    def waiting_for(self, user: User) -> PostQuerySet:
        """Where it is this person's turn: an editor's to read, an author's to change."""
        turn = Post.Status.IN_REVIEW if user.has_perm(EDITS) else Post.Status.CHANGES
        return self.in_desk_of(user).filter(status=turn)

    def longest_waiting_first(self) -> PostQuerySet:
        """By the step that brought them where they are, whose key is `step_pk`."""
        steps = Note.objects.steps().filter(post=OuterRef("pk")).order_by("-created_at", "-pk")
        return self.annotate(
            step_pk=Subquery(steps.values("pk")[:1]),
            # One that was handed in before steps were written down.
            waits_since=Coalesce(Subquery(steps.values("created_at")[:1]), "updated_at"),
        ).order_by("waits_since", "pk")

    def beside(self, post: Post) -> PostQuerySet:
        """Those that say the same as `post` in other languages."""
        if post.work_id is None:
            return self.none()
        return self.filter(work=post.work_id).exclude(pk=post.pk)

    @property
    def place_keys(self) -> tuple[str, str]:
        """What a list is sorted and read on by: the date and the key, or the copies of them."""
        has_copies = "listed_at" in self.query.annotations
        return ("listed_at", "listed_pk") if has_copies else ("published_at", "pk")

    @property
    def saved_keys(self) -> tuple[str, str]:
        """What the desk's list is sorted and read on by: what was saved last, or its copies."""
        has_copies = "saved_at" in self.query.annotations
        return ("-saved_at", "-saved_pk") if has_copies else ("-updated_at", "-pk")

    def newest_first(self) -> PostQuerySet:
        return self.order_by(*(f"-{key}" for key in self.place_keys))

    def most_applauded(self) -> PostQuerySet:
        """Those that were applauded, by their claps."""
        return self.filter(stats__clap_count__gt=0).order_by("-stats__clap_count", "-pk")

    def findable_subjects(self, at: datetime | None = None) -> models.QuerySet[Tag]:
        """The tags on which readers find a story."""
        listed = self.listed_on(OuterRef("pk"), at)
        found: models.QuerySet[Tag] = Tag.objects.filter(Exists(listed))
        return found

    def series(self) -> models.QuerySet[Series]:
        """The series that these stories are parts of."""
        return Series.objects.filter(Exists(self.filter(series=OuterRef("pk"))))

    def light(self) -> PostQuerySet:
        """With what a row of a list shows, without the text; `with_bylines` adds the names."""
        return self.defer(*HEAVY_FIELDS).select_related("lead_image", "stats")

    def in_rows(self) -> PostQuerySet:
        """With what a row of a list shows and nothing else; `with_bylines` adds the names."""
        return self.select_related("lead_image", "stats").only(*ROW_FIELDS)

    def whole(self) -> PostQuerySet:
        """With everything that a story's own page shows."""
        return (
            self.defer("source", "text")
            .annotate(opening=Left("text", OPENING_LENGTH))
            .select_related("lead_image", "stats", "series", "work")
            .prefetch_related(
                Prefetch("authorships", Authorship.objects.select_related("author")),
                Prefetch("post_tags", PostTag.objects.select_related("tag")),
            )
        )

    def signed(self) -> PostQuerySet:
        """With what a row of a list shows, newest first; a row for each author (`blog.told`)."""
        shown: PostQuerySet = self.select_related("lead_image", "stats").only(*ROW_FIELDS)
        return shown.newest_first().with_signature()

    def with_signature(self) -> PostQuerySet:
        """A row for each author, in the order there is, if there is one (`blog.told`)."""
        said = {name: F(of) for name, of in (SIGNATURE | SIGNATURE_ORDER).items()}
        signed: PostQuerySet = self.annotate(**said)
        order = self.query.order_by
        return signed.order_by(*order, *SIGNATURE_ORDER) if order else signed

    def card(self) -> PostQuerySet:
        """With what a card of a story shows; `with_bylines` adds the names."""
        return self.select_related("lead_image").only(*CARD_FIELDS)


class Post(Ingredient, Reviewed, Translated):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        CHANGES = "changes", _("Changes asked for")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")

    class ResponseHold(models.TextChoices):
        USUAL = "", _("As in the publication")
        EVERYTHING = "everything", _("Every response")
        NOTHING = "nothing", _("None")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public")
        UNLISTED = "unlisted", _("Unlisted: only who knows the address")

    title = models.CharField(_("title"), max_length=200, validators=[validate_printable])
    subtitle = models.CharField(
        _("subtitle"), max_length=300, blank=True, validators=[validate_printable]
    )
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        allow_unicode=True,
        validators=[validate_slug],
        error_messages={"unique": _("Another story has this address.")},
    )
    source = MarkdownxField(_("text"), blank=True, validators=[validate_source])
    html = models.TextField(editable=False, blank=True)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    text = models.TextField(editable=False, blank=True)
    word_count = models.PositiveIntegerField(_("words"), default=0, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(
        _("minutes to read"), default=1, editable=False
    )
    lead_image = models.ForeignKey(
        Image,
        verbose_name=_("lead picture"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="led_posts",
    )
    images = models.ManyToManyField(Image, related_name="posts", editable=False)
    tags = models.ManyToManyField(Tag, through="PostTag", related_name="posts")
    authors = models.ManyToManyField(Author, through="Authorship", related_name="posts")
    language = models.CharField(
        _("language"), max_length=10, choices=LANGUAGE_CHOICES, default="en"
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    expires_at = models.DateTimeField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("From then on its address says that it was taken back."),
    )
    tells_followers = models.BooleanField(_("tell followers when it appears"), default=True)
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    canonical_url = models.URLField(
        _("canonical address"),
        max_length=500,
        blank=True,
        help_text=_("Where this story stood first, if not here."),
    )
    summary = models.CharField(
        _("summary"),
        max_length=300,
        blank=True,
        validators=[validate_printable],
        help_text=_("For search engines and cards; else the subtitle or the beginning."),
    )
    responses_open = models.BooleanField(_("open to responses"), default=True)
    response_hold = models.CharField(
        _("hold responses for review"),
        max_length=10,
        choices=ResponseHold,
        default=ResponseHold.USUAL,
        blank=True,
    )
    responses_close_after_days = models.PositiveSmallIntegerField(
        _("close responses after days"),
        null=True,
        blank=True,
        help_text=_("Left empty, the publication’s rule holds."),
    )
    shows_changes = models.BooleanField(
        _("show readers what was changed after publishing"), default=True
    )
    offers_markdown = models.BooleanField(
        _("offer the text as Markdown"),
        default=True,
        help_text=_("Whoever puts .md at the end of its address gets everything as you typed it."),
    )
    # What chats show of a story without a picture: the name of its file, once it is drawn.
    share_picture = models.CharField(max_length=60, default="", blank=True, editable=False)
    shows_highlights = models.BooleanField(
        _("show readers which passages many have highlighted"), default=False
    )
    is_pinned = models.BooleanField(_("pinned to the front page"), default=False)
    series = models.ForeignKey(
        Series,
        verbose_name=_("series"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="posts",
    )
    series_position = models.PositiveSmallIntegerField(_("part"), default=0, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    # Which page in whose browser wrote the newest version, and which one began the story: an
    # answer that was lost on its way makes neither a conflict nor a second story.
    writer_key = models.CharField(max_length=32, default="", editable=False)
    begun_key = models.CharField(  # noqa: DJ001 -- many have none, and it is unique
        max_length=32, null=True, unique=True, editable=False
    )

    # A text and its language that were rendered for a form, and what came of it.
    _tried: tuple[str, str, markdown.Rendered] | None = None

    objects: ClassVar[Any] = PostQuerySet.as_manager()

    # All that the database said of it, where it was read as `whole_post`.
    row: tuple[Any, ...] | None = None

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        permissions = [
            ("publish_post", _("Can publish own stories")),
            ("edit_any_post", _("Can edit and publish everybody's stories")),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="post_slug_not_empty"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="post_published_has_date",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("published_at")),
                name="post_expires_after_publication",
            ),
            models.UniqueConstraint(
                fields=["work", "language"],
                name="post_language_once",
                condition=Q(work__isnull=False),
            ),
        ]
        indexes = [
            # Front page, archive, feed: the newest that readers find in lists. No condition: SQLite
            # cannot know that a parameter fulfils it, and would sort all stories.
            models.Index(
                fields=["status", "visibility", "-published_at", "-id"], name="post_listed"
            ),
            # The sitemap's index: what was changed last in each chunk of keys.
            models.Index(
                (F("id") - 1) / SITEMAP_CHUNK,
                Coalesce("edited_at", "published_at").desc(),
                name="post_in_sitemap",
                condition=Q(status="published", visibility="public", canonical_url=""),
            ),
            # The desk's list: what was touched last.
            models.Index(fields=["-updated_at", "-id"], name="post_recent"),
            # The desk's list by date, whatever may be seen.
            models.Index(fields=["-published_at", "-id"], name="post_by_date"),
            # What was to be seen until a date: few.
            models.Index(
                fields=["expires_at"],
                name="post_expiring",
                condition=Q(expires_at__isnull=False),
            ),
            # What waits for the editors, and the number beside the way there on every page.
            models.Index(fields=["status", "-updated_at", "-id"], name="post_in_state"),
            # Lead of the front page: few rows are pinned.
            models.Index(fields=["-published_at"], name="post_pinned", condition=Q(is_pinned=True)),
            # The parts of a series in their order.
            models.Index(
                fields=["series", "series_position", "id"],
                name="post_in_series",
                condition=Q(series__isnull=False),
            ),
            # The front page's newest part of a series.
            models.Index(
                fields=["-published_at", "-id"],
                name="post_newest_part",
                condition=Q(series__isnull=False),
            ),
            # Which languages there are, and the desk's list in one of them.
            models.Index(fields=["language"], name="post_language"),
            # Who still carries an old renderer's HTML.
            models.Index(fields=["renderer_version", "id"], name="post_renderer"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled"))

    def get_absolute_url(self) -> str:
        return address("blog:post", self.slug)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """An address left empty is no mistake: `write` finds one."""
        super().validate_constraints({*(exclude or ()), *(() if self.slug else ("slug",))})

    # What is so.

    @property
    def is_live(self) -> bool:
        """Whether readers may open it now; agrees with `PostQuerySet.published`."""
        return self._is_out and not self.is_expired

    @property
    def is_expired(self) -> bool:
        """Whether it was to be seen until a date that has passed."""
        return self._is_out and self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_scheduled(self) -> bool:
        return self.status == self.Status.PUBLISHED and not self._is_out

    @property
    def is_gone(self) -> bool:
        """Readers could open it once; its address answers 410 now."""
        return self.is_expired or (self.withdrawn_at is not None and not self.is_live)

    @property
    def _is_out(self) -> bool:
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= timezone.now()
        )

    @property
    def may_go_unseen(self) -> bool:
        """Whether it is honest to take it back as if nobody had seen it.

        It came before readers minutes ago and never before, under one address, and nobody has
        clapped or answered.
        """
        if not self.is_live or self.old_slugs.exists():
            return False
        if self.claps.exists() or self.comments.exists():
            return False
        if self.announced_at and Follow.objects.filter(author__in=self.byline).exists():
            return False
        shown = self.revisions.filter(is_public=True)
        since = shown.aggregate(first=models.Min("created_at"))["first"]
        # The date in its byline may be one of years ago.
        out_at = max(filter(None, (since, self.published_at)))
        return bool(since) and timezone.now() - out_at < UNSEEN_WITHIN

    @property
    def display_title(self) -> str:
        """The title as readers see it: with the quotes and dashes of its language."""
        return markdown.typeset(str(self), self.language)

    @property
    def display_subtitle(self) -> str:
        return markdown.typeset(self.subtitle, self.language)

    @property
    def state(self) -> str:
        """One word for the desk: a status, or scheduled, expired or unlisted."""
        if self.is_scheduled:
            return "scheduled"
        if self.is_expired:
            return "expired"
        if self.is_live and self.visibility == self.Visibility.UNLISTED:
            return "unlisted"
        return self.status

    @property
    def state_label(self) -> str:
        special = {
            "scheduled": _("Scheduled"),
            "expired": _("Expired"),
            "unlisted": _("Unlisted"),
        }
        return str(special.get(self.state) or self.get_status_display())

    @property
    def byline(self) -> list[Author]:
        """The authors in their order."""
        known: list[Author] | None = self._read_before.get("byline")
        if known is None:
            return [authorship.author for authorship in self.authorships.all()]
        return known

    @property
    def is_signed(self) -> bool:
        """Whether its authors have been read."""
        return bool(self._read_before.keys() & {"authorships", "byline"})

    def sign(self, bylines: Bylines) -> None:
        """Take its authors from what was read for a page, if they have not been read yet."""
        if not self.is_signed:
            self.sign_as(bylines.of(self.pk))

    def sign_as(self, authors: list[Author]) -> None:
        """Take these for its authors, in their order."""
        self._read_before["byline"] = authors

    @property
    def topics(self) -> list[Tag]:
        """The tags in their order."""
        known: list[Tag] | None = self._read_before.get("topics")
        if known is None:
            return [post_tag.tag for post_tag in self.post_tags.all()]
        return known

    @property
    def _read_before(self) -> dict[str, Any]:
        """What was read along with it or after it; forgotten when Django forgets its own."""
        read: dict[str, Any] = self.__dict__.setdefault("_prefetched_objects_cache", {})
        return read

    @property
    def kicker(self) -> Tag | None:
        return next(iter(self.topics), None)

    @property
    def clap_count(self) -> int:
        return self._stats.clap_count

    def name_itself(self) -> None:
        """Whatever shows a story that expires is another page then."""
        super().name_itself()
        good_until(self.__dict__.get("expires_at"))

    @property
    def clapper_count(self) -> int:
        return self._stats.clapper_count

    @property
    def responses_close_at(self) -> datetime | None:
        """When it stops to take responses, by the story's rule or the publication's."""
        days = self.responses_close_after_days
        if days is None:
            days = Publication.current().responses_close_after_days
        if days is None or self.published_at is None:
            return None
        return self.published_at + timedelta(days=days)

    @property
    def takes_responses(self) -> bool:
        """Whether a reader may respond to it now."""
        closes_at = self.responses_close_at
        good_until(closes_at)
        return self.responses_open and (closes_at is None or timezone.now() < closes_at)

    @property
    def response_count(self) -> int:
        return self._stats.comment_count

    @property
    def _stats(self) -> PostStats:
        return getattr(self, "stats", None) or PostStats(post=self)

    @property
    def told_changes(self) -> RevisionQuerySet:
        """The updates that readers may read about word by word, newest first."""
        told: RevisionQuerySet = self.revisions.told().newest_first()
        if self.is_live and self.shows_changes and Publication.current().shows_changes:
            return told
        return told.none()

    @property
    def corrections(self) -> RevisionQuerySet:
        """The updates that say in a note what was wrong, newest first.

        A note is the author's own word to readers: it stands wherever the changes are shown or not.
        """
        told: RevisionQuerySet = self.revisions.told()
        return told.exclude(note="").light().newest_first()

    def can_edit(self, user: User) -> bool:
        """Agrees with `PostQuerySet.editable_by`.

        Whoever may not publish may not change what is published either.
        """
        if not user.has_perm("blog.change_post"):
            return False
        if self.status == self.Status.PUBLISHED and not user.has_perm("blog.publish_post"):
            return False
        return user.has_perm("blog.edit_any_post") or self.is_by(user)

    def can_host(self, user: User) -> bool:
        """Whether `user` tends the responses: hides, locks, pins, closes.

        Its authors do, also those who may not publish, and whoever edits or moderates everything.
        Agrees with `PostQuerySet.hosted_by`.
        """
        return _tends_all(user) or self.is_by(user)

    def can_delete(self, user: User) -> bool:
        """What readers can see is unpublished first: its address then says that it is gone."""
        return self.can_edit(user) and not self.is_live

    def can_publish(self, user: User) -> bool:
        if user.has_perm("blog.edit_any_post"):
            return True
        return user.has_perm("blog.publish_post") and self.is_by(user)

    def is_version_of(self, version: int, key: str = "") -> bool:
        """Whether nobody has saved since `version`, but for the page named by `key`.

        To save over another's version a page must know of it. So when the newest is its own,
        all since the one it knows of are: their answers were lost on the way.
        """
        return self.version == version or bool(key and self.writer_key == key)

    @property
    def has_known_address(self) -> bool:
        """Whether readers know its address, or will at a time that is set."""
        return self.published_at is not None or self.old_slugs.exists()

    def is_slug_made_of(self, title: str) -> bool:
        stem = slugify_title(title)
        return self.slug == stem or bool(
            re.fullmatch(rf"{re.escape(stem[:MAX_STEM_CHARS])}-\d+", self.slug)
        )

    def address_for(self, user: User, slug: str) -> str:
        """The address this story gets when `user` asks for `slug`.

        Raises ValidationError when another story has it, or had it before readers. Of a story
        that `user` may not know of, nothing is said: this one gets the next number.
        """
        other = Post.objects.filter(slug=slug).exclude(pk=self.pk).first()
        if other is None and SlugHistory.objects.of_others(self, slug).exists():
            raise ValidationError(_("This address leads to another story, which had it once."))
        if other is None:
            return slug
        is_known = other.is_live or other.is_gone
        if is_known or Post.objects.in_desk_of(user).filter(pk=other.pk).exists():
            raise ValidationError(_("Another story has this address."))
        return _free_slug(slug)

    def is_by(self, user: User) -> bool:
        if self.is_signed:
            return any(author.user_id == user.pk for author in self.byline)
        return bool(self.pk) and Authorship.objects.by(user).filter(post=self).exists()

    def pictures_for(self, user: User) -> models.QuerySet[Image]:
        """What `user` may choose to lead the story: its own pictures, and those they uploaded."""
        shown = Post.images.through.objects.filter(post=self.pk).values("image")
        return Image.objects.filter(
            Q(uploaded_by=user) | Q(pk__in=shown) | Q(pk=self.lead_image_id)
        )

    # What one does with it.

    def write(
        self,
        *,
        by: User | None,
        at: datetime | None = None,
        kind: str = Revision.Kind.SAVED,
        only_if_version: int | None = None,
        key: str = "",
        is_apart: bool = False,
        is_minor: bool = False,
        note: str = "",
    ) -> None:
        """Render and save the text and the fields as they stand on this object.

        `only_if_version` is the version that the writer began from; raises `Stale` when
        another save came first (one that did not come from the same page, named by `key`),
        `AddressTaken` when the address is not free, and `markdown.MarkdownError` when the text
        cannot be rendered. `is_apart` leaves the newest revision as it is, for it holds another
        text. `is_minor` and `note` are for what readers learn of a change.
        A new story gets its address here, its counters, and its writer as its author.
        """
        at = at or timezone.now()
        rendered = self._render()
        with transaction.atomic():
            base = self.version if only_if_version is None else only_if_version
            before = self._claim(base, key)
            if before:
                self.settle_language(before)
            is_slug_ours = self._settle_slug(before)
            if before and before._is_out and not (self._is_out and self.slug == before.slug):
                SlugHistory.objects.keep(before)
            self.updated_at = at
            self.writer_key = key
            is_update = bool(
                before and before.is_live and (self._differs_from(before) or self._is_new(note))
            )
            public: dict[str, Any] = {}
            if before and is_update:
                public = Revision.objects.account_for(
                    before,
                    self,
                    is_minor=is_minor,
                    note=note,
                    at=at,
                    find_pictures=Image.objects.facts,
                )
            if is_update and not is_minor:
                self.edited_at = at
            if is_update and kind == Revision.Kind.SAVED:
                kind = Revision.Kind.UPDATED
            self.version += 1
            self._store_at_a_free_address(before, is_slug_ours)
            self._show(rendered.picture_tokens, before, at)
            if before is None:
                PostStats.add(self.pk)
                self._sign(by)
            else:
                WorkingCopy.objects.filter(post=self).delete()
            Revision.objects.keep(self, self, by=by, at=at, kind=kind, is_apart=is_apart, **public)
            self.look_again(before, by=by)
            words_changed.send(Post, post=self)

    def keep_working_copy(
        self,
        typed: Mapping[str, Any],
        *,
        by: User | None,
        at: datetime | None = None,
        kind: str = Revision.Kind.SAVED,
        only_if_version: int | None = None,
        key: str = "",
        is_apart: bool = False,
    ) -> None:
        """Keep what is being written on a story that readers see, without showing it to them.

        `typed` has the text and whatever else stood in the form. Raises `Stale`, as `write`.
        """
        at = at or timezone.now()
        with transaction.atomic():
            base = self.version if only_if_version is None else only_if_version
            seen = self._claim(base, key)
            copy = WorkingCopy.of(self)
            if copy is None and not (seen or self)._is_out:
                # Of a scheduled story nothing was seen; its text only keeps its row.
                copy, is_apart = WorkingCopy.begin(self), True
            elif copy is None:
                copy = WorkingCopy.begin(self)
                # What is typed now must not go into the row of what readers see. This object may
                # say already what was typed; the row says what they see.
                Revision.objects.know_seen(seen or self, at=at)
            copy.take(dict(typed))
            copy.by, copy.updated_at = by, at
            copy.save()
            # Its pictures are in use, too.
            self.images.add(*Image.objects.filter(token__in=figures.tokens_in(copy.source)))
            self._touch(at, key)
            Revision.objects.keep(self, copy, by=by, at=at, kind=kind, is_apart=is_apart)

    def close_responses(self) -> None:
        """Take no more responses. It is no new version: nothing that is being written is old."""
        self.responses_open = False
        Post.objects.filter(pk=self.pk).update(responses_open=False)

    def open_responses(self) -> None:
        self.responses_open = True
        Post.objects.filter(pk=self.pk).update(responses_open=True)

    def show_working_copy(self) -> None:
        """Say here, without saving it, what is being written on it: for a preview.

        A copy that was kept in the middle of something and cannot be rendered is left out.
        """
        copy = WorkingCopy.of(self)
        if copy is None:
            return
        before = {name: getattr(self, name) for name in TEXT_FIELDS}
        for name in TEXT_FIELDS:
            setattr(self, name, getattr(copy, name))
        try:
            self._render()
        except markdown.MarkdownError:
            for name, value in before.items():
                setattr(self, name, value)

    def set_aside(self, text: Mapping[str, str], *, by: User | None) -> None:
        """Keep a text that gave way to the one that stands here: among the revisions."""
        now = timezone.now()
        with transaction.atomic():
            story = Post.objects.select_for_update().get(pk=self.pk)
            stands = WorkingCopy.of(story) or story
            if all(getattr(stands, name) == text[name] for name in TEXT_FIELDS):
                return
            other = WorkingCopy(post=self, **text)
            Revision.objects.keep(
                self, other, by=by, at=now, kind=Revision.Kind.SAVED, is_apart=True
            )
            # The newest revision is the text that stands.
            Revision.objects.keep(self, stands, by=by, at=now, kind=Revision.Kind.RESTORED)

    def drop_working_copy(self, *, by: User | None) -> None:
        """Give up what was written since the story last came before readers."""
        now = timezone.now()
        with transaction.atomic():
            self._touch(now)
            WorkingCopy.objects.filter(post=self).delete()
            self._show(figures.tokens_in(self.source), self, now)
            Revision.objects.keep(self, self, by=by, at=now, kind=Revision.Kind.RESTORED)

    def publish(self, *, by: User | None, at: datetime | None = None) -> None:
        """Bring it before readers at `at` (a time to come schedules it), by default now.

        For whom and until when is what stands on this object.
        """
        now = timezone.now()
        with transaction.atomic():
            self.status = self.Status.PUBLISHED
            self.published_at = at or self.published_at or now
            if self.expires_at and self.expires_at <= max(now, self.published_at):
                # An end that has passed ended another publication.
                self.expires_at = None
            if self.is_live:
                self.withdrawn_at = None
            if self.edited_at and self.edited_at < self.published_at:
                # What was changed before is no change of what comes before readers now.
                self.edited_at = None
                self.revisions.filter(changes__isnull=False).update(changes=None)
            self._save_state(now)
            kind, is_public = Revision.Kind.PUBLISHED, self.is_live
            if is_public:
                Revision.objects.begin_anew(self)
            Revision.objects.keep(self, self, by=by, at=now, kind=kind, is_public=is_public)
            self.record_publication(by=by)
            brought_out.send(Post, post=self)

    def publish_now(self, *, by: User | None) -> None:
        """Publish without waiting: a past date that it has stays, one to come does not."""
        now = timezone.now()
        is_to_come = self.published_at is not None and self.published_at > now
        self.publish(by=by, at=now if is_to_come else None)

    def arrange(self) -> None:
        """Save from when, until when and for whom readers see a published story."""
        with transaction.atomic():
            self._save_state(timezone.now())
            brought_out.send(Post, post=self)

    def unpublish(self, *, by: User | None, as_unseen: bool = False) -> None:
        """Take it back to a draft; an address that readers have seen answers 410 from now on.

        `as_unseen`: as if nobody had seen it, which has to be so (`may_go_unseen`).
        """
        if as_unseen and not self.may_go_unseen:
            raise ValueError("Readers have seen this story.")
        now = timezone.now()
        was_listed = self.is_live and self.visibility == self.Visibility.PUBLIC
        with transaction.atomic():
            if self._is_out and not as_unseen:
                SlugHistory.objects.keep(self)
                self.withdrawn_at = now
            else:
                self.published_at = self.announced_at = None
            self.status = self.Status.DRAFT
            self.expires_at = None
            self._save_state(now)
            if as_unseen:
                self.revisions.update(is_public=False)
            self.record_withdrawal(by=by)
            if was_listed:
                taken_back.send(Post, post=self)

    def restore(
        self, revision: Revision, *, by: User | None, only_if_version: int | None = None
    ) -> None:
        """Make the text of an earlier revision the story's again, as a new revision.

        Of a story that readers see, it becomes the working copy. Raises `Stale`, as `write`.
        """
        text = {name: getattr(revision, name) for name in TEXT_FIELDS}
        kind = Revision.Kind.RESTORED
        if self.is_live:
            copy = WorkingCopy.of(self)
            typed = {**(copy.fields if copy else {}), **text}
            self.keep_working_copy(typed, by=by, kind=kind, only_if_version=only_if_version)
            return
        for name, value in text.items():
            setattr(self, name, value)
        self.write(by=by, kind=kind, only_if_version=only_if_version)

    def rerender(self) -> None:
        """Make the stored HTML anew: the renderer or a picture's words have changed."""
        self._render()
        derived = ["html", "text", "renderer_version", "word_count", "reading_minutes"]
        # Whoever saved another text meanwhile has rendered it as well. The version says less: to
        # publish or unpublish raises it, too, and renders nothing.
        Post.objects.filter(pk=self.pk, source=self.source, language=self.language).update(
            **{name: getattr(self, name) for name in derived}
        )
        words_changed.send(Post, post=self, only_rendering=True)

    def set_byline(self, authors: Sequence[Author]) -> None:
        """Make these the authors, in this order; a story is never left without one."""
        if not authors:
            raise ValueError("A story needs an author.")
        with transaction.atomic():
            there = self.authorships.order_by("position", "pk").values_list("author_id", flat=True)
            if list(there) == [author.pk for author in authors]:
                return
            self.authorships.all().delete()
            self._read_before.pop("byline", None)
            Authorship.objects.bulk_create(
                Authorship(post=self, author=author, position=position)
                for position, author in enumerate(authors)
            )
            words_changed.send(Post, post=self)

    def hand_to(self, author: Author) -> None:
        """Make `author` alone its author. Pages that are open on it hear of it."""
        with transaction.atomic():
            self._touch(timezone.now())
            self.set_byline([author])

    @transaction.atomic
    def set_topics(self, tags: Iterable[Tag]) -> None:
        """Make these the tags, in this order; the first is the kicker."""
        wanted = list(tags)
        there = self.post_tags.order_by("position", "pk").values_list("tag_id", flat=True)
        if list(there) == [tag.pk for tag in wanted]:
            return
        self.post_tags.all().delete()
        self._read_before.pop("topics", None)
        PostTag.objects.bulk_create(
            PostTag(post=self, tag=tag, position=position) for position, tag in enumerate(wanted)
        )
        words_changed.send(Post, post=self)

    def try_rendering(self, source: str, *, language: str) -> None:
        """Raise `markdown.MarkdownError` for a text that cannot be rendered.

        To render takes a third of a save: `write` does not do it again for the same text.
        """
        rendered = markdown.render(source, language=language)
        # What is said of pictures may be saved with the text.
        if not rendered.picture_tokens:
            self._tried = source, language, rendered

    def _render(self) -> markdown.Rendered:
        if self._tried and self._tried[:2] == (self.source, self.language):
            rendered = self._tried[2]
        else:
            rendered = markdown.render(
                self.source, language=self.language, find_pictures=Image.objects.facts
            )
        self.html = rendered.html
        self.text = rendered.text
        self.renderer_version = markdown.VERSION
        self.word_count = rendered.word_count
        self.reading_minutes = reading_minutes(rendered.word_count, len(rendered.picture_tokens))
        return rendered

    def _claim(self, version: int, key: str = "") -> Post | None:
        """The row as it was, locked; None for a new story. Raises `Stale`."""
        if self.pk is None:
            return None
        before = Post.objects.select_for_update().filter(pk=self.pk).first()
        if before is None or not before.is_version_of(version, key):
            raise Stale
        self.version = before.version
        # A publication that happened while somebody wrote is not undone by their save.
        self.status, self.withdrawn_at = before.status, before.withdrawn_at
        self.announced_at = before.announced_at
        if before.status == self.Status.PUBLISHED and self.published_at is None:
            self.published_at = before.published_at
        return before

    def _differs_from(self, before: Post) -> bool:
        return any(getattr(self, name) != getattr(before, name) for name in TEXT_FIELDS)

    def _is_new(self, note: str) -> bool:
        """Whether readers were not told this of the text that they see."""
        last = self.revisions.public().newest_first().first() if note else None
        return bool(note) and not (last and last.note == note)

    def _settle_slug(self, before: Post | None) -> bool:
        """Find an address for a story without one; True when it is made of the title."""
        if self.slug:
            return False
        if before and (before.has_known_address or before.is_slug_made_of(self.title)):
            self.slug = before.slug
            return False
        self.slug = _free_slug(slugify_title(self.title))
        return True

    def _store_at_a_free_address(self, before: Post | None, is_slug_ours: bool) -> None:
        """Two stories of one title, begun at the same moment, want the same address."""
        while True:
            try:
                self._store(is_new=before is None)
            except AddressTaken:
                if not is_slug_ours:
                    raise
                self.pk = before.pk if before else None
                self.slug = _free_slug(slugify_title(self.title))
            else:
                return

    def _store(self, *, is_new: bool) -> None:
        """Save the row, if no other story has or had its address; else raise `AddressTaken`."""
        try:
            with transaction.atomic():
                self.save(force_insert=is_new, force_update=not is_new)
                # Looked at last: whoever gives this address up at the same moment has written
                # the way from there before the database lets this row have it.
                if SlugHistory.objects.of_others(self).exists():
                    raise AddressTaken
        except IntegrityError as error:
            if Post.objects.filter(slug=self.slug).exclude(pk=self.pk).exists():
                raise AddressTaken from error
            raise

    def _sign(self, by: User | None) -> None:
        if by and not self.authorships.exists():
            self.set_byline([Author.objects.make_for(by)])

    def _show(self, tokens: Collection[str], before: Post | None, at: datetime) -> None:
        """Remember which pictures the text shows, and when it stopped showing one."""
        shown = set(Image.objects.filter(token__in=tokens).values_list("pk", flat=True))
        there = set(self.images.values_list("pk", flat=True)) if before else set()
        dropped = there - shown
        if before and before.lead_image_id and before.lead_image_id != self.lead_image_id:
            dropped.add(before.lead_image_id)
        if shown != there:
            self.images.set(shown)
        if dropped:
            Image.objects.filter(pk__in=dropped).update(used_at=at)

    def _save_state(self, now: datetime, key: str = "") -> None:
        self._touch(
            now,
            key,
            status=self.status,
            visibility=self.visibility,
            published_at=self.published_at,
            expires_at=self.expires_at,
            tells_followers=self.tells_followers,
            edited_at=self.edited_at,
            announced_at=self.announced_at,
            withdrawn_at=self.withdrawn_at,
        )
        words_changed.send(Post, post=self, only_state=True)

    def _touch(self, now: datetime, key: str = "", **state: Any) -> None:
        """Make a new version of the row with another `state` and the same text."""
        self.version += 1
        self.updated_at, self.writer_key = now, key
        changed = Post.objects.filter(pk=self.pk, version=self.version - 1).update(
            updated_at=now, version=self.version, writer_key=key, **state
        )
        if not changed:
            raise Stale


def _tends_all(user: User) -> bool:
    return user.has_perm("blog.moderate_comment") or user.has_perm("blog.edit_any_post")


def _free_slug(stem: str) -> str:
    """An address that no story has or had: `stem`, or `stem` with a number."""
    slug, number = stem, 2
    while Post.objects.filter(slug=slug).exists() or SlugHistory.objects.filter(slug=slug).exists():
        slug, number = f"{stem[:MAX_STEM_CHARS]}-{number}", number + 1
    return slug


def with_bylines(posts: Iterable[Post | None]) -> list[Post]:
    """Read the authors of all these stories in one query, however many lists they came from."""
    found = [post for post in posts if post is not None]
    unsigned = [post for post in found if not post.is_signed]
    bylines = Bylines({post.pk for post in unsigned})
    for post in unsigned:
        post.sign(bylines)
    return found


def with_writers(post: Post) -> list[User]:
    """Read the authors of a story with their accounts; those who have one, in their order."""
    post._read_before["byline"] = [signed.author for signed in _WRITTEN.ask(post=post.pk)]
    return [author.user for author in post.byline if author.user]


class AuthorshipQuerySet(ListedQuerySet):
    def by(self, user: User) -> AuthorshipQuerySet:
        return self.filter(author__user=user)


class Authorship(models.Model):
    """That an author wrote a story, and where their name stands in the byline."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="authorships")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="authorships")
    position = models.PositiveSmallIntegerField(default=0)
    # The story's date, if it is published and public: triggers keep it (`blog.listing`).
    listed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Kept in the same way: its end, if it has one, and the key of the series it is a part of.
    listed_until = models.DateTimeField(null=True, blank=True, editable=False)
    series_key = models.BigIntegerField(null=True, blank=True, editable=False)
    # And when the story was saved.
    saved_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = AuthorshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("author of a story")
        verbose_name_plural = _("authors of a story")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "author"], name="authorship_once"),
        ]
        indexes = [
            # Their page and feed: the newest that readers find, and which series those belong to.
            models.Index(
                fields=["author", "-listed_at", "-post", "listed_until", "series_key"],
                name="authorship_listed",
            ),
            # Theirs in the desk's list: what was touched last.
            models.Index(fields=["author", "-saved_at", "-post"], name="authorship_saved"),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} → {self.post_id}"


class PostTag(models.Model):
    """That a story is about something, and where that stands among its tags."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="post_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="post_tags")
    position = models.PositiveSmallIntegerField(default=0)
    # The story's date, if it is published and public: triggers keep it (`blog.listing`).
    listed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Kept in the same way: its end, if it has one.
    listed_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = ListedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag of a story")
        verbose_name_plural = _("tags of a story")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="post_tag_once")]
        indexes = [
            # The newest of a subject, however many stories it has.
            models.Index(fields=["tag", "-post"], name="post_tag_newest"),
            # Its page and feed: the newest that readers find.
            models.Index(
                fields=["tag", "-listed_at", "-post", "listed_until"], name="post_tag_listed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} ← {self.post_id}"


def light_post(slug: str) -> Post | None:
    """The story at this address, in whatever state, without its text."""
    return _LIGHT.one(slug=slug)


def whole_post(slug: str) -> Post | None:
    """The story at this address, in whatever state, with its byline and its tags."""
    answer = _WHOLE.found(slug=slug)
    found = next(iter(answer.instances()), None)
    if found:
        [found.row] = answer.rows
        db, rows = found._state.db, found.__dict__
        authors = instances(Author, _WRITER_COLUMNS, in_order(rows.pop("writers")), db=db)
        tags = instances(Tag, _TAG_COLUMNS, in_order(rows.pop("tags_in_order")), db=db)
        found._read_before.update(byline=authors, topics=tags)
    return found


def _with_names(stories: PostQuerySet) -> PostQuerySet:
    """With all that hangs on one story, in the same question."""
    signed = Authorship.objects.filter(post=OuterRef("pk"))
    filed = PostTag.objects.filter(post=OuterRef("pk"))
    return stories.annotate(
        writers=JsonRows(
            signed, *(f"author__{column}" for column in _WRITER_COLUMNS), order=_IN_ORDER
        ),
        tags_in_order=JsonRows(
            filed, *(f"tag__{column}" for column in _TAG_COLUMNS), order=_IN_ORDER
        ),
    )


_IN_ORDER = ("position", "pk")
# Biographies stand on a page of their own.
_WRITER_COLUMNS = (
    *("id", "user_id", "name", "handle"),
    *("tagline", "avatar", "links", "follower_count"),
)
_TAG_COLUMNS = ("id", "name", "key", "slug", "description")


_LIGHT: Statement[Post] = Statement(lambda slug: Post.objects.light().filter(slug=slug))
_WHOLE: Statement[Post] = Statement(
    lambda slug: _with_names(Post.objects.whole()).filter(slug=slug)
)
_WRITTEN: Statement[Authorship] = Statement(
    lambda post: (
        Authorship.objects.filter(post=post).select_related("author__user").defer("author__bio")
    )
)


class SlugHistoryQuerySet(models.QuerySet["SlugHistory"]):
    def keep(self, post: Post) -> None:
        """Remember the address under which readers can open `post` until now."""
        self.get_or_create(slug=post.slug, defaults={"post": post})

    def of_others(self, post: Post, slug: str = "") -> SlugHistoryQuerySet:
        """What leads from the address of `post`, or from `slug`, to another story."""
        return self.filter(slug=slug or post.slug).exclude(post=post.pk)


class SlugHistory(models.Model):
    """An address under which readers could open a story; it leads to the story for ever.

    The story may have it still, or again.
    """

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="old_slugs")

    objects: ClassVar[Any] = SlugHistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self) -> str:
        return self.slug
