"""What became of somebody's responses is counted in an index, and none of them is read for it.

Made under a name of its own before the one that it replaces goes: whoever drops an index lets nobody
read the table until all is done, and so responses can be read while the new one is made.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0032_search_vocabulary")]

    operations = [
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["author", "-created_at", "status"], name="comment_past"),
        ),
        migrations.RemoveIndex(model_name="comment", name="comment_of_author"),
    ]
