"""Responses: what readers say under a story, and what is said to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Count, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address
from accounts.insertion import Insertion
from accounts.models import Author, Ban, User
from accounts.models.ban import Banned
from accounts.statements import Statement
from blog import markdown
from blog.models.best import first_score, score
from blog.models.comment_revision import CommentRevision
from blog.models.guest import Guest
from blog.models.hearing import take_back, tell_of, tell_of_edit
from blog.models.post import Authorship, Post, with_writers
from blog.models.stats import PostStats
from blog.models.welcome import check_welcome

RECENTLY = timedelta(minutes=10)
MAX_RECENT = 20
EDIT_WITHIN = timedelta(minutes=30)
MAX_EDITS = 20
# Of one person; what a moderator has not looked at after a day is not counted any more.
MAX_WAITING = 5
WAITING_WITHIN = timedelta(days=1)
# Why that of a guest waits in whose favour no moderator has decided yet.
UNSHOWN_FIELDS = (
    *("source", "held_because", "address", "fingerprint", "appeared_at", "renderer_version"),
    *("author__password", "author__last_login", "author__joined_at", "author__is_superuser"),
    *("author__is_staff", "author__is_active", "author__time_zone"),
    *("author__has_passage_menu", "author__has_keys", "author__remembers_place"),
    *("author__author__bio", "author__author__links", "author__author__tagline"),
)
FIRST_OF_GUEST = {"rule": "guest"}


class ResponsesClosed(Exception):
    """The story takes no responses (any more)."""


class TooManyResponses(Exception):
    """Somebody responds faster than a person writes."""


class TooManyWaiting(Exception):
    """Moderators have enough to read by somebody."""


class ParentGone(Exception):
    """The response that was to be answered is not there (any more)."""


class ThreadLocked(Exception):
    """The thread takes no replies (any more)."""


class TooLateToEdit(Exception):
    """Half an hour after it was written, or once it cannot be read, a response stays as it is."""


class Rewritten(Exception):
    """The words that somebody began to change are not the ones that stand now."""


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible(self) -> CommentQuerySet:
        """What readers may read."""
        return self.filter(status=Comment.Status.PUBLISHED)

    def unconfirmed(self) -> CommentQuerySet:
        """What guests wrote who have not opened the letter yet."""
        return self.filter(status=Comment.Status.UNCONFIRMED)

    def outdated(self) -> CommentQuerySet:
        """What readers may read, made by an older renderer."""
        return self.visible().filter(renderer_version__lt=markdown.VERSION)

    def removable_by(self, user: User) -> CommentQuerySet:
        """Agrees with `Comment.can_remove`."""
        read, own = Q(status=Comment.Status.PUBLISHED), Q(author=user)
        own_and_waiting = own & Comment.SEEMS_HELD
        if user.has_perm("blog.moderate_comment"):
            return self.filter(read | own_and_waiting)
        own_stories = Authorship.objects.by(user).values("post")
        return self.filter((read & (own | Q(post__in=own_stories))) | own_and_waiting)

    def hidden(self) -> CommentQuerySet:
        """What was taken out of sight and can be shown again."""
        return self.filter(status=Comment.Status.HIDDEN)

    def showable_by(self, user: User) -> CommentQuerySet:
        """Agrees with `Comment.can_show`."""
        if user.has_perm("blog.moderate_comment"):
            return self.hidden()
        by_author = self.hidden().filter(taken_by=Comment.Hand.AUTHOR, appeared_at__isnull=False)
        return by_author.filter(post__in=Post.objects.hosted_by(user).values("pk"))

    def waiting(self, at: datetime) -> CommentQuerySet:
        """What was sent in the day before `at` and nobody may read yet; no more than matter."""
        since = at - WAITING_WITHIN
        return self.filter(status__in=Comment.UNREAD, created_at__gt=since)[:MAX_WAITING]

    def with_people(self) -> CommentQuerySet:
        return self.select_related("author", "author__author", "guest")

    def on_page(self) -> CommentQuerySet:
        """Without what only desks and letters show of them and of their people."""
        return self.defer(*UNSHOWN_FIELDS)

    def rescore(self) -> None:
        """Bring the place of these among the best up to date with their counters."""
        self.update(score=score())

    def respond(
        self,
        *,
        post: Post,
        by: User | Guest,
        source: str,
        parent: Comment | None = None,
        held_because: Sequence[dict[str, Any]] = (),
        is_spam: bool = False,
        fingerprint: int | None = None,
        address: str | None = None,
        at: datetime | None = None,
        is_proven: bool = True,
    ) -> Comment:
        """Add a response to a story, or to another response of it.

        With a reason in `held_because` it waits for a moderator (`is_spam`: among the spam), and
        that of a guest who has not confirmed their address, or who is not proven to be who they
        say, waits for that first. Sent twice (a double click, a reload), it is added once. Raises
        `ResponsesClosed`, `Banned`, `ParentGone`, `ThreadLocked`, `TooManyResponses`,
        `TooManyWaiting`, `Unwelcome` or `OwnBlock`, or `markdown.MarkdownError` for a text too
        long.
        """
        at = at or timezone.now()
        if not post.takes_responses:
            raise ResponsesClosed
        _check_ban(by, address)
        writers = with_writers(post)
        if isinstance(by, User):
            check_welcome(by, [writer.pk for writer in writers], parent)
        html = rendered(source, post)
        if isinstance(by, Guest) and not by.trusted_at:
            held_because = [*held_because, FIRST_OF_GUEST]
        status = _first_status(by, held_because, is_proven=is_proven)
        if is_spam:
            status = Comment.Status.SPAM
        with transaction.atomic():
            # Whoever sends twice at once waits here, and then finds what the first one added.
            _hold_person(by)
            person = {"guest": by} if isinstance(by, Guest) else {"author": by}
            recent = _recently(by, post, parent, source, at=at)
            same = [key for key, is_same in recent if is_same]
            earlier: Comment | None = self.filter(pk=same[0]).first() if same else None
            if earlier:
                return earlier
            if len(recent) >= MAX_RECENT:
                raise TooManyResponses
            if held_because and self.filter(**person).waiting(at).count() >= MAX_WAITING:
                raise TooManyWaiting
            # Counted first, which holds the story's counters: nobody sees either before the end.
            is_seen = status == Comment.Status.PUBLISHED
            PostStats.add(post.pk, comments=int(is_seen))
            above = self._locked(post, parent) if parent else None
            comment = Comment(
                post=post,
                **person,
                status=status,
                held_because=list(held_because),
                fingerprint=fingerprint,
                address=address,
                parent=above,
                root_id=(above.root_id or above.pk) if above else None,
                source=source,
                html=html,
                renderer_version=markdown.VERSION,
                appeared_at=timezone.now() if is_seen else None,
                created_at=at,
            )
            _NEW.add(comment)
            if is_seen:
                tell_of(comment, writers=writers, is_open=post.is_live)
                comment._count_reply(1)
        return comment

    def _locked(self, post: Post, parent: Comment) -> Comment:
        """Hold the parent until the reply is in, so that it cannot vanish in between."""
        found = (
            self.visible()
            .select_for_update(of=("self",))
            .select_related("root")
            .filter(pk=parent.pk, post=post)
            .first()
        )
        if not found:
            raise ParentGone
        if found.is_locked:
            raise ThreadLocked
        return found


class Comment(models.Model):
    """A response. Any depth is stored; `root` is the response that began the thread."""

    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        HELD = "held", _("Held for review")
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")
        HIDDEN = "hidden", _("Hidden")
        SPAM = "spam", _("Spam")
        REMOVED = "removed", _("Removed")

    class Hand(models.TextChoices):
        """Who took a response out of sight."""

        NOBODY = "", _("Nobody")
        WRITER = "writer", _("Whoever wrote it")
        AUTHOR = "author", _("An author of the story")
        MODERATOR = "moderator", _("A moderator")

    UNREAD = frozenset({Status.HELD, Status.SPAM, Status.UNCONFIRMED})
    # Agrees with `seems_held`.
    SEEMS_HELD = Q(status=Status.HELD) | Q(status=Status.SPAM, taken_by=Hand.NOBODY)

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="comments",
    )
    guest = models.ForeignKey(
        Guest, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="replies"
    )
    root = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="thread"
    )
    source = models.TextField(_("text"))
    html = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PUBLISHED)
    held_because = models.JSONField(default=list, blank=True, editable=False)
    taken_by = models.CharField(
        max_length=10, choices=Hand, default=Hand.NOBODY, blank=True, editable=False
    )
    # From where it was sent; forgotten after a time.
    address = models.GenericIPAddressField(null=True, editable=False)
    # Of its words (`gate.fingerprint`), to find the same text by.
    fingerprint = models.BigIntegerField(null=True, editable=False)
    # When readers could read it for the first time.
    appeared_at = models.DateTimeField(null=True, editable=False)
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    clap_count = models.PositiveIntegerField(default=0, editable=False)
    clapper_count = models.PositiveIntegerField(default=0, editable=False)
    score = models.FloatField(default=0, editable=False)
    pinned_at = models.DateTimeField(null=True, editable=False)
    # Nobody may reply in its thread.
    locked_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)

    objects: ClassVar[Any] = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        permissions = [("moderate_comment", _("Can moderate responses"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None, root=None) | Q(parent__isnull=False, root__isnull=False),
                name="comment_reply_has_root",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="comment_not_own_parent"),
            models.CheckConstraint(
                condition=Q(author=None) | Q(guest=None), name="comment_of_author_or_guest"
            ),
            models.CheckConstraint(
                condition=Q(pinned_at=None) | Q(parent=None), name="comment_pinned_begins_thread"
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None) | Q(parent=None), name="comment_locked_begins_thread"
            ),
            models.UniqueConstraint(
                fields=["post"], name="comment_pinned_once", condition=~Q(pinned_at=None)
            ),
        ]
        indexes = [
            # The threads of a story, page by page.
            models.Index(
                fields=["post", "created_at", "id"],
                name="comment_threads",
                condition=Q(parent=None),
            ),
            # What somebody wrote lately (how much, and whether the same), and what became of all
            # of it (`awaiting`).
            models.Index(fields=["author", "-created_at", "status"], name="comment_past"),
            # The replies to a response, one after the other. Without what begins a thread: SQLite
            # would look there for the threads of a story.
            models.Index(
                fields=["parent", "created_at", "id"],
                name="comment_replies",
                condition=Q(parent__isnull=False),
            ),
            # Whether a thread has something to read, and whether an author of the story answered.
            models.Index(
                fields=["root", "author"], name="comment_in_thread", condition=Q(status="published")
            ),
            # The best threads of a story, page by page.
            models.Index(
                fields=["post", "-score", "-id"], name="comment_best", condition=Q(parent=None)
            ),
            # What waits for a moderator, the oldest first.
            models.Index(
                fields=["created_at", "id"], name="comment_held", condition=Q(status="held")
            ),
            # Guests who never confirmed, to be swept away.
            models.Index(
                fields=["created_at"],
                name="comment_unconfirmed",
                condition=Q(status="unconfirmed"),
            ),
            # The same text, sent by whomever.
            models.Index(
                fields=["fingerprint", "created_at"],
                name="comment_fingerprint",
                condition=~Q(fingerprint=None),
            ),
            # Spam, to be swept away.
            models.Index(fields=["created_at"], name="comment_spam", condition=Q(status="spam")),
            # Addresses to be forgotten.
            models.Index(fields=["created_at"], name="comment_address", condition=~Q(address=None)),
        ]

    def __str__(self) -> str:
        return self.source[:60]

    def get_absolute_url(self) -> str:
        return address("blog:comment", self.post.slug, self.pk)

    @property
    def anchor(self) -> str:
        return f"response-{self.pk}"

    @property
    def signature(self) -> str:
        person = self.author or self.guest
        return person.signature if person else str(_("Somebody who left"))

    @property
    def is_visible(self) -> bool:
        """Whether readers may read it; what is hidden or removed is at most an empty place."""
        return self.status == self.Status.PUBLISHED

    @property
    def is_held(self) -> bool:
        """Whether it waits for a moderator."""
        return self.status == self.Status.HELD

    @property
    def is_pinned(self) -> bool:
        """Whether it stands before all other threads; what cannot be read does not."""
        return self.pinned_at is not None and self.is_visible

    @property
    def seems_held(self) -> bool:
        """What whoever wrote it is told: what a rule took for spam waits as well, to them."""
        is_by_rule = self.status == self.Status.SPAM and self.taken_by == self.Hand.NOBODY
        return self.is_held or is_by_rule

    @property
    def is_unread(self) -> bool:
        """Whether no reader has been let near it; its writer hears that it waits, whyever."""
        return self.status in self.UNREAD

    @property
    def is_locked(self) -> bool:
        """Whether its thread takes no replies."""
        return bool((self.root or self).locked_at)

    @property
    def is_hidden(self) -> bool:
        return self.status == self.Status.HIDDEN

    @property
    def is_removed(self) -> bool:
        return self.status == self.Status.REMOVED

    def others_since(self, at: datetime, *, but: User) -> int:
        """How many have appeared under the story since then that readers can read, by others."""
        return sum(many for (many,) in _APPEARED.values(story=self.post_id, at=at, but=but.pk))

    def can_remove(self, user: User | None) -> bool:
        """Whoever wrote it, the story's authors, and moderators may, while it can be read.

        Whoever wrote it may while it waits, too. Agrees with `CommentQuerySet.removable_by`.
        """
        if user is None:
            return False
        if self.author_id == user.pk:
            return self.is_visible or self.seems_held
        if not self.is_visible:
            return False
        return self.post.is_by(user) or user.has_perm("blog.moderate_comment")

    def hand_of(self, user: User | None) -> Hand:
        """As whom `user` takes it away."""
        if user is None or self.author_id == user.pk:
            return self.Hand.WRITER
        if Authorship.objects.by(user).filter(post_id=self.post_id).exists():
            return self.Hand.AUTHOR
        return self.Hand.MODERATOR

    def can_show(self, user: User) -> bool:
        """Whether `user` may bring it back into sight.

        What a moderator has hidden, and what readers have never seen, is for moderators alone.
        Agrees with `CommentQuerySet.showable_by`.
        """
        if not self.is_hidden:
            return False
        if user.has_perm("blog.moderate_comment"):
            return True
        by_author = self.taken_by == self.Hand.AUTHOR and self.appeared_at is not None
        return by_author and self.post.can_host(user)

    @transaction.atomic
    def remove(self, *, by: Hand = Hand.WRITER) -> None:
        """Take the text away; only what was answered leaves an empty place behind."""
        PostStats.hold(self.post_id)
        locked = Comment.objects.select_for_update().filter(pk=self.pk).first()
        if locked is None or locked.is_removed:
            return
        before = [status for status in self.Status if status != self.Status.REMOVED]
        difference = self._change(self.Status.REMOVED, only_from=before, taken_by=by)
        if difference:
            take_back(self)
        if locked.replies.exists():
            self.source, self.html = "", ""
            self.save(update_fields=["source", "html"])
            locked.revisions.all().delete()
        else:
            locked.delete()
            _sweep_up_from(locked.parent)
        self._count(difference or 0)

    @property
    def wording(self) -> str:
        """Names the words that stand now; an edit says which ones it began from."""
        return self.edited_at.isoformat() if self.edited_at else ""

    def can_edit(self, user: User | None, *, at: datetime | None = None) -> bool:
        """Whoever wrote it may, for half an hour, while it can be read."""
        is_theirs = user is not None and self.author_id == user.pk
        is_fresh = (at or timezone.now()) - self.created_at < EDIT_WITHIN
        return is_theirs and is_fresh and self.is_visible

    def edit(
        self,
        *,
        by: User,
        source: str,
        wording: str,
        held_because: Sequence[dict[str, Any]] = (),
        fingerprint: int | None = None,
        address: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Say it in other words, and keep those before them for moderators.

        With a reason in `held_because` it waits for a moderator from now on. Sent twice, it is
        changed once. Raises `Banned`, `TooLateToEdit`, `Rewritten`, `TooManyResponses`, or
        `markdown.MarkdownError`.
        """
        at = at or timezone.now()
        _check_ban(by, address)
        html = rendered(source, self.post)
        with transaction.atomic():
            PostStats.hold(self.post_id)
            before = Comment.objects.select_for_update().filter(pk=self.pk).first()
            if before is None or not before.can_edit(by, at=at):
                raise TooLateToEdit
            if before.source == source:
                return
            if before.wording != wording:
                raise Rewritten
            if before.revisions.count() >= MAX_EDITS:
                raise TooManyResponses
            CommentRevision.objects.create(comment=self, source=before.source, replaced_at=at)
            self.source, self.html, self.edited_at = source, html, at
            self.renderer_version, self.fingerprint = markdown.VERSION, fingerprint
            changed = ["source", "html", "edited_at", "renderer_version", "fingerprint"]
            self.save(update_fields=changed)
            if held_because:
                self.hold(held_because)
            else:
                tell_of_edit(self, before=before.source)

    def rerender(self) -> None:
        """Make the stored HTML anew, after the renderer has changed."""
        html = rendered(self.source, self.post)
        Comment.objects.filter(pk=self.pk, source=self.source).update(
            html=html, renderer_version=markdown.VERSION
        )

    @transaction.atomic
    def approve(self) -> bool:
        """A moderator lets readers read what waited, or what was taken for spam."""
        waiting = [self.Status.HELD, self.Status.UNCONFIRMED, self.Status.SPAM]
        guest = self.hold_guest()
        is_new = not Comment.objects.filter(pk=self.pk, appeared_at__isnull=False).exists()
        done = self._move(self.Status.PUBLISHED, only_from=waiting)
        if done and guest:
            guest.trust()
            if is_new:
                guest.write_to("guest_approved", {"comment": self})
        return done

    @transaction.atomic
    def confirm(
        self, *, name: str = "", by: User | None = None, address: str | None = None
    ) -> bool:
        """Whoever wrote it has opened the letter: a guest by `name`, or who has an account, `by`.

        A moderator looks at it if something spoke for that, and at the first of a guest. Raises
        `Banned`, `Unwelcome` or `OwnBlock`: what holds for an account holds on this way, too.
        """
        guest = self.hold_guest()
        if guest is None:
            return False
        _check_ban(by or guest, address)
        if by:
            check_welcome(by, [one.pk for one in with_writers(self.post)], self.parent)
        because = [reason for reason in self.held_because if reason != FIRST_OF_GUEST]
        if by is None:
            # All that a trusted guest has said bears the name: not while something speaks against.
            guest.confirm(name="" if guest.trusted_at and because else name)
        if not guest.trusted_at and by is None:
            because.append(FIRST_OF_GUEST)
        status = self.Status.HELD if because else self.Status.PUBLISHED
        fields = {"author": by, "guest": None} if by else {"guest": guest}
        return self._move(
            status, only_from=[self.Status.UNCONFIRMED], held_because=because, **fields
        )

    def hold_guest(self) -> Guest | None:
        """Whose it is, if a guest's, held until the transaction ends.

        People come before their story's counters and their responses, as in `respond`: call it
        before `PostStats.hold`.
        """
        if self.guest_id is None:
            return None
        found = Guest.objects.select_for_update(no_key=True).filter(pk=self.guest_id)
        guest: Guest | None = found.first()
        return guest

    def hold(self, because: Sequence[dict[str, Any]]) -> bool:
        """Out of sight until a moderator has looked."""
        seen = [self.Status.PUBLISHED, self.Status.UNCONFIRMED]
        return self._move(self.Status.HELD, only_from=seen, held_because=list(because))

    def hide(self, *, by: Hand = Hand.MODERATOR) -> bool:
        """Out of sight; `show` brings it back.

        What an author has hidden already is a moderator's from then on.
        """
        shown = [self.Status.PUBLISHED, self.Status.HELD, self.Status.SPAM]
        is_new = self._move(self.Status.HIDDEN, only_from=shown, taken_by=by)
        if not is_new and by == self.Hand.MODERATOR:
            Comment.objects.hidden().filter(pk=self.pk).update(taken_by=by)
        return is_new

    def show(self) -> bool:
        return self._move(self.Status.PUBLISHED, only_from=[self.Status.HIDDEN])

    def mark_spam(self, *, by: Hand = Hand.MODERATOR) -> bool:
        unseen = [self.Status.HELD, self.Status.UNCONFIRMED, self.Status.HIDDEN]
        before = [self.Status.PUBLISHED, *unseen]
        return self._move(self.Status.SPAM, only_from=before, taken_by=by)

    @transaction.atomic
    def pin(self, *, at: datetime | None = None) -> None:
        """Let this thread stand first below its story, and no other."""
        # Of two who pin at once the second waits, and moves the pin.
        PostStats.hold(self.post_id)
        pinned = Comment.objects.filter(post=self.post_id, pinned_at__isnull=False)
        pinned.exclude(pk=self.pk).update(pinned_at=None)
        self._mark(pinned_at=at or timezone.now())

    def unpin(self) -> None:
        self._mark(pinned_at=None)

    def lock(self, *, at: datetime | None = None) -> None:
        """Take no more replies in this thread."""
        self._mark(locked_at=at or timezone.now())

    def unlock(self) -> None:
        self._mark(locked_at=None)

    def _mark(self, **times: datetime | None) -> None:
        """What was so already stays as it is, with its time."""
        for name, at in times.items():
            unlike = Comment.objects.filter(pk=self.pk, **{f"{name}__isnull": at is not None})
            if unlike.update(**{name: at}):
                setattr(self, name, at)

    def put_back(
        self, to: str, *, only_from: str, held_because: Sequence[dict[str, Any]], taken_by: str
    ) -> bool:
        """As it stood before a decision that is taken back."""
        return self._move(
            self.Status(to),
            only_from=[self.Status(only_from)],
            taken_by=self.Hand(taken_by),
            held_because=list(held_because),
        )

    @transaction.atomic
    def _move(self, to: Status, *, only_from: Sequence[Status], **fields: Any) -> bool:
        """Change the status, once of all who try, and count what readers see.

        False when it was in none of these states.
        """
        PostStats.hold(self.post_id)
        difference = self._change(to, only_from=only_from, **fields)
        if difference is None:
            return False
        if difference < 0:
            take_back(self)
        first = Comment.objects.visible().filter(pk=self.pk, appeared_at=None)
        if to == self.Status.PUBLISHED and first.update(appeared_at=timezone.now()):
            tell_of(self)
        self._count(difference)
        return True

    def _change(
        self,
        to: Status,
        *,
        only_from: Sequence[Status],
        taken_by: Hand = Hand.NOBODY,
        **fields: Any,
    ) -> int | None:
        """How many more responses readers see by it: -1, 0 or 1; None when nothing changed.

        The one place where a response comes into sight or goes out of it; `_count` comes after it.
        """
        fields = {"status": to, "taken_by": taken_by, **fields}
        rows = Comment.objects.filter(pk=self.pk)
        visible = self.Status.PUBLISHED
        was_visible = visible in only_from and bool(rows.filter(status=visible).update(**fields))
        unseen = [status for status in only_from if status != visible]
        if not was_visible and not rows.filter(status__in=unseen).update(**fields):
            return None
        for name, value in fields.items():
            setattr(self, name, value)
        return int(to == visible) - int(was_visible)

    def _count(self, difference: int) -> None:
        if difference:
            self._count_reply(difference)
            PostStats.add(self.post_id, comments=difference)

    def _count_reply(self, difference: int) -> None:
        if self.parent_id:
            above = Comment.objects.filter(pk=self.parent_id)
            above.update(reply_count=F("reply_count") + difference)
            above.rescore()


