"""What a story has and what it lacks, a quiet sentence each, before it goes to readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog import markdown
from blog.figures import tokens_in
from blog.markdown import findings
from blog.markdown.findings import Finding, Kind
from blog.models import Image, Post

MAX_PLACES = 12
MAX_LINK_CHARS = 140


@dataclass(frozen=True)
class Place:
    """A place of the text, and the address that leads there."""

    sentence: str
    url: str


@dataclass(frozen=True)
class Line:
    """What is so, or what is missing. Nothing but a `needed` line keeps a story back."""

    name: str
    sentence: str
    url: str
    state: str = "so"  # or "missing", or "needed"
    places: tuple[Place, ...] = ()
    further_count: int = 0


def checklist(story: Post) -> list[Line]:
    writing_url = reverse("admin:blog_post_change", args=[story.pk])
    return [
        _title(story, f"{writing_url}#id_title"),
        _text(story, f"{writing_url}#id_source"),
        _summary(story, f"{writing_url}#id_summary"),
        _lead(story, f"{writing_url}#lead"),
        _tags(story, f"{writing_url}#id_tag_names"),
        Line(_("Address"), story.get_absolute_url(), f"{writing_url}#id_slug"),
        *_still_missing(story, writing_url),
    ]


def _title(story: Post, url: str) -> Line:
    if not story.title.strip():
        return Line(_("Title"), _("There is none yet. It needs one."), url, "needed")
    return Line(_("Title"), story.display_title, url)


def _text(story: Post, url: str) -> Line:
    if not story.source.strip():
        return Line(_("Text"), _("There is none yet. It needs some."), url, "needed")
    count = story.word_count
    words = ngettext("%d word", "%d words", count) % count
    number = story.reading_minutes
    minutes = ngettext("%d min read", "%d min read", number) % number
    return Line(_("Text"), f"{words}, {minutes}", url)


def _summary(story: Post, url: str) -> Line:
    if story.summary:
        return Line(_("Summary"), story.summary, url)
    if story.subtitle:
        text = _("None. Search engines and cards show the subtitle.")
    else:
        text = _("None. Search engines and cards show how the story begins.")
    return Line(_("Summary"), text, url, "missing")


def _lead(story: Post, url: str) -> Line:
    image, name = story.lead_image, _("Lead picture")
    if image is None:
        text = _("None. Its card shows the first picture in the text, else its title on paper.")
        return Line(name, text, url, "missing")
    if image.alt:
        return Line(name, image.alt, url)
    if image.is_decorative:
        return Line(name, _("Decorative: it needs no description."), url)
    text = _("It has no description for those who cannot see it.")
    return Line(name, text, reverse("admin:blog_image_change", args=[image.pk]), "missing")


def _tags(story: Post, url: str) -> Line:
    names = ", ".join(tag.name for tag in story.topics)
    if names:
        return Line(_("Tags"), names, url)
    return Line(_("Tags"), _("None. Readers find it in no subject."), url, "missing")


def _still_missing(story: Post, writing_url: str) -> Iterator[Line]:
    """One line for each kind of thing that is not finished; one for all when everything is."""
    try:
        found = _findings(story)
    except markdown.MarkdownError as error:
        yield Line(_("Text"), str(error), f"{writing_url}#id_source", "missing")
        return
    places: dict[Kind, list[Place]] = {kind: [] for kind in Kind}
    places[Kind.TO_COME] = _to_come_in_titles(story, writing_url)
    for finding in found:
        places[finding.kind].append(_place(story, finding, writing_url))
    for kind in Kind:
        if places[kind]:
            yield _missing(kind, places[kind])
    if not any(places.values()):
        text = _("Nothing is to come, every picture is described, every link leads somewhere.")
        yield Line(_("Loose ends"), text, f"{writing_url}#id_source")


def _findings(story: Post) -> list[Finding]:
    silent = Image.objects.filter(
        token__in=tokens_in(story.source), alt="", is_decorative=False
    ).values_list("token", flat=True)
    return findings.find(
        story.source, language=story.language, undescribed_tokens=frozenset(silent)
    )


def _to_come_in_titles(story: Post, writing_url: str) -> list[Place]:
    return [
        Place(getattr(story, name), f"{writing_url}#id_{name}")
        for name in ("title", "subtitle")
        if findings.TO_COME.search(getattr(story, name))
    ]


def _place(story: Post, finding: Finding, writing_url: str) -> Place:
    """The place is selected when the page opens; without scripts one lands at the text."""
    query = urlencode({"from": finding.start, "to": finding.end})
    url = f"{writing_url}?{query}#id_source"
    if finding.picture:
        # The mark of a picture says nothing to anybody: its line does.
        return Place(_("Picture in line %d") % (finding.line + 1), url)
    if finding.kind is Kind.NOWHERE:
        # Several may stand in one sentence.
        return Place(story.source[finding.start : finding.end][:MAX_LINK_CHARS], url)
    return Place(finding.sentence, url)


def _missing(kind: Kind, places: list[Place]) -> Line:
    count = len(places)
    name, text = {
        Kind.TO_COME: (
            _("To come"),
            ngettext("%d place says TK.", "%d places say TK.", count),
        ),
        Kind.UNDESCRIBED: (
            _("Pictures"),
            ngettext("%d has no description.", "%d have no description.", count),
        ),
        Kind.NOWHERE: (
            _("Links"),
            ngettext("%d leads nowhere.", "%d lead nowhere.", count),
        ),
    }[kind]
    return Line(
        name,
        text % count,
        places[0].url,
        "missing",
        places=tuple(places[:MAX_PLACES]),
        further_count=max(0, count - MAX_PLACES),
    )
