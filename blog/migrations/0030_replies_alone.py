"""The index of replies without what begins a thread, where SQLite looked for a story's threads.

Made anew, it is smaller than it was. Whoever drops an index lets nobody read the table until all is
done: made under another name first, it lets responses be read meanwhile.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0029_saved_at")]

    operations = [
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["parent", "created_at", "id"],
                name="comment_replies_alone",
            ),
        ),
        migrations.RemoveIndex(model_name="comment", name="comment_replies"),
        migrations.RenameIndex(
            model_name="comment", old_name="comment_replies_alone", new_name="comment_replies"
        ),
    ]
