"""The front page and a story's own page."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.ingredients import APPLAUSE, POSTS, these_sets
from accounts.models import Follow, User
from blog import figures
from blog.caching import is_personal, reader_of, shareable
from blog.contents import contents
from blog.forms import CommentForm
from blog.front import EVERYTHING, Front
from blog.jinja.talks import FirstThreads, is_for_everybody
from blog.markdown import set_caption
from blog.models import Clap, Clapper, Post, Publication
from blog.models.post import with_bylines
from blog.orders import Order
from blog.pages import page_of_posts
from blog.personal import read_for
from blog.related import onward
from blog.seo import front_seo, post_seo, post_seo_for_people
from blog.sight import Sight
from blog.subjects import Subjects
from blog.talk import removable, walked_threads, ways_to_order, whole_talk
from blog.views.doors import published_post
from blog.views.players import has_player, let_players_in
from blog.ways import Ways, ways_of

FEW_STORIES = 4
SUBJECT_COUNT = 12
MAX_CORRECTIONS = 50
# How these begin; in words `<` is escaped.
CODE = '<div class="code"'
NOTES = '<section class="footnotes"'
FIGURE = '<figure class="figure"'


@require_safe
@shareable
def front(request: HttpRequest) -> HttpResponse:
    """The newest stories; the first page also has a lead and ways into the others."""
    these_sets(POSTS, APPLAUSE)
    found = Front()
    page = page_of_posts(EVERYTHING, request.GET, request.path, found.newest)
    publication = Publication.current()
    context: dict[str, Any] = {
        "publication": publication,
        "rows": page.rows,
        "older_url": page.older_url,
        "newer_url": page.newer_url,
        "is_first_page": page.is_first,
        "lead": None,
        "seo": front_seo(publication),
    }
    if page.is_first:
        lead = found.pinned or next(iter(page.rows), None)
        context["lead"] = lead
        context["rows"] = [story for story in page.rows if story is not lead]
        # Among three stories nobody needs to be told which were applauded.
        context["applauded"] = [] if len(page.rows) < FEW_STORIES else found.applauded
        context["part"] = found.part
        context["subjects"] = Subjects.of_all(found.at, most=SUBJECT_COUNT)
    else:
        with_bylines(page.rows)
    return render(request, "blog/front.jinja", context)


@require_safe
@shareable
def post(request: HttpRequest, slug: str) -> HttpResponse:
    story = published_post(slug, whole=True)
    these_sets(("talk", story.pk))
    response = render(request, "blog/post.jinja", _story_context(request, story))
    let_players_in(response, story)
    return response


@require_safe
@never_cache
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A story as readers would see it, for those who may edit it; nobody else learns of it."""
    user = reader_of(request)
    story = get_object_or_404(Post.objects.whole(), pk=pk)
    if user is None or not story.can_edit(user):
        raise Http404(_("There is no story at this address."))
    story.show_working_copy()
    context = {
        **_story_context(request, story, seen_by=user),
        "preview": True,
        "may_review": story.can_review(user),
        "may_submit": story.can_submit(user) and not user.has_perm("blog.publish_post"),
    }
    response = render(request, "blog/post.jinja", context)
    response.headers["X-Robots-Tag"] = "noindex"
    let_players_in(response, story)
    return response


def _story_context(
    request: HttpRequest, story: Post, *, seen_by: User | None = None
) -> dict[str, Any]:
    reader = reader_of(request)
    publication = Publication.current()
    ways = onward(story, seen_by=seen_by)
    byline = story.byline
    if reader:
        read_for(reader, story)
    ways_at_talk = ways_of(reader, story)
    talk = _talk(story, reader, ways_at_talk)
    lead = lead_figure(story)
    is_own = reader is not None and any(author.user_id == reader.pk for author in byline)
    return {
        "publication": publication,
        "post": story,
        "byline": byline,
        "followed": Follow.objects.followed_of(reader, byline) if reader else set(),
        "topics": story.topics,
        "place": ways.place,
        "lead_figure": lead,
        "story_html": story.html if lead else figures.first_at_once(story.html),
        "translations": ways.translations,
        "contents": contents(story.html),
        "has_code": CODE in story.html,
        "has_notes": NOTES in story.html,
        "has_pictures": bool(lead) or FIGURE in story.html,
        "has_player": has_player(story),
        "mine": _own_claps(request, story, reader),
        "is_own": is_own,
        **talk,
        "ways": ways_at_talk,
        "is_first_page": True,
        "ways_to_order": ways_to_order(story, Order.BEST),
        "response_form": _empty_form(),
        "more_from": ways.more,
        "more_from_author": byline[0] if byline else None,
        "read_next": ways.next,
        # Machines have no account; to somebody who has one, nothing is said that they do not see.
        "seo": post_seo_for_people(story, publication, ways.translations)
        if reader
        else post_seo(story, publication, talk["threads"], ways.translations),
        "preview": False,
        **_told(story),
    }


def _talk(story: Post, reader: User | None, ways: Ways) -> dict[str, Any]:
    sight, whole = Sight.of(reader, story), whole_talk(story)
    if reader and whole and is_for_everybody(whole, sight, ways):
        first = FirstThreads(whole, reader, sight)
        return {
            "threads": first,
            "removable": first.removable,
            "more_responses_url": first.more_url,
        }
    threads, more_url = whole.first_threads(sight) if whole else walked_threads(story, sight)
    return {
        "threads": threads,
        "removable": removable(threads, reader),
        "more_responses_url": more_url,
    }


@cache
def _empty_form() -> CommentForm:
    """To make one takes longer than to show it; what nobody filled in is the same to all."""
    return CommentForm()


def _told(story: Post) -> dict[str, Any]:
    """What readers learn of later changes: nothing is asked for a story that has none."""
    if story.edited_at is None or not story.is_live:
        return {}
    return {
        "corrections": story.corrections[:MAX_CORRECTIONS],
        "has_changes": story.told_changes.exists(),
    }


def lead_figure(story: Post) -> str:
    """The picture above the text, with the quotes of the story's language in its words."""
    if not story.lead_image:
        return ""
    facts = set_caption(story.lead_image.facts, story.language)
    return figures.figure_html(facts, placement="wide", lazy=False)


def _own_claps(request: HttpRequest, story: Post, reader: User | None) -> int:
    """Only a session makes the page personal; the clap cookie alone does not."""
    if not is_personal(request) or reader is None:
        return 0
    return Clap.objects.mine(story, Clapper(user=reader))
