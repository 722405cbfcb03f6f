"""Finished public pages, kept in this process until what they are made of changes.

A page is kept as the answer to a request that says nothing of the person who asks
(`config.handler`), so there is nothing of anybody's in it. What it is made of is collected while it
is made (`accounts.ingredients`); what has changed is read on in the database (`blog.change_log`)
before an answer is given, whenever the last look is older than `LOOK_EVERY_SECONDS`. No thread
does it in between: nobody has to be told when nobody asks.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.db import Error
from psycopg_pool import PoolTimeout

from accounts.ingredients import ANYTHING
from blog.change_log import Changes
from blog.health import KeptPages
from blog.models import Publication
from config.kept_page import Ingredient, Page

# Host, by what a proxy was asked (a chain of them says "https, http"), path and query.
Key = tuple[str, str, str, str]

LOOK_EVERY_SECONDS = 0.25
# After so long without a look nobody knows whether a page is still the page.
TRUSTED_FOR_SECONDS = 0.8
# A database that did not answer is left alone for so long.
ASK_AGAIN_SECONDS = 0.5
# What only counts claps may be shown a little later, so that applause does not keep us busy.
COUNTS_LAG_SECONDS = 1.0
# What a page says by the clock alone ("the past year") is looked at again after this.
MAX_AGE_SECONDS = 600.0
# A page that took longer to make is not kept: what changed meanwhile is forgotten.
CHANGES_KNOWN_SECONDS = 60.0
# Whoever waits for another's page makes it alone after that.
WAIT_SECONDS = 10.0
# Every page shows it: its name, its language, its clock.
PUBLICATION = "publication"

logger = logging.getLogger("longhand.pages")


@dataclass
class PageStore:
    """Pages by address, `max_bytes` of them at most: what was asked for longest ago goes first.

    `look` says what has changed since it was called last.
    """

    max_bytes: int
    look: Callable[[], Changes]
    clock: Callable[[], float] = time.monotonic
    # Else every request looks, and nothing waits.
    may_lag: bool = True
    _pages: OrderedDict[Key, Page] = field(default_factory=OrderedDict)
    # Nearly every ingredient is of one page alone. A set for each would be most of what Python
    # looks through when it cleans up, which takes as long as a dozen pages.
    _made_of: dict[Ingredient, Key | set[Key]] = field(default_factory=dict)
    _changed_at: OrderedDict[Ingredient, float] = field(default_factory=OrderedDict)
    _all_changed_at: float = float("-inf")
    _looked_at: float = float("-inf")
    _failed_at: float = float("-inf")
    _publication: Publication | None = None
    _size_bytes: int = 0
    _hits: int = 0
    _misses: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _is_asked_to_look: bool = False
    _making: dict[Key, threading.Event] = field(default_factory=dict)

    @property
    def numbers(self) -> KeptPages:
        return KeptPages(
            len(self._pages), self._size_bytes, self.max_bytes, self._hits, self._misses
        )

    @property
    def _look_every(self) -> float:
        return LOOK_EVERY_SECONDS if self.may_lag else 0.0

    def find(self, key: Key) -> Page | None:
        """The page at this address, if it is still the page.

        One whose counts are behind is found by all but one, who makes it anew.
        """
        now = self.clock()
        if now - self._looked_at > self._look_every and not self._catch_up(now):
            return None
        page = self._pages.get(key)
        if page is None or self._is_over(page, key, now):
            return None
        # Another thread may have let it go just now.
        with suppress(KeyError):
            self._pages.move_to_end(key)
        self._hits += 1
        return page

    def glance(self, key: Key, ask_to_look: Callable[[], object]) -> Page | None:
        """As `find`, for who may not wait: None as well when somebody has to look first.

        Only what is asked for again and again is found so. `ask_to_look` has another thread look.
        """
        if not self.may_lag:
            return None
        now = self.clock()
        unseen = now - self._looked_at
        if unseen > LOOK_EVERY_SECONDS:
            if unseen > TRUSTED_FOR_SECONDS:
                return None
            if not self._is_asked_to_look:
                self._is_asked_to_look = True
                ask_to_look()
        page = self._pages.get(key)
        if page is None or not page.is_asked_again or self._is_over(page, key, now):
            return None
        try:  # noqa: SIM105 -- `suppress` takes as long as the rest of this
            self._pages.move_to_end(key)
        except KeyError:
            # Another thread has let it go just now.
            pass
        self._hits += 1
        return page

    def catch_up(self) -> None:
        """Look, if nobody has meanwhile."""
        try:
            now = self.clock()
            if now - self._looked_at > self._look_every:
                self._catch_up(now)
        finally:
            self._is_asked_to_look = False

    def _is_over(self, page: Page, key: Key, now: float) -> bool:
        age = now - page.made_at
        if age > MAX_AGE_SECONDS or (page.good_until is not None and page.has_changed_by_itself):
            return True
        if not page.is_behind:
            return False
        lag = COUNTS_LAG_SECONDS if self.may_lag else 0.0
        return age > lag and key not in self._making

    @contextmanager
    def making(self, key: Key) -> Iterator[float | None]:
        """Make the page at this address: gives the time at which that began.

        None to whoever waited while somebody else did, or who looked a moment before that was done:
        it is there to be found, if it is one that can be kept.
        """
        with self._lock:
            theirs, page = self._making.get(key), self._pages.get(key)
            is_there = page is not None and not self._is_over(page, key, self.clock())
            if theirs is None and not is_there:
                ours = self._making[key] = threading.Event()
        if theirs is not None or is_there:
            # What is a little behind need not be waited for.
            if theirs is not None and not is_there:
                theirs.wait(WAIT_SECONDS)
            yield None
            return
        self._misses += 1
        try:
            yield self.clock()
        finally:
            with self._lock:
                del self._making[key]
            ours.set()

    def keep(self, key: Key, page: Page) -> bool:
        """Keep a page, unless something of it has changed since it was begun."""
        with self._lock:
            if self._has_changed_since(page.made_at, page.made_of):
                return False
            page.is_behind = any(
                self._changed_at.get((f"~{kind}", number), float("-inf")) >= page.made_at
                for kind, number in page.made_of
            )
            self._drop([key])
            self._pages[key] = page
            page.counted_bytes = page.size_bytes
            self._size_bytes += page.counted_bytes
            for one in page.made_of:
                self._note(one, key)
            self._make_room()
        return True

    def publication(self) -> Publication | None:
        """The row that every page is made of, as it was read for another one and still is."""
        is_trusted = self.clock() - self._looked_at <= TRUSTED_FOR_SECONDS
        return self._publication if is_trusted else None

    def keep_publication(self, row: Publication | None, begun_at: float) -> None:
        """Keep the row that was read for a page, unless it has changed since that was begun."""
        with self._lock:
            if self._all_changed_at < begun_at:
                self._publication = row

    def weigh(self, key: Key, page: Page) -> None:
        """Count the page anew: it has other forms than before."""
        with self._lock:
            if self._pages.get(key) is page:
                self._size_bytes += page.size_bytes - page.counted_bytes
                page.counted_bytes = page.size_bytes
                self._make_room()

    def _make_room(self) -> None:
        while self._size_bytes > self.max_bytes and self._pages:
            # In one step: `find` moves pages without holding the lock.
            self._let_go(*self._pages.popitem(last=False))

    def forget_all(self) -> None:
        with self._lock:
            self._all_changed_at = self.clock()
            self._publication = None
            self._pages.clear()
            self._made_of.clear()
            self._changed_at.clear()
            self._size_bytes = 0

    def _has_changed_since(self, begun: float, made_of: Iterable[Ingredient]) -> bool:
        if self._all_changed_at >= begun or self.clock() - begun > CHANGES_KNOWN_SECONDS:
            return True
        return any(self._changed_at.get(one, float("-inf")) >= begun for one in made_of)

    def _catch_up(self, now: float) -> bool:
        """Read on in what has changed, one at a time; whether pages can be trusted after it."""
        is_trusted = now - self._looked_at <= TRUSTED_FOR_SECONDS
        if not self._looking.acquire(blocking=not is_trusted):
            return True
        try:
            begun = self.clock()
            if begun - self._looked_at <= self._look_every:
                return True
            if begun - self._failed_at <= ASK_AGAIN_SECONDS:
                # Else all who wait here would try in turn.
                return begun - self._looked_at <= TRUSTED_FOR_SECONDS
            self._apply(self.look())
            self._looked_at = begun
        except (Error, PoolTimeout) as error:
            self._failed_at = self.clock()
            if is_trusted:
                return True
            logger.warning("Pages are not kept while the database does not answer: %s", error)
            return False
        finally:
            self._looking.release()
        return True

    def _apply(self, changes: Changes) -> None:
        """Let go of the pages that are made of what has changed."""
        if changes.is_all or any(kind == PUBLICATION for kind, _key in changes.ingredients):
            self.forget_all()
            return
        if not changes.ingredients:
            return
        now = self.clock()
        late = {one for one in changes.ingredients if one[0].startswith("~")}
        at_once = changes.ingredients - late
        with self._lock:
            if at_once:
                at_once.add(ANYTHING)
            late |= {("~" + ANYTHING[0], ANYTHING[1])}
            for one in (*at_once, *late):
                self._changed_at[one] = now
                self._changed_at.move_to_end(one)
            for one in at_once:
                self._drop(self._pages_of(one))
            for kind, number in late:
                for key in self._pages_of((kind[1:], number)):
                    self._pages[key].is_behind = True
            while now - next(iter(self._changed_at.values())) > CHANGES_KNOWN_SECONDS:
                self._changed_at.popitem(last=False)

    def _drop(self, keys: Iterable[Key]) -> None:
        for key in keys:
            page = self._pages.pop(key, None)
            if page is not None:
                self._let_go(key, page)

    def _let_go(self, key: Key, page: Page) -> None:
        """Forget what was noted of a page that is no longer there."""
        self._size_bytes -= page.counted_bytes
        for one in page.made_of:
            those = self._made_of.get(one)
            if isinstance(those, set):
                those.discard(key)
            if not those or those == key:
                self._made_of.pop(one, None)

    def _note(self, one: Ingredient, key: Key) -> None:
        """That the page at this address is made of it."""
        those = self._made_of.setdefault(one, key)
        if isinstance(those, set):
            those.add(key)
        elif those != key:
            self._made_of[one] = {those, key}

    def _pages_of(self, one: Ingredient) -> list[Key]:
        those = self._made_of.get(one, ())
        if isinstance(those, set):
            return list(those)
        return [those] if those else []
