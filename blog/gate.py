"""What is held for review, and what is taken for spam, before anybody reads it.

A rule looks at a response and gives its reasons: dicts that can be stored and said in words later,
in the language of whoever reads them. Moderators are never held, nor a story's authors under it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from accounts.statements import Statement
from blog import held_words, learner, markdown, prose
from blog.markdown import MarkdownError
from blog.models import Comment, Guest, Post, Publication
from blog.traps import Opened, Traps

SAME_WITHIN = timedelta(days=7)
# "Thank you!" may be said by many.
SAME_FROM_CHARS = 40
MAX_WORDS_NAMED = 3
MAX_WORD_CHARS = 60
MAX_HEADER_CHARS = 500

Reason = dict[str, Any]
Person = User | Guest

LINK = re.compile(r'<a [^>]*href="(?P<to>[^"]*)"[^>]*>.*?</a>', re.DOTALL)
BARE_LINK = re.compile(r"(?:https?://|\bwww\.)\S", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What to do with a response: with no reason, readers see it at once."""

    reasons: tuple[Reason, ...] = ()
    is_spam: bool = False
    # To find the same text by; None for one so short that many may say it.
    fingerprint: int | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What `Comment.objects.respond` is told of it."""
        return {
            "held_because": self.reasons,
            "is_spam": self.is_spam,
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True)
class Sent:
    """A response as the rules look at it."""

    post: Post
    by: Person
    source: str
    html: str
    text: str
    traps: Traps
    fingerprint: int | None
    comment: Comment | None  # the one that is edited


def judge(
    *,
    post: Post,
    by: Person,
    source: str,
    traps: Traps | None = None,
    editing: Comment | None = None,
    agent: str = "",
    referrer: str = "",
) -> Verdict:
    """What the publication's rules say of a response that is sent, or of its new text.

    `traps` is None where there were none, as for an edit; `agent` and `referrer` are what
    the browser said of itself, for Akismet.
    """
    mark = fingerprint(source)
    try:
        html = markdown.render_response(source, language=post.language)
    except MarkdownError:
        # `respond` refuses it, with a sentence.
        return Verdict(fingerprint=mark)
    name = by.name if isinstance(by, Guest) else ""
    text = f"{name}\n{prose.plain(html)}"
    sent = Sent(post, by, source, html, text, traps or Traps(), mark, editing)
    reasons = [*_by_rules(sent), *_by_traps(sent)]
    resembling, is_surely_spam = _by_learning(sent)
    repeated, is_repeated_spam = _by_repetition(sent)
    reasons += [*resembling, *repeated]
    if Publication.current().akismet_key and editing is None:
        reasons += [{"rule": "akismet", "agent": _kept(agent), "referrer": _kept(referrer)}]
    if not reasons or _is_trusted(sent):
        return Verdict(fingerprint=mark)
    is_spam = sent.traps.is_lured or is_surely_spam or is_repeated_spam
    return Verdict(tuple(reasons), is_spam, mark)


def held_because(reasons: Iterable[Reason]) -> list[str]:
    """Why a response is held, one sentence for each reason."""
    return [_sentence(reason) for reason in reasons]


def fingerprint(source: str) -> int | None:
    """The same for texts that differ in case, accents, numbers and signs only."""
    said = learner.response_words(source.strip())
    words = " ".join(word for word in said if not word.isdigit())
    if len(words) < SAME_FROM_CHARS:
        return None
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), signed=True)


# The rules.


def _is_trusted(sent: Sent) -> bool:
    """Asked last, because it costs more than most who write need."""
    if not isinstance(sent.by, User):
        return False
    return sent.by.has_perm("blog.moderate_comment") or sent.post.is_by(sent.by)


def _by_rules(sent: Sent) -> Iterator[Reason]:
    """What the owner chose to see first, unless the story does without."""
    rules, post = Publication.current(), sent.post
    if not post.takes_responses:
        yield {"rule": "old", "days": _days_open(post, rules)}
    if post.response_hold == Post.ResponseHold.EVERYTHING:
        yield {"rule": "everything"}
    if post.response_hold != Post.ResponseHold.USUAL:
        return
    if rules.holds_everything:
        yield {"rule": "everything"}
    # The first of a guest is held in any case, and says so.
    if rules.holds_first and isinstance(sent.by, User) and not _is_known(sent.by):
        yield {"rule": "first"}
    links = links_in(sent.html)
    if rules.holds_links_over is not None and links > rules.holds_links_over:
        yield {"rule": "links", "links": links, "most": rules.holds_links_over}
    words = held_words.find(rules.held_words, f"{sent.text}\n{sent.source}", most=MAX_WORDS_NAMED)
    if words:
        yield {"rule": "words", "words": [word[:MAX_WORD_CHARS] for word in words]}


def _days_open(post: Post, rules: Publication) -> int:
    days = post.responses_close_after_days
    return int((rules.responses_close_after_days if days is None else days) or 0)


def _is_known(by: User) -> bool:
    """Whether readers read something by this person, be it hidden since."""
    statuses = [Comment.Status.PUBLISHED, Comment.Status.HIDDEN, Comment.Status.REMOVED]
    seen = Comment.objects.filter(author=by, status__in=statuses).exclude(appeared_at=None)
    return bool(seen.exclude(taken_by=Comment.Hand.MODERATOR).exists())


def links_in(html: str) -> int:
    """How many ways lead out of a text, whether they can be clicked or not."""
    clickable = [match["to"] for match in LINK.finditer(html)]
    here = (f"{settings.SITE_URL}/", "/", "#")
    outside = [to for to in clickable if to.startswith("//") or not to.startswith(here)]
    return len(outside) + len(BARE_LINK.findall(LINK.sub(" ", html)))


def _by_traps(sent: Sent) -> Iterator[Reason]:
    if sent.traps.is_lured:
        yield {"rule": "lure"}
    if sent.traps.opened != Opened.IN_TIME:
        yield {"rule": sent.traps.opened.value}


def _by_learning(sent: Sent) -> tuple[list[Reason], bool]:
    opinion, is_sure = learner.opinion(sent.text, sent.source)
    if opinion.spam < learner.HOLDS_FROM:
        return [], False
    words = [word[:MAX_WORD_CHARS] for word in opinion.words]
    return [{"rule": "learnt", "words": words}], is_sure and opinion.spam >= learner.SPAM_FROM


def _by_repetition(sent: Sent) -> tuple[list[Reason], bool]:
    """The same text, said lately by whomever; again what was spam is spam again."""
    if sent.fingerprint is None:
        return [], False
    itself = {"but": sent.comment.pk} if sent.comment else {}
    since = timezone.now() - SAME_WITHIN
    same = _SAME.values(fingerprint=sent.fingerprint, since=since, **itself)
    statuses = {status for (status,) in same}
    return [{"rule": "same"}] if statuses else [], Comment.Status.SPAM in statuses


def _same(fingerprint: int, since: datetime, but: int | None = None) -> QuerySet[Any]:
    """In which states others lie that say it."""
    found = Comment.objects.filter(fingerprint=fingerprint, created_at__gt=since)
    others = found.exclude(pk=but) if but else found
    standing = others.exclude(status=Comment.Status.REMOVED)
    return standing.order_by().values_list("status").distinct()


_SAME: Statement[Any] = Statement(_same)


def _kept(header: str) -> str:
    """As much of what a browser says as is kept, without what PostgreSQL cannot store."""
    return header[:MAX_HEADER_CHARS].replace("\x00", "")


# Their words.


def _sentence(reason: Reason) -> str:
    says = _SENTENCES.get(str(reason.get("rule")))
    try:
        return says(reason) if says else _held_by_rule(reason)
    except (KeyError, TypeError, ValueError):
        return _held_by_rule(reason)


def _held_by_rule(_reason: Reason) -> str:
    return _("Held by a rule that is not known any more")


def _held_for_links(reason: Reason) -> str:
    links, most = int(reason["links"]), int(reason["most"])
    said = ngettext(
        "Held because it has %(links)s link (more than %(most)s)",
        "Held because it has %(links)s links (more than %(most)s)",
        links,
    )
    return said % {"links": number_format(links), "most": number_format(most)}


def _held_for_words(reason: Reason) -> str:
    words = [str(word) for word in reason["words"]]
    count = sum(len(word.split()) for word in words)
    said = ngettext("Held because of the word %s", "Held because of the words %s", count)
    return said % _quoted(words)


def _held_for_age(reason: Reason) -> str:
    days = int(reason["days"])
    said = ngettext(
        "Held because the story is older than %s day",
        "Held because the story is older than %s days",
        days,
    )
    return said % number_format(days)


def _held_as_learnt(reason: Reason) -> str:
    words = [str(word) for word in reason["words"]]
    if not words:
        return _("Held because it resembles responses that moderators called spam")
    said = _("Held because words like %s stood in responses that moderators called spam")
    return said % _quoted(words)


def _held_for_akismet(reason: Reason) -> str:
    if reason.get("says") in {"spam", "blatant"}:
        return _("Held because Akismet takes it for spam")
    if reason.get("failed") == "key":
        return _("Held because Akismet does not know the key in the publication’s settings")
    if reason.get("failed"):
        return _("Held because Akismet could not be asked")
    return _("Held while Akismet looks at it")


def _quoted(words: Sequence[str]) -> str:
    # Translators: one word among several that are named, in the quotation marks of the language.
    mark = pgettext("a word that is named", "“%s”")
    # Translators: what stands between words that are named.
    return pgettext("between words that are named", ", ").join(mark % word for word in words)


def _held_for_reports(reason: Reason) -> str:
    count = int(reason["count"])
    said = ngettext(
        "Held because %s reader reported it", "Held because %s readers reported it", count
    )
    return said % number_format(count)


_SENTENCES: Mapping[str, Any] = {
    "guest": lambda _r: _("Held because it is the first response of this guest"),
    "reports": _held_for_reports,
    "everything": lambda _r: _("Held because every response is"),
    "first": lambda _r: _("Held because it is the first response of this person"),
    "links": _held_for_links,
    "words": _held_for_words,
    "old": _held_for_age,
    "lure": lambda _r: _("Held because a field was filled in that people do not see"),
    Opened.TOO_FAST.value: lambda _r: _("Held because it was sent faster than people write"),
    Opened.TOO_LONG_AGO.value: lambda _r: _("Held because its page had been open for over a day"),
    Opened.NEVER.value: lambda _r: _("Held because it was not sent from a page of ours"),
    "learnt": _held_as_learnt,
    "same": lambda _r: _("Held because the same text was sent in the last days"),
    "akismet": _held_for_akismet,
}
