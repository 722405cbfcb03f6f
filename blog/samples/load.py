"""Puts the sample publication into an empty database, and takes it out again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Author, User
from accounts.roles import Role, grant
from blog import figures, pictures
from blog.models import (
    Clap,
    Clapper,
    Comment,
    CommentClap,
    Image,
    Post,
    Publication,
    Series,
    Tag,
    Work,
)
from blog.samples import drawing
from blog.samples.people import AUTHORS, PUBLICATION, READERS, SampleAuthor, SampleReader
from blog.samples.reader import SampleStory, stories
from blog.samples.responses import CLAPS, CLAPS_FOR_RESPONSES, PINNED, RESPONSES
from blog.samples.series import SERIES
from blog.samples.studio import draw_all
from blog.visitors import new_visitor

# RFC 2606 keeps this domain for addresses that never receive mail.
MAIL_DOMAIN = "longhand.invalid"


@dataclass
class Loaded:
    """What has been put in so far, by the names that the sample files use."""

    people: dict[str, User] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)


def load() -> int:
    """Put in publication, people, stories, series, responses and claps; the number of stories.

    Drawing is slow and comes first, so that the rows arrive in one short transaction or not
    at all.
    """
    found = stories()
    drawn = draw_all(sorted({name for story in found for name in story.drawings}))
    now = timezone.now()
    with transaction.atomic():
        loaded = Loaded()
        _publication()
        _people(loaded)
        for name, encoded in drawn.items():
            loaded.images[name] = _image(name, encoded)
        for story in reversed(found):
            loaded.posts[story.slug] = _post(story, loaded, now - timedelta(days=story.days_ago))
        for story in found:
            if story.translation_of:
                loaded.posts[story.slug].translate_from(loaded.posts[story.translation_of])
        _series(loaded)
        _responses(loaded)
        _claps(loaded)
    return len(loaded.posts)


@transaction.atomic
def remove() -> int:
    """Take out the sample people, all they wrote, and their pictures; the number of stories."""
    people = User.objects.filter(email__endswith=f"@{MAIL_DOMAIN}")
    posts = Post.objects.filter(authors__user__in=people)
    images = Image.objects.filter(is_drawing=True, credit_name=drawing.CREDIT, uploaded_by=None)
    count = posts.count()
    for image in images:
        image.discard_all()
    works = set(posts.exclude(work=None).values_list("work", flat=True))
    posts.delete()
    Work.objects.filter(pk__in=works, posts=None).delete()
    Comment.objects.filter(author__in=people).delete()
    images.delete()
    Author.objects.filter(user__in=people).delete()
    people.delete()
    Tag.objects.filter(post_tags=None).delete()
    Series.objects.filter(slug__in=[sample.slug for sample in SERIES], posts=None).delete()
    return count


def _publication() -> None:
    Publication(
        name=PUBLICATION.name,
        tagline=PUBLICATION.tagline,
        about=PUBLICATION.about,
        language=PUBLICATION.language,
    ).save()


def _people(loaded: Loaded) -> None:
    for writer in AUTHORS:
        user = _person(writer)
        grant(user, Role.AUTHOR)
        _face(user.author, writer)
        loaded.people[writer.handle] = user
    for reader in READERS:
        loaded.people[reader.handle] = _person(reader)


def _person(sample: SampleAuthor | SampleReader) -> User:
    """Somebody who has no password and therefore never signs in."""
    return User.objects.create_user(f"{sample.handle}@{MAIL_DOMAIN}", name=sample.name)


def _face(author: Author, sample: SampleAuthor) -> None:
    author.handle, author.name = sample.handle, sample.name
    author.tagline, author.bio = sample.tagline, sample.bio
    author.links = [{"label": label, "url": url} for label, url in sample.links]
    portrait = pictures.avatar(drawing.draw_avatar(sample.handle))
    author.avatar.save(f"{sample.handle}.webp", ContentFile(portrait), save=False)
    author.save()


def _image(name: str, encoded: pictures.Encoded) -> Image:
    about = drawing.DRAWINGS[name]
    return Image.objects.add(
        encoded,
        by=None,
        alt=about.alt,
        is_drawing=True,
        caption=about.caption,
        credit_name=about.credit_name,
        credit_agency=about.credit_agency,
    )


def _post(story: SampleStory, loaded: Loaded, at: datetime) -> Post:
    writer = loaded.people[story.authors[0]]
    post = Post(
        title=story.title,
        subtitle=story.subtitle,
        slug=story.slug,
        source=_with_addresses(story, loaded.images),
        language=story.language,
        summary=story.summary,
        is_pinned=story.is_pinned,
        lead_image=loaded.images[story.lead] if story.lead else None,
        created_at=at,
    )
    post.write(by=writer, at=at)
    post.set_byline([loaded.people[handle].author for handle in story.authors])
    post.set_topics(Tag.objects.named(story.tags))
    post.publish(by=writer, at=at)
    return post


def _with_addresses(story: SampleStory, images: dict[str, Image]) -> str:
    source = story.text
    for name in story.drawings:
        image = images[name]
        address = figures.url(image.token, max(image.widths), "jpg")
        for end in (")", " "):
            source = source.replace(f"(drawing:{name}{end}", f"({address}{end}")
    return source


def _series(loaded: Loaded) -> None:
    for sample in SERIES:
        series = Series.objects.create(
            title=sample.title, slug=sample.slug, description=sample.description
        )
        for number, slug in enumerate(sample.stories, start=1):
            part = Post.objects.filter(pk=loaded.posts[slug].pk)
            part.update(series=series, series_position=number)


def _responses(loaded: Loaded) -> None:
    given: dict[str, Comment] = {}
    for sample in RESPONSES:
        post = loaded.posts[sample.story]
        if post.published_at is None:
            raise ValueError(f"{sample.story} has not been published.")
        given[sample.key] = Comment.objects.respond(
            post=post,
            by=loaded.people[sample.who],
            source=sample.text,
            parent=given[sample.parent] if sample.parent else None,
            at=post.published_at + timedelta(hours=sample.hours),
        )
    for key in PINNED:
        given[key].pin()
    for key, counts in CLAPS_FOR_RESPONSES.items():
        for count in counts:
            visitor = Clapper(visitor=new_visitor())
            CommentClap.objects.give(comment=given[key], clapper=visitor, wanted=count)


def _claps(loaded: Loaded) -> None:
    for slug, counts in CLAPS.items():
        for count in counts:
            visitor = Clapper(visitor=new_visitor())
            Clap.objects.give(post=loaded.posts[slug], clapper=visitor, wanted=count)
