"""What the templates ask about writing a response."""

from __future__ import annotations

from django import template

from accounts.models import User
from blog.models import Comment

register = template.Library()


@register.filter
def is_editable_by(comment: Comment, reader: User | None) -> bool:
    """Whether `reader` may still change it. Asks nothing of the database."""
    return comment.can_edit(reader)