_NEW: Insertion[Comment] = Insertion(Comment, score=("created_at", first_score))


def _hold_person(person: User | Guest) -> None:
    """Let whoever it is do one thing after the other. Raises `DoesNotExist`."""
    people = Guest if isinstance(person, Guest) else User
    if not _HOLD[people].values(key=person.pk):
        raise people.DoesNotExist


def _recently(
    by: User | Guest, post: Post, parent: Comment | None, source: str, *, at: datetime
) -> list[tuple[int, int]]:
    """The keys of what somebody said lately, and whether each is the same as this."""
    person = {"guest" if isinstance(by, Guest) else "author": by.pk}
    above = {"parent": parent.pk} if parent else {}
    said = {"story": post.pk, "source": source, "since": at - RECENTLY}
    return _RECENT.values(**said, **above, **person)


def _recent(
    story: int, source: str, since: datetime, parent: int | None = None, **person: int
) -> models.QuerySet[Any]:
    recent = Comment.objects.filter(**person, created_at__gt=since).order_by("pk")
    same = When(post=story, parent=parent, source=source, then=Value(1))
    return recent.values_list("pk", Case(same, default=Value(0)))


_RECENT: Statement[Any] = Statement(_recent)
_HOLD: dict[type[models.Model], Statement[Any]] = {
    User: Statement(
        lambda key: User.objects.select_for_update(no_key=True).filter(pk=key).values_list("pk")
    ),
    Guest: Statement(
        lambda key: Guest.objects.select_for_update(no_key=True).filter(pk=key).values_list("pk")
    ),
}


