"""Applauding a story or a response, taking it back, and who did."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import Limit
from accounts.models import User
from blog.caching import reader_of, shareable
from blog.forms import ClapForm
from blog.models import Clap, Clapper, Comment, CommentClap, Post
from blog.models.applause import MAX_CLAPS, AccountNeeded, Applause, ApplauseQuerySet, OwnWork
from blog.models.comment_clap import OutOfSight
from blog.talk import address_of
from blog.views.doors import clapper_of, published_post, see, wants_json
from blog.views.errors import sentence
from blog.visitors import ForgedVisitor, forget_visitor, new_visitor, remember_visitor

# A household may share an address; a script that makes readers up is stopped.
NEW_VISITORS = Limit("new-visitors", times=60, per_seconds=3600)
CHOICES = (1, 5, 10, 25, MAX_CLAPS)
PEOPLE_PER_PAGE = 60
KEY = re.compile(r"[0-9]{1,18}")
# The keys of responses, as many as a page has at most.
KEYS = re.compile(r"[0-9]{1,18}(,[0-9]{1,18}){0,399}")


@dataclass(frozen=True)
class Subject:
    """What is applauded: a story, or a response to it."""

    post: Post
    comment: Comment | None = None

    @property
    def rows(self) -> ApplauseQuerySet:
        rows: ApplauseQuerySet = (
            CommentClap.objects.filter(comment=self.comment)
            if self.comment
            else Clap.objects.filter(post=self.post)
        )
        return rows

    @property
    def total(self) -> int:
        return self.comment.clap_count if self.comment else self.post.clap_count

    @property
    def people(self) -> int:
        return self.comment.clapper_count if self.comment else self.post.clapper_count

    @property
    def claps_url(self) -> str:
        return self._address("claps")

    @property
    def withdrawal_url(self) -> str:
        return self._address("claps-withdrawal")

    @property
    def people_url(self) -> str:
        return self._address("clappers")

    @property
    def back_url(self) -> str:
        return address_of(self.comment) if self.comment else self.post.get_absolute_url()

    @property
    def not_for_own(self) -> str:
        if self.comment:
            return _("This response is yours; applause comes from others.")
        return _("This story is yours; applause comes from others.")

    def is_by(self, reader: User) -> bool:
        return self.comment.author_id == reader.pk if self.comment else self.post.is_by(reader)

    def mine(self, clapper: Clapper) -> int:
        if self.comment:
            return CommentClap.objects.mine(self.comment, clapper)
        return Clap.objects.mine(self.post, clapper)

    def give(self, clapper: Clapper, wanted: int) -> Applause:
        if self.comment:
            return CommentClap.objects.give(comment=self.comment, clapper=clapper, wanted=wanted)
        return Clap.objects.give(post=self.post, clapper=clapper, wanted=wanted)

    def withdraw(self, clapper: Clapper) -> Applause:
        if self.comment:
            return CommentClap.objects.withdraw(comment=self.comment, clapper=clapper)
        return Clap.objects.withdraw(post=self.post, clapper=clapper)

    def _address(self, page: str) -> str:
        if self.comment:
            return reverse(f"blog:comment-{page}", args=[self.post.slug, self.comment.pk])
        return reverse(f"blog:{page}", args=[self.post.slug])


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def claps(request: HttpRequest, slug: str) -> HttpResponse:
    """A page to clap on without scripts; where a clap is sent to, with or without them."""
    return _claps(request, Subject(published_post(slug)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def comment_claps(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _claps(request, _response(slug, pk))


@require_POST
@never_cache
def withdrawal(request: HttpRequest, slug: str) -> HttpResponse:
    """Take all of one's claps for a story back."""
    return _withdraw(request, Subject(published_post(slug)))


@require_POST
@never_cache
def comment_withdrawal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _withdraw(request, _response(slug, pk))


@require_safe
@shareable
def clappers(request: HttpRequest, slug: str) -> HttpResponse:
    """Who clapped for a story, the last first."""
    return _people(request, Subject(published_post(slug)))


