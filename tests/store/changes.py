"""Everything that changes what readers see, done at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models, transaction

from accounts.models import Author, Ban, Follow, User
from accounts.roles import Role
from blog.models import (
    Clap,
    Clapper,
    Comment,
    CommentClap,
    Guest,
    Highlight,
    Image,
    Post,
    Publication,
    Series,
    Tag,
)
from blog.models.moderation import ModerationAction, Verb, moderate
from blog.passages import Quote
from blog.tasks import count_passages, relate_around, rerender_stories_with
from blog.visitors import new_visitor
from tests.clock import Clock
from tests.making import make_person, make_post, picture_bytes

Row = TypeVar("Row", bound=models.Model)
WORDS = ["sea", "wind", "harbour", "lamp", "winter", "letter", "bread", "stone", "river", "clock"]


@dataclass
class Life:
    """A small publication and what may happen to it; `chance` decides."""

    chance: random.Random
    clock: Clock
    # How soon is what will come; a clock that is real must be waited for.
    minute: timedelta = timedelta(minutes=1)

    def begin(self) -> None:
        self.owner = make_person("Olga", Role.OWNER)
        self.writers = [make_person(name, Role.AUTHOR) for name in ("Ada", "Bea", "Cy")]
        self.readers = [make_person(name) for name in ("Rita", "Rob")]
        Publication(about="We print slowly.", guests_may_respond=True).save()
        Tag.objects.named(["Sea", "Wind", "Bread"])
        Series.objects.create(title="Lights", slug="lights")
        Series.objects.create(title="Walks", slug="walks")
        Image.objects.upload(picture_bytes((64, 48)), by=self.owner, alt="A lamp")
        for _ in range(6):
            self.a_story_comes_out()
        for _ in range(4):
            self.somebody_responds()

    def go_on(self) -> str:
        """Let something happen; what it was."""
        name = self.chance.choice(HAPPENINGS)
        try:
            with transaction.atomic():
                getattr(self, name)()
        except Exception as refusal:
            # A verb says no, and nothing of it is left: that, too, happens.
            if not type(refusal).__module__.startswith(("blog.", "accounts.")):
                raise
        return name

    # What there is

    def some(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None

    def words(self, count: int) -> str:
        return " ".join(self.chance.choice(WORDS) for _ in range(count))

    def story(self) -> Post | None:
        return self.some(Post.objects.all())

    def response(self) -> Comment | None:
        return self.some(Comment.objects.all())

    # Stories

    def a_story_comes_out(self) -> None:
        by = self.chance.choice(self.writers)
        post = make_post(by, title=self.words(3), published=False, source=self._source())
        post.set_topics(self._tags())
        self.clock.pass_by(seconds=1)
        post.publish(by=by, at=self.clock.now)

    def _source(self) -> str:
        image = self.chance.choice([None, self.some(Image.objects.all())])
        shown = f"\n\n{image.markdown}\n" if image else ""
        return f"## {self.words(2)}\n\n{self.words(30)}.{shown}\n"

    def _tags(self) -> list[Tag]:
        tags = list(Tag.objects.order_by("pk"))
        return self.chance.sample(tags, min(len(tags), self.chance.randint(0, 2)))

    def _changed_story(self, **fields: Any) -> None:
        post = self.story()
        if post:
            for name, value in fields.items():
                setattr(post, name, value)
            post.write(by=self.owner)

    def a_story_says_something_else(self) -> None:
        self._changed_story(source=self._source())

    def a_story_has_another_title(self) -> None:
        self._changed_story(title=self.words(4), subtitle=self.words(3))

    def a_story_moves(self) -> None:
        self._changed_story(slug="-".join([*self.words(3).split(), str(self.chance.random())[2:]]))

    def a_story_is_for_those_who_know_it(self) -> None:
        self._changed_story(visibility=self.chance.choice(Post.Visibility.values))

    def a_story_is_pinned(self) -> None:
        self._changed_story(is_pinned=self.chance.choice([True, False]))

    def a_story_will_go(self) -> None:
        self._changed_story(expires_at=self.clock.now + 1.5 * self.minute)

    def a_story_shows_a_picture_first(self) -> None:
        self._changed_story(lead_image=self.chance.choice([None, self.some(Image.objects.all())]))

    def a_story_is_offered_otherwise(self) -> None:
        name = self.chance.choice(["offers_markdown", "shows_changes", "shows_highlights"])
        self._changed_story(**{name: self.chance.choice([True, False])})

    def a_story_is_part_of_a_series(self) -> None:
        post, series = self.story(), self.chance.choice([None, self.some(Series.objects.all())])
        if post:
            post.series = series
            post.series_position = series.next_part if series else 0
            post.write(by=self.owner)

    def a_story_is_taken_back(self) -> None:
        post = self.some(Post.objects.published())
        if post:
            post.unpublish(by=self.owner)

    def a_story_comes_back(self) -> None:
        post = self.some(Post.objects.exclude(status=Post.Status.PUBLISHED))
        if post:
            post.publish(by=self.owner)

    def a_story_will_come(self) -> None:
        post = self.some(Post.objects.exclude(status=Post.Status.PUBLISHED))
        if post:
            post.publish(by=self.owner, at=self.clock.now + self.minute)

    def a_story_is_deleted(self) -> None:
        if Post.objects.count() > 4:
            post = self.story()
            post and post.delete()

    def a_story_is_by_others(self) -> None:
        post = self.story()
        if post:
            writers = self.chance.sample(self.writers, self.chance.randint(1, 2))
            post.set_byline([Author.objects.get(user=writer) for writer in writers])

    def a_story_is_about_something_else(self) -> None:
        post = self.story()
        post and post.set_topics(self._tags())

    def a_story_takes_no_more_responses(self) -> None:
        post = self.story()
        post and self.chance.choice([post.close_responses, post.open_responses])()

    def a_story_is_rendered_anew(self) -> None:
        post = self.story()
        post and post.rerender()

    def company_is_found(self) -> None:
        post = self.story()
        post and relate_around.call(post.pk)

    def passages_are_marked(self) -> None:
        post = self.some(Post.objects.published())
        if post:
            for person in [*self.readers, *self.writers]:
                Highlight.objects.keep(Quote(post.text[:20]), post=post, by=person)
            count_passages.call(post.pk)

    def a_story_is_translated(self) -> None:
        post = self.some(Post.objects.published().filter(work=None))
        if post:
            draft = post.begin_translation("de", by=self.owner)
            draft.title = self.words(3)
            draft.write(by=self.owner)
            draft.publish(by=self.owner)

    def a_translation_stands_alone(self) -> None:
        post = self.some(Post.objects.exclude(work=None))
        post and post.stand_alone()

    # Subjects, series, pictures, people, the publication

    def a_subject_is_called_otherwise(self) -> None:
        tag = self.some(Tag.objects.all())
        if tag:
            tag.name, tag.description = (
                f"{self.words(1)} {self.chance.random()}"[:30],
                self.words(4),
            )
            tag.save()

    def a_subject_moves(self) -> None:
        tag = self.some(Tag.objects.all())
        tag and tag.move_to(f"subject-{self.chance.randint(0, 10**9)}")

    def a_subject_goes(self) -> None:
        if Tag.objects.count() > 2:
            self.some(Tag.objects.all()).delete()

    def a_subject_comes(self) -> None:
        Tag.objects.named([f"{self.words(1)} {self.chance.randint(0, 99)}"])

    def a_series_is_called_otherwise(self) -> None:
        series = self.some(Series.objects.all())
        series.title, series.description = self.words(2), self.words(5)
        series.save()

    def a_series_is_put_in_order(self) -> None:
        series = self.some(Series.objects.all())
        parts = list(series.posts.values_list("pk", flat=True))
        if len(parts) > 1:
            series.arrange({self.chance.choice(parts): 1})

    def a_picture_says_something_else(self) -> None:
        image = self.some(Image.objects.all())
        image.alt, image.caption, image.credit_name = self.words(3), self.words(4), self.words(1)
        image.save()
        rerender_stories_with.call(image.pk)

    def an_author_is_called_otherwise(self) -> None:
        author = Author.objects.get(user=self.chance.choice(self.writers))
        author.name, author.tagline, author.bio = self.words(2), self.words(3), self.words(6)
        author.save()

    def an_author_moves(self) -> None:
        author = Author.objects.get(user=self.chance.choice(self.writers))
        author.handle = f"a{self.chance.randint(0, 10**9)}"
        author.save()

    def a_reader_is_called_otherwise(self) -> None:
        reader = User.objects.get(pk=self.chance.choice(self.readers).pk)
        reader.name = self.words(2)
        reader.save()

    def an_author_is_followed(self) -> None:
        author = Author.objects.get(user=self.chance.choice(self.writers))
        verb = self.chance.choice([Follow.objects.follow, Follow.objects.unfollow])
        verb(author, by=self.chance.choice(self.readers))

    def the_publication_changes(self) -> None:
        publication = Publication.current()
        name = self.chance.choice(
            [
                "name",
                "tagline",
                "about",
                "guests_may_respond",
                "claps_need_account",
                "shows_changes",
            ]
        )
        is_switch = isinstance(getattr(publication, name), bool)
        setattr(
            publication, name, self.chance.choice([True, False]) if is_switch else self.words(2)
        )
        publication.save()

    # Responses

    def somebody_responds(self) -> None:
        post = self.some(Post.objects.published().filter(responses_open=True))
        if not post:
            return
        by: Any = self.chance.choice(self.readers)
        if self.chance.random() < 0.3:
            number = self.chance.randint(0, 10**9)
            by = Guest.objects.create(name=self.words(1), email=f"g{number}@example.org")
        above = self.some(post.comments.visible().filter(locked_at=None))
        parent = self.chance.choice([None, above])
        said = f"{self.words(6)} {self.chance.random()}"
        comment = Comment.objects.respond(post=post, by=by, source=said, parent=parent)
        if isinstance(by, Guest):
            comment.confirm(name=by.name)

    def a_response_is_edited(self) -> None:
        comment = self.some(Comment.objects.visible().exclude(author=None))
        if comment:
            by = comment.author
            source = f"{self.words(5)} {self.chance.random()}"
            comment.edit(by=by, source=source, wording=comment.wording)

    def a_response_is_removed(self) -> None:
        comment = self.some(Comment.objects.visible())
        comment and comment.remove()

    def a_response_is_decided_about(self) -> None:
        comment = self.response()
        if comment and not comment.is_removed:
            verb = self.chance.choice([Verb.APPROVE, Verb.HIDE, Verb.SPAM, Verb.REMOVE])
            moderate(comment, verb, by=self.owner)

    def a_decision_is_taken_back(self) -> None:
        action = ModerationAction.objects.order_by("-pk").first()
        action and action.undo(by=self.owner)

    def a_response_is_pinned(self) -> None:
        comment = self.some(Comment.objects.visible().filter(parent=None))
        comment and self.chance.choice([comment.pin, comment.unpin, comment.lock])()

    def a_guest_is_called_otherwise(self) -> None:
        guest = self.some(Guest.objects.all())
        guest and guest.rename(self.words(2))

    def a_reader_is_kept_out(self) -> None:
        for ban in Ban.objects.all():
            ban.end()
        Ban.objects.ban(by=self.owner, user=self.chance.choice(self.readers))

    # Counting and time

    def somebody_claps(self) -> None:
        post = self.some(Post.objects.published())
        if post:
            clapper = Clapper(user=self.chance.choice(self.readers))
            verb: Callable[..., Any] = Clap.objects.give
            verb(post=post, clapper=clapper, wanted=self.chance.randint(1, 50))

    def somebody_takes_claps_back(self) -> None:
        post = self.story()
        if post:
            Clap.objects.withdraw(post=post, clapper=Clapper(user=self.chance.choice(self.readers)))

    def somebody_claps_for_a_response(self) -> None:
        comment = self.some(Comment.objects.visible())
        if comment:
            clapper = Clapper(visitor=new_visitor())
            CommentClap.objects.give(comment=comment, clapper=clapper, wanted=3)

    def time_passes(self) -> None:
        self.clock.pass_by(seconds=self.chance.choice([20, 65, 100]))


NOT_HAPPENINGS = {"begin", "go_on", "some", "words", "story", "response"}
HAPPENINGS = sorted(
    name
    for name, member in vars(Life).items()
    if callable(member) and not name.startswith("_") and name not in NOT_HAPPENINGS
)
