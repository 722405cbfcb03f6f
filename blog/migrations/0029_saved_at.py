"""When a story was saved, beside each of its authors: their list in the desk is sorted by it.

`blog.listing` fills it in right after, when it makes its triggers, and lets others read meanwhile;
for the new index, pages that are not kept wait on PostgreSQL (seconds in a million).
What the new index takes to be written, one gives back that no question goes by any more.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0028_listed_at")]

    operations = [
        migrations.AddField(
            model_name="authorship",
            name="saved_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RemoveIndex(model_name="authorship", name="authorship_newest"),
        migrations.AddIndex(
            model_name="authorship",
            index=models.Index(fields=["author", "-saved_at", "-post"], name="authorship_saved"),
        ),
    ]
