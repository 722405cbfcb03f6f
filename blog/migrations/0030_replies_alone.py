"""The index of replies without what begins a thread, where SQLite looked for a story's threads.

Made anew, it is smaller than it was; responses can be read meanwhile.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0029_saved_at")]

    operations = [
        migrations.RemoveIndex(model_name="comment", name="comment_replies"),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["parent", "created_at", "id"],
                name="comment_replies",
            ),
        ),
    ]
