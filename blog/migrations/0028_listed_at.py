"""When a story is listed, beside each of its authors and tags: their lists are sorted by it.

`blog.listing` fills them in right after, when it makes its triggers, and lets others read meanwhile.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0027_growth")]

    operations = [
        migrations.AddField(
            model_name="authorship",
            name="listed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="posttag",
            name="listed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="authorship",
            index=models.Index(fields=["author", "-listed_at", "-post"], name="authorship_listed"),
        ),
        migrations.AddIndex(
            model_name="posttag",
            index=models.Index(fields=["tag", "-listed_at", "-post"], name="post_tag_listed"),
        ),
    ]