@require_safe
@shareable
def comment_clappers(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _people(request, _response(slug, pk))


@require_safe
@never_cache
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """What a shared page cannot know: the reader's own claps, and a token to send more.

    One question for the story and for those of its responses that the page shows.
    """
    subject = Subject(published_post(slug))
    asked = request.GET.get("responses", "")
    if asked and not KEYS.fullmatch(asked):
        return sentence(request, 400, _("This request could not be understood."))
    clapper = _known(request)
    reader = reader_of(request)
    keys = [int(key) for key in asked.split(",") if key]
    return JsonResponse(
        {
            "mine": Clap.objects.mine(subject.post, clapper) if clapper else 0,
            "total": subject.total,
            "can_clap": not (reader and subject.is_by(reader)),
            "token": get_token(request),
            "responses": _of_responses(subject.post, keys, clapper) if keys else {},
        }
    )


def _response(slug: str, pk: int) -> Subject:
    """The response at this address, while readers can read it. Raises `Http404`."""
    post = published_post(slug)
    found = Comment.objects.visible().with_people().filter(post=post, pk=pk).first()
    if found is None:
        raise Http404(_("There is no such response."))
    found.post = post
    return Subject(post, found)


def _claps(request: HttpRequest, subject: Subject) -> HttpResponse:
    if request.method == "POST":
        return _give(request, subject)
    reader, clapper = reader_of(request), _known(request)
    own = subject.mine(clapper) if clapper else 0
    context = {
        "post": subject.post,
        "subject": subject,
        "mine": own,
        "choices": [number for number in CHOICES if number > own],
        "is_own": reader is not None and subject.is_by(reader),
        "may_clap": Clapper(user=reader).may_clap,
        "given": "given" in request.GET,
    }
    return render(request, "blog/claps.html", context)


def _give(request: HttpRequest, subject: Subject) -> HttpResponse:
    form = ClapForm(request.POST)
    if not form.is_valid():
        return sentence(request, 400, " ".join(map(str, form.errors["wanted"])))
    try:
        clapper = clapper_of(request)
    except ForgedVisitor:
        return _forged(request)
    is_new = clapper == Clapper()
    if not clapper.may_clap:
        return _sign_in_first(request)
    if is_new:
        if not NEW_VISITORS.allows(request):
            text = _("Many new readers clapped from your address. Sign in, or try in an hour.")
            return sentence(request, 429, text)
        clapper = Clapper(visitor=new_visitor())
    try:
        applause = subject.give(clapper, form.cleaned_data["wanted"])
    except OwnWork:
        return sentence(request, 403, subject.not_for_own)
    except AccountNeeded:
        return _sign_in_first(request)
    except OutOfSight as error:
        raise Http404(_("There is no such response.")) from error
    response = _done(request, applause, see_at=_after_clap(request, subject))
    if is_new and clapper.visitor:
        remember_visitor(response, clapper.visitor)
    return response


def _withdraw(request: HttpRequest, subject: Subject) -> HttpResponse:
    try:
        clapper = clapper_of(request)
    except ForgedVisitor:
        return _forged(request)
    return _done(request, subject.withdraw(clapper), see_at=subject.back_url)


def _done(request: HttpRequest, applause: Applause, *, see_at: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"mine": applause.mine, "total": applause.total})
    if "leaving" in request.POST:
        # Sent by a page that is being left: nobody reads an answer, or follows it anywhere.
        return HttpResponse(status=204)
    return see(see_at)


def _after_clap(request: HttpRequest, subject: Subject) -> str:
    """Back to the story for a session, whose page shows the claps; else to the page that can."""
    if subject.comment is None and reader_of(request):
        return subject.back_url
    return f"{subject.claps_url}?given"


def _people(request: HttpRequest, subject: Subject) -> HttpResponse:
    named, older = subject.rows.by_name(), request.GET.get("older", "")
    if older and not KEY.fullmatch(older):
        raise Http404(_("There is no such page."))
    page = named.filter(pk__lt=int(older)) if older else named
    rows = list(page[: PEOPLE_PER_PAGE + 1])
    has_older = len(rows) > PEOPLE_PER_PAGE
    rows = rows[:PEOPLE_PER_PAGE]
    # Where all stand on one page, they need not be counted once more.
    named_count = named.count() if older and not has_older else len(rows)
    context = {
        "post": subject.post,
        "subject": subject,
        "rows": rows,
        # At the end of the list, as its last line.
        "unnamed": 0 if has_older else max(subject.people - named_count, 0),
        "is_first_page": not older,
        "older_url": f"{subject.people_url}?older={rows[-1].pk}" if has_older else "",
    }
    return render(request, "blog/clappers.jinja", context)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    text = _("Here readers clap with an account, so that everyone counts once. Sign in to clap.")
    return sentence(request, 403, text)


def _forged(request: HttpRequest) -> HttpResponse:
    text = _("Your clap cookie was damaged, so we took it away. Please clap again.")
    response = sentence(request, 400, text)
    forget_visitor(response)
    return response


def _known(request: HttpRequest) -> Clapper | None:
    """Who asks, if they may have clapped before."""
    try:
        clapper = clapper_of(request)
    except ForgedVisitor:
        return None
    return None if clapper == Clapper() else clapper


def _of_responses(
    post: Post, keys: list[int], clapper: Clapper | None
) -> dict[int, dict[str, int]]:
    """The claps for each response that readers can read, and this reader's own among them."""
    shown = Comment.objects.visible().filter(post=post, pk__in=keys)
    totals = dict(shown.order_by().values_list("pk", "clap_count"))
    given = CommentClap.objects.of(clapper).filter(comment__in=keys) if clapper else []
    own = {row.comment_id: row.count for row in given}
    return {pk: {"mine": own.get(pk, 0), "total": total} for pk, total in totals.items()}
