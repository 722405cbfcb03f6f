"""Commands that set things right say what they did, and may be run at any time."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.roles import Role
from blog.models import Comment, Post, PostStats
from blog.samples.load import MAIL_DOMAIN
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


def said(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


def test_recount_mends_the_story_whose_counters_are_wrong_and_leaves_the_rest():
    wrong, right = make_post(), make_post()
    make_response(wrong)
    make_response(right)
    PostStats.objects.filter(post=wrong).update(comment_count=9, clap_count=9)
    assert said("recount") == "Counters of 1 story were wrong and have been set right."
    for post in (wrong, right):
        stats = PostStats.objects.get(post=post)
        assert (stats.comment_count, stats.clap_count) == (1, 0)
    assert said("recount") == "Counters of 0 stories were wrong and have been set right."


def test_rerender_makes_again_only_what_an_older_renderer_made():
    old, new = make_post(), make_post()
    response = make_response(old)
    Post.objects.update(html="stale")
    Post.objects.filter(pk=old.pk).update(renderer_version=0)
    Comment.objects.filter(pk=response.pk).update(renderer_version=0, html="stale")
    assert said("rerender") == "Rendered 1 stories and 1 responses."
    assert "quiet morning" in Post.objects.get(pk=old.pk).html
    assert "Well said" in Comment.objects.get(pk=response.pk).html
    assert Post.objects.get(pk=new.pk).html == "stale"


def test_rerender_makes_everything_again_when_told():
    make_response(make_post())
    assert said("rerender") == "Rendered 0 stories and 0 responses."
    assert said("rerender", "--all") == "Rendered 1 stories and 1 responses."


def test_samples_stay_until_one_says_yes_and_ones_own_stories_stay_anyway():
    sample, own = make_person("Sam", Role.AUTHOR), make_person("Ada", Role.AUTHOR)
    User.objects.filter(pk=sample.pk).update(email=f"sam@{MAIL_DOMAIN}")
    stories = [make_post(person) for person in (sample, own)]
    assert "Run it again with --yes" in said("remove_samples")
    assert Post.objects.count() == 2
    assert said("remove_samples", "--yes") == "Removed 1 sample stories. Your own are as they were."
    assert list(Post.objects.values_list("pk", flat=True)) == [stories[1].pk]
    assert not User.objects.filter(pk=sample.pk).exists()
    assert User.objects.filter(pk=own.pk).exists()