def _appeared(story: int, at: datetime, but: int) -> models.QuerySet[Any]:
    there = Comment.objects.visible().filter(post=story, appeared_at__gte=at).exclude(author=but)
    return there.order_by().values("post").annotate(many=Count("pk")).values_list("many")


_APPEARED: Statement[Any] = Statement(_appeared)


def rendered(source: str, post: Post) -> str:
    """A response to `post` as readers will read it. Raises `markdown.MarkdownError`."""
    return markdown.render_response(
        source, language=post.language, find_people=Author.objects.pages
    )


def _check_ban(by: User | Guest, address: str | None) -> None:
    """Raise `Banned` for whom may not respond now."""
    who = {"guest_email": by.email} if isinstance(by, Guest) else {"user": by}
    ban = Ban.objects.forbids(address=address, **who)
    if ban:
        raise Banned(ban)


def _first_status(
    by: User | Guest, held_because: Sequence[dict[str, Any]], *, is_proven: bool
) -> Comment.Status:
    if isinstance(by, Guest) and not (by.confirmed_at and is_proven):
        return Comment.Status.UNCONFIRMED
    return Comment.Status.HELD if held_because else Comment.Status.PUBLISHED


def _sweep_up_from(comment: Comment | None) -> None:
    """Delete empty places that nothing hangs from any more."""
    while comment and comment.is_removed and not comment.replies.exists():
        above = comment.parent
        comment.delete()
        comment = above
