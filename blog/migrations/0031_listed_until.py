"""Until when a story is listed, beside its authors and tags; and its series beside its authors.

So of the newest fifty no story is looked at to say which series they belong to, or what else they
are about. `blog.listing` fills them in right after, when it makes its triggers, and lets others
read meanwhile. For the new indexes pages that are not kept wait on PostgreSQL, seconds in a million.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0030_replies_alone")]

    operations = [
        migrations.RemoveIndex(model_name="authorship", name="authorship_listed"),
        migrations.RemoveIndex(model_name="posttag", name="post_tag_listed"),
        migrations.AddField(
            model_name="authorship",
            name="listed_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="authorship",
            name="series_key",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="posttag",
            name="listed_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="authorship",
            index=models.Index(
                fields=["author", "-listed_at", "-post", "listed_until", "series_key"],
                name="authorship_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="posttag",
            index=models.Index(
                fields=["tag", "-listed_at", "-post", "listed_until"], name="post_tag_listed"
            ),
        ),
    ]
