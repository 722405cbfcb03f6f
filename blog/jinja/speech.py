"""How a page says things: every template is given these."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from blog.jinja import addresses, voice
from blog.jinja.tags import ADDRESSES, CLOCK, FILES, WORDS


def speech() -> dict[str, Any]:
    return {
        WORDS: voice.words_in(get_language() or ""),
        ADDRESSES: addresses.addresses(),
        FILES: addresses.files(),
        CLOCK: voice.Clock(),
    }
